//! The comment above a change: what happens, and why.

use model::InstanceKey;
use plan::{Action, Change, Reason};

use super::{Note, name};
use crate::render::display_address;
use crate::render::text::{Ink, Screen};

/// What happens to an object, and why.
pub(in crate::render) struct Header {
    /// The object, by its address.
    pub who: String,
    /// What happens to it, as what follows its name.
    pub what: &'static str,
    /// Why, and what else is worth knowing.
    pub notes: Vec<String>,
    /// What nobody should overlook.
    pub warning: Option<&'static str>,
}

impl Header {
    /// Of a planned change; `note` has what is to be said of its cause.
    pub(in crate::render) fn planned(change: &Change, note: &Note) -> Header {
        let mut notes: Vec<String> = Vec::new();
        notes.extend(reason(change));
        notes.extend(note(change));
        if change.is_move() && change.action != Action::NoOp {
            notes.extend(change.previous_address.as_ref().map(|p| format!("moved from {}", name(p))));
        }
        if let Some(importing) = change.importing.as_ref().filter(|_| change.action != Action::NoOp) {
            let id = importing.shown().map_or_else(|| "(sensitive value)".to_owned(), |id| format!("{id:?}"));
            notes.push(format!("imported from {id}"));
        }
        if change.generated_config.is_some() {
            notes.push("configuration will be written for it".into());
        }
        let destroys_imported = change.importing.is_some() && matches!(change.action, Action::Replace(_));
        Header {
            who: who(change),
            what: what_happens(change),
            notes,
            warning: destroys_imported.then_some("this will destroy the imported resource"),
        }
    }

    /// Of something that was changed from outside.
    pub(in crate::render) fn drift(change: &Change) -> Header {
        let what = if change.action == Action::Delete { " has been deleted" } else { " has changed" };
        Header { who: name(&change.address), what, notes: Vec::new(), warning: None }
    }

    /// The lines above a change.
    pub(super) fn lines(&self, screen: &Screen) -> String {
        let mut out = format!("{}{}\n", screen.paint(Ink::Bold, &format!("  # {}", self.who)), self.what);
        out.extend(self.notes.iter().map(|n| format!("  # ({n})\n")));
        if let Some(warning) = self.warning {
            out.push_str(&format!("  # {} {warning}\n", screen.paint(Ink::Yellow, "Warning:")));
        }
        out
    }
}

fn who(change: &Change) -> String {
    let address = name(&change.address);
    match (&change.deposed, &change.previous_address) {
        (Some(key), _) => format!("{address} (deposed object {key})"),
        (None, Some(previous)) if change.is_move() && change.action == Action::NoOp => {
            format!("{} has moved to {address}", name(previous))
        }
        (None, _) => address,
    }
}

/// What happens to an object, as what follows its name.
pub fn what_happens(change: &Change) -> &'static str {
    match (change.action, change.reason) {
        (Action::NoOp, _) if change.importing.is_some() => " will be imported",
        (Action::NoOp, _) => "",
        (Action::Create, _) => " will be created",
        (Action::Read, _) => " will be read during apply",
        (Action::Update, _) => " will be updated in-place",
        (Action::Replace(_), Some(Reason::ReplaceBecauseTainted)) => " is tainted, so must be replaced",
        (Action::Replace(_), Some(Reason::ReplaceByRequest)) => " will be replaced, as requested",
        (Action::Replace(_), Some(Reason::ReplaceByTriggers)) => {
            " will be replaced due to changes in replace_triggered_by"
        }
        (Action::Replace(_), _) => " must be replaced",
        (Action::Delete, _) => " will be destroyed",
        (Action::Forget, _) => " will no longer be managed by Stackwright, but will not be destroyed",
    }
}

fn reason(change: &Change) -> Option<String> {
    if change.deposed.is_some() {
        return Some("left over from a replacement that was not completed".into());
    }
    if change.action == Action::Forget {
        return Some("destroy = false is set in the configuration".into());
    }
    Some(match change.reason? {
        Reason::ReplaceBecauseTainted
        | Reason::ReplaceByRequest
        | Reason::ReplaceByTriggers
        | Reason::ReplaceBecauseCannotUpdate => return None,
        Reason::DeleteBecauseNoResourceConfig => {
            format!("because {} is not in configuration", name(&change.address.whole()))
        }
        Reason::DeleteBecauseNoModule => {
            format!("because {} is not in configuration", display_address(&change.address.module.to_string()))
        }
        Reason::DeleteBecauseWrongRepetition => wrong_repetition(&change.address.key).into(),
        Reason::DeleteBecauseCountIndex => {
            format!("because index {} is out of range for count", change.address.key)
        }
        Reason::DeleteBecauseEachKey => {
            format!("because key {} is not in for_each map", change.address.key)
        }
        Reason::DeleteBecauseNoMoveTarget => {
            format!("because it was moved to {}, which is not in configuration", name(&change.address))
        }
        Reason::DeleteBecauseDisabled => "because enabled is false".into(),
        Reason::ReadBecauseConfigUnknown => "config refers to values not yet known".into(),
        Reason::ReadBecauseDependencyPending => {
            "depends on a resource or a module with changes pending".into()
        }
        Reason::ReadBecauseCheckNested => "read again to verify a check".into(),
    })
}

fn wrong_repetition(key: &InstanceKey) -> &'static str {
    match key {
        InstanceKey::None => "because resource uses count or for_each",
        InstanceKey::Int(_) => "because resource does not use count",
        InstanceKey::Str(_) => "because resource does not use for_each",
    }
}
