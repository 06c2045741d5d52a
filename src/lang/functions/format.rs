//! `format` and `formatlist`: text with placeholders such as `%s`, `%05.2f` and `%[1]d`.

use model::convert::convert;
use model::number::Notation;
use model::{Kind, Number, Type, Value};

use super::arguments::text;
use super::characters::characters;
use super::define::{Outcome, blame, define, fail};
use super::json_text::encode;
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let pattern = || Param::string("format", "The text with its placeholders.");
    let values = || Param::any("args", "What the placeholders stand for.").nullable().unknown_too();
    vec![
        define("format", "Puts values into a text in place of placeholders.", Type::String, format)
            .takes(pattern())
            .takes_any_number(values())
            .documented_as(Type::Dynamic)
            .shows(&[("format(\"Hello, %s! %03d\", \"you\", 7)", "\"Hello, you! 007\"")]),
        define(
            "formatlist",
            "Puts values into a text in place of placeholders, once for each element of the given lists.",
            Type::list(Type::String),
            formatlist,
        )
        .takes(pattern())
        .takes_any_number(values())
        .documented_as(Type::Dynamic)
        .shows(&[("formatlist(\"%s=%d\", [\"a\", \"b\"], [1, 2])", "tolist([\"a=1\", \"b=2\"])")]),
    ]
}

fn format(args: &[Value], _: &dyn Surroundings) -> Outcome {
    if !args[1..].iter().all(Value::is_wholly_known) {
        return Ok(unknown_text(text(args, 0)));
    }
    Ok(Value::string(fill(text(args, 0), &args[1..])?))
}

/// An unknown text that starts with what stands before the first placeholder, but for the last character: what comes
/// after may combine with that one.
fn unknown_text(pattern: &str) -> Value {
    let mut refinement = model::Refinement::not_null();
    let before = pattern.split('%').next().unwrap_or_default();
    let start = &before[..before.len() - characters(before).next_back().map_or(0, str::len)];
    if !start.is_empty() {
        refinement.prefix = Some(start.into());
    }
    Value::refined(Type::String, refinement)
}

fn formatlist(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (pattern, values) = (text(args, 0), &args[1..]);
    if values.is_empty() {
        return Ok(Value::list(Type::String, vec![Value::string(fill(pattern, values)?)]));
    }
    let unknown = || Ok(Value::unknown_not_null(Type::list(Type::String)));
    let Some(rows) = row_count(values)? else { return unknown() };
    let row = |at: usize| -> Vec<Value> {
        values.iter().map(|v| v.as_items().map_or_else(|| v.clone(), |items| items[at].clone())).collect()
    };
    let lines = (0..rows).map(|at| {
        let values = row(at);
        if !values.iter().all(Value::is_wholly_known) {
            return Ok(unknown_text(pattern));
        }
        match fill(pattern, &values) {
            Ok(line) => Ok(Value::string(line)),
            Err(e) => fail(format!("error on format iteration {at}: {}", e.message)),
        }
    });
    Ok(Value::list(Type::String, lines.collect::<Result<_, _>>()?))
}

/// How many lines the given lists make, which must agree; nothing where one is unknown.
fn row_count(values: &[Value]) -> Result<Option<usize>, CallError> {
    let mut chosen: Option<(usize, usize)> = None;
    let mut has_unknown = false;
    for (i, value) in values.iter().enumerate() {
        let length = match (value.as_items(), value.ty()) {
            // Unknown elements may turn out equal, so that fewer remain.
            (Some(items), Type::Set(_)) if items.len() > 1 && !value.is_wholly_known() => {
                has_unknown = true;
                continue;
            }
            (Some(items), _) => items.len(),
            (None, Type::Tuple(types)) if !value.is_null() => types.len(),
            (None, Type::List(_) | Type::Set(_)) if !value.is_null() => {
                has_unknown = true;
                continue;
            }
            (None, _) => continue,
        };
        has_unknown |= !value.is_known();
        match chosen {
            Some((first, expected)) if expected != length => {
                let at = i + 1;
                return blame(
                    at,
                    format!("argument {at} has {length} elements, but argument {first} has {expected}"),
                );
            }
            Some(_) => {}
            None => chosen = Some((i + 1, length)),
        }
    }
    Ok(if has_unknown { None } else { Some(chosen.map_or(1, |(_, length)| length)) })
}

