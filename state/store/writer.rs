//! What a session writes, and in which order.
//!
//! The first record opens the journal: a base is appended, then the document of that base is published as version 5,
//! and only then follow the records. Records are queued under a short lock and appended by whoever comes first, for all
//! that wait. Now and then a base is appended between the records and its document published beside them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;

use super::Store;
use super::aside::{are_many, aside};
use super::queue::{Author, FirstBase, Inner, Opening, Start};
use crate::journal::Record;
use crate::keeping::{self, Keeping};
use crate::sidecar::ENTRIES;
use crate::{
    Backend, BackendError, Kind, LockToken, Published, Sidecar, StateError, StateSnapshot, Version, format,
};

/// A new snapshot is due when the journal has grown by this many bytes since the last, and by as many as that has.
const SNAPSHOT_BYTES: usize = 4 << 20;

/// A new snapshot is due after this time, if there is anything new.
const SNAPSHOT_INTERVAL: Duration = Duration::from_secs(30);

/// At most one part in so many of the time is spent on snapshots.
const SNAPSHOT_SHARE: u32 = 20;

/// How a session ends.
pub(super) enum End {
    /// As it should.
    Publish { remarks: Remarks },
    /// With another snapshot in place of all that was there, as it is.
    Replace { snapshot: Box<StateSnapshot>, remarks: Remarks },
    /// With nothing left of the state.
    Remove,
    /// Without anybody having said so.
    Abandon,
}

/// A sidecar, and whether it is another than the one that was read.
#[derive(Clone)]
pub(super) struct Remarks {
    pub(super) sidecar: Sidecar,
    pub(super) changed: bool,
}

pub(super) struct Shared {
    backend: Arc<dyn Backend>,
    keeping: Keeping,
    /// What was published last.
    published: Mutex<Option<Published>>,
    token: LockToken,
    author: Author,
    inner: Mutex<Inner>,
    /// Held while the journal is written.
    appending: tokio::sync::Mutex<Appending>,
    /// Held while the document is written.
    document: Arc<tokio::sync::Mutex<Option<Version>>>,
    pace: Mutex<Pace>,
    publishing: AtomicBool,
}

struct Appending {
    /// Bytes since the last base.
    since: usize,
    closed: bool,
    /// Whether there is a journal, this session's or an earlier one's.
    journal: bool,
}

/// How large and slow snapshots are.
struct Pace {
    size: usize,
    cost: Duration,
    last: Instant,
}

impl Shared {
    pub(super) fn new(store: &Store, token: LockToken, who: String, start: Start) -> Shared {
        let (journal, version) = (start.journal, start.version.clone());
        let inner = Inner::new(start);
        let pace = Pace { size: 0, cost: Duration::ZERO, last: Instant::now() };
        Shared {
            backend: store.backend.clone(),
            keeping: store.keeping.clone(),
            published: Mutex::default(),
            author: Author { run: token.id.clone(), who },
            token,
            inner: Mutex::new(inner),
            appending: tokio::sync::Mutex::new(Appending { since: 0, closed: false, journal }),
            document: Arc::new(tokio::sync::Mutex::new(version)),
            pace: Mutex::new(pace),
            publishing: AtomicBool::new(false),
        }
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a record and gives its number.
    pub(super) fn enqueue(&self, inner: &mut Inner, record: &Record) -> Result<u64, StateError> {
        inner.enqueue(&self.author, record)
    }

    /// Returns once the record with this number is durable. It goes on even if nobody waits for it any more.
    pub(super) async fn flush(self: &Arc<Self>, upto: u64) -> Result<(), StateError> {
        if self.inner().durable >= upto {
            return Ok(());
        }
        let shared = self.clone();
        finished(tokio::spawn(async move { shared.flush_now(upto).await }).await)
    }

    /// Flushes everything a little later. Says whether anybody is there to do it.
    pub(super) fn flush_after(self: Arc<Self>, delay: Duration) -> bool {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return false };
        let shared = Arc::downgrade(&self);
        runtime.spawn(async move {
            tokio::time::sleep(delay).await;
            if let Some(shared) = shared.upgrade() {
                shared.inner().flush_due = false;
                let _ = shared.flush_now(u64::MAX).await;
            }
        });
        true
    }

    async fn flush_now(self: Arc<Self>, upto: u64) -> Result<(), StateError> {
        let mut appending = self.appending.lock().await;
        if self.inner().durable >= upto {
            return Ok(());
        }
        if appending.closed {
            return Err(BackendError::LockLost(self.token.id.clone()).into());
        }
        self.append_pending(&mut appending).await?;
        if self.snapshot_due(&appending) && !self.publishing.swap(true, Ordering::AcqRel) {
            match self.append_base(&mut appending).await {
                Ok(snapshot) => {
                    let shared = self.clone();
                    let document = self.document.clone().lock_owned().await;
                    tokio::spawn(async move {
                        // The journal has everything; whether the next attempt works will be seen.
                        let _ = shared.publish_over(document, snapshot, format::VERSION_JOURNALLED).await;
                        shared.publishing.store(false, Ordering::Release);
                    });
                }
                Err(_) => self.publishing.store(false, Ordering::Release),
            }
        }
        Ok(())
    }

