//! What cannot be counted at once: errors that say why, and rounds that end.

use std::path::Path;

use crate::binary::{expect_exit, finish, stackwright};

const CONFIGURATION: &str = r#"
resource "terraform_data" "a" { input = 2 }
locals { n = terraform_data.a.output }
resource "terraform_data" "b" {
  count = local.n
  input = count.index
}
resource "terraform_data" "free" { input = "x" }
module "m" {
  source   = "./m"
  for_each = toset([for b in terraform_data.b : tostring(b.output)])
  n        = each.key
}
output "last" { value = [for k, m in module.m : m.o] }
output "first" { value = terraform_data.free.input }
"#;

const MODULE: &str = r#"
variable "n" {}
resource "terraform_data" "in" { input = var.n }
output "o" { value = terraform_data.in.output }
"#;

fn place(main: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::create_dir(scratch.path().join("m")).unwrap();
    std::fs::write(scratch.path().join("m/main.tf"), MODULE).unwrap();
    std::fs::write(scratch.path().join("main.tf"), main).unwrap();
    expect_exit(stackwright(scratch.path(), &["init"]), 0, "init");
    scratch
}

fn refused(dir: &Path, args: &[&str]) -> String {
    let output = finish(stackwright(dir, args));
    assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
    String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_error_says_what_is_unknown_and_what_to_apply_first() {
    let place = place(CONFIGURATION);
    let said = refused(place.path(), &["plan"]);
    assert!(said.contains("Not known is local.n, which comes from terraform_data.a."), "{said}");
    assert!(said.contains("-target=terraform_data.a first"), "{said}");
}

#[test]
fn rounds_go_on_until_nothing_is_put_off() {
    let place = place(CONFIGURATION);
    let said = expect_exit(stackwright(place.path(), &["apply", "-converge", "-auto-approve"]), 0, "rounds");
    let at = |text: &str| said.find(text).unwrap_or_else(|| panic!("{text} is not in {said}"));
    assert!(
        at("Round 1. Put off until more is known, with all that depends on it: terraform_data.b.")
            < at("Round 2.")
    );
    assert!(at("depends on it: module.m.") < at("Round 3: everything is known"));
    assert!(said.ends_with("last = [\n  \"0\",\n  \"1\",\n]\n"), "{said}");
    expect_exit(stackwright(place.path(), &["plan", "-detailed-exitcode"]), 0, "nothing is left");
}

#[test]
fn what_was_counted_before_stays_while_it_is_put_off() {
    let place = place(CONFIGURATION);
    expect_exit(stackwright(place.path(), &["apply", "-converge", "-auto-approve"]), 0, "rounds");
    std::fs::write(place.path().join("main.tf"), CONFIGURATION.replace("input = 2", "input = 3")).unwrap();
    let said = expect_exit(stackwright(place.path(), &["apply", "-converge", "-auto-approve"]), 0, "more");
    assert!(!said.contains("will be destroyed"), "{said}");
    assert!(said.ends_with("\"2\",\n]\n"), "{said}");
}

#[test]
fn rounds_that_make_nothing_known_end() {
    let place = place(
        "resource \"terraform_data\" \"a\" { input = uuid() }\nresource \"terraform_data\" \"b\" { count = length(terraform_data.a.output) }\n",
    );
    let said = refused(place.path(), &["apply", "-converge", "-auto-approve"]);
    assert!(said.contains("Further rounds would not make it known"), "{said}");
}

#[test]
fn rounds_are_asked_for_and_do_not_go_with_plans() {
    let place = place(CONFIGURATION);
    assert!(refused(place.path(), &["apply", "-converge"]).contains("Not approved"));
    for more in ["-destroy", "-refresh-only", "saved.plan"] {
        assert!(refused(place.path(), &["apply", "-converge", more]).contains("Incompatible options"));
    }
}
