//! `tls_locally_signed_cert`: a certificate that an authority of one's own certifies.

use model::instant::Instant;
use model::{Attribute, Block, Path, Type, Value};
use provider::{Call, ProviderError, text};

use crate::arguments::{check_key, private_key, unmakeable, unusable, with_key};
use crate::cert::{Authority, CertError, Issuer, Request};
use crate::issuing::{self, Holder, check_validity, is_due, with_validity};
use crate::recipe::{Default, Given, Recipe};

/// The resource type.
pub(crate) struct LocallySigned;

const AUTHORITY: &str = "ca_cert_pem";
const KEY: &str = "ca_private_key_pem";
const REQUEST: &str = "cert_request_pem";

fn authority(config: &Value) -> Result<Authority, ProviderError> {
    let pem = text(config, AUTHORITY).unwrap_or_default();
    Authority::from_pem(pem).map_err(|CertError(why)| unusable(AUTHORITY, &why))
}

fn request(config: &Value) -> Result<Request, ProviderError> {
    let pem = text(config, REQUEST).unwrap_or_default();
    Request::from_pem(pem).map_err(|CertError(why)| unusable(REQUEST, &why))
}

/// Warns of a certificate that is not that of an authority.
fn check_authority(config: &Value) -> Option<ProviderError> {
    text(config, AUTHORITY)?;
    let is_authority = match authority(config) {
        Ok(found) => found.constraints().is_ok_and(|(is_authority, _)| is_authority),
        Err(error) => return Some(error),
    };
    let detail = "The certificate in ca_cert_pem is not that of an authority, so that nobody may accept what it \
                  certifies. Set is_ca_certificate where it is made.";
    let warning = ProviderError::invalid("Potentially Invalid Certificate Authority", detail).as_warning();
    (!is_authority).then(|| warning.at(Path::of_attr(AUTHORITY)))
}

impl Recipe for LocallySigned {
    const REPLACING: &'static [&'static str] = &[
        "allowed_uses",
        AUTHORITY,
        KEY,
        "ca_private_key_pem_wo_version",
        REQUEST,
        "is_ca_certificate",
        "max_path_length",
        "set_subject_key_id",
        "validity_period_hours",
    ];

    const DEFAULTS: &'static [(&'static str, Default)] = &issuing::DEFAULTS;

    fn block(&self) -> Block {
        let required = |what: &str| Attribute::required(Type::String, what);
        let block = Block::new(
            "Makes the certificate that a request asks for, certified by an authority of one's own. It is made anew when \
             its time is over.",
        );
        with_validity(with_key(block, KEY, "of the authority"))
            .attr(AUTHORITY, required("The certificate of the authority, in PEM form."))
            .attr(REQUEST, required("The request, in PEM form, as `tls_cert_request` makes it."))
            .attr(
                "ca_key_algorithm",
                Attribute::computed(
                    Type::String,
                    "The algorithm of the authority's key: `RSA`, `ECDSA` or `ED25519`.",
                ),
            )
    }

    fn check(&self, config: &Value) -> Vec<ProviderError> {
        let unreadable = text(config, REQUEST).and_then(|_| request(config).err());
        let key = check_key(config, KEY).into_iter();
        key.chain(check_authority(config)).chain(unreadable).chain(check_validity(config)).collect()
    }

    fn make(&self, call: Call<'_>, planned: &Value, config: &Value) -> Result<Given, ProviderError> {
        let (key, authority, request) = (private_key(config, KEY)?, authority(config)?, request(config)?);
        if !authority.belongs_to(&key).map_err(unmakeable)? {
            return Err(unusable(KEY, "it is not the key of the certificate in ca_cert_pem"));
        }
        let holder = Holder { subject: request.subject, alt_names: request.alt_names, key: request.key };
        let now = Instant::from_unix_ns(call.around.now_ns());
        let made = issuing::make(planned, holder, (&Issuer::Authority(&authority), &key), now);
        let algorithm = ("ca_key_algorithm", Value::string(key.algorithm()));
        Ok(made.map_err(unmakeable)?.into_iter().chain([algorithm]).collect())
    }

    fn is_due(&self, object: &Value, now: Instant) -> bool {
        is_due(object, now)
    }
}
