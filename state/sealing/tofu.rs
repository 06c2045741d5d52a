//! States that OpenTofu encrypted with a passphrase: read, so that a team can move, and never written.
//!
//! The form is the one of OpenTofu 1.7 and later, `encryption_version` v0, method `aes_gcm`, key provider `pbkdf2`.

use std::collections::BTreeMap;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::key::{Hash, stretch};
use super::{Kdf, KeySource, SealingError};

/// A document that OpenTofu encrypted.
#[derive(Deserialize)]
pub(super) struct Sealed {
    #[serde(default)]
    meta: BTreeMap<String, serde_json::Value>,
    encrypted_data: String,
    encryption_version: String,
}

#[derive(Deserialize)]
struct Derivation {
    salt: String,
    iterations: u32,
    hash_function: String,
    key_length: usize,
}

/// Reads the form, if the bytes have it.
pub(super) fn parse(bytes: &[u8]) -> Option<Sealed> {
    let end = &bytes[bytes.len().saturating_sub(64)..];
    let marked = bytes.starts_with(b"{") && end.windows(20).any(|w| w == b"\"encryption_version\"");
    let sealed: Sealed = marked.then(|| serde_json::from_slice(bytes).ok())??;
    (sealed.encryption_version == "v0").then_some(sealed)
}

/// Opens it with a passphrase; nothing where that is not the right one.
pub(super) fn open(sealed: &Sealed, source: &KeySource) -> Result<Option<Vec<u8>>, SealingError> {
    let data = BASE64.decode(&sealed.encrypted_data).map_err(|_| SealingError::Changed)?;
    for derivation in sealed.meta.values().filter_map(derivation) {
        let key = derive(&derivation, source)?;
        if let Some(plain) = decrypt(&key, &data)? {
            return Ok(Some(plain));
        }
    }
    Ok(None)
}

/// How a key was derived: an object, or its text in base64.
fn derivation(meta: &serde_json::Value) -> Option<Derivation> {
    match meta.as_str() {
        Some(text) => serde_json::from_slice(&BASE64.decode(text).ok()?).ok(),
        None => serde_json::from_value(meta.clone()).ok(),
    }
}

fn derive(how: &Derivation, source: &KeySource) -> Result<Zeroizing<Vec<u8>>, SealingError> {
    Kdf::Pbkdf2 { iterations: how.iterations }.check()?;
    let hash = match &*how.hash_function {
        "sha512" => Hash::Sha512,
        "sha256" => Hash::Sha256,
        _ => return Err(SealingError::Excessive("a hash function that is not known here")),
    };
    let salt = BASE64.decode(&how.salt).map_err(|_| SealingError::Changed)?;
    if !matches!(how.key_length, 16 | 32) {
        return Err(SealingError::Excessive("a key of another length than 16 or 32 bytes"));
    }
    let mut key = Zeroizing::new(vec![0; how.key_length]);
    stretch(hash, how.iterations, (source.passphrase(), &salt), &mut key)?;
    Ok(key)
}

fn decrypt(key: &[u8], data: &[u8]) -> Result<Option<Vec<u8>>, SealingError> {
    let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
    let key = UnboundKey::new(algorithm, key).map_err(|_| SealingError::Failed("the key is unusable"))?;
    let Some((nonce, sealed)) = data.split_first_chunk::<NONCE_LEN>() else {
        return Err(SealingError::Changed);
    };
    let mut data = sealed.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let opened = LessSafeKey::new(key).open_in_place(nonce, Aad::empty(), &mut data);
    let Ok(length) = opened.map(|plain| plain.len()) else { return Ok(None) };
    data.truncate(length);
    Ok(Some(data))
}
