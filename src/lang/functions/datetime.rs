//! Functions on points in time.

use model::duration::parse_duration;
use model::instant::{Civil, Instant};
use model::{Type, Value};

use super::arguments::text;
use super::define::{Outcome, blame, define, fail};
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let time = |name| Param::string(name, "A point in time, in RFC 3339 form.");
    vec![
        define("formatdate", "Writes a point in time in a form of one's own.", Type::String, formatdate)
            .takes(Param::string("format", "The form, such as `YYYY-MM-DD hh:mm:ss`."))
            .takes(time("time"))
            .shows(&[("formatdate(\"DD MMM YYYY\", \"2018-01-02T23:12:01Z\")", "\"02 Jan 2018\"")]),
        define("timeadd", "Adds a duration to a point in time.", Type::String, timeadd)
            .takes(time("timestamp"))
            .takes(Param::string("duration", "The duration, such as `1h30m`; it may be negative."))
            .promises_nothing()
            .shows(&[("timeadd(\"2017-11-22T00:00:00Z\", \"10m\")", "\"2017-11-22T00:10:00Z\"")]),
        define("timecmp", "Says which of two points in time is earlier: -1, 0 or 1.", Type::Number, timecmp)
            .takes(time("timestamp_a"))
            .takes(time("timestamp_b"))
            .shows(&[("timecmp(\"2017-11-22T00:00:00Z\", \"2017-11-22T01:00:00Z\")", "-1")]),
        define("timestamp", "Gives the current time.", Type::String, timestamp)
            .shows(&[("length(timestamp())", "20")]),
        define("plantimestamp", "Gives the time of the plan.", Type::String, plantimestamp)
            .shows(&[("length(plantimestamp())", "20")]),
    ]
}

fn time(args: &[Value], at: usize) -> Result<Instant, CallError> {
    Instant::parse(text(args, at)).or_else(|e| blame(at, e))
}

fn timeadd(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let instant = Instant::parse(text(args, 0)).or_else(fail)?;
    let duration = parse_duration(text(args, 1)).or_else(fail)?;
    Ok(Value::string(instant.plus(duration).to_rfc3339()))
}

fn timecmp(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (a, b) = (time(args, 0)?, time(args, 1)?);
    let order = (a.seconds, a.nanos).cmp(&(b.seconds, b.nanos));
    Ok(Value::number(order as i64))
}

fn timestamp(_: &[Value], around: &dyn Surroundings) -> Outcome {
    if around.defers_impure() {
        return Ok(Value::unknown_not_null(Type::String));
    }
    Ok(Value::string(Instant::from_unix_ns(around.now_ns()).to_rfc3339()))
}

fn plantimestamp(_: &[Value], around: &dyn Surroundings) -> Outcome {
    Ok(around.plan_timestamp().map_or_else(|| Value::unknown_not_null(Type::String), Value::string))
}

fn formatdate(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let instant = time(args, 1)?;
    let civil = instant.civil();
    let mut out = String::new();
    let mut rest = text(args, 0);
    while let Some(first) = rest.chars().next() {
        let token = token(rest).or_else(|e| blame(0, e))?;
        rest = &rest[token.len()..];
        match first {
            '\'' if token == "''" => out.push('\''),
            '\'' => out.push_str(&token[1..token.len() - 1].replace("''", "'")),
            'a'..='z' | 'A'..='Z' => out.push_str(&part(token, instant, &civil).or_else(|e| blame(0, e))?),
            _ => out.push_str(token),
        }
    }
    Ok(Value::string(out))
}

/// The next token of a form: a run of one letter, a quotation, or a single other character.
fn token(rest: &str) -> Result<&str, String> {
    let first = rest.chars().next().unwrap_or_default();
    if first.is_ascii_alphabetic() {
        let length = rest.find(|c| c != first).unwrap_or(rest.len());
        return Ok(&rest[..length]);
    }
    if first != '\'' {
        return Ok(&rest[..first.len_utf8()]);
    }
    if rest.starts_with("''") {
        return Ok(&rest[..2]);
    }
    let mut at = 1;
    while let Some(found) = rest[at..].find('\'') {
        at += found + 1;
        if !rest[at..].starts_with('\'') {
            return Ok(&rest[..at]);
        }
        at += 1;
    }
    Err("unterminated literal '".into())
}

/// What stands for a run of one letter.
fn part(verb: &str, instant: Instant, c: &Civil) -> Result<String, String> {
    let month = c.month_name();
    let weekday = c.weekday_name();
    let hour_of_12 = (c.hour + 11) % 12 + 1;
    let half = if c.hour < 12 { "am" } else { "pm" };
    Ok(match verb {
        "YY" => format!("{:02}", c.year.rem_euclid(100)),
        "YYYY" => format!("{:04}", c.year),
        "M" => c.month.to_string(),
        "MM" => format!("{:02}", c.month),
        "MMM" => month[..3].into(),
        "MMMM" => month.into(),
        "D" => c.day.to_string(),
        "DD" => format!("{:02}", c.day),
        "EEE" => weekday[..3].into(),
        "EEEE" => weekday.into(),
        "h" => c.hour.to_string(),
        "hh" => format!("{:02}", c.hour),
        "H" => hour_of_12.to_string(),
        "HH" => format!("{hour_of_12:02}"),
        "AA" => half.to_uppercase(),
        "aa" => half.into(),
        "m" => c.minute.to_string(),
        "mm" => format!("{:02}", c.minute),
        "s" => c.second.to_string(),
        "ss" => format!("{:02}", c.second),
        "Z" => instant.zone(":", "Z"),
        "ZZZ" => instant.zone("", "UTC"),
        "ZZZZ" => instant.zone("", ""),
        "ZZZZZ" => instant.zone(":", ""),
        _ => return Err(unusable_verb(verb)),
    })
}

fn unusable_verb(verb: &str) -> String {
    let rule = match &verb[..1] {
        "Y" => ": year must either be \"YY\" or \"YYYY\"",
        "M" => ": a month is written \"M\", \"MM\", \"MMM\" or \"MMMM\"",
        "D" => ": a day of the month is written \"D\" or \"DD\"",
        "E" => ": a day of the week is written \"EEE\" or \"EEEE\"",
        "h" => ": 24-hour must either be \"h\" or \"hh\"",
        "H" => ": 12-hour must either be \"H\" or \"HH\"",
        "A" => ": must be \"AA\"",
        "a" => ": must be \"aa\"",
        "m" => ": minute must either be \"m\" or \"mm\"",
        "s" => ": second must either be \"s\" or \"ss\"",
        "Z" => ": timezone must be Z, ZZZZ, or ZZZZZ",
        _ => "",
    };
    format!("invalid date format verb {verb:?}{rule}")
}
