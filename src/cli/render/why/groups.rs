//! All changes by where they began: one change of the configuration, and the hundreds that follow from it.

use std::collections::{BTreeMap, BTreeSet};

use model::InstanceAddr;
use plan::{Action, Cause, Change, Origin};

use super::Why;
use crate::render::display_address;
use crate::render::text::{Ink, Screen};

/// How many addresses of a group are named.
const NAMED: usize = 4;

/// How many groups are told; the largest come first.
const TOLD: usize = 200;

/// What began a change, and with it possibly others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Root {
    /// This.
    Certain(String),
    /// A line, or else one of the spots that it puts together, the nearest first.
    Line(Spot, Vec<Spot>),
}

/// A variable, or a part of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    /// What it is called, and where.
    pub text: String,
    /// Where, for comparing: file, first byte, end.
    pub at: Option<(u32, u32, u32)>,
}

type Roots = BTreeMap<(InstanceAddr, String), Root>;

type Groups<'p> = BTreeMap<Root, Vec<&'p Change>>;

impl Why<'_> {
    /// The groups, the largest first.
    pub fn groups(&self, screen: &Screen) -> String {
        let mut roots = Roots::new();
        let mut groups = Groups::new();
        for change in self.plan.changes.iter().filter(|c| kind_of(c).is_some()) {
            groups.entry(self.root(change, &mut roots)).or_default().push(change);
        }
        let mut groups: Vec<(Root, Vec<&Change>)> = settled(groups).into_iter().collect();
        groups.sort_by_key(|(_, changes)| std::cmp::Reverse(changes.len()));
        let (told, further) = groups.split_at(groups.len().min(TOLD));
        let mut out: String = told.iter().map(|(root, changes)| group(root, changes, screen)).collect();
        if !further.is_empty() {
            let changes: usize = further.iter().map(|(_, changes)| changes.len()).sum();
            out.push_str(&format!("\n  {} more causes -> {changes} changes\n", further.len()));
        }
        out
    }

    /// Follows the first cause of each change; what was found for one is remembered for all on the way to it.
    fn root(&self, change: &Change, roots: &mut Roots) -> Root {
        let mut on_the_way: Vec<(InstanceAddr, String)> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut cause = self.causes.of(change).into_iter().next();
        let mut here = change;
        let root = loop {
            let Some(first) = cause else { break Root::Certain("other reasons".into()) };
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
        Root::Certain(match &cause.origin {
            Origin::Variable(name) => self.given_variable(name),
            Origin::Written => match cause.places.last() {
                Some(place) => {
                    return Root::Line(self.spot(place), self.others(cause));
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

impl Root {
    fn others(&self) -> &[Spot] {
        match self {
            Root::Certain(_) => &[],
            Root::Line(_, others) => others,
        }
    }

    fn text(&self) -> &str {
        match self {
            Root::Certain(text) | Root::Line(Spot { text, .. }, _) => text,
        }
    }
}

/// Where several lines may have been edited, or else one thing that they have in common has another value, that one is
/// meant: one reason is likelier than several.
fn settled<'p>(groups: Groups<'p>) -> Groups<'p> {
    let mut lines: BTreeMap<&Spot, usize> = BTreeMap::new();
    groups.keys().flat_map(Root::others).for_each(|other| *lines.entry(other).or_default() += 1);
    let began = Began::of(&groups);
    let meant = |root: &Root| {
        let others = root.others();
        let known = others.iter().find_map(|other| began.within(other));
        let most = || others.iter().rev().max_by_key(|other| lines[*other]).filter(|other| lines[*other] > 1);
        known.map(str::to_owned).or_else(|| most().map(|other| other.text.clone()))
    };
    let roots: Vec<String> =
        groups.keys().map(|root| meant(root).unwrap_or_else(|| root.text().to_owned())).collect();
    let mut out = Groups::new();
    for (root, changes) in roots.into_iter().zip(groups.into_values()) {
        out.entry(Root::Certain(root)).or_default().extend(changes);
    }
    out.values_mut().for_each(|changes| changes.sort_by_key(|c| std::ptr::from_ref(*c)));
    out
}

/// What certainly began something: variables by their names, lines by where they begin.
struct Began<'g> {
    names: BTreeSet<&'g str>,
    lines: BTreeMap<(u32, u32), (u32, &'g str)>,
}

impl<'g> Began<'g> {
    fn of(groups: &'g Groups) -> Began<'g> {
        let (mut names, mut lines) = (BTreeSet::new(), BTreeMap::new());
        for root in groups.keys() {
            match root {
                Root::Certain(text) => drop(names.insert(&**text)),
                Root::Line(Spot { text, at: Some((file, start, end)) }, _) => {
                    lines.insert((*file, *start), (*end, &**text));
                }
                Root::Line(Spot { at: None, .. }, _) => {}
            }
        }
        Began { names, lines }
    }

    /// What began something and is this spot, or lies in it.
    fn within(&self, spot: &Spot) -> Option<&'g str> {
        let Some((file, start, end)) = spot.at else { return self.names.get(&*spot.text).copied() };
        let mut inside = self.lines.range((file, start)..(file, end));
        inside.find(|(_, (line_end, _))| *line_end <= end).map(|(_, (_, text))| *text)
    }
}

/// The name of a place without the keys of instances: the line is the same for all of them.
pub(super) fn generalised(name: &str) -> String {
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
    Import,
    Move,
}

/// The kinds in the order in which they are told, risky ones first.
const KINDS: &[(Kind, &str, Ink)] = &[
    (Kind::Replacement, "replacement", Ink::Red),
    (Kind::Deletion, "deletion", Ink::Red),
    (Kind::Forgotten, "forgotten object", Ink::Red),
    (Kind::Update, "update", Ink::Yellow),
    (Kind::Creation, "creation", Ink::Green),
    (Kind::Read, "read", Ink::Cyan),
    (Kind::Import, "import", Ink::Cyan),
    (Kind::Move, "move", Ink::Cyan),
];

/// What happens to an object; nothing where nothing does.
fn kind_of(change: &Change) -> Option<Kind> {
    match change.action {
        Action::NoOp if change.importing.is_some() => Some(Kind::Import),
        Action::NoOp if change.is_move() => Some(Kind::Move),
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
        let count = changes.iter().filter(|c| kind_of(c) == Some(*kind)).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| screen.paint(*ink, &format!("{count} {word}{plural}")))
    });
    let counted = counted.collect::<Vec<String>>().join(", ");
    let named = changes.iter().take(NAMED).map(|c| display_address(&c.address.to_string()));
    let named = named.collect::<Vec<String>>().join(", ");
    let more = changes.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("\n  {} -> {counted}\n      {named}{more}\n", screen.paint(Ink::Bold, root.text()))
}
