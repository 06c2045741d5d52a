//! `tls_public_key`: the public part of a private key, as data source and as ephemeral resource.

use async_trait::async_trait;
use model::{Attribute, Block, Path, Schema, Type, Value};
use provider::{Call, DataSource, Ephemeral, Object, ProviderError, text, with_attributes};

use crate::arguments::unusable;
use crate::key::{KeyError, PrivateKey, PublicKey, public_of};

/// Both the data source and the ephemeral resource.
pub(crate) struct PublicPart {
    schema: Schema,
}

const FORMS: [&str; 2] = ["private_key_pem", "private_key_openssh"];

impl PublicPart {
    pub(crate) fn new() -> PublicPart {
        let secret = |what: &str| Attribute::optional(Type::String, what).sensitive();
        let computed = |what: &str| Attribute::computed(Type::String, what);
        let block = Block::new(
            "Takes the public key out of a private one. Exactly one of both forms is given.",
        )
        .attr("private_key_pem", secret("The private key in PEM form."))
        .attr("private_key_openssh", secret("The private key in OpenSSH's form."))
        .attr("algorithm", computed("The algorithm of the key: `RSA`, `ECDSA` or `ED25519`."))
        .attr("public_key_pem", computed("The public key in PEM form."))
        .attr(
            "public_key_openssh",
            computed(
                "The public key as a line of `authorized_keys`, with a line break; empty for the curve P224.",
            ),
        )
        .attr(
            "public_key_fingerprint_md5",
            computed("MD5 of the public key as OpenSSH writes it, `aa:bb:...`; empty for the curve P224."),
        )
        .attr(
            "public_key_fingerprint_sha256",
            computed(
                "SHA-256 of the public key as OpenSSH writes it, `SHA256:...`; empty for the curve P224.",
            ),
        )
        .attr("id", computed("SHA-1 of the public key, in hexadecimal."));
        PublicPart { schema: Schema::new(block) }
    }
}

fn check(config: &Value) -> Vec<ProviderError> {
    let given = FORMS.iter().filter(|name| config.get(name).is_some_and(|v| !v.is_null())).count();
    let undecided = FORMS.iter().any(|name| config.get(name).is_some_and(|v| !v.is_known()));
    if given == 1 || undecided {
        return Vec::new();
    }
    let detail = format!("Exactly one of these attributes must be configured: [{}]", FORMS.join(","));
    vec![ProviderError::invalid("Invalid Attribute Combination", detail).at(Path::of_attr(FORMS[0]))]
}

fn read(config: &Value) -> Result<Value, ProviderError> {
    if let Some(error) = check(config).into_iter().next() {
        return Err(error);
    }
    let (name, key): (&str, Result<PublicKey, KeyError>) = match text(config, FORMS[0]) {
        Some(pem) => (FORMS[0], PrivateKey::from_pem(pem).and_then(|key| key.public())),
        None => (FORMS[1], public_of(text(config, FORMS[1]).unwrap_or_default())),
    };
    let wrong = |KeyError(why)| unusable(name, &why);
    let key = key.map_err(wrong)?;
    let algorithm = ("algorithm", Value::string(key.algorithm().unwrap_or_default()));
    Ok(with_attributes(config, key.attributes().map_err(wrong)?.into_iter().chain([algorithm])))
}

#[async_trait]
impl DataSource for PublicPart {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        check(config)
    }

    async fn read(&self, _call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        read(config)
    }
}

#[async_trait]
impl Ephemeral for PublicPart {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn open(&self, _call: Call<'_>, config: &Value) -> Result<Object, ProviderError> {
        Ok(read(config)?.into())
    }

    async fn close(&self, _call: Call<'_>, _opened: &Object) -> Result<(), ProviderError> {
        Ok(())
    }
}
