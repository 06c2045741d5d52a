//! States in files.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests fail the test")]

mod samples;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use samples::{addr, current, gone, intent, lock_info, open, store};
use state::{Backend, BackendError, LocalBackend, LockToken, StateError, Version, format};

fn local(path: &Path) -> LocalBackend {
    LocalBackend::new(path.to_path_buf())
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn make(path: &Path, name: &str) {
    let session = open(local(path), "make").await.unwrap();
    let id = session.intent(intent(name)).await.unwrap();
    session.record(Some(id), &[current(name, "1")]).unwrap();
    session.close().await.unwrap();
}

#[tokio::test]
async fn a_run_leaves_the_state_and_the_one_before() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("state/dev/terraform.tfstate");
    let directory = path.parent().unwrap();
    assert!(store(local(&path)).read().await.unwrap().snapshot.is_none());
    assert!(!directory.exists(), "reading makes nothing");
    make(&path, "t.a").await;
    assert_eq!(
        names(directory),
        ["terraform.tfstate", "terraform.tfstate.history", "terraform.tfstate.sidecar.json"]
    );
    let first = fs::read(&path).unwrap();
    make(&path, "t.b").await;
    assert_eq!(
        names(directory),
        [
            "terraform.tfstate",
            "terraform.tfstate.backup",
            "terraform.tfstate.history",
            "terraform.tfstate.sidecar.json"
        ]
    );
    assert_eq!(fs::read(directory.join("terraform.tfstate.backup")).unwrap(), first);
    assert_eq!(format::read(&fs::read(&path).unwrap(), "x").unwrap().instances.len(), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_new_files_and_old_ones_stay_as_they_are() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("terraform.tfstate");
    let session = open(local(&path), "a").await.unwrap();
    session.intent(intent("t.a")).await.unwrap();
    for name in names(root.path()) {
        assert_eq!(mode(&root.path().join(&name)), 0o600, "{name}");
    }
    drop(session);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let session = store(local(&path)).lock(lock_info("b"), Duration::from_secs(60)).await.unwrap();
    session.record(None, &[current("t.b", "1")]).unwrap();
    session.close().await.unwrap();
    assert_eq!(mode(&path), 0o640);
}

#[tokio::test]
async fn while_a_run_goes_on_its_journal_lies_beside() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("terraform.tfstate");
    let session = open(local(&path), "a").await.unwrap();
    let a = session.intent(intent("t.a")).await.unwrap();
    assert_eq!(
        names(root.path()),
        [
            ".terraform.tfstate.lock",
            ".terraform.tfstate.lock.info",
            "terraform.tfstate",
            "terraform.tfstate.journal"
        ]
    );
    let note: serde_json::Value =
        serde_json::from_slice(&fs::read(root.path().join(".terraform.tfstate.lock.info")).unwrap()).unwrap();
    assert_eq!(
        (&note["ID"], &note["Who"], &note["Operation"]),
        (&"a".into(), &"ada@lovelace".into(), &"OperationTypeApply".into())
    );
    assert_eq!(note["Path"], path.to_str().unwrap());
    match open(local(&path), "b").await {
        Err(StateError::Backend(BackendError::Locked(info))) => {
            assert_eq!((&*info.id, &*info.who), ("a", "ada@lovelace"))
        }
        other => panic!("{:?}", other.err()),
    }
    let beside = store(local(&path)).read().await.unwrap();
    assert_eq!(beside.holder.unwrap().id, "a");
    let error = store(local(&path)).force_unlock("a").await.unwrap_err();
    assert!(error.to_string().contains("its lock ends with it"), "{error}");
    session.abandon(a).unwrap();
    session.close().await.unwrap();
    assert_eq!(
        names(root.path()),
        ["terraform.tfstate", "terraform.tfstate.history", "terraform.tfstate.sidecar.json"]
    );
}

#[tokio::test]
async fn a_write_over_something_else_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("terraform.tfstate");
    make(&path, "t.a").await;
    let backend = local(&path);
    let token = backend.lock(&lock_info("a")).await.unwrap();
    let read = backend.read().await.unwrap().unwrap();
    let refused =
        |result: Result<Version, BackendError>| assert!(matches!(result, Err(BackendError::Changed)));
    refused(backend.write(&token, b"{}", None).await);
    refused(backend.write(&token, b"{}", Some(&Version("other".into()))).await);
    let mut edited = read.bytes.clone();
    edited[20] ^= 1;
    fs::OpenOptions::new().write(true).open(&path).unwrap().write_all(&edited).unwrap();
    refused(backend.write(&token, b"{}", Some(&read.version)).await);
    fs::OpenOptions::new().write(true).open(&path).unwrap().write_all(&read.bytes).unwrap();
    let version = backend.write(&token, b"{\"version\":4}", Some(&read.version)).await.unwrap();
    backend.write(&token, b"{}", Some(&version)).await.unwrap();
    let other = LockToken { id: "b".into(), epoch: 0 };
    assert!(matches!(backend.write(&other, b"", Some(&version)).await, Err(BackendError::LockLost(_))));
    backend.unlock(&token).await.unwrap();
    assert!(matches!(backend.write(&token, b"", Some(&version)).await, Err(BackendError::LockLost(_))));
    assert_eq!(fs::read(&path).unwrap(), b"{}");
}

#[tokio::test]
async fn a_state_that_appears_meanwhile_is_not_overwritten() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("terraform.tfstate");
    let session = open(local(&path), "a").await.unwrap();
    fs::write(&path, "{}").unwrap();
    let error = session.intent(intent("t.a")).await.unwrap_err();
    assert!(matches!(error, StateError::Backend(BackendError::Changed)), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"{}");
}

