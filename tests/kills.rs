//! Kills real programs that make, change and destroy objects of a cloud behind HTTP, at random moments: nothing is orphaned
//! or doubled, and the next plain run finishes. The same with the state in PostgreSQL, and with that dying.
//!
//! `CRASH_KILLS` and `CRASH_SEED` choose how many kills and which, as for `crash`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use provider_sim::{Cloud, Item, Server, Settings};
use serde_json::Value;

use crate::binary::{expect_exit, stackwright};
use crate::crash::{number_from, scramble};
use crate::postgres::Postgres;

/// Every create class, and each kind of dependency.
const STACK: &str = r#"
variable "endpoint" {
  type = string
}

variable "size" {
  type = number
}

variable "zone" {
  type = string
}

provider "sim" {
  endpoint = var.endpoint
}

resource "stackwright_sim_network" "net" {
  name = "net"
  size = var.size
}

resource "stackwright_sim_subnet" "sub" {
  count      = 4
  name       = "sub"
  network_id = stackwright_sim_network.net.id
  size       = var.size
}

resource "stackwright_sim_server" "srv" {
  count      = 8
  name       = "srv"
  network_id = stackwright_sim_network.net.id
  zone       = var.zone

  lifecycle {
    create_before_destroy = true
  }
}

resource "stackwright_sim_bucket" "data" {
  count = 8
  name  = "data"
  zone  = var.zone
}

resource "stackwright_sim_database" "db" {
  count = 4
  name  = "db-${count.index}"
  size  = var.size
  tags  = { servers = join(",", stackwright_sim_server.srv[*].id) }
}

resource "stackwright_sim_service" "svc" {
  count      = 3
  name       = "svc"
  network_id = stackwright_sim_network.net.id
  tags       = { note = stackwright_sim_note.note.id }
}

resource "stackwright_sim_note" "note" {
  text = var.zone
}
"#;

/// How many objects of the cloud the stack has.
const OBJECTS: usize = 28;

/// Kills in one round: of the first apply, of the one that follows, of a change, and of the destruction.
const KILLS_A_ROUND: u64 = 4;

#[test]
fn what_a_killed_program_began_over_http_is_finished_by_the_next() {
    let first = number_from("CRASH_SEED", 1);
    let rounds = number_from("CRASH_KILLS", 4).div_ceil(KILLS_A_ROUND);
    for seed in first..first + rounds {
        Round::new(seed).play(&mut |round, command, requests| round.kill(command, requests));
    }
}

#[test]
fn what_was_begun_over_a_database_is_finished_by_the_next_even_if_the_database_died() {
    let Some(mut database) = Postgres::start() else { return };
    let first = number_from("CRASH_SEED", 1);
    let rounds = number_from("CRASH_KILLS", 4).div_ceil(KILLS_A_ROUND);
    for seed in first..first + rounds {
        let mut round = Round::new(seed);
        round.keep_in(&database);
        round.play(&mut |round, command, requests| match round.draw(2) {
            0 => round.kill(command, requests),
            _ => round.restart(&mut database, command, requests),
        });
    }
}

/// A stack with a cloud of its own.
struct Round {
    seed: u64,
    drawn: u64,
    dir: tempfile::TempDir,
    server: Server,
}

/// Interrupts a command after so many requests.
type Interrupt<'i> = dyn FnMut(&mut Round, &str, u64) + 'i;

