//! The right to change a state.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::Store;
use super::queue::{Opening, Start};
use super::writer::{End, Remarks, Shared};
use crate::journal::{Fold, Record, Scribe, rehearse};
use crate::{Change, Intent, IntentId, LockInfo, LockToken, Sidecar, StateError, StateSnapshot, Version};

/// How long a result waits at most for something to be flushed with.
const RECORD_DELAY: Duration = Duration::from_millis(200);

/// The right to change the state: the lock is held until [`Session::close`].
///
/// All methods may be called from many tasks at once. A session that is dropped, or whose program dies, leaves a
/// document and a journal that the next reader puts together.
pub struct Session {
    shared: Arc<Shared>,
    sidecar: Mutex<Remarks>,
    closed: bool,
}

impl Session {
    pub(super) fn new(
        store: &Store,
        info: &LockInfo,
        token: LockToken,
        version: Option<Version>,
        fold: Fold,
        sidecar: Sidecar,
    ) -> Session {
        let empty = || StateSnapshot::new(lineage(info));
        let start = Start {
            snapshot: fold.snapshot.unwrap_or_else(empty),
            unresolved: fold.unresolved,
            journal: fold.live,
            last: fold.last,
            torn: fold.torn,
            scribe: Scribe::new(store.keeping.sealing.clone(), fold.previous),
            version,
        };
        let shared = Arc::new(Shared::new(store, token, info.who.clone(), start));
        Session { shared, sidecar: Mutex::new(Remarks { sidecar, changed: false }), closed: false }
    }

    /// The state as it is now, all changes of this session included.
    pub fn snapshot(&self) -> StateSnapshot {
        self.with_snapshot(StateSnapshot::clone)
    }

    /// Looks at the state as it is now without copying it. Nothing is recorded meanwhile.
    pub fn with_snapshot<T>(&self, look: impl FnOnce(&StateSnapshot) -> T) -> T {
        look(&self.shared.inner().snapshot)
    }

    /// Names a state in which nothing was ever recorded, as the plan that it is made from calls it. Others keep their
    /// name; says whether it was taken.
    pub fn name_lineage(&self, lineage: &str) -> bool {
        let mut inner = self.shared.inner();
        let fresh = inner.snapshot.serial == 0
            && inner.snapshot.is_empty()
            && matches!(inner.opening, Opening::NotYet);
        if fresh && !lineage.is_empty() {
            inner.snapshot.lineage = lineage.to_owned();
        }
        fresh
    }

    /// Effects of an earlier, interrupted session of which no result is known.
    pub fn unresolved(&self) -> Vec<(IntentId, Intent)> {
        let inner = self.shared.inner();
        inner.prior.iter().map(|(id, intent)| (*id, intent.clone())).collect()
    }

    /// Announces an effect; returns once that is durable. Many callers wait for one flush together. After an error the
    /// effect must not begin.
    pub async fn intent(&self, intent: Intent) -> Result<IntentId, StateError> {
        let id = self.foretell(intent)?;
        if let Err(error) = self.shared.flush(id.0).await {
            self.abandon(id)?;
            return Err(error);
        }
        Ok(id)
    }

    /// Announces what has no effect: waiting. It is durable no later than what is recorded after it, and needs no flush of
    /// its own.
    pub fn foretell(&self, intent: Intent) -> Result<IntentId, StateError> {
        let mut inner = self.shared.inner();
        let id = IntentId(self.shared.enqueue(&mut inner, &Record::Intent(intent.clone()))?);
        inner.announced.insert(id, intent);
        Ok(id)
    }

    /// Records a change, as the result of an intent or by itself. Needs no flush of its own: the next intent's, the
    /// next interval's or the end's covers it. Either all changes are recorded or, with an error, none. What makes no
    /// difference is not recorded.
    pub fn record(&self, intent: Option<IntentId>, changes: &[Change]) -> Result<(), StateError> {
        let mut inner = self.shared.inner();
        let changes = rehearse(&inner.snapshot, changes)?;
        if intent.is_none() && changes.is_empty() {
            return Ok(());
        }
        let record = Record::Done { intent, changes };
        self.shared.enqueue(&mut inner, &record)?;
        inner.apply(&record);
        if !inner.flush_due {
            inner.flush_due = self.shared.clone().flush_after(RECORD_DELAY);
        }
        Ok(())
    }