/// A placeholder.
#[derive(Default)]
struct Verb<'p> {
    /// As written.
    raw: &'p str,
    /// Where it starts, in bytes.
    offset: usize,
    letter: char,
    /// The value's position, counted from 1.
    argument: usize,
    zero: bool,
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// Writes the text with its placeholders filled in.
fn fill(pattern: &str, values: &[Value]) -> Result<String, CallError> {
    let mut out = String::new();
    let mut at = 0;
    let (mut next, mut highest) = (1, 0);
    while let Some(found) = pattern[at..].find('%') {
        out.push_str(&pattern[at..at + found]);
        at += found;
        if pattern[at..].starts_with("%%") {
            out.push('%');
            at += 2;
            continue;
        }
        let verb = scan(pattern, at, next)?;
        next = verb.argument + 1;
        highest = highest.max(verb.argument);
        at += verb.raw.len();
        append(&verb, values, &mut out)?;
    }
    out.push_str(&pattern[at..]);
    match highest {
        0 if !values.is_empty() => blame(1, "there are arguments, but no placeholder for them"),
        used if used < values.len() => blame(
            used + 1,
            format!("there are more arguments than the {used} for which there are placeholders"),
        ),
        _all => Ok(out),
    }
}

/// Reads the placeholder that starts at an offset.
fn scan(pattern: &str, offset: usize, next: usize) -> Result<Verb<'_>, CallError> {
    let mut verb = Verb { offset, argument: next, ..Verb::default() };
    let bytes = pattern.as_bytes();
    let mut at = offset + 1;
    loop {
        match bytes.get(at) {
            Some(b' ') => verb.space = true,
            Some(b'+') => verb.plus = true,
            Some(b'-') => verb.minus = true,
            Some(b'0') => verb.zero = true,
            Some(b'#') => verb.sharp = true,
            _ => break,
        }
        at += 1;
    }
    verb.width = scan_digits(bytes, &mut at);
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        verb.precision = Some(scan_digits(bytes, &mut at).map_or_else(|| unexpected(pattern, at), Ok)?);
    }
    if bytes.get(at) == Some(&b'[') {
        at += 1;
        if bytes.get(at) == Some(&b'0') {
            return unexpected(pattern, at);
        }
        verb.argument = scan_digits(bytes, &mut at).map_or_else(|| unexpected(pattern, at), Ok)?;
        if bytes.get(at) != Some(&b']') {
            return unexpected(pattern, at);
        }
        at += 1;
    }
    match bytes.get(at) {
        Some(letter) if letter.is_ascii_alphabetic() => verb.letter = char::from(*letter),
        _ => return unexpected(pattern, at),
    }
    verb.raw = &pattern[offset..=at];
    Ok(verb)
}

fn scan_digits(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let start = *at;
    let mut number = 0usize;
    while let Some(digit) = bytes.get(*at).filter(|b| b.is_ascii_digit()) {
        number = number.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
        *at += 1;
    }
    (*at > start).then_some(number)
}

fn unexpected<T>(pattern: &str, at: usize) -> Result<T, CallError> {
    match pattern[at..].chars().next() {
        Some(c) => fail(format!("{c:?} at {at} belongs to no placeholder")),
        None => fail(format!("the placeholder at {at} is not complete")),
    }
}

/// The widest padding and longest fraction that a placeholder may ask for.
const WIDEST: usize = 1_000_000;

fn append(verb: &Verb, values: &[Value], out: &mut String) -> Result<(), CallError> {
    let place = format!("{:?} at {}", verb.raw, verb.offset);
    let Some(value) = values.get(verb.argument - 1) else {
        let (need, have) = (verb.argument, values.len());
        return fail(format!("{place} needs argument {need}, but there are {have}"));
    };
    if value.is_null() && verb.letter != 'v' {
        return fail(format!("the argument for {place} is null"));
    }
    if verb.width.max(verb.precision).is_some_and(|n| n > WIDEST) {
        return fail(format!("the width or precision of {place} is too large"));
    }
    let written = match verb.letter {
        'v' => plain(verb, value),
        't' => converted(value, &Type::Bool).map(|v| v.as_bool().unwrap_or_default().to_string()),
        'b' | 'd' | 'o' | 'x' | 'X' => as_number(value).and_then(|n| integer(verb, &n)),
        'e' | 'E' | 'f' | 'g' | 'G' => as_number(value).map(|n| float(verb, &n)),
        's' | 'q' => converted(value, &Type::String).and_then(|v| string(verb, &v)),
        letter => {
            let (raw, offset) = (verb.raw, verb.offset);
            return fail(format!("{letter:?} in {raw:?} at {offset} is no kind of placeholder"));
        }
    };
    match written {
        Ok(written) => out.push_str(&written),
        Err(message) => return fail(format!("unsupported value for {place}: {message}")),
    }
    Ok(())
}

