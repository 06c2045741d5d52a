//! Private keys in PEM form: PKCS #1, SEC 1 and PKCS #8.

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der, Pkcs8V1Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use der::asn1::OctetStringRef;
use der::pem::{self, LineEnding};
use der::{Decode, Sequence};
use p224::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use x509_cert::spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{Curve, KeyError, PrivateKey, PublicKey};

/// Bytes in PEM form under a label, which the text ends with a line break.
pub(crate) fn pem_of(label: &str, der: &[u8]) -> Result<String, KeyError> {
    pem::encode_string(label, LineEnding::LF, der)
        .map_err(|_| KeyError::new("the PEM form cannot be written"))
}

/// The label and the bytes of the first PEM block of a text.
pub(crate) fn read_pem(text: &str) -> Result<(String, Zeroizing<Vec<u8>>), KeyError> {
    let begin = text.find("-----BEGIN ").ok_or_else(|| KeyError::new("it is not in PEM form"))?;
    let block = &text[begin..];
    let end = block.find("-----END ").and_then(|at| Some(at + block[at + 9..].find("-----")? + 14));
    let block =
        end.and_then(|end| block.get(..end)).ok_or_else(|| KeyError::new("its PEM form has no end"))?;
    if block.contains("ENCRYPTED") {
        return Err(KeyError::new("it is encrypted; decrypt it first"));
    }
    let lines: Vec<&str> = block.lines().map(str::trim).collect();
    let tidy = Zeroizing::new(lines.join("\n") + "\n");
    let (label, der) =
        pem::decode_vec(tidy.as_bytes()).map_err(|_| KeyError::new("its PEM form is damaged"))?;
    Ok((label.to_owned(), Zeroizing::new(der)))
}

/// The outside of a private key in PKCS #8 form; attributes are not expected.
#[derive(Sequence)]
struct Pkcs8<'a> {
    version: u8,
    algorithm: AlgorithmIdentifierRef<'a>,
    private_key: &'a OctetStringRef,
}

impl PrivateKey {
    /// Reads a key in PEM form: `RSA PRIVATE KEY`, `EC PRIVATE KEY` or `PRIVATE KEY`.
    pub(crate) fn from_pem(text: &str) -> Result<PrivateKey, KeyError> {
        let (label, der) = read_pem(text)?;
        let key = match &*label {
            "RSA PRIVATE KEY" => rsa::KeyPair::from_der(&der).ok().map(PrivateKey::Rsa),
            "EC PRIVATE KEY" => {
                ec(&der).or_else(|| p224::SecretKey::from_sec1_der(&der).ok().map(PrivateKey::P224))
            }
            "PRIVATE KEY" => pkcs8(&der),
            _ => {
                let known = "\"RSA PRIVATE KEY\", \"EC PRIVATE KEY\" and \"PRIVATE KEY\"";
                return Err(KeyError::new(format!("it is a {label:?}; private keys are {known}")));
            }
        };
        key.ok_or_else(|| KeyError::new(format!("it is no {label:?} of a kind that can be used here")))
    }

    /// The PEM form that is usual for the algorithm: PKCS #1 for RSA, SEC 1 for ECDSA, PKCS #8 for ED25519.
    pub(crate) fn to_pem(&self) -> Result<String, KeyError> {
        match self {
            PrivateKey::Rsa(_) => pem_of("RSA PRIVATE KEY", &self.pkcs1()?),
            PrivateKey::Ecdsa(_, pair) => {
                let der: EcPrivateKeyRfc5915Der<'_> =
                    pair.private_key().as_der().map_err(|_| unwritable())?;
                pem_of("EC PRIVATE KEY", der.as_ref())
            }
            PrivateKey::P224(secret) => {
                pem_of("EC PRIVATE KEY", &secret.to_sec1_der().map_err(|_| unwritable())?)
            }
            PrivateKey::Ed25519(_) => self.to_pkcs8_pem(),
        }
    }

    /// The PEM form of PKCS #8.
    pub(crate) fn to_pkcs8_pem(&self) -> Result<String, KeyError> {
        pem_of("PRIVATE KEY", &self.pkcs8()?)
    }

    fn pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let der = match self {
            PrivateKey::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| unwritable())?;
                der.as_ref().to_vec()
            }
            PrivateKey::Ecdsa(_, pair) => pair.to_pkcs8v1().map_err(|_| unwritable())?.as_ref().to_vec(),
            PrivateKey::P224(secret) => secret.to_pkcs8_der().map_err(|_| unwritable())?.as_bytes().to_vec(),
            PrivateKey::Ed25519(pair) => pair.to_pkcs8v1().map_err(|_| unwritable())?.as_ref().to_vec(),
        };
        Ok(Zeroizing::new(der))
    }

    /// The inside of PKCS #8: for RSA the form of PKCS #1.
    pub(super) fn pkcs1(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let outside = self.pkcs8()?;
        let parsed = Pkcs8::from_der(&outside).map_err(|_| unwritable())?;
        Ok(Zeroizing::new(parsed.private_key.as_bytes().to_vec()))
    }

    /// The public key.
    pub(crate) fn public(&self) -> Result<PublicKey, KeyError> {
        let spki = match self {
            PrivateKey::Rsa(pair) => pair.public_key().as_der().map(|der| der.as_ref().to_vec()),
            PrivateKey::Ecdsa(_, pair) => pair.public_key().as_der().map(|der| der.as_ref().to_vec()),
            PrivateKey::Ed25519(pair) => pair.public_key().as_der().map(|der| der.as_ref().to_vec()),
            PrivateKey::P224(secret) => {
                let der = secret.public_key().to_public_key_der().map_err(|_| unwritable())?;
                Ok(der.as_bytes().to_vec())
            }
        };
        PublicKey::from_der(&spki.map_err(|_| unwritable())?)
    }
}

fn unwritable() -> KeyError {
    KeyError::new("the key cannot be written")
}

/// A key on one of the curves that aws-lc has, in either form.
fn ec(der: &[u8]) -> Option<PrivateKey> {
    Curve::ALL.into_iter().find_map(|curve| {
        let pair = EcdsaKeyPair::from_private_key_der(curve.algorithm(), der).ok()?;
        Some(PrivateKey::Ecdsa(curve, pair))
    })
}

fn pkcs8(der: &[u8]) -> Option<PrivateKey> {
    let rsa = || rsa::KeyPair::from_pkcs8(der).ok().map(PrivateKey::Rsa);
    let ed25519 = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(PrivateKey::Ed25519);
    let p224 = || p224::SecretKey::from_pkcs8_der(der).ok().map(PrivateKey::P224);
    rsa().or_else(ed25519).or_else(|| ec(der)).or_else(p224)
}
