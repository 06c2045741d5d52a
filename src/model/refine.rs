//! What is certain about unknown values.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::value::UnknownValue;
use crate::{Kind, Nullness, Refinement, Type, Value};

/// Makes an unknown value, or the known one that the refinement leaves no alternative to: a number between equal
/// bounds, an empty collection, a list of a known number of unknown elements.
pub(crate) fn settle(ty: Type, refinement: Refinement) -> Value {
    if ty == Type::Dynamic {
        return unknown(ty, Refinement::default());
    }
    if refinement.nullness == Nullness::NotNull
        && let Some(value) = only_value(&ty, &refinement)
    {
        return value;
    }
    unknown(ty, refinement)
}

fn unknown(ty: Type, refinement: Refinement) -> Value {
    Kind::Unknown(Arc::new(UnknownValue { ty, refinement })).into()
}

fn only_value(ty: &Type, refinement: &Refinement) -> Option<Value> {
    if let (Type::Number, Some((low, true)), Some((high, true))) = (ty, &refinement.lower, &refinement.upper)
    {
        return (low == high).then(|| Value::number(low.clone()));
    }
    let length = refinement.max_length.filter(|max| refinement.min_length.unwrap_or(0) == *max)?;
    let unknowns = |element: &Type, count| vec![Value::unknown(element.clone()); count];
    match ty {
        Type::List(element) => Some(Value::list((**element).clone(), unknowns(element, length))),
        Type::Set(element) if length <= 1 => Some(Value::set((**element).clone(), unknowns(element, length))),
        Type::Map(element) if length == 0 => Some(Value::map::<&str>((**element).clone(), [])),
        _ => None,
    }
}

impl Refinement {
    /// Not null, and of a number of elements within bounds.
    pub fn of_length(min: usize, max: Option<usize>) -> Refinement {
        Refinement { min_length: Some(min), max_length: max, ..Refinement::not_null() }
    }

    /// Whether nothing is certain.
    pub fn is_empty(&self) -> bool {
        *self == Refinement::default()
    }
}

impl UnknownValue {
    /// Whether the unknown can certainly not turn out to be a known value, by its type and refinements.
    pub fn excludes(&self, value: &Value) -> bool {
        if value.is_null() {
            return self.refinement.nullness == Nullness::NotNull;
        }
        if !value.ty().conforms_to(&self.ty) {
            // A null is equal to a null of any type, but this value is none.
            return true;
        }
        match value.kind() {
            Kind::String(text) => {
                self.refinement.prefix.as_ref().is_some_and(|prefix| !text.starts_with(&**prefix))
            }
            // As in the oracle, an unknown number that is not null is not infinite either.
            Kind::Number(n) if n.is_infinite() && self.refinement.nullness == Nullness::NotNull => true,
            Kind::Number(n) => {
                let beyond = |bound: &Option<(crate::Number, bool)>, side: Ordering| {
                    bound.as_ref().is_some_and(|(limit, inclusive)| {
                        let order = n.compare(limit);
                        order == side || (order == Ordering::Equal && !inclusive)
                    })
                };
                beyond(&self.refinement.lower, Ordering::Less)
                    || beyond(&self.refinement.upper, Ordering::Greater)
            }
            Kind::List(s) | Kind::Set(s) => self.excludes_length(value, s.items().len()),
            Kind::Map(m) => self.excludes_length(value, m.entries().len()),
            _ => false,
        }
    }

    fn excludes_length(&self, value: &Value, length: usize) -> bool {
        // Unknown elements of a set may turn out equal, so that fewer remain.
        let at_least = match value.kind() {
            Kind::Set(_) if !value.is_wholly_known() => length.min(1),
            _ => length,
        };
        self.refinement.min_length.is_some_and(|min| length < min)
            || self.refinement.max_length.is_some_and(|max| at_least > max)
    }
}
