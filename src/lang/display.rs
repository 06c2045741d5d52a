//! Values and types as the console shows them.

use model::quote::quote_into;
use model::{Kind, Str, Type, Value};

/// Renders a value as the console does: nested values over several lines, sensitive, ephemeral and unknown ones as
/// placeholders.
pub fn render(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, 0, &mut out);
    out
}

/// Renders a type as the console's `type()` does, nested types over several lines.
pub fn render_type(ty: &Type) -> String {
    let mut out = String::new();
    write_type(ty, 0, &mut out);
    out
}

fn write_value(value: &Value, indent: usize, out: &mut String) {
    if !value.is_known() {
        return out.push_str("(known after apply)");
    }
    if value.marks().is_sensitive() {
        return out.push_str("(sensitive value)");
    }
    if value.marks().is_ephemeral() {
        return out.push_str("(ephemeral value)");
    }
    match value.kind() {
        Kind::Null(ty) => out.push_str(&null_of(ty)),
        Kind::Unknown(_) => out.push_str("(known after apply)"),
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Number(n) => out.push_str(&n.to_string()),
        Kind::String(s) => write_string(s, indent, out),
        Kind::Tuple(s) => write_items(s.items(), indent, out),
        Kind::List(s) => wrapped("tolist", out, |out| write_items(s.items(), indent, out)),
        Kind::Set(s) => wrapped("toset", out, |out| write_items(s.items(), indent, out)),
        Kind::Object(m) => write_entries(m.entries(), indent, out),
        Kind::Map(m) => wrapped("tomap", out, |out| write_entries(m.entries(), indent, out)),
        Kind::TypeLiteral(ty) => write_type(ty, indent / 4, out),
    }
}

/// Null, with its type where `null` alone would lose it.
fn null_of(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "null".into(),
        Type::String => "tostring(null)".into(),
        Type::Number => "tonumber(null)".into(),
        Type::Bool => "tobool(null)".into(),
        Type::List(element) => format!("tolist(null) /* of {} */", element.friendly_name()),
        Type::Set(element) => format!("toset(null) /* of {} */", element.friendly_name()),
        Type::Map(element) => format!("tomap(null) /* of {} */", element.friendly_name()),
        Type::Tuple(_) | Type::Object(_) | Type::TypeLiteral => format!("null /* {} */", ty.friendly_name()),
    }
}

fn wrapped(function: &str, out: &mut String, write: impl FnOnce(&mut String)) {
    out.push_str(function);
    out.push('(');
    write(out);
    out.push(')');
}

fn write_items(items: &[Value], indent: usize, out: &mut String) {
    out.push('[');
    for item in items {
        new_line(indent + 2, out);
        write_value(item, indent + 2, out);
        out.push(',');
    }
    if !items.is_empty() {
        new_line(indent, out);
    }
    out.push(']');
}

fn write_entries(entries: &[(Str, Value)], indent: usize, out: &mut String) {
    out.push('{');
    for (key, value) in entries {
        new_line(indent + 2, out);
        write_string(key, indent + 2, out);
        out.push_str(" = ");
        write_value(value, indent + 2, out);
    }
    if !entries.is_empty() {
        new_line(indent, out);
    }
    out.push('}');
}

/// A quoted string, or a heredoc if it has several lines.
fn write_string(text: &str, indent: usize, out: &mut String) {
    if !text.contains('\n') {
        return quote_into(text, out);
    }
    let mut delimiter = String::from("EOT");
    while text.split('\n').any(|line| line.trim() == delimiter) {
        delimiter.push('_');
    }
    out.push_str(if indent > 0 { "<<-" } else { "<<" });
    out.push_str(&delimiter);
    for line in text.split('\n').chain([&*delimiter]) {
        new_line(indent, out);
        out.push_str(line);
    }
}

fn new_line(indent: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// Writes a type; objects and tuples put each of their members on a line of its own.
fn write_type(ty: &Type, depth: usize, out: &mut String) {
    match ty {
        Type::List(element) => write_collection_type("list", element, depth, out),
        Type::Set(element) => write_collection_type("set", element, depth, out),
        Type::Map(element) => write_collection_type("map", element, depth, out),
        Type::Tuple(types) => {
            let members = types.iter().map(|ty| (String::new(), ty));
            write_members(("tuple([", "])"), members, depth, out);
        }
        Type::Object(o) => {
            let members = o.attributes.iter().map(|(name, ty)| (format!("{name}: "), ty));
            write_members(("object({", "})"), members, depth, out);
        }
        Type::Dynamic | Type::Bool | Type::Number | Type::String | Type::TypeLiteral => {
            out.push_str(&ty.friendly_name());
        }
    }
}

fn write_members<'t>(
    (open, close): (&str, &str),
    members: impl Iterator<Item = (String, &'t Type)>,
    depth: usize,
    out: &mut String,
) {
    out.push_str(open);
    let mut members = members.peekable();
    let has_any = members.peek().is_some();
    for (label, ty) in members {
        new_line((depth + 1) * 4, out);
        out.push_str(&label);
        write_type(ty, depth + 1, out);
        out.push(',');
    }
    if has_any {
        new_line(depth * 4, out);
    }
    out.push_str(close);
}

fn write_collection_type(name: &str, element: &Type, depth: usize, out: &mut String) {
    let has_members = matches!(element, Type::Tuple(_) | Type::Object(_));
    wrapped(name, out, |out| {
        if !has_members {
            return write_type(element, depth, out);
        }
        new_line((depth + 1) * 4, out);
        write_type(element, depth + 1, out);
        out.push(',');
        new_line(depth * 4, out);
    });
}
