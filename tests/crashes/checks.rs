//! What must hold of a world once a program has come to its end.

use std::collections::{BTreeMap, BTreeSet};

use provider_sim::{Item, LOAD_BALANCER, Status};
use state::StateSnapshot;

use crate::program::World;
use crate::stack::Wanted;

/// What is wrong with a world and its state, given what is wanted.
pub fn is_as_wanted(world: &mut World, snapshot: &StateSnapshot, wanted: &Wanted) -> Vec<String> {
    let mut wrong = addresses(snapshot, wanted);
    wrong.extend(nothing_is_lost(world, snapshot));
    let (now_ms, recorded) = (world.now_ms, recorded(snapshot));
    for item in world.cloud.existing(now_ms) {
        let Some((address, attributes)) = recorded.get(&item.id) else { continue };
        if item.status(now_ms) != Status::Ready {
            wrong.push(format!("{address} is {:?}", item.status(now_ms)));
        }
        if item.is_settling(now_ms) {
            wrong.push(format!("{address} has not settled, and the program is through"));
        }
        wrong.extend(difference(address, attributes, item, wanted));
    }
    wrong
}

/// What is orphaned, doubled, or recorded and not there.
pub fn nothing_is_lost(world: &mut World, snapshot: &StateSnapshot) -> Vec<String> {
    let (now_ms, recorded) = (world.now_ms, recorded(snapshot));
    let mut wrong = Vec::new();
    let there: BTreeMap<String, Item> = {
        let existing = world.cloud.existing(now_ms);
        existing.into_iter().map(|item| (item.id.clone(), item.clone())).collect()
    };
    for (id, item) in &there {
        match &item.maker {
            Some(maker) if !there.contains_key(maker) && !item.is_going() => {
                wrong.push(format!("{id} has outlived {maker}"));
            }
            None if !recorded.contains_key(id) && !item.is_going() => {
                wrong.push(format!("{id} is an orphan"));
            }
            _ => {}
        }
    }
    let missing = recorded.iter().filter(|(id, _)| Kind::is_outside(id) && !there.contains_key(*id));
    wrong.extend(
        missing.map(|(id, (address, _))| format!("{address} is recorded as {id}, which is not there")),
    );
    wrong
}

/// Whether nothing is left.
pub fn nothing_is_left(world: &mut World, snapshot: &StateSnapshot) -> Vec<String> {
    let now_ms = world.now_ms;
    let left = world.cloud.existing(now_ms).into_iter().filter(|item| !item.is_going());
    let mut wrong: Vec<String> = left.map(|item| format!("{} is left", item.id)).collect();
    wrong.extend(snapshot.instances.keys().map(|address| format!("{address} is still recorded")));
    wrong
}

fn addresses(snapshot: &StateSnapshot, wanted: &Wanted) -> Vec<String> {
    let wanted = wanted.addresses();
    let there: BTreeSet<String> = snapshot.instances.keys().map(ToString::to_string).collect();
    let differing = wanted.symmetric_difference(&there).map(|address| match wanted.contains(address) {
        true => format!("{address} is wanted and not recorded"),
        false => format!("{address} is recorded and not wanted"),
    });
    let deposed = snapshot.instances.iter().filter(|(_, state)| !state.deposed.is_empty());
    differing.chain(deposed.map(|(address, _)| format!("{address} still has something set aside"))).collect()
}

type Recorded = BTreeMap<String, (String, serde_json::Value)>;

/// Every recorded object by its id, those set aside too.
fn recorded(snapshot: &StateSnapshot) -> Recorded {
    let states = snapshot.instances.iter();
    let objects = states.flat_map(|(a, s)| s.current.iter().chain(s.deposed.values()).map(move |o| (a, o)));
    let read = objects.filter_map(|(address, object)| {
        let attributes: serde_json::Value = serde_json::from_str(&object.attributes).ok()?;
        let id = attributes.get("id")?.as_str()?.to_owned();
        Some((id, (address.to_string(), attributes)))
    });
    read.collect()
}

/// Where an object is neither as recorded nor as wanted.
fn difference(address: &str, attributes: &serde_json::Value, item: &Item, wanted: &Wanted) -> Option<String> {
    let size = attributes.get("size").and_then(serde_json::Value::as_u64);
    let zone = attributes.get("zone").and_then(serde_json::Value::as_str).unwrap_or_default();
    if size != Some(item.body.size) || zone != item.body.zone {
        return Some(format!("{address} is recorded otherwise than {} is", item.id));
    }
    let has_size = !address.contains("_service.");
    (has_size && item.body.size != wanted.size).then(|| format!("{address} has size {}", item.body.size))
}

struct Kind;

impl Kind {
    /// Whether an id is one of the cloud's.
    fn is_outside(id: &str) -> bool {
        let mut kinds = provider_sim::KINDS.iter().chain([&LOAD_BALANCER]);
        kinds.any(|kind| id.strip_prefix(kind.prefix).is_some_and(|rest| rest.starts_with('-')))
    }
}
