//! What the scalars of YAML mean: the booleans of version 1.1, the numbers of version 1.2.

use model::{Number, Value};

/// The value of a scalar without quotes and tag; the error where it is a number that the language has no place for.
pub(super) fn resolve(text: &str) -> Result<Value, String> {
    if let Some(value) = keyword(text) {
        return Ok(value);
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err("there is no number \"not a number\"".into());
    }
    let number = number(text).map(Value::number);
    Ok(number.or_else(|| timestamp(text).map(Value::string)).unwrap_or_else(|| Value::string(text)))
}

fn keyword(text: &str) -> Option<Value> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::null(),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Value::bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::bool(false)
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::number(Number::infinity()),
        "-.inf" | "-.Inf" | "-.INF" => Value::number(Number::infinity().neg()),
        _ => return None,
    })
}

fn number(text: &str) -> Option<Number> {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return Number::parse_integer(digits, radix).filter(|_| !digits.starts_with(['+', '-']));
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    let exponent_fits = exponent.is_none_or(|e| !e.is_empty() && e.len() < 7 && are_digits(e));
    if !has_digits || !are_digits(whole) || !are_digits(fraction) || !exponent_fits {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
    let power = exponent.map_or_else(String::new, |_| text[text.find(['e', 'E']).unwrap_or(0)..].to_string());
    Number::parse(&format!("{sign}{whole}{fraction}{power}"))
}

/// A date, or a date with a time, as RFC 3339.
pub(super) fn timestamp(text: &str) -> Option<String> {
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    let date = format!("{year}-{}-{}", two_digits(month)?, two_digits(day)?);
    let separated_by_space = text.contains(' ');
    let full = match time {
        None => format!("{date}T00:00:00Z"),
        Some(time) => {
            let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
            let (clock, zone) = time.split_at(zone_at);
            if zone.is_empty() != separated_by_space {
                return None;
            }
            let mut parts = clock.splitn(3, ':');
            let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
            let (second, fraction) = second.split_at(second.find('.').unwrap_or(second.len()));
            let zone = if zone.is_empty() { "Z" } else { zone };
            format!(
                "{date}T{}:{}:{}{fraction}{zone}",
                two_digits(hour)?,
                two_digits(minute)?,
                two_digits(second)?
            )
        }
    };
    model::instant::Instant::parse(&full).ok().map(|i| i.to_rfc3339())
}

fn two_digits(text: &str) -> Option<String> {
    let fits = matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| format!("{text:0>2}"))
}
