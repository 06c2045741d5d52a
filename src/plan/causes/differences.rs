//! Which parts of an object differ before and after.

use model::{Kind, Marks, Path, PathStep, Str, Value};

use crate::change::Change;

/// The attributes that differ, or that will be known only later.
pub(super) fn changed_attributes(change: &Change) -> Vec<Str> {
    let entries = change.after.as_entries().unwrap_or_default();
    let differs = |(name, after): &&(Str, Value)| change.before.get(name) != Some(after);
    entries.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

/// The path of the one part of an attribute that differs, as deep as there is only one.
pub(super) fn deepest(change: &Change, attribute: &Str) -> Path {
    let mut path = Path::of_attr(attribute.clone());
    let (Some(mut before), Some(mut after)) = (path.get(&change.before), path.get(&change.after)) else {
        return path;
    };
    while let Some((step, b, a)) = only_difference(before, after) {
        path.0.push(step);
        (before, after) = (b, a);
    }
    path
}

/// The one child in which two values differ, if both have it and all others are equal.
fn only_difference<'v>(before: &'v Value, after: &'v Value) -> Option<(PathStep, &'v Value, &'v Value)> {
    let is_object = matches!(after.kind(), Kind::Object(_));
    if let (Some(b), Some(a)) = (before.as_entries(), after.as_entries()) {
        let same_keys = b.len() == a.len() && b.iter().zip(a).all(|(b, a)| b.0 == a.0);
        let mut differing = b.iter().zip(a).filter(|(b, a)| b.1 != a.1);
        let (one, more) = (differing.next()?, differing.next());
        let step = match is_object {
            true => PathStep::Attr(one.0.0.clone()),
            false => PathStep::Index(Value::string(&*one.0.0)),
        };
        return (same_keys && more.is_none()).then_some((step, &one.0.1, &one.1.1));
    }
    if matches!(after.kind(), Kind::Set(_)) {
        return None;
    }
    let (b, a) = (before.as_items()?, after.as_items()?);
    let mut differing = b.iter().zip(a).enumerate().filter(|(_, (b, a))| b != a);
    let ((index, pair), more) = (differing.next()?, differing.next());
    let step = PathStep::Index(Value::number(index as i64));
    (b.len() == a.len() && more.is_none()).then_some((step, pair.0, pair.1))
}

/// Whether a part is hidden, before or after.
pub(super) fn is_sensitive(change: &Change, path: &Path) -> bool {
    let hides = |value: &Value| {
        let marked = value.marked_paths(Marks::SENSITIVE);
        marked.iter().any(|hidden| hidden.is_prefix_of(path) || path.is_prefix_of(hidden))
    };
    hides(&change.before) || hides(&change.after)
}

/// Whether an attribute will have a value that is known now.
pub(super) fn is_known(change: &Change, attribute: &Str) -> bool {
    change.after.get(attribute).is_some_and(Value::is_wholly_known)
}
