//! Whole numbers among the arguments.

use model::{Path, Value};
use provider::ProviderError;

/// The whole number that an argument is.
pub(crate) fn integer(arguments: &Value, name: &str) -> Option<i64> {
    arguments.get(name)?.as_number()?.to_i64()
}

/// The count that an argument is; 0 for null.
pub(crate) fn count(arguments: &Value, name: &str) -> usize {
    integer(arguments, name).and_then(|n| usize::try_from(n).ok()).unwrap_or_default()
}

/// Finds a known argument that is no whole number, or one below a bound.
pub(crate) fn check_at_least(arguments: &Value, name: &str, least: i64) -> Option<ProviderError> {
    let given = arguments.get(name)?.as_number()?;
    let why = match given.to_i64() {
        Some(number) if number >= least => return None,
        Some(number) => format!("must be at least {least}, got: {number}"),
        None => format!("must be a whole number, got: {given}"),
    };
    let detail = format!("Attribute {name} value {why}");
    Some(ProviderError::invalid("Invalid Attribute Value", detail).at(Path::of_attr(name)))
}

/// Refuses an import identifier.
pub(crate) fn bad_import(detail: impl Into<String>) -> ProviderError {
    ProviderError::invalid("Invalid import identifier", detail)
}
