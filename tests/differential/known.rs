//! Disagreements that are meant, each with its reason.

use serde_json::Value;

use super::judge::Answers;
use super::side::Answer;

/// Whether a disagreement is one of those that are meant.
pub fn explains((ours, theirs): &Answers) -> bool {
    match (ours, theirs) {
        (
            Answer::Given { after, unknown, sensitive, ty, remarks },
            Answer::Given { after: a, unknown: u, sensitive: s, ty: t, remarks: r },
        ) => (after, unknown, ty, remarks) == (a, u, t, r) && keeps_marks(unknown, sensitive, s),
        (Answer::Refused(ours), theirs) => {
            let is_fleeting = ours.iter().all(|(_, summary, ..)| summary.contains("phemeral"));
            is_fleeting && !ours.is_empty() && matches!(theirs, Answer::Refused(said) if said.is_empty())
        }
        _ => false,
    }
}

/// Terraform drops the marks of all arguments where one of them is of no known type; they are back once its value is
/// known. Here they stay: what will be sensitive or ephemeral is so in the plan, where a mistake can still be mended.
fn keeps_marks(unknown: &Value, ours: &Value, theirs: &Value) -> bool {
    match (unknown, ours, theirs) {
        (_, ours, theirs) if ours == theirs => true,
        (Value::Bool(true), ours, theirs) => *ours == Value::Bool(true) && *theirs != Value::Bool(true),
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
