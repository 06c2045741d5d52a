//! Which types convert to which.

use crate::unify::unify_with;
use crate::{Kind, ObjectType, Type, Value};

/// Which conversions to consider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// Only those that succeed for every value.
    Safe,
    /// Also those that fail for some values, as string to number does.
    Unsafe,
}

/// Whether values of a type can be converted to another.
pub fn possible(from: &Type, to: &Type, safety: Safety) -> bool {
    let lossy = safety == Safety::Unsafe;
    match (from, to) {
        (_, Type::Dynamic) => true,
        (Type::Dynamic, _) => lossy,
        _ if from == to => true,
        (Type::Bool | Type::Number, Type::String) => true,
        (Type::String, Type::Bool | Type::Number) => lossy,
        (Type::Object(a), Type::Object(b)) => object_to_object(a, b, safety),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| possible(a, b, safety))
        }
        (Type::List(a) | Type::Set(a), Type::List(b)) => possible(a, b, safety),
        // A list loses its order and its duplicates.
        (Type::List(a), Type::Set(b)) => lossy && possible(a, b, safety),
        (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => possible(a, b, safety),
        (Type::Tuple(a), Type::List(b) | Type::Set(b)) => {
            let Some(element) = common_element(a, b, safety) else { return false };
            a.iter().all(|a| possible(a, &element, safety))
        }
        (Type::Object(a), Type::Map(b)) => object_to_map(a, b, safety),
        (Type::Map(a), Type::Object(b)) => {
            // Whether an optional attribute fits need only be known if the map has such an element.
            lossy
                && b.attributes
                    .iter()
                    .all(|(name, b_type)| b.optional.contains(name) || possible(a, b_type, safety))
        }
        _ => false,
    }
}

/// Whether a value's type converts, told without putting the types of large structures together.
pub(super) fn possible_for(value: &Value, to: &Type) -> bool {
    match (value.kind(), to) {
        (Kind::Tuple(s), Type::Tuple(types)) => {
            s.items().len() == types.len()
                && s.items().iter().zip(types.iter()).all(|(v, ty)| possible_for(v, ty))
        }
        (Kind::Tuple(s), Type::List(element) | Type::Set(element)) if **element != Type::Dynamic => {
            s.items().iter().all(|v| possible_for(v, element))
        }
        (Kind::Object(m), Type::Map(element)) if **element != Type::Dynamic => {
            m.entries().iter().all(|(_, v)| possible_for(v, element))
        }
        (Kind::Object(m), Type::Object(o)) => o.attributes.iter().all(|(name, wanted)| match m.get(name) {
            Some(v) => possible_for(v, wanted),
            None => o.optional.contains(name),
        }),
        _ => possible(&value.ty(), to, Safety::Unsafe),
    }
}

fn object_to_object(from: &ObjectType, to: &ObjectType, safety: Safety) -> bool {
    to.attributes.iter().all(|(name, wanted)| match from.attributes.get(name) {
        Some(got) => possible(got, wanted, safety),
        None => to.optional.contains(name),
    })
}

/// The element type of a list or set that a tuple is to become, found among the tuple's own where any is asked for.
pub(super) fn common_element(elements: &[Type], wanted: &Type, safety: Safety) -> Option<Type> {
    if *wanted != Type::Dynamic || elements.is_empty() {
        return Some(wanted.clone());
    }
    let element = unify_with(elements, safety)?;
    let all_dynamic = || elements.iter().all(|t| *t == Type::Dynamic);
    (element != Type::Dynamic || all_dynamic()).then_some(element)
}

/// The element type of a map that an object is to become.
pub(super) fn common_attribute(object: &ObjectType, wanted: &Type, safety: Safety) -> Option<Type> {
    if *wanted != Type::Dynamic || object.attributes.is_empty() {
        return Some(wanted.clone());
    }
    let types: Vec<Type> = object.attributes.values().cloned().collect();
    unify_with(&types, safety)
}

fn object_to_map(from: &ObjectType, wanted: &Type, safety: Safety) -> bool {
    let Some(element) = common_attribute(from, wanted, safety) else { return false };
    from.attributes.values().all(|t| possible(t, &element, safety))
}
