//! The block that describes an object, for objects that are taken over without one.

use model::address::quote;
use model::{Attribute, Block, Kind, NestedBlock, Nesting, ResourceAddr, Str, Value};

/// Writes the block in the canonical layout, without an end of line. Only what a configuration can set is in it;
/// sensitive values are left out, and a comment says so.
pub fn resource_block(
    addr: &ResourceAddr,
    provider: Option<String>,
    block: &Block,
    object: &Value,
) -> String {
    let mut out = format!("resource {} {} {{\n", quote(&addr.ty), quote(&addr.name));
    if let Some(provider) = provider.filter(|p| p != addr.implied_provider()) {
        out.push_str(&format!("provider = {provider}\n"));
    }
    write_body(block, object, &mut out);
    out.push_str("}\n");
    lang::fmt::format(&out).trim_end().to_owned()
}

fn write_body(block: &Block, object: &Value, out: &mut String) {
    for (name, attribute) in block.attributes.iter().filter(|(name, a)| is_written(name, a)) {
        out.push_str(&format!("{name} = "));
        write_attribute(attribute, object.get(name), out);
        out.push('\n');
    }
    for (name, nested) in &block.blocks {
        if let Some(value) = object.get(name) {
            write_blocks(name, nested, value, out);
        }
    }
}

/// Whether a configuration may, and should, set an attribute. An `id` that may be given is the provider's to give.
fn is_written(name: &str, attribute: &Attribute) -> bool {
    let is_required = !attribute.is_computed() && attribute.kind == model::AttributeKind::Required;
    let is_wanted = attribute.deprecated.is_none() && !attribute.write_only;
    let is_given_id = name == "id" && attribute.is_computed();
    attribute.is_configurable() && !is_given_id && (is_required || is_wanted)
}

fn write_attribute(attribute: &Attribute, value: Option<&Value>, out: &mut String) {
    match (value, &attribute.nested) {
        (Some(v), _) if attribute.sensitive || v.deep_marks().is_sensitive() => {
            out.push_str("null # sensitive")
        }
        (Some(v), _) if v.is_null() => out.push_str("null"),
        (Some(v), Some(nested)) => write_structure(nested.0, &nested.1, v, out),
        (Some(v), None) => write_value(v, out),
        (None, _) => out.push_str("null"),
    }
}

/// A structural attribute: its own computed attributes are left out.
fn write_structure(nesting: Nesting, block: &Block, value: &Value, out: &mut String) {
    let object = |v: &Value, out: &mut String| {
        out.push_str("{\n");
        write_body(block, v, out);
        out.push('}');
    };
    match (nesting, value.as_items(), value.as_entries()) {
        (Nesting::List | Nesting::Set, Some(items), _) => {
            out.push_str("[\n");
            for item in items {
                object(item, out);
                out.push_str(",\n");
            }
            out.push(']');
        }
        (Nesting::Map, _, Some(entries)) => {
            out.push_str("{\n");
            for (key, item) in entries {
                out.push_str(&format!("{} = ", object_key(key)));
                object(item, out);
                out.push('\n');
            }
            out.push('}');
        }
        _ => object(value, out),
    }
}

fn write_blocks(name: &str, nested: &NestedBlock, value: &Value, out: &mut String) {
    let mut write = |label: Option<&Str>, content: &Value| {
        let label = label.map_or_else(String::new, |l| format!(" {}", quote(l)));
        out.push_str(&format!("{name}{label} {{\n"));
        write_body(&nested.block, content, out);
        out.push_str("}\n");
    };
    match (nested.nesting, value.as_items(), value.as_entries()) {
        (Nesting::List | Nesting::Set, Some(items), _) => items.iter().for_each(|item| write(None, item)),
        (Nesting::Map, _, Some(entries)) => entries.iter().for_each(|(key, item)| write(Some(key), item)),
        (Nesting::Single, ..) if !value.is_null() => write(None, value),
        (Nesting::Group, ..) if has_content(value) => write(None, value),
        _ => {}
    }
}

fn has_content(object: &Value) -> bool {
    object.as_entries().unwrap_or_default().iter().any(|(_, v)| !v.is_null())
}

/// Writes a known value as an expression that gives it.
fn write_value(value: &Value, out: &mut String) {
    match value.kind() {
        Kind::Bool(b) => out.push_str(&b.to_string()),
        Kind::Number(n) => out.push_str(&n.to_string()),
        Kind::String(s) => write_string(s, out),
        Kind::List(s) | Kind::Tuple(s) | Kind::Set(s) => {
            out.push('[');
            for (i, item) in s.items().iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write_value(item, out);
            }
            out.push(']');
        }
        Kind::Map(m) | Kind::Object(m) if m.entries().is_empty() => out.push_str("{}"),
        Kind::Map(m) | Kind::Object(m) => {
            out.push_str("{\n");
            for (key, item) in m.entries() {
                out.push_str(&format!("{} = ", object_key(key)));
                write_value(item, out);
                out.push('\n');
            }
            out.push('}');
        }
        Kind::Null(_) | Kind::Unknown(_) | Kind::TypeLiteral(_) => out.push_str("null"),
    }
}

/// A text; one that holds a JSON document as the call that writes just this text.
fn write_string(text: &str, out: &mut String) {
    match json_document(text) {
        Some(document) => {
            out.push_str("jsonencode(");
            write_value(&document, out);
            out.push(')');
        }
        None => out.push_str(&quote(text)),
    }
}

/// The value that `jsonencode` writes as exactly this text, if it is an object or a list.
fn json_document(text: &str) -> Option<Value> {
    if !text.starts_with(['{', '[']) || text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return None;
    }
    let document = model::json::read_implied(text).ok()?;
    let mut written = String::new();
    model::json::write(&document, &document.ty(), &mut written).ok()?;
    (written == text).then_some(document)
}

/// A key as written in an object: bare where it is a plain name.
fn object_key(key: &str) -> String {
    let is_name = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_word = matches!(key, "for" | "true" | "false" | "null");
    if is_name && !is_word { key.to_owned() } else { quote(key) }
}

#[cfg(test)]
mod tests;
