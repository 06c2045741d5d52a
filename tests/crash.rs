//! Kills an apply of 200 resources at random moments: the state is readable each time, and a plain second apply
//! converges without duplicate and without orphan.
//!
//! `CRASH_KILLS` and `CRASH_SEED` choose how many kills and which; `tests/extended` asks for more of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::binary::{command, expect_exit, finish, is_installed, stackwright};

/// Resources without effects; Terraform can plan them too, for it needs no provider for them.
const DATA: &str = r#"
locals {
  names = toset([for i in range(50) : format("%03d", i)])
}

resource "terraform_data" "seed" {
  for_each = local.names
  input    = "seed-${each.key}"
}

resource "terraform_data" "middle" {
  for_each = local.names
  input    = terraform_data.seed[each.key].id
}
"#;

/// As many files, which are real effects; each waits for resources before it.
const FILES: &str = r#"
resource "local_file" "first" {
  for_each = local.names
  filename = "${path.module}/out/first-${each.key}.txt"
  content  = terraform_data.seed[each.key].output
}

resource "local_file" "last" {
  for_each = local.names
  filename = "${path.module}/out/last-${each.key}.txt"
  content  = "${terraform_data.middle[each.key].output} ${local_file.first[each.key].content_sha256}"
}
"#;

/// Resources of both together.
const RESOURCES: usize = 200;

#[test]
fn a_killed_apply_is_finished_by_the_next() {
    let terraform = is_installed("terraform");
    let mut open_journals = 0;
    for mut moment in moments() {
        let scratch = scratch();
        let dir = scratch.path();
        moment.kill_an_apply(dir);
        if has_open_journal(dir) {
            open_journals += 1;
            if terraform {
                terraform_refuses(dir, &moment);
            }
        }
        let before = readable_state(dir, &moment);
        finish_and_check(dir, &moment, &before);
        if terraform {
            terraform_plans_no_change(dir, &moment);
        }
    }
    assert!(open_journals > 0, "no kill left a journal: they all came too early or too late");
}

/// A moment to kill at: so many lines of progress, and a little later.
struct Moment {
    seed: u64,
    lines: u64,
    later: Duration,
    /// How many lines of progress the apply gave before it died.
    seen: u64,
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Moment { seed, lines, later, seen } = self;
        write!(f, "CRASH_SEED={seed}: killed {later:?} after line {lines} of progress ({seen} were seen)")
    }
}

impl Moment {
    /// Starts an apply and kills it. It may have ended by then: that is a moment too.
    fn kill_an_apply(&mut self, dir: &Path) {
        let mut apply = stackwright(dir, &["apply", "-auto-approve", "-no-color"]);
        let mut child =
            apply.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let mut progress = BufReader::new(child.stderr.take().expect("standard error is piped")).lines();
        while self.seen < self.lines && progress.next().is_some_and(|line| line.is_ok()) {
            self.seen += 1;
        }
        std::thread::sleep(self.later);
        child.kill().expect("the apply can be killed");
        child.wait().expect("the apply is gone");
    }
}

/// The moments of this run: the first seeds of a fixed row, or of another one that `CRASH_SEED` starts.
fn moments() -> impl Iterator<Item = Moment> {
    let first = number_from("CRASH_SEED", 1);
    (first..first + number_from("CRASH_KILLS", 6)).map(|seed| {
        let random = scramble(seed);
        // An apply gives two lines for each resource.
        let lines = random % (2 * RESOURCES as u64);
        let later = Duration::from_micros((random >> 32) % 4_000);
        Moment { seed, lines, later, seen: 0 }
    })
}

