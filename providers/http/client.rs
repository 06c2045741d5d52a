//! How servers are reached: certificates, proxies, time limits.

use model::{Path, Value};
use provider::{Call, ErrorKind, ProviderError, Surroundings, text};
use reqwest::{Certificate, Client, ClientBuilder, Identity, NoProxy, Proxy};

use crate::request::Request;

/// Who we say that we are.
const USER_AGENT: &str = concat!("stackwright/", env!("CARGO_PKG_VERSION"));

/// A client as the arguments and the environment want it.
pub(crate) fn client(call: Call<'_>, config: &Value, request: &Request) -> Result<Client, ProviderError> {
    let mut builder = Client::builder().user_agent(USER_AGENT);
    if let Some(timeout) = request.timeout {
        builder = builder.timeout(timeout);
    }
    builder = with_trust(builder, config)?;
    builder = with_identity(builder, config)?;
    builder = with_proxies(builder, call.around)?;
    builder.build().map_err(|why| {
        let detail = format!("The connection cannot be prepared: {}.", crate::send::causes(&why));
        ProviderError::new(ErrorKind::Internal, "Error configuring http client", detail)
    })
}

fn with_trust(builder: ClientBuilder, config: &Value) -> Result<ClientBuilder, ProviderError> {
    if config.get("insecure").and_then(Value::as_bool) == Some(true) {
        return Ok(builder.tls_danger_accept_invalid_certs(true).tls_danger_accept_invalid_hostnames(true));
    }
    let Some(pem) = text(config, "ca_cert_pem") else { return Ok(builder) };
    match Certificate::from_pem_bundle(pem.as_bytes()) {
        Ok(certificates) if !certificates.is_empty() => Ok(builder.tls_certs_only(certificates)),
        _ => Err(unusable("ca_cert_pem", "It holds no certificate in PEM form.")),
    }
}

fn with_identity(builder: ClientBuilder, config: &Value) -> Result<ClientBuilder, ProviderError> {
    let (Some(certificate), Some(key)) = (text(config, "client_cert_pem"), text(config, "client_key_pem"))
    else {
        return Ok(builder);
    };
    // What is wrong is not quoted: it is a private key.
    let identity = Identity::from_pem(format!("{certificate}\n{key}").as_bytes()).map_err(|_| {
        unusable("client_cert_pem", "It and client_key_pem are not a certificate and its key in PEM form.")
    })?;
    Ok(builder.identity(identity))
}

fn unusable(name: &str, why: &str) -> ProviderError {
    let detail = format!("The argument {name} cannot be used. {why}");
    ProviderError::invalid("Error configuring TLS client", detail).at(Path::of_attr(name))
}

/// The proxies of the environment. This machine itself is never reached through one.
fn with_proxies(builder: ClientBuilder, around: &dyn Surroundings) -> Result<ClientBuilder, ProviderError> {
    let variable = |name: &str| {
        let found = around.env(name).or_else(|| around.env(&name.to_lowercase()));
        found.filter(|v| !v.is_empty())
    };
    let exceptions = format!("localhost,127.0.0.0/8,::1,{}", variable("NO_PROXY").unwrap_or_default());
    let mut builder = builder.no_proxy();
    for name in ["HTTP_PROXY", "HTTPS_PROXY"] {
        let Some(address) = variable(name) else { continue };
        let proxy = if name == "HTTP_PROXY" { Proxy::http(&address) } else { Proxy::https(&address) };
        let proxy = proxy.map_err(|_| {
            let detail = format!("The variable {name} of the environment is not the address of a proxy.");
            ProviderError::invalid("Error configuring proxy", detail)
        })?;
        builder = builder.proxy(proxy.no_proxy(NoProxy::from_string(&exceptions)));
    }
    Ok(builder)
}
