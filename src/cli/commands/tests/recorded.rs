//! `state rm`, `state mv`, `state push`, `state replace-provider`

use std::sync::Arc;
use std::time::Duration;

use state::{MemoryBackend, StateSnapshot, Store};

use super::{block_on, command, lock_info, on, snapshot};
use crate::args::{Command, StateCommand};
use crate::commands::state::{mv, overwritten, replace_provider, rm};

/// Runs a command that changes the state; gives what it said and what is recorded then.
fn run(line: &str, input: &str) -> (String, StateSnapshot) {
    let store = Store::new(Arc::new(MemoryBackend::new()));
    block_on(store.replace(lock_info(), Duration::ZERO, &snapshot())).unwrap();
    let Command::State(args) = command(line) else { panic!("{line} is no state command") };
    let session = block_on(store.lock(lock_info(), Duration::ZERO)).unwrap();
    let (out, err) = on(input, |t| match &args.command {
        StateCommand::Rm(args) => rm(args, &session, t),
        StateCommand::Mv(args) => mv(args, &session, t),
        StateCommand::ReplaceProvider(args) => replace_provider(args, &session, t),
        other => panic!("{other:?} changes nothing within a session"),
    });
    block_on(session.close()).unwrap();
    (out + &err, block_on(store.read()).unwrap().snapshot.unwrap())
}

/// The recorded addresses.
fn addresses(snapshot: &StateSnapshot) -> Vec<String> {
    snapshot.instances.keys().map(ToString::to_string).collect()
}

#[track_caller]
fn refused(line: &str, expect: &str) {
    let (said, after) = run(line, "");
    assert!(said.contains(expect), "{line}: {said}");
    assert_eq!(addresses(&after), addresses(&snapshot()), "{line}");
    assert_eq!(after.serial, 3, "{line} writes nothing");
}

#[test]
fn rm_records_objects_no_more() {
    assert_eq!(run("state rm -dry-run terraform_data.a[0]", "").0, "Would remove terraform_data.a[0]\n");
    refused("state rm -dry-run terraform_data.a[0]", "Would remove");
    refused("state rm terraform_data.a terraform_data.nope", "No matching objects found");
    let (said, left) = run("state rm module.cluster--x terraform_data.a[9]", "");
    assert_eq!(
        said,
        "Removed terraform_data.a[9]\nRemoved module.cluster--x.terraform_data.b\n\
         Successfully removed 2 resource instance(s).\n"
    );
    assert_eq!(addresses(&left), ["terraform_data.a[0]", "terraform_data.a[10]"]);
    assert_eq!(left.serial, 4);
}

#[test]
fn mv_moves_instances_resources_and_modules() {
    let (said, after) = run("state mv terraform_data.a[9] terraform_data.single", "");
    assert_eq!(
        said,
        "Move \"terraform_data.a[9]\" to \"terraform_data.single\"\nSuccessfully moved 1 object(s).\n"
    );
    assert!(addresses(&after).contains(&"terraform_data.single".to_owned()));
    let (_, after) = run("state mv terraform_data.a module.m.terraform_data.c", "");
    assert_eq!(addresses(&after)[1..], [0, 9, 10].map(|i| format!("module.m.terraform_data.c[{i}]")));
    let (said, after) = run("state mv module.cluster--x module.b[\\\"k\\\"]", "");
    assert!(said.contains("Invalid address"), "{said}");
    assert_eq!(after.serial, 3);
    let (said, after) = run("state mv component.cluster.x module.b[0]", "");
    assert_eq!(said, "Move \"module.cluster--x\" to \"module.b[0]\"\nSuccessfully moved 1 object(s).\n");
    let moved = &after.instances[&"module.b[0].terraform_data.b".parse().unwrap()];
    assert_eq!(moved.deposed.len(), 1, "deposed objects go along");
}

