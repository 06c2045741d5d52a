//! `jsonencode` and `jsondecode`.

use model::{Kind, Type, Value};

use super::arguments::text;
use super::define::{Outcome, blame, define, define_typed, fail};
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    vec![
        define("jsonencode", "Writes a value as JSON.", Type::String, jsonencode)
            .takes(Param::any("val", "The value.").nullable().unknown_too().dynamic_too())
            .shows(&[("jsonencode({a = [1, true, null]})", "\"{\\\"a\\\":[1,true,null]}\"")]),
        define_typed("jsondecode", "Reads JSON as a value.", decoded_type, jsondecode)
            .takes(Param::string("str", "The JSON text."))
            .shows(&[("jsondecode(\"{\\\"a\\\":[1,true]}\")", "{a = [1, true]}")]),
    ]
}

/// A known value as compact JSON, with the characters that HTML gives a meaning written as escapes.
pub(super) fn encode(value: &Value) -> Result<String, String> {
    let json = model::json::to_string(value).map_err(|e| e.message)?;
    if !json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return Ok(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    Ok(out)
}

fn jsonencode(args: &[Value], _: &dyn Surroundings) -> Outcome {
    if !args[0].is_wholly_known() {
        return Ok(unknown_json(&args[0].ty(), args[0].is_certainly_not_null()));
    }
    encode(&args[0]).map(Value::string).or_else(fail)
}

/// Unknown JSON, of which the type of value tells the first character.
fn unknown_json(ty: &Type, certainly_not_null: bool) -> Value {
    let start = match ty {
        Type::String => "\"",
        Type::Object(_) | Type::Map(_) => "{",
        Type::Tuple(_) | Type::List(_) | Type::Set(_) => "[",
        Type::Bool | Type::Number | Type::Dynamic | Type::TypeLiteral => "",
    };
    let mut refinement = model::Refinement::not_null();
    if certainly_not_null && !start.is_empty() {
        refinement.prefix = Some(start.into());
    }
    Value::refined(Type::String, refinement)
}

/// The type that an unknown text will be decoded to, as far as its start tells.
fn decoded_type(args: &[Value]) -> Result<Type, CallError> {
    let Kind::Unknown(unknown) = args[0].kind() else { return Ok(Type::Dynamic) };
    let start = unknown.refinement.prefix.as_deref().unwrap_or_default();
    match start.trim_start_matches([' ', '\t', '\r', '\n']).chars().next() {
        None | Some('{' | '[' | 'n') => Ok(Type::Dynamic),
        Some('"') => Ok(Type::String),
        Some('t' | 'f') => Ok(Type::Bool),
        // That no number begins with a point is left for when the whole text is known.
        Some('-' | '.' | '0'..='9') => Ok(Type::Number),
        Some(other) => blame(0, format!("a JSON document cannot begin with the character {other:?}")),
    }
}

fn jsondecode(args: &[Value], _: &dyn Surroundings) -> Outcome {
    model::json::read_implied(text(args, 0)).or_else(|e| fail(e.message))
}
