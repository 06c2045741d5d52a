//! Saved plans: what they keep, and what has to be given again.

use std::path::Path;

use tempfile::TempDir;

use crate::binary::{expect_exit, finish, stackwright};

fn directory(configuration: &str) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("main.tf"), configuration).unwrap();
    scratch
}

/// The errors of a command that must fail, in one line.
fn fail(dir: &Path, args: &[&str]) -> String {
    let output = finish(stackwright(dir, args));
    assert_eq!(output.status.code(), Some(1), "{args:?} fails");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const EPHEMERAL: &str = r#"
variable "kept" { default = "old" }
variable "once" {
  type      = string
  ephemeral = true
}
variable "unset" {
  default   = "unset"
  ephemeral = true
}
resource "terraform_data" "a" {
  input = var.kept
  provisioner "local-exec" {
    command     = "printf '%s %s' $ONCE $UNSET > said.txt"
    environment = { ONCE = var.once, UNSET = var.unset }
  }
}
"#;

#[test]
fn ephemeral_variables_are_given_again() {
    let scratch = directory(EPHEMERAL);
    let dir = scratch.path();
    expect_exit(stackwright(dir, &["plan", "-out=p", "-var=once=first"]), 0, "a plan is saved");
    assert!(!std::fs::read_to_string(dir.join("p")).unwrap().contains("first"), "the plan does not keep it");
    for (args, expected) in [
        (&["apply", "-input=false", "p"][..], "No value for required variable"),
        (&["apply", "-var=once=x", "-var=kept=new", "p"], "Value for undeclared variable"),
        (&["apply", "-var=once=x", "-var=nobody=x", "p"], "Value for undeclared variable"),
        (&["apply", "-var=once=x", "-var=unset=x", "p"], "Ephemeral variable was not set during planning"),
    ] {
        let error = fail(dir, args);
        assert!(error.contains(expected), "{args:?}: {error}");
    }
    assert!(!dir.join("terraform.tfstate").exists(), "nothing was applied so far");
    expect_exit(stackwright(dir, &["apply", "-var=once=second", "p"]), 0, "now it is");
    assert_eq!(std::fs::read_to_string(dir.join("said.txt")).unwrap(), "second unset");
}

#[test]
fn a_plan_that_imports_needs_no_file_that_it_wrote() {
    let scratch = directory("import {\n  to = terraform_data.a\n  id = \"x\"\n}\n");
    let dir = scratch.path();
    expect_exit(stackwright(dir, &["plan", "-out=p", "-generate-config-out=made.tf"]), 0, "a plan is saved");
    std::fs::remove_file(dir.join("made.tf")).unwrap();
    let said = expect_exit(stackwright(dir, &["apply", "p"]), 0, "it is applied");
    assert!(said.contains("1 imported"), "{said}");
}

const WHOLE: &str = r#"variable "size" { default = 2 }
module "m" {
  source = "./m"
  size   = var.size
}
resource "terraform_data" "n" {
  count = module.m.size
  input = file("${path.module}/text.txt")
}
output "n" { value = terraform_data.n[*].id }
"#;

/// A plan is all that is needed to look at it: neither the configuration nor what it reads nor the state is there.
#[test]
fn a_plan_is_shown_where_nothing_else_is() {
    let scratch = directory(WHOLE);
    let dir = scratch.path();
    std::fs::create_dir(dir.join("m")).unwrap();
    std::fs::write(dir.join("m/main.tf"), "variable \"size\" {}\noutput \"size\" {\n  value = var.size\n}\n")
        .unwrap();
    std::fs::write(dir.join("text.txt"), "hello").unwrap();
    expect_exit(stackwright(dir, &["init"]), 0, "init");
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "the first apply");
    std::fs::write(dir.join("text.txt"), "goodbye").unwrap();
    expect_exit(stackwright(dir, &["plan", "-out=p", "-var=size=3"]), 0, "the plan");
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::copy(dir.join("p"), elsewhere.path().join("p")).unwrap();
    for flags in [&[][..], &["-json"], &["-markdown"], &["-concise"], &["-explain=terraform_data.n[0]"]] {
        let args = [&["show"], flags, &["p"]].concat();
        let here = expect_exit(stackwright(dir, &args), 0, "beside its configuration");
        let there = expect_exit(stackwright(elsewhere.path(), &args), 0, "alone");
        assert_eq!(here, there, "{flags:?}");
        assert!(there.contains("terraform_data.n[0]"), "{flags:?}: {there}");
    }
    let left: Vec<_> = std::fs::read_dir(elsewhere.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "showing leaves nothing behind");
}
