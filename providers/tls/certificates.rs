//! The data source `tls_certificate`: certificates of a server, or one that is given.

use async_trait::async_trait;
use model::{Attribute, Block, Nesting, Path, Schema, Type, Value};
use provider::{Call, DataSource, ErrorKind, ProviderError, text, with_attributes};

use crate::arguments::unusable;
use crate::cert::{CertError, describe, described_block};
use crate::connect::{Proxies, Target, certificates_of};
use crate::key::{KeyError, identity, read_pem};

/// The data source.
pub(crate) struct Certificates {
    schema: Schema,
}

impl Certificates {
    pub(crate) fn new() -> Certificates {
        let described = described_block();
        let list = Attribute {
            nested: Some(Box::new((Nesting::List, described.clone()))),
            ..Attribute::computed(
                Type::list(described.ty()),
                "The certificates that the server presents, the one of the topmost authority first; or the one that is given.",
            )
        };
        let block = Block::new("Says what is in the certificates of a server, or in one that is given.")
            .attr("url", Attribute::optional(Type::String, "The server: `https://HOST` or `tls://HOST:PORT`. For `https` the proxy of the provider's settings is used."))
            .attr("content", Attribute::optional(Type::String, "A certificate in PEM form, instead of a server."))
            .attr("verify_chain", Attribute::optional(Type::Bool, "Whether the server must be trusted by this machine; `true` if left out."))
            .attr("certificates", list)
            .attr("id", Attribute::computed(Type::String, "SHA-1 of the certificates, in hexadecimal."));
        Certificates { schema: Schema::new(block) }
    }
}

fn check(config: &Value) -> Vec<ProviderError> {
    let given = |name: &str| config.get(name).is_some_and(|v| !v.is_null());
    let decided = |name: &str| config.get(name).is_some_and(Value::is_known);
    let combined = |detail: &str| ProviderError::invalid("Invalid Attribute Combination", detail);
    let sources = given("url") == given("content") && decided("url") && decided("content");
    let sources =
        sources.then(|| combined("Exactly one of these attributes must be configured: [url,content]"));
    let idle = given("verify_chain") && given("content") && decided("content");
    let idle = idle
        .then(|| combined("Attribute \"verify_chain\" cannot be specified when \"content\" is specified."));
    let target = text(config, "url").and_then(|url| Target::of(url).err());
    sources.into_iter().chain(idle).chain(target).collect()
}

#[async_trait]
impl DataSource for Certificates {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        check(config)
    }

    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        if let Some(error) = check(config).into_iter().next() {
            return Err(error);
        }
        let found = match text(config, "url") {
            Some(url) => {
                let verify = config.get("verify_chain").and_then(Value::as_bool) != Some(false);
                let proxy = call.client::<Proxies>().and_then(|p| p.for_url(url));
                certificates_of(Target::of(url)?, verify, proxy).await?
            }
            None => vec![given(text(config, "content").unwrap_or_default())?],
        };
        let described: Result<Vec<Value>, CertError> = found.iter().map(|der| describe(der)).collect();
        let described = described.map_err(|CertError(why)| {
            let detail = format!("A certificate cannot be read: {why}.");
            ProviderError::new(ErrorKind::Invalid, "Failed to read certificate", detail)
        })?;
        let list = Value::list(described_block().ty(), described);
        let id = Value::string(identity(&found.concat()));
        Ok(with_attributes(config, [("certificates", list), ("id", id)]))
    }
}

/// The bytes of the certificate that is given.
fn given(pem: &str) -> Result<Vec<u8>, ProviderError> {
    let (label, der) = read_pem(pem).map_err(|KeyError(why)| unusable("content", &why))?;
    match &*label {
        "CERTIFICATE" => Ok(der.to_vec()),
        _ => Err(unusable("content", &format!("it is a {label:?}; a \"CERTIFICATE\" is required"))
            .at(Path::of_attr("content"))),
    }
}
