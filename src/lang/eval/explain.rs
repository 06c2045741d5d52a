//! The values that took part in a failed expression, as diagnostics show them.

use std::collections::BTreeMap;

use model::quote::quote;
use model::{Diagnostic, Kind, Type, Value};

use super::Env;
use super::access::walk;
use crate::Scope;
use crate::ast::{Expr, StepKind, Traversal};
use crate::references::all_references;

/// Adds to a diagnostic about an expression what each reference in it stands for: `("var.region", "is \"eu\"")`. That a
/// value is sensitive, or not known yet, is said where it is the cause.
pub fn explained(diagnostic: Diagnostic, about: &Expr, scope: &dyn Scope) -> Diagnostic {
    with_values(diagnostic, Env::outermost(scope), about)
}

/// As [`explained`], in an environment.
pub(super) fn with_values(diagnostic: Diagnostic, env: Env, about: &Expr) -> Diagnostic {
    let mut found = BTreeMap::new();
    for traversal in all_references(about) {
        if let Some((name, statement)) = explain(env, traversal, &diagnostic) {
            found.entry(name).or_insert(statement);
        }
    }
    Diagnostic { values: found.into_iter().collect(), ..diagnostic }
}

/// Explains the longest part of a reference that has a value.
fn explain(env: Env, traversal: &Traversal, cause: &Diagnostic) -> Option<(String, String)> {
    let (value, rest) = env.resolve(traversal).ok()?;
    let taken = traversal.steps.len() - rest.len();
    let (length, value) = (0..=rest.len()).rev().find_map(|more| {
        let value = walk(value.clone(), &rest[..more]).ok()?;
        Some((taken + more, value))
    })?;
    let statement = describe(&value, cause)?;
    (length > 0).then(|| (written(traversal, length), statement))
}

/// A reference as people write it, with so many of its steps.
fn written(traversal: &Traversal, length: usize) -> String {
    let mut out = traversal.root.name.to_string();
    for step in &traversal.steps[..length] {
        match &step.kind {
            StepKind::Attr(name) => out.extend([".", name]),
            StepKind::IndexNumber(n) => out.push_str(&format!("[{n}]")),
            StepKind::IndexString(s) => out.push_str(&format!("[{}]", quote(s))),
        }
    }
    out
}

/// "is 5", "is a string", "is object with 2 attributes".
fn describe(value: &Value, cause: &Diagnostic) -> Option<String> {
    if value.marks().is_sensitive() {
        return cause.because_sensitive.then(|| "has a sensitive value".into());
    }
    Some(match value.kind() {
        Kind::Unknown(u) if u.ty == Type::Dynamic => {
            return cause.because_unknown.then(|| "will be known only after apply".into());
        }
        Kind::Unknown(u) if cause.because_unknown => {
            format!("is {}, known only after apply", with_article(u.ty.friendly_name()))
        }
        Kind::Unknown(u) => format!("is {}", with_article(u.ty.friendly_name())),
        Kind::Null(_) => "is null".into(),
        Kind::Bool(b) => format!("is {b}"),
        Kind::Number(n) => format!("is {n}"),
        Kind::String(s) => format!("is {}", quote(s)),
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) | Kind::Map(_) => {
            format!("is {}", counted(&value.ty().friendly_name(), length(value)))
        }
        Kind::Object(o) => match o.entries() {
            [] => "is object with no attributes".into(),
            [(name, _)] => format!("is object with 1 attribute {name:?}"),
            many => format!("is object with {} attributes", many.len()),
        },
        Kind::TypeLiteral(_) => return None,
    })
}

fn with_article(ty: String) -> String {
    let article = if ty.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {ty}")
}

fn length(value: &Value) -> usize {
    value.as_items().map_or_else(|| value.as_entries().map_or(0, <[_]>::len), <[Value]>::len)
}

fn counted(kind: &str, length: usize) -> String {
    match length {
        0 => format!("empty {kind}"),
        1 => format!("{kind} with 1 element"),
        n => format!("{kind} with {n} elements"),
    }
}
