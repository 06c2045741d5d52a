//! A state in memory of which every read and write is a moment.

use std::sync::Arc;

use async_trait::async_trait;
use state::{Backend, BackendError, Capabilities, LockInfo, LockToken, MemoryBackend, Stored, Version};

use crate::director::Director;

/// A backend whose operations wait for the director.
pub struct Disk {
    /// Where it lies.
    pub memory: MemoryBackend,
    /// Who says when.
    pub director: Arc<Director>,
}

impl Disk {
    async fn around<T>(&self, work: impl Future<Output = T>) -> T {
        self.director.moment().await;
        let done = work.await;
        self.director.moment().await;
        done
    }
}

#[async_trait]
impl Backend for Disk {
    fn capabilities(&self) -> Capabilities {
        self.memory.capabilities()
    }

    fn location(&self) -> String {
        self.memory.location()
    }

    async fn read(&self) -> Result<Option<Stored>, BackendError> {
        self.memory.read().await
    }

    async fn write(
        &self,
        token: &LockToken,
        bytes: &[u8],
        expected: Option<&Version>,
    ) -> Result<Version, BackendError> {
        self.around(self.memory.write(token, bytes, expected)).await
    }

    async fn remove(&self, token: &LockToken) -> Result<(), BackendError> {
        self.around(self.memory.remove(token)).await
    }

    async fn lock(&self, info: &LockInfo) -> Result<LockToken, BackendError> {
        self.around(self.memory.lock(info)).await
    }

    async fn unlock(&self, token: &LockToken) -> Result<(), BackendError> {
        self.around(self.memory.unlock(token)).await
    }

    async fn force_unlock(&self, id: &str) -> Result<(), BackendError> {
        self.memory.force_unlock(id).await
    }

    async fn holder(&self) -> Result<Option<LockInfo>, BackendError> {
        self.memory.holder().await
    }

    async fn read_journal(&self) -> Result<Option<Vec<u8>>, BackendError> {
        self.memory.read_journal().await
    }

    async fn append_journal(&self, token: &LockToken, bytes: &[u8]) -> Result<(), BackendError> {
        let half = || {
            let mut journal = self.memory.journal().unwrap_or_default();
            journal.extend_from_slice(&bytes[..bytes.len() / 2]);
            self.memory.set_journal(Some(journal));
        };
        self.director.moment_or(half).await;
        let done = self.memory.append_journal(token, bytes).await;
        self.director.moment().await;
        done
    }

    async fn clear_journal(&self, token: &LockToken) -> Result<(), BackendError> {
        self.around(self.memory.clear_journal(token)).await
    }

    async fn read_sidecar(&self) -> Result<Option<Vec<u8>>, BackendError> {
        self.memory.read_sidecar().await
    }

    async fn write_sidecar(&self, token: &LockToken, bytes: Option<&[u8]>) -> Result<(), BackendError> {
        self.around(self.memory.write_sidecar(token, bytes)).await
    }

    async fn keep(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        self.around(self.memory.keep(token, serial)).await
    }

    async fn kept(&self) -> Result<Vec<u64>, BackendError> {
        self.memory.kept().await
    }

    async fn read_kept(&self, serial: u64) -> Result<Option<Vec<u8>>, BackendError> {
        self.memory.read_kept(serial).await
    }

    async fn forget(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        self.around(self.memory.forget(token, serial)).await
    }
}
