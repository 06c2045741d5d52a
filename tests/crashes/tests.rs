//! A sample of the matrix and of lives, small enough for every day; and an order that has to give way.

use std::collections::BTreeMap;

use plan::{Mode, StepAction};
use provider_sim::{Cloud, Settings};

use crate::program::{End, Task, World, run};
use crate::stack::of_text;
use crate::{Counts, lives, matrix};

#[test]
fn a_sample_of_the_crash_matrix_converges() {
    let mut counts = Counts::new();
    for seed in 0..6 {
        let played = matrix::run(seed, 61, &mut counts);
        assert!(played.is_ok(), "{played:?}");
    }
    assert!(counts["crash points"] > 30, "{counts:?}");
}

#[test]
fn a_sample_of_lives_ends_with_nothing_left() {
    let mut counts = Counts::new();
    // In the last one, who had waited for a turn once waited for a place for ever.
    for seed in (0..20).chain([902_037]) {
        let lived = lives::run(seed, &mut counts);
        assert!(lived.is_ok(), "{lived:?}");
    }
    for what in ["deaths", "drifts", "destroys", "changes", "refused locks", "two at once"] {
        assert!(counts.get(what).is_some_and(|n| *n > 0), "{what}: {counts:?}");
    }
}

/// A server that reads a bucket and is made before its predecessor goes; and two that have nothing to do with them.
const BEFORE: &str = r#"
resource "stackwright_sim_server" "a" {
  name = "a"
  zone = "one"
  tags = { b = stackwright_sim_bucket.b.id }

  lifecycle {
    create_before_destroy = true
  }
}

resource "stackwright_sim_bucket" "b" {
  name = "b"
  zone = "one"
}

resource "stackwright_sim_server" "c" {
  name = "c"
  tags = { d = stackwright_sim_bucket.d.id }
}

resource "stackwright_sim_bucket" "d" {
  name = "d"
}
"#;

/// The bucket reads the server, and both are replaced; the two are gone.
const AFTER: &str = r#"
resource "stackwright_sim_server" "a" {
  name = "a"
  zone = "two"

  lifecycle {
    create_before_destroy = true
  }
}

resource "stackwright_sim_bucket" "b" {
  name = "b"
  zone = "two"
  tags = { a = stackwright_sim_server.a.id }
}
"#;

/// The old server goes after the new bucket, which comes after the old bucket goes, which comes after the old server
/// goes: the first of these orders gives way, the others do not, and neither does any that is in no circle.
#[test]
fn of_dependencies_turned_round_the_weakest_order_gives_way() {
    let project = |text| of_text(text, &BTreeMap::new()).expect("it loads");
    let task = Task { mode: Mode::Normal, seed: 1, death: None, parallelism: 10, records: false };
    let world = World::new(Cloud::new(Settings::default()));
    let made = run(world, &project(BEFORE), task).expect("it runs");
    let End::Done(snapshot, diags) = &made.end else { panic!("{:?}", made.end) };
    assert!(!diags.has_errors(), "{diags:?}");
    let plan = crate::program::plan_over(&made.world, &project(AFTER), snapshot).expect("it plans");
    let step = |address: &str, is: fn(&StepAction) -> bool| {
        let of = |s: &plan::Step| s.change.map(|c| plan.changes[c as usize].address.to_string());
        let at = plan.steps.iter().position(|s| of(s).as_deref() == Some(address) && is(&s.action));
        at.unwrap_or_else(|| panic!("no such step of {address}: {:?}", plan.steps))
    };
    let is_delete = |a: &StepAction| matches!(a, StepAction::Delete | StepAction::DeleteDeposed(_));
    let waits = |step: usize, before: usize| {
        let mut open = vec![step];
        let mut all = Vec::new();
        while let Some(at) = open.pop() {
            all.push(at);
            open.extend(plan.steps[at].after.iter().map(|s| s.0 as usize));
        }
        all.contains(&before)
    };
    let (a, b) = (step("stackwright_sim_server.a", is_delete), step("stackwright_sim_bucket.b", is_delete));
    let (c, d) = (step("stackwright_sim_server.c", is_delete), step("stackwright_sim_bucket.d", is_delete));
    let new_b = step("stackwright_sim_bucket.b", |a| *a == StepAction::Create);
    assert!(waits(b, a) && waits(new_b, b) && !waits(a, new_b), "{:?}", plan.steps);
    assert!(waits(d, c), "{:?}", plan.steps);
}

