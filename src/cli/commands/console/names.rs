//! What may be written next: the completion of names.

use std::collections::{BTreeMap, BTreeSet};

use config::Module;
use lang::parse::{Ending, ending};
use model::{Kind, ResourceMode, Type, Value};

/// The names that a console knows, by the path in front of them: none at the start, `var`, `data.aws_ami`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, BTreeSet<String>>);

/// What may take the place of the end of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Where that end begins, in bytes.
    pub start: usize,
    /// What may stand there, in order.
    pub candidates: Vec<String>,
}

/// The objects of the language that hold the same everywhere.
const FIXED: &[(&str, &[&str])] = &[
    ("", &["path.", "terraform.", "true", "false", "null", "type("]),
    ("path", &["cwd", "module", "root"]),
    ("terraform", &["workspace"]),
];

impl Names {
    /// The names of a module.
    pub fn of(module: &Module) -> Names {
        let mut names = Names::default();
        FIXED.iter().for_each(|(path, members)| members.iter().for_each(|m| names.add(path, m)));
        lang::functions::all()
            .iter()
            .filter(|f| !f.hidden)
            .for_each(|f| names.add("", &format!("{}(", f.name)));
        names.add_all("var", module.variables.keys());
        names.add_all("local", module.locals.keys());
        names.add_all("module", module.calls.keys());
        for addr in module.resources.keys() {
            let root = match addr.mode {
                ResourceMode::Managed => "",
                ResourceMode::Data => "data",
                ResourceMode::Ephemeral => "ephemeral",
            };
            let path = if root.is_empty() { addr.ty.to_string() } else { format!("{root}.{}", addr.ty) };
            if !root.is_empty() {
                names.add("", &format!("{root}."));
            }
            names.add(root, &format!("{}.", addr.ty));
            names.add(&path, &addr.name);
        }
        names
    }

    fn add_all<'n>(&mut self, root: &str, members: impl Iterator<Item = &'n model::Str>) {
        for member in members {
            self.add("", &format!("{root}."));
            self.add(root, member);
        }
    }

    /// Adds a name behind a path.
    pub(super) fn add(&mut self, path: &str, member: &str) {
        self.0.entry(path.to_owned()).or_default().insert(member.to_owned());
    }

    /// Completes the name at the end of a text, of which `line` is the last line. `value` evaluates a path that is no
    /// known name itself, such as `local.tags`, for its attributes.
    pub fn complete(&self, before: &str, line: &str, value: &dyn Fn(&str) -> Option<Value>) -> Completion {
        let nothing = Completion { start: line.len(), candidates: Vec::new() };
        if matches!(ending(&format!("{before}{line}")), Ending::InString | Ending::InHeredoc) {
            return nothing;
        }
        let (path, partial) = split(&line[path_start(line)..]);
        let members = match self.0.get(path) {
            Some(members) => members.clone(),
            None => value(path).map_or_else(BTreeSet::new, |v| attributes(&v)),
        };
        let candidates = members.into_iter().filter(|m| m.starts_with(partial)).collect();
        Completion { start: line.len() - partial.len(), candidates }
    }
}

/// Where the path at the end of a line begins: names, dots and whole indexes.
fn path_start(line: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in line.char_indices().rev() {
        match c {
            ']' => depth += 1,
            '[' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            ':' if line[..at].ends_with(':') || line[at + 1..].starts_with(':') => {}
            c if c.is_alphanumeric() || matches!(c, '_' | '-' | '.') => {}
            _ => return at + c.len_utf8(),
        }
    }
    0
}

/// The path, and the part of a name after its last dot.
fn split(text: &str) -> (&str, &str) {
    text.rsplit_once('.').unwrap_or(("", text))
}

/// The attributes of a value that a dot can be followed by.
fn attributes(value: &Value) -> BTreeSet<String> {
    let (bare, _) = value.clone().unmark();
    let keys: Vec<String> = match (bare.kind(), bare.ty()) {
        (_, Type::Object(object)) => object.attributes.keys().map(ToString::to_string).collect(),
        (Kind::Map(entries), _) => entries.entries().iter().map(|(key, _)| key.to_string()).collect(),
        _ => Vec::new(),
    };
    keys.into_iter().filter(|key| is_name(key)).collect()
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}
