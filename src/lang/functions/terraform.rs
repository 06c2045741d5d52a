//! The functions of the built-in provider: configuration text from values, and back.

use model::{Kind, Str, Type, Value};

use super::define::{Outcome, blame, define};
use super::{Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    vec![
        define(
            "provider::terraform::encode_tfvars",
            "Writes an object as the content of a variables file.",
            Type::String,
            encode_tfvars,
        )
        .takes(Param::any("value", "The variables' values, by their names."))
        .documented_as(Type::String)
        .shows(&[("provider::terraform::encode_tfvars({a = 1})", "\"a = 1\\n\"")]),
        define(
            "provider::terraform::encode_expr",
            "Writes a value as an expression.",
            Type::String,
            encode_expr,
        )
        .takes(Param::any("value", "The value.").nullable().unknown_too().dynamic_too())
        .documented_as(Type::String)
        .shows(&[("provider::terraform::encode_expr([1, \"a\"])", "\"[1, \\\"a\\\"]\"")]),
    ]
}

fn encode_tfvars(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let Some(entries) = args[0].as_entries() else {
        return blame(
            0,
            "invalid value to encode: must be an object whose attribute names will become the encoded variable names",
        );
    };
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(Type::String));
    }
    if let Some((name, _)) = entries.iter().find(|(name, _)| !is_identifier(name)) {
        return blame(
            0,
            format!(
                "invalid variable name {name:?}: must be a valid identifier, per Terraform's rules for input variable declarations"
            ),
        );
    }
    let mut out = String::new();
    write_attributes(entries, 0, &mut out);
    Ok(Value::string(out))
}

fn encode_expr(args: &[Value], _: &dyn Surroundings) -> Outcome {
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(Type::String));
    }
    let mut out = String::new();
    write_expression(&args[0], 0, &mut out);
    Ok(Value::string(out))
}

/// Whether a name can stand without quotes.
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// Writes `name = value` lines, the equals signs of neighbours below each other.
fn write_attributes(entries: &[(Str, Value)], indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    let names: Vec<String> = entries.iter().map(|(name, _)| written_name(name)).collect();
    let values: Vec<String> = entries.iter().map(|(_, value)| expression_at(value, indent)).collect();
    let mut start = 0;
    while start < entries.len() {
        // A value of several lines ends a run of lines that are aligned.
        let length =
            values[start..].iter().position(|v| v.contains('\n')).map_or(entries.len() - start, |n| n + 1);
        let run = start..start + length;
        let width = names[run.clone()].iter().map(|n| n.chars().count()).max().unwrap_or(0);
        for i in run {
            out.push_str(&format!("{margin}{:width$} = {}\n", names[i], values[i]));
        }
        start += length;
    }
}

fn expression_at(value: &Value, indent: usize) -> String {
    let mut out = String::new();
    write_expression(value, indent, &mut out);
    out
}

fn written_name(name: &str) -> String {
    if is_identifier(name) { name.into() } else { quoted(name) }
}

fn write_expression(value: &Value, indent: usize, out: &mut String) {
    match value.kind() {
        Kind::Bool(b) => out.push_str(&b.to_string()),
        Kind::Number(n) => out.push_str(&n.to_string()),
        Kind::String(text) => out.push_str(&quoted(text)),
        Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => {
            let items: Vec<String> = s.items().iter().map(|v| expression_at(v, indent)).collect();
            out.push_str(&format!("[{}]", items.join(", ")));
        }
        Kind::Map(m) | Kind::Object(m) if m.entries().is_empty() => out.push_str("{}"),
        Kind::Map(m) | Kind::Object(m) => {
            out.push_str("{\n");
            write_attributes(m.entries(), indent + 2, out);
            out.push_str(&" ".repeat(indent));
            out.push('}');
        }
        Kind::Null(_) | Kind::Unknown(_) | Kind::TypeLiteral(_) => out.push_str("null"),
    }
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
            _ if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
