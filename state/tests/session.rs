//! Sessions over a state in memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod samples;

use std::sync::Arc;
use std::time::Duration;

use samples::{PROVIDER, addr, current, gone, intent, lock_info, object, open, store};
use state::{
    BackendError, Change, HistoryEntry, MemoryBackend, OutputState, Session, StateError, StateSnapshot,
    format,
};

/// The format version and serial of the published document, from its first lines.
fn published(disk: &MemoryBackend) -> (u64, u64) {
    let document = disk.document().unwrap();
    let start = String::from_utf8_lossy(&document[..document.len().min(200)]).into_owned();
    let number = |name: &str| {
        let line =
            start.lines().find_map(|l| l.trim().strip_prefix(&format!("\"{name}\": ")).map(str::to_owned));
        line.unwrap().trim_end_matches(',').parse().unwrap()
    };
    (number("version"), number("serial"))
}

async fn begun(disk: &MemoryBackend, id: &str) -> Session {
    open(disk.clone(), id).await.unwrap()
}

#[tokio::test]
async fn a_session_that_changes_nothing_writes_nothing() {
    let disk = MemoryBackend::new();
    begun(&disk, "a").await.close().await.unwrap();
    assert_eq!((disk.document(), disk.journal()), (None, None));
    let session = begun(&disk, "b").await;
    session.record(None, &[current("t.a", "1")]).unwrap();
    session.close().await.unwrap();
    let before = disk.document();
    let session = begun(&disk, "c").await;
    session.record(None, &[current("t.a", "1"), gone("t.b")]).unwrap();
    session.close().await.unwrap();
    assert_eq!(disk.document(), before);
}

#[tokio::test]
async fn the_serial_rises_when_the_journal_opens_and_at_the_end() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    for name in ["t.a", "t.b", "t.c"] {
        let id = session.intent(intent(name)).await.unwrap();
        assert_eq!(published(&disk), (5, 1));
        session.record(Some(id), &[current(name, "1")]).unwrap();
    }
    let last = session.close().await.unwrap();
    assert_eq!((published(&disk), last.serial, disk.journal()), ((4, 2), 2, None));
    assert_eq!(format::read(&disk.document().unwrap(), "x").unwrap(), last);
}

#[tokio::test]
async fn without_intents_a_short_session_needs_no_journal() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    session.record(None, &[current("t.a", "1")]).unwrap();
    session.close().await.unwrap();
    assert_eq!((published(&disk), disk.journal()), ((4, 1), None));
}

#[tokio::test(start_paused = true)]
async fn a_result_becomes_durable_within_the_interval() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    session.record(None, &[current("t.a", "1")]).unwrap();
    while disk.journal().is_none_or(|j| j.split(|b| *b == b'\n').count() < 3) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let folded = store(disk.reopened()).read().await.unwrap();
    assert!(folded.snapshot.unwrap().current(&addr("t.a")).is_some());
    drop(session);
}

#[tokio::test]
async fn an_interrupted_run_is_found_again() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    let a = session.intent(intent("t.a")).await.unwrap();
    session.record(Some(a), &[current("t.a", "1")]).unwrap();
    let b = session.intent(intent("t.b")).await.unwrap();
    let disk = disk.reopened();
    let folded = store(disk.clone()).read().await.unwrap();
    let snapshot = folded.snapshot.unwrap();
    assert!(snapshot.current(&addr("t.a")).is_some() && snapshot.current(&addr("t.b")).is_none());
    assert_eq!(snapshot.serial, 2, "it differs from the published one, which has serial 1");
    assert_eq!(folded.unresolved, [(b, intent("t.b"))]);

    let session = begun(&disk, "b").await;
    assert_eq!((session.snapshot(), session.unresolved()), (snapshot, folded.unresolved));
    let last = session.close().await.unwrap();
    assert_eq!((published(&disk), last.serial), ((5, 1), 2), "nothing is known yet, so all stays as it was");

    let session = begun(&disk, "c").await;
    session.resolve(b, &[current("t.b", "2")]).unwrap();
    let c = session.intent(intent("t.c")).await.unwrap();
    session.abandon(c).unwrap();
    assert_eq!(session.unresolved(), []);
    let last = session.close().await.unwrap();
    assert_eq!((published(&disk), disk.journal()), ((4, last.serial), None));
    assert_eq!(last.instances.len(), 2);
}

