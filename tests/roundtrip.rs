//! The same state under Terraform and under Stackwright: what one applied is what the other wants, both ways.
//!
//! Each folder of `roundtrip` is a configuration with a resource `terraform_data.rewritten`, whose replacement makes either
//! program write the whole state anew. Skipped where there is no Terraform.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::binary::{command, expect_exit, finish, is_installed, stackwright};

const REWRITE: &str = "-replace=terraform_data.rewritten";

#[test]
fn either_program_finds_nothing_to_do_after_the_other() {
    let Some(()) = terraform_is_here() else { return };
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/roundtrip");
    let mut names: Vec<_> = std::fs::read_dir(folders).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 12, "a dozen configurations are taken there and back");
    std::thread::scope(|scope| {
        for half in names.chunks(names.len().div_ceil(2)) {
            scope.spawn(move || half.iter().for_each(|folder| there_and_back(folder)));
        }
    });
}

fn there_and_back(folder: &Path) {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    copy(folder, dir);
    let when = |what: &str| format!("{}: {what}", folder.file_name().unwrap().to_string_lossy());
    let ours = |args: &[&str], code, what: &str| expect_exit(stackwright(dir, args), code, &when(what));
    let theirs = |args: &[&str], code, what: &str| expect_exit(terraform(dir, args), code, &when(what));
    ours(&["init"], 0, "we begin");
    theirs(&["init", "-input=false"], 0, "Terraform accepts the directory");
    ours(&["apply", "-auto-approve"], 0, "we apply");
    let first = state(dir);
    theirs(&["plan", "-detailed-exitcode", "-input=false"], 0, "Terraform has nothing to do after us");
    theirs(&["apply", "-auto-approve", "-input=false", REWRITE], 0, "Terraform writes the state anew");
    ours(&["plan", "-detailed-exitcode"], 0, "we have nothing to do after Terraform");
    assert_same_plans(dir, &when("both plan the same"));
    let written = state(dir);
    ours(&["apply", "-auto-approve"], 0, "we apply nothing");
    assert_eq!(state(dir), written, "{}", when("so the state is as Terraform wrote it"));
    ours(&["apply", "-auto-approve", REWRITE], 0, "we write the state anew");
    theirs(&["plan", "-detailed-exitcode", "-input=false"], 0, "Terraform still has nothing to do");
    assert_eq!(kept(&first), kept(&state(dir)), "{}", when("nothing got lost on the way"));
    theirs(&["apply", "-destroy", "-auto-approve", "-input=false"], 0, "Terraform destroys what we made");
    assert_eq!(ours(&["state", "list"], 0, "the state is left"), "", "{}", when("nothing is left in it"));
}

/// Whether there is a Terraform to compare with; says so where there is none.
fn terraform_is_here() -> Option<()> {
    if is_installed("terraform") {
        return Some(());
    }
    println!("skipped: there is no terraform to take states there and back with");
    None
}

fn terraform(dir: &Path, args: &[&str]) -> Command {
    command("terraform", dir, args)
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn state(dir: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(dir.join("terraform.tfstate")).unwrap()).unwrap()
}

/// What a state holds but for what is different on purpose, by address.
fn kept(state: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::from([
        ("lineage".to_owned(), state["lineage"].clone()),
        ("outputs".to_owned(), json!(state["outputs"].as_object().unwrap().keys().collect::<Vec<_>>())),
        ("check_results".to_owned(), sorted(&state["check_results"])),
    ]);
    for resource in state["resources"].as_array().unwrap() {
        for instance in resource["instances"].as_array().unwrap() {
            let address = format!(
                "{}.{}.{}.{}[{}]",
                resource["module"],
                resource["mode"],
                resource["type"],
                resource["name"],
                instance["index_key"]
            );
            let mut instance = instance.clone();
            instance["provider"] = resource["provider"].clone();
            instance["sensitive_attributes"] = sorted(&instance["sensitive_attributes"]);
            instance.as_object_mut().unwrap().remove("private");
            if !depends_on_rewritten(resource, &instance) {
                found.insert(address, instance);
            }
        }
    }
    found
}

fn depends_on_rewritten(resource: &Value, instance: &Value) -> bool {
    let dependencies = instance["dependencies"].as_array();
    resource["name"] == "rewritten"
        || dependencies.is_some_and(|d| d.iter().any(|d| d == "terraform_data.rewritten"))
}

/// A list whose order says nothing.
fn sorted(list: &Value) -> Value {
    let mut all = list.as_array().cloned().unwrap_or_default();
    for item in &mut all {
        if item["objects"].is_array() {
            item["objects"] = sorted(&item["objects"]);
        }
    }
    all.sort_by_key(ToString::to_string);
    Value::Array(all)
}

