//! States in memory, for tests: with everything that a backend can promise, and with failure on demand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{Backend, BackendError, Capabilities, LockInfo, LockToken, Stored, Version};

/// A state in memory. Clones share it, as programs share a disk.
#[derive(Clone, Default)]
pub struct MemoryBackend {
    disk: Arc<Mutex<Disk>>,
    /// How many writing operations are left before the program "dies"; clones made for another run have their own.
    life: Option<Arc<Mutex<Life>>>,
}

#[derive(Clone, Default)]
struct Disk {
    document: Option<Vec<u8>>,
    generation: u64,
    journal: Option<Vec<u8>>,
    sidecar: Option<Vec<u8>>,
    kept: BTreeMap<u64, Vec<u8>>,
    lock: Option<LockInfo>,
    epoch: u64,
}

struct Life {
    left: usize,
    /// How the operation ends in whose middle the program dies.
    last: LastWrite,
}

/// How far a write gets during which a program dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastWrite {
    /// Nothing of it reaches the disk.
    Lost,
    /// Half of what is appended reaches the disk; a document is replaced as a whole or not at all.
    Torn,
    /// It reaches the disk, but nobody is told.
    Complete,
}

impl MemoryBackend {
    /// An empty disk.
    pub fn new() -> MemoryBackend {
        MemoryBackend::default()
    }

    /// The same disk for a program that dies during its `n`th writing operation, counted from 1: that one and all after
    /// it fail.
    pub fn dying_at(&self, n: usize, last: LastWrite) -> MemoryBackend {
        let life = Life { left: n, last };
        MemoryBackend { disk: self.disk.clone(), life: Some(Arc::new(Mutex::new(life))) }
    }

    /// The same disk for a new program; locks of dead ones are gone.
    pub fn reopened(&self) -> MemoryBackend {
        self.disk().lock = None;
        MemoryBackend { disk: self.disk.clone(), life: None }
    }

    /// Another disk with the same on it, for a new program; locks of dead ones are gone.
    pub fn copied(&self) -> MemoryBackend {
        let disk = Disk { lock: None, ..self.disk().clone() };
        MemoryBackend { disk: Arc::new(Mutex::new(disk)), life: None }
    }

    /// Another disk with the same on it, whose lock somebody else has.
    pub fn held_by(&self, who: &str) -> MemoryBackend {
        let copied = self.copied();
        copied.disk().lock = Some(LockInfo {
            id: "another".into(),
            operation: "OperationTypeApply".into(),
            who: who.into(),
            version: String::new(),
            created: String::new(),
            info: String::new(),
            path: "memory".into(),
        });
        copied
    }

    /// Whether the program has died.
    pub fn is_dead(&self) -> bool {
        let life = self.life.as_ref().map(|l| l.lock().unwrap_or_else(PoisonError::into_inner));
        life.is_some_and(|l| l.left == 0)
    }

    /// The program dies now; nothing it writes from here on reaches the disk.
    pub fn die(&self) {
        if let Some(life) = &self.life {
            life.lock().unwrap_or_else(PoisonError::into_inner).left = 0;
        }
    }

    /// The published document.
    pub fn document(&self) -> Option<Vec<u8>> {
        self.disk().document.clone()
    }

    /// The journal.
    pub fn journal(&self) -> Option<Vec<u8>> {
        self.disk().journal.clone()
    }

    /// Puts a document there, past every lock and version.
    pub fn set_document(&self, bytes: Option<Vec<u8>>) {
        let mut disk = self.disk();
        disk.document = bytes;
        disk.generation += 1;
    }

    /// Puts a journal there.
    pub fn set_journal(&self, bytes: Option<Vec<u8>>) {
        self.disk().journal = bytes;
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a writing operation. Tells how far it gets if it is the last, and fails if there are no more.
    fn spend(&self) -> Result<Option<LastWrite>, BackendError> {
        let Some(life) = &self.life else { return Ok(None) };
        let mut life = life.lock().unwrap_or_else(PoisonError::into_inner);
        match life.left {
            0 => Err(died()),
            1 => {
                life.left = 0;
                Ok(Some(life.last))
            }
            _ => {
                life.left -= 1;
                Ok(None)
            }
        }
    }

    /// Does a writing operation, as far as it gets.
    fn write_with<T>(
        &self,
        token: &LockToken,
        work: impl FnOnce(&mut Disk, bool) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let fate = self.spend()?;
        let mut disk = self.disk();
        if disk.lock.as_ref().is_none_or(|l| l.id != token.id) || disk.epoch != token.epoch {
            return Err(BackendError::LockLost(token.id.clone()));
        }
        match fate {
            None => work(&mut disk, false),
            Some(LastWrite::Lost) => Err(died()),
            Some(LastWrite::Torn) => work(&mut disk, true).and(Err(died())),
            Some(LastWrite::Complete) => work(&mut disk, false).and(Err(died())),
        }
    }
}

fn died() -> BackendError {
    BackendError::Io { what: "cannot write to memory".into(), source: std::io::ErrorKind::StorageFull.into() }
}

impl Disk {
    fn version(&self) -> Option<Version> {
        self.document.as_ref().map(|_| Version(self.generation.to_string()))
    }
}

#[async_trait]
impl Backend for MemoryBackend {
    fn capabilities(&self) -> Capabilities {
        Capabilities { compare_and_swap: true, fencing: true, remote_journal: true, remote: false }
    }

