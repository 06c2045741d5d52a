use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use der::{Decode, Encode};
use model::instant::Instant;
use model::{Type, Value};
use provider::{config_of, text};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::name::Name;

use super::extensions::find;
use super::name::written;
use super::*;
use crate::key::{PrivateKey, read_pem};

fn key() -> PrivateKey {
    PrivateKey::generate("ECDSA", 0, "P256").unwrap()
}

/// The name that a subject's arguments are.
fn name(given: &[(&'static str, Value)]) -> Name {
    let block = subject_block().block;
    let list = Value::list(block.ty(), vec![config_of(&block, given.iter().cloned())]);
    subject(&Value::object([(SUBJECT, list)])).unwrap()
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn wanted(subject: Name, key: &PrivateKey) -> Wanted {
    let at = |text: &str| Instant::parse(text).unwrap();
    Wanted {
        subject,
        key: key.public().unwrap(),
        alt_names: AltNames::default(),
        uses: Vec::new(),
        is_authority: false,
        max_path_length: None,
        names_key: false,
        validity: (at("2049-12-31T23:59:59Z"), at("2050-01-01T00:00:00Z")),
    }
}

fn parsed(pem: &str) -> CertificateInner<Raw> {
    CertificateInner::from_der(&read_pem(pem).unwrap().1).unwrap()
}

#[test]
fn a_certificate_is_signed_by_its_issuer_and_names_its_key() {
    let (authority_key, own_key) = (key(), key());
    let authority =
        Wanted { is_authority: true, ..wanted(name(&[("common_name", s("CA"))]), &authority_key) };
    let authority = issue(&authority, &Issuer::Itself { names_key: false }, &authority_key).unwrap();
    let authority = Authority::from_pem(&authority.pem).unwrap();
    let own = wanted(name(&[("common_name", s("own"))]), &own_key);
    let issued = issue(&own, &Issuer::Authority(&authority), &authority_key).unwrap();

    let certificate = parsed(&issued.pem);
    let content = certificate.tbs_certificate();
    let bits = authority.0.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes();
    let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, bits);
    verifier.verify(&content.to_der().unwrap(), certificate.signature().raw_bytes()).unwrap();
    assert_eq!(content.issuer(), authority.subject());
    let named =
        find::<x509_cert::ext::pkix::AuthorityKeyIdentifier>(content.extensions().unwrap()).unwrap().unwrap();
    assert_eq!(named.key_identifier.unwrap().as_bytes(), authority_key.public().unwrap().key_id());
    assert_eq!(authority.constraints().unwrap(), (true, None));
    assert!(authority.belongs_to(&authority_key).unwrap() && !authority.belongs_to(&own_key).unwrap());
}

#[test]
fn what_is_wanted_is_said_again() {
    let key = key();
    let subject = name(&[
        ("common_name", s("example.com")),
        ("organization", s("\u{dc}ber, Inc")),
        ("street_address", Value::list(Type::String, vec![s("b"), s("a")])),
        ("email_address", s("a@b")),
    ]);
    let wanted = Wanted { is_authority: true, max_path_length: Some(0), ..wanted(subject, &key) };
    let issued = issue(&wanted, &Issuer::Itself { names_key: true }, &key).unwrap();
    let said = describe(&read_pem(&issued.pem).unwrap().1).unwrap();
    let subject = "CN=example.com,O=\u{dc}ber\\, Inc,STREET=a+STREET=b,1.2.840.113549.1.9.1=#0c03614062";
    let expected = [
        ("subject", subject),
        ("issuer", subject),
        ("not_before", "2049-12-31T23:59:59Z"),
        ("not_after", "2050-01-01T00:00:00Z"),
        ("public_key_algorithm", "ECDSA"),
        ("signature_algorithm", "ECDSA-SHA256"),
        ("serial_number", &issued.serial),
        ("cert_pem", &issued.pem),
    ];
    for (name, value) in expected {
        assert_eq!(text(&said, name), Some(value), "{name}");
    }
    assert_eq!(said.get("max_path_length"), Some(&Value::number(0)));
    assert_eq!((said.get("is_ca"), said.get("version")), (Some(&Value::bool(true)), Some(&Value::number(3))));
    assert_eq!(said.ty(), described_block().ty());
}

#[test]
fn a_request_is_read_as_it_was_made() {
    let key = key();
    let names = AltNames {
        dns: vec!["example.com".into(), "*.example.com".into()],
        ips: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
        uris: vec!["spiffe://a/b".into()],
    };
    for names in [names, AltNames::default()] {
        let subject = name(&[("country", s("DE"))]);
        let der = request(subject.clone(), &names, &key).unwrap();
        let read = Request::from_pem(&crate::key::pem_of("CERTIFICATE REQUEST", &der).unwrap()).unwrap();
        assert_eq!((read.subject, read.alt_names, read.key), (subject, names, key.public().unwrap()));
    }
}

#[test]
fn uses_are_said_once_each_and_names_without_subject_are_critical() {
    let key = key();
    let alt_names = AltNames { dns: vec!["a".into()], ..AltNames::default() };
    let use_of = |name: &str| ALLOWED_USES.iter().find(|(n, _)| *n == name).unwrap().1;
    let uses = ["server_auth", "digital_signature", "server_auth", "decipher_only"].map(use_of).to_vec();
    let wanted = Wanted { alt_names, uses, ..wanted(name(&[]), &key) };
    let issued = issue(&wanted, &Issuer::Itself { names_key: false }, &key).unwrap();
    let certificate = parsed(&issued.pem);
    let extensions = certificate.tbs_certificate().extensions().unwrap();
    let said: Vec<(String, bool)> = extensions.iter().map(|e| (e.extn_id.to_string(), e.critical)).collect();
    let expected = [("2.5.29.15", true), ("2.5.29.37", false), ("2.5.29.19", true), ("2.5.29.17", true)];
    assert_eq!(said, expected.map(|(oid, critical)| (oid.to_owned(), critical)));
    let further = find::<x509_cert::ext::pkix::ExtendedKeyUsage>(extensions).unwrap().unwrap();
    assert_eq!(further.0.len(), 1);
}

#[test]
fn what_cannot_be_made_or_read_says_why() {
    let key = key();
    let nameless = Issuer::Itself { names_key: true };
    let Err(CertError(why)) = issue(&wanted(name(&[]), &key), &nameless, &key) else { panic!("it was made") };
    assert!(why.contains("set set_subject_key_id too"), "{why}");
    let alt_names = AltNames { dns: vec!["\u{fc}.example".into()], ..AltNames::default() };
    let Err(CertError(why)) = request(name(&[]), &alt_names, &key) else { panic!("it was made") };
    assert!(why.contains("must be ASCII text"), "{why}");
    let early =
        Wanted { validity: (Instant::from_unix_ns(-1), Instant::from_unix_ns(0)), ..wanted(name(&[]), &key) };
    assert!(issue(&early, &Issuer::Itself { names_key: false }, &key).is_err());
    assert!(Authority::from_pem("x").is_err() && Request::from_pem("x").is_err());
}

#[test]
fn names_are_written_with_their_special_characters_escaped() {
    let cases = [
        (" a;b ", "CN=\\ a\\;b\\ "),
        ("#a", "CN=\\#a"),
        ("a#b c", "CN=a#b c"),
        ("a+b,\"c\"<d>\\", "CN=a\\+b\\,\\\"c\\\"\\<d\\>\\\\"),
    ];
    for (given, expected) in cases {
        assert_eq!(written(&name(&[("common_name", s(given))])), expected);
    }
}
