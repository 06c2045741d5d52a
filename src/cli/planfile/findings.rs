//! Errors and warnings of planning, as a saved plan keeps them: told without the configuration at hand.

use model::{Diagnostic, Severity, SourceMap};
use serde_json::{Value as Json, json};

/// An error or a warning with its place in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Error or warning.
    pub severity: Severity,
    /// What, in a few words.
    pub summary: String,
    /// What is wrong and what to do.
    pub detail: String,
    /// The object concerned.
    pub address: Option<String>,
    /// Where: `main.tf:3`.
    pub place: Option<String>,
}

impl Finding {
    /// What a diagnostic says.
    pub fn of(diagnostic: &Diagnostic, sources: &SourceMap) -> Finding {
        Finding {
            severity: diagnostic.severity,
            summary: diagnostic.summary.to_string(),
            detail: diagnostic.detail.clone(),
            address: diagnostic.address.clone(),
            place: diagnostic.subject.map(|span| sources.location(span)),
        }
    }
}

pub(super) fn encode(f: &Finding) -> Json {
    json!([f.severity == Severity::Error, f.summary, f.detail, f.address, f.place])
}

pub(super) fn decode(j: &Json) -> Option<Finding> {
    let text = |at: usize| Some(j.get(at)?.as_str()?.to_owned());
    let severity = if j.get(0)?.as_bool()? { Severity::Error } else { Severity::Warning };
    Some(Finding { severity, summary: text(1)?, detail: text(2)?, address: text(3), place: text(4) })
}