    fn location(&self) -> String {
        "memory".into()
    }

    async fn read(&self) -> Result<Option<Stored>, BackendError> {
        let disk = self.disk();
        let version = disk.version();
        Ok(disk.document.clone().zip(version).map(|(bytes, version)| Stored { bytes, version }))
    }

    async fn write(
        &self,
        token: &LockToken,
        bytes: &[u8],
        expected: Option<&Version>,
    ) -> Result<Version, BackendError> {
        self.write_with(token, |disk, torn| {
            if disk.version().as_ref() != expected {
                return Err(BackendError::Changed);
            }
            if !torn {
                disk.document = Some(bytes.to_vec());
                disk.generation += 1;
            }
            Ok(Version(disk.generation.to_string()))
        })
    }

    async fn remove(&self, token: &LockToken) -> Result<(), BackendError> {
        self.write_with(token, |disk, torn| {
            disk.journal = None;
            if !torn {
                (disk.document, disk.sidecar) = (None, None);
                disk.kept.clear();
            }
            Ok(())
        })
    }

    async fn lock(&self, info: &LockInfo) -> Result<LockToken, BackendError> {
        let mut disk = self.disk();
        if let Some(holder) = &disk.lock {
            return Err(BackendError::Locked(Box::new(holder.clone())));
        }
        disk.epoch += 1;
        disk.lock = Some(info.clone());
        Ok(LockToken { id: info.id.clone(), epoch: disk.epoch })
    }

    async fn unlock(&self, token: &LockToken) -> Result<(), BackendError> {
        let mut disk = self.disk();
        match &disk.lock {
            Some(holder) if holder.id == token.id => disk.lock = None,
            Some(_) | None => return Err(BackendError::LockLost(token.id.clone())),
        }
        Ok(())
    }

    async fn force_unlock(&self, id: &str) -> Result<(), BackendError> {
        let mut disk = self.disk();
        match disk.lock.take() {
            Some(holder) if holder.id == id => Ok(()),
            other => {
                disk.lock = other;
                Err(BackendError::Other(format!("the state is not locked with the id {id:?}")))
            }
        }
    }

    async fn holder(&self) -> Result<Option<LockInfo>, BackendError> {
        Ok(self.disk().lock.clone())
    }

    async fn read_journal(&self) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(self.journal())
    }

    async fn append_journal(&self, token: &LockToken, bytes: &[u8]) -> Result<(), BackendError> {
        self.write_with(token, |disk, torn| {
            let until = if torn { bytes.len() / 2 } else { bytes.len() };
            disk.journal.get_or_insert_default().extend_from_slice(&bytes[..until]);
            Ok(())
        })
    }

    async fn clear_journal(&self, token: &LockToken) -> Result<(), BackendError> {
        self.write_with(token, |disk, torn| {
            if !torn {
                disk.journal = None;
            }
            Ok(())
        })
    }

    async fn read_sidecar(&self) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(self.disk().sidecar.clone())
    }

    async fn write_sidecar(&self, token: &LockToken, bytes: Option<&[u8]>) -> Result<(), BackendError> {
        self.write_with(token, |disk, torn| {
            if !torn {
                disk.sidecar = bytes.map(<[u8]>::to_vec);
            }
            Ok(())
        })
    }

    async fn keep(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        self.write_with(token, |disk, torn| {
            if let Some(document) = disk.document.clone().filter(|_| !torn) {
                disk.kept.insert(serial, document);
            }
            Ok(())
        })
    }

    async fn kept(&self) -> Result<Vec<u64>, BackendError> {
        Ok(self.disk().kept.keys().copied().collect())
    }

    async fn read_kept(&self, serial: u64) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(self.disk().kept.get(&serial).cloned())
    }

    async fn forget(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        self.write_with(token, |disk, torn| {
            if !torn {
                disk.kept.remove(&serial);
            }
            Ok(())
        })
    }
}
