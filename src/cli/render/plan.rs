//! Plans as people read them.

mod header;
mod many;

use std::path::Path;
use std::sync::Arc;

use model::{InstanceAddr, ProviderAddr, ResourceMode, Schema, Str};
use plan::{Action, Change, Mode, OutputChange, Plan, ReplaceOrder};

use super::body::{Unchanged, body, named};
use super::difference::{Entry, Writer};
use super::messages::Counts;
use super::text::{Ink, Screen, rule, wrap};
use super::{display_address, words};

pub(super) use header::Header;
pub use header::what_happens;

/// Finds the schema of an instance's type; without one, nested blocks are shown as attributes.
pub type Schemas<'s> = dyn Fn(&InstanceAddr, &ProviderAddr) -> Option<Arc<Schema>> + 's;

/// Says in one line why something happens, where there is more to say than the action does.
pub type Note<'n> = dyn Fn(&Change) -> Option<String> + 'n;

/// What it takes to show changes to people.
pub struct Look<'l> {
    /// Tells nested blocks from attributes.
    pub schemas: &'l Schemas<'l>,
    /// Says why.
    pub note: &'l Note<'l>,
    /// How to write.
    pub screen: &'l Screen,
}

/// Renders a plan: what was changed from outside, what is to be done, outputs, the summary line.
pub fn human(plan: &Plan, look: &Look) -> String {
    let screen = look.screen;
    let mut out = lists(plan) + &drift(plan, look);
    let changes: Vec<&Change> = plan.changes.iter().filter(|c| is_shown(c)).collect();
    let outputs: Vec<_> = plan.outputs.iter().filter(|(_, o)| o.action != Action::NoOp).collect();
    if changes.is_empty() && outputs.is_empty() {
        if !plan.errored {
            out.push_str(&no_changes(plan, screen));
        }
        return out;
    }
    if !changes.is_empty() {
        out.push_str(&legend(&changes, screen));
        out.push_str(if plan.errored {
            "Stackwright planned the following actions before it met a problem:\n"
        } else {
            "Stackwright will perform the following actions:\n"
        });
        let extract = many::extract(&changes);
        out.extend(extract.whole.iter().map(|c| format!("\n{}", change(c, look))));
        out.push_str(&extract.rest(screen));
        let line = words::plan_line(&Counts::of_plan(plan));
        let (word, numbers) = line.split_at("Plan:".len());
        out.push_str(&format!("\n{}{numbers}\n", screen.paint(Ink::Bold, word)));
    }
    out.push_str(&output_changes(&outputs, screen));
    if changes.is_empty() && !plan.errored {
        out.push_str(&format!("\n{ONLY_OUTPUTS}\n"));
    }
    out
}

/// Renders a plan by what began its changes, each with what follows from it.
pub fn concise(plan: &Plan, groups: &str, screen: &Screen) -> String {
    if !plan.has_changes() {
        return no_changes(plan, screen);
    }
    let mut out = String::new();
    let drifted = plan.drift.iter().filter(|c| c.action != Action::NoOp).count();
    if drifted > 0 {
        out.push_str(&format!("\nChanged outside of Stackwright: {drifted}\n"));
    }
    out.push_str(groups);
    let outputs = plan.outputs.values().filter(|o| o.action != Action::NoOp).count();
    if outputs > 0 {
        out.push_str(&format!(
            "\n  {} change\n",
            if outputs == 1 { "1 output".into() } else { format!("{outputs} outputs") }
        ));
    }
    out + &format!("\n{}\n", words::plan_line(&Counts::of_plan(plan)))
}

/// The lines below a plan that was not applied at once: where configuration was written, where the plan was saved, or that
/// it was not.
pub fn footer(saved_to: Option<&str>, written: Option<&Path>, screen: &Screen) -> String {
    let rule = screen.paint(Ink::Grey, &rule(screen));
    let written = written.map_or_else(String::new, |path| {
        format!("\nConfiguration was written to {}. Review it, and change it as needed.\n", path.display())
    });
    match saved_to {
        Some(path) => format!(
            "\n{rule}\n{written}\nSaved the plan to: {path}\n\nTo perform exactly these actions, run:\n    stackwright apply {path:?}\n"
        ),
        None => format!(
            "\n{rule}\n{written}\nNote: The plan was not saved (-out), so \"stackwright apply\" will plan anew and may find\n\
             other actions.\n"
        ),
    }
}

