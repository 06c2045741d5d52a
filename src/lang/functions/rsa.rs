//! Just enough of RSA to decrypt what a cloud encrypted for us: PEM keys and PKCS #1 version 1.5 padding.

use num_bigint::BigUint;

use super::encoding::decode_base64;

/// An RSA key that can decrypt.
pub(super) struct PrivateKey {
    modulus: BigUint,
    exponent: BigUint,
}

impl PrivateKey {
    /// Reads a key from PEM: PKCS #1, PKCS #8 or OpenSSH, not protected by a passphrase.
    pub(super) fn from_pem(pem: &str) -> Result<PrivateKey, String> {
        const PROTECTED: &str = "the key has a passphrase";
        const MALFORMED: &str = "asn1: structure error";
        let (label, body) = pem_block(pem).ok_or("ssh: no key found")?;
        if body.contains("ENCRYPTED") {
            return Err(PROTECTED.into());
        }
        let bytes = decode_base64(body.trim().replace(' ', "").as_str()).ok_or("ssh: no key found")?;
        match label {
            "RSA PRIVATE KEY" => pkcs1(&bytes).ok_or_else(|| MALFORMED.into()),
            "PRIVATE KEY" => pkcs8(&bytes).ok_or_else(|| MALFORMED.into()),
            "OPENSSH PRIVATE KEY" => match openssh(&bytes) {
                Some(Some(key)) => Ok(key),
                Some(None) => Err(PROTECTED.into()),
                None => Err("the key is not in OpenSSH's form".into()),
            },
            other => Err(format!("keys of type {other:?} cannot be used")),
        }
    }

    /// Decrypts one block; nothing where the key or the padding does not fit.
    pub(super) fn decrypt(&self, encrypted: &[u8]) -> Option<Vec<u8>> {
        let length = usize::try_from(self.modulus.bits().div_ceil(8)).ok()?;
        let number = BigUint::from_bytes_be(encrypted);
        if encrypted.len() > length || number >= self.modulus {
            return None;
        }
        let digits = number.modpow(&self.exponent, &self.modulus).to_bytes_be();
        let mut block = vec![0; length.checked_sub(digits.len())?];
        block.extend(digits);
        let padded = block.strip_prefix(&[0, 2])?;
        let end = padded.iter().position(|b| *b == 0).filter(|padding| *padding >= 8)?;
        Some(padded[end + 1..].to_vec())
    }
}

/// The label and the content of the first PEM block.
fn pem_block(pem: &str) -> Option<(&str, &str)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    Some((label, body))
}

/// The tag and content of a DER element, and what follows it.
fn der(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        _ => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length =
                digits.iter().try_fold(0usize, |n, b| n.checked_mul(256)?.checked_add((*b).into()))?;
            (length, rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

const INTEGER: u8 = 2;
const OCTET_STRING: u8 = 4;
const SEQUENCE: u8 = 0x30;

fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    der(bytes).filter(|(found, _, _)| *found == tag).map(|(_, content, rest)| (content, rest))
}

fn pkcs1(bytes: &[u8]) -> Option<PrivateKey> {
    let (fields, _) = element(bytes, SEQUENCE)?;
    let (_version, rest) = element(fields, INTEGER)?;
    let (modulus, rest) = element(rest, INTEGER)?;
    let (_public, rest) = element(rest, INTEGER)?;
    let (exponent, _) = element(rest, INTEGER)?;
    key(modulus, exponent)
}

fn key(modulus: &[u8], exponent: &[u8]) -> Option<PrivateKey> {
    let (modulus, exponent) = (BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent));
    // A smaller modulus has no room for the padding.
    (modulus.bits() >= 128).then_some(PrivateKey { modulus, exponent })
}

fn pkcs8(bytes: &[u8]) -> Option<PrivateKey> {
    let (fields, _) = element(bytes, SEQUENCE)?;
    let (_version, rest) = element(fields, INTEGER)?;
    let (_algorithm, rest) = element(rest, SEQUENCE)?;
    let (inner, _) = element(rest, OCTET_STRING)?;
    pkcs1(inner)
}

/// A piece of an OpenSSH key, which states its length, and what follows it.
fn piece(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(4)?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(length.try_into().ok()?)).ok()?)
}

/// The key in OpenSSH's own format; `Some(None)` where a passphrase protects it.
fn openssh(bytes: &[u8]) -> Option<Option<PrivateKey>> {
    let rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let (cipher, rest) = piece(rest)?;
    let (_derivation, rest) = piece(rest)?;
    let (_options, rest) = piece(rest)?;
    let (_count, rest) = rest.split_at_checked(4)?;
    let (_public, rest) = piece(rest)?;
    let (private, _) = piece(rest)?;
    if cipher != b"none" {
        return Some(None);
    }
    let (_checks, rest) = private.split_at_checked(8)?;
    let (kind, rest) = piece(rest)?;
    let (modulus, rest) = piece(rest)?;
    let (_public, rest) = piece(rest)?;
    let (exponent, _) = piece(rest)?;
    if kind == b"ssh-rsa" { Some(key(modulus, exponent)) } else { None }
}
