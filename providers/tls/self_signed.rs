//! `tls_self_signed_cert`: a certificate that certifies itself.

use model::instant::Instant;
use model::{Attribute, Block, Type, Value};
use provider::{Call, ProviderError};

use crate::arguments::{
    alt_names, check_alt_names, check_key, private_key, unmakeable, with_alt_names, with_key,
};
use crate::cert::{CertError, Issuer, SUBJECT, subject, subject_block};
use crate::issuing::{self, Holder, check_validity, is_due, with_validity};
use crate::recipe::{Default, Given, Recipe};

/// The resource type.
pub(crate) struct SelfSigned;

impl Recipe for SelfSigned {
    const REPLACING: &'static [&'static str] = &[
        "allowed_uses",
        "dns_names",
        "ip_addresses",
        "is_ca_certificate",
        "max_path_length",
        "private_key_pem",
        "private_key_pem_wo_version",
        "set_authority_key_id",
        "set_subject_key_id",
        SUBJECT,
        "uris",
        "validity_period_hours",
    ];

    const DEFAULTS: &'static [(&'static str, Default)] = {
        const ALL: [(&str, Default); 5] = {
            let [a, b, c, d] = issuing::DEFAULTS;
            [a, b, c, d, ("set_authority_key_id", Default::Bool(false))]
        };
        &ALL
    };

    fn block(&self) -> Block {
        let block = Block::new(
            "Makes a certificate that certifies itself: for tests, and for authorities of one's own. Nobody trusts it who \
             was not told to. It is made anew when its time is over.",
        );
        let block = with_key(block, "private_key_pem", "that the certificate belongs to");
        with_validity(with_alt_names(block))
            .attr("set_authority_key_id", Attribute::optional_computed(Type::Bool, "Whether it names the key of its issuer by its identifier, which is its own; `false` if left out."))
            .attr("key_algorithm", Attribute::computed(Type::String, "The algorithm of the key: `RSA`, `ECDSA` or `ED25519`."))
            .block(SUBJECT, subject_block())
    }

    fn check(&self, config: &Value) -> Vec<ProviderError> {
        let key = check_key(config, "private_key_pem").into_iter();
        key.chain(check_alt_names(config)).chain(check_validity(config)).collect()
    }

    fn make(&self, call: Call<'_>, planned: &Value, config: &Value) -> Result<Given, ProviderError> {
        let key = private_key(config, "private_key_pem")?;
        let names_key = planned.get("set_authority_key_id").and_then(Value::as_bool) == Some(true);
        let now = Instant::from_unix_ns(call.around.now_ns());
        let made = subject(planned).and_then(|subject| {
            let holder = Holder {
                subject,
                alt_names: alt_names(planned),
                key: key.public().map_err(CertError::from)?,
            };
            issuing::make(planned, holder, (&Issuer::Itself { names_key }, &key), now)
        });
        let algorithm = ("key_algorithm", Value::string(key.algorithm()));
        Ok(made.map_err(unmakeable)?.into_iter().chain([algorithm]).collect())
    }

    fn is_due(&self, object: &Value, now: Instant) -> bool {
        is_due(object, now)
    }
}
