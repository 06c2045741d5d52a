//! Values and types as the console shows them.

use model::{Type, Value};

/// Renders a value as the console does: nested values over several lines, sensitive and unknown ones as placeholders.
pub fn render(value: &Value) -> String {
    format!("{value:?}")
}

/// Renders a type as the console's `type()` does, nested types over several lines.
pub fn render_type(ty: &Type) -> String {
    ty.to_string()
}
