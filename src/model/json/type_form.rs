//! Types as JSON: `"string"`, `["list","string"]`, `["object",{"a":"number"}]`.

use std::collections::BTreeSet;

use serde_json::{Value as Tree, json};

use crate::{Str, Type};

use super::write::{Escaping, write_string};

/// A type as JSON: `"string"`, `["list","string"]`, `["object",{"a":"number"}]`.
pub fn type_to_json(ty: &Type) -> Tree {
    match ty {
        Type::Dynamic => json!("dynamic"),
        Type::Bool => json!("bool"),
        Type::Number => json!("number"),
        Type::String => json!("string"),
        Type::TypeLiteral => json!("type"),
        Type::List(element) => json!(["list", type_to_json(element)]),
        Type::Set(element) => json!(["set", type_to_json(element)]),
        Type::Map(element) => json!(["map", type_to_json(element)]),
        Type::Tuple(types) => json!(["tuple", types.iter().map(type_to_json).collect::<Vec<_>>()]),
        Type::Object(o) => {
            let attributes: serde_json::Map<String, Tree> =
                o.attributes.iter().map(|(k, t)| (k.to_string(), type_to_json(t))).collect();
            if o.optional.is_empty() {
                json!(["object", attributes])
            } else {
                json!(["object", attributes, o.optional.iter().map(|k| &**k).collect::<Vec<_>>()])
            }
        }
    }
}

/// Reads a type from its JSON form.
pub fn type_from_json(json: &Tree) -> Option<Type> {
    let parts = match json {
        Tree::String(name) => {
            return match &**name {
                "dynamic" => Some(Type::Dynamic),
                "bool" => Some(Type::Bool),
                "number" => Some(Type::Number),
                "string" => Some(Type::String),
                _ => None,
            };
        }
        Tree::Array(parts) => parts,
        _ => return None,
    };
    match (parts.first()?.as_str()?, &parts[1..]) {
        ("list", [element]) => type_from_json(element).map(Type::list),
        ("set", [element]) => type_from_json(element).map(Type::set),
        ("map", [element]) => type_from_json(element).map(Type::map),
        ("tuple", [Tree::Array(types)]) => {
            types.iter().map(type_from_json).collect::<Option<Vec<_>>>().map(Type::tuple)
        }
        ("object", [Tree::Object(attributes)]) => object_from_json(attributes, BTreeSet::new()),
        ("object", [Tree::Object(attributes), Tree::Array(optional)]) => {
            let optional = optional.iter().map(|k| k.as_str().map(Str::from)).collect::<Option<_>>()?;
            object_from_json(attributes, optional)
        }
        _ => None,
    }
}

fn object_from_json(attributes: &serde_json::Map<String, Tree>, optional: BTreeSet<Str>) -> Option<Type> {
    let attributes = attributes
        .iter()
        .map(|(k, t)| Some((Str::from(&**k), type_from_json(t)?)))
        .collect::<Option<Vec<_>>>()?;
    Some(Type::object_with_optional(attributes, optional))
}

/// Writes a type as JSON without an intermediate tree.
pub(super) fn write_type(ty: &Type, out: &mut String) {
    let mut collection = |kind: &str, element: &Type| {
        out.push_str("[\"");
        out.push_str(kind);
        out.push_str("\",");
        write_type(element, out);
        out.push(']');
    };
    match ty {
        Type::Dynamic => out.push_str("\"dynamic\""),
        Type::Bool => out.push_str("\"bool\""),
        Type::Number => out.push_str("\"number\""),
        Type::String => out.push_str("\"string\""),
        Type::TypeLiteral => out.push_str("\"type\""),
        Type::List(element) => collection("list", element),
        Type::Set(element) => collection("set", element),
        Type::Map(element) => collection("map", element),
        Type::Tuple(types) => {
            out.push_str("[\"tuple\",[");
            for (i, ty) in types.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_type(ty, out);
            }
            out.push_str("]]");
        }
        Type::Object(o) => {
            out.push_str("[\"object\",{");
            for (i, (name, ty)) in o.attributes.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_string(name, Escaping::Html, out);
                out.push(':');
                write_type(ty, out);
            }
            out.push('}');
            for (i, name) in o.optional.iter().enumerate() {
                out.push_str(if i == 0 { ",[" } else { "," });
                write_string(name, Escaping::Html, out);
            }
            out.push_str(if o.optional.is_empty() { "]" } else { "]]" });
        }
    }
}
