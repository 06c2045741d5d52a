//! Keys: from a passphrase to the key of the data.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{Aad, NONCE_LEN, Nonce};
use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::SealingError;
use super::envelope::cipher;

/// How a passphrase becomes a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kdf {
    /// Takes memory, so that guessing costs as much with special hardware as without (RFC 9106).
    Argon2id {
        /// In KiB.
        memory: u32,
        /// How often the memory is passed over.
        iterations: u32,
        /// How many lanes it is cut into.
        parallelism: u32,
    },
    /// PBKDF2 with HMAC-SHA-512, OpenTofu's.
    Pbkdf2 {
        /// How often the hash is taken.
        iterations: u32,
    },
}

impl Kdf {
    /// What RFC 9106 advises where memory is scarce: 64 MiB, three passes, four lanes.
    pub const ARGON2: Kdf = Kdf::Argon2id { memory: 64 << 10, iterations: 3, parallelism: 4 };

    /// OpenTofu's default.
    pub const PBKDF2: Kdf = Kdf::Pbkdf2 { iterations: 600_000 };

    /// Refuses parameters that would make the key weak, or take the machine's memory or hours of its time. They come from
    /// configurations, and from documents that anybody may have written.
    pub fn check(self) -> Result<(), SealingError> {
        match self {
            Kdf::Argon2id { memory, .. } if memory > 1 << 20 => {
                Err(SealingError::Excessive("more than 1 GiB of memory"))
            }
            Kdf::Argon2id { iterations, parallelism, .. } if iterations > 64 || parallelism > 64 => {
                Err(SealingError::Excessive("more than 64 passes or lanes"))
            }
            Kdf::Argon2id { memory, iterations, parallelism }
                if memory < 8 << 10 || iterations == 0 || parallelism == 0 =>
            {
                Err(SealingError::Excessive("less than 8 MiB of memory, or no pass"))
            }
            Kdf::Pbkdf2 { iterations } if iterations > 20_000_000 => {
                Err(SealingError::Excessive("more than 20,000,000 iterations"))
            }
            Kdf::Pbkdf2 { iterations } if iterations < 200_000 => {
                Err(SealingError::Excessive("less than 200,000 iterations"))
            }
            Kdf::Argon2id { .. } | Kdf::Pbkdf2 { .. } => Ok(()),
        }
    }

    fn derive(self, passphrase: &[u8], salt: &[u8]) -> Result<Key, SealingError> {
        let mut key = Zeroizing::new([0; 32]);
        match self {
            Kdf::Argon2id { memory, iterations, parallelism } => {
                let failed = |_| SealingError::Failed("the key cannot be derived");
                let params = Params::new(memory, iterations, parallelism, Some(32)).map_err(failed)?;
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                argon2.hash_password_into(passphrase, salt, &mut *key).map_err(failed)?;
            }
            Kdf::Pbkdf2 { iterations } => stretch(Hash::Sha512, iterations, (passphrase, salt), &mut *key)?,
        }
        Ok(Arc::new(key))
    }

    fn numbers(self) -> (u8, [u32; 3]) {
        match self {
            Kdf::Argon2id { memory, iterations, parallelism } => (1, [memory, iterations, parallelism]),
            Kdf::Pbkdf2 { iterations } => (2, [iterations, 0, 0]),
        }
    }

    fn of_numbers(kind: u8, numbers: [u32; 3]) -> Option<Kdf> {
        match (kind, numbers) {
            (1, [memory, iterations, parallelism]) => Some(Kdf::Argon2id { memory, iterations, parallelism }),
            (2, [iterations, 0, 0]) => Some(Kdf::Pbkdf2 { iterations }),
            _ => None,
        }
    }
}

/// The hash under PBKDF2.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha256,
    Sha512,
}

/// PBKDF2.
pub(super) fn stretch(
    hash: Hash,
    iterations: u32,
    (passphrase, salt): (&[u8], &[u8]),
    key: &mut [u8],
) -> Result<(), SealingError> {
    let iterations = NonZeroU32::new(iterations).ok_or(SealingError::Failed("there are no iterations"))?;
    let algorithm = match hash {
        Hash::Sha256 => PBKDF2_HMAC_SHA256,
        Hash::Sha512 => PBKDF2_HMAC_SHA512,
    };
    aws_lc_rs::pbkdf2::derive(algorithm, iterations, salt, passphrase, key);
    Ok(())
}

/// Key bytes, which are overwritten when the last holder goes.
pub(super) type Key = Arc<Zeroizing<[u8; 32]>>;

/// Random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N], SealingError> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map(|()| bytes).map_err(|_| SealingError::Failed("the system gives no randomness"))
}

const SALT: usize = 16;
/// Kind, three numbers, salt.
const HEAD: usize = 1 + 3 * 4 + SALT;
const SLOT: usize = HEAD + NONCE_LEN + 32 + 16;

/// How the key of a document's data is found: how to derive a key from the passphrase, and what that one unwraps.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Slot {
    bytes: [u8; SLOT],
    kdf: Kdf,
}

