//! Type constraints as configurations write them: `object({name = string, size = optional(number, 1)})`.

mod defaults;
mod parse;

use model::convert::{ConvertError, convert};
use model::{Diagnostics, Type, Value};

use crate::ast::Expr;

pub use defaults::Defaults;

/// A type and what stands in for absent attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeConstraint {
    /// The type; its objects may have optional attributes.
    pub ty: Type,
    /// The defaults of optional attributes, where any is given.
    pub defaults: Option<Defaults>,
}

impl TypeConstraint {
    /// The constraint that takes everything.
    pub fn any() -> TypeConstraint {
        TypeConstraint { ty: Type::Dynamic, defaults: None }
    }

    /// Fills in defaults where attributes of an object are absent or null, at any depth, then converts to the type.
    pub fn apply(&self, value: &Value) -> Result<Value, ConvertError> {
        match &self.defaults {
            Some(defaults) => convert(&defaults.fill(value, &self.ty), &self.ty),
            None => convert(value, &self.ty),
        }
    }
}

/// Reads a type constraint, as `variable` blocks have them. All errors within it are collected.
pub fn parse(expr: &Expr) -> Result<TypeConstraint, Diagnostics> {
    parse::constraint(expr)
}
