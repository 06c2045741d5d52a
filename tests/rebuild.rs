//! A state is lost, and rebuilt from the marks that objects carry.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::binary::{expect_exit, finish, stackwright};

/// Objects in modules, counted and not, one of which had another name when it was made.
const STACK: &str = r#"
provider "sim" {
  inventory = "cloud.jsonl"
}

resource "stackwright_sim_network" "net" {
  name = "net"
}

resource "stackwright_sim_bucket" "data" {
  count = 3
  name  = "data"
}

resource "stackwright_sim_server" "srv" {
  for_each   = toset(["a", "b"])
  name       = each.key
  network_id = stackwright_sim_network.net.id
  tags       = { bucket = stackwright_sim_bucket.data[0].id }
}

module "more" {
  source  = "./more"
  network = stackwright_sim_network.net.id
}

output "endpoints" {
  value = [for s in stackwright_sim_server.srv : s.endpoint]
}
"#;

const MORE: &str = r#"
variable "network" {
  type = string
}

resource "stackwright_sim_database" "NAME" {
  name = "db"
}

resource "stackwright_sim_service" "svc" {
  name       = "svc"
  network_id = var.network
}
"#;

const MOVED: &str = r#"
moved {
  from = stackwright_sim_database.first
  to   = stackwright_sim_database.second
}
"#;

fn stack() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("more")).unwrap();
    std::fs::write(dir.path().join("main.tf"), STACK).unwrap();
    std::fs::write(dir.path().join("more/main.tf"), MORE.replace("NAME", "first")).unwrap();
    run(dir.path(), &["init"], 0);
    run(dir.path(), &["apply", "-auto-approve"], 0);
    dir
}

fn run(dir: &Path, args: &[&str], code: i32) -> String {
    expect_exit(stackwright(dir, args), code, "a lost state")
}

fn lose_state(dir: &Path) {
    for name in ["terraform.tfstate", "terraform.tfstate.backup", "terraform.tfstate.sidecar"] {
        let _may_not_be_there = std::fs::remove_file(dir.join(name));
    }
}

/// What a cloud in a file holds, by id.
pub fn cloud(dir: &Path) -> BTreeMap<String, Value> {
    let mut items = BTreeMap::new();
    for line in std::fs::read_to_string(dir.join("cloud.jsonl")).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if let Some(id) = line["gone"].as_str() {
            items.remove(id);
        }
        if let Some(id) = line["item"]["id"].as_str() {
            items.insert(id.to_owned(), line["item"].clone());
        }
    }
    items.retain(|_, item| item["gone"].is_null());
    items
}

#[test]
fn a_lost_state_is_rebuilt_from_marks_and_plans_no_change() {
    let dir = stack();
    let dir = dir.path();
    let before = run(dir, &["state", "list"], 0);
    std::fs::write(dir.join("more/main.tf"), MORE.replace("NAME", "second") + MOVED).unwrap();
    lose_state(dir);
    let told = run(dir, &["recover", "-from-marks"], 0);
    assert!(told.contains("module.more.stackwright_sim_database.second is db-"), "{told}");
    assert!(!told.contains("Not found"), "{told}");
    assert_eq!(run(dir, &["state", "list"], 0), before.replace(".first", ".second"));
    run(dir, &["plan", "-detailed-exitcode"], 0);
    run(dir, &["destroy", "-auto-approve"], 0);
    assert_eq!(cloud(dir), BTreeMap::new());
}

#[test]
fn what_belongs_to_no_address_is_listed_and_left_alone() {
    let dir = stack();
    let dir = dir.path();
    lose_state(dir);
    let without = STACK.replace("count = 3", "count = 2") + "\nresource \"stackwright_sim_note\" \"n\" {}\n";
    std::fs::write(dir.join("main.tf"), without).unwrap();
    let objects = made(dir);
    let told = run(dir, &["recover", "-from-marks"], 0);
    assert!(told.contains("left alone:\n  stackwright_sim_bucket bkt-"), "{told}");
    assert!(told.contains("stackwright_sim_note.n exists in the state alone"), "{told}");
    assert_eq!(made(dir), objects);
}

/// How many objects there are, but for those that the cloud makes in its own time.
fn made(dir: &Path) -> usize {
    cloud(dir).keys().filter(|id| !id.starts_with("lb-")).count()
}

#[test]
fn a_state_that_holds_something_is_replaced_only_by_who_says_so() {
    let dir = stack();
    let dir = dir.path();
    let state = std::fs::read(dir.join("terraform.tfstate")).unwrap();
    let refused = finish(stackwright(dir, &["recover", "-from-marks"]));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("-overwrite"), "{said}");
    assert_eq!(std::fs::read(dir.join("terraform.tfstate")).unwrap(), state);
    std::fs::write(dir.join("terraform.tfstate"), "{ torn").unwrap();
    assert_eq!(finish(stackwright(dir, &["recover", "-from-marks"])).status.code(), Some(1));
    run(dir, &["recover", "-from-marks", "-overwrite"], 0);
    run(dir, &["plan", "-detailed-exitcode"], 0);
}

#[test]
fn where_nothing_carries_marks_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let stack = STACK.split("module").next().unwrap();
    std::fs::write(dir.path().join("main.tf"), stack).unwrap();
    let refused = finish(stackwright(dir.path(), &["recover", "-from-marks"]));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && said.contains("No marks found"), "{said}");
    assert!(!dir.path().join("terraform.tfstate").exists());
    assert_eq!(run(dir.path(), &["recover"], 0), "Nothing is left open.\n");
}
