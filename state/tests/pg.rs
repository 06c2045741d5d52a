//! States in a real PostgreSQL.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod applying;
mod postgres;
mod samples;

use std::sync::Arc;
use std::time::{Duration, Instant};

use postgres::Postgres;
use samples::{current, intent, lock_info};
use state::{Backend, BackendError, PgBackend, PgSettings, StateError, Store};

fn backend(postgres: &Postgres) -> PgBackend {
    let settings = PgSettings {
        conn_str: postgres.address(),
        around: std::collections::BTreeMap::new(),
        schema_name: "terraform_remote_state".into(),
        skip_schema_creation: false,
        skip_table_creation: false,
        skip_index_creation: false,
    };
    PgBackend::new(settings, "default").unwrap()
}

fn store(postgres: &Postgres) -> Store {
    Store::new(Arc::new(backend(postgres)))
}

#[tokio::test]
async fn a_state_is_kept_where_terraform_keeps_it() {
    let Some(server) = Postgres::start() else { return };
    let store = store(&server);
    assert!(store.read().await.unwrap().snapshot.is_none());
    let session = store.lock(lock_info("a"), Duration::ZERO).await.unwrap();
    let id = session.intent(intent("t.a")).await.unwrap();
    session.record(Some(id), &[current("t.a", "1")]).unwrap();
    let beside = store.read().await.unwrap();
    assert_eq!(beside.holder.unwrap().id, "a");
    session.close().await.unwrap();
    let read = store.read().await.unwrap();
    assert!(read.holder.is_none() && read.snapshot.unwrap().instances.len() == 1);
    assert_eq!(store.kept().await.unwrap(), [2]);
    assert_eq!(store.read_kept(2).await.unwrap().unwrap().instances.len(), 1);
    let backend = backend(&server);
    assert_eq!(backend.workspaces().await.unwrap(), ["default"]);
    assert!(backend.read_journal().await.unwrap().is_none());
    store.lock(lock_info("b"), Duration::ZERO).await.unwrap().remove().await.unwrap();
    assert!(store.read().await.unwrap().snapshot.is_none());
}

#[tokio::test]
async fn a_write_over_something_else_is_refused() {
    let Some(server) = Postgres::start() else { return };
    let one = backend(&server);
    let token = one.lock(&lock_info("a")).await.unwrap();
    let first = one.write(&token, b"{}", None).await.unwrap();
    assert!(matches!(one.write(&token, b"{}", None).await, Err(BackendError::Changed)));
    let second = one.write(&token, b"{\"a\":1}", Some(&first)).await.unwrap();
    assert!(matches!(one.write(&token, b"{}", Some(&first)).await, Err(BackendError::Changed)));
    one.write(&token, b"{}", Some(&second)).await.unwrap();
    match backend(&server).lock(&lock_info("b")).await {
        Err(BackendError::Locked(info)) => assert_eq!(info.id, "a"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_lost_the_lock_writes_nothing_more() {
    let Some(server) = Postgres::start() else { return };
    let late = backend(&server);
    let token = late.lock(&lock_info("late")).await.unwrap();
    late.append_journal(&token, b"one\n").await.unwrap();
    let next = backend(&server);
    assert!(next.force_unlock("other").await.is_err());
    next.force_unlock("late").await.unwrap();
    let theirs = next.lock(&lock_info("next")).await.unwrap();
    assert!(theirs.epoch > token.epoch);
    let lost = |result: Result<(), BackendError>| {
        assert!(matches!(result, Err(BackendError::LockLost(_))), "{result:?}")
    };
    lost(late.append_journal(&token, b"two\n").await);
    lost(late.write(&token, b"{}", None).await.map(|_| ()));
    lost(late.write_sidecar(&token, Some(b"{}")).await);
    lost(late.clear_journal(&token).await);
    assert_eq!(next.read_journal().await.unwrap().unwrap(), b"one\n");
    next.unlock(&theirs).await.unwrap();
}

#[tokio::test]
async fn a_dead_holder_is_replaced_at_once() {
    let Some(server) = Postgres::start() else { return };
    let begin = Instant::now();
    let address = server.address();
    // Its connection goes with its runtime, as with its process.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let settings = PgSettings {
            conn_str: address,
            around: std::collections::BTreeMap::new(),
            schema_name: "terraform_remote_state".into(),
            skip_schema_creation: false,
            skip_table_creation: false,
            skip_index_creation: false,
        };
        runtime.block_on(async {
            let store = Store::new(Arc::new(PgBackend::new(settings, "default").unwrap()));
            let session = store.lock(lock_info("dying"), Duration::ZERO).await.unwrap();
            session.intent(intent("t.a")).await.unwrap();
            std::mem::forget(session);
        });
    })
    .join()
    .unwrap();
    let died = begin.elapsed();
    let session = store(&server).lock(lock_info("next"), Duration::from_secs(2)).await.unwrap();
    assert!(begin.elapsed() < died + Duration::from_secs(2));
    assert_eq!(session.unresolved().len(), 1);
    for (id, _) in session.unresolved() {
        session.resolve(id, &[current("t.a", "found")]).unwrap();
    }
    assert_eq!(session.close().await.unwrap().instances.len(), 1);
}

#[tokio::test]
async fn a_database_that_restarts_loses_nothing() {
    let Some(mut server) = Postgres::start() else { return };
    let session = store(&server).lock(lock_info("a"), Duration::ZERO).await.unwrap();
    let id = session.intent(intent("t.a")).await.unwrap();
    session.record(Some(id), &[current("t.a", "1")]).unwrap();
    session.flush().await.unwrap();
    session.intent(intent("t.b")).await.unwrap();
    server.restart();
    let refused = session.intent(intent("t.c")).await;
    assert!(refused.is_err(), "no effect begins any more");
    assert!(matches!(session.close().await, Err(StateError::Unsaved { .. } | StateError::Backend(_))));
    let session = store(&server).lock(lock_info("b"), Duration::from_secs(2)).await.unwrap();
    assert_eq!(session.snapshot().instances.len(), 1);
    let open: Vec<String> = session.unresolved().iter().map(|(_, i)| i.address.to_string()).collect();
    assert_eq!(open, ["t.b"]);
    for (id, _) in session.unresolved() {
        session.resolve(id, &[current("t.b", "found")]).unwrap();
    }
    assert_eq!(session.close().await.unwrap().instances.len(), 2);
}

/// OPERATIONS says how many changes there are, and then 64 make them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_appliers_take_turns() {
    let Some(server) = Postgres::start() else { return };
    let server = Arc::new(server);
    applying::check(2, || Arc::new(backend(&server)) as Arc<dyn Backend>).await;
}
