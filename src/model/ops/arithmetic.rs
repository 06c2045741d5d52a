//! Arithmetic. An unknown operand makes the result an unknown number that is not null.

use crate::number::NumberError;
use crate::{Kind, Number, Type, Value};

use super::OpError;

/// `a + b`
pub fn add(a: &Value, b: &Value) -> Result<Value, OpError> {
    binary(a, b, Number::add)
}

/// `a - b`
pub fn subtract(a: &Value, b: &Value) -> Result<Value, OpError> {
    binary(a, b, Number::sub)
}

/// `a * b`
pub fn multiply(a: &Value, b: &Value) -> Result<Value, OpError> {
    binary(a, b, Number::mul)
}

/// `a / b`
pub fn divide(a: &Value, b: &Value) -> Result<Value, OpError> {
    binary(a, b, Number::div)
}

/// `a % b`
pub fn modulo(a: &Value, b: &Value) -> Result<Value, OpError> {
    binary(a, b, Number::rem)
}

/// `-a`
pub fn negate(a: &Value) -> Result<Value, OpError> {
    let result = match operand(a)? {
        Some(n) => Value::number(n.neg()),
        None => Value::unknown_not_null(Type::Number),
    };
    Ok(result.with_marks(a.marks()))
}

fn binary(
    a: &Value,
    b: &Value,
    apply: impl Fn(&Number, &Number) -> Result<Number, NumberError>,
) -> Result<Value, OpError> {
    let result = match (operand(a)?, operand(b)?) {
        (Some(x), Some(y)) => Value::number(apply(x, y)?),
        _ => Value::unknown_not_null(Type::Number),
    };
    Ok(result.with_marks(a.marks() | b.marks()))
}

/// The number of an operand, or nothing where it is not known yet.
pub(super) fn operand(value: &Value) -> Result<Option<&Number>, OpError> {
    match value.kind() {
        Kind::Number(n) => Ok(Some(n)),
        Kind::Unknown(u) if matches!(u.ty, Type::Number | Type::Dynamic) => Ok(None),
        Kind::Null(_) => Err(OpError::Null),
        _ => Err(OpError::Type),
    }
}
