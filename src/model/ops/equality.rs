//! Equality of values.

use crate::{Kind, Mapping, Sequence, Value};

use super::Truth;
use super::sets::{set_contains, set_key};

/// `a == b` of the language: a bool, unknown where that is not yet certain; carries the marks of both, deep. Values
/// of different types are different, nulls of any types are equal.
pub fn equals(a: &Value, b: &Value) -> Value {
    Value::from(equal(a, b)).with_marks(a.deep_marks() | b.deep_marks())
}

/// `a != b` of the language.
pub fn not_equals(a: &Value, b: &Value) -> Value {
    let different = match equal(a, b) {
        Truth::Known(same) => Truth::Known(!same),
        Truth::Unknown => Truth::Unknown,
    };
    Value::from(different).with_marks(a.deep_marks() | b.deep_marks())
}

/// Whether two values are equal, marks ignored.
pub(super) fn equal(a: &Value, b: &Value) -> Truth {
    equal_unless_null_or_unknown(a, b).unwrap_or_else(|| equal_known(a, b))
}

/// Whether two values of the same type are equal.
fn equal_alike(a: &Value, b: &Value) -> Truth {
    equal_unless_null_or_unknown(a, b).unwrap_or_else(|| {
        if is_type_open(a) || is_type_open(b) { equal_known(a, b) } else { equal_parts(a, b) }
    })
}

/// Decides where either is null or unknown.
fn equal_unless_null_or_unknown(a: &Value, b: &Value) -> Option<Truth> {
    Some(match (a.kind(), b.kind()) {
        (Kind::Null(_), Kind::Null(_)) => Truth::Known(true),
        (Kind::Null(_), _) if b.is_certainly_not_null() => Truth::Known(false),
        (_, Kind::Null(_)) if a.is_certainly_not_null() => Truth::Known(false),
        (Kind::Unknown(_), Kind::Unknown(_)) => Truth::Unknown,
        (Kind::Unknown(_), _) => equal_to_unknown(b, a),
        (_, Kind::Unknown(_)) => equal_to_unknown(a, b),
        _ => return None,
    })
}

fn is_type_open(value: &Value) -> bool {
    !value.has_wholly_known_type()
}

fn equal_to_unknown(known: &Value, unknown: &Value) -> Truth {
    let Kind::Unknown(u) = unknown.kind() else { return Truth::Unknown };
    if u.excludes(known) {
        return Truth::Known(false);
    }
    // An unknown that may be null may still be equal to any null.
    let may_be_equal = known.is_null() || u.ty.has_dynamic() || known.ty() == u.ty;
    if may_be_equal { Truth::Unknown } else { Truth::Known(false) }
}

/// Neither is null or unknown.
fn equal_known(a: &Value, b: &Value) -> Truth {
    if is_type_open(a) || is_type_open(b) {
        let (x, y) = (a.ty(), b.ty());
        let never = !x.conforms_to(&y) && !y.conforms_to(&x);
        return if never { Truth::Known(false) } else { Truth::Unknown };
    }
    if a.is_of_type_of(b) { equal_parts(a, b) } else { Truth::Known(false) }
}

/// Neither is null or unknown, and both are of the same type.
fn equal_parts(a: &Value, b: &Value) -> Truth {
    match (a.kind(), b.kind()) {
        (Kind::String(x), Kind::String(y)) => Truth::Known(x == y),
        (Kind::Number(x), Kind::Number(y)) => Truth::Known(x == y),
        (Kind::Bool(x), Kind::Bool(y)) => Truth::Known(x == y),
        (Kind::List(x), Kind::List(y)) | (Kind::Tuple(x), Kind::Tuple(y)) => equal_sequences(x, y),
        (Kind::Map(x), Kind::Map(y)) | (Kind::Object(x), Kind::Object(y)) => equal_mappings(x, y),
        (Kind::Set(x), Kind::Set(y)) => equal_sets(x, y, a, b),
        (Kind::TypeLiteral(x), Kind::TypeLiteral(y)) => Truth::Known(x == y),
        _ => Truth::Known(false),
    }
}

