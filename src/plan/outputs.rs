//! Root outputs: what changes.

use std::collections::BTreeMap;

use config::{InstId, NodeKind};
use model::{ModulePath, Str, Value};
use state::OutputState;

use crate::change::{Action, Mode, OutputChange};
use crate::planner::Planner;

/// The value of a recorded output, marked where it is sensitive.
pub fn recorded_output(output: &OutputState) -> Value {
    let ty = serde_json::from_str(&output.ty).ok().and_then(|t| model::json::type_from_json(&t));
    let value = match ty {
        Some(ty) => model::json::read(&output.value, &ty),
        None => model::json::read_implied(&output.value),
    };
    let value = value.unwrap_or_else(|_| Value::null());
    if output.sensitive { value.sensitive() } else { value }
}

/// How the root outputs change.
pub fn plan_outputs(planner: &Planner<'_>) -> BTreeMap<Str, OutputChange> {
    let prior = &planner.prior.outputs;
    let mut changes = BTreeMap::new();
    let Some(root) = planner.inputs.config.root() else { return changes };
    if planner.inputs.options.mode != Mode::Destroy {
        for (name, output) in &root.outputs {
            let node = planner.inputs.statics.find(&ModulePath::root(), &NodeKind::Output(name.clone()));
            let Some(node) = node else { continue };
            if planner.included.as_ref().is_some_and(|i| !i.contains(&node)) {
                continue;
            }
            // Of a plan that failed, outputs that it did not come to.
            if !planner.evaluator.has_value(node, InstId::ROOT) {
                continue;
            }
            let after = planner.evaluator.value(node, InstId::ROOT);
            let recorded = prior.get(name);
            let before = recorded.map_or_else(Value::null, recorded_output);
            changes.insert(name.clone(), compare(before, after, recorded.is_some(), output.sensitive));
        }
    }
    // What is aimed at alone has no part in outputs that nobody configures any more.
    let is_whole = planner.inputs.options.targets.is_empty();
    let gone = prior.iter().filter(|(name, _)| {
        planner.inputs.options.mode == Mode::Destroy && planner.included.is_none()
            || is_whole && !root.outputs.contains_key(*name)
    });
    for (name, output) in gone {
        let change = OutputChange {
            action: Action::Delete,
            before: recorded_output(output),
            after: Value::null(),
            sensitive: output.sensitive,
        };
        changes.insert(name.clone(), change);
    }
    changes
}

/// The state says of an output as a whole whether it is sensitive; which part of the value makes it so, it does not say.
fn compare(before: Value, after: Value, existed: bool, sensitive: bool) -> OutputChange {
    let is_same = || {
        before.marks().is_sensitive() == sensitive
            && after.is_wholly_known()
            && before.unmarked_deep() == after.unmarked_deep()
    };
    let action = match (existed, after.is_null()) {
        (false, true) => Action::NoOp,
        (false, false) => Action::Create,
        (true, true) if before.is_null() => Action::NoOp,
        (true, true) => Action::Update,
        (true, false) if is_same() => Action::NoOp,
        (true, false) => Action::Update,
    };
    let sensitive = sensitive || before.marks().is_sensitive();
    OutputChange { action, before, after, sensitive }
}