#[tokio::test]
async fn with_unresolved_intents_the_document_stays_journalled() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    let a = session.intent(intent("t.a")).await.unwrap();
    session.record(None, &[current("t.b", "1")]).unwrap();
    session.close().await.unwrap();
    assert_eq!(published(&disk).0, 5);
    let session = begun(&disk, "b").await;
    assert_eq!(session.unresolved(), [(a, intent("t.a"))]);
    session.abandon(a).unwrap();
    session.close().await.unwrap();
    assert_eq!((published(&disk).0, disk.journal()), (4, None));
}

#[tokio::test]
async fn readers_beside_a_holder_see_what_is_published() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    let a = session.intent(intent("t.a")).await.unwrap();
    session.record(Some(a), &[current("t.a", "1")]).unwrap();
    let _b = session.intent(intent("t.b")).await.unwrap();
    let folded = store(disk.clone()).read().await.unwrap();
    assert_eq!(folded.holder.unwrap().id, "a");
    assert!(folded.snapshot.unwrap().is_empty() && folded.unresolved.is_empty());
    session.checkpoint().await.unwrap();
    let folded = store(disk.clone()).read().await.unwrap();
    assert!(folded.snapshot.unwrap().current(&addr("t.a")).is_some());
    let folded = store(disk.reopened()).read().await.unwrap();
    assert_eq!((folded.snapshot.unwrap().instances.len(), folded.unresolved.len()), (1, 1));
    drop(session);
}

#[tokio::test]
async fn a_long_run_publishes_now_and_then() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    let mut serials = Vec::new();
    for i in 0..150 {
        let name = format!("t.r[{i}]");
        let id = session.intent(intent(&name)).await.unwrap();
        session.record(Some(id), &[current(&name, &"x".repeat(60_000))]).unwrap();
        serials.push(published(&disk));
    }
    serials.dedup();
    assert!((2..8).contains(&serials.len()), "as often as the state doubles: {serials:?}");
    assert!(serials.iter().all(|(version, _)| *version == 5));
    let folded = store(disk.reopened()).read().await.unwrap();
    assert_eq!((folded.snapshot.unwrap().instances.len(), folded.unresolved.len()), (149, 1));
    drop(session);
}

