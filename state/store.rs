//! Reading, locking, journalling and publishing over any backend.

mod aside;
mod queue;
mod session;
mod writer;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::journal::{Fold, decode, fold};
use crate::{
    Backend, BackendError, Intent, IntentId, LockInfo, LockToken, Sidecar, StateError, StateSnapshot,
    Version, format,
};

pub use session::Session;

/// A state with its backend.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
}

/// What somebody who only looks sees.
#[derive(Clone, Debug)]
pub struct Folded {
    /// The published snapshot with the journal's results folded in; nothing where no state was ever written.
    pub snapshot: Option<StateSnapshot>,
    /// Effects that were announced and of which no result is known. Empty while a holder is alive.
    pub unresolved: Vec<(IntentId, Intent)>,
    /// Who is at work on it now; the journal was then left alone.
    pub holder: Option<LockInfo>,
    /// What the format has no place for.
    pub sidecar: Sidecar,
}

/// How often a reader starts again because a run began or ended meanwhile.
const READ_ATTEMPTS: u32 = 3;

/// How long one who waits for a lock waits between two attempts.
const LOCK_INTERVAL: Duration = Duration::from_millis(200);

impl Store {
    /// A store over a backend.
    pub fn new(backend: Arc<dyn Backend>) -> Store {
        Store { backend }
    }

    /// The backend.
    pub fn backend(&self) -> &Arc<dyn Backend> {
        &self.backend
    }

    /// Reads without a lock. Beside a live holder: the last published snapshot.
    pub async fn read(&self) -> Result<Folded, StateError> {
        let mut attempt = 1;
        loop {
            match self.read_once().await {
                // A run that ended between the two reads leaves a document and a journal that do not fit.
                Err(StateError::Journal { .. }) if attempt < READ_ATTEMPTS => attempt += 1,
                result => return result,
            }
        }
    }

    async fn read_once(&self) -> Result<Folded, StateError> {
        let before = self.backend.holder().await?;
        let (document, _) = read_document(&*self.backend, before.is_some()).await?;
        let sidecar = Sidecar::read(self.backend.read_sidecar().await?);
        let journal = self.backend.read_journal().await?;
        let holder = match before {
            Some(holder) => Some(holder),
            None => self.backend.holder().await?,
        };
        if holder.is_some() {
            let snapshot = document.map(|(_, snapshot)| snapshot);
            return Ok(Folded { snapshot, unresolved: Vec::new(), holder, sidecar });
        }
        let fold = fold_bytes(document, journal, self.backend.location()).await?;
        let unresolved = fold.unresolved.into_iter().collect();
        Ok(Folded { snapshot: fold.snapshot, unresolved, holder, sidecar })
    }

    /// Takes the lock, reads and folds. Waits up to `timeout` for a holder to go.
    pub async fn lock(&self, info: LockInfo, timeout: Duration) -> Result<Session, StateError> {
        let token = self.acquire(&info, timeout).await?;
        match self.begin(&info, &token).await {
            Ok(session) => Ok(session),
            Err(error) => {
                let _ = self.backend.unlock(&token).await;
                Err(error)
            }
        }
    }

    async fn acquire(&self, info: &LockInfo, timeout: Duration) -> Result<LockToken, StateError> {
        let deadline = Instant::now() + timeout;
        loop {
            match self.backend.lock(info).await {
                Err(BackendError::Locked(_)) if Instant::now() < deadline => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    tokio::time::sleep(LOCK_INTERVAL.min(left)).await;
                }
                result => return Ok(result?),
            }
        }
    }

    async fn begin(&self, info: &LockInfo, token: &LockToken) -> Result<Session, StateError> {
        let (document, version) = read_document(&*self.backend, false).await?;
        let sidecar = Sidecar::read(self.backend.read_sidecar().await?);
        let journal = self.backend.read_journal().await?;
        let left_over = journal.is_some();
        let fold = fold_bytes(document, journal, self.backend.location()).await?;
        if left_over && !fold.live {
            self.backend.clear_journal(token).await?;
        }
        Ok(Session::new(self.backend.clone(), info, token.clone(), version, fold, sidecar))
    }

    /// Takes the lock away from its holder, named by the lock's id.
    pub async fn force_unlock(&self, id: &str) -> Result<(), StateError> {
        Ok(self.backend.force_unlock(id).await?)
    }

    /// Replaces whatever is there, readable or not, by a snapshot with its own lineage and serial, and forgets the
    /// journal: `state push` and `state restore`, after they have compared the two.
    pub async fn replace(
        &self,
        info: LockInfo,
        timeout: Duration,
        snapshot: &StateSnapshot,
    ) -> Result<(), StateError> {
        let token = self.acquire(&info, timeout).await?;
        let result = self.replace_locked(&token, snapshot).await;
        let unlocked = self.backend.unlock(&token).await;
        result?;
        Ok(unlocked?)
    }

    async fn replace_locked(&self, token: &LockToken, snapshot: &StateSnapshot) -> Result<(), StateError> {
        let version = self.backend.read().await?.map(|stored| stored.version);
        let bytes = format::write(snapshot, format::VERSION);
        self.backend.write(token, &bytes, version.as_ref()).await?;
        Ok(self.backend.clear_journal(token).await?)
    }
}

type Document = (u64, StateSnapshot);

/// Reads the document. Beside a holder an empty one is none yet: Terraform makes the file in order to lock it.
async fn read_document(
    backend: &dyn Backend,
    beside_holder: bool,
) -> Result<(Option<Document>, Option<Version>), StateError> {
    let Some(stored) = backend.read().await? else { return Ok((None, None)) };
    if stored.bytes.is_empty() && beside_holder {
        return Ok((None, Some(stored.version)));
    }
    let location = backend.location();
    let long = aside::is_long(stored.bytes.len());
    let document = aside::aside(long, move || format::read_published(&stored.bytes, &location)).await??;
    Ok((Some(document), Some(stored.version)))
}

/// Folds a journal, which can be as long as its run was.
async fn fold_bytes(
    document: Option<Document>,
    journal: Option<Vec<u8>>,
    location: String,
) -> Result<Fold, StateError> {
    let long = journal.as_ref().is_some_and(|bytes| aside::is_long(bytes.len()));
    let work = move || {
        let journal = journal.map(|bytes| decode(&bytes, &location)).transpose()?;
        fold(document, journal, &location)
    };
    aside::aside(long, work).await?
}
