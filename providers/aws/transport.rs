//! How AWS is reached: proxies, authorities, and where files of profiles lie.

use std::path::PathBuf;

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use provider::ProviderError;
use provider::sheet::Given;

/// A client of one's own, where the block says how AWS is reached.
pub(crate) fn of(config: Given<'_>) -> Result<Option<SharedHttpClient>, ProviderError> {
    let (proxy, context) = (proxy(config)?, authorities(config)?);
    if proxy.is_none() && context.is_none() {
        return Ok(None);
    }
    let connect = move |settings: Option<&HttpConnectorSettings>, runtime: Option<&RuntimeComponents>| {
        let mut connector = Connector::builder();
        if let Some(settings) = settings {
            connector = connector.connector_settings(settings.clone());
        }
        if let Some(runtime) = runtime {
            connector.set_sleep_impl(runtime.sleep_impl());
        }
        connector.set_proxy_config(Some(proxy.clone().unwrap_or_else(ProxyConfig::from_env)));
        let connector = connector.tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc));
        match &context {
            Some(context) => connector.tls_context(context.clone()).build(),
            None => connector.build(),
        }
    };
    Ok(Some(Builder::new().build_with_connector_fn(connect)))
}

fn invalid(what: &str, why: impl std::fmt::Display) -> ProviderError {
    ProviderError::invalid("Invalid provider configuration", format!("{what}: {why}."))
}

fn proxy(config: Given<'_>) -> Result<Option<ProxyConfig>, ProviderError> {
    let (http, https) = (config.text("http_proxy"), config.text("https_proxy"));
    let proxy = match (http, https) {
        (None, None) => return Ok(None),
        (Some(http), Some(https)) if http == https => ProxyConfig::all(http.to_owned()),
        (_, Some(https)) => ProxyConfig::https(https.to_owned()),
        (Some(http), None) => ProxyConfig::all(http.to_owned()),
    };
    let proxy = proxy.map_err(|e| invalid("The proxy cannot be used", e))?;
    Ok(Some(match config.text("no_proxy") {
        Some(hosts) => proxy.no_proxy(hosts),
        None => proxy,
    }))
}

fn authorities(config: Given<'_>) -> Result<Option<TlsContext>, ProviderError> {
    let Some(path) = config.text("custom_ca_bundle") else { return Ok(None) };
    let pem =
        std::fs::read(path).map_err(|e| invalid(&format!("Cannot read `custom_ca_bundle` ({path})"), e))?;
    let store = TrustStore::default().with_native_roots(true).with_pem_certificate(pem);
    let context = TlsContext::builder().with_trust_store(store).build();
    context.map(Some).map_err(|e| invalid(&format!("The authorities in {path} cannot be used"), e))
}

/// The files of profiles, where the block names any.
pub(crate) fn profile_files(config: Given<'_>) -> Option<EnvConfigFiles> {
    let (configs, credentials) =
        (config.texts("shared_config_files"), config.texts("shared_credentials_files"));
    if configs.is_empty() && credentials.is_empty() {
        return None;
    }
    let mut files = EnvConfigFiles::builder();
    files = files.include_default_config_file(configs.is_empty());
    files = files.include_default_credentials_file(credentials.is_empty());
    for path in configs {
        files = files.with_file(EnvConfigFileKind::Config, PathBuf::from(path));
    }
    for path in credentials {
        files = files.with_file(EnvConfigFileKind::Credentials, PathBuf::from(path));
    }
    Some(files.build())
}
