//! Beside Terraform: each refuses while the other works, and each reads what the other wrote. Skipped where there is no
//! Terraform.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests fail the test")]

mod samples;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use samples::{addr, intent, open, store};
use state::{Backend, BackendError, Change, InstanceObject, LocalBackend, StateError, format};

fn command(directory: &Path) -> Command {
    let mut command = Command::new("terraform");
    command.current_dir(directory).env("TF_CLI_CONFIG_FILE", "/dev/null").env("CHECKPOINT_DISABLE", "1");
    command
}

fn terraform(directory: &Path, arguments: &[&str]) -> Output {
    command(directory).args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A directory with a configuration that was initialised, or nothing where there is no Terraform.
fn prepare(configuration: &str) -> Option<tempfile::TempDir> {
    let found = Command::new("terraform").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no terraform");
        return None;
    }
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("main.tf"), configuration).unwrap();
    let init = terraform(directory.path(), &["init", "-no-color"]);
    assert!(init.status.success(), "{}", text(&init));
    Some(directory)
}

fn data(id: &str) -> Arc<InstanceObject> {
    let attributes = format!("{{\"id\":\"{id}\",\"input\":null,\"output\":null,\"triggers_replace\":null}}");
    let mut object = samples::object(id);
    Arc::make_mut(&mut object).attributes = attributes.into();
    object
}

fn current(address: &str) -> Change {
    Change::Current { address: addr(address), provider: samples::PROVIDER.into(), object: Some(data("x")) }
}

#[tokio::test]
async fn terraform_reads_what_was_published_and_only_that() {
    let Some(directory) = prepare("resource \"terraform_data\" \"a\" {\n}\n") else { return };
    let path = directory.path().join("terraform.tfstate");
    let plan = || terraform(directory.path(), &["plan", "-no-color", "-detailed-exitcode"]);
    let session = open(LocalBackend::new(path.clone()), "our-lock").await.unwrap();
    let id = session.intent(intent("terraform_data.a")).await.unwrap();
    assert!(text(&plan()).contains("version 5"), "{}", text(&plan()));
    session.record(Some(id), &[current("terraform_data.a")]).unwrap();
    session.close().await.unwrap();
    let plan = plan();
    assert_eq!(plan.status.code(), Some(0), "{}", text(&plan));
    assert!(text(&plan).contains("No changes"));

    let backend = LocalBackend::new(path);
    let token = backend.lock(&samples::lock_info("our-lock")).await.unwrap();
    let refused = text(&terraform(directory.path(), &["plan", "-no-color"]));
    assert!(
        refused.contains("resource temporarily unavailable") && refused.contains("our-lock"),
        "{refused}"
    );
    let old = backend.read().await.unwrap().unwrap();
    backend.write(&token, &old.bytes, Some(&old.version)).await.unwrap();
    let refused = text(&terraform(directory.path(), &["plan", "-no-color"]));
    assert!(refused.contains("our-lock"), "each new file is locked too: {refused}");
    backend.unlock(&token).await.unwrap();
    let plan = terraform(directory.path(), &["plan", "-no-color"]);
    assert!(plan.status.success(), "{}", text(&plan));
}

#[tokio::test]
async fn terraforms_lock_is_honoured() {
    let wait = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    \
                command = \"while test ! -e go; do sleep 0.05; done\"\n  }\n}\n";
    let Some(directory) = prepare(wait) else { return };
    let path = directory.path().join("terraform.tfstate");
    let mut apply = command(directory.path());
    let mut apply =
        apply.args(["apply", "-auto-approve", "-no-color"]).stdout(Stdio::null()).spawn().unwrap();
    let begin = Instant::now();
    while !directory.path().join(".terraform.tfstate.lock.info").exists() {
        assert!(begin.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let holder = match open(LocalBackend::new(path.clone()), "ours").await {
        Err(StateError::Backend(BackendError::Locked(info))) => info,
        other => panic!("{:?}", other.err()),
    };
    let beside = store(LocalBackend::new(path.clone())).read().await.unwrap();
    assert_eq!(
        (beside.snapshot, beside.holder),
        (None, Some((*holder).clone())),
        "its empty file is no state yet"
    );
    assert_eq!(holder.operation, "OperationTypeApply");
    assert!(!directory.path().join(".terraform.tfstate.lock").exists(), "an attempt leaves nothing behind");
    fs::write(directory.path().join("go"), "").unwrap();
    assert!(apply.wait().unwrap().success());
    let read = store(LocalBackend::new(path.clone())).read().await.unwrap();
    assert_eq!(read.holder, None);
    let snapshot = read.snapshot.unwrap();
    assert!(snapshot.current(&addr("terraform_data.a")).is_some());
    assert_eq!(String::from_utf8(format::write(&snapshot, 4)).unwrap(), fs::read_to_string(path).unwrap());
}
