//! `tls_private_key`: a key.

use model::{Attribute, Block, Type, Value};
use provider::{Call, ErrorKind, ProviderError, text};

use crate::arguments::{check_one_of, unusable, whole};
use crate::key::{KeyError, PrivateKey, RSA_BITS};
use crate::recipe::{Default, Given, Recipe};

/// The resource type.
pub(crate) struct Key;

/// What arguments that are left out are.
pub(crate) const DEFAULTS: [(&str, Default); 2] =
    [("rsa_bits", Default::Number(2048)), ("ecdsa_curve", Default::Text("P224"))];

/// The arguments and attributes that the resource type shares with the ephemeral one.
pub(crate) fn key_block(description: &str) -> Block {
    let computed = |what: &str| Attribute::computed(Type::String, what);
    let secret = |what: &str| Attribute::computed(Type::String, what).sensitive();
    Block::new(description)
        .attr("algorithm", Attribute::required(Type::String, "`RSA`, `ECDSA` or `ED25519`."))
        .attr(
            "rsa_bits",
            Attribute::optional_computed(
                Type::Number,
                "The size of an RSA key: 2048, 3072, 4096 or 8192 bits; 2048 if left out.",
            ),
        )
        .attr(
            "ecdsa_curve",
            Attribute::optional_computed(
                Type::String,
                "The curve of an ECDSA key: `P224`, `P256`, `P384` or `P521`; `P224` if left out.",
            ),
        )
        .attr(
            "private_key_pem",
            secret("The key in PEM form: PKCS #1 for RSA, SEC 1 for ECDSA, PKCS #8 for ED25519."),
        )
        .attr("private_key_pem_pkcs8", secret("The key in PEM form, PKCS #8."))
        .attr(
            "private_key_openssh",
            secret("The key in OpenSSH's form; empty for the curve P224, which OpenSSH does not have."),
        )
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
        .attr("id", computed("SHA-1 of the public key, in hexadecimal."))
}

/// Checks the arguments.
pub(crate) fn check_key_arguments(config: &Value) -> Vec<ProviderError> {
    let algorithm = check_one_of(config, "algorithm", &["ECDSA", "ED25519", "RSA"]);
    let curve = check_one_of(config, "ecdsa_curve", &["P224", "P256", "P384", "P521"]);
    let bits = whole(config, "rsa_bits").filter(|bits| !RSA_BITS.contains(bits)).map(|bits| {
        let detail = format!("Attribute rsa_bits value must be one of: [2048 3072 4096 8192], got: {bits}");
        ProviderError::invalid("Invalid Attribute Value Match", detail).at(model::Path::of_attr("rsa_bits"))
    });
    algorithm.into_iter().chain(curve).chain(bits).collect()
}

/// Makes a key of arguments and gives all of its forms.
pub(crate) fn make_key(arguments: &Value) -> Result<Given, ProviderError> {
    let bits = whole(arguments, "rsa_bits").unwrap_or(2048);
    let curve = text(arguments, "ecdsa_curve").unwrap_or("P224");
    let key = PrivateKey::generate(text(arguments, "algorithm").unwrap_or_default(), bits, curve);
    key.and_then(|key| forms(&key)).map_err(|KeyError(why)| {
        let detail = format!("The key cannot be made: {why}.");
        ProviderError::new(ErrorKind::Internal, "Unable to generate Key from configuration", detail)
    })
}

fn forms(key: &PrivateKey) -> Result<Given, KeyError> {
    let private = [
        ("private_key_pem", Value::string(key.to_pem()?)),
        ("private_key_pem_pkcs8", Value::string(key.to_pkcs8_pem()?)),
        ("private_key_openssh", Value::string(key.to_openssh()?.unwrap_or_default())),
    ];
    Ok(private.into_iter().chain(key.public()?.attributes()?).collect())
}

impl Recipe for Key {
    const VERSION: u64 = 1;
    const REPLACING: &'static [&'static str] = &["algorithm", "ecdsa_curve", "rsa_bits"];
    const DEFAULTS: &'static [(&'static str, Default)] = &DEFAULTS;

    fn block(&self) -> Block {
        key_block(
            "Makes a private key, which is kept in the state: whoever reads the state has the key. Where the key goes to \
             an argument that is never stored, the ephemeral resource of the same name keeps it out of the state.",
        )
    }

    fn check(&self, config: &Value) -> Vec<ProviderError> {
        check_key_arguments(config)
    }

    fn make(&self, _call: Call<'_>, planned: &Value, _config: &Value) -> Result<Given, ProviderError> {
        make_key(planned)
    }

    /// Version 0 lacks some of the forms.
    fn upgrade(&self, stored: &serde_json::Value) -> Result<Given, ProviderError> {
        let pem = stored["private_key_pem"].as_str().unwrap_or_default();
        let key = PrivateKey::from_pem(pem).and_then(|key| forms(&key));
        let forms = key.map_err(|KeyError(why)| unusable("private_key_pem", &why))?;
        let kept = |name: &str| stored[name].as_str().is_some_and(|text| !text.is_empty());
        Ok(forms.into_iter().filter(|(name, _)| !kept(name)).collect())
    }
}
