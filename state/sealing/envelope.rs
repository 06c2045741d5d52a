//! The form of a sealed document.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::key::{DataKey, Slot, random};
use super::{Kind, Label, SealingError};

/// The form's number; another one is another form.
const FORM: u32 = 1;

/// How every sealed document begins.
const BEGINNING: &[u8] = b"{\"stackwright_sealed\":";

/// Whether bytes claim to be a sealed document.
pub(super) fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(BEGINNING)
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Envelope {
    stackwright_sealed: u32,
    kind: Kind,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    journalled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    serial: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lineage: Option<String>,
    key: String,
    nonce: String,
    data: String,
}

impl Envelope {
    /// Seals a document under a key.
    pub(super) fn seal(
        kind: Kind,
        label: &Label,
        key: &DataKey,
        plain: &[u8],
    ) -> Result<Vec<u8>, SealingError> {
        let nonce = random::<NONCE_LEN>()?;
        let mut envelope = Envelope {
            stackwright_sealed: FORM,
            kind,
            journalled: label.journalled,
            serial: label.serial,
            lineage: label.lineage.clone(),
            key: BASE64.encode(key.slot.bytes()),
            nonce: BASE64.encode(nonce),
            data: String::new(),
        };
        let header = envelope.text()?;
        let mut data = plain.to_vec();
        cipher(&key.key)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&header), &mut data)
            .map_err(|_| SealingError::Failed("the document is too large"))?;
        envelope.data = BASE64.encode(&data);
        envelope.text()
    }

    /// Reads a sealed document without opening it. Its text must be the one that this program writes, to the byte, so
    /// that nothing about it can be changed unnoticed.
    pub(super) fn read(bytes: &[u8]) -> Result<Envelope, SealingError> {
        let envelope: Envelope = serde_json::from_slice(bytes).map_err(|_| SealingError::Changed)?;
        if envelope.stackwright_sealed != FORM || envelope.text()? != bytes {
            return Err(SealingError::Changed);
        }
        Ok(envelope)
    }

    /// How its key is found.
    pub(super) fn slot(&self) -> Result<Slot, SealingError> {
        Slot::read(&BASE64.decode(&self.key).map_err(|_| SealingError::Changed)?)
    }

    /// What it says of itself; true only once it was opened.
    pub(super) fn label(&self) -> Label {
        Label { lineage: self.lineage.clone(), serial: self.serial, journalled: self.journalled }
    }

    /// Opens it as a document of this kind.
    pub(super) fn open(&self, kind: Kind, key: &DataKey) -> Result<Vec<u8>, SealingError> {
        if self.kind != kind {
            return Err(SealingError::Changed);
        }
        let changed = |_| SealingError::Changed;
        let nonce = BASE64.decode(&self.nonce).map_err(changed)?;
        let nonce: [u8; NONCE_LEN] = nonce.try_into().map_err(|_| SealingError::Changed)?;
        let mut data = BASE64.decode(&self.data).map_err(changed)?;
        let header = Envelope { data: String::new(), ..self.clone() }.text()?;
        let length = cipher(&key.key)?
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(&header), &mut data)
            .map_err(|_| SealingError::Changed)?
            .len();
        data.truncate(length);
        Ok(data)
    }

    fn text(&self) -> Result<Vec<u8>, SealingError> {
        let mut text = serde_json::to_vec(self).map_err(|_| SealingError::Failed("it is no text"))?;
        text.push(b'\n');
        Ok(text)
    }
}

/// The cipher under a key. A nonce that comes twice, which random ones do after some 2^32 documents of one key, would
/// tell only whether two documents are the same.
pub(super) fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, SealingError> {
    let key =
        UnboundKey::new(&AES_256_GCM_SIV, key).map_err(|_| SealingError::Failed("the key is unusable"))?;
    Ok(LessSafeKey::new(key))
}
