//! Reading, locking, journalling and publishing over any backend.

mod aside;
mod queue;
mod session;
mod writer;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::journal::{Fold, decode, fold};
use crate::keeping::{self, Document, Keeping};
use crate::{
    Backend, BackendError, Intent, IntentId, Kind, LockInfo, LockToken, Published, Sealing, SealingError,
    Sidecar, StateError, StateSnapshot, Version, format, is_encrypted,
};

pub use session::Session;

/// A state with its backend.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    keeping: Keeping,
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

/// How long one who waits for a lock waits between two attempts, on average.
const LOCK_INTERVAL: Duration = Duration::from_millis(200);

impl Store {
    /// A store over a backend, in the clear.
    pub fn new(backend: Arc<dyn Backend>) -> Store {
        Store { backend, keeping: Keeping::default() }
    }

    /// The same store, kept otherwise.
    #[must_use]
    pub fn with_keeping(self, keeping: Keeping) -> Store {
        Store { keeping, ..self }
    }

    /// How it is kept.
    pub fn keeping(&self) -> &Keeping {
        &self.keeping
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
        let (document, _) = self.read_document(before.is_some()).await?;
        let sidecar = self.read_sidecar().await?;
        let journal = self.backend.read_journal().await?;
        let holder = match before {
            Some(holder) => Some(holder),
            None => self.backend.holder().await?,
        };
        if holder.is_some() {
            let snapshot = document.map(|document| document.snapshot);
            return Ok(Folded { snapshot, unresolved: Vec::new(), holder, sidecar });
        }
        self.check(document.as_ref(), &sidecar)?;
        let fold = self.fold(document, journal).await?;
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
        let mut attempt = 0;
        loop {
            match self.backend.lock(info).await {
                Err(BackendError::Locked(_)) if Instant::now() < deadline => {
                    attempt += 1;
                    let left = deadline.saturating_duration_since(Instant::now());
                    tokio::time::sleep(pause(info, attempt).min(left)).await;
                }
                result => return Ok(result?),
            }
        }
    }

    async fn begin(&self, info: &LockInfo, token: &LockToken) -> Result<Session, StateError> {
        let sealing = self.keeping.sealing.clone();
        aside::aside(sealing.is_sealing(), move || sealing.prepare()).await??;
        let (document, version) = self.read_document(false).await?;
        let mut sidecar = self.read_sidecar().await?;
        let journal = self.backend.read_journal().await?;
        let left_over = journal.is_some();
        self.check(document.as_ref(), &sidecar)?;
        if document.is_none() && sidecar.document.take().is_some() {
            let bytes = sidecar.write(&self.keeping.sealing)?;
            self.backend.write_sidecar(token, bytes.as_deref()).await?;
        }
        let fold = self.fold(document, journal).await?;
        if left_over && !fold.live {
            self.backend.clear_journal(token).await?;
        }
        Ok(Session::new(self, info, token.clone(), version, fold, sidecar))
    }

    /// The serials of earlier snapshots that are kept, rising.
    pub async fn kept(&self) -> Result<Vec<u64>, StateError> {
        Ok(self.backend.kept().await?)
    }

