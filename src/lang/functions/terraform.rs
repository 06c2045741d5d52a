//! The functions of the built-in provider: configuration text from values, and back.

use std::fmt::Write;

use model::{Diagnostics, Kind, SourceMap, Str, Type, Value};

use super::arguments::text;
use super::define::{Outcome, define, fail};
use super::{CallError, Function, Param, Surroundings};
use crate::eval::render_place;
use crate::eval_constant;
use crate::parse::parse_body;

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    vec![
        define(
            "provider::terraform::decode_tfvars",
            "Reads the content of a variables file as an object.",
            Type::Dynamic,
            decode_tfvars,
        )
        .takes(Param::string("src", "The file's content."))
        .shows(&[("provider::terraform::decode_tfvars(\"a = [1, 2]\")", "{a = [1, 2]}")]),
        define(
            "provider::terraform::encode_tfvars",
            "Writes an object as the content of a variables file.",
            Type::String,
            encode_tfvars,
        )
        .takes(Param::any("value", "The variables' values, by their names."))
        .shows(&[("provider::terraform::encode_tfvars({a = 1})", "\"a = 1\\n\"")]),
        define(
            "provider::terraform::encode_expr",
            "Writes a value as an expression.",
            Type::String,
            encode_expr,
        )
        .takes(Param::any("value", "The value."))
        .shows(&[("provider::terraform::encode_expr([1, \"a\"])", "\"[1, \\\"a\\\"]\"")]),
    ]
}

fn decode_tfvars(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let mut texts = SourceMap::new();
    let file = texts.add("<decode_tfvars argument>", text(args, 0));
    let (body, diags) = parse_body(file, text(args, 0));
    first_error("invalid tfvars syntax", &diags, &texts)?;
    if let Some(block) = body.blocks.first() {
        let place = render_place(&texts, block.ty.span);
        let name = &block.ty.name;
        return fail(format!("{place}: {name:?} is a block, and files of variables hold no blocks"));
    }
    let mut variables: Vec<(Str, Value)> = Vec::new();
    for attribute in &body.attributes {
        let (value, diags) = eval_constant(&attribute.expr);
        first_error(&format!("the value of {:?} cannot be told", attribute.name.name), &diags, &texts)?;
        variables.push((attribute.name.name.clone(), value));
    }
    Ok(Value::object(variables))
}

fn first_error(what: &str, diags: &Diagnostics, texts: &SourceMap) -> Result<(), CallError> {
    let Some(first) = diags.iter().find(|d| d.is_error()) else { return Ok(()) };
    let place = first.subject.map_or_else(String::new, |s| format!("{}: ", render_place(texts, s)));
    fail(format!("{what}: {place}{}; {}", first.summary, first.detail))
}

fn encode_tfvars(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let Some(entries) = args[0].as_entries() else {
        return fail("an object is needed: its attributes become the variables");
    };
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(Type::String));
    }
    if let Some((name, _)) = entries.iter().find(|(name, _)| !is_identifier(name)) {
        return fail(format!(
            "{name:?} is no name for a variable: letters, digits, \"_\" and \"-\" can stand in one, a letter or \
             \"_\" first"
        ));
    }
    let mut out = String::new();
    write_attributes(entries, &mut out);
    Ok(Value::string(indented(&out)))
}

fn encode_expr(args: &[Value], _: &dyn Surroundings) -> Outcome {
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(Type::String));
    }
    Ok(Value::string(indented(&expression(&args[0]))))
}

/// Whether a name can stand without quotes.
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// Writes `name = value` lines without indentation; the equals signs of neighbours of one line each stand below each
/// other.
fn write_attributes(entries: &[(Str, Value)], out: &mut String) {
    let name = |name: &Str| if is_identifier(name) { name.to_string() } else { quoted(name) };
    let lines: Vec<(String, String)> = entries.iter().map(|(n, v)| (name(n), expression(v))).collect();
    let is_one_line = |(_, value): &(String, String)| !value.contains('\n');
    for run in lines.chunk_by(|a, b| is_one_line(a) && is_one_line(b)) {
        let width = run.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in run {
            out.push_str(&format!("{name:width$} = {value}\n"));
        }
    }
}

/// A value as an expression without indentation.
fn expression(value: &Value) -> String {
    match value.kind() {
        Kind::Bool(b) => b.to_string(),
        Kind::Number(n) => n.to_string(),
        Kind::String(text) => quoted(text),
        Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => {
            let items: Vec<String> = s.items().iter().map(expression).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map(m) | Kind::Object(m) if m.entries().is_empty() => "{}".into(),
        Kind::Map(m) | Kind::Object(m) => {
            let mut out = String::from("{\n");
            write_attributes(m.entries(), &mut out);
            out + "}"
        }
        Kind::Null(_) | Kind::Unknown(_) | Kind::TypeLiteral(_) => "null".into(),
    }
}

/// Indents lines as the language's formatter does: a line by one step for each earlier line that left brackets open.
fn indented(text: &str) -> String {
    let mut open: Vec<i32> = Vec::new();
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut change = bracket_change(line);
        let opened = change;
        while change < 0
            && let Some(last) = open.last_mut()
        {
            let closed = (*last).min(-change);
            *last -= closed;
            change += closed;
            if *last == 0 {
                open.pop();
            }
        }
        out.push_str(&"  ".repeat(open.len()));
        out.push_str(line);
        if opened > 0 {
            open.push(opened);
        }
    }
    out
}

/// How many more brackets a line opens than closes, those in texts left out.
fn bracket_change(line: &str) -> i32 {
    let (mut change, mut in_text, mut escaped) = (0, false, false);
    for c in line.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '[' | '{' if !in_text => change += 1,
            ']' | '}' if !in_text => change -= 1,
            _ => {}
        }
    }
    change
}

/// A text as a literal of the language.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' | '\\' => out.extend(['\\', c]),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            _ if c.is_control() => {
                // Writing to a text cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