#[test]
fn dependencies_follow_what_they_lead_to() {
    let dependencies = |line: &str| {
        let (_, after) = run(line, "");
        let object = after.current(&"module.cluster--x.terraform_data.b".parse().unwrap()).unwrap().clone();
        object.dependencies.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(dependencies("state mv terraform_data.a terraform_data.z"), ["terraform_data.z"]);
    assert_eq!(
        dependencies("state mv terraform_data.a[0] module.m[1].terraform_data.z"),
        ["module.m.terraform_data.z", "terraform_data.a"],
        "some instances stayed"
    );
    assert_eq!(dependencies("state mv terraform_data.a[0] terraform_data.a[1]"), ["terraform_data.a"]);
}

#[test]
fn mv_refuses_what_would_lose_or_mix_objects() {
    refused("state mv -dry-run terraform_data.a terraform_data.z", "Would move \"terraform_data.a\"");
    refused(
        "state mv terraform_data.a[0] terraform_data.a[9]",
        "already a resource instance at that address",
    );
    refused("state mv terraform_data.a terraform_data.a", "already a resource at that address");
    refused("state mv module.cluster--x module.cluster--x", "already records objects in module.cluster--x");
    refused("state mv terraform_data.a[1] terraform_data.z", "does not contain terraform_data.a[1]");
    refused("state mv terraform_data.y terraform_data.z", "does not match anything");
    refused("state mv module.y module.z", "does not match anything");
    refused("state mv terraform_data.a terraform_data.z[0]", "must be a whole resource");
    refused("state mv terraform_data.a[0] module.z", "must also be a resource instance");
    refused("state mv module.cluster--x terraform_data.z", "must also be a module");
    refused("state mv terraform_data.a[0] local_file.z", "resource types don't match");
    refused("state mv terraform_data.a[0] data.terraform_data.z", "only to another managed resource");
}

#[test]
fn providers_are_replaced_after_asking() {
    let providers = |after: &StateSnapshot| {
        let mut all: Vec<String> = after.instances.values().map(|s| s.provider.to_string()).collect();
        all.dedup();
        all
    };
    let aws = ["provider[\"registry.terraform.io/hashicorp/aws\"]"];
    let line = "state replace-provider terraform.io/builtin/terraform hashicorp/aws";
    let (said, after) = run(line, "yes\n");
    assert!(
        said.contains("Changing 2 resources:\n\n  terraform_data.a\n  module.cluster--x.terraform_data.b\n"),
        "{said}"
    );
    assert_eq!(providers(&after), aws);
    let (said, after) = run(line, "no\n");
    assert!(said.contains("Cancelled") && after.serial == 3, "{said}");
    let (said, after) = run(line, "");
    assert!(said.contains("-auto-approve") && said.ends_with("exit 1") && after.serial == 3, "{said}");
    let (_, after) = run(&line.replace("provider ", "provider -auto-approve "), "");
    assert_eq!(providers(&after), aws);
    refused("state replace-provider hashicorp/aws acme/aws", "No matching resources found.");
    refused("state replace-provider a/b/c/d acme/aws", "Invalid \"from\" provider \"a/b/c/d\"");
    refused("state replace-provider aws $", "Invalid \"to\" provider \"$\"");
}

#[test]
fn only_a_later_state_of_the_same_lineage_is_pushed_without_force() {
    let recorded = snapshot();
    let state = |lineage: &str, serial: u64| StateSnapshot {
        lineage: lineage.into(),
        serial,
        outputs: Default::default(),
        ..snapshot()
    };
    let push = |pushed: StateSnapshot, force: bool| match overwritten(&recorded, pushed, force) {
        Ok(Some(snapshot)) => format!("{} {}", snapshot.lineage, snapshot.serial),
        Ok(None) => "nothing to do".into(),
        Err(diag) => format!("{}: {}", diag.summary, diag.detail),
    };
    assert_eq!(push(snapshot(), false), "nothing to do");
    assert_eq!(push(snapshot(), true), "nothing to do");
    assert_eq!(push(state("l", 4), false), "l 4");
    assert!(push(state("l", 2), false).contains("it is newer"));
    assert!(push(state("l", 3), false).contains("not the same content"));
    assert!(push(state("other", 9), false).contains("nothing to do with each other"));
    assert_eq!(push(state("l", 2), true), "l 2");
    assert_eq!(push(state("l", 3), true), "l 4");
    assert_eq!(push(state("other", 3), true), "other 4");
    let fresh = StateSnapshot::new("new");
    assert_eq!(overwritten(&fresh, state("l", 2), false).unwrap().unwrap().lineage, "l");
}