/// Both programs plan the same changes over the same state.
fn assert_same_plans(dir: &Path, when: &str) {
    let plan = |program: fn(&Path, &[&str]) -> Command| {
        expect_exit(program(dir, &["plan", "-input=false", "-out=compared"]), 0, when);
        let shown = expect_exit(program(dir, &["show", "-json", "compared"]), 0, when);
        let document: Value = serde_json::from_str(&shown).unwrap();
        let changes = document["resource_changes"].as_array().cloned().unwrap_or_default();
        let mut changes: Vec<Value> = changes.iter().map(essence).collect();
        changes.sort_by_key(ToString::to_string);
        changes
    };
    assert_eq!(plan(stackwright), plan(terraform), "{when}");
}

fn essence(change: &Value) -> Value {
    json!([
        change["address"],
        change["deposed"],
        change["previous_address"],
        change["action_reason"],
        change["change"]["actions"],
        change["change"]["before"],
        change["change"]["after"],
        change["change"]["after_unknown"],
    ])
}

/// A directory that both programs have prepared.
fn prepared(configuration: &str) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    write(scratch.path(), configuration);
    expect_exit(terraform(scratch.path(), &["init", "-input=false"]), 0, "Terraform prepares");
    scratch
}

fn write(dir: &Path, configuration: &str) {
    std::fs::write(dir.join("main.tf"), configuration).unwrap();
}

/// Applies as far as it goes.
fn attempt(program: fn(&Path, &[&str]) -> Command, dir: &Path) {
    let output = finish(program(dir, &["apply", "-auto-approve", "-input=false"]));
    assert_eq!(output.status.code(), Some(1), "the apply stops half way");
}

const PROGRAMS: [fn(&Path, &[&str]) -> Command; 2] = [stackwright, terraform];

#[test]
fn objects_that_either_left_half_made_are_replaced_by_both() {
    let Some(()) = terraform_is_here() else { return };
    for program in PROGRAMS {
        let scratch = prepared(
            "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"exit 1\"\n  }\n}\n\
             resource \"terraform_data\" \"b\" { input = terraform_data.a.id }\n",
        );
        attempt(program, scratch.path());
        assert_eq!(state(scratch.path())["resources"][0]["instances"][0]["status"], "tainted");
        assert_same_plans(scratch.path(), "what is tainted is replaced");
    }
}

#[test]
fn objects_that_either_left_deposed_are_deleted_by_both() {
    let Some(()) = terraform_is_here() else { return };
    for program in PROGRAMS {
        let scratch = prepared("resource \"terraform_data\" \"a\" { input = 1 }\n");
        let dir = scratch.path();
        expect_exit(program(dir, &["apply", "-auto-approve", "-input=false"]), 0, "it is made");
        depose_a_copy(dir);
        assert_same_plans(dir, "what is deposed is deleted");
        expect_exit(program(dir, &["apply", "-auto-approve", "-input=false"]), 0, "it is deleted");
        let instances = state(dir)["resources"][0]["instances"].as_array().cloned().unwrap();
        assert!(matches!(&instances[..], [one] if one["deposed"].is_null()), "{instances:?}");
    }
}

/// Adds to the state what an interrupted replacement leaves.
fn depose_a_copy(dir: &Path) {
    let mut state = state(dir);
    let mut copy = state["resources"][0]["instances"][0].clone();
    copy["deposed"] = json!("0123abcd");
    copy["attributes"]["id"] = json!("left-over");
    state["resources"][0]["instances"].as_array_mut().unwrap().push(copy);
    state["serial"] = json!(state["serial"].as_u64().unwrap() + 1);
    std::fs::write(dir.join("terraform.tfstate"), state.to_string()).unwrap();
}

#[test]
fn both_take_moves_and_removals_the_same_way() {
    let Some(()) = terraform_is_here() else { return };
    let scratch = prepared(
        "resource \"terraform_data\" \"old\" { input = 1 }\nresource \"terraform_data\" \"single\" {}\n\
         resource \"terraform_data\" \"forgotten\" {}\nresource \"terraform_data\" \"keyed\" { for_each = toset([\"a\", \"b\"]) }\n",
    );
    let dir = scratch.path();
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "made by us");
    write(
        dir,
        "resource \"terraform_data\" \"new\" { input = 1 }\nmoved {\n  from = terraform_data.old\n  to = terraform_data.new\n}\n\
         resource \"terraform_data\" \"single\" { count = 2 }\n\
         removed {\n  from = terraform_data.forgotten\n  lifecycle {\n    destroy = false\n  }\n}\n\
         resource \"terraform_data\" \"keyed\" { for_each = toset([\"b\", \"c\"]) }\n",
    );
    assert_same_plans(dir, "moved, counted, forgotten, other keys");
    expect_exit(terraform(dir, &["apply", "-auto-approve", "-input=false"]), 0, "Terraform applies it");
    expect_exit(stackwright(dir, &["plan", "-detailed-exitcode"]), 0, "nothing is left to do");
}
