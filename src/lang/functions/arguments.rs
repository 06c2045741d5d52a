//! Reading arguments that [`super::call()`] has already converted and checked.

use model::{Number, Value};

/// The text of a known string argument.
pub(super) fn text(args: &[Value], at: usize) -> &str {
    args.get(at).and_then(Value::as_str).map_or("", |s| s)
}

/// The number of a known number argument.
pub(super) fn number(args: &[Value], at: usize) -> Number {
    args.get(at).and_then(Value::as_number).cloned().unwrap_or_else(|| Number::from(0i64))
}

/// The elements of a known list, set or tuple argument.
pub(super) fn items(args: &[Value], at: usize) -> &[Value] {
    args.get(at).and_then(Value::as_items).unwrap_or_default()
}

/// What is wrong with a number that is no whole one of 64 bits.
pub(super) const NOT_WHOLE: &str =
    "value must be a whole number, between -9223372036854775808 and 9223372036854775807";

/// The whole number of a known number argument.
pub(super) fn whole(args: &[Value], at: usize) -> Result<i64, super::CallError> {
    match number(args, at).to_i64() {
        Some(n) => Ok(n),
        None => super::define::fail(NOT_WHOLE),
    }
}

/// Strings as values.
pub(super) fn strings<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Vec<Value> {
    texts.into_iter().map(Value::string).collect()
}
