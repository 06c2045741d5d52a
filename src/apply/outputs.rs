//! Outputs, once the steps are done.

use std::collections::HashSet;

use config::{InstId, NodeId, NodeKind};
use model::{ModulePath, Value};
use plan::{Action, Mode};
use state::{Change as StateChange, OutputState};

use crate::conditions::Unknown;
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
            let block = self.inputs.config.root().and_then(|root| root.outputs.get(name));
            let sensitive = block.is_some_and(|output| output.sensitive);
            let stored = (!value.is_null()).then(|| stored_output(&value, sensitive)).flatten();
            if !is_recorded(recorded, &value, stored.as_ref()) {
                changes.push(StateChange::Output { name: name.clone(), value: stored });
            }
        }
        self.keep(&changes);
    }

    /// What has no final value: what was not finished, outputs whose preconditions do not hold, and all that depends on
    /// either. Judges what has conditions and is not among it.
    fn open_nodes(&self) -> HashSet<NodeId> {
        let statics = self.inputs.statics;
        let unfinished = self.unfinished.borrow().clone();
        let node =
            |a: &model::InstanceAddr| statics.find(&a.module.path(), &NodeKind::Resource(a.resource.clone()));
        let mut open: HashSet<NodeId> = unfinished.iter().filter_map(node).collect();
        for &id in statics.order() {
            let reads_open = statics.dependencies(id).any(|d| open.contains(&d));
            if reads_open || self.was_planned(id) && !self.holds(id, Unknown::Kept) {
                open.insert(id);
            }
        }
        open
    }
}

/// Whether the state has the output already, in whatever layout.
fn is_recorded(recorded: Option<&OutputState>, value: &Value, stored: Option<&OutputState>) -> bool {
    match (recorded, stored) {
        (Some(recorded), Some(stored)) => {
            recorded == stored
                || recorded.sensitive == stored.sensitive
                    && plan::recorded_output(recorded).unmarked_deep() == value.unmarked_deep()
        }
        (recorded, stored) => recorded.is_none() && stored.is_none(),
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