/// Data sources that are dropped, and what stays as it is, are not worth a line.
pub(super) fn is_shown(change: &Change) -> bool {
    let data = change.address.resource.mode != ResourceMode::Managed;
    match change.action {
        Action::NoOp => change.is_move() || change.importing.is_some(),
        Action::Delete | Action::Forget => !data,
        Action::Create | Action::Read | Action::Update | Action::Replace(_) => true,
    }
}

/// What to say of a plan that does nothing: a clause and a sentence.
pub(super) fn nothing_to_do(plan: &Plan) -> (&'static str, &'static str) {
    match plan.mode {
        Mode::Normal => (
            "Your infrastructure matches the configuration.",
            "Stackwright compared what exists with the configuration and found no differences.",
        ),
        Mode::RefreshOnly => (
            "Your infrastructure still matches the configuration.",
            "Everything that the state records was found as it was left.",
        ),
        Mode::Destroy => (
            "No objects need to be destroyed.",
            "The state records no objects: none were created yet, or all are already gone.",
        ),
    }
}

/// What a plan does that changes nothing but what is recorded.
pub(super) const ONLY_RECORDS: &str =
    "Applying this plan records these differences and changes nothing else.";

/// What a plan does that changes nothing but outputs.
pub(super) const ONLY_OUTPUTS: &str = "Applying this plan only saves these outputs in the state.";

fn no_changes(plan: &Plan, screen: &Screen) -> String {
    if plan.mode == Mode::RefreshOnly && !plan.drift.is_empty() {
        return format!("\n{ONLY_RECORDS}\n");
    }
    let (what, why) = nothing_to_do(plan);
    let first = screen.paint(Ink::Green, "No changes.");
    format!(
        "\n{}{}\n\n{}\n",
        screen.paint(Ink::Bold, &first),
        screen.paint(Ink::Bold, &format!(" {what}")),
        wrap(why, screen.width)
    )
}

