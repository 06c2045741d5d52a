//! Conditions, judged once more now that values are final.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use config::{InstId, NodeId, NodeKind, Statics};
use model::{Diagnostics, InstanceAddr, Value};
use plan::{Action, Change, CheckKind, CheckStatus, Judge, Mode, Plan, Results, Stage, Subject, Time};
use state::Change as StateChange;

use crate::run::{Inputs, Run};

/// The conditions of a run.
#[derive(Default)]
pub(crate) struct Conditions {
    results: RefCell<Results>,
    /// The variables and outputs whose conditions were not known while planning, by the node of the value.
    open: HashMap<NodeId, NodeId>,
    /// What was judged already, and whether it holds.
    judged: RefCell<HashMap<(NodeId, InstId), bool>>,
}

impl Conditions {
    /// Starts from what planning found: results of what does not change hold, all others are still to come.
    pub(crate) fn new(inputs: &Inputs<'_>) -> Conditions {
        let mut results = Results::declared(inputs.config, inputs.statics);
        if inputs.plan.mode != Mode::Destroy {
            carry(&mut results, inputs);
        }
        let open = open_conditions(inputs.plan, inputs.statics);
        Conditions { results: RefCell::new(results), open, judged: RefCell::default() }
    }
}

impl<'a> Run<'a> {
    pub(crate) fn judge(&self) -> Judge<'_, 'a> {
        Judge { evaluator: &self.evaluator, results: &self.conditions.results, time: Time::Applying }
    }

    /// A resource instance's preconditions or, with the object as it is now, its postconditions.
    pub(crate) fn judge_instance(
        &self,
        (node, inst): (NodeId, InstId),
        addr: &InstanceAddr,
        object: Option<&Value>,
    ) -> Result<(), Diagnostics> {
        let stage = object.map_or(Stage::Before, Stage::After);
        let found = self.judge().resource(node, inst, addr, stage);
        if found.has_errors() {
            return Err(found);
        }
        self.outcome.borrow_mut().diags.extend(found);
        Ok(())
    }

    /// The conditions of an instance that does not change, and whether they hold.
    pub(crate) fn judge_unchanged(&self, change: &Change) -> graph::Outcome {
        let Some((node, inst)) = self.place(&change.address) else { return graph::Outcome::Done };
        let mut found = self.evaluator.ensure(node, inst);
        if !found.has_errors() {
            self.evaluator.settle_expansion(node, inst, &change.address.key);
            let judge = self.judge();
            found.extend(judge.resource(node, inst, &change.address, Stage::Before));
            if !found.has_errors() {
                found.extend(judge.resource(node, inst, &change.address, Stage::After(&change.after)));
            }
        }
        let failed = found.has_errors();
        let mut outcome = self.outcome.borrow_mut();
        outcome.diags.extend(found);
        if failed {
            outcome.failed.push(change.address.clone());
            self.unfinished.borrow_mut().insert(change.address.clone());
        }
        if failed { graph::Outcome::Failed } else { graph::Outcome::Done }
    }

    fn place(&self, addr: &InstanceAddr) -> Option<(NodeId, InstId)> {
        let path = addr.module.path();
        let node = self.inputs.statics.find(&path, &NodeKind::Resource(addr.resource.clone()))?;
        let insts = self.evaluator.module_instances(&path);
        let inst = insts.into_iter().find(|i| self.evaluator.module_addr(*i) == addr.module)?;
        Some((node, inst))
    }

    /// Whether everything on the way to an object, variables and outputs, is as their conditions ask. What fails is
    /// reported once.
    pub(crate) fn may_read(&self, addr: &InstanceAddr) -> bool {
        if self.conditions.open.is_empty() {
            return true;
        }
        let Some((node, _)) = self.place(addr) else { return true };
        let statics = self.inputs.statics;
        let mut seen = HashSet::new();
        let mut stack: Vec<NodeId> = statics.dependencies(node).collect();
        let mut holds = true;
        while let Some(next) = stack.pop() {
            let is_resource = matches!(statics.node(next).kind, NodeKind::Resource(_));
            if is_resource || !seen.insert(next) {
                continue;
            }
            if let Some(conditions) = self.conditions.open.get(&next) {
                holds &= self.holds(*conditions, Unknown::Later);
            }
            stack.extend(statics.dependencies(next));
        }
        holds
    }

    /// Judges a variable's validations, an output's preconditions or a check in every instance of its module.
    pub(crate) fn holds(&self, node: NodeId, unknown: Unknown) -> bool {
        let path = &self.inputs.statics.node(node).path;
        let mut holds = true;
        for inst in self.evaluator.module_instances(path) {
            let known = self.conditions.judged.borrow().get(&(node, inst)).copied();
            holds &= known.unwrap_or_else(|| self.judge_in(node, inst, unknown));
        }
        holds
    }

