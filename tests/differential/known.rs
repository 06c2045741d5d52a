//! Disagreements that are meant, each with its reason.

use std::collections::BTreeSet;

use serde_json::Value;

use super::judge::Answers;
use super::side::{Answer, CRASH, Remark};

/// Whether a disagreement about an expression is one of those that are meant.
pub fn explains(text: &str, (ours, theirs): &Answers) -> bool {
    let may_drop = may_drop_marks(text);
    match (ours, theirs) {
        // Some of Terraform's functions give up where they should answer: their defect is reported as an error.
        (_, Answer::Refused(said)) if said.iter().any(|(_, summary, ..)| summary == CRASH) => true,
        // Infinity is a value, which Terraform cannot write into a plan.
        (Answer::Refused(said), Answer::Broken(_)) => said.is_empty(),
        // What is looked for among what is not known yet may still be there; for Terraform it is not, whatever comes of that.
        (ours, _) if text.contains("matchkeys(") && has_unknowns(text) && is_open(ours) => true,
        // Of several arguments that do not suit the first is told; Terraform counts keys before it knows what they are.
        (Answer::Refused(ours), Answer::Refused(theirs))
            if text.contains("matchkeys(") && has_unknowns(text) && !theirs.is_empty() =>
        {
            ours.iter().all(|(_, summary, ..)| summary == "Invalid function argument")
        }
        // Where a function of Terraform's gives up, but in a result of a conditional that is not taken, nothing is said of it.
        (Answer::Refused(ours), _) if may_give_up(text) && is_inconsistent(ours) => true,
        (ours, Answer::Given { .. }) if may_give_up(text) && is_open(ours) => true,
        // What a splat makes of a called module is known before anything is planned; to Terraform only then.
        (Answer::Refused(ours), Answer::Refused(theirs))
            if text.contains("module.typed[*]") && theirs.is_empty() =>
        {
            ours.iter().all(|(severity, ..)| severity == "error")
        }
        (
            Answer::Given { after, unknown, sensitive, ty, remarks },
            Answer::Given { after: a, unknown: u, sensitive: s, ty: t, remarks: r },
        ) => {
            let marked = || may_drop && is_more(sensitive, s) || keeps_marks(unknown, sensitive, s);
            (unknown, ty, remarks) == (u, t, r) && same(after, a) && marked()
        }
        // A set with unknown elements keeps its type when Terraform makes a list of it for a function, which then is the
        // wrong one: `sort(toset([1, unknown]))`.
        (Answer::Refused(ours), Answer::Refused(theirs))
            if ours.is_empty() && !theirs.is_empty() && may_hold_unknown_set(text) =>
        {
            theirs.iter().all(|(_, summary, ..)| summary == "Invalid function argument")
        }
        (Answer::Refused(ours), theirs) => {
            let is_fleeting = ours.iter().all(|(_, summary, ..)| summary.contains("phemeral"));
            is_fleeting && !ours.is_empty() && matches!(theirs, Answer::Refused(said) if said.is_empty())
        }
        _ => false,
    }
}

/// Whether a function of which Terraform's gives up for some arguments is called where that is caught: `slice` for lists
/// that are not known, functions of sets for nulls beside objects, in a conditional, in `can` or in `try`.
fn may_give_up(text: &str) -> bool {
    [" ? ", "can(", "try("].iter().any(|catcher| text.contains(catcher))
        && (text.contains("slice(") && has_unknowns(text)
            || OF_SETS.iter().any(|function| text.contains(function)) && text.contains("null"))
}

const OF_SETS: [&str; 4] = ["setintersection(", "setproduct(", "setsubtract(", "setunion("];

/// Whether nothing but the types of a conditional's results is wrong.
fn is_inconsistent(said: &BTreeSet<Remark>) -> bool {
    !said.is_empty() && said.iter().all(|(_, summary, ..)| summary == "Inconsistent conditional result types")
}

/// Whether an answer leaves something open.
fn is_open(answer: &Answer) -> bool {
    match answer {
        Answer::Given { unknown, .. } => holds_true(unknown),
        Answer::Refused(said) => said.is_empty(),
        Answer::Broken(_) => false,
    }
}

/// Whether there is a set in an expression, with something unknown; a variable is, while a configuration is validated.
fn may_hold_unknown_set(text: &str) -> bool {
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    has(&["toset(", "setunion(", "local.sorted", "var.ports", "typed.set"])
        && (has_unknowns(text) || text.contains("var."))
}

/// Whether Terraform may have dropped marks on the way to a known value: its unary and logical operators do so with unknown
/// operands, its directives with unknown elements, `element` and `concat` with an unknown list.
fn may_drop_marks(text: &str) -> bool {
    let has = |parts: &[&str]| parts.iter().any(|part| text.replace("!=", "").contains(part));
    has(&["!", "&&", "||", "%{ for", "%{~ for", "%{for"])
        || (has(&["element(", "concat("]) || negates(text)) && has_unknowns(text)
}

/// Whether a minus stands before something else than digits, and nothing to subtract from before it.
fn negates(text: &str) -> bool {
    text.match_indices('-').any(|(at, _)| {
        let before = text[..at].trim_end().chars().next_back();
        let after = text[at + 1..].trim_start().chars().next();
        before.is_none_or(|c| "([{,?:=&|!<>+-*/%".contains(c)) && after.is_some_and(|c| !c.is_ascii_digit())
    })
}

/// Whether an expression names what is not known while planning.
fn has_unknowns(text: &str) -> bool {
    ["module.typed", "terraform_data", "local.later"].iter().any(|name| text.contains(name))
}

/// Terraform drops the marks of all arguments where one of them is of no known type; they are back once its value is
/// known. Here they stay: what will be sensitive or ephemeral is so in the plan, where a mistake can still be mended.
fn keeps_marks(unknown: &Value, ours: &Value, theirs: &Value) -> bool {
    match (unknown, ours, theirs) {
        (_, ours, theirs) if ours == theirs => true,
        (unknown, Value::Bool(true), theirs) => holds_true(unknown) && *theirs != Value::Bool(true),
        (Value::Object(unknown), Value::Object(ours), theirs) => unknown
            .iter()
            .all(|(key, u)| keeps_marks(u, &ours.get(key).cloned().unwrap_or_default(), &theirs[key])),
        (Value::Array(unknown), Value::Array(ours), theirs) => unknown
            .iter()
            .enumerate()
            .all(|(i, u)| keeps_marks(u, &ours.get(i).cloned().unwrap_or_default(), &theirs[i])),
        _ => false,
    }
}

/// Whether all that is marked in one is marked in the other, too.
fn is_more(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Bool(true), _) => true,
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_more(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            b.iter().all(|(key, b)| a.get(key).is_some_and(|a| is_more(a, b)) || !holds_true(b))
        }
        (_, theirs) => !holds_true(theirs),
    }
}

fn holds_true(value: &Value) -> bool {
    match value {
        Value::Bool(b) => *b,
        Value::Array(items) => items.iter().any(holds_true),
        Value::Object(entries) => entries.values().any(holds_true),
        _ => false,
    }
}

fn is_power_of_two(number: f64) -> bool {
    const FRACTION: u64 = (1 << 52) - 1;
    number.to_bits() & FRACTION == 0
}

/// Whether two values are the same, numbers as 64-bit floats: plan files of Terraform hold those that fit as such, and
/// print them with as many digits as that takes; of a power of two with less than it takes.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b || is_power_of_two(a) && (a - b).abs() <= f64::EPSILON * a.abs(),
            (a, b) => a == b,
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}
