//! `tls_cert_request`: a request for a certificate.

use model::{Attribute, Block, Type, Value};
use provider::{Call, ProviderError};

use crate::arguments::{
    alt_names, check_alt_names, check_key, private_key, unmakeable, with_alt_names, with_key,
};
use crate::cert::{CertError, SUBJECT, request, subject, subject_block};
use crate::key::{identity, pem_of};
use crate::recipe::{Given, Recipe};

/// The resource type.
pub(crate) struct CertRequest;

impl Recipe for CertRequest {
    const REPLACING: &'static [&'static str] =
        &["dns_names", "ip_addresses", "private_key_pem", "private_key_pem_wo_version", SUBJECT, "uris"];

    fn block(&self) -> Block {
        let computed = |what: &str| Attribute::computed(Type::String, what);
        let block = Block::new(
            "Makes a request for a certificate, which an authority takes; `tls_locally_signed_cert` is one.",
        );
        with_alt_names(with_key(block, "private_key_pem", "that the certificate is to belong to"))
            .attr("cert_request_pem", computed("The request in PEM form."))
            .attr("key_algorithm", computed("The algorithm of the key: `RSA`, `ECDSA` or `ED25519`."))
            .attr("id", computed("SHA-1 of the request, in hexadecimal."))
            .block(SUBJECT, subject_block())
    }

    fn check(&self, config: &Value) -> Vec<ProviderError> {
        check_key(config, "private_key_pem").into_iter().chain(check_alt_names(config)).collect()
    }

    fn make(&self, _call: Call<'_>, planned: &Value, config: &Value) -> Result<Given, ProviderError> {
        let key = private_key(config, "private_key_pem")?;
        let made = subject(planned).and_then(|subject| request(subject, &alt_names(planned), &key));
        let der = made.map_err(unmakeable)?;
        let pem = pem_of("CERTIFICATE REQUEST", &der).map_err(|e| unmakeable(CertError::from(e)))?;
        Ok(vec![
            ("cert_request_pem", Value::string(pem)),
            ("key_algorithm", Value::string(key.algorithm())),
            ("id", Value::string(identity(&der))),
        ])
    }
}