impl Round {
    fn new(seed: u64) -> Round {
        let settings = Settings { seed, lingering: 0.5, ..Settings::default() };
        let server = Server::start(Cloud::new(settings)).expect("a port is free");
        let dir = tempfile::tempdir().expect("a scratch directory");
        std::fs::write(dir.path().join("main.tf"), STACK).expect("written");
        Round { seed, drawn: 0, dir, server }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn when(&self) -> String {
        format!("CRASH_SEED={}", self.seed)
    }

    fn want(&self, size: u64, zone: &str) {
        let text = format!("endpoint = {:?}\nsize = {size}\nzone = {zone:?}\n", self.server.url());
        std::fs::write(self.path().join("terraform.tfvars"), text).expect("written");
    }

    /// Keeps the state in a database, apart from those of other rounds.
    fn keep_in(&self, database: &Postgres) {
        let (address, seed) = (database.address(), self.seed);
        let backend = format!(
            "  backend \"pg\" {{\n    conn_str = {address:?}\n    schema_name = \"round_{seed}\"\n  }}\n"
        );
        std::fs::write(self.path().join("backend.tf"), format!("terraform {{\n{backend}}}\n"))
            .expect("written");
        expect_exit(stackwright(self.path(), &["init"]), 0, &self.when());
    }

    fn play(&mut self, interrupt: &mut Interrupt<'_>) {
        self.want(1, "a");
        interrupt(self, "apply", 150);
        interrupt(self, "apply", 60);
        self.finish();
        self.want(2, "b");
        interrupt(self, "apply", 150);
        self.finish();
        interrupt(self, "destroy", 120);
        expect_exit(stackwright(self.path(), &["destroy", "-auto-approve"]), 0, &self.when());
        assert_eq!(self.there(), BTreeMap::new(), "{}: what is destroyed is gone", self.when());
    }

    fn draw(&mut self, bound: u64) -> u64 {
        self.drawn += 1;
        scramble(self.seed.wrapping_mul(1_000) + self.drawn) % bound
    }

    /// Starts a command and kills it once the cloud has had so many requests, or a little later.
    fn kill(&mut self, command: &str, requests: u64) {
        end(self.begin(command, requests));
    }

    /// Starts a command and has the database lose its power and come back instead.
    fn restart(&mut self, database: &mut Postgres, command: &str, requests: u64) {
        let mut child = self.begin(command, requests);
        database.restart();
        child.wait().expect("it ends by itself");
    }

    /// A command that has run for a while, unless it is at its end.
    fn begin(&mut self, command: &str, requests: u64) -> Child {
        let already = self.server.cloud().requests;
        let until = already + self.draw(requests);
        let later = Duration::from_micros(self.draw(3_000));
        let mut child = start(self.path(), command);
        let is_running = |child: &mut Child| child.try_wait().is_ok_and(|ended| ended.is_none());
        while self.server.cloud().requests < until && is_running(&mut child) {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(later);
        child
    }

    /// A plain apply comes to its end, and all is as it is wanted.
    fn finish(&self) {
        let when = self.when();
        expect_exit(stackwright(self.path(), &["apply", "-auto-approve"]), 0, &when);
        let there = self.there();
        let made: BTreeSet<String> =
            there.values().filter(|item| item.maker.is_none()).map(|item| item.id.clone()).collect();
        assert_eq!(made, recorded(self.path(), &when), "{when}: the cloud has what is recorded, and no more");
        assert_eq!(made.len(), OBJECTS, "{when}");
        let outlived = there.values().filter(|i| i.maker.as_ref().is_some_and(|m| !there.contains_key(m)));
        assert_eq!(outlived.count(), 0, "{when}: nothing outlives its maker");
        expect_exit(stackwright(self.path(), &["plan", "-detailed-exitcode"]), 0, &when);
    }

    fn there(&self) -> BTreeMap<String, Item> {
        there(&self.server)
    }
}

fn there(server: &Server) -> BTreeMap<String, Item> {
    let now_ms = server.now_ms();
    let mut cloud = server.cloud();
    let existing = cloud.existing(now_ms).into_iter().filter(|item| !item.is_going());
    existing.map(|item| (item.id.clone(), item.clone())).collect()
}

fn start(dir: &Path, command: &str) -> Child {
    let mut command = stackwright(dir, &[command, "-auto-approve", "-no-color"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts")
}

fn end(mut child: Child) {
    child.kill().expect("it can be killed");
    child.wait().expect("it is gone");
}

/// The ids that the state records, of the cloud's objects.
fn recorded(dir: &Path, when: &str) -> BTreeSet<String> {
    let pulled = expect_exit(stackwright(dir, &["state", "pull"]), 0, when);
    let state: Value = serde_json::from_str(&pulled).expect("the state is JSON");
    assert_eq!(state["version"], 4, "{when}");
    let resources = state["resources"].as_array().expect("resources are listed").iter();
    let outside = resources.filter(|resource| resource["type"] != "stackwright_sim_note");
    let instances = outside.flat_map(|resource| resource["instances"].as_array().into_iter().flatten());
    instances.map(|i| i["attributes"]["id"].as_str().unwrap_or_default().to_owned()).collect()
}

/// One object in a cloud that takes its time, with a block that says more about it.
fn one_object(settings: Settings, block: &str) -> (tempfile::TempDir, Server) {
    let server = Server::start(Cloud::new(settings)).expect("a port is free");
    let dir = tempfile::tempdir().expect("a scratch directory");
    write_object(dir.path(), &server, block);
    (dir, server)
}

fn write_object(dir: &Path, server: &Server, block: &str) {
    let provider = format!("provider \"sim\" {{\n  endpoint = {:?}\n}}\n", server.url());
    std::fs::write(dir.join("main.tf"), provider + block).expect("written");
}

/// Starts a command and kills it once the cloud is as wanted.
fn kill_once(dir: &Path, command: &str, is_time: impl Fn() -> bool) {
    let (child, begun) = (start(dir, command), Instant::now());
    while !is_time() {
        assert!(begun.elapsed() < Duration::from_secs(120), "the moment to kill does not come");
        std::thread::sleep(Duration::from_micros(500));
    }
    end(child);
}

fn slow() -> Settings {
    Settings { time_scale: 0.01, ..Settings::default() }
}

#[test]
fn a_create_that_was_interrupted_is_adopted_and_what_is_half_made_is_replaced() {
    let database = "resource \"stackwright_sim_database\" \"db\" {\n  name = \"db\"\n}\n";
    for (half_made, summary) in [(0.0, "No changes"), (1.0, "is tainted, so must be replaced")] {
        let (dir, server) = one_object(Settings { half_made, ..slow() }, database);
        kill_once(dir.path(), "apply", || there(&server).len() == 1);
        server.cloud().settings.half_made = 0.0;
        let plan = expect_exit(stackwright(dir.path(), &["plan"]), 0, "after the kill");
        assert!(plan.contains(summary), "{plan}");
        expect_exit(stackwright(dir.path(), &["apply", "-auto-approve"]), 0, "after the kill");
        assert_eq!(there(&server).len(), 1);
        expect_exit(stackwright(dir.path(), &["plan", "-detailed-exitcode"]), 0, "at last");
    }
}

#[test]
fn an_update_that_was_interrupted_is_read_back() {
    let of_size =
        |n: u64| format!("resource \"stackwright_sim_bucket\" \"b\" {{\n  name = \"b\"\n  size = {n}\n}}\n");
    let (dir, server) = one_object(Settings::default(), &of_size(1));
    expect_exit(stackwright(dir.path(), &["apply", "-auto-approve"]), 0, "at first");
    // The program waits until reads see what it wrote: long enough to be killed meanwhile.
    server.cloud().settings.consistency_ms = 4_000;
    write_object(dir.path(), &server, &of_size(2));
    kill_once(dir.path(), "apply", || there(&server).values().all(|item| item.body.size == 2));
    server.cloud().settings.consistency_ms = 0;
    expect_exit(stackwright(dir.path(), &["apply", "-auto-approve"]), 0, "after the kill");
    assert_eq!(there(&server).values().map(|item| item.body.size).collect::<Vec<_>>(), [2]);
    expect_exit(stackwright(dir.path(), &["plan", "-detailed-exitcode"]), 0, "at last");
}

#[test]
fn a_deletion_that_was_interrupted_is_finished() {
    let database = "resource \"stackwright_sim_database\" \"db\" {\n  name = \"db\"\n}\n";
    let (dir, server) = one_object(Settings::default(), database);
    expect_exit(stackwright(dir.path(), &["apply", "-auto-approve"]), 0, "at first");
    server.cloud().settings.time_scale = 0.02;
    kill_once(dir.path(), "destroy", || there(&server).is_empty());
    expect_exit(stackwright(dir.path(), &["destroy", "-auto-approve"]), 0, "after the kill");
    let listed = expect_exit(stackwright(dir.path(), &["state", "list"]), 0, "at last");
    assert_eq!((listed.trim(), there(&server).len()), ("", 0));
}

#[test]
fn an_interrupted_provisioner_taints() {
    let bucket = r#"
resource "stackwright_sim_bucket" "b" {
  name = "b"

  provisioner "local-exec" {
    command = "touch begun; test -e quick || sleep 3"
  }
}
"#;
    let (dir, server) = one_object(Settings::default(), bucket);
    kill_once(dir.path(), "apply", || dir.path().join("begun").exists());
    std::fs::write(dir.path().join("quick"), "").expect("written");
    let plan = expect_exit(stackwright(dir.path(), &["plan"]), 0, "after the kill");
    assert!(plan.contains("is tainted, so must be replaced"), "{plan}");
    expect_exit(stackwright(dir.path(), &["apply", "-auto-approve"]), 0, "after the kill");
    assert_eq!(there(&server).len(), 1);
}