fn converted(value: &Value, to: &Type) -> Result<Value, String> {
    convert(value, to).map_err(|e| e.message)
}

fn as_number(value: &Value) -> Result<Number, String> {
    let value = converted(value, &Type::Number)?;
    value.as_number().cloned().ok_or_else(|| "a number is required".into())
}

/// `%v`: text and numbers as they are, anything else as JSON; `%#v`: JSON.
fn plain(verb: &Verb, value: &Value) -> Result<String, String> {
    let written = match value.kind() {
        Kind::String(text) if !verb.sharp => text.to_string(),
        Kind::Number(n) if !verb.sharp => n.format(Notation::General, None),
        _json => encode(value)?,
    };
    Ok(pad(verb, written))
}

fn string(verb: &Verb, value: &Value) -> Result<String, String> {
    let text = value.as_str().map_or("", |s| s);
    let cut = match verb.precision {
        Some(precision) if precision > 0 => characters(text).take(precision).collect(),
        _ => text.to_string(),
    };
    Ok(pad(verb, if verb.letter == 'q' { encode(&Value::string(cut))? } else { cut }))
}

/// Fills up to the width, counted in characters as people see them.
fn pad(verb: &Verb, written: String) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(characters(&written).count());
    let padding = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus { written + &padding } else { padding + &written }
}

fn sign(verb: &Verb, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

fn integer(verb: &Verb, number: &Number) -> Result<String, String> {
    let magnitude = number.whole_magnitude().filter(|_| number.is_integer());
    let magnitude = magnitude.ok_or("an integer is required")?;
    let (radix, prefix) = match verb.letter {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _decimal => (10, ""),
    };
    let mut digits = magnitude.to_str_radix(radix);
    if verb.letter == 'X' {
        digits.make_ascii_uppercase();
    }
    if verb.precision == Some(0) && digits == "0" {
        return Ok(String::new());
    }
    let digits = "0".repeat(verb.precision.unwrap_or(0).saturating_sub(digits.len())) + &digits;
    let head = format!(
        "{}{}",
        sign(verb, number.is_negative() && digits != "0"),
        if verb.sharp { prefix } else { "" }
    );
    Ok(aligned(verb, &head, &digits, verb.precision.is_none()))
}

fn float(verb: &Verb, number: &Number) -> String {
    let (notation, places) = match verb.letter {
        'e' | 'E' => (Notation::Scientific, Some(verb.precision.unwrap_or(6))),
        'f' => (Notation::Fixed, Some(verb.precision.unwrap_or(6))),
        _general => (Notation::General, verb.precision),
    };
    if number.is_infinite() {
        let head = if number.is_negative() {
            "-"
        } else if verb.space && !verb.plus {
            " "
        } else {
            "+"
        };
        return aligned(verb, head, "Inf", false);
    }
    let digits = number.abs().format(notation, places);
    let digits = if verb.letter.is_ascii_uppercase() { digits.to_uppercase() } else { digits };
    aligned(verb, sign(verb, number.is_negative()), &digits, true)
}

/// Brings a number to its width: zeros go between sign and digits.
fn aligned(verb: &Verb, head: &str, digits: &str, zeros_allowed: bool) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(head.len() + digits.len());
    match (verb.minus, verb.zero && zeros_allowed) {
        (true, _) => format!("{head}{digits}{}", " ".repeat(missing)),
        (false, true) => format!("{head}{}{digits}", "0".repeat(missing)),
        (false, false) => format!("{}{head}{digits}", " ".repeat(missing)),
    }
}
