//! The invariants, each checked after the step that could break it. What is broken comes back as sentences.

use std::collections::{BTreeMap, BTreeSet};

use model::{InstanceAddr, Marks, ModulePath, Path, PathStep, ResourceMode};
use plan::{Action, Change, Plan, StepAction};
use state::{ObjectStatus, StateSnapshot};

use crate::cloud::{Cloud, Entry, Moment, Op, found};
use crate::expect::{Expected, ignored, module_at};
use crate::kind::Kind;
use crate::recorded::{attributes, ids, kind_of};
use crate::rules;
use crate::spec::{Ignore, Spec};
use crate::static_order::StaticOrder;
use crate::val::Val;
use crate::walk::{Actor, Site, walk};

/// A plan says what it must.
pub fn plan_is_as_expected(plan: &Plan, expected: &Expected) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for change in plan.changes.iter().filter(|c| c.deposed.is_none()) {
        seen.insert(change.address.clone());
        let addr = &change.address;
        let Some(expect) = expected.changes.get(addr) else {
            wrong.push(format!("{addr} is planned as {:?}, which nothing asks for", change.action));
            continue;
        };
        if change.action != expect.action {
            let why = difference(change);
            wrong.push(format!("{addr} is planned as {:?}, not {:?}{why}", change.action, expect.action));
            continue;
        }
        let after = Val::from(&change.after);
        if let Some(at) = expect.after.departs(&after).or_else(|| after.departs(&expect.after)) {
            wrong.push(format!("{addr} is planned with another value than expected at {at}"));
        }
    }
    let missing = expected.changes.keys().filter(|addr| !seen.contains(*addr));
    wrong.extend(missing.map(|addr| format!("{addr} is not in the plan")));
    for (name, value) in &expected.outputs {
        let planned = plan.outputs.get(name.as_str()).map(|o| Val::from(&o.after));
        if planned.as_ref() != Some(value) && value.is_known() {
            wrong.push(format!("output {name} is planned as {planned:?}, not {value:?}"));
        }
        if planned.is_some_and(|p| p.is_known()) != value.is_known() {
            wrong.push(format!("output {name} is planned as known where it is not, or the other way round"));
        }
    }
    wrong
}

/// Where a change makes a difference, in values or in secrecy.
fn difference(change: &Change) -> String {
    let at = Val::from(&change.before).departs(&Val::from(&change.after)).unwrap_or_default();
    let secrecy = secrecy_changes(change);
    if secrecy.is_empty() { at } else { format!("{at} (the secrecy of {secrecy:?} changes)") }
}

/// What is secret either before a change or after it.
fn secrecy_changes(change: &Change) -> Vec<Path> {
    let [was, is] = [&change.before, &change.after].map(|v| v.marked_paths(Marks::SENSITIVE));
    let only =
        |one: &[Path], other: &[Path]| one.iter().filter(|p| !other.contains(p)).cloned().collect::<Vec<_>>();
    only(&was, &is).into_iter().chain(only(&is, &was)).collect()
}

/// The instances that a plan changes in secrecy alone, where secrets may be. What is secret is not computed apart from
/// the engine, so a plan tells it.
pub fn changed_in_secrecy(plan: &Plan, spec: &Spec) -> BTreeSet<InstanceAddr> {
    let may_be = |change: &&Change| {
        let item = module_at(spec, &change.address.module.path())
            .and_then(|m| spec.modules[m].item(&change.address.resource.name));
        let is_open = |path: &Path| match (path.0.first(), item) {
            (Some(PathStep::Attr(name)), Some(item)) => item.secrets.contains(&**name),
            _ => false,
        };
        let changes = secrecy_changes(change);
        !changes.is_empty() && changes.iter().all(is_open)
    };
    let same = |change: &&Change| Val::from(&change.before) == Val::from(&change.after);
    let updates = plan.changes.iter().filter(|c| c.action == Action::Update && c.deposed.is_none());
    updates.filter(same).filter(may_be).map(|c| c.address.clone()).collect()
}

