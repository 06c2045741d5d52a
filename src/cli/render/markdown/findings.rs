//! Errors and warnings of planning, and what became of checks.

use model::Severity;
use plan::{CheckStatus, Plan};

use super::page::Section;
use super::safe::code;
use crate::planfile::Finding;
use crate::render::display_address;

/// Errors and warnings, errors first. They take at most so much of the page.
pub(super) fn section(findings: &[Finding], share: usize) -> Section<'_> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|f| f.severity);
    let details: Vec<&str> = sorted.iter().map(|f| f.detail.trim()).collect();
    Section {
        title: "Errors and warnings",
        is_open: true,
        count: sorted.len(),
        entries: sorted.len(),
        share,
        line: Box::new(move |at| line(sorted[at])),
        below: Box::new(move |at| Some((details[at].to_owned(), "text")).filter(|(d, _)| !d.is_empty())),
        rest: Box::new(|unlisted| format!("<p>And {} more.</p>\n", unlisted.len())),
    }
}

fn line(finding: &Finding) -> String {
    let word = match finding.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
    };
    let mut out = format!("<b>{word}</b>: {}", code(&finding.summary));
    if let Some(address) = &finding.address {
        out.push_str(&format!(" with {}", code(&display_address(address))));
    }
    if let Some(place) = &finding.place {
        out.push_str(&format!(" on {}", code(place)));
    }
    out
}

/// How many checks hold, do not, and are still open; nothing where there is none.
pub(super) fn checks(plan: &Plan) -> String {
    let count = |wanted: &[CheckStatus]| plan.checks.iter().filter(|c| wanted.contains(&c.status)).count();
    let kinds = [
        (count(&[CheckStatus::Fail, CheckStatus::Error]), "failed"),
        (count(&[CheckStatus::Pass]), "passed"),
        (count(&[CheckStatus::Unknown]), "known after apply"),
    ];
    let told: Vec<String> =
        kinds.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    if told.is_empty() { String::new() } else { format!("<p>Checks: {}.</p>\n", told.join(", ")) }
}