#[tokio::test]
async fn many_intents_share_a_flush() {
    let disk = MemoryBackend::new();
    // The opening takes two writes; a flush for each of the others would take a hundred.
    let session = Arc::new(open(disk.dying_at(20, state::LastWrite::Lost), "a").await.unwrap());
    let tasks: Vec<_> = (0..100)
        .map(|i| {
            let session = session.clone();
            tokio::spawn(async move { session.intent(intent(&format!("t.r[{i}]"))).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(store(disk.reopened()).read().await.unwrap().unresolved.len(), 100);
}

#[tokio::test]
async fn a_move_chain_is_recorded_and_a_collision_is_not() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    session.record(None, &[current("t.a", "1"), current("t.b", "2")]).unwrap();
    let step = |from: &str, to: &str| Change::Move { from: addr(from), to: addr(to) };
    session.record(None, &[step("t.b", "t.c"), step("t.a", "t.b")]).unwrap();
    let refused =
        session.record(None, &[gone("t.c"), step("t.x", "t.y"), step("t.b", "t.b"), current("t.d", "4")]);
    refused.unwrap();
    let refused = session.record(None, &[current("t.e", "5"), step("t.d", "t.b")]);
    assert!(matches!(refused, Err(StateError::Occupied(address)) if address == addr("t.b")));
    let last = session.close().await.unwrap();
    let names: Vec<String> = last.instances.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["t.b", "t.d"], "of the refused changes none was recorded");
    assert_eq!(last.current(&addr("t.b")), Some(&object("1")));
}

#[tokio::test]
async fn deposed_objects_come_and_go() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    let key = || "0000abcd".into();
    let provider = || PROVIDER.into();
    session.record(None, &[current("t.a", "1")]).unwrap();
    session.record(None, &[Change::Depose { address: addr("t.a"), key: key() }]).unwrap();
    session.record(None, &[Change::Restore { address: addr("t.a"), key: key() }]).unwrap();
    assert_eq!(session.snapshot().current(&addr("t.a")), Some(&object("1")));
    session
        .record(None, &[Change::Depose { address: addr("t.a"), key: key() }, current("t.a", "2")])
        .unwrap();
    let folded = session.snapshot();
    assert_eq!(folded.instances[&addr("t.a")].deposed["0000abcd"], object("1"));
    let restore = session.record(None, &[Change::Restore { address: addr("t.a"), key: key() }]);
    assert!(matches!(restore, Err(StateError::Occupied(_))));
    let delete = Change::Deposed { address: addr("t.a"), key: key(), provider: provider(), object: None };
    session.record(None, &[delete, gone("t.a")]).unwrap();
    assert!(session.close().await.unwrap().is_empty());
}

#[tokio::test]
async fn outputs_and_checks_pass_through_the_journal() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    let output = OutputState {
        value: "[1, \"\u{2028}\"]".into(),
        ty: "[\"list\",\"string\"]".into(),
        sensitive: true,
    };
    session.record(None, &[Change::Output { name: "o".into(), value: Some(output.clone()) }]).unwrap();
    session.record(None, &[Change::Checks(Some("[{\"status\":\"pass\"}]".into()))]).unwrap();
    session.intent(intent("t.a")).await.unwrap();
    let folded = store(disk.reopened()).read().await.unwrap().snapshot.unwrap();
    assert_eq!(&*folded.outputs["o"].value, "[1,\"\u{2028}\"]");
    assert!(folded.outputs["o"].sensitive);
    assert_eq!(folded.check_results.as_deref(), Some("[{\"status\":\"pass\"}]"));
    drop(session);
}

#[tokio::test]
async fn what_is_not_json_is_refused_before_anything_is_written() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    let output = OutputState { value: "hunter2".into(), ty: "\"string\"".into(), sensitive: true };
    let error =
        session.record(None, &[Change::Output { name: "o".into(), value: Some(output) }]).unwrap_err();
    assert!(matches!(&error, StateError::NotJson(what) if what == "output o"), "{error}");
    session.close().await.unwrap();
    assert_eq!(disk.document(), None);
}

#[tokio::test]
async fn a_second_locker_waits_and_learns_who_holds_it() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    match open(disk.clone(), "b").await {
        Err(StateError::Backend(BackendError::Locked(info))) => assert_eq!(info.id, "a"),
        other => panic!("{:?}", other.err()),
    }
    let waiting = store(disk.clone());
    let waiting = tokio::spawn(async move { waiting.lock(lock_info("b"), Duration::from_secs(60)).await });
    session.close().await.unwrap();
    waiting.await.unwrap().unwrap().close().await.unwrap();
}

#[tokio::test]
async fn a_dropped_session_gives_its_lock_back() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    session.record(None, &[current("t.a", "1")]).unwrap();
    drop(session);
    let session = store(disk.clone()).lock(lock_info("b"), Duration::from_secs(60)).await.unwrap();
    assert!(session.snapshot().current(&addr("t.a")).is_some());
    session.close().await.unwrap();
    assert_eq!(published(&disk).0, 4);
}

#[tokio::test]
async fn after_force_unlock_nothing_more_is_written() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    store(disk.clone()).force_unlock("a").await.unwrap();
    assert!(store(disk.clone()).force_unlock("a").await.is_err());
    let error = session.intent(intent("t.a")).await.unwrap_err();
    assert!(matches!(error, StateError::Backend(BackendError::LockLost(_))));
    assert_eq!((disk.document(), disk.journal()), (None, None));
}