/// A service with the load balancer that the cloud puts beside it.
const SERVICE: &str = r#"
resource "stackwright_sim_network" "net" {
  name = "net"
}

resource "stackwright_sim_service" "svc" {
  name       = "svc"
  network_id = stackwright_sim_network.net.id
}
"#;

/// A program dies between a deletion and its last look around, and meanwhile the cloud has put something there again.
#[test]
fn what_comes_up_under_an_object_while_nobody_looks_goes_with_the_recovery() {
    let service = of_text(SERVICE, &BTreeMap::new()).expect("it loads");
    let task = Task { mode: Mode::Normal, seed: 1, death: None, parallelism: 10, records: false };
    let made = run(World::new(Cloud::new(Settings::default())), &service, task).expect("it runs");
    let mut world = made.world;
    let now_ms = world.now_ms;
    let balancer = world
        .cloud
        .existing(now_ms)
        .into_iter()
        .find(|item| item.maker.is_some())
        .cloned()
        .expect("a load balancer");
    let maker = balancer.maker.clone().expect("a maker");
    world.now_ms += 3_600_000;
    let destroy = Task { mode: Mode::Destroy, records: true, ..task };
    let moments = run(world, &service, destroy).expect("it runs").moments;
    let mut tried = 0;
    for mut world in moments {
        let is_gone = !world.cloud.existing(world.now_ms).iter().any(|item| item.id == maker);
        if !is_gone || !has_open_deletion(&world, "stackwright_sim_service.svc") {
            continue;
        }
        tried += 1;
        world.cloud.adopt(&balancer.id, Some(balancer.clone()));
        let ended = run(world, &service, Task { records: false, ..destroy }).expect("it runs");
        let (End::Done(snapshot, diags), mut world) = (ended.end, ended.world) else { panic!("it ends") };
        assert!(!diags.has_errors(), "{diags:?}");
        assert_eq!(crate::checks::nothing_is_left(&mut world, &snapshot), Vec::<String>::new());
    }
    assert!(tried > 0, "no moment lies between the deletion and the end of its clearing up");
}

fn has_open_deletion(world: &World, address: &str) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let store = state::Store::new(std::sync::Arc::new(world.fork().disk));
    let folded = runtime.block_on(store.read()).expect("it can be read");
    let is_it =
        |i: &state::Intent| i.action == state::IntentAction::Delete && i.address.to_string() == address;
    folded.unresolved.iter().any(|(_, intent)| is_it(intent))
}

/// An instance of which only an object is left that was set aside is configured no more: the object goes.
#[test]
fn what_is_set_aside_goes_when_its_instance_goes() {
    let project = |text| of_text(text, &BTreeMap::new()).expect("it loads");
    let task = Task { mode: Mode::Normal, seed: 1, death: None, parallelism: 10, records: false };
    let made = run(World::new(Cloud::new(Settings::default())), &project(SERVICE), task).expect("it runs");
    let End::Done(mut snapshot, _) = made.end else { panic!("it ends") };
    let service = "stackwright_sim_service.svc".parse().expect("an address");
    let state = snapshot.instances.get_mut(&service).expect("it is recorded");
    let object = state.current.take().expect("it is in use");
    state.deposed.insert("00c0ffee".into(), object);
    let without = SERVICE.split("resource \"stackwright_sim_service\"").next().expect("the network");
    let plan = crate::program::plan_over(&made.world, &project(without), &snapshot).expect("it plans");
    let goes = plan.steps.iter().any(|s| s.action == StepAction::DeleteDeposed("00c0ffee".into()));
    assert!(goes, "{:?}", plan.steps);
}
