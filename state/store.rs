//! Reading, locking, journalling and publishing over any backend.
// Interface; the state helper completes it.

use std::sync::Arc;

use crate::{Backend, Change, Intent, IntentId, LockInfo, StateError, StateSnapshot};

/// A state with its backend.
#[derive(Clone)]
pub struct Store {
    #[expect(dead_code, reason = "interface first")]
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
}

/// The right to change the state: the lock is held until [`Session::close`].
pub struct Session {}

impl Store {
    /// A store over a backend.
    pub fn new(backend: Arc<dyn Backend>) -> Store {
        Store { backend }
    }

    /// Reads without a lock. Beside a live holder: the last published snapshot.
    pub async fn read(&self) -> Result<Folded, StateError> {
        unimplemented!()
    }

    /// Takes the lock, reads and folds. Waits up to `timeout` for a holder to go.
    pub async fn lock(&self, info: LockInfo, timeout: std::time::Duration) -> Result<Session, StateError> {
        let _ = (info, timeout);
        unimplemented!()
    }
}

impl Session {
    /// The state as it is now, all changes of this session included.
    pub fn snapshot(&self) -> StateSnapshot {
        unimplemented!()
    }

    /// Effects of an earlier, interrupted session of which no result is known.
    pub fn unresolved(&self) -> Vec<(IntentId, Intent)> {
        unimplemented!()
    }

    /// Announces an effect; returns once that is durable. Many callers wait for one flush together.
    pub async fn intent(&self, intent: Intent) -> Result<IntentId, StateError> {
        let _ = intent;
        unimplemented!()
    }

    /// Records a change, as the result of an intent or by itself. Needs no flush of its own: the next intent's, the
    /// next interval's or the end's covers it.
    pub fn record(&self, intent: Option<IntentId>, changes: &[Change]) -> Result<(), StateError> {
        let _ = (intent, changes);
        unimplemented!()
    }

    /// Says that an intent had no effect at all.
    pub fn abandon(&self, intent: IntentId) -> Result<(), StateError> {
        let _ = intent;
        unimplemented!()
    }

    /// Publishes the folded snapshot (version 4, serial risen) if anything changed, clears the journal, and gives the
    /// lock back. With unresolved intents the journal stays, and the published document says version 5.
    pub async fn close(self) -> Result<StateSnapshot, StateError> {
        unimplemented!()
    }
}