    /// An earlier snapshot, or nothing where it is not kept.
    pub async fn read_kept(&self, serial: u64) -> Result<Option<StateSnapshot>, StateError> {
        let Some(bytes) = self.backend.read_kept(serial).await? else { return Ok(None) };
        let (location, sealing) = (self.backend.location(), self.keeping.sealing.clone());
        let location = format!("{location} at serial {serial}");
        let document = aside::aside(true, move || open(&bytes, &sealing, &location)).await??;
        Ok(Some(document.snapshot))
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

    /// Publishes the first snapshot of a state. Says whether there was none; where there is one, nothing is done.
    pub async fn publish_first(
        &self,
        info: LockInfo,
        timeout: Duration,
        snapshot: &StateSnapshot,
    ) -> Result<bool, StateError> {
        let token = self.acquire(&info, timeout).await?;
        let result = match self.backend.read().await {
            Ok(Some(_)) => Ok(false),
            Ok(None) => self.replace_locked(&token, snapshot).await.map(|()| true),
            Err(e) => Err(e.into()),
        };
        let unlocked = self.backend.unlock(&token).await;
        let begun = result?;
        unlocked?;
        Ok(begun)
    }

    async fn replace_locked(&self, token: &LockToken, snapshot: &StateSnapshot) -> Result<(), StateError> {
        let version = self.backend.read().await?.map(|stored| stored.version);
        let sealing = &self.keeping.sealing;
        let label = keeping::label(snapshot, format::VERSION);
        let bytes = sealing.seal(Kind::State, &label, &format::write(snapshot, format::VERSION))?;
        self.backend.write(token, &bytes, version.as_ref()).await?;
        self.backend.clear_journal(token).await?;
        self.keeping.note(snapshot, &self.backend.location());
        let mut sidecar = self.read_sidecar().await.unwrap_or_default();
        sidecar.document = Some(Published {
            lineage: snapshot.lineage.clone(),
            serial: snapshot.serial,
            sha256: keeping::digest(&bytes),
        });
        let sidecar = sidecar.write(sealing)?;
        Ok(self.backend.write_sidecar(token, sidecar.as_deref()).await?)
    }

    /// Reads the document. Beside a holder an empty one is none yet: Terraform makes the file in order to lock it.
    async fn read_document(
        &self,
        beside_holder: bool,
    ) -> Result<(Option<Document>, Option<Version>), StateError> {
        let Some(stored) = self.backend.read().await? else { return Ok((None, None)) };
        if stored.bytes.is_empty() && beside_holder {
            return Ok((None, Some(stored.version)));
        }
        let (location, sealing) = (self.backend.location(), self.keeping.sealing.clone());
        let large = aside::is_long(stored.bytes.len()) || is_encrypted(&stored.bytes);
        let document = aside::aside(large, move || open(&stored.bytes, &sealing, &location)).await??;
        Ok((Some(document), Some(stored.version)))
    }

    /// Refuses a document that does not belong here, and remembers one that does.
    fn check(&self, document: Option<&Document>, sidecar: &Sidecar) -> Result<(), StateError> {
        let location = self.backend.location();
        self.keeping.check(document, sidecar, &location)?;
        document.inspect(|document| self.keeping.note(&document.snapshot, &location));
        Ok(())
    }

    async fn read_sidecar(&self) -> Result<Sidecar, StateError> {
        let bytes = self.backend.read_sidecar().await?;
        let refused = |why| StateError::sealed("the sidecar of", &self.backend.location(), why);
        Sidecar::read(bytes, &self.keeping.sealing).map_err(refused)
    }

    /// Folds a journal, which can be as long as its run was.
    async fn fold(&self, document: Option<Document>, journal: Option<Vec<u8>>) -> Result<Fold, StateError> {
        let (location, sealing) = (self.backend.location(), self.keeping.sealing.clone());
        let long = journal.as_ref().is_some_and(|bytes| aside::is_long(bytes.len()));
        let work = move || {
            let journal = journal.map(|bytes| decode(&bytes, &location, &sealing)).transpose()?;
            fold(document, journal, &location)
        };
        aside::aside(long, work).await?
    }
}

/// How long to wait before the next attempt: for each who waits another time, so that not all come at once.
fn pause(info: &LockInfo, attempt: u64) -> Duration {
    let mut hasher = DefaultHasher::new();
    (&info.id, attempt).hash(&mut hasher);
    LOCK_INTERVAL / 2 + LOCK_INTERVAL.mul_f64((hasher.finish() % 1000) as f64 / 1000.0)
}

/// Opens and reads a document.
fn open(bytes: &[u8], sealing: &Sealing, location: &str) -> Result<Document, StateError> {
    let sealed = |why| StateError::sealed("the state", location, why);
    let opened = sealing.open(Kind::State, bytes).map_err(sealed)?;
    let (version, snapshot) = format::read_published(&opened.plain, location)?;
    if let Some(label) = &opened.label
        && *label != keeping::label(&snapshot, version)
    {
        return Err(sealed(SealingError::Changed));
    }
    Ok(Document { version, snapshot, digest: keeping::digest(bytes), is_sealed: opened.label.is_some() })
}
