//! Where states are kept.

use async_trait::async_trait;

use crate::{LockInfo, LockToken};

/// Names one stored content: an etag, a generation, a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

/// A stored snapshot's bytes with their version.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// The document.
    pub bytes: Vec<u8>,
    /// What it is called for a conditional write.
    pub version: Version,
}

/// Shows how much there is, but not what, which may be secret.
impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored").field("length", &self.bytes.len()).field("version", &self.version).finish()
    }
}

/// What a backend can promise; what it cannot is said at `init`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// A write succeeds only over the version that it was based on.
    pub compare_and_swap: bool,
    /// A dead holder's lock ends by itself, and its late writes are refused.
    pub fencing: bool,
    /// The journal lies with the state, so that another machine can recover.
    pub remote_journal: bool,
    /// Whether the state leaves this machine, so that sensitive values need encryption.
    pub remote: bool,
}

/// A failure of a backend, worded for the user.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// Somebody else holds the lock.
    #[error("the state is locked by {who} since {created}", who = .0.who, created = .0.created)]
    Locked(Box<LockInfo>),
    /// The lock was taken away or expired; nothing more may be written.
    #[error("the lock {0} is no longer held")]
    LockLost(String),
    /// The stored content is not the one that the write was based on.
    #[error("the stored state was changed by somebody else")]
    Changed,
    /// There is no such workspace.
    #[error("there is no workspace {0:?}")]
    NoWorkspace(String),
    /// The medium failed: full, read-only, unreachable.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted, with the path: "cannot write state/dev/terraform.tfstate".
        what: String,
        /// The operating system's or network's word.
        source: std::io::Error,
    },
    /// The backend's own words.
    #[error("{0}")]
    Other(String),
}

/// One state's keeper: document, lock, journal. The methods move bytes; what they mean is [`crate::Store`]'s business.
#[async_trait]
pub trait Backend: Send + Sync {
    /// What it can promise.
    fn capabilities(&self) -> Capabilities;

    /// How people call the place: `state/dev/terraform.tfstate`, `s3://bucket/key`.
    fn location(&self) -> String;

    /// The published document, or nothing where none was ever written.
    async fn read(&self) -> Result<Option<Stored>, BackendError>;

    /// Publishes a document in place of the version given (nothing: there was none). Never leaves half a document.
    async fn write(
        &self,
        token: &LockToken,
        bytes: &[u8],
        expected: Option<&Version>,
    ) -> Result<Version, BackendError>;

    /// Removes document, journal, sidecar and what was kept.
    async fn remove(&self, token: &LockToken) -> Result<(), BackendError>;

    /// Takes the lock or says who holds it. Does not wait.
    async fn lock(&self, info: &LockInfo) -> Result<LockToken, BackendError>;

    /// Gives the lock back.
    async fn unlock(&self, token: &LockToken) -> Result<(), BackendError>;

    /// Takes the lock away from its holder, named by its id.
    async fn force_unlock(&self, id: &str) -> Result<(), BackendError>;

    /// Who holds the lock now, if anybody alive does.
    async fn holder(&self) -> Result<Option<LockInfo>, BackendError>;

    /// The journal's bytes, or nothing where there is none.
    async fn read_journal(&self) -> Result<Option<Vec<u8>>, BackendError>;

    /// Appends to the journal and returns once it is durable. Called with everything that waits: group commit.
    async fn append_journal(&self, token: &LockToken, bytes: &[u8]) -> Result<(), BackendError>;

    /// Removes the journal, its content being in a published document.
    async fn clear_journal(&self, token: &LockToken) -> Result<(), BackendError>;

    /// The sidecar's bytes (what format 4 has no place for), or nothing.
    async fn read_sidecar(&self) -> Result<Option<Vec<u8>>, BackendError>;

    /// Replaces the sidecar, or removes it.
    async fn write_sidecar(&self, token: &LockToken, bytes: Option<&[u8]>) -> Result<(), BackendError>;

    /// Keeps what is published now under its serial, as it is.
    async fn keep(&self, token: &LockToken, serial: u64) -> Result<(), BackendError>;

    /// The serials of what was kept, rising.
    async fn kept(&self) -> Result<Vec<u64>, BackendError>;

    /// What was kept under a serial, or nothing.
    async fn read_kept(&self, serial: u64) -> Result<Option<Vec<u8>>, BackendError>;

    /// Removes what was kept under a serial.
    async fn forget(&self, token: &LockToken, serial: u64) -> Result<(), BackendError>;
}
