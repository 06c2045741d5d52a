//! Private keys: made, read, and what is asked of them.
//!
//! The keys are those of aws-lc, which overwrites them when they are dropped; it lacks the curve P-224, which comes from
//! another library. Nothing here can be printed.

mod forms;
mod openssh;
mod public;
mod random;

pub(crate) use forms::{pem_of, read_pem};
pub(crate) use openssh::public_of;
pub(crate) use public::{PublicKey, identity};
pub(crate) use random::bytes as random_bytes;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair,
};
use der::asn1::ObjectIdentifier;
use p224::ecdsa::signature::hazmat::PrehashSigner;

/// What keeps a key from being made, read or used, as a phrase. It quotes nothing of the key.
#[derive(Debug, PartialEq)]
pub(crate) struct KeyError(pub(crate) String);

impl KeyError {
    fn new(why: impl Into<String>) -> KeyError {
        KeyError(why.into())
    }
}

/// A curve of ECDSA keys that aws-lc has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    pub(crate) const ALL: [Curve; 3] = [Curve::P256, Curve::P384, Curve::P521];

    fn algorithm(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Curve::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
            Curve::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
            Curve::P521 => &ECDSA_P521_SHA512_ASN1_SIGNING,
        }
    }
}

/// A private key.
pub(crate) enum PrivateKey {
    Rsa(rsa::KeyPair),
    Ecdsa(Curve, EcdsaKeyPair),
    P224(p224::SecretKey),
    Ed25519(Ed25519KeyPair),
}

/// The sizes of RSA keys that can be made.
pub(crate) const RSA_BITS: [i64; 4] = [2048, 3072, 4096, 8192];

/// How a signature was made: the object identifier, and whether it has null parameters.
pub(crate) struct Scheme {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) has_null: bool,
}

impl Scheme {
    const fn new(oid: &str, has_null: bool) -> Scheme {
        Scheme { oid: ObjectIdentifier::new_unwrap(oid), has_null }
    }
}

impl PrivateKey {
    /// Makes a key. `bits` is for RSA, `curve` for ECDSA.
    pub(crate) fn generate(algorithm: &str, bits: i64, curve: &str) -> Result<PrivateKey, KeyError> {
        let failed = |_| KeyError::new("the key cannot be made");
        match (algorithm, curve) {
            ("RSA", _) => Ok(PrivateKey::Rsa(rsa::KeyPair::generate(key_size(bits)?).map_err(failed)?)),
            ("ED25519", _) => Ok(PrivateKey::Ed25519(Ed25519KeyPair::generate().map_err(failed)?)),
            ("ECDSA", "P224") => Ok(PrivateKey::P224(random::p224()?)),
            ("ECDSA", name) => {
                let curve = match name {
                    "P256" => Curve::P256,
                    "P384" => Curve::P384,
                    "P521" => Curve::P521,
                    _ => return Err(KeyError::new(format!("there is no curve {name:?}"))),
                };
                Ok(PrivateKey::Ecdsa(curve, EcdsaKeyPair::generate(curve.algorithm()).map_err(failed)?))
            }
            _ => Err(KeyError::new(format!("there is no algorithm {algorithm:?}"))),
        }
    }

    /// `RSA`, `ECDSA` or `ED25519`.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            PrivateKey::Rsa(_) => "RSA",
            PrivateKey::Ecdsa(..) | PrivateKey::P224(_) => "ECDSA",
            PrivateKey::Ed25519(_) => "ED25519",
        }
    }

    /// How this key signs.
    pub(crate) fn scheme(&self) -> Scheme {
        match self {
            PrivateKey::Rsa(_) => Scheme::new("1.2.840.113549.1.1.11", true),
            PrivateKey::Ecdsa(Curve::P256, _) | PrivateKey::P224(_) => {
                Scheme::new("1.2.840.10045.4.3.2", false)
            }
            PrivateKey::Ecdsa(Curve::P384, _) => Scheme::new("1.2.840.10045.4.3.3", false),
            PrivateKey::Ecdsa(Curve::P521, _) => Scheme::new("1.2.840.10045.4.3.4", false),
            PrivateKey::Ed25519(_) => Scheme::new("1.3.101.112", false),
        }
    }

    /// Signs a message as [`PrivateKey::scheme`] says.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let failed = || KeyError::new("the key cannot sign");
        match self {
            PrivateKey::Rsa(pair) => {
                let mut signed = vec![0; pair.public_modulus_len()];
                let done =
                    pair.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signed);
                done.map(|()| signed).map_err(|_| failed())
            }
            PrivateKey::Ecdsa(_, pair) => {
                let signed = pair.sign(&SystemRandom::new(), message);
                signed.map(|s| s.as_ref().to_vec()).map_err(|_| failed())
            }
            PrivateKey::P224(secret) => {
                let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message);
                let signing = p224::ecdsa::SigningKey::from(secret);
                let signed: Result<p224::ecdsa::Signature, _> = signing.sign_prehash(digest.as_ref());
                signed.map(|s| s.to_der().as_bytes().to_vec()).map_err(|_| failed())
            }
            PrivateKey::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
    }
}

fn key_size(bits: i64) -> Result<KeySize, KeyError> {
    match bits {
        2048 => Ok(KeySize::Rsa2048),
        3072 => Ok(KeySize::Rsa3072),
        4096 => Ok(KeySize::Rsa4096),
        8192 => Ok(KeySize::Rsa8192),
        _ => Err(KeyError::new(format!("RSA keys of {bits} bits cannot be made"))),
    }
}

#[cfg(test)]
mod tests;
