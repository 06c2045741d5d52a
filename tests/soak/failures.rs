//! What is recorded of what failed, or died on the way.

use std::collections::BTreeSet;

use model::{InstanceAddr, Str};
use plan::{Action, Change, Plan, ReplaceOrder};
use state::{Intent, IntentAction, StateSnapshot};

use crate::cloud::{Entry, Moment, Op};
use crate::expect::Expected;

/// An object whose replacement came to nothing is in use again.
pub fn what_stays_is_in_use(
    plan: &Plan,
    prior: &StateSnapshot,
    after: &StateSnapshot,
    log: &[Entry],
) -> Vec<String> {
    let set_aside = |snapshot: &StateSnapshot, addr: &InstanceAddr| {
        snapshot.instances.get(addr).map_or(0, |state| state.deposed.len())
    };
    let came_to_nothing = |change: &&Change| {
        let address = change.address.to_string();
        let last = log.iter().rfind(|e| e.op == Op::Create && e.address == address);
        last.is_some_and(|e| e.moment == Moment::Fails && e.id.is_none())
    };
    let replaced = plan.changes.iter().filter(|c| c.action == Action::Replace(ReplaceOrder::CreateFirst));
    let mut wrong = Vec::new();
    for change in replaced.filter(came_to_nothing) {
        let old = change.previous_address.as_ref().unwrap_or(&change.address);
        if set_aside(after, &change.address) > set_aside(prior, old) {
            wrong.push(format!("{old} stays set aside, although nothing was made in its place"));
        }
    }
    wrong
}

/// Once it is settled what became of creates, nothing is set aside for an object that does not exist.
pub fn nothing_is_aside_for_nothing<'i>(
    settled: impl Iterator<Item = &'i Intent>,
    snapshot: &StateSnapshot,
) -> Vec<String> {
    let is_left = |intent: &&Intent| {
        let state = snapshot.instances.get(&intent.address);
        intent.action == IntentAction::Create
            && intent
                .deposed
                .as_ref()
                .zip(state)
                .is_some_and(|(key, state)| state.current.is_none() && state.deposed.contains_key(key))
    };
    let left = settled.filter(is_left);
    left.map(|i| format!("{} stays set aside, although no other object was found", i.address)).collect()
}

/// An object that is found again depends on what its create announced.
pub fn found_objects_depend<'i>(
    settled: impl Iterator<Item = &'i Intent>,
    snapshot: &StateSnapshot,
) -> Vec<String> {
    let creates = settled.filter(|intent| intent.action == IntentAction::Create);
    // Where nothing was found, what it was to replace is in use again, and not set aside any more.
    let is_back = |intent: &Intent| {
        let state = snapshot.instances.get(&intent.address);
        let set_aside = |key: &Str| state.is_some_and(|state| state.deposed.contains_key(key));
        intent.deposed.as_ref().is_some_and(|key| !set_aside(key))
    };
    let is_wrong = |intent: &&Intent| {
        let found = snapshot.current(&intent.address);
        !is_back(intent) && found.is_some_and(|object| object.dependencies != intent.dependencies)
    };
    let wrong = creates.filter(is_wrong);
    wrong.map(|i| format!("{} was found again without what it depends on", i.address)).collect()
}

/// Outputs that come from what failed are as they were.
pub fn outputs_of_failures_stay(
    plan: &Plan,
    expected: &Expected,
    (prior, after): (&StateSnapshot, &StateSnapshot),
    outcome: &apply::Outcome,
    log: &[Entry],
) -> Vec<String> {
    // Where only the old object could not be deleted, the new one is there.
    let is_made = |addr: &&InstanceAddr| {
        let address = addr.to_string();
        let makes = |e: &Entry| matches!(e.op, Op::Create | Op::Update | Op::Look);
        log.iter().any(|e| e.address == address && makes(e) && e.moment == Moment::Succeeds)
    };
    let is_changed = |addr: &&InstanceAddr| {
        let mut changes = plan.changes.iter().filter(|c| c.deposed.is_none() && c.address == **addr);
        changes.any(|c| c.action != Action::NoOp)
    };
    let undone = outcome.failed.iter().chain(&outcome.skipped).filter(|a| is_changed(a) && !is_made(a));
    let undone: BTreeSet<&InstanceAddr> = undone.collect();
    let is_touched = |name: &str| {
        let reads = expected.output_reads.get(name);
        reads.is_some_and(|reads| reads.iter().any(|addr| undone.contains(addr)))
    };
    let recorded = after.outputs.iter().filter(|(name, _)| is_touched(name));
    let changed = recorded.filter(|(name, output)| prior.outputs.get(*name) != Some(output));
    changed
        .map(|(name, _)| format!("output {name} was recorded, although what it comes from failed"))
        .collect()
}
