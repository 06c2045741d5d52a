//! What is said of a certificate.

use der::asn1::ObjectIdentifier;
use model::instant::Instant;
use model::{Attribute, Block, Str, Type, Value};
use num_bigint::BigUint;
use provider::{Digests, hex};
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

use super::CertError;
use super::name::written;
use super::read::Authority;
use crate::key::{PublicKey, pem_of};

/// What is said of each certificate.
pub(crate) fn described_block() -> Block {
    let computed = |ty: Type, what: &str| Attribute::computed(ty, what);
    Block::new("A certificate.")
        .attr("cert_pem", computed(Type::String, "The certificate in PEM form."))
        .attr("is_ca", computed(Type::Bool, "Whether it may certify others."))
        .attr("issuer", computed(Type::String, "Who certified it, roughly in the form of RFC 2253."))
        .attr("max_path_length", computed(Type::Number, "How many authorities may stand between it and what it certifies in the end; -1 for any number."))
        .attr("not_after", computed(Type::String, "Until when it is valid, in RFC 3339 form."))
        .attr("not_before", computed(Type::String, "From when it is valid, in RFC 3339 form."))
        .attr("public_key_algorithm", computed(Type::String, "The algorithm of its key, such as `RSA`."))
        .attr("serial_number", computed(Type::String, "Its serial number, in decimal digits."))
        .attr("sha1_fingerprint", computed(Type::String, "SHA-1 of the certificate, in hexadecimal."))
        .attr("signature_algorithm", computed(Type::String, "How it was signed, such as `SHA256-RSA`."))
        .attr("subject", computed(Type::String, "Whom it is for, roughly in the form of RFC 2253."))
        .attr("version", computed(Type::Number, "The version of its form."))
}

/// What is said of a certificate in DER form.
pub(crate) fn describe(der: &[u8]) -> Result<Value, CertError> {
    let certificate = Authority::from_der(der)?;
    let content = certificate.0.tbs_certificate();
    let (is_authority, longest) = certificate.constraints()?;
    let serial = BigUint::from_bytes_be(content.serial_number().as_bytes());
    let key = PublicKey::from_info(content.subject_public_key_info().clone());
    let key_algorithm = match key.algorithm() {
        Some("ED25519") => "Ed25519".to_owned(),
        Some(name) => name.to_owned(),
        None => content.subject_public_key_info().algorithm.oid.to_string(),
    };
    let said = [
        ("cert_pem", Value::string(pem_of("CERTIFICATE", der)?)),
        ("is_ca", Value::bool(is_authority)),
        ("issuer", Value::string(written(content.issuer()))),
        ("max_path_length", Value::number(longest.map_or(-1, i64::from))),
        ("not_after", Value::string(time(content.validity().not_after))),
        ("not_before", Value::string(time(content.validity().not_before))),
        ("public_key_algorithm", Value::string(key_algorithm)),
        ("serial_number", Value::string(serial.to_string())),
        ("sha1_fingerprint", Value::string(hex(&Digests::of(der).sha1))),
        ("signature_algorithm", Value::string(signature(certificate.0.signature_algorithm()))),
        ("subject", Value::string(written(content.subject()))),
        ("version", Value::number(content.version() as i64 + 1)),
    ];
    Ok(Value::object(said.map(|(name, value)| (Str::from(name), value))))
}

fn time(time: Time) -> String {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Instant { seconds, nanos: 0, offset: 0 }.to_rfc3339()
}

/// The name of a way to sign; its identifier where it has none here.
fn signature(algorithm: &AlgorithmIdentifierOwned) -> String {
    let oid = algorithm.oid.to_string();
    let known = [
        ("1.2.840.113549.1.1.4", "MD5-RSA"),
        ("1.2.840.113549.1.1.5", "SHA1-RSA"),
        ("1.2.840.113549.1.1.10", pss(algorithm)),
        ("1.2.840.113549.1.1.11", "SHA256-RSA"),
        ("1.2.840.113549.1.1.12", "SHA384-RSA"),
        ("1.2.840.113549.1.1.13", "SHA512-RSA"),
        ("1.2.840.10045.4.1", "ECDSA-SHA1"),
        ("1.2.840.10045.4.3.2", "ECDSA-SHA256"),
        ("1.2.840.10045.4.3.3", "ECDSA-SHA384"),
        ("1.2.840.10045.4.3.4", "ECDSA-SHA512"),
        ("1.3.101.112", "Ed25519"),
    ];
    let name = known.into_iter().find(|(known, _)| *known == oid).map(|(_, name)| name.to_owned());
    name.unwrap_or(oid)
}

/// The name of a signature whose parameters name the digest.
fn pss(algorithm: &AlgorithmIdentifierOwned) -> &'static str {
    const DIGESTS: [(ObjectIdentifier, &str); 3] = [
        (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"), "SHA256-RSAPSS"),
        (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"), "SHA384-RSAPSS"),
        (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"), "SHA512-RSAPSS"),
    ];
    let parameters = algorithm.parameters.as_ref().map_or(&[][..], |p| p.value());
    let names =
        |oid: &ObjectIdentifier| parameters.windows(oid.as_bytes().len()).any(|w| w == oid.as_bytes());
    DIGESTS.iter().find(|(oid, _)| names(oid)).map_or("RSAPSS", |(_, name)| name)
}