/// A number that an environment variable gives.
pub fn number_from(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The mixing step of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
pub fn scramble(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn scratch() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    std::fs::write(scratch.path().join("data.tf"), DATA).expect("written");
    std::fs::write(scratch.path().join("files.tf"), FILES).expect("written");
    scratch
}

/// The objects that the state holds after the kill, by address; none if the kill came before the first.
fn readable_state(dir: &Path, moment: &Moment) -> BTreeMap<String, String> {
    if !dir.join("terraform.tfstate").exists() {
        return BTreeMap::new();
    }
    let listed = expect_exit(stackwright(dir, &["state", "list"]), 0, &moment.to_string());
    let objects = pull(dir, moment);
    let addresses: BTreeSet<&str> = listed.lines().collect();
    assert_eq!(addresses, objects.keys().map(String::as_str).collect(), "{moment}: list and pull agree");
    objects
}

/// The identifier of every object in the state, by address.
fn pull(dir: &Path, moment: &Moment) -> BTreeMap<String, String> {
    let pulled = expect_exit(stackwright(dir, &["state", "pull"]), 0, &moment.to_string());
    if pulled.trim().is_empty() {
        return BTreeMap::new();
    }
    let state: Value = serde_json::from_str(&pulled).expect("the state is JSON");
    assert_eq!(state["version"], 4, "{moment}");
    let resources = state["resources"].as_array().expect("resources are listed");
    resources.iter().flat_map(objects_of).collect()
}

fn objects_of(resource: &Value) -> Vec<(String, String)> {
    let block = format!("{}.{}", text(&resource["type"]), text(&resource["name"]));
    let instances = resource["instances"].as_array().expect("instances are listed");
    instances
        .iter()
        .map(|instance| {
            assert!(instance.get("deposed").is_none(), "{block}: nothing here is ever replaced");
            (format!("{block}[{}]", instance["index_key"]), text(&instance["attributes"]["id"]))
        })
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

/// A second apply makes the rest and keeps what was there; a plan after it finds nothing to do.
fn finish_and_check(dir: &Path, moment: &Moment, before: &BTreeMap<String, String>) {
    let when = moment.to_string();
    expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, &when);
    let after = pull(dir, moment);
    assert_eq!(after.len(), RESOURCES, "{when}");
    for (address, id) in before {
        assert_eq!(after.get(address), Some(id), "{when}: {address} was made twice");
    }
    expect_exit(stackwright(dir, &["plan", "-detailed-exitcode"]), 0, &when);
    let found = names_in(&dir.join("out"));
    let expected = expected_files();
    let strange: Vec<&String> = found.symmetric_difference(&expected).collect();
    assert!(strange.is_empty(), "{when}: missing, or nobody's: {strange:?}");
    assert!(!has_open_journal(dir), "{when}");
}

/// Whether the published state says that a journal goes with it.
fn has_open_journal(dir: &Path) -> bool {
    let Ok(document) = std::fs::read(dir.join("terraform.tfstate")) else { return false };
    let document: Value = serde_json::from_slice(&document).expect("the state file is JSON");
    document["version"] != 4
}

/// While a journal is open Terraform refuses the state, for its version and not for want of a provider.
fn terraform_refuses(dir: &Path, moment: &Moment) {
    let elsewhere = tempfile::tempdir().expect("a scratch directory");
    std::fs::write(elsewhere.path().join("data.tf"), DATA).expect("written");
    std::fs::copy(dir.join("terraform.tfstate"), elsewhere.path().join("terraform.tfstate")).expect("copied");
    let output = finish(command("terraform", elsewhere.path(), &["plan", "-input=false", "-no-color"]));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{moment}: {message}");
    assert!(message.contains("Unsupported state file format"), "{moment}: {message}");
}

/// Terraform reads the whole state; of what it can plan without a provider, it changes nothing.
fn terraform_plans_no_change(dir: &Path, moment: &Moment) {
    let when = moment.to_string();
    let listed = expect_exit(command("terraform", dir, &["state", "list"]), 0, &when);
    assert_eq!(listed.lines().count(), RESOURCES, "{when}");
    std::fs::remove_file(dir.join("files.tf")).expect("removed");
    let forget = stackwright(dir, &["state", "rm", "local_file.first", "local_file.last"]);
    expect_exit(forget, 0, &when);
    let plan = command("terraform", dir, &["plan", "-input=false", "-no-color", "-detailed-exitcode"]);
    expect_exit(plan, 0, &when);
}

fn names_in(dir: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(dir).expect("the directory can be listed");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

fn expected_files() -> BTreeSet<String> {
    ["first", "last"].iter().flat_map(|layer| (0..50).map(move |i| format!("{layer}-{i:03}.txt"))).collect()
}
