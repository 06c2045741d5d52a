//! The explicit codec between values and JSON. Nothing derives serde for [`Value`]: a value that leaves must be known,
//! and its marks are the caller's business.

mod read;
mod scan;
mod tree;
mod type_form;
mod write;

use std::fmt;

use crate::{Path, Type, Value};

pub use tree::{from_tree, implied_from_tree, to_tree};
pub use type_form::{type_from_json, type_to_json};
pub use write::{Escaping, write_string, write_with};

/// Why a value has no JSON form, or a JSON text no value of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonError {
    /// Where within the value.
    pub path: Path,
    /// What is wrong there.
    pub message: String,
}

impl JsonError {
    fn new(path: &Path, message: impl Into<String>) -> JsonError {
        JsonError { path: path.clone(), message: message.into() }
    }
}

/// The message with its path in front: `.a[0]: number is required`.
impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for JsonError {}

/// Writes a known value as compact JSON; unmarked or not, marks are ignored. `ty` is the declared type: where it is
/// [`Type::Dynamic`] the value is wrapped as `{"value": ..., "type": ...}`, as states store such attributes. Pass the
/// value's own type for plain JSON.
pub fn write(value: &Value, ty: &Type, out: &mut String) -> Result<(), JsonError> {
    write_with(value, ty, Escaping::Minimal, out)
}

/// Plain compact JSON of a known value, as `jsonencode` writes it apart from its HTML escapes.
pub fn to_string(value: &Value) -> Result<String, JsonError> {
    to_string_with(value, Escaping::Minimal)
}

/// Plain compact JSON of a known value.
pub fn to_string_with(value: &Value, escaping: Escaping) -> Result<String, JsonError> {
    let mut out = String::new();
    write::write_plain(value, escaping, &mut out)?;
    Ok(out)
}

/// Reads JSON as a value of a type; [`Type::Dynamic`] parts are wrapped as `{"value": ..., "type": ...}`. Attributes
/// that the text lacks are null, and primitives convert where they can.
pub fn read(text: &str, ty: &Type) -> Result<Value, JsonError> {
    read::read_typed(text, ty)
}

/// The type that plain JSON implies: objects and tuples, null as [`Type::Dynamic`].
pub fn implied_type(text: &str) -> Result<Type, JsonError> {
    read_implied(text).map(|value| value.ty())
}

/// Reads plain JSON as its implied type.
pub fn read_implied(text: &str) -> Result<Value, JsonError> {
    read::read_implied(text)
}

#[cfg(test)]
mod tests;