    fn judge_in(&self, node: NodeId, inst: InstId, unknown: Unknown) -> bool {
        let _told_with_the_value = self.evaluator.ensure(node, inst);
        let Some(found) = self.judge().node_in(node, inst, unknown == Unknown::Kept) else { return true };
        let holds = !found.has_errors();
        self.conditions.judged.borrow_mut().insert((node, inst), holds);
        self.outcome.borrow_mut().diags.extend(found);
        holds
    }

    /// Takes the errors of a check's data source as the failure of the check.
    pub(crate) fn fail_check(&self, check: NodeId, inst: InstId, errors: Diagnostics) {
        let warnings = self.judge().data_of_check(check, inst, errors);
        self.outcome.borrow_mut().diags.extend(warnings);
    }

    /// Whether planning came to judge a variable, an output or a check; with targets it may not have.
    pub(crate) fn was_planned(&self, node: NodeId) -> bool {
        let address = self.inputs.statics.describe(node);
        let kind = match &self.inputs.statics.node(node).kind {
            NodeKind::Validation(_) => CheckKind::InputVariable,
            NodeKind::Output(_) => CheckKind::OutputValue,
            NodeKind::Check(_) => CheckKind::Check,
            _ => return false,
        };
        let mut planned = self.inputs.plan.checks.iter();
        planned.any(|c| c.kind == kind && c.address == address && !c.instances.is_empty())
    }

    /// Records what became of all conditions. The command that imports looks at one object only.
    pub(crate) fn record_checks(&self) {
        let plan = self.inputs.plan;
        if plan.mode == Mode::RefreshOnly && plan.imports() {
            return;
        }
        let results = self.conditions.results.take().into_list();
        let recorded = plan::recorded_checks(&results);
        if !plan::same_checks(recorded.as_deref(), plan.prior.check_results.as_deref()) {
            self.keep(&[StateChange::Checks(recorded.map(Into::into))]);
        }
    }
}

/// What to do with conditions that are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// They stay so.
    Kept,
    /// They are judged again.
    Later,
}

fn carry(results: &mut Results, inputs: &Inputs<'_>) {
    let plan = inputs.plan;
    let changing: HashSet<String> = plan
        .changes
        .iter()
        .filter(|c| c.deposed.is_none() && c.action != Action::NoOp)
        .map(|c| c.address.to_string())
        .collect();
    for planned in &plan.checks {
        if planned.status != CheckStatus::Unknown || !planned.instances.is_empty() {
            results.expanded(planned.kind, planned.address.clone());
        }
        for (module, address, status, messages) in &planned.instances {
            let subject = Subject {
                kind: planned.kind,
                config: planned.address.clone(),
                module: module.clone(),
                instance: address.clone(),
            };
            let holds_still = planned.kind == CheckKind::Resource && !changing.contains(address);
            match (holds_still, status) {
                (true, CheckStatus::Pass) => results.carry(&subject, *status, messages),
                _ => results.expect(&subject, groups_of(inputs, &subject)),
            }
        }
    }
}

/// How many groups of conditions a run judges one after another.
fn groups_of(inputs: &Inputs<'_>, subject: &Subject) -> usize {
    let addr = subject.instance.parse::<InstanceAddr>().ok();
    let module = addr.as_ref().and_then(|a| inputs.config.modules.get(&a.module.path()));
    let resource = addr.as_ref().and_then(|a| module?.resources.get(&a.resource));
    resource.filter(|_| subject.kind == CheckKind::Resource).map_or(1, plan::groups)
}

fn open_conditions(plan: &Plan, statics: &Statics) -> HashMap<NodeId, NodeId> {
    let unknown = plan.checks.iter().filter(|c| c.status == CheckStatus::Unknown && !c.instances.is_empty());
    let addresses: BTreeSet<(&str, CheckKind)> = unknown.map(|c| (&*c.address, c.kind)).collect();
    if addresses.is_empty() {
        return HashMap::new();
    }
    let of = |id: NodeId| {
        let node = statics.node(id);
        let (kind, value) = match &node.kind {
            NodeKind::Validation(name) => {
                (CheckKind::InputVariable, statics.find(&node.path, &NodeKind::Variable(name.clone()))?)
            }
            NodeKind::Output(_) => (CheckKind::OutputValue, id),
            _ => return None,
        };
        addresses.contains(&(&*statics.describe(id), kind)).then_some((value, id))
    };
    statics.order().iter().filter_map(|id| of(*id)).collect()
}
