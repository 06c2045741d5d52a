//! Logic. An unknown operand makes the result unknown, whatever the other one is: `false && unknown` is unknown.

use crate::{Kind, Type, Value};

use super::OpError;

/// `!a`
pub fn not(a: &Value) -> Result<Value, OpError> {
    let result = match operand(a)? {
        Some(b) => Value::bool(!b),
        None => Value::unknown_not_null(Type::Bool),
    };
    Ok(result.with_marks(a.marks()))
}

/// `a && b`
pub fn and(a: &Value, b: &Value) -> Result<Value, OpError> {
    binary(a, b, |x, y| x && y)
}

/// `a || b`
pub fn or(a: &Value, b: &Value) -> Result<Value, OpError> {
    binary(a, b, |x, y| x || y)
}

fn binary(a: &Value, b: &Value, apply: impl Fn(bool, bool) -> bool) -> Result<Value, OpError> {
    let result = match (operand(a)?, operand(b)?) {
        (Some(x), Some(y)) => Value::bool(apply(x, y)),
        _ => Value::unknown_not_null(Type::Bool),
    };
    Ok(result.with_marks(a.marks() | b.marks()))
}

fn operand(value: &Value) -> Result<Option<bool>, OpError> {
    match value.kind() {
        Kind::Bool(b) => Ok(Some(*b)),
        Kind::Unknown(u) if matches!(u.ty, Type::Bool | Type::Dynamic) => Ok(None),
        Kind::Null(_) => Err(OpError::Null),
        _ => Err(OpError::Type),
    }
}
