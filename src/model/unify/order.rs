//! Which of several types is preferred as their common type.

use std::cmp::Ordering;
use std::collections::VecDeque;

use crate::Type;

/// The types, more general ones first; unrelated ones keep their order.
pub(super) fn by_preference<'t>(types: &[&'t Type]) -> Vec<&'t Type> {
    let count = types.len();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waits_for = vec![0usize; count];
    for i in 0..count {
        for j in i + 1..count {
            let (first, second) = match compare(types[i], types[j]) {
                Ordering::Less => (i, j),
                Ordering::Greater => (j, i),
                Ordering::Equal => continue,
            };
            after[first].push(second);
            waits_for[second] += 1;
        }
    }
    let mut ready: VecDeque<usize> = (0..count).filter(|i| waits_for[*i] == 0).collect();
    let mut ordered = Vec::with_capacity(count);
    while let Some(i) = ready.pop_front() {
        ordered.push(types[i]);
        for j in &after[i] {
            waits_for[*j] -= 1;
            if waits_for[*j] == 0 {
                ready.push_back(*j);
            }
        }
    }
    ordered
}

/// `Less` if `a` is the more general type, `Equal` if neither is.
fn compare(a: &Type, b: &Type) -> Ordering {
    use Ordering::{Equal, Greater, Less};
    match (a, b) {
        // What is not known yet is never preferred.
        (Type::Dynamic, Type::Dynamic) => Equal,
        (Type::Dynamic, _) => Greater,
        (_, Type::Dynamic) => Less,
        (Type::String, Type::Bool | Type::Number) => Less,
        (Type::Bool | Type::Number, Type::String) => Greater,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            compare(a, b)
        }
        (Type::Tuple(_) | Type::List(_), Type::Set(_)) | (Type::List(_), Type::Tuple(_)) => Less,
        (Type::Set(_), Type::Tuple(_) | Type::List(_)) | (Type::Tuple(_), Type::List(_)) => Greater,
        (Type::Map(_), Type::Object(_)) => Less,
        (Type::Object(_), Type::Map(_)) => Greater,
        (Type::Object(a), Type::Object(b)) if a.attributes.keys().eq(b.attributes.keys()) => {
            compare_all(a.attributes.values().zip(b.attributes.values()))
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => compare_all(a.iter().zip(b.iter())),
        _ => Equal,
    }
}

/// One is more general if it is in some part and the other in none.
fn compare_all<'t>(pairs: impl Iterator<Item = (&'t Type, &'t Type)>) -> Ordering {
    let orders: Vec<Ordering> = pairs.map(|(a, b)| compare(a, b)).collect();
    match (orders.contains(&Ordering::Less), orders.contains(&Ordering::Greater)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