/// Ends at the first difference or unknown, whichever comes first.
fn all_equal<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Truth {
    pairs
        .map(|(x, y)| equal_alike(x, y))
        .find(|truth| *truth != Truth::Known(true))
        .unwrap_or(Truth::Known(true))
}

fn equal_sequences(a: &Sequence, b: &Sequence) -> Truth {
    if a.items().len() != b.items().len() {
        return Truth::Known(false);
    }
    all_equal(a.items().iter().zip(b.items()))
}

fn equal_mappings(a: &Mapping, b: &Mapping) -> Truth {
    let keys = |m: &Mapping| m.entries().len();
    if keys(a) != keys(b) || !a.entries().iter().zip(b.entries()).all(|(x, y)| x.0 == y.0) {
        return Truth::Known(false);
    }
    // Entries have no order of their own: one that differs settles the matter, wherever it is.
    let truths = || a.entries().iter().zip(b.entries()).map(|(x, y)| equal_alike(&x.1, &y.1));
    let decided = truths().find(|truth| *truth == Truth::Known(false));
    decided.or_else(|| truths().find(|truth| *truth == Truth::Unknown)).unwrap_or(Truth::Known(true))
}

fn equal_sets(x: &Sequence, y: &Sequence, a: &Value, b: &Value) -> Truth {
    if x.items().iter().chain(y.items()).any(|v| !v.is_known()) {
        return Truth::Unknown;
    }
    if x.items().len() != y.items().len() {
        return Truth::Known(false);
    }
    // Both are in the same order, so in all but exotic cases equal elements stand side by side.
    let aligned = x.items().iter().zip(y.items()).all(|(v, w)| same_element(v, w));
    Truth::Known(
        aligned
            || x.items().iter().all(|v| set_contains(b, v)) && y.items().iter().all(|v| set_contains(a, v)),
    )
}

/// Whether a set would merge two elements.
pub(super) fn same_element(a: &Value, b: &Value) -> bool {
    if equal(a, b) != Truth::Known(true) {
        return false;
    }
    match a.kind() {
        Kind::String(_) | Kind::Bool(_) => true,
        _ => set_key(a) == set_key(b),
    }
}

/// Whether two values are the same in every respect: types, unknowns with refinements, marks, the sign of zero.
pub fn raw_equals(a: &Value, b: &Value) -> bool {
    if a.marks() != b.marks() {
        return false;
    }
    let sequences = |x: &Sequence, y: &Sequence| {
        x.items().len() == y.items().len() && x.items().iter().zip(y.items()).all(|(x, y)| raw_equals(x, y))
    };
    let mappings = |x: &Mapping, y: &Mapping| {
        x.entries().len() == y.entries().len()
            && x.entries().iter().zip(y.entries()).all(|(x, y)| x.0 == y.0 && raw_equals(&x.1, &y.1))
    };
    match (a.kind(), b.kind()) {
        (Kind::Number(x), Kind::Number(y)) => x.raw_equals(y),
        (Kind::Tuple(x), Kind::Tuple(y)) => sequences(x, y),
        (Kind::List(x), Kind::List(y)) | (Kind::Set(x), Kind::Set(y)) => {
            x.element() == y.element() && sequences(x, y)
        }
        (Kind::Map(x), Kind::Map(y)) => x.element() == y.element() && mappings(x, y),
        (Kind::Object(x), Kind::Object(y)) => mappings(x, y),
        (x, y) => x == y,
    }
}

impl Value {
    /// Whether no unknown lies within whose type is not wholly known.
    pub fn has_wholly_known_type(&self) -> bool {
        if self.is_wholly_known() {
            return true;
        }
        match self.kind() {
            Kind::Unknown(u) => !u.ty.has_dynamic(),
            Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => {
                s.items().iter().all(Value::has_wholly_known_type)
            }
            Kind::Map(m) | Kind::Object(m) => m.entries().iter().all(|(_, v)| v.has_wholly_known_type()),
            Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::TypeLiteral(_) => true,
        }
    }
}
