//! The values that took part in a failed expression, as diagnostics show them.

use std::collections::BTreeMap;

use model::quote::quote;
use model::{Kind, Type, Value};

use super::Env;
use super::access::walk;
use crate::ast::{Expr, StepKind, Traversal};
use crate::references::all_references;

/// What each reference in an expression stands for: `("var.region", "is \"eu\"")`. Sensitive ones are left out, and so
/// are those of which there is nothing to say.
pub(super) fn values(env: Env, expr: &Expr) -> Vec<(String, String)> {
    let mut found = BTreeMap::new();
    for traversal in all_references(expr) {
        if let Some((name, statement)) = explain(env, traversal) {
            found.entry(name).or_insert(statement);
        }
    }
    found.into_iter().collect()
}

/// Explains the longest part of a reference that has a value.
fn explain(env: Env, traversal: &Traversal) -> Option<(String, String)> {
    let (value, rest) = env.resolve(traversal).ok()?;
    let taken = traversal.steps.len() - rest.len();
    let (length, value) = (0..=rest.len()).rev().find_map(|more| {
        let value = walk(value.clone(), &rest[..more]).ok()?;
        Some((taken + more, value))
    })?;
    let statement = describe(&value)?;
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
fn describe(value: &Value) -> Option<String> {
    if value.marks().is_sensitive() {
        return None;
    }
    Some(match value.kind() {
        Kind::Unknown(u) if u.ty == Type::Dynamic => return None,
        Kind::Unknown(u) => format!("is a {}", u.ty.friendly_name()),
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
