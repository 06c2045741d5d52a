//! Plans of very many changes: a few of each kind are shown whole, the rest is counted.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::{ModulePath, ResourceAddr};
use plan::{Action, Change};

use super::super::display_address;
use super::super::text::Screen;
use super::symbol;

/// Above this many changes not each is shown.
const MANY: usize = 500;

/// How many changes are shown whole then.
const WHOLE: usize = 100;

/// How many of them are of one block, with the same action.
const ALIKE: usize = 3;

/// How many blocks the rest is told by.
const BLOCKS: usize = 50;

/// What is counted together: the changes of one block, in whichever instances of its module, with the same action.
type Kind<'c> = (ModulePath, &'c ResourceAddr, u8);

/// A plan's changes, in part.
pub(super) struct Extract<'c> {
    /// Those that are shown whole, in their order.
    pub(super) whole: Vec<&'c Change>,
    /// The others.
    rest: Vec<&'c Change>,
}

/// Chooses what is shown whole: everything, or where that is very much a few of each kind, the risky ones first.
pub(super) fn extract<'c>(changes: &[&'c Change]) -> Extract<'c> {
    if changes.len() <= MANY {
        return Extract { whole: changes.to_vec(), rest: Vec::new() };
    }
    let mut by_risk: Vec<usize> = (0..changes.len()).collect();
    by_risk.sort_by_key(|at| risk(changes[*at].action));
    let mut seen: HashMap<Kind<'_>, usize> = HashMap::new();
    let is_one_of_few = |at: &usize| {
        let count = seen.entry(kind(changes[*at])).or_default();
        *count += 1;
        *count <= ALIKE
    };
    let chosen: HashSet<usize> = by_risk.into_iter().filter(is_one_of_few).take(WHOLE).collect();
    let (mut whole, mut rest) = (Vec::with_capacity(chosen.len()), Vec::new());
    for (at, change) in changes.iter().enumerate() {
        if chosen.contains(&at) { whole.push(*change) } else { rest.push(*change) }
    }
    Extract { whole, rest }
}

impl Extract<'_> {
    /// How many changes are not shown, block by block, the largest first; nothing where all are shown.
    pub(super) fn rest(&self, screen: &Screen) -> String {
        if self.rest.is_empty() {
            return String::new();
        }
        let mut counts: BTreeMap<Kind<'_>, (usize, Action)> = BTreeMap::new();
        for change in &self.rest {
            counts.entry(kind(change)).or_insert((0, change.action)).0 += 1;
        }
        let mut kinds: Vec<_> = counts.into_iter().collect();
        kinds.sort_by_key(|((_, _, risk), (count, _))| (*risk, std::cmp::Reverse(*count)));
        let mut out = format!("\n  # Not shown one by one: {} more\n", self.rest.len());
        for ((path, resource, _), (count, action)) in kinds.iter().take(BLOCKS) {
            let name = display_address(&resource.in_module(path));
            out.push_str(&format!("{} {name}: {count}\n", symbol(*action, screen)));
        }
        if let Some(further) = kinds.get(BLOCKS..).filter(|further| !further.is_empty()) {
            let left: usize = further.iter().map(|(_, (count, _))| count).sum();
            out.push_str(&format!("    of {} more blocks: {left}\n", further.len()));
        }
        out + "\n  # -concise tells them by what began them, -explain=ADDR tells of one, and -json of a saved plan of all.\n"
    }
}

fn kind(change: &Change) -> Kind<'_> {
    (change.address.module.path(), &change.address.resource, risk(change.action))
}

/// The place of an action in the order of risk: what removes comes first.
fn risk(action: Action) -> u8 {
    match action {
        Action::Delete => 0,
        Action::Replace(_) => 1,
        Action::Forget => 2,
        Action::Update => 3,
        Action::NoOp => 4,
        Action::Create => 5,
        Action::Read => 6,
    }
}
