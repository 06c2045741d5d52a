//! Operations on values that carry unknowns and marks through by themselves.
// Interface; the values helper replaces the bodies.

use crate::{Value, number::NumberError};

/// Why an operation has no result; the caller knows the source and words the diagnostic.
#[derive(Clone, Debug, PartialEq)]
pub enum OpError {
    /// An operand is null.
    Null,
    /// An operand has the wrong type.
    Type,
    /// The numbers have no result.
    Number(NumberError),
}

/// Sorts the elements of a set and merges equal ones; none carries marks.
pub fn sort_set(items: Vec<Value>) -> Vec<Value> {
    items
}

/// `a == b` of the language: a bool, unknown where that is not yet certain; carries the marks of both, deep.
pub fn equals(a: &Value, b: &Value) -> Value {
    Value::bool(a == b)
}

/// Whether two values are the same in every respect: types, unknowns with refinements, marks.
pub fn raw_equals(a: &Value, b: &Value) -> bool {
    a == b
}