    /// Appends everything that is queued, the journal's opening first.
    async fn append_pending(&self, appending: &mut Appending) -> Result<(), StateError> {
        self.open(appending).await?;
        let (bytes, last) = {
            let mut inner = self.inner();
            (std::mem::take(&mut inner.pending), inner.last())
        };
        if bytes.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.backend.append_journal(&self.token, &bytes).await {
            let mut inner = self.inner();
            let later = std::mem::replace(&mut inner.pending, bytes);
            inner.pending.extend_from_slice(&later);
            return Err(error.into());
        }
        appending.since += bytes.len();
        self.inner().durable = last;
        Ok(())
    }

    /// Appends the first base and publishes its document, as far as that is not done.
    async fn open(&self, appending: &mut Appending) -> Result<(), StateError> {
        let mut first = {
            let mut inner = self.inner();
            match std::mem::replace(&mut inner.opening, Opening::Busy) {
                Opening::Chosen(first) => first,
                other => {
                    inner.opening = other;
                    return Ok(());
                }
            }
        };
        let result = self.open_with(appending, &mut first).await;
        self.inner().opening = match result {
            Ok(()) => Opening::Done,
            Err(_) => Opening::Chosen(first),
        };
        result
    }

    async fn open_with(&self, appending: &mut Appending, first: &mut FirstBase) -> Result<(), StateError> {
        if !first.appended {
            self.backend.append_journal(&self.token, &first.line).await?;
            first.appended = true;
            appending.journal = true;
            self.inner().durable = first.seq;
        }
        self.publish(first.snapshot.clone(), format::VERSION_JOURNALLED).await
    }

    /// Appends a base and gives the snapshot that is to be published as its document.
    async fn append_base(&self, appending: &mut Appending) -> Result<StateSnapshot, StateError> {
        let snapshot = {
            let mut inner = self.inner();
            inner.enqueue_base(&self.author)?;
            inner.snapshot.clone()
        };
        self.append_pending(appending).await?;
        appending.since = 0;
        Ok(snapshot)
    }

    async fn publish(&self, snapshot: StateSnapshot, version: u64) -> Result<(), StateError> {
        let document = self.document.clone().lock_owned().await;
        self.publish_over(document, snapshot, version).await
    }

    /// Publishes in its turn: documents are written in the order of their serials.
    async fn publish_over(
        &self,
        mut document: OwnedMutexGuard<Option<Version>>,
        mut snapshot: StateSnapshot,
        version: u64,
    ) -> Result<(), StateError> {
        let begin = Instant::now();
        snapshot.terraform_version = format::TERRAFORM_VERSION.into();
        let many = are_many(snapshot.instances.len());
        let sealing = self.keeping.sealing.clone();
        let work = move || {
            let label = keeping::label(&snapshot, version);
            let bytes = sealing.seal(Kind::State, &label, &format::write(&snapshot, version))?;
            Ok::<_, StateError>((snapshot, keeping::digest(&bytes), bytes))
        };
        let (snapshot, sha256, bytes) = aside(many, work).await??;
        *document = Some(self.backend.write(&self.token, &bytes, document.as_ref()).await?);
        self.keeping.note(&snapshot, &self.backend.location());
        let published = Published { lineage: snapshot.lineage, serial: snapshot.serial, sha256 };
        *self.published.lock().unwrap_or_else(PoisonError::into_inner) = Some(published);
        *self.pace() = Pace { size: bytes.len(), cost: begin.elapsed(), last: Instant::now() };
        Ok(())
    }

    fn snapshot_due(&self, appending: &Appending) -> bool {
        let pace = self.pace();
        let interval = SNAPSHOT_INTERVAL.max(pace.cost * SNAPSHOT_SHARE);
        appending.since >= SNAPSHOT_BYTES.max(pace.size)
            || appending.since > 0 && pace.last.elapsed() >= interval
    }

    pub(super) async fn checkpoint(self: &Arc<Self>) -> Result<(), StateError> {
        let shared = self.clone();
        finished(tokio::spawn(async move { shared.checkpoint_now().await }).await)
    }

    async fn checkpoint_now(self: Arc<Self>) -> Result<(), StateError> {
        let mut appending = self.appending.lock().await;
        self.append_pending(&mut appending).await?;
        if appending.since == 0 {
            return Ok(());
        }
        let snapshot = self.append_base(&mut appending).await?;
        self.publish(snapshot, format::VERSION_JOURNALLED).await
    }

    /// Ends the session. It goes on even if nobody waits for it any more.
    pub(super) async fn end(self: Arc<Self>, how: End) -> Result<StateSnapshot, StateError> {
        let task = tokio::spawn(async move {
            let mut appending = self.appending.lock().await;
            appending.closed = true;
            let result = self.end_with(&mut appending, how).await;
            let unlocked = self.backend.unlock(&self.token).await;
            let snapshot = result?;
            unlocked?;
            Ok(snapshot)
        });
        finished(task.await)
    }

