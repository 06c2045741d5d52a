//! The steps of a saved plan, and what each waits for.

use std::collections::BTreeSet;
use std::rc::Rc;

use plan::{Plan, Step, StepAction};

use super::resources::kind;
use crate::render::display_address;
use crate::render::graph::{Drawing, Node, reduce};

/// Draws what applying a plan does.
pub(super) fn drawing(plan: &Plan) -> Drawing {
    let mut nodes = Vec::new();
    let mut edges = BTreeSet::new();
    // What each step leads to: itself where it does something, what stands behind it otherwise.
    let mut behind: Vec<Rc<BTreeSet<u32>>> = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        let mut reached = BTreeSet::new();
        step.after.iter().for_each(|id| reached.extend(behind[id.0 as usize].iter().copied()));
        let Some(node) = node(plan, step) else {
            behind.push(Rc::new(reached));
            continue;
        };
        let number = nodes.len() as u32;
        edges.extend(reached.into_iter().map(|to| (number, to)));
        behind.push(Rc::new(BTreeSet::from([number])));
        nodes.push(node);
    }
    let order: Vec<u32> = (0..nodes.len() as u32).rev().collect();
    Drawing { edges: reduce(&edges, &order), nodes, is_operation: true, ..Drawing::default() }
}

/// A step as something to draw; nothing for those that only wait.
fn node(plan: &Plan, step: &Step) -> Option<Node> {
    let (suffix, action) = match &step.action {
        StepAction::Create => ("", "create"),
        StepAction::Read => ("", "read"),
        StepAction::Update => ("", "update"),
        StepAction::Stabilise => (" (stabilise)", "wait until it is done"),
        StepAction::Import => (" (import)", "import"),
        StepAction::Delete => (" (destroy)", "delete"),
        StepAction::Depose(_) => (" (depose)", "set aside"),
        StepAction::DeleteDeposed(_) => (" (destroy deposed)", "delete the replaced object"),
        StepAction::Forget => (" (forget)", "forget"),
        StepAction::Gate => return None,
    };
    let change = plan.changes.get(step.change? as usize)?;
    let (address, module) = (change.address.to_string(), change.address.module.to_string());
    let deposed = change.deposed.as_ref().map(|key| format!(" {key}")).unwrap_or_default();
    Some(Node {
        label: display_address(&address),
        name: format!("{address}{suffix}{deposed}"),
        module: display_address(&module),
        kind: kind(change.address.resource.mode),
        action: Some(action),
    })
}
