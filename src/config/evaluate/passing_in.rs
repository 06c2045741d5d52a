//! What becomes of a value on the way into a variable.

use model::{Diagnostics, Marks, Value};

use crate::expansion::EachValue;
use crate::module::Variable;

/// Whether the value of `each` is not wholly known.
pub(super) fn is_open(each: &EachValue) -> bool {
    matches!(each, EachValue::AnyEach)
        || matches!(each, EachValue::Each(_, value) if !value.is_wholly_known())
}

/// The value with the marks that the variable's block asks for.
pub fn mark(value: Value, variable: &Variable) -> Value {
    let mut marks = if variable.sensitive { Marks::SENSITIVE } else { Marks::NONE };
    if variable.ephemeral {
        marks |= Marks::EPHEMERAL;
    }
    value.with_marks(marks)
}

/// The default of a variable, or an unknown where there is none (which was reported before).
pub fn default_value(variable: &Variable) -> Value {
    let mut ignored = Diagnostics::new();
    let value = variable.default.as_ref().and_then(|e| crate::decode::constant_default(e, &mut ignored));
    match value {
        Some(value) => variable.constraint.apply(&value).unwrap_or_else(|_| Value::dynamic()),
        None => Value::dynamic(),
    }
}

/// A given value as the variable takes it: null means the default where the variable is not nullable.
pub fn convert_variable(variable: &Variable, value: &Value) -> Result<Value, String> {
    if value.is_null() && !variable.nullable {
        if variable.default.is_some() {
            return Ok(default_value(variable).with_marks(value.marks()));
        }
        return Err("required variable may not be set to null".into());
    }
    variable.constraint.apply(value).map_err(|e| e.full())
}
