//! Ephemeral resources and provider configurations through the binary: what waits for what, and what is never stored.

use std::path::Path;

use crate::binary::{expect_exit, finish, stackwright};

/// A key that exists for a run only, and what is made with it.
const ONCE: &str = r#"
ephemeral "tls_private_key" "once" {
  algorithm = "ED25519"
  lifecycle {
    postcondition {
      condition     = length(self.private_key_pem) > 0
      error_message = "There is no key."
    }
  }
}
resource "tls_cert_request" "request" {
  private_key_pem_wo         = ephemeral.tls_private_key.once.private_key_pem
  private_key_pem_wo_version = 1
}
check "fingerprint" {
  assert {
    condition     = startswith(ephemeral.tls_private_key.once.public_key_fingerprint_sha256, "SHA256:")
    error_message = "It has another form."
  }
}
"#;

/// One that is opened with what an apply makes, and a provisioner that uses it. The key is in a module, so that its name
/// stands after those of all that need it.
const CHAIN: &str = r#"
module "key" {
  source = "./key"
}
ephemeral "tls_public_key" "of" {
  count           = 1
  private_key_pem = module.key.pem
}
locals {
  fingerprint = ephemeral.tls_public_key.of[0].public_key_fingerprint_sha256
}
resource "terraform_data" "a" {
  provisioner "local-exec" {
    command     = "printf %s \"$FINGERPRINT\" > seen"
    environment = { FINGERPRINT = local.fingerprint }
  }
}
output "expected" {
  value = module.key.fingerprint
}
"#;

const KEY: &str = r#"
resource "tls_private_key" "key" {
  algorithm = "ED25519"
}
output "pem" {
  value = tls_private_key.key.private_key_pem
}
output "fingerprint" {
  value = tls_private_key.key.public_key_fingerprint_sha256
}
"#;

fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Plans with the arguments given, and gives what applying that says of its steps.
fn apply(dir: &Path, planning: &[&str]) -> String {
    expect_exit(stackwright(dir, &["init"]), 0, "init");
    expect_exit(stackwright(dir, &[&["plan", "-out=plan"], planning].concat()), 0, "plan");
    let applied = finish(stackwright(dir, &["apply", "-parallelism=1", "plan"]));
    let said = String::from_utf8_lossy(&applied.stderr).into_owned();
    assert_eq!(applied.status.code(), Some(0), "{said}");
    said
}

/// Where each of the lines stands; all are there, once.
fn positions(said: &str, lines: &[&str]) -> Vec<usize> {
    let position = |line: &&str| {
        let found: Vec<usize> = said.match_indices(*line).map(|(at, _)| at).collect();
        assert_eq!(found.len(), 1, "{line:?} in:\n{said}");
        found[0]
    };
    lines.iter().map(position).collect()
}

fn assert_in_order(said: &str, lines: &[&str]) {
    let found = positions(said, lines);
    assert!(found.is_sorted(), "{lines:?} in:\n{said}");
}

#[test]
fn an_ephemeral_key_is_stored_nowhere() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    write(dir, "main.tf", ONCE);
    let said = apply(dir, &[]);
    let lines =
        ["once: Opening...", "request: Creating...", "request: Creation complete", "once: Closing..."];
    assert_in_order(&said, &lines);
    expect_exit(stackwright(dir, &["plan", "-detailed-exitcode"]), 0, "the plan after it");
    let state = std::fs::read_to_string(dir.join("terraform.tfstate")).unwrap();
    assert!(state.contains("CERTIFICATE REQUEST") && !state.contains("PRIVATE KEY"), "{state}");
    let statuses = state.matches(r#""status": "pass""#).count();
    assert_eq!(statuses, 4, "the check and the condition, with their objects, in:\n{state}");
}

#[test]
fn what_needs_an_ephemeral_resource_waits_for_what_that_needs() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    write(dir, "main.tf", CHAIN);
    write(dir, "key/main.tf", KEY);
    let said = apply(dir, &[]);
    let lines = ["key: Creation complete", "of[0]: Opening complete", "a: Creating...", "of[0]: Closing..."];
    assert_in_order(&said, &lines);
    let expected = expect_exit(stackwright(dir, &["output", "-raw", "expected"]), 0, "the output");
    assert_eq!(std::fs::read_to_string(dir.join("seen")).unwrap(), expected);
}

#[test]
fn what_cannot_be_opened_is_told_once_and_stops_what_needs_it() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let broken = r#"
resource "terraform_data" "source" {
  input = "no key"
}
ephemeral "tls_public_key" "of" {
  private_key_pem = terraform_data.source.output
}
resource "terraform_data" "user" {
  count = 2
  provisioner "local-exec" {
    command     = "true"
    environment = { KEY = ephemeral.tls_public_key.of.public_key_pem }
  }
}
"#;
    write(dir, "main.tf", broken);
    let ended = finish(stackwright(dir, &["apply", "-auto-approve"]));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert_eq!(said.matches("Error: ").count(), 1, "{said}");
    assert!(said.contains("with ephemeral.tls_public_key.of"), "{said}");
    assert!(!said.contains("user[0]: Creating") && !said.contains("Closing"), "{said}");
    assert_eq!(expect_exit(stackwright(dir, &["state", "list"]), 0, "the rest"), "terraform_data.source\n");
}

#[test]
fn a_resource_waits_for_what_its_provider_is_configured_with() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let user = "resource \"tls_private_key\" \"user\" {\n  algorithm = \"ED25519\"\n}\n";
    let configuration = |value: &str| {
        format!(
            r#"
module "proxy" {{
  source = "./proxy"
  name   = "{value}"
}}
provider "tls" {{
  proxy {{
    url = "http://${{module.proxy.name}}:3128"
  }}
}}
"#
        )
    };
    let proxy = r#"
variable "name" {
  type = string
}
resource "terraform_data" "proxy" {
  input = var.name
}
output "name" {
  value = terraform_data.proxy.output
}
"#;
    write(dir, "proxy/main.tf", proxy);
    write(dir, "main.tf", &(configuration("first") + user));
    assert_in_order(&apply(dir, &[]), &["proxy: Creation complete", "user: Creating..."]);
    // What is deleted needs its provider too.
    write(dir, "main.tf", &configuration("second"));
    assert_in_order(&apply(dir, &[]), &["proxy: Modifications complete", "user: Destroying..."]);
    write(dir, "main.tf", &(configuration("second") + user));
    apply(dir, &[]);
    assert_in_order(&apply(dir, &["-destroy"]), &["user: Destruction complete", "proxy: Destroying..."]);
}

#[test]
fn data_sources_take_no_ephemeral_arguments() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let configuration = r#"
variable "path" {
  default   = "elsewhere.tfstate"
  ephemeral = true
}
data "terraform_remote_state" "other" {
  backend = "local"
  config  = { path = var.path }
}
"#;
    write(dir, "main.tf", configuration);
    for command in ["validate", "plan"] {
        let ended = finish(stackwright(dir, &[command]));
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.code() == Some(1) && said.contains("Invalid use of ephemeral value"), "{said}");
    }
}
