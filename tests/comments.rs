//! Plans as comments on pull requests: `show -markdown`.

use std::path::Path;

use crate::binary::{expect_exit, finish, stackwright};

/// Something of everything, with names and values that a page could take for markup.
const MAIN: &str = r#"variable "secret" {
  default   = "hunter2"
  sensitive = true
}
variable "tone" { default = "<b>calm</b>" }
resource "terraform_data" "kept" {
  input            = { text = "```\n</details> @all #1\n```", tone = var.tone }
  triggers_replace = var.tone
  lifecycle { prevent_destroy = false }
}
resource "terraform_data" "each" {
  for_each = toset(["</code>@all", "b"])
  input    = "${each.key} ${terraform_data.kept.id}"
}
resource "local_file" "note" {
  filename = "${path.module}/note.txt"
  content  = var.secret
}
check "tone" {
  assert {
    condition     = var.tone == "calm"
    error_message = "The tone is ${var.tone}, @all."
  }
}
output "tone" { value = var.tone }
output "secret" {
  value     = var.secret
  sensitive = true
}
"#;

fn directory(text: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("main.tf"), text).unwrap();
    expect_exit(stackwright(scratch.path(), &["init"]), 0, "init");
    scratch
}

fn comment(dir: &Path, flags: &[&str]) -> String {
    expect_exit(stackwright(dir, &[&["plan", "-out=p"], flags].concat()), 0, "the plan");
    shown(dir)
}

fn shown(dir: &Path) -> String {
    expect_exit(stackwright(dir, &["show", "-markdown", "p"]), 0, "the comment")
}

#[test]
fn a_comment_tells_the_worst_first_and_shows_no_secret() {
    let scratch = directory(MAIN);
    let dir = scratch.path();
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "the first apply");
    std::fs::remove_file(dir.join("note.txt")).unwrap();
    let page = comment(dir, &["-var", "tone=loud & <i>"]);
    assert_eq!(page, comment(dir, &["-var", "tone=loud & <i>"]), "the same again");
    let in_order = [
        "<!-- stackwright plan default -->\n<h3>Plan, workspace <code>default</code></h3>\n",
        "<p><b>Plan: 2 to add, 2 to change, 1 to destroy.</b> (1 replaced)</p>",
        "<p>Checks: 1 failed.</p>",
        "<p>Made from serial ",
        "<h4>Errors and warnings: 1</h4>",
        "<b>Warning</b>: <code>Check block assertion failed</code> on <code>main.tf:",
        "```text\n The tone is loud & <i>, @all.\n```",
        "<h4>Replaced, destroyed or forgotten: 1</h4>",
        "<code>-/+</code> <code>terraform_data.kept</code> must be replaced; <code>because triggers_replace, which forces a \
         replacement, follows var.tone: the command line (-var)",
        "````diff\n",
        "! triggers_replace = \"<b>calm</b>\" -> \"loud & <i>\" # forces replacement\n",
        "<h4>Changed outside of Stackwright: 1</h4>",
        "<code>local_file.note</code> has been deleted",
        "<h4>Updated in place: 2</h4>",
        "<code>terraform_data.each[&quot;&lt;/code&gt;@all&quot;]</code> will be updated in-place",
        "<h4>Created: 1</h4>",
        "<h4>Outputs: 1</h4>",
        "! tone = \"<b>calm</b>\" -> \"loud & <i>\"\n",
    ];
    let mut at = 0;
    let flat = page.replace("!   ", "! ");
    for part in in_order {
        let found = flat[at..].find(part);
        assert!(found.is_some(), "{part} comes after {at} in {page}");
        at += found.unwrap() + part.len();
    }
    assert!(!page.contains("hunter2"), "{page}");
}

#[test]
fn a_plan_that_failed_is_shown_as_such_and_marks_what_is_protected() {
    let text = MAIN.replace("prevent_destroy = false", "prevent_destroy = true");
    let scratch = directory(&text);
    let dir = scratch.path();
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "the first apply");
    expect_exit(stackwright(dir, &["plan", "-out=p", "-var=tone=loud"]), 1, "the plan fails");
    let page = shown(dir);
    for part in [
        "<p><b>Planning failed.</b> This is how far it came; such a plan is never applied.</p>",
        "<b>Error</b>: <code>Instance cannot be destroyed</code> with <code>terraform_data.kept</code> on <code>main.tf:",
        "<code>terraform_data.kept</code> must be replaced, <b>protected</b>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[test]
fn nothing_to_do_and_destruction_are_said() {
    let scratch = directory(MAIN);
    let dir = scratch.path();
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "the first apply");
    assert!(comment(dir, &[]).contains("<p><b>No changes.</b> Your infrastructure matches"));
    let page = comment(dir, &["-destroy"]);
    assert!(page.contains("<h3>Plan to destroy, workspace <code>default</code></h3>"), "{page}");
    assert!(page.contains("<h4>Replaced, destroyed or forgotten: 4</h4>"), "{page}");
}

#[test]
fn only_saved_plans_become_comments() {
    let scratch = directory(MAIN);
    for (args, says) in [
        (&["show", "-markdown"][..], "no plan was given"),
        (&["show", "-markdown", "main.tf"], "main.tf is not a saved plan"),
        (&["show", "-markdown", "nowhere"], "nowhere does not exist"),
        (&["show", "-markdown", "-json", "main.tf"], "Incompatible options"),
    ] {
        let output = finish(stackwright(scratch.path(), args));
        let text = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(text.contains(says), "{args:?}: {text}");
    }
}
