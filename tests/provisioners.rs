//! Provisioners when things go wrong: what was begun is never taken for done.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::binary::{expect_exit, finish, stackwright};

/// Waits for a file `go`, so that a test can end it; says on disk that it has begun.
const WAITING: &str = r#"
resource "terraform_data" "x" {
  provisioner "local-exec" {
    command = "echo begun >> log; for i in $(seq 600); do test -f go && exit 0; sleep 0.1; done"
  }
}
"#;

#[test]
fn a_killed_provisioner_leaves_its_object_tainted() {
    let scratch = configured(WAITING);
    let dir = scratch.path();
    let mut apply = stackwright(dir, &["apply", "-auto-approve"]);
    let mut apply = apply.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for(&dir.join("log"));
    apply.kill().unwrap();
    apply.wait().unwrap();
    std::fs::write(dir.join("go"), "").unwrap();

    let planned = changes(dir);
    assert_eq!(planned, [("terraform_data.x".to_owned(), "replace_because_tainted".to_owned())]);
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "the next apply");
    assert_eq!(std::fs::read_to_string(dir.join("log")).unwrap(), "begun\nbegun\n");
    expect_exit(stackwright(dir, &["plan", "-detailed-exitcode"]), 0, "the plan after it");
}

#[test]
fn a_failure_tells_no_secret() {
    let scratch = configured(
        r#"
variable "token" {
  default   = "hush-hush"
  sensitive = true
}
resource "terraform_data" "x" {
  provisioner "local-exec" {
    command = "echo ${var.token}; exit 7"
  }
}
"#,
    );
    for args in [&["apply", "-auto-approve"][..], &["apply", "-auto-approve", "-json"]] {
        let output = finish(stackwright(scratch.path(), args));
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(!said.contains("hush-hush") && said.contains("exit status 7"), "{said}");
    }
}

fn configured(text: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("main.tf"), text).unwrap();
    scratch
}

fn wait_for(path: &Path) {
    let begun = Instant::now();
    while !path.exists() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{} never came", path.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The addresses of a plan's changes with their reasons.
fn changes(dir: &Path) -> Vec<(String, String)> {
    expect_exit(stackwright(dir, &["plan", "-out", "plan"]), 0, "the plan after the kill");
    let shown = expect_exit(stackwright(dir, &["show", "-json", "plan"]), 0, "the plan shown");
    let plan: Value = serde_json::from_str(&shown).unwrap();
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    changes.map(|c| (text(&c["address"]), text(&c["action_reason"]))).collect()
}
