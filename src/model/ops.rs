//! Operations on values that carry unknowns and marks through by themselves.

mod access;
mod arithmetic;
mod compare;
mod equality;
mod logic;
mod sets;

use std::fmt;

use crate::Value;
use crate::number::NumberError;

pub use access::{elements, get_attr, has_index, index, length};
pub use arithmetic::{add, divide, modulo, multiply, negate, subtract};
pub use compare::{greater, greater_or_equal, less, less_or_equal};
pub use equality::{equals, not_equals, raw_equals};
pub use logic::{and, not, or};
pub use sets::{set_contains, set_key, set_order, sort_set};

/// Why an operation has no result; the caller knows the source and words the diagnostic.
#[derive(Clone, Debug, PartialEq)]
pub enum OpError {
    /// An operand is null.
    Null,
    /// An operand has the wrong type.
    Type,
    /// The key of an index is null.
    NullKey,
    /// The key of an index has the wrong type.
    KeyType,
    /// The collection has no element at that key.
    NoElement,
    /// The object has no attribute of that name.
    NoAttribute,
    /// The numbers have no result.
    Number(NumberError),
}

impl fmt::Display for OpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpError::Null => f.write_str("the operand is null"),
            OpError::Type => f.write_str("the operand has the wrong type"),
            OpError::NullKey => f.write_str("the key is null"),
            OpError::KeyType => f.write_str("the key has the wrong type"),
            OpError::NoElement => f.write_str("there is no element at that key"),
            OpError::NoAttribute => f.write_str("there is no attribute of that name"),
            OpError::Number(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpError {}

impl From<NumberError> for OpError {
    fn from(error: NumberError) -> OpError {
        OpError::Number(error)
    }
}

/// What may be true, be false, or not be known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Known(bool),
    Unknown,
}

impl Truth {
    fn or(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::Known(true), _) | (_, Truth::Known(true)) => Truth::Known(true),
            (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
            (Truth::Known(false), Truth::Known(false)) => Truth::Known(false),
        }
    }
}

impl From<Truth> for Value {
    fn from(truth: Truth) -> Value {
        match truth {
            Truth::Known(b) => Value::bool(b),
            Truth::Unknown => Value::unknown_not_null(crate::Type::Bool),
        }
    }
}

#[cfg(test)]
mod tests;