    async fn end_with(&self, appending: &mut Appending, how: End) -> Result<StateSnapshot, StateError> {
        match how {
            End::Publish { remarks } => self.end_published(appending, remarks).await,
            End::Replace { snapshot, remarks } => {
                let snapshot = self.end_replaced(appending, *snapshot).await?;
                self.write_sidecar(remarks).await?;
                Ok(snapshot)
            }
            End::Remove => {
                self.backend.remove(&self.token).await?;
                Ok(StateSnapshot::default())
            }
            End::Abandon => {
                self.append_pending(appending).await?;
                Ok(StateSnapshot::default())
            }
        }
    }

    async fn end_replaced(
        &self,
        appending: &Appending,
        snapshot: StateSnapshot,
    ) -> Result<StateSnapshot, StateError> {
        self.publish(snapshot.clone(), format::VERSION).await?;
        if appending.journal {
            self.backend.clear_journal(&self.token).await?;
        }
        self.keep(snapshot.serial).await;
        Ok(snapshot)
    }

    async fn end_published(
        &self,
        appending: &mut Appending,
        remarks: Remarks,
    ) -> Result<StateSnapshot, StateError> {
        let resolved = self.inner().is_resolved();
        let published = match resolved {
            true => self.publish_last(appending).await,
            false => self.leave_open(appending).await,
        };
        if let Err(error) = published {
            // What could not be published shall at least be in the journal.
            return Err(match self.append_pending(appending).await {
                Ok(()) => error,
                Err(_) => {
                    let snapshot = Box::new(std::mem::take(&mut self.inner().snapshot));
                    StateError::Unsaved { snapshot, cause: Box::new(error) }
                }
            });
        }
        self.write_sidecar(remarks).await?;
        Ok(std::mem::take(&mut self.inner().snapshot))
    }

    /// Writes the sidecar, if it or the document is another now.
    async fn write_sidecar(&self, remarks: Remarks) -> Result<(), StateError> {
        let published = self.published.lock().unwrap_or_else(PoisonError::into_inner).take();
        if !remarks.changed && published.is_none() {
            return Ok(());
        }
        let mut sidecar = remarks.sidecar;
        sidecar.document = published.or(sidecar.document);
        let serial = sidecar.document.as_ref().map_or(0, |d| d.serial);
        sidecar.history.iter_mut().filter(|e| e.serial == 0).for_each(|entry| entry.serial = serial);
        let surplus = sidecar.history.len().saturating_sub(ENTRIES);
        sidecar.history.drain(..surplus);
        let bytes = sidecar.write(&self.keeping.sealing)?;
        Ok(self.backend.write_sidecar(&self.token, bytes.as_deref()).await?)
    }

    /// Keeps what was published, and forgets what was kept longest. A failure of that costs the past, not the present,
    /// so it does not count.
    async fn keep(&self, serial: u64) {
        let limit = self.keeping.history;
        if limit == 0 || self.backend.keep(&self.token, serial).await.is_err() {
            return;
        }
        let kept = self.backend.kept().await.unwrap_or_default();
        for old in &kept[..kept.len().saturating_sub(limit)] {
            let _ = self.backend.forget(&self.token, *old).await;
        }
    }

    /// Publishes version 4, if there is anything new, and clears the journal.
    async fn publish_last(&self, appending: &mut Appending) -> Result<(), StateError> {
        let snapshot = {
            let mut inner = self.inner();
            let raised = matches!(&inner.opening, Opening::Chosen(first) if !first.appended);
            let opened = matches!(inner.opening, Opening::Busy | Opening::Done) || appending.journal;
            if !opened && !inner.changed {
                inner.snapshot.serial -= u64::from(raised);
                inner.pending.clear();
                return Ok(());
            }
            inner.snapshot.serial += u64::from(!raised);
            inner.snapshot.terraform_version = format::TERRAFORM_VERSION.into();
            inner.snapshot.clone()
        };
        let serial = snapshot.serial;
        self.publish(snapshot, format::VERSION).await?;
        if appending.journal {
            self.backend.clear_journal(&self.token).await?;
        }
        self.keep(serial).await;
        Ok(())
    }

    /// Publishes version 5, if there is anything new, and keeps the journal with what is unresolved.
    async fn leave_open(&self, appending: &mut Appending) -> Result<(), StateError> {
        if matches!(self.inner().opening, Opening::NotYet) {
            return Ok(());
        }
        self.append_pending(appending).await?;
        let snapshot = self.append_base(appending).await?;
        self.publish(snapshot, format::VERSION_JOURNALLED).await
    }
}

/// The result of a task that nobody cancels.
fn finished<T>(joined: Result<Result<T, StateError>, tokio::task::JoinError>) -> Result<T, StateError> {
    joined.unwrap_or_else(|e| Err(BackendError::Other(format!("a write was cut short: {e}")).into()))
}
