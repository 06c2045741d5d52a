//! Journals that were cut off, damaged, or lie beside the wrong document.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod samples;

use samples::{addr, current, intent, open, store};
use state::{MemoryBackend, StateError, StateSnapshot, format};

const NAMES: [&str; 4] = ["t.a", "t.b", "t.c", "t.d"];

/// A disk whose program died after four effects, each with its result.
async fn interrupted() -> MemoryBackend {
    let disk = MemoryBackend::new();
    let session = open(disk.clone(), "a").await.unwrap();
    for name in NAMES {
        let id = session.intent(intent(name)).await.unwrap();
        session.record(Some(id), &[current(name, "1")]).unwrap();
    }
    session.intent(intent("t.last")).await.unwrap();
    // A new program: the old one can write no more.
    disk.reopened()
}

async fn read(disk: &MemoryBackend) -> Result<(usize, usize), StateError> {
    let folded = store(disk.reopened()).read().await?;
    Ok((folded.snapshot.unwrap_or_default().instances.len(), folded.unresolved.len()))
}

#[tokio::test]
async fn a_journal_cut_off_anywhere_folds_as_far_as_it_goes() {
    let disk = interrupted().await;
    let whole = disk.journal().unwrap();
    let mut seen = Vec::new();
    for length in 0..=whole.len() {
        disk.set_journal(Some(whole[..length].to_vec()));
        match read(&disk).await {
            Ok(found) if seen.last() != Some(&found) => seen.push(found),
            Ok(_) => {}
            // Without its base the journal is none, and the document says that there must be one.
            Err(error) => assert!(seen.is_empty() && error.to_string().contains("is not here"), "{error}"),
        }
    }
    assert_eq!(seen, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1), (4, 0), (4, 1)]);
}

#[tokio::test]
async fn a_run_goes_on_after_a_torn_line() {
    let whole = interrupted().await.journal().unwrap();
    let lines: Vec<usize> = (0..whole.len()).filter(|i| whole[*i] == b'\n').collect();
    for cut in [lines[1] + 1, lines[1] + 2, lines[2] - 1, lines[2], lines[2] + 1] {
        let disk = interrupted().await;
        disk.set_journal(Some(whole[..cut].to_vec()));
        let expected = read(&disk).await.unwrap();
        let session = open(disk.clone(), "b").await.unwrap();
        session.intent(intent("t.more")).await.unwrap();
        let disk = disk.reopened();
        assert_eq!(read(&disk).await.unwrap(), (expected.0, expected.1 + 1), "cut at {cut}");
        let session = open(disk.clone(), "c").await.unwrap();
        for (id, intent) in session.unresolved() {
            session.resolve(id, &[current(&intent.address.to_string(), "2")]).unwrap();
        }
        session.close().await.unwrap();
        assert_eq!(disk.journal(), None);
    }
}

#[tokio::test]
async fn damage_to_what_was_durable_is_an_error() {
    let disk = interrupted().await;
    let whole = disk.journal().unwrap();
    let last_line = whole[..whole.len() - 1].iter().rposition(|b| *b == b'\n').unwrap();
    let last_flush = whole[..last_line].iter().rposition(|b| *b == b'\n').unwrap();
    for i in (0..last_flush).step_by(7) {
        let mut damaged = whole.clone();
        damaged[i] ^= 1;
        disk.set_journal(Some(damaged));
        let error = read(&disk).await.unwrap_err();
        assert!(
            matches!(&error, StateError::Journal { why, .. } if why.contains("is damaged")),
            "{i}: {error}"
        );
    }
    for i in last_line + 1..whole.len() {
        let mut damaged = whole.clone();
        damaged[i] ^= 1;
        disk.set_journal(Some(damaged));
        assert_eq!(read(&disk).await.unwrap().1, 0, "the last intent was not durable yet");
    }
}

#[tokio::test]
async fn a_journal_beside_the_wrong_document_is_told_apart() {
    let document = |lineage: &str, serial, version| {
        let snapshot = StateSnapshot { serial, ..StateSnapshot::new(lineage) };
        Some(format::write(&snapshot, version))
    };
    let disk = interrupted().await;
    let lineage = store(disk.clone()).read().await.unwrap().snapshot.unwrap().lineage;
    let cases = [
        (document(&lineage, 1, 5), Ok::<(), &str>(())),
        (document(&lineage, 2, 4), Ok(())),
        (document(&lineage, 2, 5), Err("is not here")),
        (document(&lineage, 0, 4), Err("an older state seems to have been put back")),
        (document("other", 1, 4), Err("it belongs to another state")),
        (None, Err("itself is missing")),
    ];
    for (document, expected) in cases {
        disk.set_document(document);
        match (read(&disk).await, expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }
}

#[tokio::test]
async fn a_journal_that_was_folded_already_is_removed_by_the_next_holder() {
    let disk = interrupted().await;
    let lineage = store(disk.clone()).read().await.unwrap().snapshot.unwrap().lineage;
    disk.set_document(Some(format::write(&StateSnapshot { serial: 7, ..StateSnapshot::new(lineage) }, 4)));
    assert_eq!(read(&disk).await.unwrap(), (0, 0));
    let session = open(disk.clone(), "b").await.unwrap();
    assert_eq!(disk.journal(), None);
    session.close().await.unwrap();
}

#[tokio::test]
async fn every_kind_of_address_survives_the_journal() {
    let names = ["data.t.a", "module.m[\"x.y\"].module.n[3].t.a[\"q\\\"<${}\"]", "t.a[0]", "t.a[\"\"]"];
    let disk = MemoryBackend::new();
    let session = open(disk.clone(), "a").await.unwrap();
    session.record(None, &names.map(|name| current(name, "1"))).unwrap();
    session.intent(intent("t.z")).await.unwrap();
    let folded = store(disk.reopened()).read().await.unwrap().snapshot.unwrap();
    for name in names {
        assert!(folded.current(&addr(name)).is_some(), "{name}");
    }
    drop(session);
}
