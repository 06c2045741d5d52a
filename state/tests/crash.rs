//! A program that dies at any write loses nothing that it was told is durable.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod samples;

use std::collections::BTreeSet;

use model::InstanceAddr;
use samples::{addr, current, intent, open, store};
use state::{Backend, Change, LastWrite, MemoryBackend, StateError, format};

/// What a run knows when it ends or dies.
#[derive(Default)]
struct Known {
    /// Effects that may have begun.
    begun: BTreeSet<InstanceAddr>,
    /// Effects whose result was recorded and flushed.
    durable: BTreeSet<InstanceAddr>,
    /// Effects whose result was recorded.
    recorded: BTreeSet<InstanceAddr>,
}

/// Resolves what is unresolved, creates some instances and publishes, until the backend dies.
async fn run(
    backend: impl Backend + 'static,
    id: &str,
    names: &[&str],
    known: &mut Known,
) -> Result<(), StateError> {
    let session = open(backend, id).await?;
    for (id, intent) in session.unresolved() {
        session.resolve(id, &[current(&intent.address.to_string(), "found")])?;
        known.recorded.insert(intent.address);
    }
    for (i, name) in names.iter().enumerate() {
        let id = session.intent(intent(name)).await?;
        known.durable.clone_from(&known.recorded);
        known.begun.insert(addr(name));
        // Applied twice, these would leave something behind.
        let arrive = Change::Move { from: addr("t.passing"), to: addr(name) };
        session.record(Some(id), &[current("t.passing", "made"), arrive])?;
        known.recorded.insert(addr(name));
        if i == 2 {
            session.checkpoint().await?;
            known.durable.clone_from(&known.recorded);
        }
    }
    session.close().await?;
    known.durable.clone_from(&known.recorded);
    Ok(())
}

async fn check(disk: &MemoryBackend, known: &Known, context: &str) {
    let folded = store(disk.reopened()).read().await.unwrap_or_else(|e| panic!("{context}: {e}"));
    let snapshot = folded.snapshot.unwrap_or_default();
    let there: BTreeSet<_> = snapshot.instances.keys().cloned().collect();
    let unresolved: BTreeSet<_> = folded.unresolved.iter().map(|(_, i)| i.address.clone()).collect();
    for address in &known.durable {
        assert!(there.contains(address), "{context}: {address} is lost");
        assert!(!unresolved.contains(address), "{context}: {address} has a result");
    }
    for address in &known.begun {
        let either = there.contains(address) || unresolved.contains(address);
        assert!(either, "{context}: {address} is forgotten");
    }
    for address in &there {
        assert!(known.recorded.contains(address), "{context}: {address} is invented");
    }
}

#[tokio::test]
async fn nothing_is_lost_wherever_two_runs_die() {
    for fate in [LastWrite::Lost, LastWrite::Torn, LastWrite::Complete] {
        let mut first_survived = false;
        for n in 1.. {
            for m in 1.. {
                let context = format!("{fate:?} at {n}, then at {m}");
                let (first, second) = die_twice(fate, n, m, &context).await;
                first_survived = first;
                if second {
                    break;
                }
            }
            if first_survived {
                assert!(n > 10, "{fate:?} at {n}: the run does not write what it should");
                break;
            }
        }
    }
}

/// Two runs that die at their `n`th and `m`th write, and one that lives. Says which of the two survived.
async fn die_twice(fate: LastWrite, n: usize, m: usize, context: &str) -> (bool, bool) {
    let disk = MemoryBackend::new();
    let mut known = Known::default();
    let first = run(disk.dying_at(n, fate), "a", &["t.a", "t.b", "t.c", "t.d"], &mut known).await;
    check(&disk, &known, context).await;
    let again = disk.reopened();
    let second = run(again.dying_at(m, fate), "b", &["t.e", "t.f", "t.g", "t.h"], &mut known).await;
    check(&disk, &known, context).await;
    run(disk.reopened(), "c", &[], &mut known).await.unwrap_or_else(|e| panic!("{context}: {e}"));
    check(&disk, &known, context).await;
    assert_eq!(disk.journal(), None, "{context}");
    if let Some(document) = disk.document() {
        format::read(&document, "x").unwrap_or_else(|e| panic!("{context}: {e}"));
    }
    (first.is_ok(), second.is_ok())
}
