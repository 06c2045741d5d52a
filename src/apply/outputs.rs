//! Outputs, once the steps are done.

use std::collections::HashSet;

use config::{EachValue, InstId, NodeId, NodeKind};
use model::{ModulePath, Value};
use plan::{Action, Mode, failures, judge};
use state::{Change as StateChange, OutputState};

use crate::run::Run;

impl Run<'_> {
    /// Records the root outputs whose values are final now.
    pub(crate) fn record_outputs(&self) {
        let open = self.open_nodes();
        let mut changes = Vec::new();
        for (name, planned) in &self.inputs.plan.outputs {
            if planned.action == Action::Delete && self.inputs.plan.mode == Mode::Destroy {
                let outcome = self.outcome.borrow();
                if outcome.failed.is_empty() && outcome.skipped.is_empty() {
                    changes.push(StateChange::Output { name: name.clone(), value: None });
                }
                continue;
            }
            let node = self.inputs.statics.find(&ModulePath::root(), &NodeKind::Output(name.clone()));
            if node.is_some_and(|n| open.contains(&n)) {
                continue;
            }
            let value = match node {
                Some(node) => {
                    let diags = self.evaluator.ensure(node, InstId::ROOT);
                    if diags.has_errors() && self.outcome.borrow().failed.is_empty() {
                        self.outcome.borrow_mut().diags.extend(diags);
                    }
                    self.evaluator.value(node, InstId::ROOT)
                }
                None => Value::null(),
            };
            if !value.is_wholly_known() {
                continue;
            }
            let recorded = self.inputs.plan.prior.outputs.get(name);
            let stored = (!value.is_null()).then(|| stored_output(&value, planned.sensitive)).flatten();
            if stored.as_ref() != recorded {
                changes.push(StateChange::Output { name: name.clone(), value: stored });
            }
        }
        self.keep(&changes);
    }

    /// What has no final value: what was not finished, outputs whose preconditions do not hold, and all that depends on
    /// either. Reports the preconditions.
    fn open_nodes(&self) -> HashSet<NodeId> {
        let statics = self.inputs.statics;
        let unfinished = self.unfinished.borrow();
        let node =
            |a: &model::InstanceAddr| statics.find(&a.module.path(), &NodeKind::Resource(a.resource.clone()));
        let mut open: HashSet<NodeId> = unfinished.iter().filter_map(node).collect();
        for &id in statics.order() {
            if statics.dependencies(id).any(|d| open.contains(&d)) || !self.preconditions_hold(id) {
                open.insert(id);
            }
        }
        open
    }

    fn preconditions_hold(&self, id: NodeId) -> bool {
        let node = self.inputs.statics.node(id);
        let NodeKind::Output(name) = &node.kind else { return true };
        let module = self.inputs.config.modules.get(&node.path);
        let Some(output) = module.and_then(|m| m.outputs.get(name)) else { return true };
        if output.preconditions.is_empty() || self.inputs.plan.mode == Mode::Destroy {
            return true;
        }
        let mut holds = true;
        for inst in self.evaluator.module_instances(&node.path) {
            let _told_with_the_value = self.evaluator.ensure(id, inst);
            let conditions = &output.preconditions;
            let verdicts =
                conditions.iter().map(|c| judge(&self.evaluator, c, id, inst, EachValue::None, None));
            let diags = failures(conditions, verdicts.collect(), "Module output value precondition failed");
            holds &= !diags.has_errors();
            self.outcome.borrow_mut().diags.extend(diags);
        }
        holds
    }
}

/// An output as the state records it.
fn stored_output(value: &Value, sensitive: bool) -> Option<OutputState> {
    let bare = value.unmarked_deep();
    Some(OutputState {
        value: model::json::to_string(&bare).ok()?.into(),
        ty: model::json::type_to_json(&bare.ty()).to_string().into(),
        sensitive: sensitive || value.deep_marks().is_sensitive(),
    })
}
