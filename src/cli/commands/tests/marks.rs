//! `taint` and `untaint`

use std::sync::Arc;
use std::time::Duration;

use state::{MemoryBackend, ObjectStatus, Store};

use super::{block_on, command, lock_info, on, snapshot};
use crate::args::Command;
use crate::commands::taint::mark;

/// Runs commands on one state after each other; gives what the last said and what became of the instance.
fn run(lines: &[&str], address: &str) -> (String, Option<ObjectStatus>) {
    let store = Store::new(Arc::new(MemoryBackend::new()));
    block_on(store.replace(lock_info(), Duration::ZERO, &snapshot())).unwrap();
    let mut said = String::new();
    for line in lines {
        let (args, wanted) = match command(line) {
            Command::Taint(args) => (args, ObjectStatus::Tainted),
            Command::Untaint(args) => (args, ObjectStatus::Ready),
            other => panic!("{other:?}"),
        };
        let session = block_on(store.lock(lock_info(), Duration::ZERO)).unwrap();
        let (out, err) = on("", |t| mark(&args, wanted, &session, t));
        block_on(session.close()).unwrap();
        said = out + &err;
    }
    let snapshot = block_on(store.read()).unwrap().snapshot.unwrap();
    (said, snapshot.current(&address.parse().unwrap()).map(|o| o.status))
}

#[track_caller]
fn check(lines: &[&str], address: &str, expect: &str, status: ObjectStatus) {
    let (said, now) = run(lines, address);
    assert!(said.contains(expect), "{lines:?}: {said}");
    assert_eq!(now, Some(status), "{lines:?}");
}

#[test]
fn objects_are_marked_and_unmarked() {
    use ObjectStatus::{Ready, Tainted};
    let (first, tainted) = ("terraform_data.a[0]", "terraform_data.a[9]");
    check(
        &["taint terraform_data.a[0]"],
        first,
        "Resource instance terraform_data.a[0] has been marked as tainted.",
        Tainted,
    );
    check(
        &["taint terraform_data.a[0]", "taint terraform_data.a[0]"],
        first,
        "has been marked as tainted.",
        Tainted,
    );
    check(
        &["untaint terraform_data.a[9]"],
        tainted,
        "Resource instance terraform_data.a[9] has been successfully untainted.",
        Ready,
    );
    check(&["untaint terraform_data.a[0]"], first, "Resource instance is not tainted", Ready);
    check(
        &["taint component.cluster.x.terraform_data.b"],
        "module.cluster--x.terraform_data.b",
        "component.cluster.x.terraform_data.b has been marked",
        Tainted,
    );
}

#[test]
fn what_is_not_recorded_is_an_error_unless_it_may_be_missing() {
    let first = "terraform_data.a[0]";
    let ready = ObjectStatus::Ready;
    check(&["taint terraform_data.a[1]"], first, "No such resource instance", ready);
    check(&["taint terraform_data.a[1]"], first, "Did you mean \"terraform_data.a[", ready);
    check(&["untaint terraform_data.a"], first, "No such resource instance", ready);
    check(&["taint -allow-missing terraform_data.zz"], first, "Warning: No such resource instance", ready);
    check(&["taint data.x.y"], first, "Resource instance data.x.y cannot be tainted", ready);
    check(&["taint module.m"], first, "Invalid address", ready);
}
