//! What is to be read first: changes by how much they can break.

use plan::{Action, Change, Plan};

use crate::render::plan::is_shown;

/// How much a change can break, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Risk {
    /// An object goes, for good or for another one, or is known no more.
    Lost,
    /// An object was changed from outside.
    Drifted,
    /// An object changes and stays.
    Updated,
    /// An object comes.
    Created,
    /// Nothing happens to an object itself: it is read, taken over, or known by another name.
    Kept,
}

/// All of them, in their order.
pub(super) const RISKS: [Risk; 5] = [Risk::Lost, Risk::Drifted, Risk::Updated, Risk::Created, Risk::Kept];

impl Risk {
    /// The title of its section.
    pub(super) fn title(self) -> &'static str {
        match self {
            Risk::Lost => "Replaced, destroyed or forgotten",
            Risk::Drifted => "Changed outside of Stackwright",
            Risk::Updated => "Updated in place",
            Risk::Created => "Created",
            Risk::Kept => "Read, imported or moved",
        }
    }
}

/// The changes of one risk, those of protected objects first, otherwise as the plan orders them.
pub(super) fn changes_of<'p>(
    plan: &'p Plan,
    risk: Risk,
    is_protected: &dyn Fn(&Change) -> bool,
) -> Vec<&'p Change> {
    let mut found: Vec<&Change> = match risk {
        Risk::Drifted => plan.drift.iter().filter(|c| c.action != Action::NoOp).collect(),
        _ => plan.changes.iter().filter(|c| is_shown(c) && risk_of(c) == risk).collect(),
    };
    found.sort_by_cached_key(|c| (!is_protected(c), c.action == Action::Forget));
    found
}

fn risk_of(change: &Change) -> Risk {
    match change.action {
        Action::Replace(_) | Action::Delete | Action::Forget => Risk::Lost,
        Action::Update => Risk::Updated,
        Action::Create => Risk::Created,
        Action::Read | Action::NoOp => Risk::Kept,
    }
}
