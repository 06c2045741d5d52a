//! Encrypted states: what was changed, cut off, swapped or put back does not open.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod samples;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use samples::{addr, current, intent, lock_info};
use state::{
    Backend, Kdf, Keeping, KeySource, Kind, Label, MemoryBackend, Sealing, SealingError, Seen, Session,
    StateError, Store, is_encrypted,
};

/// The least that is allowed: these tests derive many keys.
const CHEAP: Kdf = Kdf::Argon2id { memory: 8 << 10, iterations: 1, parallelism: 1 };
const SECRET: &str = "correct horse battery staple";

fn key(passphrase: &str) -> KeySource {
    KeySource::new(passphrase, CHEAP).unwrap()
}

/// Its key is derived once for all tests.
static SEALING: LazyLock<Arc<Sealing>> = LazyLock::new(|| Arc::new(Sealing::with(key(SECRET))));

fn sealed(disk: &MemoryBackend, sealing: Arc<Sealing>) -> Store {
    Store::new(Arc::new(disk.reopened())).with_keeping(Keeping { sealing, ..Keeping::default() })
}

async fn begin(disk: &MemoryBackend, sealing: Arc<Sealing>) -> Result<Session, StateError> {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed).to_string();
    sealed(disk, sealing).lock(lock_info(&run), Duration::ZERO).await
}

/// A disk with an instance, and the serial that it was left with.
async fn made(disk: &MemoryBackend, name: &str) -> u64 {
    let session = begin(disk, SEALING.clone()).await.unwrap();
    let id = session.intent(intent(name)).await.unwrap();
    session.record(Some(id), &[current(name, "1")]).unwrap();
    session.close().await.unwrap().serial
}

/// A disk whose program died with one effect done, and one announced.
async fn interrupted() -> MemoryBackend {
    let disk = MemoryBackend::new();
    let session = begin(&disk, SEALING.clone()).await.unwrap();
    let id = session.intent(intent("t.a")).await.unwrap();
    session.record(Some(id), &[current("t.a", "1")]).unwrap();
    session.intent(intent("t.b")).await.unwrap();
    std::mem::forget(session);
    disk
}

async fn read(disk: &MemoryBackend) -> Result<(usize, usize), StateError> {
    let folded = sealed(disk, SEALING.clone()).read().await?;
    Ok((folded.snapshot.unwrap_or_default().instances.len(), folded.unresolved.len()))
}

async fn sidecar(disk: &MemoryBackend) -> Vec<u8> {
    disk.read_sidecar().await.unwrap().unwrap()
}

async fn set_sidecar(disk: &MemoryBackend, bytes: &[u8]) {
    let disk = disk.reopened();
    let token = disk.lock(&lock_info("sidecar")).await.unwrap();
    disk.write_sidecar(&token, Some(bytes)).await.unwrap();
    disk.unlock(&token).await.unwrap();
}

fn flipped(bytes: &[u8], at: usize, mask: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= mask;
    bytes
}

#[tokio::test]
async fn nothing_is_in_clear_and_everything_comes_back() {
    let disk = interrupted().await;
    for bytes in [disk.document().unwrap(), disk.journal().unwrap()] {
        assert!(is_encrypted(&bytes));
        assert!(!String::from_utf8(bytes).unwrap().contains("t.a"));
    }
    assert_eq!(read(&disk).await.unwrap(), (1, 1));
    let session = begin(&disk, SEALING.clone()).await.unwrap();
    for (id, intent) in session.unresolved() {
        session.resolve(id, &[current(&intent.address.to_string(), "2")]).unwrap();
    }
    let last = session.close().await.unwrap();
    assert!(last.current(&addr("t.b")).is_some());
    assert!(is_encrypted(&sidecar(&disk).await));
    assert_eq!(read(&disk).await.unwrap(), (2, 0));
}

