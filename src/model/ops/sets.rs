//! Order and identity of set elements.
//!
//! Strings, numbers and bools are ordered by value; everything else by a textual form, its *key*, in which numbers
//! have ten digits. Elements merge if they are equal and have the same key, so `-0` and `0` stay apart although they
//! are equal. Unknowns follow the known elements and never merge; nulls come last.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::number::Notation;
use crate::quote::quote_into;
use crate::{Kind, Str, Value};

use super::Truth;
use super::equality::{equal, same_element};

/// Sorts the elements of a set and merges equal ones; none carries marks.
pub fn sort_set(items: Vec<Value>) -> Vec<Value> {
    if items.len() < 2 {
        return items;
    }
    if items.iter().all(|v| matches!(v.kind(), Kind::String(_))) {
        let mut items = items;
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        items.dedup_by(|a, b| a.as_str() == b.as_str());
        return items;
    }
    let mut merged = merge(items);
    merged.sort_by(|a, b| order(&a.0, &a.1, &b.0, &b.1));
    merged.into_iter().map(|(_, value)| value).collect()
}

/// Pairs elements with their keys and drops those that equal an earlier one.
fn merge(items: Vec<Value>) -> Vec<(Str, Value)> {
    let mut kept: Vec<(Str, Value)> = Vec::with_capacity(items.len());
    let mut by_key: HashMap<Str, Vec<usize>> = HashMap::with_capacity(items.len());
    for item in items {
        let key: Str = set_key(&item).into();
        let same_key = by_key.entry(key.clone()).or_default();
        let known_already = same_key.iter().any(|i| equal(&kept[*i].1, &item) == Truth::Known(true));
        if !known_already {
            same_key.push(kept.len());
            kept.push((key, item));
        }
    }
    kept
}

/// The order in which a set holds two elements of the same type.
pub fn set_order(a: &Value, b: &Value) -> Ordering {
    order(&set_key(a), a, &set_key(b), b)
}

fn order(key_a: &str, a: &Value, key_b: &str, b: &Value) -> Ordering {
    let rank = |v: &Value| match v.kind() {
        Kind::Unknown(_) => 1,
        Kind::Null(_) => 2,
        _ => 0,
    };
    rank(a).cmp(&rank(b)).then_with(|| match (a.kind(), b.kind()) {
        (Kind::String(x), Kind::String(y)) => x.cmp(y),
        (Kind::Bool(x), Kind::Bool(y)) => x.cmp(y),
        (Kind::Number(x), Kind::Number(y)) => {
            x.compare(y).then_with(|| y.is_negative().cmp(&x.is_negative()))
        }
        _ => key_a.cmp(key_b),
    })
}

/// Whether a known set holds an element that would merge with a value; both unmarked.
pub fn set_contains(set: &Value, value: &Value) -> bool {
    let Some(items) = set.as_items() else { return false };
    let key = set_key(value);
    let start = items.partition_point(|v| order(&set_key(v), v, &key, value) == Ordering::Less);
    items[start..]
        .iter()
        .take_while(|v| order(&set_key(v), v, &key, value) == Ordering::Equal)
        .any(|v| same_element(v, value))
}

/// The textual form by which set elements are told apart and compound ones are ordered.
pub fn set_key(value: &Value) -> String {
    let mut key = String::new();
    append_key(value, &mut key);
    key
}

fn append_key(value: &Value, key: &mut String) {
    let mut list = |open: char, items: &[Value], close: char| {
        key.push(open);
        for item in items {
            append_key(item, key);
            key.push(';');
        }
        key.push(close);
    };
    match value.kind() {
        Kind::List(s) | Kind::Set(s) => list('[', s.items(), ']'),
        Kind::Tuple(s) => list('<', s.items(), '>'),
        Kind::Unknown(_) => key.push('?'),
        Kind::Null(_) => key.push('~'),
        Kind::Number(n) => key.push_str(&n.format(Notation::General, Some(10))),
        Kind::Bool(b) => key.push(if *b { 'T' } else { 'F' }),
        Kind::String(s) => quote_into(s, key),
        Kind::Map(m) => {
            key.push('{');
            for (name, item) in m.entries() {
                quote_into(name, key);
                key.push(':');
                append_key(item, key);
                key.push(';');
            }
            key.push('}');
        }
        Kind::Object(m) => {
            key.push('<');
            for (_, item) in m.entries() {
                append_key(item, key);
                key.push(';');
            }
            key.push('>');
        }
        Kind::TypeLiteral(ty) => key.push_str(&ty.to_string()),
    }
}
