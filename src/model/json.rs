//! The explicit codec between values and JSON. Nothing derives serde for [`Value`]: a value that leaves must be known,
//! and its marks are the caller's business.
// Interface; the values helper replaces the bodies.

use crate::{Path, Type, Value};

/// Why a value has no JSON form, or a JSON text no value of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonError {
    /// Where within the value.
    pub path: Path,
    /// What is wrong there.
    pub message: String,
}

/// Writes a known value as compact JSON; unmarked or not, marks are ignored. `ty` is the declared type: where it is
/// [`Type::Dynamic`] the value is wrapped as `{"value": ..., "type": ...}`, as states store such attributes. Pass the
/// value's own type for plain JSON.
pub fn write(value: &Value, ty: &Type, out: &mut String) -> Result<(), JsonError> {
    let _ = (value, ty, out);
    Ok(())
}

/// Plain compact JSON of a known value, as `jsonencode` writes it apart from its HTML escapes.
pub fn to_string(value: &Value) -> Result<String, JsonError> {
    let mut s = String::new();
    write(value, &value.ty(), &mut s)?;
    Ok(s)
}

/// Reads JSON as a value of a type; [`Type::Dynamic`] parts are wrapped as `{"value": ..., "type": ...}`.
pub fn read(text: &str, ty: &Type) -> Result<Value, JsonError> {
    let _ = (text, ty);
    Ok(Value::null())
}

/// The type that plain JSON implies: objects and tuples, null as [`Type::Dynamic`].
pub fn implied_type(text: &str) -> Result<Type, JsonError> {
    let _ = text;
    Ok(Type::Dynamic)
}

/// Reads plain JSON as its implied type.
pub fn read_implied(text: &str) -> Result<Value, JsonError> {
    let _ = text;
    Ok(Value::null())
}

/// A type as JSON: `"string"`, `["list","string"]`, `["object",{"a":"number"}]`.
pub fn type_to_json(ty: &Type) -> serde_json::Value {
    let _ = ty;
    serde_json::Value::Null
}

/// Reads a type from its JSON form.
pub fn type_from_json(json: &serde_json::Value) -> Option<Type> {
    let _ = json;
    None
}

/// Converts a known value to a JSON tree, marks ignored; numbers keep all digits.
pub fn to_tree(value: &Value) -> Result<serde_json::Value, JsonError> {
    let _ = value;
    Ok(serde_json::Value::Null)
}
