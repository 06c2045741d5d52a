//! Public keys and their forms: PEM, OpenSSH, fingerprints.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use der::{Decode, Encode, Sequence};
use model::Value;
use provider::{Digests, hex};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};

use super::KeyError;
use super::forms::pem_of;
use super::openssh::Blob;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The curves that OpenSSH has: their identifiers and OpenSSH's names.
const SSH_CURVES: [(ObjectIdentifier, &str); 3] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), "nistp256"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), "nistp384"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), "nistp521"),
];

/// A public key of any kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PublicKey {
    info: SubjectPublicKeyInfoOwned,
}

/// The numbers of an RSA key.
#[derive(Sequence)]
struct RsaNumbers<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

fn damaged() -> KeyError {
    KeyError::new("the public key is damaged")
}

impl PublicKey {
    /// Reads the form that certificates hold.
    pub(crate) fn from_der(der: &[u8]) -> Result<PublicKey, KeyError> {
        let info = SubjectPublicKeyInfoOwned::from_der(der).map_err(|_| damaged())?;
        Ok(PublicKey { info })
    }

    /// Takes the typed form that certificates hold.
    pub(crate) fn from_info(info: SubjectPublicKeyInfoOwned) -> PublicKey {
        PublicKey { info }
    }

    /// Reads OpenSSH's binary form.
    pub(super) fn from_ssh(blob: &[u8]) -> Result<PublicKey, KeyError> {
        let mut rest = Blob(blob);
        let kind = rest.text()?;
        let der = match (kind, kind.strip_prefix("ecdsa-sha2-")) {
            ("ssh-rsa", _) => {
                let (exponent, modulus) = (rest.bytes()?, rest.bytes()?);
                let number = |bytes| UintRef::new(bytes).map_err(|_| damaged());
                let numbers = RsaNumbers { modulus: number(modulus)?, exponent: number(exponent)? };
                spki(RSA, Some(AnyRef::NULL), &numbers.to_der().map_err(|_| damaged())?)?
            }
            ("ssh-ed25519", _) => spki(ED25519, None, rest.bytes()?)?,
            (_, Some(curve)) => {
                let found = SSH_CURVES.iter().find(|(_, name)| *name == curve);
                let (oid, _) = found.ok_or_else(|| KeyError::new(format!("there is no curve {curve:?}")))?;
                rest.bytes()?;
                spki(EC, Some(AnyRef::from(oid)), rest.bytes()?)?
            }
            _ => return Err(KeyError::new(format!("keys of type {kind:?} are not supported"))),
        };
        PublicKey::from_der(&der)
    }

    /// The form that certificates hold.
    pub(crate) fn to_der(&self) -> Result<Vec<u8>, KeyError> {
        self.info.to_der().map_err(|_| damaged())
    }

    /// The typed form that certificates hold.
    pub(crate) fn info(&self) -> &SubjectPublicKeyInfoOwned {
        &self.info
    }

    /// `RSA`, `ECDSA`, `ED25519`; nothing for another kind.
    pub(crate) fn algorithm(&self) -> Option<&'static str> {
        [(RSA, "RSA"), (EC, "ECDSA"), (ED25519, "ED25519")]
            .into_iter()
            .find_map(|(oid, name)| (oid == self.info.algorithm.oid).then_some(name))
    }

    fn bits(&self) -> &[u8] {
        self.info.subject_public_key.raw_bytes()
    }

    /// The identifier of the key in certificates: SHA-1 of its bits, as Terraform's provider computes it: for ED25519 of the
    /// bits as an octet string.
    pub(crate) fn key_id(&self) -> Vec<u8> {
        let bits = self.bits();
        let hashed = match self.info.algorithm.oid == ED25519 {
            true => [&[4, bits.len() as u8], bits].concat(),
            false => bits.to_vec(),
        };
        Digests::of(&hashed).sha1
    }

    /// OpenSSH's binary form; nothing for kinds that OpenSSH does not have.
    pub(super) fn to_ssh(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut put = |bytes: &[u8]| super::openssh::put(&mut out, bytes);
        match self.info.algorithm.oid {
            RSA => {
                let numbers = RsaNumbers::from_der(self.bits()).ok()?;
                put(b"ssh-rsa");
                put(&super::openssh::positive(numbers.exponent.as_bytes()));
                put(&super::openssh::positive(numbers.modulus.as_bytes()));
            }
            ED25519 => {
                put(b"ssh-ed25519");
                put(self.bits());
            }
            _ => {
                let curve = self.info.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?;
                let (_, name) = SSH_CURVES.iter().find(|(oid, _)| *oid == curve)?;
                put(format!("ecdsa-sha2-{name}").as_bytes());
                put(name.as_bytes());
                put(self.bits());
            }
        }
        Some(out)
    }

    /// The attributes that keys have in common: PEM, OpenSSH, fingerprints, identity.
    pub(crate) fn attributes(&self) -> Result<[(&'static str, Value); 5], KeyError> {
        let der = self.to_der()?;
        let blob = self.to_ssh();
        let of_blob =
            |form: fn(&[u8]) -> String| Value::string(blob.as_deref().map(form).unwrap_or_default());
        Ok([
            ("id", Value::string(identity(&der))),
            ("public_key_pem", Value::string(pem_of("PUBLIC KEY", &der)?)),
            ("public_key_openssh", of_blob(authorized)),
            ("public_key_fingerprint_md5", of_blob(|blob| colons(&Digests::of(blob).md5))),
            ("public_key_fingerprint_sha256", of_blob(sha256)),
        ])
    }
}

/// The identity of what exists as bytes alone: SHA-1, white space at the ends left out as Terraform's provider does.
pub(crate) fn identity(der: &[u8]) -> String {
    hex(&Digests::of(der.trim_ascii()).sha1)
}

/// A line of `authorized_keys`, without a comment.
fn authorized(blob: &[u8]) -> String {
    let kind = Blob(blob).text().unwrap_or_default();
    format!("{kind} {}\n", STANDARD.encode(blob))
}

fn sha256(blob: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Digests::of(blob).sha256))
}

fn colons(bytes: &[u8]) -> String {
    bytes.iter().map(|b| hex(&[*b])).collect::<Vec<_>>().join(":")
}

fn spki(oid: ObjectIdentifier, parameters: Option<AnyRef<'_>>, bits: &[u8]) -> Result<Vec<u8>, KeyError> {
    let algorithm = AlgorithmIdentifierRef { oid, parameters };
    let subject_public_key = BitStringRef::from_bytes(bits).map_err(|_| damaged())?;
    SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der().map_err(|_| damaged())
}