#[tokio::test]
async fn a_state_with_any_byte_changed_or_cut_off_is_refused() {
    let disk = MemoryBackend::new();
    made(&disk, "t.a").await;
    let whole = disk.document().unwrap();
    for at in 0..whole.len() {
        for mask in [0x01, 0x20, 0x80] {
            disk.set_document(Some(flipped(&whole, at, mask)));
            assert!(read(&disk).await.is_err(), "byte {at} with {mask:#x}");
        }
        disk.set_document(Some(whole[..at].to_vec()));
        assert!(read(&disk).await.is_err(), "cut at {at}");
    }
    let beside = sidecar(&disk).await;
    disk.set_document(Some(whole));
    for at in 0..beside.len() {
        set_sidecar(&disk, &flipped(&beside, at, 1)).await;
        assert!(read(&disk).await.is_err(), "byte {at} of the sidecar");
        set_sidecar(&disk, &beside[..at]).await;
        assert!(read(&disk).await.is_err(), "the sidecar cut at {at}");
    }
}

#[test]
fn a_plan_with_any_byte_changed_or_cut_off_is_refused() {
    let content: String = (0..500).map(|n| format!("{n},")).collect();
    let whole = SEALING.seal(Kind::Plan, &Label::default(), content.as_bytes()).unwrap();
    for at in 0..whole.len() {
        for mask in [0x01, 0x20, 0x80] {
            let opened = SEALING.open(Kind::Plan, &flipped(&whole, at, mask));
            assert!(opened.is_err(), "byte {at} with {mask:#x}");
        }
        assert!(SEALING.open(Kind::Plan, &whole[..at]).is_err(), "cut at {at}");
    }
    assert_eq!(SEALING.open(Kind::Plan, &whole).unwrap().plain, content.as_bytes());
}

/// The end of a journal cannot be told from one that a crash tore, so it is as if it had never been written; everything
/// else is refused. Nothing that was changed is ever taken.
#[tokio::test]
async fn a_journal_with_any_byte_changed_is_refused_or_ends_there() {
    let disk = interrupted().await;
    let whole = disk.journal().unwrap();
    let starts: Vec<usize> = std::iter::once(0)
        .chain(whole.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i + 1))
        .collect();
    let last = starts[starts.len() - 2];
    for at in 0..whole.len() {
        for mask in [0x01, 0x20, 0x80] {
            disk.set_journal(Some(flipped(&whole, at, mask)));
            match read(&disk).await {
                Err(_) => {}
                Ok(found) => {
                    let ends = at + 2 >= whole.len();
                    assert!(ends && at >= last && found == (1, 0), "byte {at} with {mask:#x}: {found:?}");
                }
            }
        }
    }
    let mut seen = Vec::new();
    for length in 0..=whole.len() {
        disk.set_journal(Some(whole[..length].to_vec()));
        match read(&disk).await {
            Ok(found) if seen.last() != Some(&found) => seen.push(found),
            Ok(_) => {}
            Err(error) => assert!(length < starts[1], "cut at {length}: {error}"),
        }
    }
    assert_eq!(seen, [(0, 0), (0, 1), (1, 0), (1, 1)]);
}

#[tokio::test]
async fn records_are_in_their_place_or_refused() {
    let disk = interrupted().await;
    let whole = disk.journal().unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
    let other = interrupted().await.journal().unwrap();
    let foreign: Vec<&[u8]> = other.split_inclusive(|b| *b == b'\n').collect();
    let wrong = [
        [lines[0], lines[2], lines[3]].concat(),
        [lines[0], lines[1], lines[1], lines[2]].concat(),
        [lines[0], lines[2], lines[1], lines[3]].concat(),
        [lines[0], foreign[1], lines[2], lines[3]].concat(),
        [lines[0], lines[1], foreign[2], lines[3]].concat(),
        [lines[0], lines[1], lines[2], foreign[3]].concat(),
        foreign.concat(),
        [lines.concat(), lines[0].to_vec()].concat(),
    ];
    for (i, journal) in wrong.into_iter().enumerate() {
        disk.set_journal(Some(journal));
        assert!(read(&disk).await.is_err(), "journal {i}");
    }
}

