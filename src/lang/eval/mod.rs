//! Expressions to values.

use model::{Diagnostics, Span, Value};

use crate::Scope;
use crate::ast::{Expr, Template};

/// Evaluates an expression. It goes on past errors where it can; what failed is an unknown in the value.
pub fn eval(expr: &Expr, scope: &dyn Scope) -> (Value, Diagnostics) {
    let _ = (expr, scope);
    (Value::dynamic(), Diagnostics::new())
}

/// Evaluates a template that stands at `span`, as [`eval`] does an expression.
pub fn eval_template(template: &Template, span: Span, scope: &dyn Scope) -> (Value, Diagnostics) {
    let _ = (template, span, scope);
    (Value::dynamic(), Diagnostics::new())
}
