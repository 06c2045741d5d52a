//! A plan as a comment on a pull request: what can break comes first, and it always fits.
//!
//! The page is HTML with fences of Markdown between: what people named and valued stands in `code` elements and fences only
//! ([`safe`]). It depends on the plan alone, so that a job can compare and replace its earlier comment, which it finds by the
//! first line.

mod counts;
mod findings;
mod page;
mod risk;
mod safe;

use model::{InstanceAddr, ResourceMode, Str};
use plan::{Action, Change, Mode, OutputChange, Plan};

use super::messages::Counts;
use super::plan::{
    Header, Look, ONLY_OUTPUTS, ONLY_RECORDS, contents, nothing_to_do, outputs_side_by_side, symbol,
};
use super::words;
use crate::planfile::Finding;
use crate::project::Place;
use page::Section;
use risk::{RISKS, Risk, changes_of};
use safe::{code, hidden};

/// The most that GitHub takes, in characters; it is kept in bytes, of which there are never fewer.
pub const LIMIT: usize = 65_536;
/// A longer name is not shown in the head of the page.
const LONGEST_NAME: usize = 300;
/// Outputs that take no more are shown in one piece.
const TOGETHER: usize = 8_000;
/// Longer reasons are left out, so that what happens is listed at all.
const LONGEST_NOTES: usize = 2_000;

/// What a plan is of, and what is to be known beside its changes.
pub struct Subject<'s> {
    /// The stack, where there is one.
    pub stack: Option<&'s str>,
    /// The environment or workspace.
    pub place: &'s Place,
    /// Whether the environment takes only saved plans.
    pub is_place_protected: bool,
    /// What planning found.
    pub findings: &'s [Finding],
    /// Whether an object is not to be destroyed.
    pub is_protected: &'s dyn Fn(&InstanceAddr) -> bool,
    /// Further things to look at before agreeing.
    pub notes: &'s str,
}

/// The comment, at most [`LIMIT`] bytes. The look's screen has to be one with signs in the first column.
pub fn comment(plan: &Plan, subject: &Subject, look: &Look) -> String {
    let head = head(plan, subject);
    let room = LIMIT - head.len();
    let is_protected = |c: &Change| (subject.is_protected)(&c.address);
    let lists: Vec<(Risk, Vec<&Change>)> =
        RISKS.iter().map(|risk| (*risk, changes_of(plan, *risk, &is_protected))).collect();
    let outputs: Vec<_> = plan.outputs.iter().filter(|(_, o)| o.action != Action::NoOp).collect();
    let mut sections = vec![findings::section(subject.findings, room / 4)];
    sections.extend(lists.iter().map(|(risk, list)| changes(*risk, list, look, &is_protected)));
    sections.push(output_changes(&outputs, look));
    sections.push(notes(subject.notes));
    head + &page::page(&sections, room)
}

/// The marker, the title, the sum, and what the plan was made from.
fn head(plan: &Plan, subject: &Subject) -> String {
    let mut out = format!("<!-- stackwright plan {} -->\n{}", marker(subject), title(plan, subject));
    if plan.errored {
        out.push_str(
            "<p><b>Planning failed.</b> This is how far it came; such a plan is never applied.</p>\n",
        );
    }
    out.push_str(&sum(plan));
    if !plan.targets.is_empty() {
        out.push_str("<p><b>Limited</b> with -target or -exclude: other changes may be missing.</p>\n");
    }
    out.push_str(&findings::checks(plan));
    if plan.serial > 0 {
        let lineage = fitting(&plan.lineage).map_or_else(String::new, |l| format!(" {}", code(l)));
        out.push_str(&format!(
            "<p>Made from serial {} of the state{lineage}; it applies to no other.</p>\n",
            plan.serial
        ));
    }
    out + "\n"
}

fn marker(subject: &Subject) -> String {
    let place = fitting(subject.place.name()).unwrap_or("-");
    match subject.stack.and_then(fitting) {
        Some(stack) => format!("{}/{}", hidden(stack), hidden(place)),
        None => hidden(place),
    }
}

fn title(plan: &Plan, subject: &Subject) -> String {
    let what = match plan.mode {
        Mode::Normal => "Plan",
        Mode::Destroy => "Plan to destroy",
        Mode::RefreshOnly => "Plan to record changes from outside",
    };
    let of = subject.stack.and_then(fitting).map_or_else(String::new, |s| format!(" {}", code(s)));
    let (kind, name) = match subject.place {
        Place::Environment(name) => ("environment", name),
        Place::Workspace(name) => ("workspace", name),
    };
    let place = fitting(name).map_or_else(String::new, |n| format!(", {kind} {}", code(n)));
    let protected = if subject.is_place_protected { ", protected" } else { "" };
    format!("<h3>{what}{of}{place}{protected}</h3>\n")
}

fn fitting(name: &str) -> Option<&str> {
    Some(name).filter(|n| n.len() <= LONGEST_NAME)
}

