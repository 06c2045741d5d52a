//! Order of numbers. What is certain about an unknown number may decide the comparison.

use std::cmp::Ordering;

use crate::{Kind, Number, Type, Value};

use super::arithmetic::operand;
use super::equality::equal;
use super::{OpError, Truth};

/// `a < b`
pub fn less(a: &Value, b: &Value) -> Result<Value, OpError> {
    compare(a, b, below)
}

/// `a > b`
pub fn greater(a: &Value, b: &Value) -> Result<Value, OpError> {
    compare(a, b, |a, b| below(b, a))
}

/// `a <= b`
pub fn less_or_equal(a: &Value, b: &Value) -> Result<Value, OpError> {
    compare(a, b, |a, b| below(a, b).or(equal(a, b)))
}

/// `a >= b`
pub fn greater_or_equal(a: &Value, b: &Value) -> Result<Value, OpError> {
    compare(a, b, |a, b| below(b, a).or(equal(a, b)))
}

fn compare(a: &Value, b: &Value, decide: impl Fn(&Value, &Value) -> Truth) -> Result<Value, OpError> {
    operand(a)?;
    operand(b)?;
    Ok(Value::from(decide(a, b)).with_marks(a.marks() | b.marks()))
}

/// Whether one number lies below another, both operands of the right type.
fn below(a: &Value, b: &Value) -> Truth {
    let (Some(a), Some(b)) = (bounds(a), bounds(b)) else { return Truth::Unknown };
    if let (Bounds::Exactly(a), Bounds::Exactly(b)) = (a, b) {
        return Truth::Known(a.compare(b) == Ordering::Less);
    }
    let certain = |low: Option<&Number>, high: Option<&Number>| {
        low.zip(high).is_some_and(|(low, high)| low.compare(high) == Ordering::Less)
    };
    if certain(a.upper(), b.lower()) {
        Truth::Known(true)
    } else if certain(b.upper(), a.lower()) {
        Truth::Known(false)
    } else {
        Truth::Unknown
    }
}

/// Where a number lies.
#[derive(Clone, Copy)]
enum Bounds<'v> {
    Exactly(&'v Number),
    Between(Option<&'v Number>, Option<&'v Number>),
}

impl<'v> Bounds<'v> {
    fn lower(self) -> Option<&'v Number> {
        match self {
            Bounds::Exactly(n) => Some(n),
            Bounds::Between(lower, _) => lower,
        }
    }

    fn upper(self) -> Option<&'v Number> {
        match self {
            Bounds::Exactly(n) => Some(n),
            Bounds::Between(_, upper) => upper,
        }
    }
}

/// Where a value lies, or nothing for one that may not be a number.
fn bounds(value: &Value) -> Option<Bounds<'_>> {
    match value.kind() {
        Kind::Number(n) => Some(Bounds::Exactly(n)),
        Kind::Unknown(u) if u.ty == Type::Number => {
            let (lower, upper) = (&u.refinement.lower, &u.refinement.upper);
            Some(Bounds::Between(lower.as_ref().map(|b| &b.0), upper.as_ref().map(|b| &b.0)))
        }
        _ => None,
    }
}
