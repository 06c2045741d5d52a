//! Many who apply to one state at once, and a checker of what came of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use state::{Backend, Store};

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
    let counter = &snapshot.current(&addr("t.counter")).unwrap().attributes;
    assert_eq!(&**counter, format!("{{\"id\":\"{}\"}}", appliers * each), "each counted once");
    let there: BTreeSet<String> = snapshot.instances.keys().map(ToString::to_string).collect();
    assert_eq!(there.len(), appliers * each + 1, "nothing is lost");
    // The journal opens and the snapshot ends: two for each session, in one order.
    assert_eq!(snapshot.serial as usize, 2 * appliers * each);
}

async fn apply(store: &Store, at_work: &AtomicUsize, applier: usize, turn: usize) {
    let id = format!("{applier}-{turn}");
    let session = store.lock(lock_info(&id), Duration::from_secs(600)).await.unwrap();
    assert_eq!(at_work.fetch_add(1, Ordering::SeqCst), 0, "one at a time");
    let count = session.with_snapshot(|s| {
        let counter = s.current(&addr("t.counter")).map(|o| o.attributes.to_string());
        counter.and_then(|c| c.split('"').nth(3)?.parse::<usize>().ok()).unwrap_or(0)
    });
    let intent = session.intent(intent(&format!("t.a{applier}_{turn}"))).await.unwrap();
    let made = current(&format!("t.a{applier}_{turn}"), "made");
    session.record(Some(intent), &[made, current("t.counter", &(count + 1).to_string())]).unwrap();
    at_work.fetch_sub(1, Ordering::SeqCst);
    session.close().await.unwrap();
}
