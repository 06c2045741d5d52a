//! Encryption at rest: documents are sealed when they leave this layer, and opened when they come back.
//!
//! A sealed document is one line of JSON that says what it is (its kind, lineage and serial), how its key is found, and
//! holds the rest encrypted. Everything that it says is authenticated, down to the last byte, and its kind with it; so a
//! document that was changed, or that stands in for another one, does not open. The key of the data is random and lies
//! in the document, wrapped by one that is derived from a passphrase; it is derived once in a run.

mod envelope;
mod key;
mod tofu;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use envelope::{Envelope, is_sealed};

pub use key::{Kdf, KeySource};

/// What a document is for. One never opens as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The published snapshot.
    State,
    /// One record of a journal.
    Journal,
    /// What lies beside a state.
    Sidecar,
    /// A saved plan.
    Plan,
}

/// What a sealed document says of itself in the clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// The state's lineage.
    pub lineage: Option<String>,
    /// The state's serial.
    pub serial: Option<u64>,
    /// Whether a journal completes it.
    pub journalled: bool,
}

/// Why a document could not be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealingError {
    /// It is encrypted, and no key is at hand.
    #[error(
        "it is encrypted, and no key is configured. Configure the one that it was written with: an encryption block, \
         TF_ENCRYPTION, or STACKWRIGHT_ENCRYPTION_PASSPHRASE"
    )]
    NoKey,
    /// No key that is at hand fits.
    #[error(
        "none of the configured keys opens it: it was written with another passphrase, or it was changed. A passphrase \
         that was replaced belongs into a fallback block"
    )]
    WrongKey,
    /// It is not what was written.
    #[error(
        "it was changed since it was written, or stands in for another document. Restore it from a backup"
    )]
    Changed,
    /// It is in the clear where only encrypted documents are read.
    #[error(
        "it is not encrypted, and encryption is configured. If it is to be encrypted from now on, name \
         method.unencrypted in a fallback block until it was written once"
    )]
    Clear,
    /// Its header asks for more than is sensible.
    #[error("its key asks for {0}, which no key that this program writes does")]
    Excessive(&'static str),
    /// The system gives no randomness, or the key cannot be derived.
    #[error("encryption failed: {0}")]
    Failed(&'static str),
}

/// How documents are written and which are read.
#[derive(Clone, Debug, Default)]
pub struct Sealing {
    write: Option<Arc<KeySource>>,
    read: Vec<Arc<KeySource>>,
    refuses_clear: bool,
}

impl Sealing {
    /// Documents in the clear, as they always were.
    pub fn none() -> Sealing {
        Sealing::default()
    }

    /// Sealed documents, and no others.
    pub fn with(key: KeySource) -> Sealing {
        let key = Arc::new(key);
        Sealing { write: Some(key.clone()), read: vec![key], refuses_clear: true }
    }

    /// Reads what was written with another key too.
    #[must_use]
    pub fn or_read_with(mut self, key: KeySource) -> Sealing {
        self.read.push(Arc::new(key));
        self
    }

    /// Reads documents in the clear too.
    #[must_use]
    pub fn or_read_clear(mut self) -> Sealing {
        self.refuses_clear = false;
        self
    }

    /// Whether what is written is sealed.
    pub fn is_sealing(&self) -> bool {
        self.write.is_some()
    }

    /// Seals a document, where documents are sealed. The bytes have no line end inside, and one at the end.
    pub fn seal(&self, kind: Kind, label: &Label, plain: &[u8]) -> Result<Vec<u8>, SealingError> {
        match &self.write {
            None => Ok(plain.to_vec()),
            Some(source) => Envelope::seal(kind, label, &source.current()?, plain),
        }
    }

    /// Whether bytes are to be taken for a document in the clear.
    pub(crate) fn is_clear(&self, bytes: &[u8]) -> bool {
        !self.refuses_clear && !is_sealed(bytes)
    }

    /// Derives the key now, which takes a while, so that nobody waits for it later.
    pub(crate) fn prepare(&self) -> Result<(), SealingError> {
        self.write.as_ref().map_or(Ok(()), |source| source.current().map(|_| ()))
    }

    /// Opens a document of this kind, sealed or in the clear.
    pub fn open(&self, kind: Kind, bytes: &[u8]) -> Result<Opened, SealingError> {
        if is_sealed(bytes) {
            return self.open_sealed(kind, bytes);
        }
        if let Some(sealed) = tofu::parse(bytes) {
            return self.open_foreign(&sealed);
        }
        match self.refuses_clear {
            true => Err(SealingError::Clear),
            false => Ok(Opened { plain: bytes.to_vec(), label: None }),
        }
    }

    fn open_sealed(&self, kind: Kind, bytes: &[u8]) -> Result<Opened, SealingError> {
        let envelope = Envelope::read(bytes)?;
        if self.read.is_empty() {
            return Err(SealingError::NoKey);
        }
        let slot = envelope.slot()?;
        for source in &self.read {
            if let Some(key) = source.unwrap(&slot)? {
                let plain = envelope.open(kind, &key)?;
                return Ok(Opened { plain, label: Some(envelope.label()) });
            }
        }
        Err(SealingError::WrongKey)
    }

    fn open_foreign(&self, sealed: &tofu::Sealed) -> Result<Opened, SealingError> {
        if self.read.is_empty() {
            return Err(SealingError::NoKey);
        }
        let opened = self.read.iter().find_map(|source| tofu::open(sealed, source).transpose());
        let plain = opened.ok_or(SealingError::WrongKey)??;
        Ok(Opened { plain, label: None })
    }
}

/// A document that was opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// What it holds.
    pub plain: Vec<u8>,
    /// What it says of itself; nothing where it was not sealed by this program.
    pub label: Option<Label>,
}

/// Shows how much there is, but not what, which may be secret.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("length", &self.plain.len()).field("label", &self.label).finish()
    }
}

/// Whether bytes are a sealed document, this program's or OpenTofu's.
pub fn is_encrypted(bytes: &[u8]) -> bool {
    is_sealed(bytes) || tofu::parse(bytes).is_some()
}
