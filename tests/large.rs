//! What changes with the size of a configuration: what is told, what is recorded, what is measured.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::binary::{expect_exit, finish, stackwright};

fn directory(configuration: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("main.tf"), configuration).unwrap();
    scratch
}

#[track_caller]
fn run(dir: &Path, args: &[&str]) -> String {
    expect_exit(stackwright(dir, args), 0, &args.join(" "))
}

/// Blocks in a chain, each reading the one before; `text` says what a block's input is where it is no reference.
fn chain(blocks: std::ops::Range<usize>, text: impl Fn(usize) -> Option<String>) -> String {
    let block = |i: usize| {
        let input = text(i).unwrap_or_else(|| format!("terraform_data.r{}.output", i.saturating_sub(1)));
        format!("resource \"terraform_data\" \"r{i}\" {{\n  input = {input}\n}}\n")
    };
    blocks.map(block).collect()
}

#[test]
fn a_profile_has_a_table_and_a_trace_that_is_json() {
    let dir = directory("resource \"terraform_data\" \"x\" {\n  count = 3\n  input = count.index\n}\n");
    for (args, stages) in [
        (
            &["plan", "-profile=plan.json", "-out=p"][..],
            &["parse", "expand", "evaluate", "diff", "save", "render"][..],
        ),
        (&["apply", "-auto-approve", "-profile=plan.json"], &["parse", "evaluate", "order", "apply", "save"]),
        (&["plan", "-profile=plan.json"], &["parse", "read", "diff"]),
        (&["destroy", "-auto-approve", "-profile=plan.json"], &["read", "order", "apply", "save"]),
    ] {
        let output = finish(stackwright(dir.path(), args));
        let table = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{args:?}: {table}");
        let trace: Json = serde_json::from_slice(&fs::read(dir.path().join("plan.json")).unwrap()).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        for stage in stages {
            assert!(
                table.lines().any(|line| line.starts_with(&format!("{stage} "))),
                "{args:?}: {stage}\n{table}"
            );
            let is_of = |e: &&Json| e["ph"] == "X" && e["cat"] == **stage;
            let event = events.iter().find(is_of).unwrap_or_else(|| panic!("{args:?}: {stage}\n{trace}"));
            assert!(
                event["ts"].is_number() && event["dur"].is_number() && event["tid"].is_number(),
                "{event}"
            );
        }
    }
}

#[test]
fn a_profile_that_cannot_be_written_stops_a_run_before_it_does_anything() {
    let dir = directory("resource \"terraform_data\" \"x\" {}\n");
    let output = finish(stackwright(dir.path(), &["apply", "-auto-approve", "-profile=missing/p.json"]));
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("Failed to write the profile") && said.contains("missing/p.json"), "{said}");
    assert!(!dir.path().join("terraform.tfstate").exists());
}

#[test]
fn of_very_many_changes_a_few_of_each_kind_are_shown_and_all_are_counted() {
    let blocks =
        "resource \"terraform_data\" \"many\" {\n  count = 600\n}\nresource \"terraform_data\" \"one\" {}\n";
    let dir = directory(blocks);
    let shown = run(dir.path(), &["plan", "-out=p"]);
    assert_eq!(shown.matches("will be created").count(), 4, "{shown}");
    assert!(shown.contains("# Not shown one by one: 597 more\n"), "{shown}");
    assert!(shown.contains("  + terraform_data.many: 597\n"), "{shown}");
    assert!(shown.contains("Plan: 601 to add, 0 to change, 0 to destroy."), "{shown}");
    let output = finish(stackwright(dir.path(), &["apply", "p"]));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    // What removes comes first, whatever else there is.
    fs::write(dir.path().join("main.tf"), blocks.replace("600", "1200").replace("\"one\"", "\"other\""))
        .unwrap();
    let shown = run(dir.path(), &["plan"]);
    assert!(shown.contains("# terraform_data.one will be destroyed"), "{shown}");
}

#[test]
fn a_plan_of_five_hundred_changes_is_shown_whole() {
    let dir = directory("resource \"terraform_data\" \"x\" {\n  count = 500\n}\n");
    let shown = run(dir.path(), &["plan"]);
    assert_eq!(shown.matches("will be created").count(), 500);
    assert!(!shown.contains("Not shown"), "{shown}");
}

#[test]
fn of_a_long_chain_the_nearest_dependencies_are_recorded() {
    let dir = directory(&chain(0..300, |i| (i == 0).then(|| "\"a\"".into())));
    run(dir.path(), &["apply", "-auto-approve"]);
    let state: Json = serde_json::from_str(&run(dir.path(), &["state", "pull"])).unwrap();
    let recorded = |name: &str| {
        let resources = state["resources"].as_array().unwrap();
        let resource = resources.iter().find(|r| r["name"] == name).unwrap();
        let list = resource["instances"][0]["dependencies"].as_array().cloned().unwrap_or_default();
        list.iter().map(|d| d.as_str().unwrap().to_owned()).collect::<Vec<String>>()
    };
    assert_eq!(recorded("r0"), Vec::<String>::new());
    assert_eq!((recorded("r100").len(), recorded("r128").len()), (100, 128));
    let far = recorded("r299");
    assert_eq!(far.len(), 17);
    assert!(far.contains(&"terraform_data.r298".into()) && far.contains(&"terraform_data.r282".into()));
    assert!(far.is_sorted());
}

#[test]
fn the_ends_of_a_long_chain_are_destroyed_in_order_although_what_lies_between_stays() {
    let dir = directory(&chain(0..300, |i| (i == 0).then(|| "\"a\"".into())));
    run(dir.path(), &["apply", "-auto-approve"]);
    // Both ends go; the block after the first takes its value from elsewhere.
    let middle = chain(1..299, |i| (i == 1).then(|| "\"a\"".into()));
    fs::write(dir.path().join("main.tf"), middle).unwrap();
    let stream = run(dir.path(), &["apply", "-auto-approve", "-json"]);
    let messages: Vec<Json> = stream.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let position = |ty: &str, name: &str| {
        let address = format!("terraform_data.{name}");
        messages.iter().position(|m| m["type"] == ty && m["hook"]["resource"]["addr"] == *address).unwrap()
    };
    assert!(position("apply_complete", "r299") < position("apply_start", "r0"), "{stream}");
}

#[test]
fn what_depends_on_a_target_is_destroyed_with_it_however_far_away_it_is() {
    let dir = directory(&chain(0..300, |i| (i == 0).then(|| "\"a\"".into())));
    run(dir.path(), &["apply", "-auto-approve"]);
    run(dir.path(), &["destroy", "-auto-approve", "-target=terraform_data.r10"]);
    assert_eq!(run(dir.path(), &["state", "list"]).lines().count(), 10);
}

#[test]
fn what_an_excluded_object_depends_on_stays_however_far_away_it_is() {
    let dir = directory(&chain(0..300, |i| (i == 0).then(|| "\"a\"".into())));
    run(dir.path(), &["apply", "-auto-approve"]);
    run(dir.path(), &["destroy", "-auto-approve", "-exclude=terraform_data.r289"]);
    assert_eq!(run(dir.path(), &["state", "list"]).lines().count(), 290);
}
