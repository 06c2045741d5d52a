//! `prevent_destroy` outlives its block.

use std::path::Path;

use tempfile::TempDir;

use crate::binary::{expect_exit, finish, stackwright};

const PROTECTED: &str = "resource \"terraform_data\" \"a\" {\n  lifecycle { prevent_destroy = true }\n}\n";
const LIFTED: &str = "resource \"terraform_data\" \"a\" {\n  lifecycle { prevent_destroy = false }\n}\n";
const OTHER: &str = "resource \"terraform_data\" \"b\" {}\n";

/// A directory in which a configuration was applied.
fn applied(configuration: &str) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    apply(scratch.path(), configuration);
    scratch
}

fn write(dir: &Path, configuration: &str) {
    std::fs::write(dir.join("main.tf"), configuration).unwrap();
}

fn apply(dir: &Path, configuration: &str) {
    write(dir, configuration);
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, configuration);
}

/// Whether a command is refused because of a protected object; gives all that it said.
fn refused(dir: &Path, args: &[&str]) -> String {
    let output = finish(stackwright(dir, args));
    let said = [&*output.stdout, &*output.stderr].map(|b| String::from_utf8_lossy(b).into_owned()).concat();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Instance cannot be destroyed"), "{said}");
    said
}

#[test]
fn taking_the_block_away_does_not_lift_the_protection() {
    let scratch = applied(PROTECTED);
    write(scratch.path(), OTHER);
    let said = refused(scratch.path(), &["plan"]);
    assert!(said.contains("terraform_data.a") && said.contains("destroy = true"), "{said}");
    assert!(said.contains("terraform_data.b will be created"), "the whole plan is shown: {said}");
    refused(scratch.path(), &["destroy", "-auto-approve"]);
    refused(scratch.path(), &["apply", "-auto-approve"]);
    let listed = expect_exit(stackwright(scratch.path(), &["state", "list"]), 0, "after refusals");
    assert_eq!(listed, "terraform_data.a\n");
}

#[test]
fn a_plan_without_changes_lifts_the_protection() {
    let scratch = applied(PROTECTED);
    let dir = scratch.path();
    write(dir, LIFTED);
    expect_exit(stackwright(dir, &["plan", "-out=p", "-detailed-exitcode"]), 0, "nothing changes");
    expect_exit(stackwright(dir, &["apply", "p"]), 0, "a saved plan keeps what is protected");
    apply(dir, OTHER);
    let listed = expect_exit(stackwright(dir, &["state", "list"]), 0, "after the end");
    assert_eq!(listed, "terraform_data.b\n");
}

#[test]
fn a_removed_block_is_asked_for_on_purpose() {
    for destroy in [true, false] {
        let removed = format!(
            "removed {{\n  from = terraform_data.a\n  lifecycle {{\n    destroy = {destroy}\n  }}\n}}\n"
        );
        let scratch = applied(PROTECTED);
        apply(scratch.path(), &removed);
        assert_eq!(expect_exit(stackwright(scratch.path(), &["state", "list"]), 0, &removed), "");
    }
}

#[test]
fn the_protection_moves_with_the_object() {
    let scratch = applied(PROTECTED);
    let dir = scratch.path();
    write(dir, "moved {\n  from = terraform_data.a\n  to = terraform_data.c\n}\n");
    assert!(refused(dir, &["plan"]).contains("terraform_data.c"));
    expect_exit(stackwright(dir, &["state", "mv", "terraform_data.a", "terraform_data.d"]), 0, "mv");
    write(dir, OTHER);
    assert!(refused(dir, &["plan"]).contains("terraform_data.d"));
    let away = ["state", "mv", "-state-out=there.tfstate", "terraform_data.d", "terraform_data.e"];
    expect_exit(stackwright(dir, &away), 0, "mv to another state");
    expect_exit(stackwright(dir, &["plan"]), 0, "nothing of it is left here");
    assert!(refused(dir, &["plan", "-state=there.tfstate"]).contains("terraform_data.e"));
}

#[test]
fn objects_of_removed_modules_stay_protected() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    std::fs::create_dir(dir.join("m")).unwrap();
    std::fs::write(dir.join("m/main.tf"), PROTECTED).unwrap();
    write(dir, "module \"m\" {\n  source = \"./m\"\n  count = 2\n}\n");
    expect_exit(stackwright(dir, &["init"]), 0, "init");
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "apply");
    write(dir, OTHER);
    let said = refused(dir, &["plan"]);
    assert!(said.contains("module.m[0].terraform_data.a") && said.contains("module.m[1].terraform_data.a"));
}

#[test]
fn what_was_forgotten_is_no_longer_protected() {
    let scratch = applied(PROTECTED);
    let dir = scratch.path();
    expect_exit(stackwright(dir, &["state", "rm", "terraform_data.a"]), 0, "rm");
    apply(dir, LIFTED);
    apply(dir, OTHER);
}