impl Slot {
    pub(super) fn read(bytes: &[u8]) -> Result<Slot, SealingError> {
        let bytes: [u8; SLOT] = bytes.try_into().map_err(|_| SealingError::Changed)?;
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let kdf = Kdf::of_numbers(bytes[0], [number(1), number(5), number(9)]);
        let kdf = kdf.ok_or(SealingError::Changed)?;
        kdf.check()?;
        Ok(Slot { bytes, kdf })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn head(&self) -> &[u8] {
        &self.bytes[..HEAD]
    }

    fn salt(&self) -> &[u8] {
        &self.bytes[HEAD - SALT..HEAD]
    }

    /// Wraps a key of data.
    fn wrap(head: [u8; HEAD], kdf: Kdf, wrapping: &[u8; 32], key: &[u8; 32]) -> Result<Slot, SealingError> {
        let nonce = random::<NONCE_LEN>()?;
        let mut wrapped = Zeroizing::new(key.to_vec());
        cipher(wrapping)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&head), &mut *wrapped)
            .map_err(|_| SealingError::Failed("the key cannot be wrapped"))?;
        let mut bytes = [0; SLOT];
        bytes[..HEAD].copy_from_slice(&head);
        bytes[HEAD..HEAD + NONCE_LEN].copy_from_slice(&nonce);
        bytes[HEAD + NONCE_LEN..].copy_from_slice(&wrapped);
        Ok(Slot { bytes, kdf })
    }

    /// The key of the data, if the wrapping key is the right one.
    fn unwrap(&self, wrapping: &[u8; 32]) -> Result<Option<Key>, SealingError> {
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&self.bytes[HEAD..HEAD + NONCE_LEN]);
        let mut wrapped = Zeroizing::new(self.bytes[HEAD + NONCE_LEN..].to_vec());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = cipher(wrapping)?.open_in_place(nonce, Aad::from(self.head()), &mut wrapped);
        let Ok(opened) = opened else { return Ok(None) };
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(opened);
        Ok(Some(Arc::new(key)))
    }
}

/// A key of data with the slot that leads to it.
#[derive(Clone)]
pub(super) struct DataKey {
    pub(super) slot: Slot,
    pub(super) key: Key,
}

/// A passphrase, and how keys are derived from it. What was derived once is kept until the end of the run.
pub struct KeySource {
    passphrase: Zeroizing<Vec<u8>>,
    kdf: Kdf,
    derived: Mutex<BTreeMap<Vec<u8>, Key>>,
    current: Mutex<Option<DataKey>>,
}

impl KeySource {
    /// Keys from a passphrase.
    pub fn new(passphrase: &str, kdf: Kdf) -> Result<KeySource, SealingError> {
        kdf.check()?;
        let passphrase = Zeroizing::new(passphrase.as_bytes().to_vec());
        Ok(KeySource { passphrase, kdf, derived: Mutex::default(), current: Mutex::default() })
    }

    pub(super) fn passphrase(&self) -> &[u8] {
        &self.passphrase
    }

    fn derived(&self) -> MutexGuard<'_, BTreeMap<Vec<u8>, Key>> {
        self.derived.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn chosen(&self) -> MutexGuard<'_, Option<DataKey>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key that a head leads to, derived at most once.
    fn wrapping(&self, head: &[u8], kdf: Kdf, salt: &[u8]) -> Result<Key, SealingError> {
        let mut derived = self.derived();
        if let Some(key) = derived.get(head) {
            return Ok(key.clone());
        }
        let key = kdf.derive(&self.passphrase, salt)?;
        derived.insert(head.to_vec(), key.clone());
        Ok(key)
    }

    /// The key that is written with: the one of what was read, or a new one.
    pub(super) fn current(&self) -> Result<DataKey, SealingError> {
        let mut chosen = self.chosen();
        if let Some(key) = &*chosen {
            return Ok(key.clone());
        }
        let (kind, numbers) = self.kdf.numbers();
        let mut head = [0; HEAD];
        head[0] = kind;
        for (i, number) in numbers.iter().enumerate() {
            head[1 + 4 * i..5 + 4 * i].copy_from_slice(&number.to_be_bytes());
        }
        head[HEAD - SALT..].copy_from_slice(&random::<SALT>()?);
        let wrapping = self.wrapping(&head, self.kdf, &head[HEAD - SALT..])?;
        let key = Zeroizing::new(random::<32>()?);
        let slot = Slot::wrap(head, self.kdf, &wrapping, &key)?;
        Ok(chosen.insert(DataKey { slot, key: Arc::new(key) }).clone())
    }

    /// The key of a slot, where this passphrase leads to it. What is written later uses the same one, unless it was
    /// derived otherwise than is asked for now.
    pub(super) fn unwrap(&self, slot: &Slot) -> Result<Option<DataKey>, SealingError> {
        if let Some(key) = &*self.chosen()
            && key.slot == *slot
        {
            return Ok(Some(key.clone()));
        }
        let wrapping = self.wrapping(slot.head(), slot.kdf, slot.salt())?;
        let Some(key) = slot.unwrap(&wrapping)? else { return Ok(None) };
        let key = DataKey { slot: slot.clone(), key };
        if slot.kdf == self.kdf {
            self.chosen().get_or_insert_with(|| key.clone());
        }
        Ok(Some(key))
    }
}

/// Shows how keys are derived, and nothing of them.
impl std::fmt::Debug for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySource").field("kdf", &self.kdf).finish_non_exhaustive()
    }
}
