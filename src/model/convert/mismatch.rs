//! Wording of why one type does not convert to another.

use crate::quote::quote;
use crate::{ObjectType, Type};

use super::{Safety, possible};

/// Explains why a type does not suit another, as conversion errors do.
pub fn mismatch(got: &Type, want: &Type) -> String {
    match (got, want) {
        (Type::Object(got), Type::Object(want)) => mismatched_objects(got, want),
        (Type::Tuple(_), Type::List(element)) if **element == Type::Dynamic => {
            "all list elements must have the same type".into()
        }
        (Type::Tuple(_), Type::Set(element)) if **element == Type::Dynamic => {
            "all set elements must have the same type".into()
        }
        (Type::Object(_), Type::Map(element)) if **element == Type::Dynamic => {
            "all map elements must have the same type".into()
        }
        (Type::Tuple(elements), Type::List(wanted) | Type::Set(wanted)) => {
            let named = elements.iter().enumerate().map(|(i, t)| (i.to_string(), t));
            mismatched_element(named, wanted)
        }
        (Type::Object(object), Type::Map(wanted)) => {
            mismatched_element(object.attributes.iter().map(|(k, t)| (quote(k), t)), wanted)
        }
        (Type::List(got) | Type::Set(got), Type::List(want)) => {
            format!("incorrect list element type: {}", mismatch(got, want))
        }
        (Type::List(got) | Type::Set(got), Type::Set(want)) => {
            format!("incorrect set element type: {}", mismatch(got, want))
        }
        (Type::Map(got), Type::Map(want)) => format!("incorrect map element type: {}", mismatch(got, want)),
        (_, want) => format!("{} required", want.friendly_constraint()),
    }
}

fn mismatched_element<'t>(elements: impl Iterator<Item = (String, &'t Type)>, wanted: &Type) -> String {
    for (name, got) in elements {
        if got != wanted && !possible(got, wanted, Safety::Unsafe) {
            return format!("element {name}: {}", mismatch(got, wanted));
        }
    }
    format!("all elements must be {}", wanted.friendly_constraint())
}

/// Missing attributes first, then an attribute that never converts, then one that may not.
fn mismatched_objects(got: &ObjectType, want: &ObjectType) -> String {
    let missing: Vec<String> = want
        .attributes
        .keys()
        .filter(|name| !got.attributes.contains_key(*name) && !want.optional.contains(*name))
        .map(|name| quote(name))
        .collect();
    if !missing.is_empty() {
        return missing_attributes(&missing);
    }
    let unsuitable = |safety| {
        want.attributes.iter().find_map(|(name, wanted)| {
            let got = got.attributes.get(name)?;
            let unsuitable = got != wanted && !possible(got, wanted, safety);
            unsuitable.then(|| format!("attribute {}: {}", quote(name), mismatch(got, wanted)))
        })
    };
    unsuitable(Safety::Unsafe)
        .or_else(|| unsuitable(Safety::Safe))
        .unwrap_or_else(|| "incorrect object attributes".into())
}

fn missing_attributes(names: &[String]) -> String {
    match names {
        [one] => format!("attribute {one} is required"),
        [one, two] => format!("attributes {one} and {two} are required"),
        [init @ .., last] => format!("attributes {}, and {last} are required", init.join(", ")),
        [] => String::new(),
    }
}
