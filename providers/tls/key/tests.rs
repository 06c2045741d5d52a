use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ED25519,
    RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use model::Value;

use super::*;

const KINDS: [(&str, &str); 6] = [
    ("RSA", ""),
    ("ECDSA", "P224"),
    ("ECDSA", "P256"),
    ("ECDSA", "P384"),
    ("ECDSA", "P521"),
    ("ED25519", ""),
];

fn made((algorithm, curve): (&str, &str)) -> PrivateKey {
    PrivateKey::generate(algorithm, 2048, curve).unwrap()
}

#[test]
fn every_form_leads_back_to_the_same_key() {
    for kind in KINDS {
        let key = made(kind);
        let public = key.public().unwrap();
        for pem in [key.to_pem().unwrap(), key.to_pkcs8_pem().unwrap()] {
            let again = PrivateKey::from_pem(&pem).unwrap();
            assert_eq!(again.public().unwrap(), public, "{kind:?}");
            assert_eq!(again.to_pem().unwrap(), key.to_pem().unwrap(), "{kind:?}");
            assert_eq!((again.algorithm(), public.algorithm()), (kind.0, Some(kind.0)));
        }
        match key.to_openssh().unwrap() {
            Some(pem) => assert_eq!(public_of(&pem).unwrap(), public, "{kind:?}"),
            None => assert_eq!(kind.1, "P224"),
        }
    }
}

#[test]
fn signatures_hold() {
    let verifiers: [(&str, &dyn VerificationAlgorithm); 5] = [
        ("", &RSA_PKCS1_2048_8192_SHA256),
        ("P256", &ECDSA_P256_SHA256_ASN1),
        ("P384", &ECDSA_P384_SHA384_ASN1),
        ("P521", &ECDSA_P521_SHA512_ASN1),
        ("ed", &ED25519),
    ];
    for (curve, verifier) in verifiers {
        let kind = match curve {
            "" => ("RSA", ""),
            "ed" => ("ED25519", ""),
            curve => ("ECDSA", curve),
        };
        let key = made(kind);
        let bits = key.public().unwrap().info().subject_public_key.raw_bytes().to_vec();
        let signature = key.sign(b"message").unwrap();
        let verifier = UnparsedPublicKey::new(verifier, bits);
        assert!(verifier.verify(b"message", &signature).is_ok(), "{kind:?}");
        assert!(verifier.verify(b"another", &signature).is_err(), "{kind:?}");
    }
}

#[test]
fn a_signature_on_p224_holds() {
    use p224::ecdsa::signature::hazmat::PrehashVerifier;
    let PrivateKey::P224(secret) = made(("ECDSA", "P224")) else { panic!("another curve") };
    let verifier = p224::ecdsa::VerifyingKey::from(secret.public_key());
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"message");
    let signed = PrivateKey::P224(secret).sign(b"message").unwrap();
    let signature = p224::ecdsa::Signature::from_der(&signed).unwrap();
    assert!(verifier.verify_prehash(digest.as_ref(), &signature).is_ok());
}

#[test]
fn openssh_forms_are_those_of_openssh() {
    let public = PublicKey::from_ssh(&ed25519_blob()).unwrap();
    let attributes = public.attributes().unwrap();
    let said = |name: &str| attributes.iter().find(|(n, _)| *n == name).unwrap().1.clone();
    let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n";
    assert_eq!(said("public_key_openssh"), Value::string(line));
    let sha256 = "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA";
    assert_eq!(said("public_key_fingerprint_sha256"), Value::string(sha256));
    let md5 = "0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba";
    assert_eq!(said("public_key_fingerprint_md5"), Value::string(md5));
}

/// The public key of the bytes 0 to 31.
fn ed25519_blob() -> Vec<u8> {
    let mut blob = Vec::new();
    openssh::put(&mut blob, b"ssh-ed25519");
    openssh::put(&mut blob, &(0..32).collect::<Vec<u8>>());
    blob
}

#[test]
fn what_is_no_key_says_why_and_quotes_nothing() {
    let pem = |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    let cases = [
        ("aHVzaA==".to_owned(), "not in PEM form"),
        ("-----BEGIN PRIVATE KEY-----\naHVzaA==\n".to_owned(), "has no end"),
        (pem("PRIVATE KEY", "aHVzaA=="), "it is no \"PRIVATE KEY\" of a kind"),
        (pem("PRIVATE KEY", "a?zaA=="), "its PEM form is damaged"),
        (pem("CERTIFICATE", "aHVzaA=="), "it is a \"CERTIFICATE\"; private keys are"),
        (pem("ENCRYPTED PRIVATE KEY", "aHVzaA=="), "it is encrypted"),
    ];
    for (text, expected) in cases {
        let Err(KeyError(why)) = PrivateKey::from_pem(&text) else { panic!("{text}") };
        assert!(why.contains(expected) && !why.contains("aHVzaA"), "{why}");
    }
    assert!(public_of(&pem("OPENSSH PRIVATE KEY", "aHVzaA==")).is_err());
}

#[test]
fn a_pem_form_may_stand_among_other_text_and_be_indented() {
    let key = made(("ED25519", ""));
    let pem = key.to_pem().unwrap();
    let indented: String = pem.lines().map(|line| format!("    {line}\r\n")).collect();
    let again = PrivateKey::from_pem(&format!("a key:\n{indented}and more")).unwrap();
    assert_eq!(again.public().unwrap(), key.public().unwrap());
}
