//! Arguments whose value must be known from the text alone.

use lang::ast::Expr;
use lang::eval_constant;
use model::{Diagnostics, Kind, Type, Value, err};

/// The value of a constant expression of a type; nothing after an error, which is reported.
pub fn constant(expr: &Expr, ty: &Type, diags: &mut Diagnostics) -> Option<Value> {
    let (value, found) = eval_constant(expr);
    let failed = found.has_errors();
    diags.extend(found);
    if failed {
        return None;
    }
    match model::convert::convert(&value, ty) {
        Ok(value) => Some(value),
        Err(e) => {
            diags.push(err!(expr.span, "Unsuitable value type", "Unsuitable value: {}.", e.full()));
            None
        }
    }
}

/// A constant expression's value of any type.
pub fn constant_any(expr: &Expr, diags: &mut Diagnostics) -> Option<Value> {
    constant(expr, &Type::Dynamic, diags)
}

/// A constant that must be known: where it cannot be evaluated, it is unsuitable too.
fn known(expr: &Expr, ty: &Type, diags: &mut Diagnostics) -> Option<Value> {
    let failed = eval_constant(expr).1.has_errors();
    let value = constant(expr, ty, diags);
    if failed {
        diags.push(err!(expr.span, "Unsuitable value type", "Unsuitable value: value must be known."));
    }
    value
}

/// A constant string.
pub fn string(expr: &Expr, diags: &mut Diagnostics) -> Option<String> {
    let value = known(expr, &Type::String, diags)?;
    match value.kind() {
        Kind::String(s) => Some(s.to_string()),
        _ => {
            diags.push(err!(
                expr.span,
                "Unsuitable value type",
                "Unsuitable value: a string is required, not null."
            ));
            None
        }
    }
}

/// A constant bool.
pub fn bool(expr: &Expr, diags: &mut Diagnostics) -> Option<bool> {
    let value = known(expr, &Type::Bool, diags)?;
    match value.kind() {
        Kind::Bool(b) => Some(*b),
        _ => {
            diags.push(err!(
                expr.span,
                "Unsuitable value type",
                "Unsuitable value: true or false is required, not null."
            ));
            None
        }
    }
}