/// A plan of what is as it should be does nothing.
pub fn plan_is_empty(plan: &Plan) -> Vec<String> {
    let mut wrong = Vec::new();
    let changes = plan.changes.iter().filter(|c| c.action != Action::NoOp || c.is_move());
    wrong.extend(changes.map(|c| {
        let at = Val::from(&c.before).departs(&Val::from(&c.after)).unwrap_or_default();
        format!("a second plan has {:?} for {}{at}", c.action, c.address)
    }));
    let outputs = plan.outputs.iter().filter(|(_, o)| o.action != Action::NoOp);
    wrong.extend(outputs.map(|(name, o)| {
        let at = Val::from(&o.before).departs(&Val::from(&o.after)).unwrap_or_default();
        format!("a second plan has {:?} for output {name}{at}", o.action)
    }));
    wrong.extend(plan.drift.iter().map(|c| format!("a second plan sees {} changed from outside", c.address)));
    if plan.refreshed.instances != plan.prior.instances {
        wrong.push("a second plan has something to record".into());
    }
    wrong
}

/// What exists outside is recorded once, and what is recorded exists.
pub fn nothing_is_lost(
    kinds: &[Kind],
    snapshot: &StateSnapshot,
    cloud: &Cloud,
    abandoned: &BTreeSet<String>,
    vanished: &BTreeSet<String>,
) -> Vec<String> {
    let recorded = match ids(kinds, snapshot) {
        Ok(recorded) => recorded,
        Err(why) => return vec![why],
    };
    let mut wrong = Vec::new();
    let twice = recorded.iter().filter(|(_, places)| places.len() > 1);
    wrong.extend(twice.map(|(id, places)| format!("{id} is recorded more than once: {}", places.join(", "))));
    let orphans =
        cloud.things.iter().filter(|(id, _)| !recorded.contains_key(*id) && !abandoned.contains(*id));
    wrong.extend(orphans.map(|(id, t)| format!("{id}, made for {}, exists and is not recorded", t.address)));
    let ghosts = recorded.iter().filter(|(id, _)| !cloud.things.contains_key(*id) && !vanished.contains(*id));
    wrong.extend(ghosts.map(|(id, places)| format!("{id} is recorded as {places:?} and does not exist")));
    wrong
}

/// What is recorded of objects is true.
pub fn records_are_true(
    kinds: &[Kind],
    snapshot: &StateSnapshot,
    cloud: &Cloud,
    drifted: &BTreeSet<String>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (addr, state) in &snapshot.instances {
        if addr.resource.mode != ResourceMode::Managed {
            continue;
        }
        for object in state.current.iter().chain(state.deposed.values()) {
            let recorded = match attributes(kinds, addr, object) {
                Ok(recorded) => recorded,
                Err(why) => {
                    wrong.push(why);
                    continue;
                }
            };
            let Val::Str(id) = recorded.get("id") else { continue };
            let Some(thing) = cloud.things.get(id).filter(|_| !drifted.contains(id)) else { continue };
            if let Some(at) = recorded.departs(&thing.val) {
                wrong.push(format!("{addr} is recorded with something untrue at {at}"));
            }
            if object.private.as_deref() != thing.private.as_deref() {
                wrong.push(format!("what the type remembers of {addr} is recorded as {:?}", object.private));
            }
            if thing.half && object.status == ObjectStatus::Ready {
                wrong.push(format!("{addr} was made by half and is recorded as if it were whole"));
            }
        }
    }
    wrong
}

/// Secrets are recorded as such, so that nothing shows them.
pub fn secrets_are_marked(kinds: &[Kind], snapshot: &StateSnapshot) -> Vec<String> {
    let mut wrong = Vec::new();
    for (addr, state) in &snapshot.instances {
        let Some(kind) = kind_of(kinds, addr).map(|k| &kinds[k]) else { continue };
        for object in state.current.iter().chain(state.deposed.values()) {
            let Ok(recorded) = attributes(kinds, addr, object) else { continue };
            for (name, value) in recorded.entries() {
                let by_schema = kind.shape.attr(name).is_some_and(|a| a.sensitive);
                let first = |path: &state::AttributePath| {
                    path.first() == Some(&state::AttributePathStep::Attr(name.as_str().into()))
                };
                let by_path = object.sensitive_paths.iter().any(first);
                let nested =
                    kind.shape.attr(name).is_none_or(|a| matches!(a.form, crate::kind::Form::Nested(..)));
                if format!("{value:?}").contains("s3cr3t") && !by_schema && !by_path && !nested {
                    wrong.push(format!("{addr}.{name} is recorded as if it were no secret"));
                }
            }
        }
    }
    for (name, output) in &snapshot.outputs {
        if output.value.contains("s3cr3t") && !output.sensitive {
            wrong.push(format!("output {name} is recorded as if it were no secret"));
        }
    }
    wrong
}

