//! The forms of single values.

use std::time::Duration;

use clap::{Arg, ArgAction};

/// Flags that are on or off.
pub(super) trait Switch {
    /// Takes `-flag`, `-flag=true`, `-flag=false` and the other forms of a bool.
    fn switch(self, default: bool) -> Self;
}

impl Switch for Arg {
    fn switch(self, default: bool) -> Arg {
        self.num_args(0..=1)
            .require_equals(true)
            .value_name("BOOL")
            .hide_default_value(!default)
            .default_value(if default { "true" } else { "false" })
            .default_missing_value("true")
            .value_parser(boolean)
            .action(ArgAction::Set)
    }
}

/// Reads a bool in any of the forms that Terraform takes.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "True" | "TRUE" => Ok(true),
        "0" | "f" | "F" | "false" | "False" | "FALSE" => Ok(false),
        _ => Err("true or false is needed".into()),
    }
}

/// Reads a whole number above zero.
pub(super) fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "a whole number above zero is needed".into())
}

/// Reads a duration such as `10s`, `1m30s`, `1.5h` or `0`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("{text:?} is not a duration such as \"10s\" or \"1m30s\"");
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(bad)?;
        let number: f64 = rest[..digits].parse().map_err(|_| bad())?;
        let unit_end = rest[digits..]
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .map_or(rest.len(), |end| digits + end);
        let seconds = seconds_of(&rest[digits..unit_end]).ok_or_else(bad)?;
        total += Duration::try_from_secs_f64(number * seconds).map_err(|_| bad())?;
        rest = &rest[unit_end..];
    }
    if text.is_empty() { Err(bad()) } else { Ok(total) }
}

fn seconds_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-9,
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    })
}

/// An identifier of an object. What looks like a flag is one that is misspelt, unless it comes after `--`.
pub(super) fn identifier(text: &str) -> Result<String, String> {
    match text.strip_prefix("--") {
        Some(flag) => Err(format!(
            "there is no flag -{flag} here; an identifier that begins with a dash comes after --"
        )),
        None => Ok(text.to_owned()),
    }
}
