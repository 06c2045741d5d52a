//! States in an object store: leases, seals, and many at once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod applying;
mod samples;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use samples::{current, intent, lock_info, store};
use state::{Backend, BackendError, Clock, LEASE, MemoryObjects, ObjectBackend, SystemClock};

/// A clock that a test sets.
#[derive(Default)]
struct Hand(AtomicU64);

impl Clock for Hand {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

struct Bucket {
    objects: MemoryObjects,
    clock: Arc<Hand>,
}

impl Bucket {
    fn new() -> Bucket {
        Bucket { objects: MemoryObjects::new(), clock: Arc::default() }
    }

    fn open(&self) -> ObjectBackend {
        ObjectBackend::new(Arc::new(self.objects.clone()), "dev/state", self.clock.clone(), LEASE)
    }

    fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn lost(result: Result<(), BackendError>) {
    assert!(matches!(result, Err(BackendError::LockLost(_) | BackendError::Changed)), "{result:?}");
}

#[tokio::test]
async fn a_lock_lasts_while_it_is_renewed() {
    let bucket = Bucket::new();
    let (one, other) = (bucket.open(), bucket.open());
    let token = one.lock(&lock_info("a")).await.unwrap();
    for _ in 0..10 {
        bucket.pass(20);
        one.append_journal(&token, b"x\n").await.unwrap();
        assert!(matches!(other.lock(&lock_info("b")).await, Err(BackendError::Locked(_))));
        assert_eq!(other.holder().await.unwrap().unwrap().id, "a");
    }
    one.unlock(&token).await.unwrap();
    assert_eq!(other.lock(&lock_info("b")).await.unwrap().epoch, token.epoch + 1);
}

#[tokio::test]
async fn a_holder_that_cannot_renew_starts_nothing_new() {
    let bucket = Bucket::new();
    let session = store(bucket.open()).lock(lock_info("a"), Duration::ZERO).await.unwrap();
    session.intent(intent("t.a")).await.unwrap();
    bucket.pass(60);
    assert!(session.intent(intent("t.b")).await.is_err());
    std::mem::forget(session);
}

#[tokio::test]
async fn a_late_write_is_refused_after_a_takeover() {
    let bucket = Bucket::new();
    let late = bucket.open();
    let token = late.lock(&lock_info("late")).await.unwrap();
    let version = late.write(&token, b"{}", None).await.unwrap();
    late.append_journal(&token, b"one\n").await.unwrap();
    bucket.pass(60);
    let next = bucket.open();
    let theirs = next.lock(&lock_info("next")).await.unwrap();
    next.write(&theirs, b"{\"next\":1}", Some(&version)).await.unwrap();
    // A clock that stands still, as that of a machine that slept does: only the store can refuse now.
    bucket.clock.0.store(0, Ordering::SeqCst);
    lost(late.append_journal(&token, b"two\n").await);
    lost(late.write(&token, b"{\"late\":1}", Some(&version)).await.map(|_| ()));
    bucket.pass(61);
    assert_eq!(next.read_journal().await.unwrap().unwrap(), b"one\n");
    // The seal outlives the journal.
    next.clear_journal(&theirs).await.unwrap();
    assert!(next.read_journal().await.unwrap().is_none());
    bucket.clock.0.store(0, Ordering::SeqCst);
    lost(late.append_journal(&token, b"two\n").await);
}

#[tokio::test]
async fn a_dead_holder_is_replaced_and_its_work_found() {
    let bucket = Bucket::new();
    let session = store(bucket.open()).lock(lock_info("a"), Duration::ZERO).await.unwrap();
    let id = session.intent(intent("t.a")).await.unwrap();
    session.record(Some(id), &[current("t.a", "1")]).unwrap();
    session.intent(intent("t.b")).await.unwrap();
    std::mem::forget(session);
    bucket.pass(60);
    let session = store(bucket.open()).lock(lock_info("b"), Duration::ZERO).await.unwrap();
    assert_eq!((session.snapshot().instances.len(), session.unresolved().len()), (1, 1));
    for (id, _) in session.unresolved() {
        session.resolve(id, &[current("t.b", "found")]).unwrap();
    }
    assert_eq!(session.close().await.unwrap().instances.len(), 2);
    assert_eq!(store(bucket.open()).kept().await.unwrap().len(), 1);
}

/// OPERATIONS says how many changes there are, and then 64 make them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_appliers_take_turns() {
    let objects = MemoryObjects::new();
    let open = || ObjectBackend::new(Arc::new(objects.clone()), "state", Arc::new(SystemClock), LEASE);
    applying::check(2, || Arc::new(open()) as Arc<dyn Backend>).await;
}

#[tokio::test]
async fn who_was_taken_for_dead_by_force_publishes_nothing() {
    let bucket = Bucket::new();
    let (one, other) = (bucket.open(), bucket.open());
    let token = one.lock(&lock_info("a")).await.unwrap();
    let version = one.write(&token, b"{}", None).await.unwrap();
    other.force_unlock("a").await.unwrap();
    lost(one.write(&token, b"{\"late\":1}", Some(&version)).await.map(|_| ()));
    let theirs = other.lock(&lock_info("b")).await.unwrap();
    other.write(&theirs, b"{\"next\":1}", Some(&version)).await.unwrap();
    assert!(one.unlock(&token).await.is_err());
    assert_eq!(other.holder().await.unwrap().unwrap().id, "b");
}