#[tokio::test]
async fn a_document_never_stands_in_for_another() {
    let disk = interrupted().await;
    let (document, journal) = (disk.document().unwrap(), disk.journal().unwrap());
    disk.set_document(Some(journal.split_inclusive(|b| *b == b'\n').next().unwrap().to_vec()));
    assert!(read(&disk).await.is_err());
    disk.set_document(Some(document.clone()));
    disk.set_journal(Some(document));
    assert!(read(&disk).await.is_err());
    let label = Label::default();
    let plan = SEALING.seal(Kind::Plan, &label, b"plan").unwrap();
    assert_eq!(SEALING.open(Kind::State, &plan).unwrap_err(), SealingError::Changed);
    assert_eq!(SEALING.open(Kind::Plan, &plan).unwrap().plain, b"plan");

    let (ours, theirs) = (MemoryBackend::new(), MemoryBackend::new());
    made(&ours, "t.a").await;
    made(&theirs, "t.b").await;
    ours.set_document(theirs.document());
    let error = read(&ours).await.unwrap_err();
    assert!(error.to_string().contains("lineage"), "{error}");
}

#[tokio::test]
async fn an_older_state_is_refused_until_it_is_meant() {
    let disk = MemoryBackend::new();
    let directory = tempfile::tempdir().unwrap();
    let seen = || Some(Arc::new(Seen::at(directory.path().join("d/seen.json"))));
    let keeping = Keeping { sealing: SEALING.clone(), seen: seen(), ..Keeping::default() };
    let older = made(&disk, "t.a").await;
    let (document, beside) = (disk.document().unwrap(), sidecar(&disk).await);
    made(&disk, "t.b").await;
    let newest = disk.document();
    let store = |keeping: &Keeping| Store::new(Arc::new(disk.reopened())).with_keeping(keeping.clone());
    store(&keeping).read().await.unwrap();

    disk.set_document(Some(document));
    let error = read(&disk).await.unwrap_err();
    assert!(matches!(&error, StateError::Unexpected { serial, .. } if *serial == older), "{error}");
    // With the sidecar of that time, only what was seen here tells.
    set_sidecar(&disk, &beside).await;
    read(&disk).await.unwrap();
    let error = store(&keeping).read().await.unwrap_err();
    assert!(error.to_string().contains("older"), "{error}");
    let StateError::Unexpected { lineage, serial, .. } = error else { panic!() };
    let accepting = Keeping { accepted: Some((lineage, serial)), ..keeping.clone() };
    store(&accepting).read().await.unwrap();
    store(&keeping).read().await.unwrap();
    disk.set_document(newest);
    store(&keeping).read().await.unwrap();
}

#[tokio::test]
async fn another_passphrase_opens_nothing() {
    let disk = interrupted().await;
    let wrong = Arc::new(Sealing::with(key("incorrect horse")));
    let error = sealed(&disk, wrong).read().await.unwrap_err();
    assert!(matches!(error, StateError::Sealed { why: SealingError::WrongKey, .. }), "{error}");
    let error = sealed(&disk, Arc::default()).read().await.unwrap_err();
    assert!(matches!(error, StateError::Sealed { why: SealingError::NoKey, .. }), "{error}");
}

#[tokio::test]
async fn a_passphrase_is_replaced_in_the_middle_of_a_run() {
    let disk = interrupted().await;
    let both = || Arc::new(Sealing::with(key("a new one")).or_read_with(key(SECRET)));
    let session = begin(&disk, both()).await.unwrap();
    session.intent(intent("t.c")).await.unwrap();
    std::mem::forget(session);
    // The journal has lines of both, and goes on.
    let session = begin(&disk, both()).await.unwrap();
    let open = session.unresolved();
    assert_eq!(open.len(), 2);
    for (id, intent) in open {
        session.resolve(id, &[current(&intent.address.to_string(), "2")]).unwrap();
    }
    session.close().await.unwrap();
    assert!(read(&disk).await.is_err());
    let new = Arc::new(Sealing::with(key("a new one")));
    assert_eq!(sealed(&disk, new).read().await.unwrap().snapshot.unwrap().instances.len(), 3);
}