/// How objects were read, where lists took the place of many calls.
fn lists(plan: &Plan) -> String {
    let lines: String = plan.lists.iter().map(|list| format!("{}\n", words::listed_line(list))).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

fn drift(plan: &Plan, look: &Look) -> String {
    let screen = look.screen;
    let drifted: Vec<&Change> = plan.drift.iter().filter(|c| c.action != Action::NoOp).collect();
    if drifted.is_empty() {
        return String::new();
    }
    let title = screen.paint(Ink::Bold, &screen.paint(Ink::Cyan, "Note: "))
        + &screen.paint(Ink::Bold, "Objects have changed outside of Stackwright");
    let prose =
        "The following differs from what the state records, which may be why something is planned below.";
    let mut out = format!("\n{title}\n\n{}\n", wrap(prose, screen.width));
    for change in drifted {
        out.push('\n');
        out.push_str(&block(change, Header::drift(change).lines(screen), look));
    }
    out + &format!("\n{}\n", screen.paint(Ink::Grey, &rule(screen)))
}

fn legend(changes: &[&Change], screen: &Screen) -> String {
    let kinds = [
        (Action::Create, "create"),
        (Action::Update, "update in-place"),
        (Action::Delete, "destroy"),
        (Action::Replace(ReplaceOrder::DeleteFirst), "destroy and then create replacement"),
        (Action::Replace(ReplaceOrder::CreateFirst), "create replacement and then destroy"),
        (Action::Read, "read (data resources)"),
        (Action::Forget, "forget (the object itself stays)"),
    ];
    let planned = kinds.iter().filter(|(action, _)| changes.iter().any(|c| c.action == *action));
    let lines: String =
        planned.map(|(action, meaning)| format!("{} {meaning}\n", symbol(*action, screen))).collect();
    match &*lines {
        "" => "\n".into(),
        _ => format!("\nActions are marked with these symbols:\n{lines}\n"),
    }
}

/// The sign of an action, three columns wide.
pub(super) fn symbol(action: Action, screen: &Screen) -> String {
    let (plus, minus) = (screen.paint(Ink::Green, "+"), screen.paint(Ink::Red, "-"));
    match action {
        Action::NoOp => "   ".into(),
        Action::Create => format!("  {plus}"),
        Action::Read => format!(" {}", screen.paint(Ink::Cyan, "<=")),
        Action::Update => format!("  {}", screen.paint(Ink::Yellow, "~")),
        Action::Delete => format!("  {minus}"),
        Action::Replace(ReplaceOrder::DeleteFirst) => format!("{minus}/{plus}"),
        Action::Replace(ReplaceOrder::CreateFirst) => format!("{plus}/{minus}"),
        Action::Forget => format!("  {}", screen.paint(Ink::Red, ".")),
    }
}

/// Renders one change with its header.
pub fn change(change: &Change, look: &Look) -> String {
    block(change, Header::planned(change, look.note).lines(look.screen), look)
}

fn block(change: &Change, header: String, look: &Look) -> String {
    let screen = look.screen;
    let resource = &change.address.resource;
    let word = match resource.mode {
        ResourceMode::Managed => "resource",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    };
    let mut out = header;
    out.push_str(&format!(
        "{} {word} \"{}\" \"{}\" {{\n",
        symbol(change.action, screen),
        resource.ty,
        resource.name
    ));
    out + &contents(change, look) + "    }\n"
}

/// What stands between the braces of a change.
pub(super) fn contents(change: &Change, look: &Look) -> String {
    let schema = (look.schemas)(&change.address, &change.provider);
    let mut w = Writer::new(look.screen, &change.replace_paths);
    body(&mut w, 1, &sides(change), schema.as_deref().map(|s| &s.block), unchanged(change));
    w.finish()
}

/// Before and after as they are shown: what is forgotten stays as it is.
fn sides(change: &Change) -> Entry<'_> {
    let present = |v| Some(v).filter(|v: &&model::Value| !v.is_null());
    let before = present(&change.before);
    match change.action {
        Action::Forget => Entry { before, after: before },
        _ => Entry { before, after: present(&change.after) },
    }
}

fn unchanged(change: &Change) -> Unchanged {
    if change.importing.is_some() && change.action == Action::NoOp {
        Unchanged::Shown
    } else {
        Unchanged::Hidden
    }
}

fn output_changes(outputs: &[(&Str, &OutputChange)], screen: &Screen) -> String {
    if outputs.is_empty() {
        return String::new();
    }
    format!("\n{}\n{}", screen.paint(Ink::Bold, "Changes to Outputs:"), outputs_side_by_side(outputs, screen))
}

/// Outputs before and after.
pub(super) fn outputs_side_by_side(outputs: &[(&Str, &OutputChange)], screen: &Screen) -> String {
    let hidden: Vec<(&Str, HiddenOutput)> =
        outputs.iter().map(|(name, o)| (*name, HiddenOutput::of(o))).collect();
    let entries: Vec<(&Str, Entry)> = hidden.iter().map(|(name, o)| (*name, o.entry())).collect();
    let mut w = Writer::new(screen, &[]);
    named(&mut w, 0, &entries);
    w.finish()
}

/// An output's two values, marked where the output is sensitive.
struct HiddenOutput {
    before: model::Value,
    after: model::Value,
    action: Action,
}

impl HiddenOutput {
    fn of(output: &OutputChange) -> HiddenOutput {
        let mark = |v: &model::Value| match output.sensitive && !v.is_null() {
            true => v.clone().sensitive(),
            false => v.clone(),
        };
        HiddenOutput { before: mark(&output.before), after: mark(&output.after), action: output.action }
    }

    fn entry(&self) -> Entry<'_> {
        Entry {
            before: Some(&self.before).filter(|_| self.action != Action::Create),
            after: Some(&self.after).filter(|_| self.action != Action::Delete),
        }
    }
}

/// The address as people see it.
fn name(address: &InstanceAddr) -> String {
    display_address(&address.to_string())
}

#[cfg(test)]
pub(super) mod tests;
