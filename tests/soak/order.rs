//! The order in which things were done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::InstanceAddr;
use plan::{Action, Change, Mode, Plan, ReplaceOrder, StepAction};
use state::{InstanceObject, StateSnapshot};

use crate::cloud::{Entry, Moment, Op};
use crate::expect::Expected;
use crate::kind::Kind;
use crate::recorded::attributes;
use crate::spec::Spec;
use crate::static_order::{Site, StaticOrder};
use crate::val::Val;

/// When an operation on an instance began and ended, as positions in the log.
#[derive(Clone, Copy, Debug)]
struct Span {
    begins: usize,
    ends: usize,
}

/// The spans of a log with the ids of the objects, by address and operation.
type Spans = BTreeMap<(String, Op), Vec<(Option<String>, Span)>>;

fn spans(log: &[Entry]) -> Spans {
    let mut found = Spans::new();
    for (at, entry) in log.iter().enumerate() {
        let all = found.entry((entry.address.clone(), entry.op)).or_default();
        match entry.moment {
            Moment::Begins => all.push((entry.id.clone(), Span { begins: at, ends: usize::MAX })),
            Moment::Succeeds | Moment::Fails => {
                let open = all
                    .iter_mut()
                    .rev()
                    .find(|(id, s)| s.ends == usize::MAX && (entry.op != Op::Delete || *id == entry.id));
                if let Some((_, span)) = open {
                    span.ends = at;
                }
            }
        }
    }
    found
}

/// What makes an instance comes after what makes everything that it was computed from.
pub fn makers_follow_what_they_read(expected: &Expected, log: &[Entry]) -> Vec<String> {
    let spans = spans(log);
    let makes = |addr: &InstanceAddr| {
        let of = |op| spans.get(&(addr.to_string(), op)).and_then(|s| s.first()).map(|(_, span)| *span);
        of(Op::Create).or_else(|| of(Op::Update)).or_else(|| of(Op::Look))
    };
    let mut wrong = Vec::new();
    for (addr, reads) in &expected.reads {
        let Some(own) = makes(addr) else { continue };
        for source in reads.iter().filter(|s| *s != addr) {
            if makes(source).is_some_and(|s| s.ends > own.begins) {
                wrong.push(format!("{addr} was begun before {source} was done, which it reads"));
            }
        }
    }
    wrong
}

/// What a check of deletes looks at.
struct Deletes<'d> {
    plan: &'d Plan,
    kinds: &'d [Kind],
    prior: &'d StateSnapshot,
    /// What waits for what by its block: triggers of replacements, too.
    order: StaticOrder,
    spans: Spans,
}

fn site(addr: &InstanceAddr) -> Site {
    (addr.module.path(), addr.resource.name.to_string())
}