#[tokio::test]
async fn clear_states_are_read_only_where_that_is_said() {
    let disk = MemoryBackend::new();
    let session = begin(&disk, Arc::default()).await.unwrap();
    session.intent(intent("t.a")).await.unwrap();
    std::mem::forget(session);
    let error = begin(&disk, SEALING.clone()).await.err().unwrap();
    assert!(matches!(error, StateError::Sealed { why: SealingError::Clear, .. }), "{error}");
    let moving = Arc::new(Sealing::with(key(SECRET)).or_read_clear());
    let session = begin(&disk, moving).await.unwrap();
    for (id, intent) in session.unresolved() {
        session.resolve(id, &[current(&intent.address.to_string(), "2")]).unwrap();
    }
    session.close().await.unwrap();
    assert_eq!(read(&disk).await.unwrap(), (1, 0));
    // And back again.
    let clear = Sealing::none().or_read_with(key(SECRET));
    let session = begin(&disk, Arc::new(clear)).await.unwrap();
    session.record(None, &[current("t.b", "1")]).unwrap();
    session.close().await.unwrap();
    assert!(!is_encrypted(&disk.document().unwrap()) && !is_encrypted(&sidecar(&disk).await));
}

#[test]
fn a_header_cannot_ask_for_too_much() {
    let whole = SEALING.seal(Kind::Plan, &Label::default(), b"x").unwrap();
    let text = String::from_utf8(whole).unwrap();
    let slot = text.split("\"key\":\"").nth(1).unwrap().split('"').next().unwrap();
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD;
    let mut bytes = base64.decode(slot).unwrap();
    bytes[1] = 0xff;
    let hostile = text.replace(slot, &base64.encode(bytes));
    let refused = SEALING.open(Kind::Plan, hostile.as_bytes()).unwrap_err();
    assert!(matches!(refused, SealingError::Excessive(_)), "{refused}");
    let weak = Kdf::Argon2id { memory: 64, iterations: 1, parallelism: 1 };
    assert!(
        KeySource::new("x", weak).is_err() && KeySource::new("x", Kdf::Pbkdf2 { iterations: 1 }).is_err()
    );
}

#[tokio::test]
async fn damage_is_found_in_the_clear_too() {
    let disk = MemoryBackend::new();
    let session = begin(&disk, Arc::default()).await.unwrap();
    session.record(None, &[current("t.a", "an object")]).unwrap();
    session.close().await.unwrap();
    let clear = Arc::<Sealing>::default();
    let text = String::from_utf8(disk.document().unwrap()).unwrap();
    disk.set_document(Some(text.replace("an object", "an abject").into_bytes()));
    let error = sealed(&disk, clear.clone()).read().await.unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    // Whoever changes it on purpose raises the serial, as Terraform does.
    let edited = text.replace("an object", "an abject").replace("\"serial\": 1,", "\"serial\": 2,");
    disk.set_document(Some(edited.into_bytes()));
    sealed(&disk, clear).read().await.unwrap();
}

/// The form of OpenTofu 1.7 and later, made here from its parts.
#[test]
fn states_that_opentofu_encrypted_are_read() {
    use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD;
    let mut secret = [0; 32];
    let rounds = std::num::NonZeroU32::new(200_000).unwrap();
    aws_lc_rs::pbkdf2::derive(
        aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA512,
        rounds,
        b"some salt",
        SECRET.as_bytes(),
        &mut secret,
    );
    let mut data = b"{\"version\":4}".to_vec();
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &secret).unwrap())
        .seal_in_place_append_tag(Nonce::assume_unique_for_key([7; 12]), Aad::empty(), &mut data)
        .unwrap();
    let meta = base64.encode(format!(
        r#"{{"salt":"{}","iterations":200000,"hash_function":"sha512","key_length":32}}"#,
        base64.encode("some salt")
    ));
    let document = format!(
        r#"{{"serial":1,"lineage":"l","meta":{{"key_provider.pbkdf2.old":"{meta}"}},"encrypted_data":"{}","encryption_version":"v0"}}"#,
        base64.encode([&[7; 12][..], &data].concat())
    );
    assert_eq!(SEALING.open(Kind::State, document.as_bytes()).unwrap().plain, b"{\"version\":4}");
    let other = Sealing::with(key("another passphrase"));
    assert_eq!(other.open(Kind::State, document.as_bytes()).unwrap_err(), SealingError::WrongKey);
}