/// The numbers, or that there is nothing to do.
fn sum(plan: &Plan) -> String {
    let drifted = plan.drift.iter().any(|c| c.action != Action::NoOp);
    if plan.mode == Mode::RefreshOnly && drifted {
        return format!("<p>{ONLY_RECORDS}</p>\n");
    }
    if !plan.has_changes() {
        let (what, why) = nothing_to_do(plan);
        return if plan.errored {
            String::new()
        } else {
            format!("<p><b>No changes.</b> {what} {why}</p>\n")
        };
    }
    let line = words::plan_line(&Counts::of_plan(plan));
    let beside = [
        (counted(plan, |c| matches!(c.action, Action::Replace(_))), "replaced"),
        (counted(plan, |c| c.action == Action::Forget && is_managed(c)), "forgotten"),
        (counted(plan, Change::is_move), "moved"),
    ];
    let beside: Vec<String> =
        beside.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let beside = if beside.is_empty() { String::new() } else { format!(" ({})", beside.join(", ")) };
    let only = match plan.changes.iter().any(super::plan::is_shown) {
        false if !plan.errored => format!(" {ONLY_OUTPUTS}"),
        _ => String::new(),
    };
    format!("<p><b>{line}</b>{beside}{only}</p>\n")
}

fn counted(plan: &Plan, what: impl Fn(&Change) -> bool) -> usize {
    plan.changes.iter().filter(|c| what(c)).count()
}

fn is_managed(change: &Change) -> bool {
    change.address.resource.mode == ResourceMode::Managed
}

/// The changes of one risk.
fn changes<'s>(
    risk: Risk,
    list: &'s [&'s Change],
    look: &'s Look,
    is_protected: &'s dyn Fn(&Change) -> bool,
) -> Section<'s> {
    Section {
        title: risk.title(),
        is_open: false,
        count: list.len(),
        entries: list.len(),
        share: LIMIT,
        line: Box::new(move |at| {
            let header = match risk {
                Risk::Drifted => Header::drift(list[at]),
                _ => Header::planned(list[at], look.note),
            };
            line(list[at], &header, is_protected(list[at]), look)
        }),
        below: Box::new(|at| Some((contents(list[at], look), "diff")).filter(|(text, _)| !text.is_empty())),
        rest: Box::new(|unlisted| {
            counts::counts(&unlisted.iter().map(|at| list[*at]).collect::<Vec<&Change>>())
        }),
    }
}

fn line(change: &Change, header: &Header, protected: bool, look: &Look) -> String {
    let sign = symbol(change.action, look.screen);
    let sign = match sign.trim() {
        "" => String::new(),
        sign => format!("{} ", code(sign)),
    };
    let protected = if protected { ", <b>protected</b>" } else { "" };
    let notes: String = header.notes.iter().map(|note| format!("; {}", code(note))).collect();
    let notes = Some(notes).filter(|n| n.len() <= LONGEST_NOTES).unwrap_or_default();
    let warning = header.warning.map_or_else(String::new, |w| format!("; <b>{w}</b>"));
    format!("{sign}{}{}{protected}{warning}{notes}", code(&header.who), header.what)
}

/// Outputs: together where they are few, otherwise one by one.
fn output_changes<'s>(outputs: &'s [(&'s Str, &'s OutputChange)], look: &'s Look) -> Section<'s> {
    let each: Vec<String> = outputs.iter().map(|(name, output)| output_line(name, output)).collect();
    let together = outputs_side_by_side(outputs, look.screen);
    let are_few = together.len() <= TOGETHER && each.iter().map(String::len).sum::<usize>() <= LONGEST_NOTES;
    let group = if are_few { outputs.len().max(1) } else { 1 };
    Section {
        title: "Outputs",
        is_open: true,
        count: outputs.len(),
        entries: outputs.len().div_ceil(group),
        share: LIMIT,
        line: Box::new(move |at| each[at * group..(at + 1) * group].join(", ")),
        below: Box::new(move |at| {
            Some((outputs_side_by_side(&outputs[at * group..(at + 1) * group], look.screen), "diff"))
        }),
        rest: Box::new(move |unlisted| format!("<p>And {} more.</p>\n", unlisted.len() * group)),
    }
}

fn output_line(name: &str, output: &OutputChange) -> String {
    let what = match output.action {
        Action::Create => "is new",
        Action::Delete => "goes",
        _ => "changes",
    };
    format!("{} {what}", code(name))
}

/// Permissions and the like, as one entry.
fn notes(text: &str) -> Section<'_> {
    let text = text.trim_matches('\n');
    Section {
        title: "Permissions and demands",
        is_open: false,
        count: usize::from(!text.is_empty()),
        entries: usize::from(!text.is_empty()),
        share: LIMIT,
        line: Box::new(|_| "Who gets access to what, and what is there because somebody asks for it".into()),
        below: Box::new(move |_| Some((text.to_owned(), "text"))),
        rest: Box::new(|_| String::new()),
    }
}

#[cfg(test)]
mod tests;