impl Deletes<'_> {
    /// The recorded object that a change is about.
    fn recorded(&self, change: &Change) -> Option<&Arc<InstanceObject>> {
        let old = change.previous_address.as_ref().unwrap_or(&change.address);
        self.prior.current(old)
    }

    /// When the object that was in use was deleted.
    fn of(&self, change: &Change) -> Option<Span> {
        let old = change.previous_address.as_ref().unwrap_or(&change.address);
        let object = attributes(self.kinds, old, self.recorded(change)?).ok()?;
        let all = self.spans.get(&(change.address.to_string(), Op::Delete))?;
        let Val::Str(id) = object.get("id") else { return None };
        all.iter().find(|(of, _)| of.as_ref() == Some(id)).map(|(_, span)| *span)
    }

    /// When an object was made at an address and had settled.
    fn settled(&self, addr: &InstanceAddr, op: Op) -> Option<Span> {
        let made = self.made(addr, op)?;
        let ends = self.made(addr, Op::Stabilise).map_or(made.ends, |waited| waited.ends.max(made.ends));
        Some(Span { ends, ..made })
    }

    /// When an object was made at an address.
    fn made(&self, addr: &InstanceAddr, op: Op) -> Option<Span> {
        self.spans.get(&(addr.to_string(), op)).and_then(|s| s.first()).map(|(_, s)| *s)
    }

    /// What depends on an object is deleted before it.
    fn backwards(&self) -> Vec<String> {
        let ends =
            |c: &&Change| c.deposed.is_none() && matches!(c.action, Action::Delete | Action::Replace(_));
        let deleted: Vec<&Change> = self.plan.changes.iter().filter(ends).collect();
        let mut wrong = Vec::new();
        for user in &deleted {
            let (Some(object), Some(first)) = (self.recorded(user), self.of(user)) else { continue };
            for source in deleted.iter().filter(|s| s.address != user.address) {
                let old = source.previous_address.as_ref().unwrap_or(&source.address);
                let blocks = [&source.address, old].map(|a| a.resource.in_module(&a.module.path()));
                let depends = object.dependencies.iter().any(|d| blocks.iter().any(|b| **d == **b));
                if depends && self.of(source).is_some_and(|then| first.ends > then.begins) {
                    wrong.push(format!(
                        "{} was deleted before {}, which depends on it",
                        source.address, user.address
                    ));
                }
            }
        }
        wrong
    }

    /// Whether what was recorded has an object go before a user of its replacement can be made: the user, or something
    /// that it reads, is deleted first itself, and only after what depended on it.
    fn must_go_before(&self, change: &Change, user: &InstanceAddr, expected: &Expected) -> bool {
        let Some(object) = self.recorded(change) else { return false };
        let (mut seen, mut open) = (BTreeSet::new(), vec![user]);
        while let Some(addr) = open.pop() {
            if seen.insert(addr) {
                open.extend(expected.reads.get(addr).into_iter().flatten());
            }
        }
        let replaced = self.plan.changes.iter().filter(|c| {
            c.action == Action::Replace(ReplaceOrder::DeleteFirst)
                && (seen.contains(&c.address) || self.order.depends(&site(user), &site(&c.address)))
        });
        let mut blocks = replaced.flat_map(|c| {
            let old = c.previous_address.as_ref().unwrap_or(&c.address);
            [&c.address, old].map(|a| a.resource.in_module(&a.module.path()))
        });
        blocks.any(|block| object.dependencies.iter().any(|d| **d == *block))
    }

    /// Of a replacement that creates first the delete comes last, after everything that reads the new object.
    fn replaced_first(&self, expected: &Expected) -> Vec<String> {
        let mut wrong = Vec::new();
        for change in self.plan.changes.iter().filter(|c| c.deposed.is_none()) {
            let Action::Replace(order) = change.action else { continue };
            let addr = &change.address;
            let (created, deleted) = (self.settled(addr, Op::Create), self.of(change));
            let (Some(created), Some(deleted)) = (created, deleted) else { continue };
            let right = match order {
                ReplaceOrder::CreateFirst => created.ends < deleted.begins,
                ReplaceOrder::DeleteFirst => deleted.ends < created.begins,
            };
            if !right {
                wrong.push(format!("the halves of the replacement of {addr} came in the wrong order"));
            }
            if order == ReplaceOrder::DeleteFirst {
                continue;
            }
            let users = expected.reads.iter().filter(|(user, reads)| *user != addr && reads.contains(addr));
            for (user, _) in users.filter(|(user, _)| !self.must_go_before(change, user, expected)) {
                let made = self.settled(user, Op::Create).or_else(|| self.settled(user, Op::Update));
                if made.is_some_and(|m| m.ends > deleted.begins) {
                    wrong.push(format!(
                        "{addr} was deleted before {user} had changed over to its replacement"
                    ));
                }
            }
        }
        wrong
    }
}

/// What depends on an object is deleted before it; an object replaced first outlives the making of what uses the new one.
pub fn deletes_go_backwards(
    plan: &Plan,
    spec: &Spec,
    (kinds, prior): (&[Kind], &StateSnapshot),
    expected: &Expected,
    log: &[Entry],
) -> Vec<String> {
    let deletes = Deletes { plan, kinds, prior, order: StaticOrder::of(spec), spans: spans(log) };
    let mut wrong = deletes.backwards();
    if plan.mode == Mode::Normal {
        wrong.extend(deletes.replaced_first(expected));
    }
    wrong
}

/// The halves of a replacement wait for each other, whatever order a run happens to take.
pub fn halves_are_ordered(plan: &Plan) -> Vec<String> {
    let mut last: BTreeMap<u32, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (i, step) in plan.steps.iter().enumerate() {
        let Some(change) = step.change.filter(|_| step.action != StepAction::Gate) else { continue };
        if let Some(before) = last.insert(change, i)
            && !step.after.iter().any(|s| s.0 as usize == before)
        {
            let address = plan.changes.get(change as usize).map(|c| c.address.to_string());
            wrong.push(format!("a step of {} does not wait for the one before", address.unwrap_or_default()));
        }
    }
    wrong
}

/// What was told of an apply.
pub struct Told<'t> {
    /// While it ran.
    pub events: &'t [apply::Event],
    /// The objects that something failed for.
    pub failed: &'t [InstanceAddr],
}

impl Told<'_> {
    /// Whether an object is done, and a condition on it is not met: what follows waits in vain. Then it failed more often
    /// than that was told of a step.
    fn is_unmet(&self, addr: &InstanceAddr, operation: apply::Operation) -> bool {
        let is_failure =
            |e: &&apply::Event| matches!(e, apply::Event::Failed { address, .. } if address == addr);
        let failed = self.failed.iter().filter(|failed| *failed == addr).count();
        operation != apply::Operation::Delete && failed > self.events.iter().filter(is_failure).count()
    }
}

