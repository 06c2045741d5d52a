//! Values as the plan JSON shows them: known parts, and which parts are unknown or sensitive.
//!
//! Marks are not heeded here: a plan or state document holds sensitive values, and says beside them where they are.

use std::str::FromStr;

use model::{InstanceKey, Kind, Mapping, Number, Path, PathStep, Type, Value};
use serde_json::{Map, Value as Json};

/// The known parts: unknown attributes are left out, unknown elements of lists are null. Nothing where all is unknown.
pub(super) fn known(value: &Value) -> Option<Json> {
    Some(match value.kind() {
        Kind::Unknown(_) => return None,
        Kind::Null(_) => Json::Null,
        Kind::Bool(b) => Json::Bool(*b),
        Kind::Number(n) => number(n),
        Kind::String(s) => Json::String(s.to_string()),
        Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => {
            s.items().iter().map(|v| known(v).unwrap_or(Json::Null)).collect()
        }
        Kind::Map(m) | Kind::Object(m) => entries(m, known),
        Kind::TypeLiteral(ty) => model::json::type_to_json(ty),
    })
}

/// The known parts, null where there is none.
pub(super) fn known_or_null(value: &Value) -> Json {
    known(value).unwrap_or(Json::Null)
}

/// `true` for every unknown part, at the place where it is; what is known is left out of objects and `false` in lists.
pub(super) fn unknown(value: &Value) -> Json {
    match value.kind() {
        Kind::Unknown(_) => Json::Bool(true),
        Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => s.items().iter().map(unknown).collect(),
        Kind::Map(m) | Kind::Object(m) => entries(m, |v| present(unknown(v))),
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::TypeLiteral(_) => {
            Json::Bool(false)
        }
    }
}

/// `true` for every sensitive part, at the place where it is; the rest as in [`unknown`], with the shape of unknown
/// collections empty.
pub(super) fn sensitive(value: &Value) -> Json {
    if value.marks().is_sensitive() {
        return Json::Bool(true);
    }
    match value.kind() {
        Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => s.items().iter().map(sensitive).collect(),
        Kind::Map(m) | Kind::Object(m) => entries(m, |v| present(sensitive(v))),
        Kind::Unknown(u) => match &u.ty {
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => Json::Array(Vec::new()),
            Type::Map(_) | Type::Object(_) => Json::Object(Map::new()),
            Type::Bool | Type::Number | Type::String | Type::Dynamic | Type::TypeLiteral => Json::Bool(false),
        },
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::TypeLiteral(_) => {
            Json::Bool(false)
        }
    }
}

fn entries(mapping: &Mapping, of: impl Fn(&Value) -> Option<Json>) -> Json {
    let entries = mapping.entries().iter();
    Json::Object(entries.filter_map(|(k, v)| Some((k.to_string(), of(v)?))).collect())
}

fn present(shape: Json) -> Option<Json> {
    (shape != Json::Bool(false)).then_some(shape)
}

/// A number with all its digits. Infinities have no JSON form; whoever makes documents of them has refused them before.
pub(super) fn number(n: &Number) -> Json {
    serde_json::Number::from_str(&n.to_string()).map_or(Json::Null, Json::Number)
}

/// A path as an array: `["rules", 0, "port"]`.
pub(super) fn path(path: &Path) -> Json {
    let step = |step: &PathStep| match step {
        PathStep::Attr(name) => Json::String(name.to_string()),
        PathStep::Index(key) => known_or_null(key),
    };
    path.0.iter().map(step).collect()
}

/// An instance key, null where there is none.
pub(super) fn key(key: &InstanceKey) -> Json {
    match key {
        InstanceKey::None => Json::Null,
        InstanceKey::Int(i) => (*i).into(),
        InstanceKey::Str(s) => Json::String(s.to_string()),
    }
}
