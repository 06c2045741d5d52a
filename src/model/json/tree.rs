//! Values to and from trees of serde_json.

use serde_json::Value as Tree;

use crate::{Kind, Path, Type, Value};

use super::{JsonError, read, read_implied};

/// Converts a known value to a JSON tree, marks ignored; numbers keep all digits.
pub fn to_tree(value: &Value) -> Result<Tree, JsonError> {
    let fail = |message: &str| Err(JsonError::new(&Path::root(), message));
    Ok(match value.kind() {
        Kind::Unknown(_) => return fail("value is not known"),
        Kind::TypeLiteral(_) => return fail("cannot JSON-serialize type"),
        Kind::Null(_) => Tree::Null,
        Kind::Bool(b) => Tree::Bool(*b),
        Kind::Number(n) => match n.to_string().parse() {
            Ok(number) => Tree::Number(number),
            Err(_) => return fail("cannot serialize infinity as JSON"),
        },
        Kind::String(s) => Tree::String(s.to_string()),
        Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => {
            Tree::Array(s.items().iter().map(to_tree).collect::<Result<_, _>>()?)
        }
        Kind::Map(m) | Kind::Object(m) => {
            let entry = |(k, v): &(crate::Str, Value)| Ok((k.to_string(), to_tree(v)?));
            Tree::Object(m.entries().iter().map(entry).collect::<Result<_, JsonError>>()?)
        }
    })
}

/// Reads a JSON tree as a value of a type, as [`read`] does text.
pub fn from_tree(tree: &Tree, ty: &Type) -> Result<Value, JsonError> {
    read(&tree.to_string(), ty)
}

/// Reads a JSON tree as its implied type, as [`read_implied`] does text.
pub fn implied_from_tree(tree: &Tree) -> Result<Value, JsonError> {
    read_implied(&tree.to_string())
}
