//! Operators. Chains of them nest as deep on the left as they are long, so they are taken in a loop.

use model::convert::convert;
use model::ops::{self, OpError, equals};
use model::{Diagnostics, Kind, Span, Type, Value, err};

use super::{Env, failed_since, misused_type};
use crate::ast::{BinaryOp, Expr, ExprKind, UnaryOp};

/// Why an operation on operands of the right type has no result, as it follows "Error during operation: ".
const NULL_OPERAND: &str = "an operand is null";

impl Env<'_> {
    /// A chain of binary operators.
    pub(super) fn binary(self, expr: &Expr, diags: &mut Diagnostics) -> Value {
        let mut chain = Vec::new();
        let mut leftmost = expr;
        while let ExprKind::Binary { left, op, right, .. } = &leftmost.kind {
            chain.push((leftmost, *op, left, right));
            leftmost = left;
        }
        let before = diags.0.len();
        let first = self.expr(leftmost, diags);
        chain.into_iter().rev().fold(first, |value, (whole, op, left, right)| {
            let other = self.expr(right, diags);
            self.operate(Operation { op, whole, left, right, before }, value, other, diags)
        })
    }

    fn operate(self, operation: Operation, left: Value, right: Value, diags: &mut Diagnostics) -> Value {
        let Operation { op, whole, before, .. } = operation;
        if is_type(&left) || is_type(&right) {
            diags.push(misused_type(whole.span));
            return Value::dynamic();
        }
        let Some(operand) = operand_type(op) else {
            if failed_since(diags, before) {
                return Value::unknown(Type::Bool);
            }
            let equal = equals(&left, &right);
            return if op == BinaryOp::NotEqual { negated(equal) } else { equal };
        };
        let left = self.operand(&left, &operand, "left", operation.left, whole.span, diags);
        let right = self.operand(&right, &operand, "right", operation.right, whole.span, diags);
        let (Some(left), Some(right)) = (left, right) else {
            return Value::unknown_not_null(result_type(op));
        };
        if failed_since(diags, before) {
            return Value::unknown(result_type(op));
        }
        match compute(op, &left, &right) {
            Ok(value) => value,
            Err(why) => self.failed(result_type(op), why, whole, diags),
        }
    }

    /// The operand, converted; a mismatch is reported.
    fn operand(
        self,
        value: &Value,
        ty: &Type,
        side: &str,
        expr: &Expr,
        whole: Span,
        diags: &mut Diagnostics,
    ) -> Option<Value> {
        match convert(value, ty) {
            Ok(value) => Some(value),
            Err(e) => {
                let wrong =
                    err!(expr.span, "Invalid operand", "The {side} operand does not suit: {}.", e.full());
                self.report(wrong.within(whole), expr, diags);
                None
            }
        }
    }

    /// `!a` and `-a`
    pub(super) fn unary(self, op: UnaryOp, operand: &Expr, expr: &Expr, diags: &mut Diagnostics) -> Value {
        let ty = match op {
            UnaryOp::Not => Type::Bool,
            UnaryOp::Negate => Type::Number,
        };
        let before = diags.0.len();
        let value = self.expr(operand, diags);
        let Some(value) = self.operand(&value, &ty, "unary", operand, expr.span, diags) else {
            return Value::unknown_not_null(ty);
        };
        if failed_since(diags, before) {
            return Value::unknown(ty);
        }
        let result = match op {
            UnaryOp::Not => ops::not(&value),
            UnaryOp::Negate => ops::negate(&value),
        };
        result.unwrap_or_else(|_null| self.failed(ty, NULL_OPERAND, expr, diags))
    }

    fn failed(self, ty: Type, why: &str, whole: &Expr, diags: &mut Diagnostics) -> Value {
        let failed = err!(whole.span, "Operation failed", "Error during operation: {why}.");
        self.report(failed, whole, diags);
        Value::unknown(ty)
    }
}

/// One link of a chain.
struct Operation<'e> {
    op: BinaryOp,
    whole: &'e Expr,
    left: &'e Expr,
    right: &'e Expr,
    /// How many diagnostics there were before the chain: with an error among its operands nothing is computed.
    before: usize,
}

fn is_type(value: &Value) -> bool {
    matches!(value.kind(), Kind::TypeLiteral(_))
}

/// The type that operands are converted to; nothing where any will do.
fn operand_type(op: BinaryOp) -> Option<Type> {
    match op {
        BinaryOp::Equal | BinaryOp::NotEqual => None,
        BinaryOp::Or | BinaryOp::And => Some(Type::Bool),
        BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => {
            Some(Type::Number)
        }
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => {
            Some(Type::Number)
        }
    }
}

fn result_type(op: BinaryOp) -> Type {
    match op {
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => {
            Type::Number
        }
        BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Or | BinaryOp::And => Type::Bool,
        BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => Type::Bool,
    }
}

/// Computes on operands of the right type. Null is an error, and an unknown makes the result unknown unless its bounds
/// decide: there is no short-circuit.
fn compute(op: BinaryOp, left: &Value, right: &Value) -> Result<Value, &'static str> {
    let result = match op {
        BinaryOp::Or => ops::or(left, right),
        BinaryOp::And => ops::and(left, right),
        BinaryOp::Equal => Ok(equals(left, right)),
        BinaryOp::NotEqual => Ok(negated(equals(left, right))),
        BinaryOp::Less => ops::less(left, right),
        BinaryOp::LessOrEqual => ops::less_or_equal(left, right),
        BinaryOp::Greater => ops::greater(left, right),
        BinaryOp::GreaterOrEqual => ops::greater_or_equal(left, right),
        BinaryOp::Add => ops::add(left, right),
        BinaryOp::Subtract => ops::subtract(left, right),
        BinaryOp::Multiply => ops::multiply(left, right),
        BinaryOp::Divide => ops::divide(left, right),
        BinaryOp::Modulo => ops::modulo(left, right),
    };
    result.map_err(|error| match (error, op) {
        (OpError::Number(_), BinaryOp::Add) => "infinity and its opposite have no sum",
        (OpError::Number(_), BinaryOp::Subtract) => "infinity less infinity is no number",
        (OpError::Number(_), BinaryOp::Multiply) => "zero times infinity is no number",
        (OpError::Number(_), BinaryOp::Divide) => "zero by zero, or infinity by infinity, is no number",
        (OpError::Number(_), _) => "nothing is left over by a division by zero or of infinity",
        _ => NULL_OPERAND,
    })
}

/// The opposite of a bool that may be unknown and marked.
fn negated(value: Value) -> Value {
    let (value, marks) = value.unmark();
    value.as_bool().map_or(value, |b| Value::bool(!b)).with_marks(marks)
}
