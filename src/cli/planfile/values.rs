//! Values with unknowns, marks and types as JSON. Plain strings, bools and tuples stand for themselves; everything else is
//! an object with one letter.

use model::json::{type_from_json, type_to_json};
use model::{Kind, Marks, Number, Path, PathStep, Refinement, Str, Value};
use serde_json::{Map, Value as Json, json};

/// A value as JSON.
pub fn encode(value: &Value) -> Json {
    let inner = match value.kind() {
        Kind::Null(ty) => json!({"n": type_to_json(ty)}),
        Kind::Unknown(u) => {
            let not_null = u.refinement.nullness == model::Nullness::NotNull;
            json!({"u": type_to_json(&u.ty), "r": not_null})
        }
        Kind::Bool(b) => json!(b),
        Kind::Number(n) => json!({"d": n.to_string()}),
        Kind::String(s) => json!(&**s),
        Kind::List(s) => json!({"l": [element(value), all(s.items())]}),
        Kind::Set(s) => json!({"s": [element(value), all(s.items())]}),
        Kind::Tuple(s) => all(s.items()),
        Kind::Map(m) => json!({"m": [element(value), entries(m.entries())]}),
        Kind::Object(m) => json!({"o": entries(m.entries())}),
        Kind::TypeLiteral(_) => Json::Null,
    };
    match value.marks() {
        Marks::NONE => inner,
        marks => json!({"k": [marks.is_sensitive(), marks.is_ephemeral()], "v": inner}),
    }
}

fn element(value: &Value) -> Json {
    value.ty().element().map_or(Json::Null, type_to_json)
}

fn all(items: &[Value]) -> Json {
    Json::Array(items.iter().map(encode).collect())
}

fn entries(entries: &[(Str, Value)]) -> Json {
    Json::Object(entries.iter().map(|(k, v)| (k.to_string(), encode(v))).collect::<Map<_, _>>())
}

/// A value from its JSON; nothing where the JSON is none.
pub fn decode(j: &Json) -> Option<Value> {
    match j {
        Json::Bool(b) => Some(Value::bool(*b)),
        Json::String(s) => Some(Value::normalized(s.as_str().into())),
        Json::Array(items) => Some(Value::tuple(items.iter().map(decode).collect::<Option<_>>()?)),
        Json::Object(o) => decode_object(o),
        Json::Null | Json::Number(_) => None,
    }
}

fn decode_object(o: &Map<String, Json>) -> Option<Value> {
    let pair = |j: &Json| Some((type_from_json(j.get(0)?)?, j.get(1)?.clone()));
    let items = |j: &Json| j.as_array()?.iter().map(decode).collect::<Option<Vec<_>>>();
    if let Some(marks) = o.get("k") {
        let mut found = Marks::NONE;
        if marks.get(0)?.as_bool()? {
            found |= Marks::SENSITIVE;
        }
        if marks.get(1)?.as_bool()? {
            found |= Marks::EPHEMERAL;
        }
        return Some(decode(o.get("v")?)?.with_marks(found));
    }
    let (letter, j) = o.iter().next()?;
    Some(match letter.as_str() {
        "n" => Value::null_of(type_from_json(j)?),
        "u" => match o.get("r").and_then(Json::as_bool) {
            Some(true) => Value::refined(type_from_json(j)?, Refinement::not_null()),
            _ => Value::unknown(type_from_json(j)?),
        },
        "d" => Value::number(Number::parse(j.as_str()?)?),
        "l" => {
            let (ty, inner) = pair(j)?;
            Value::list(ty, items(&inner)?)
        }
        "s" => {
            let (ty, inner) = pair(j)?;
            Value::set(ty, items(&inner)?)
        }
        "m" => {
            let (ty, inner) = pair(j)?;
            Value::map(ty, decode_entries(&inner)?)
        }
        "o" => Value::object(decode_entries(j)?),
        _ => return None,
    })
}

fn decode_entries(j: &Json) -> Option<Vec<(Str, Value)>> {
    j.as_object()?.iter().map(|(k, v)| Some((k.as_str().into(), decode(v)?))).collect()
}

/// A path as JSON: attributes as strings, elements as one-element arrays.
pub fn encode_path(path: &Path) -> Json {
    let step = |s: &PathStep| match s {
        PathStep::Attr(name) => json!(&**name),
        PathStep::Index(key) => json!([encode(key)]),
    };
    Json::Array(path.0.iter().map(step).collect())
}

/// A path from its JSON.
pub fn decode_path(j: &Json) -> Option<Path> {
    let step = |s: &Json| match s {
        Json::String(name) => Some(PathStep::Attr(name.as_str().into())),
        Json::Array(_) => Some(PathStep::Index(decode(s.get(0)?)?)),
        _ => None,
    };
    Some(Path(j.as_array()?.iter().map(step).collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Type;

    #[test]
    fn values_come_back_with_types_unknowns_and_marks() {
        let values = [
            Value::null(),
            Value::null_of(Type::list(Type::String)),
            Value::number(Number::parse("1e30").unwrap()),
            Value::unknown_not_null(Type::String).sensitive(),
            Value::list(Type::Number, vec![Value::number(1), Value::unknown(Type::Number)]),
            Value::set(Type::String, vec![Value::string("b"), Value::string("a")]),
            Value::map(Type::Bool, [("x", Value::bool(true))]),
            Value::object([("a", Value::tuple(vec![Value::string("q").sensitive()]))]),
        ];
        for value in values {
            assert_eq!(decode(&encode(&value)), Some(value));
        }
    }
}