/// The state can be written and read without becoming another one.
pub fn state_round_trips(snapshot: &StateSnapshot) -> Vec<String> {
    let bytes = state::format::write(snapshot, state::format::VERSION);
    match state::format::read(&bytes, "memory") {
        Ok(again) if again == *snapshot => Vec::new(),
        Ok(_) => vec!["the state becomes another one by being written and read".into()],
        Err(e) => vec![format!("the state cannot be read back: {e}")],
    }
}

/// A planned known value is the final one.
pub fn plans_are_kept(
    plan: &Plan,
    kinds: &[Kind],
    snapshot: &StateSnapshot,
    done: &BTreeSet<InstanceAddr>,
) -> Vec<String> {
    let makes = |c: &&Change| {
        c.deposed.is_none() && matches!(c.action, Action::Create | Action::Update | Action::Replace(_))
    };
    let mut wrong = Vec::new();
    for change in plan.changes.iter().filter(makes).filter(|c| done.contains(&c.address)) {
        let recorded = snapshot.current(&change.address).map(|o| attributes(kinds, &change.address, o));
        match recorded {
            Some(Ok(recorded)) => {
                if let Some(at) = Val::from(&change.after).departs(&recorded) {
                    wrong.push(format!("{} did not become what was planned at {at}", change.address));
                }
            }
            Some(Err(why)) => wrong.push(why),
            None => wrong.push(format!("{} was made and is not recorded", change.address)),
        }
    }
    wrong
}

/// Everything is as the configuration says, final values put in.
pub fn configuration_is_met(
    spec: &Spec,
    kinds: &[Kind],
    snapshot: &StateSnapshot,
    cloud: &Cloud,
    log: &[Entry],
) -> Vec<String> {
    let order = StaticOrder::of(spec);
    let mut reader = Reader { kinds, snapshot, cloud, log, order, wrong: Vec::new(), seen: BTreeSet::new() };
    let outputs = walk(spec, kinds, &mut reader);
    let mut wrong = reader.wrong;
    let others = snapshot.instances.iter().filter(|(addr, _)| !reader.seen.contains(*addr));
    wrong.extend(others.map(|(addr, _)| format!("{addr} is recorded and not configured")));
    let deposed = snapshot.instances.iter().filter(|(_, state)| !state.deposed.is_empty());
    wrong.extend(deposed.map(|(addr, _)| format!("{addr} has deposed objects left")));
    for (name, seen) in &outputs {
        let recorded = snapshot.outputs.get(name.as_str()).map(|o| Val::from(&plan_value(o)));
        if recorded.as_ref() != Some(&seen.val) && seen.val != Val::Null {
            wrong.push(format!("output {name} is recorded as {recorded:?}, not {:?}", seen.val));
        }
    }
    let gone = snapshot.outputs.keys().filter(|name| !outputs.contains_key(&***name));
    wrong.extend(gone.map(|name| format!("output {name} is recorded and not configured")));
    wrong
}

fn plan_value(output: &state::OutputState) -> model::Value {
    let ty = serde_json::from_str(&output.ty).ok().and_then(|t| model::json::type_from_json(&t));
    let ty = ty.unwrap_or(model::Type::Dynamic);
    model::json::read(&output.value, &ty).unwrap_or_else(|_| model::Value::null())
}

struct Reader<'r> {
    kinds: &'r [Kind],
    snapshot: &'r StateSnapshot,
    cloud: &'r Cloud,
    log: &'r [Entry],
    order: StaticOrder,
    wrong: Vec<String>,
    seen: BTreeSet<InstanceAddr>,
}

impl Actor for Reader<'_> {
    fn instance(&mut self, site: &Site<'_>) -> Val {
        self.seen.insert(site.addr.clone());
        let recorded = match self.snapshot.current(&site.addr).map(|o| attributes(self.kinds, &site.addr, o))
        {
            Some(Ok(recorded)) => recorded,
            Some(Err(why)) => {
                self.wrong.push(why);
                return Val::Null;
            }
            None => {
                self.wrong.push(format!("{} is configured and not recorded", site.addr));
                return Val::Null;
            }
        };
        if site.item.data {
            let want = found(&site.args, self.cloud.epoch);
            if let Some(at) = want.departs(&recorded) {
                self.wrong.push(format!("{} is recorded with another value at {at}", site.addr));
            }
        } else {
            self.managed(site, &recorded);
        }
        recorded
    }
}

