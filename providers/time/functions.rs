//! The functions: texts and numbers taken apart.

use model::duration::parse_duration;
use model::instant::Instant;
use model::{Number, Str, Type, Value};
use provider::{Function, FunctionError, Signature};

/// A function of one argument.
pub(crate) struct Parse {
    signature: Signature,
    code: fn(&Value) -> Result<Value, String>,
}

impl Function for Parse {
    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let argument = arguments.first().ok_or_else(|| FunctionError::blame(0, "it is missing"))?;
        (self.code)(argument).map_err(|why| FunctionError::blame(0, why))
    }
}

/// `duration_parse`
pub(crate) fn duration_parse() -> Parse {
    let names = ["hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"];
    let what = "Takes a duration such as `1h30m` apart. Every attribute is the whole duration in another unit; \
                milliseconds and smaller units are whole numbers.";
    let signature = Signature::new(Type::object(names.map(|n| (Str::from(n), Type::Number))), what).takes(
        "duration",
        Type::String,
        "The duration, such as `1h30m`; it may be negative.",
    );
    Parse { signature, code: duration }
}

/// `rfc3339_parse`
pub(crate) fn rfc3339_parse() -> Parse {
    let what = "Takes a timestamp apart. The parts are those of the offset that it is written with.";
    let signature = Signature::new(calendar_type(("unix", Type::Number)), what).takes(
        "timestamp",
        Type::String,
        "The timestamp, in RFC 3339 form.",
    );
    Parse { signature, code: timestamp }
}

/// `unix_timestamp_parse`
pub(crate) fn unix_timestamp_parse() -> Parse {
    let what = "Takes a number of seconds since 1970 apart. The parts are those of UTC.";
    let signature = Signature::new(calendar_type(("rfc3339", Type::String)), what).takes(
        "unix_timestamp",
        Type::Number,
        "The seconds since 1970; negative ones are before.",
    );
    Parse { signature, code: unix }
}

const NUMBERS: [&str; 10] =
    ["year", "year_day", "month", "day", "weekday", "hour", "minute", "second", "iso_year", "iso_week"];

fn calendar_type(further: (&str, Type)) -> Type {
    let numbers = NUMBERS.into_iter().map(|name| (Str::from(name), Type::Number));
    let names = ["month_name", "weekday_name"].into_iter().map(|name| (Str::from(name), Type::String));
    Type::object(numbers.chain(names).chain([(Str::from(further.0), further.1)]))
}

/// What calendar and clock show, with one attribute more.
fn calendar(instant: Instant, further: (&str, Value)) -> Value {
    let c = instant.civil();
    let (iso_year, iso_week) = c.iso_week();
    let small = i64::from;
    let numbers = [
        c.year,
        c.year_day(),
        small(c.month),
        small(c.day),
        small(c.weekday),
        small(c.hour),
        small(c.minute),
        small(c.second),
        iso_year,
        iso_week,
    ];
    let numbers = NUMBERS.into_iter().zip(numbers.map(Value::number));
    let names = [("month_name", c.month_name()), ("weekday_name", c.weekday_name())];
    let names = names.into_iter().map(|(name, value)| (name, Value::string(value)));
    Value::object(numbers.chain(names).chain([further]))
}

fn timestamp(argument: &Value) -> Result<Value, String> {
    let text = argument.as_str().map_or("", |s| s);
    let instant = Instant::parse(text)
        .map_err(|_| format!("Error parsing RFC3339 timestamp: {text:?} is not a valid RFC3339 timestamp"))?;
    Ok(calendar(instant, ("unix", Value::number(instant.seconds))))
}

fn unix(argument: &Value) -> Result<Value, String> {
    let wrong = || "a whole number of seconds is required, within the years 0 to 9999".to_owned();
    let seconds = argument.as_number().and_then(Number::to_i64).ok_or_else(wrong)?;
    let instant = Instant { seconds: 0, nanos: 0, offset: 0 }.plus_seconds(seconds);
    let instant = instant.filter(|i| (0..=9999).contains(&i.civil().year)).ok_or_else(wrong)?;
    Ok(calendar(instant, ("rfc3339", Value::string(instant.to_rfc3339()))))
}

/// Fractions are binary floats of 64 bits, as Terraform's provider gives them.
fn duration(argument: &Value) -> Result<Value, String> {
    let text = argument.as_str().map_or("", |s| s);
    let ns = parse_duration(text)
        .map_err(|_| format!("Error parsing duration string: {text:?} is not a valid duration string"))?;
    let in_units = |unit: i64| {
        let fraction = (ns % unit) as f64 / unit as f64;
        Value::number(Number::from_f64((ns / unit) as f64 + fraction).unwrap_or_else(|| Number::from(0i64)))
    };
    const SECOND: i64 = 1_000_000_000;
    Ok(Value::object([
        ("hours", in_units(3600 * SECOND)),
        ("minutes", in_units(60 * SECOND)),
        ("seconds", in_units(SECOND)),
        ("milliseconds", Value::number(ns / 1_000_000)),
        ("microseconds", Value::number(ns / 1_000)),
        ("nanoseconds", Value::number(ns)),
    ]))
}

#[cfg(test)]
mod tests;
