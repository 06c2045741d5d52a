//! Conversion of values to types.
// Interface; the values helper replaces the bodies.

use crate::{Path, Type, Value};

/// Why a value cannot be converted.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvertError {
    /// Where within the value.
    pub path: Path,
    /// What is wrong there: "string required", "attribute \"a\" is required".
    pub message: String,
}

impl ConvertError {
    /// The message with its path in front: "element 0: string required".
    pub fn full(&self) -> String {
        self.message.clone()
    }
}

/// Converts a value to a type ([`Type::Dynamic`] parts take what comes; optional attributes are filled with null).
/// Unknowns become unknowns of the type; marks stay where they are.
pub fn convert(value: &Value, _to: &Type) -> Result<Value, ConvertError> {
    Ok(value.clone())
}

/// Explains why a type does not suit another, as conversion errors do.
pub fn mismatch(_got: &Type, want: &Type) -> String {
    format!("{} required", want.friendly_name())
}