    /// Says what became of an effect, this session's or an earlier one's; the changes are its results.
    pub fn resolve(&self, intent: IntentId, changes: &[Change]) -> Result<(), StateError> {
        self.record(Some(intent), changes)
    }

    /// Says that an intent had no effect at all.
    pub fn abandon(&self, intent: IntentId) -> Result<(), StateError> {
        self.record(Some(intent), &[])
    }

    /// Makes everything recorded durable, before an effect that no intent announces. After an error the effect must not
    /// begin.
    pub async fn flush(&self) -> Result<(), StateError> {
        self.shared.flush(u64::MAX).await
    }

    /// Makes everything recorded durable and publishes it, so that others see it while the session goes on.
    pub async fn checkpoint(&self) -> Result<(), StateError> {
        self.shared.checkpoint().await
    }

    /// What the format has no place for.
    pub fn sidecar(&self) -> Sidecar {
        self.remarks().sidecar.clone()
    }

    /// Changes what the format has no place for; it is written when the session is closed.
    pub fn update_sidecar(&self, change: impl FnOnce(&mut Sidecar)) {
        let mut remarks = self.remarks();
        let before = remarks.sidecar.clone();
        change(&mut remarks.sidecar);
        remarks.changed |= remarks.sidecar != before;
    }

    fn remarks(&self) -> MutexGuard<'_, Remarks> {
        self.sidecar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes the folded snapshot (version 4, serial risen) if anything changed, clears the journal, and gives the
    /// lock back. With unresolved intents the journal stays, and the published document says version 5. After an error
    /// the journal holds what could not be published, as far as that was possible.
    pub async fn close(mut self) -> Result<StateSnapshot, StateError> {
        self.closed = true;
        self.update_sidecar(|sidecar| self.with_snapshot(|now| sidecar.keep_only_recorded(now)));
        let remarks = self.remarks().clone();
        self.shared.clone().end(End::Publish { remarks }).await
    }
}

impl Session {
    /// Publishes another snapshot, with its own lineage and serial, in place of all that is recorded, and gives the lock
    /// back: `state push`. What this session recorded goes with the rest.
    pub async fn replace(mut self, snapshot: StateSnapshot) -> Result<(), StateError> {
        self.closed = true;
        self.update_sidecar(|sidecar| sidecar.keep_only_recorded(&snapshot));
        let (snapshot, remarks) = (Box::new(snapshot), self.remarks().clone());
        self.shared.clone().end(End::Replace { snapshot, remarks }).await.map(|_| ())
    }

    /// Removes the state with its journal and sidecar, and gives the lock back.
    pub async fn remove(mut self) -> Result<(), StateError> {
        self.closed = true;
        self.shared.clone().end(End::Remove).await.map(|_| ())
    }
}

impl Drop for Session {
    /// Nothing more is published, but what was recorded becomes durable, and the lock is given back, as far as there is
    /// somebody to do it.
    fn drop(&mut self) {
        if !self.closed
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let shared = self.shared.clone();
            runtime.spawn(async move { shared.end(End::Abandon).await.map(|_| ()) });
        }
    }
}

/// A name for a new state, as random as the lock's id, in the form of a UUID.
fn lineage(info: &LockInfo) -> String {
    let mut sha = Sha256::new();
    for part in ["lineage", &info.id, &info.who, &info.created, &info.path] {
        sha.update(part.as_bytes());
        sha.update([0]);
    }
    let hex: String = sha.finalize()[..16].iter().map(|b| format!("{b:02x}")).collect();
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// Intents by their names.
pub(super) type Intents = BTreeMap<IntentId, Intent>;
