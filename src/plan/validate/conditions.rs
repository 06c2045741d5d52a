//! Conditions before there is anything to judge: what is wrong with them in themselves.

use config::{Evaluator, InstId, NodeId};
use lang::ast::{Expr, Traversal};
use lang::references::references;
use model::{Diagnostic, Diagnostics, Severity, err};

use crate::conditions::{Around, failures, judge};
use crate::judging::OUTPUT_FAILED;

/// Where conditions stand, which decides how much of them is looked at before anything is planned.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Owner {
    Resource,
    Output,
    Check,
}

/// Errors in conditions themselves; whether they hold is a run's business, but for outputs whose conditions can't.
pub(super) fn conditions(
    evaluator: &Evaluator<'_>,
    (id, inst): (NodeId, InstId),
    owner: Owner,
    conditions: &[config::Condition],
    around: &Around,
) -> Diagnostics {
    let eval = |expr: &Expr| evaluator.eval(expr, id, inst, around.each.clone(), around.own.clone()).2;
    let mut diags = Diagnostics::new();
    for c in conditions {
        let mut found = eval(&c.condition);
        let of_condition = found.iter().any(is_lost);
        let message = eval(&c.message);
        let lost = of_condition || message.iter().any(is_lost);
        let named: Vec<&Expr> = match owner {
            Owner::Resource => {
                let both = [(&c.condition, of_condition), (&c.message, message.iter().any(is_lost))];
                both.into_iter().filter(|(_, lost)| *lost).map(|(expr, _)| &**expr).collect()
            }
            Owner::Output if lost => vec![&c.condition, &c.message],
            Owner::Check if lost => vec![&c.message],
            Owner::Output | Owner::Check => Vec::new(),
        };
        // What hides what other names miss hides it in the message, too.
        let hidden = owner == Owner::Check && of_condition;
        found.extend(message.0.into_iter().filter(|_| !hidden));
        found.extend(named.into_iter().flat_map(nameless));
        if owner != Owner::Resource && !found.has_errors() {
            found.extend(judged(evaluator, c, (id, inst), owner, around));
        }
        diags.extend(found);
    }
    diags
}

/// What is wrong with the values of a condition and its message.
fn judged(
    evaluator: &Evaluator<'_>,
    c: &config::Condition,
    (id, inst): (NodeId, InstId),
    owner: Owner,
    around: &Around,
) -> Diagnostics {
    let verdict = judge(evaluator, c, id, inst, around);
    let found = match owner {
        Owner::Output => failures(std::slice::from_ref(c), vec![verdict], OUTPUT_FAILED, Severity::Error),
        Owner::Resource | Owner::Check => {
            let wrong = verdict.diags.0.into_iter().filter(|d| d.summary != "Invalid condition result");
            Diagnostics(wrong.collect())
        }
    };
    Diagnostics(found.0.into_iter().filter(|d| d.severity == Severity::Error).collect())
}

/// Whether a reference leads to an object that is not there, or not in that way.
fn is_lost(diag: &Diagnostic) -> bool {
    matches!(
        &*diag.summary,
        "Reference to undeclared resource"
            | "Reference to undeclared module"
            | "Missing resource instance key"
            | "Unexpected resource instance key"
    )
}

/// As the oracle does: where a reference leads to no object, none of the names beside it has a meaning.
fn nameless(expr: &Expr) -> Vec<Diagnostic> {
    let unknown = |t: &Traversal| {
        let name = &t.root.name;
        err!(t.root.span, "Unknown variable", "{name:?} cannot be looked up: another reference is wrong.")
    };
    references(expr).into_iter().map(unknown).collect()
}
