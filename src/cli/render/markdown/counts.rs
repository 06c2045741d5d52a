//! Many changes in few words: by what happens to which types, and in which modules.

use std::collections::BTreeMap;

use plan::{Action, Change};

use super::page::REST;
use super::safe::code;
use crate::render::display_address;

/// The room for each of the two lists.
const LIST: usize = (REST - 150) / 2;
/// A longer name is counted with the others.
const LONGEST_NAME: usize = 200;

/// Counts changes that are not listed, in at most [`REST`] bytes.
pub(super) fn counts(changes: &[&Change]) -> String {
    let (mut types, mut modules) = (BTreeMap::new(), BTreeMap::new());
    for change in changes {
        *types.entry((verb(change.action), &*change.address.resource.ty)).or_insert(0usize) += 1;
        *modules.entry(&change.address.module).or_insert(0usize) += 1;
    }
    let types = types.into_iter().map(|((verb, ty), n)| (format!("{} {verb}", code(ty)), n)).collect();
    let modules: Vec<(String, usize)> = modules
        .into_iter()
        .map(|(module, n)| match module.is_root() {
            true => ("the root module".to_owned(), n),
            false => (code(&display_address(&module.to_string())), n),
        })
        .collect();
    let what = enumerated(types, "kinds of changes");
    let place = match modules.len() {
        0 | 1 => String::new(),
        _ => format!("<br>By module: {}.", enumerated(modules, "modules")),
    };
    format!("<p>And {} more: {what}.{place}</p>\n", changes.len())
}

/// What happens, as what follows a type's name.
fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "created",
        Action::Read => "read",
        Action::Update => "updated",
        Action::Replace(_) => "replaced",
        Action::Delete => "destroyed",
        Action::Forget => "forgotten",
        Action::NoOp => "moved or imported",
    }
}

/// The most frequent ones that fit, and how many others there are.
fn enumerated(mut all: Vec<(String, usize)>, noun: &str) -> String {
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let (mut told, mut size) = (Vec::new(), 0);
    let (mut others, mut theirs) = (0, 0);
    for (name, count) in all {
        let text = format!("{count} × {name}");
        if name.len() > LONGEST_NAME || size + text.len() + 2 > LIST - 60 {
            (others, theirs) = (others + 1, theirs + count);
        } else {
            size += text.len() + 2;
            told.push(text);
        }
    }
    if others > 0 {
        told.push(format!("{theirs} in {others} other {noun}"));
    }
    told.join(", ")
}
