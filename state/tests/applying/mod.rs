//! Many who apply to one state at once, and a checker of what came of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use state::{Backend, StateSnapshot, Store};

use crate::samples::{addr, current, intent, lock_info};

/// Some appliers, 64 where OPERATIONS says how many changes there are in all, make so many changes each, each in a session of its own, and counts up an object that all share.
/// One is at work at a time, nothing is lost, nothing is done twice.
pub async fn check(each: usize, backend: impl Fn() -> Arc<dyn Backend>) {
    let (appliers, each) = match std::env::var("OPERATIONS").ok().and_then(|n| n.parse::<usize>().ok()) {
        Some(operations) => (64, operations.div_ceil(64)),
        None => (8, each),
    };
    let at_work = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..appliers)
        .map(|applier| {
            let (store, at_work) = (Store::new(backend()), at_work.clone());
            tokio::spawn(async move {
                for turn in 0..each {
                    apply(&store, &at_work, applier, turn).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let snapshot = Store::new(backend()).read().await.unwrap().snapshot.unwrap();
    assert_eq!(counted(&snapshot, "t.counter"), appliers * each, "each counted once");
    for applier in 0..appliers {
        assert_eq!(
            counted(&snapshot, &format!("t.a{applier}")),
            each,
            "nothing of {applier} is lost or doubled"
        );
    }
    // The journal opens and the snapshot ends: two for each session, in one order.
    assert_eq!(snapshot.serial as usize, 2 * appliers * each);
}

async fn apply(store: &Store, at_work: &AtomicUsize, applier: usize, turn: usize) {
    let id = format!("{applier}-{turn}");
    let session = store.lock(lock_info(&id), Duration::from_secs(600)).await.unwrap();
    assert_eq!(at_work.fetch_add(1, Ordering::SeqCst), 0, "one at a time");
    let own = format!("t.a{applier}");
    let (count, mine) = session.with_snapshot(|s| (counted(s, "t.counter"), counted(s, &own)));
    assert_eq!(mine, turn, "what was done before is seen");
    let intent = session.intent(intent(&own)).await.unwrap();
    let made = current(&own, &(mine + 1).to_string());
    session.record(Some(intent), &[made, current("t.counter", &(count + 1).to_string())]).unwrap();
    at_work.fetch_sub(1, Ordering::SeqCst);
    session.close().await.unwrap();
}

/// The number that an object holds.
fn counted(snapshot: &StateSnapshot, address: &str) -> usize {
    let attributes = snapshot.current(&addr(address)).map(|o| o.attributes.to_string());
    attributes.and_then(|text| text.split('"').nth(3)?.parse().ok()).unwrap_or(0)
}