#[tokio::test]
async fn what_cannot_be_saved_anywhere_is_handed_back() {
    let disk = MemoryBackend::new();
    let session = open(disk.dying_at(4, state::LastWrite::Lost), "a").await.unwrap();
    let id = session.intent(intent("t.a")).await.unwrap();
    session.record(Some(id), &[current("t.a", "1")]).unwrap();
    match session.close().await.unwrap_err() {
        StateError::Unsaved { snapshot, .. } => assert!(snapshot.current(&addr("t.a")).is_some()),
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn an_intent_that_could_not_be_announced_leaves_nothing() {
    let disk = MemoryBackend::new();
    let session = open(disk.dying_at(1, state::LastWrite::Lost), "a").await.unwrap();
    session.intent(intent("t.a")).await.unwrap_err();
    assert_eq!(session.close().await.unwrap().serial, 0);
    assert_eq!((disk.document(), disk.journal()), (None, None));
}

#[tokio::test]
async fn secrets_stay_out_of_debug_texts() {
    let mut intent = intent("t.a");
    intent.planned = Some("{\"password\":\"hunter2\"}".into());
    let output = OutputState { value: "\"hunter2\"".into(), ty: "\"string\"".into(), sensitive: true };
    let change = Change::Output { name: "o".into(), value: Some(output) };
    let text = format!("{intent:?} {change:?} {:?}", current("t.a", "hunter2"));
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn a_document_changed_by_others_is_not_overwritten() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    let other = format::write(&StateSnapshot::new("other"), 4);
    disk.set_document(Some(other.clone()));
    let error = session.intent(intent("t.a")).await.unwrap_err();
    assert!(matches!(error, StateError::Backend(BackendError::Changed)));
    assert!(session.close().await.is_err());
    assert_eq!(disk.document(), Some(other));
}

#[tokio::test]
async fn the_sidecar_is_kept() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    session.update_sidecar(|s| {
        s.stack = Some("shop".into());
        s.history.push(HistoryEntry { serial: 1, command: "apply".into(), ..HistoryEntry::default() });
        s.other.insert("later".into(), serde_json::json!({"n": 1}));
    });
    let written = session.sidecar();
    session.close().await.unwrap();
    assert_eq!(store(disk.clone()).read().await.unwrap().sidecar, written);
    assert_eq!(begun(&disk, "b").await.sidecar(), written);
}

#[tokio::test]
async fn a_damaged_state_can_be_replaced_and_removed() {
    let disk = MemoryBackend::new();
    disk.set_document(Some(b"{".to_vec()));
    disk.set_journal(Some(b"x".to_vec()));
    assert!(open(disk.clone(), "a").await.is_err());
    let snapshot = StateSnapshot { serial: 9, ..StateSnapshot::new("l") };
    store(disk.clone()).replace(lock_info("b"), Duration::ZERO, &snapshot).await.unwrap();
    assert_eq!(store(disk.clone()).read().await.unwrap().snapshot, Some(snapshot));
    store(disk.clone()).lock(lock_info("c"), Duration::ZERO).await.unwrap().remove().await.unwrap();
    assert_eq!(store(disk.clone()).read().await.unwrap().snapshot, None);
}

#[tokio::test]
async fn a_session_replaces_all_that_was_recorded() {
    let disk = MemoryBackend::new();
    let session = begun(&disk, "a").await;
    session.record(None, &[current("t.a", "1")]).unwrap();
    session.update_sidecar(|s| s.stack = Some("shop".into()));
    let snapshot = StateSnapshot { serial: 9, ..StateSnapshot::new("other") };
    session.replace(snapshot.clone()).await.unwrap();
    let read = store(disk.clone()).read().await.unwrap();
    let read_snapshot = read.snapshot.map(|s| StateSnapshot { terraform_version: String::new(), ..s });
    assert_eq!(read_snapshot, Some(snapshot));
    assert_eq!(read.sidecar.stack.as_deref(), Some("shop"));
    assert!(read.unresolved.is_empty() && read.holder.is_none());
}
