//! Keys of one's own, by which Cloud Storage encrypts without keeping them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use google_cloud_storage::model_ext::KeyAes256;
use provider::{ErrorKind, ProviderError};

use crate::Trouble;

/// A key for AES-256. It is never shown.
#[derive(Clone)]
pub(crate) struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(a key)")
    }
}

impl Key {
    /// Reads a key in base64.
    pub(crate) fn read(text: &str) -> Result<Key, ProviderError> {
        let bytes = decoded(text.trim()).and_then(|bytes| bytes.try_into().ok());
        let detail = "An encryption key is 32 bytes in base64.";
        bytes.map(Key).ok_or_else(|| ProviderError::invalid("Invalid encryption key", detail))
    }

    /// The key as the crate has it.
    pub(super) fn aes(&self, what: &str) -> Result<KeyAes256, Trouble> {
        KeyAes256::new(&self.0).map_err(|e| Trouble::new(ErrorKind::Invalid, what, e.to_string()))
    }

    /// The key as headers of a request.
    pub(crate) fn headers(&self) -> [(&'static str, String); 3] {
        let digest = provider::Digests::of(&self.0).sha256;
        [
            ("x-goog-encryption-algorithm", "AES256".to_owned()),
            ("x-goog-encryption-key", STANDARD.encode(self.0)),
            ("x-goog-encryption-key-sha256", STANDARD.encode(digest)),
        ]
    }
}

/// Bytes in base64.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