/// The steps that run in spite of failures: all whose predecessors all succeeded.
pub fn branches_are_independent(
    plan: &Plan,
    kinds: &[Kind],
    after: &StateSnapshot,
    told: &Told<'_>,
) -> Vec<String> {
    let mut count: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for event in told.events {
        let (address, operation, failed) = match event {
            apply::Event::Finished { address, operation, .. } => {
                (address, operation, told.is_unmet(address, *operation))
            }
            apply::Event::Failed { address, operation, .. } => (address, operation, true),
            _ => continue,
        };
        let entry = count.entry((address.to_string(), format!("{operation:?}"))).or_default();
        entry.0 += 1;
        entry.1 += usize::from(failed);
    }
    let key = |i: usize| {
        let step = &plan.steps[i];
        let change = step.change.and_then(|c| plan.changes.get(c as usize))?;
        let operation = match step.action {
            StepAction::Create => "Create",
            StepAction::Read => "Read",
            StepAction::Update => "Update",
            StepAction::Stabilise => "Stabilise",
            StepAction::Delete | StepAction::DeleteDeposed(_) => "Delete",
            StepAction::Forget => "Forget",
            StepAction::Import => "Import",
            StepAction::Depose(_) | StepAction::Gate => return None,
        };
        Some((change.address.to_string(), operation.to_owned()))
    };
    let keys: Vec<Option<(String, String)>> = (0..plan.steps.len()).map(key).collect();
    let mut planned: BTreeMap<(String, String), usize> = BTreeMap::new();
    keys.iter().flatten().for_each(|k| *planned.entry(k.clone()).or_default() += 1);
    let mut wrong = Vec::new();
    let mut stopped = vec![false; plan.steps.len()];
    for (i, step) in plan.steps.iter().enumerate() {
        let before = step.after.iter().any(|s| stopped[s.0 as usize]);
        let Some(key) = &keys[i] else {
            stopped[i] = before;
            continue;
        };
        let (ran, failed) = count.get(key).copied().unwrap_or_default();
        if step.action == StepAction::Stabilise {
            // What was made has settled in the end, whatever else failed about it.
            let has_nothing = step.after.iter().all(|s| came_to_nothing(plan, s.0 as usize, kinds, after));
            if !before && ran == 0 && !has_nothing {
                wrong.push(format!("nobody waited until {} had settled", key.0));
            }
            stopped[i] = before || failed > 0;
            continue;
        }
        if planned[key] > 1 {
            // Several deposed objects of one address cannot be told apart by what is told of them.
            stopped[i] = before || failed > 0 || ran < planned[key];
            continue;
        }
        if before && ran > 0 {
            wrong.push(format!("{} of {} ran although something before it failed", key.1, key.0));
        }
        if !before && ran == 0 && came_to_nothing(plan, i, kinds, after) {
            continue;
        }
        if !before && ran == 0 {
            wrong.push(format!("{} of {} did not run although nothing before it failed", key.1, key.0));
        }
        stopped[i] = before || failed > 0 || ran == 0;
    }
    wrong
}

/// Whether a step is an update whose final values are those that were there; nothing is told of such a one.
fn came_to_nothing(plan: &Plan, step: usize, kinds: &[Kind], after: &StateSnapshot) -> bool {
    let step = &plan.steps[step];
    let change = step.change.and_then(|c| plan.changes.get(c as usize));
    let Some(change) = change.filter(|_| step.action == StepAction::Update) else { return false };
    let recorded = after.current(&change.address).map(|o| attributes(kinds, &change.address, o));
    let Some(Ok(recorded)) = recorded else { return false };
    Val::from(&change.before) == recorded && Val::from(&change.after).departs(&recorded).is_none()
}

/// Nothing waits for what it has nothing to do with.
pub fn steps_wait_for_a_reason(plan: &Plan, order: &StaticOrder, prior: &StateSnapshot) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut before: Vec<BTreeSet<usize>> = Vec::new();
    for step in &plan.steps {
        let mut all = BTreeSet::new();
        for s in &step.after {
            let s = s.0 as usize;
            all.insert(s);
            if !matches!(plan.steps[s].action, StepAction::Delete | StepAction::DeleteDeposed(_)) {
                all.extend(before[s].iter().copied());
            }
        }
        before.push(all);
    }
    let change = |i: usize| plan.steps[i].change.and_then(|c| plan.changes.get(c as usize));
    let forward =
        |i: usize| matches!(plan.steps[i].action, StepAction::Create | StepAction::Update | StepAction::Read);
    for i in (0..plan.steps.len()).filter(|i| forward(*i)) {
        let Some(own) = change(i) else { continue };
        let block = (own.address.module.path(), own.address.resource.name.to_string());
        for j in before[i].iter().filter(|j| forward(**j)) {
            let Some(other) = change(*j) else { continue };
            let other_block = (other.address.module.path(), other.address.resource.name.to_string());
            let recorded = prior.current(&own.address).is_some_and(|o| {
                o.dependencies
                    .iter()
                    .any(|d| **d == *other.address.resource.in_module(&other.address.module.path()))
            });
            if !order.depends(&block, &other_block) && !recorded {
                wrong.push(format!(
                    "{} waits for {}, with which it has nothing to do",
                    own.address, other.address
                ));
            }
        }
    }
    wrong
}
