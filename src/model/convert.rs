//! Conversion of values to types.
//!
//! Whether one type converts to another is decided by the types alone ([`possible`]); a value may then still fail, as
//! the string `"x"` does on its way to a number. The first kind of failure is worded by [`mismatch`], the second
//! carries the path of the part that failed.

mod apply;
mod mismatch;
mod possible;
mod replace;

use std::fmt;

use crate::{Path, Type, Value};

pub use mismatch::mismatch;
pub use possible::{Safety, possible};

/// Why a value cannot be converted.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvertError {
    /// Where within the value.
    pub path: Path,
    /// What is wrong there: "string required", "attribute \"a\" is required".
    pub message: String,
}

impl ConvertError {
    fn new(path: &Path, message: impl Into<String>) -> ConvertError {
        ConvertError { path: path.clone(), message: message.into() }
    }

    /// The message with its path in front: `.a[0]: a number is required`.
    pub fn full(&self) -> String {
        if self.path.is_empty() { self.message.clone() } else { format!("{}: {}", self.path, self.message) }
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full())
    }
}

impl std::error::Error for ConvertError {}

/// Converts a value to a type ([`Type::Dynamic`] parts take what comes; optional attributes are filled with null).
/// Unknowns become unknowns of the type; marks stay where they are.
pub fn convert(value: &Value, to: &Type) -> Result<Value, ConvertError> {
    apply::convert_at(value, to, &mut Path::root())
}

#[cfg(test)]
mod tests;
