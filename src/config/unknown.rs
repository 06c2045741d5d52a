//! Why a value is not known while planning: through which references, and from which resources.

use std::collections::{BTreeSet, HashSet};

use lang::ast::{Expr, ExprKind};
use lang::references::references;
use model::{InstanceAddr, InstanceKey, Value};

use crate::evaluate::{Evaluator, InstId, Reading};
use crate::expansion::EachValue;
use crate::scope::ModuleScope;
use crate::statics::NodeId;

/// How the sentence begins that says what to do about an unknown value.
pub const WAYS_OUT: &str = " Either apply with ";

/// How many names one sentence holds.
const MAX_NAMES: usize = 5;

/// Says what in an expression is unknown, where that comes from, and what to apply first; empty where nothing can be
/// said. `reading` is what its evaluation read.
pub fn explain(evaluator: &Evaluator<'_>, expr: &Expr, inst: InstId, reading: &Reading) -> String {
    let names = unknown_references(evaluator, expr, inst);
    let sources = sources(evaluator, reading);
    if names.is_empty() || sources.is_empty() {
        return String::new();
    }
    let own = sources.len() == 1 && names.iter().all(|n| n.starts_with(&sources[0]));
    let origin = if own { String::new() } else { format!(", which comes from {}", list(&sources)) };
    let flags: Vec<String> =
        sources.iter().take(MAX_NAMES).map(|s| format!("-target={}", quoted(s))).collect();
    format!(
        " Not known is {}{origin}.{WAYS_OUT}{} first, or let apply -converge do it in rounds.",
        list(&names),
        flags.join(" ")
    )
}

fn unknown_references(evaluator: &Evaluator<'_>, expr: &Expr, inst: InstId) -> Vec<String> {
    let unknown = |t: &&lang::ast::Traversal| {
        let alone = Expr::new(ExprKind::Reference((*t).clone()), t.span);
        let (value, diags) = lang::eval(&alone, &ModuleScope::new(evaluator, inst, EachValue::None));
        !diags.has_errors() && !value.is_wholly_known()
    };
    let names: BTreeSet<String> =
        references(expr).into_iter().filter(unknown).map(|t| t.to_string()).collect();
    names.into_iter().collect()
}

/// The resources whose values are not known yet, through all variables, local values and outputs that were read.
fn sources(evaluator: &Evaluator<'_>, reading: &Reading) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut seen = HashSet::new();
    let mut stack = vec![reading.clone()];
    while let Some(reading) = stack.pop() {
        for (node, inst, key) in &reading.instances {
            let value = evaluator.instance_value(*node, *inst, key);
            found.extend(address(evaluator, (*node, *inst), key, &value));
        }
        for (node, inst) in &reading.wholes {
            let value = evaluator.whole_value(*node, *inst);
            found.extend(address(evaluator, (*node, *inst), &InstanceKey::None, &value));
        }
        for (node, inst) in &reading.through {
            if seen.insert((*node, *inst)) {
                stack.push((*evaluator.reading(*node, *inst)).clone());
            }
        }
    }
    found.into_iter().map(|a| a.to_string()).collect()
}

fn address(
    evaluator: &Evaluator<'_>,
    (node, inst): (NodeId, InstId),
    key: &InstanceKey,
    value: &Value,
) -> Option<InstanceAddr> {
    let addr = evaluator.instance_addr(node, inst, key)?;
    (!value.is_wholly_known()).then_some(addr)
}

fn list(names: &[String]) -> String {
    let shown = names.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>().join(", ");
    match names.len() {
        n if n > MAX_NAMES => format!("{shown} and {} more", n - MAX_NAMES),
        _ => shown,
    }
}

/// A word as a shell takes it.
fn quoted(address: &str) -> String {
    if address.contains(['"', '[', ' ', '$']) { format!("'{address}'") } else { address.into() }
}
