//! All changes by where they began: one change of the configuration, and the hundreds that follow from it.

use std::collections::{BTreeMap, BTreeSet};

use model::InstanceAddr;
use plan::{Action, Cause, Change, Origin};

use super::Why;
use crate::render::display_address;
use crate::render::text::{Ink, Screen};

/// How many addresses of a group are named.
const NAMED: usize = 4;

/// What began a change, and with it possibly others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Root(String);

type Roots = BTreeMap<(InstanceAddr, String), Root>;

impl Why<'_> {
    /// The groups, the largest first.
    pub fn groups(&self, screen: &Screen) -> String {
        let mut roots = Roots::new();
        let mut groups: BTreeMap<Root, Vec<&Change>> = BTreeMap::new();
        for change in self.plan.changes.iter().filter(|c| c.action != Action::NoOp) {
            groups.entry(self.root(change, &mut roots)).or_default().push(change);
        }
        let mut groups: Vec<(Root, Vec<&Change>)> = groups.into_iter().collect();
        groups.sort_by_key(|(_, changes)| std::cmp::Reverse(changes.len()));
        groups.iter().map(|(root, changes)| group(root, changes, screen)).collect()
    }

    /// Follows the first cause of each change; what was found for one is remembered for all on the way to it.
    fn root(&self, change: &Change, roots: &mut Roots) -> Root {
        let mut on_the_way: Vec<(InstanceAddr, String)> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut cause = self.causes.of(change).into_iter().next();
        let mut here = change;
        let root = loop {
            let Some(first) = cause else { break Root("other reasons".into()) };
            let key = (here.address.clone(), first.path.to_string());
            if let Some(known) = roots.get(&key) {
                break known.clone();
            }
            if !seen.insert(key.clone()) {
                break self.beginning(&first);
            }
            on_the_way.push(key);
            match &first.origin {
                Origin::Instance(address, path) => match self.causes.change(address) {
                    Some(next) => {
                        here = next;
                        cause = self.causes.of_part(next, path).into_iter().next();
                    }
                    None => break self.beginning(&first),
                },
                _ => break self.beginning(&first),
            }
        };
        roots.extend(on_the_way.into_iter().map(|key| (key, root.clone())));
        root
    }

    fn beginning(&self, cause: &Cause) -> Root {
        Root(match &cause.origin {
            Origin::Variable(name) => format!("var.{name} ({})", self.variable(name)),
            Origin::Written => match cause.places.last() {
                Some(place) => {
                    format!("{} ({})", self.sources.location(place.span), generalised(&place.name))
                }
                None => "the configuration".into(),
            },
            Origin::Instance(address, _) => display_address(&address.to_string()),
            Origin::Outside => "changes from outside".into(),
            Origin::Tainted => "tainted objects".into(),
            Origin::Requested => "-replace".into(),
            Origin::Unconfigured => "no longer in the configuration".into(),
            Origin::Destroyed => "everything is to be destroyed".into(),
            Origin::LeftOver => "replacements that were not completed".into(),
        })
    }
}

/// The name of a place without the keys of instances: the line is the same for all of them.
fn generalised(name: &str) -> String {
    let mut out = String::new();
    let mut depth = 0usize;
    for c in display_address(name).chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// What is counted together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Replacement,
    Deletion,
    Forgotten,
    Update,
    Creation,
    Read,
}

/// The kinds in the order in which they are told, risky ones first.
const KINDS: &[(Kind, &str, Ink)] = &[
    (Kind::Replacement, "replacement", Ink::Red),
    (Kind::Deletion, "deletion", Ink::Red),
    (Kind::Forgotten, "forgotten object", Ink::Red),
    (Kind::Update, "update", Ink::Yellow),
    (Kind::Creation, "creation", Ink::Green),
    (Kind::Read, "read", Ink::Cyan),
];

fn kind_of(action: Action) -> Option<Kind> {
    match action {
        Action::NoOp => None,
        Action::Create => Some(Kind::Creation),
        Action::Read => Some(Kind::Read),
        Action::Update => Some(Kind::Update),
        Action::Replace(_) => Some(Kind::Replacement),
        Action::Delete => Some(Kind::Deletion),
        Action::Forget => Some(Kind::Forgotten),
    }
}

fn group(root: &Root, changes: &[&Change], screen: &Screen) -> String {
    let counted = KINDS.iter().filter_map(|(kind, word, ink)| {
        let count = changes.iter().filter(|c| kind_of(c.action) == Some(*kind)).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| screen.paint(*ink, &format!("{count} {word}{plural}")))
    });
    let counted = counted.collect::<Vec<String>>().join(", ");
    let named = changes.iter().take(NAMED).map(|c| display_address(&c.address.to_string()));
    let named = named.collect::<Vec<String>>().join(", ");
    let more = changes.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("\n  {} -> {counted}\n      {named}{more}\n", screen.paint(Ink::Bold, &root.0))
}
