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
    "a whole number is needed, from -9223372036854775808 to 9223372036854775807";

/// The whole number of a known number argument.
pub(super) fn whole(args: &[Value], at: usize) -> Result<i64, super::CallError> {
    to_i64(&number(args, at)).map_or_else(|| super::define::fail(NOT_WHOLE), Ok)
}

/// The whole number of 64 bits that a number is, down to the least one.
pub(super) fn to_i64(number: &Number) -> Option<i64> {
    let is_least = || {
        let magnitude = number.whole_magnitude().filter(|_| number.is_integer() && number.is_negative());
        magnitude.is_some_and(|m| m == num_bigint::BigUint::from(1u8) << 63)
    };
    number.to_i64().or_else(|| is_least().then_some(i64::MIN))
}

/// Strings as values.
pub(super) fn strings<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Vec<Value> {
    texts.into_iter().map(Value::string).collect()
}
