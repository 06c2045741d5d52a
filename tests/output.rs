//! What the binary says: no secret, and the same each time.

use std::path::Path;

use crate::binary::{finish, stackwright};

/// A secret where values go: arguments, nested ones, templates, an output. (Not in `input` of `terraform_data`: its mirror
/// `output` is the provider's word, which no mark reaches, in Terraform neither.)
const SECRETIVE: &str = r#"
variable "token" {
  type      = string
  sensitive = true
}

resource "terraform_data" "holder" {
  triggers_replace = { token = var.token, list = ["a", "b-${var.token}"] }
}

resource "local_file" "settings" {
  filename = "${path.module}/settings.txt"
  content  = "token = ${var.token}\n"
}

output "token" {
  value     = terraform_data.holder.triggers_replace.token
  sensitive = true
}
"#;

/// Distinct enough that nothing says it by chance.
const SECRET: &str = "n0body-may-see-th1s";

/// What says a lot: plans, progress, states, messages, errors.
const TALKATIVE: &[&[&str]] = &[
    &["validate"],
    &["plan", "-out=saved.plan"],
    &["show", "saved.plan"],
    &["apply", "saved.plan"],
    &["plan", "-json", "-replace=terraform_data.holder"],
    &["apply", "-json", "-auto-approve", "-replace=terraform_data.holder"],
    &["show"],
    &["state", "show", "terraform_data.holder"],
    &["state", "show", "local_file.settings"],
    &["output"],
    &["apply", "saved.plan"],
    &["plan", "-target=local_file.nothing"],
    &["destroy", "-auto-approve"],
];

#[test]
fn a_secret_is_in_no_output() {
    let scratch = directory(SECRETIVE);
    for args in TALKATIVE {
        assert!(!said(scratch.path(), args).contains(SECRET), "{args:?} shows the secret");
    }
    assert!(!scratch.path().join("settings.txt").exists(), "all of it was run to the end");
}

#[test]
fn a_secret_is_in_no_error() {
    let wrong = [
        "resource \"terraform_data\" \"x\" {\n  count = var.token\n}\n",
        "output \"x\" {\n  value = tonumber(var.token)\n}\n",
        "output \"x\" {\n  value = { a = 1 }[var.token]\n}\n",
        "output \"x\" {\n  value = jsondecode(var.token)\n}\n",
        "output \"x\" {\n  value = file(var.token)\n}\n",
        "output \"x\" {\n  value = regex(\"[0-9]{9}\", var.token)\n}\n",
        "resource \"local_file\" \"x\" {\n  filename = \"/proc/${var.token}/x\"\n}\n",
    ];
    for text in wrong {
        let scratch = directory(&format!("variable \"token\" {{\n  sensitive = true\n}}\n\n{text}"));
        for args in [&["plan"][..], &["apply", "-auto-approve"], &["apply", "-json", "-auto-approve"]] {
            let said = said(scratch.path(), args);
            assert!(said.contains("Error") || said.contains("error"), "{args:?} on {text} fails: {said}");
            assert!(!said.contains(SECRET), "{args:?} shows the secret of {text}: {said}");
        }
    }
}

#[test]
fn the_same_plan_reads_the_same() {
    let scratch = directory(
        r#"
resource "terraform_data" "many" {
  for_each = toset([for i in range(40) : "n${i}"])
  input    = { for k in ["z", "a", "m"] : k => each.key }
}

output "all" {
  value = { for k, v in terraform_data.many : k => v.input }
}
"#,
    );
    let first = said(scratch.path(), &["plan"]);
    for _ in 0..4 {
        assert_eq!(said(scratch.path(), &["plan"]), first);
    }
}

fn directory(configuration: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    std::fs::write(scratch.path().join("main.tf"), configuration).expect("written");
    scratch
}

/// All that a command says, to either stream.
fn said(dir: &Path, args: &[&str]) -> String {
    let mut command = stackwright(dir, args);
    command.env("TF_VAR_token", SECRET).env("RUST_BACKTRACE", "1");
    let output = finish(command);
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}