#[tokio::test]
async fn whoever_removes_the_lock_file_takes_the_lock_away() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("terraform.tfstate");
    let session = open(local(&path), "a").await.unwrap();
    fs::remove_file(root.path().join(".terraform.tfstate.lock")).unwrap();
    let error = session.intent(intent("t.a")).await.unwrap_err();
    assert!(matches!(error, StateError::Backend(BackendError::LockLost(_))), "{error}");
    assert!(!path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_symbolic_link_stays_one() {
    let root = tempfile::tempdir().unwrap();
    let (link, path) = (root.path().join("terraform.tfstate"), root.path().join("elsewhere.tfstate"));
    make(&path, "t.a").await;
    std::os::unix::fs::symlink(&path, &link).unwrap();
    make(&link, "t.b").await;
    assert!(link.is_symlink());
    assert_eq!(format::read(&fs::read(&path).unwrap(), "x").unwrap().instances.len(), 2);
}

#[tokio::test]
async fn removing_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("terraform.tfstate");
    make(&path, "t.a").await;
    let session = open(local(&path), "a").await.unwrap();
    session.update_sidecar(|s| s.stack = Some("shop".into()));
    session.record(None, &[gone("t.a")]).unwrap();
    session.close().await.unwrap();
    assert!(names(root.path()).contains(&"terraform.tfstate.sidecar.json".to_owned()));
    store(local(&path)).lock(lock_info("b"), Duration::ZERO).await.unwrap().remove().await.unwrap();
    assert_eq!(names(root.path()), ["terraform.tfstate.backup"]);
}

#[tokio::test]
async fn what_cannot_be_written_says_where() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    fs::write(&file, "").unwrap();
    let cases = [
        (file.join("terraform.tfstate"), "cannot create"),
        (PathBuf::from("/proc/self/terraform.tfstate"), "cannot create /proc/self/.terraform.tfstate.lock"),
    ];
    for (path, expected) in cases {
        let error = open(local(&path), "a").await.map(|_| ()).unwrap_err();
        assert!(
            matches!(&error, StateError::Backend(BackendError::Io { what, .. }) if what.starts_with(expected)),
            "{error}"
        );
    }
}

/// The second half of the tests that need another program: does what the variable says and waits to be killed.
#[test]
fn another_program() {
    let Ok(path) = std::env::var("STATE_TEST_PATH") else { return };
    let limit = std::env::var("STATE_TEST_LIMIT").is_ok();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let session = open(local(Path::new(&path)), "other").await.unwrap();
        let a = session.intent(intent("t.a")).await.unwrap();
        session.record(Some(a), &[current("t.a", "1")]).unwrap();
        if limit {
            fill(&session).await;
        } else {
            session.intent(intent("t.b")).await.unwrap();
        }
        println!("\nready");
        std::future::pending::<()>().await;
    });
}

/// Records until nothing more can be written, and says how many results are durable.
async fn fill(session: &state::Session) {
    let mut durable = 0;
    for i in 0.. {
        let name = format!("t.fill[{i}]");
        let Ok(id) = session.intent(intent(&name)).await else { break };
        durable = i;
        let object = samples::object(&"x".repeat(1000));
        let change = state::Change::Current {
            address: addr(&name),
            provider: samples::PROVIDER.into(),
            object: Some(object),
        };
        session.record(Some(id), &[change]).unwrap();
    }
    println!("\ndurable {durable}");
    assert!(session.checkpoint().await.is_err());
}

fn start(path: &Path, limit: Option<u64>) -> (Child, Vec<String>) {
    let program = std::env::current_exe().unwrap();
    let mut command = match limit {
        None => Command::new(&program),
        Some(blocks) => {
            // Files may not grow beyond the limit, as if the disk were full; the signal for that is ignored.
            let mut shell = Command::new("sh");
            shell
                .arg("-c")
                .arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""))
                .arg(&program);
            shell.env("STATE_TEST_LIMIT", "1");
            shell
        }
    };
    command.args(["another_program", "--exact", "--nocapture"]).env("STATE_TEST_PATH", path);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line == "ready" {
            return (child, lines);
        }
        lines.push(line);
    }
    panic!("the other program ended with {:?}: {lines:?}", child.wait());
}

#[tokio::test]
async fn a_killed_holder_is_replaced_at_once() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("terraform.tfstate");
    let (mut child, _) = start(&path, None);
    match open(local(&path), "b").await {
        Err(StateError::Backend(BackendError::Locked(info))) => assert_eq!(info.id, "other"),
        other => panic!("{:?}", other.err()),
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(store(local(&path)).read().await.unwrap().holder.is_none());
    let session = open(local(&path), "b").await.unwrap();
    assert!(session.snapshot().current(&addr("t.a")).is_some());
    let unresolved = session.unresolved();
    assert_eq!(unresolved.iter().map(|(_, i)| i).collect::<Vec<_>>(), [&intent("t.b")]);
    session.abandon(unresolved[0].0).unwrap();
    session.close().await.unwrap();
    format::read(&fs::read(&path).unwrap(), "x").unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn on_a_full_disk_everything_durable_stays() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("terraform.tfstate");
    let (mut child, said) = start(&path, Some(64));
    child.kill().unwrap();
    child.wait().unwrap();
    let durable: usize = said.iter().find_map(|l| l.strip_prefix("durable ")?.parse().ok()).unwrap();
    assert!(durable > 5, "{said:?}");
    let session = open(local(&path), "b").await.unwrap();
    for i in 0..durable {
        assert!(session.snapshot().current(&addr(&format!("t.fill[{i}]"))).is_some(), "{i}");
    }
    for (id, _) in session.unresolved() {
        session.abandon(id).unwrap();
    }
    session.close().await.unwrap();
}