impl Reader<'_> {
    fn managed(&mut self, site: &Site<'_>, recorded: &Val) {
        let ended = |op: Op| {
            let address = site.addr.to_string();
            self.log.iter().any(|e| e.op == op && e.address == address && e.moment == Moment::Succeeds)
        };
        let ignore = if ended(Op::Create) { &Ignore::Nothing } else { &site.item.life.ignore };
        let config = ignored(ignore, site.shape, recorded, &site.args);
        if let Some(at) = rules::disagrees(site.shape, &config, recorded) {
            self.wrong.push(format!("{} does not hold what is configured at {at}", site.addr));
        }
        if ended(Op::Create) || ended(Op::Update) {
            self.hidden(site, recorded);
        }
        self.dependencies(site);
    }

    /// What is given and never stored has reached the provider.
    fn hidden(&mut self, site: &Site<'_>, recorded: &Val) {
        let Val::Str(id) = recorded.get("id") else { return };
        let thing = self.cloud.things.get(id).map(|t| &t.hidden);
        let Some(hidden) = thing.or_else(|| self.cloud.hidden.get(id)) else { return };
        for attr in site.shape.attrs.iter().filter(|a| a.write_only) {
            if hidden.get(&attr.name) != site.args.get(&attr.name) {
                self.wrong
                    .push(format!("{}.{} did not reach the provider as configured", site.addr, attr.name));
            }
        }
    }

    /// What is recorded of dependencies is what the configuration says.
    fn dependencies(&mut self, site: &Site<'_>) {
        let block = (site.addr.module.path(), site.item.name.clone());
        let named = |(path, name): &(ModulePath, String)| {
            let prefix = if path.is_root() { String::new() } else { format!("{path}.") };
            let ty = self.seen.iter().find(|a| *a.resource.name == **name).map(|a| a.resource.to_string());
            ty.map(|ty| format!("{prefix}{ty}"))
        };
        let want: BTreeSet<String> =
            self.order.closure.get(&block).into_iter().flatten().filter_map(named).collect();
        let Some(object) = self.snapshot.current(&site.addr) else { return };
        let have: BTreeSet<String> = object.dependencies.iter().map(|d| d.to_string()).collect();
        let missing: Vec<&String> = want.difference(&have).collect();
        if !missing.is_empty() {
            self.wrong.push(format!("{} depends on {missing:?}, which is not recorded", site.addr));
        }
    }
}

/// What is recorded has settled, or was found not to.
pub fn everything_has_settled(kinds: &[Kind], snapshot: &StateSnapshot, cloud: &Cloud) -> Vec<String> {
    let states = snapshot.instances.iter();
    let objects = states.flat_map(|(a, s)| s.current.iter().chain(s.deposed.values()).map(move |o| (a, o)));
    let is_settling = |addr: &InstanceAddr, object: &state::InstanceObject| {
        let Ok(value) = attributes(kinds, addr, object) else { return false };
        let Val::Str(id) = value.get("id") else { return false };
        cloud.things.get(id).is_some_and(|thing| thing.settling)
    };
    let settling = objects.filter(|(addr, object)| is_settling(addr, object));
    settling.map(|(addr, _)| format!("{addr} has not settled, and nobody waits for it")).collect()
}

/// Operations by address and kind: how often they were planned.
pub fn planned_operations(plan: &Plan) -> BTreeMap<(String, Op), usize> {
    let mut found = BTreeMap::new();
    for step in &plan.steps {
        let op = match step.action {
            StepAction::Create => Op::Create,
            StepAction::Update => Op::Update,
            StepAction::Stabilise => Op::Stabilise,
            StepAction::Delete | StepAction::DeleteDeposed(_) => Op::Delete,
            StepAction::Read => Op::Look,
            StepAction::Depose(_) | StepAction::Forget | StepAction::Import | StepAction::Gate => continue,
        };
        let change = step.change.and_then(|c| plan.changes.get(c as usize));
        if let Some(change) = change {
            *found.entry((change.address.to_string(), op)).or_default() += 1;
        }
    }
    found
}

/// Nothing was done that was not planned.
pub fn only_what_was_planned(plan: &Plan, log: &[Entry]) -> Vec<String> {
    let mut left = planned_operations(plan);
    let mut wrong = Vec::new();
    for entry in log.iter().filter(|e| e.moment == Moment::Begins) {
        match left.get_mut(&(entry.address.clone(), entry.op)) {
            Some(n) if *n > 0 => *n -= 1,
            _ => wrong.push(format!("{:?} of {} was done and not planned", entry.op, entry.address)),
        }
    }
    wrong
}
