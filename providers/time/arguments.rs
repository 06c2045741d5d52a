//! Arguments that several types share: timestamps, whole numbers, triggers.

use model::instant::Instant;
use model::{Attribute, Block, Path, Type, Value};
use provider::{ProviderError, text};

/// Adds `triggers`.
pub(crate) fn with_triggers(block: Block, consequence: &str) -> Block {
    let what = format!("Any values by name; when one of them changes, {consequence}.");
    block.attr("triggers", Attribute::optional(Type::map(Type::String), &what))
}

/// The parts of a point in time, as attributes.
const PARTS: [(&str, &str); 7] = [
    ("year", "The year of"),
    ("month", "The month of"),
    ("day", "The day of the month of"),
    ("hour", "The hour of"),
    ("minute", "The minute of"),
    ("second", "The second of"),
    ("unix", "The seconds from 1970 until"),
];

/// Adds the parts of a point in time, which is called `what`.
pub(crate) fn with_parts(block: Block, what: &str) -> Block {
    PARTS.into_iter().fold(block, |block, (name, meaning)| {
        block.attr(name, Attribute::computed(Type::Number, &format!("{meaning} {what}.")))
    })
}

/// The values of the parts.
pub(crate) fn parts(instant: Instant) -> [(&'static str, Value); 7] {
    let c = instant.civil();
    let small = |n: u8| Value::number(i64::from(n));
    [
        ("year", Value::number(c.year)),
        ("month", small(c.month)),
        ("day", small(c.day)),
        ("hour", small(c.hour)),
        ("minute", small(c.minute)),
        ("second", small(c.second)),
        ("unix", Value::number(instant.seconds)),
    ]
}

/// Whether an argument is given and known.
pub(crate) fn is_given(object: &Value, name: &str) -> bool {
    object.get(name).is_some_and(|v| v.is_known() && !v.is_null())
}

/// Whether an argument may still turn out to be anything.
pub(crate) fn is_unknown(object: &Value, name: &str) -> bool {
    object.get(name).is_some_and(|v| !v.is_known())
}

/// The whole number that an argument is; 0 where it is none.
pub(crate) fn whole(object: &Value, name: &str) -> i64 {
    object.get(name).and_then(Value::as_number).and_then(|n| n.to_i64()).unwrap_or_default()
}

/// The point in time that an attribute holds.
pub(crate) fn instant(object: &Value, name: &str) -> Option<Instant> {
    Instant::parse(text(object, name)?).ok()
}

/// Finds that an argument is no timestamp.
pub(crate) fn check_timestamp(config: &Value, name: &str) -> Option<ProviderError> {
    let given = text(config, name)?;
    Instant::parse(given).err().map(|_| {
        let detail = format!(
            "{given:?} is not a timestamp of RFC 3339, such as \"2024-05-17T09:30:00Z\"; give {name} in that form."
        );
        ProviderError::invalid("Invalid RFC3339 String Value", detail).at(Path::of_attr(name))
    })
}

/// Finds that an argument is no whole number, or below a bound.
pub(crate) fn check_whole(config: &Value, name: &str, least: i64) -> Option<ProviderError> {
    let given = config.get(name)?.as_number()?;
    let why = match given.to_i64() {
        Some(number) if number >= least => return None,
        Some(number) => format!("must be at least {least}, got: {number}"),
        None => format!("must be a whole number, got: {given}"),
    };
    let detail = format!("Attribute {name} value {why}");
    Some(ProviderError::invalid("Invalid Attribute Value", detail).at(Path::of_attr(name)))
}

/// Finds that none of several arguments is given; an unknown one may be.
pub(crate) fn check_any(config: &Value, names: &[&str]) -> Option<ProviderError> {
    let possible = |name: &&str| config.get(name).is_some_and(|v| !v.is_null());
    if names.iter().any(possible) {
        return None;
    }
    let detail = format!("At least one of these attributes must be configured: [{}]", names.join(","));
    Some(ProviderError::invalid("Missing Attribute Configuration", detail))
}

/// Says that adding led where no RFC 3339 text reaches.
pub(crate) fn out_of_range(what: &str) -> ProviderError {
    let detail = format!("{what} leads out of the years 0 to 9999, which are all that a timestamp can name.");
    ProviderError::invalid("Timestamp out of range", detail)
}

/// Refuses an import identifier.
pub(crate) fn bad_import(id: &str, expected: &str) -> ProviderError {
    let detail = format!("Unexpected format of ID ({id:?}), expected {expected}");
    ProviderError::invalid("Unexpected Format of ID", detail)
}

/// The parts of an import identifier of known length.
pub(crate) fn split<const N: usize>(id: &str) -> Option<[&str; N]> {
    id.split(',').collect::<Vec<_>>().try_into().ok()
}

/// Whole numbers of an import identifier by the arguments' names; empty ones are null.
pub(crate) fn numbers(
    parts: &[&str],
    names: &[&'static str],
) -> Result<Vec<(&'static str, Value)>, ProviderError> {
    let number = |(part, name): (&&str, &&'static str)| match part.parse::<i64>() {
        Ok(number) => Ok((*name, Value::number(number))),
        Err(_) if part.is_empty() => Ok((*name, Value::null_of(Type::Number))),
        Err(_) => Err(ProviderError::invalid(
            "Invalid import identifier",
            format!("{part:?}, which stands for {name}, is not a whole number."),
        )),
    };
    parts.iter().zip(names).map(number).collect()
}

/// A timestamp of an import identifier.
pub(crate) fn timestamp(part: &str) -> Result<Instant, ProviderError> {
    Instant::parse(part).map_err(|why| {
        ProviderError::invalid("Invalid import identifier", format!("{part:?} cannot be taken: {why}."))
    })
}
