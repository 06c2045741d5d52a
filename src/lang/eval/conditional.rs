//! `condition ? yes : no`

use model::convert::convert;
use model::unify::unify;
use model::{Diagnostic, Diagnostics, Kind, Marks, Number, Refinement, Span, Type, Value, err};

use super::Env;
use crate::ast::Expr;

/// The two results of a conditional, evaluated, with the type that both go to.
struct Branches {
    yes: Value,
    no: Value,
    ty: Type,
}

impl Env<'_> {
    /// Both results are evaluated, for their types; only the errors of the one that is taken count.
    pub(super) fn conditional(
        self,
        condition: &Expr,
        yes: &Expr,
        no: &Expr,
        whole: &Expr,
        diags: &mut Diagnostics,
    ) -> Value {
        let span = whole.span;
        let (mut yes_diags, mut no_diags) = (Diagnostics::new(), Diagnostics::new());
        let yes_value = self.expr(yes, &mut yes_diags);
        let no_value = self.expr(no, &mut no_diags);
        let Some(ty) = common_type(&yes_value, &no_value) else {
            let mismatch = describe_mismatch(&yes_value.ty(), &no_value.ty());
            let inconsistent = err!(
                yes.span.to(no.span),
                "Inconsistent conditional result types",
                "Both results of a conditional must have one type, and these have none in common. {mismatch}."
            );
            self.report(inconsistent.within(span), whole, diags);
            return Value::dynamic();
        };
        let branches = Branches { yes: yes_value, no: no_value, ty };
        match self.condition(condition, span, diags) {
            Condition::Invalid => Value::unknown(branches.ty),
            Condition::Unknown(marks) => branches.either(marks),
            Condition::Known(chosen, marks) => {
                let (value, other, expr, more) = match chosen {
                    true => (branches.yes, branches.no, yes, yes_diags),
                    false => (branches.no, branches.yes, no, no_diags),
                };
                diags.extend(more);
                let marks = marks | other.marks();
                let converted = match other.ty() == branches.ty && mixes(&value, &branches.ty) {
                    true => Err("its elements are of several types".into()),
                    false => convert(&value, &branches.ty).map_err(|e| e.full()),
                };
                let converted = converted.unwrap_or_else(|why| {
                    let wrong = unsuitable(chosen, &why).at(expr.span);
                    self.report(wrong.within(span), expr, diags);
                    Value::unknown(branches.ty)
                });
                converted.with_marks(marks)
            }
        }
    }

    /// Evaluates what decides a conditional.
    pub(super) fn condition(self, condition: &Expr, span: Span, diags: &mut Diagnostics) -> Condition {
        let (value, marks) = self.expr(condition, diags).unmark();
        if value.is_null() {
            let null = err!(
                condition.span,
                "Null condition",
                "The condition is null, which is neither true nor false."
            );
            self.report(null.within(span), condition, diags);
            return Condition::Invalid;
        }
        if !value.is_known() {
            return Condition::Unknown(marks);
        }
        match convert(&value, &Type::Bool).ok().and_then(|v| v.as_bool()) {
            Some(chosen) => Condition::Known(chosen, marks),
            None => {
                let detail = "The condition must be true or false.";
                let wrong = err!(condition.span, "Incorrect condition type", "{detail}");
                self.report(wrong.within(span), condition, diags);
                Condition::Invalid
            }
        }
    }
}

fn unsuitable(chosen: bool, why: &str) -> Diagnostic {
    let detail = format!("The {chosen} result does not suit: {why}.");
    Diagnostic::error("Inconsistent conditional result types", detail)
}

/// Whether elements of several types, not all of them primitive, are to become those of a list or map without a type, which
/// the other result is. The oracle makes no collection of them here, though it does wherever a type is written, and beside
/// tuples.
fn mixes(value: &Value, ty: &Type) -> bool {
    let elements: Vec<Type> = match (value.kind(), ty) {
        (Kind::Tuple(s), Type::List(element)) if **element == Type::Dynamic => {
            s.items().iter().map(Value::ty).collect()
        }
        (Kind::Object(m), Type::Map(element)) if **element == Type::Dynamic => {
            m.entries().iter().map(|(_, v)| v.ty()).collect()
        }
        _ => return false,
    };
    let mut typed = elements.iter().filter(|ty| **ty != Type::Dynamic);
    let Some(first) = typed.next() else { return false };
    let is_primitive = |ty: &Type| matches!(ty, Type::Bool | Type::Number | Type::String);
    let is_other = |ty: &Type| ty != first && !(is_primitive(ty) && is_primitive(first));
    typed.any(is_other)
}

/// What a condition came to.
pub(super) enum Condition {
    /// Wrong; reported.
    Invalid,
    /// Not known yet.
    Unknown(Marks),
    /// One or the other.
    Known(bool, Marks),
}

/// The type of a conditional: where one side is the untyped null or of unknown type, the other tells. (A marked null is
/// not recognised as such.)
fn common_type(yes: &Value, no: &Value) -> Option<Type> {
    let untyped_null = |v: &Value| matches!(v.kind(), Kind::Null(Type::Dynamic)) && v.marks().is_empty();
    match (yes.ty(), no.ty()) {
        (_, ty) if untyped_null(yes) => Some(ty),
        (ty, _) if untyped_null(no) => Some(ty),
        (Type::Dynamic, _) | (_, Type::Dynamic) => Some(Type::Dynamic),
        (a, b) if a == b => Some(a),
        (a, b) => unify(&[a, b]),
    }
}

impl Branches {
    /// What is certain while nobody knows which of the two it will be.
    fn either(self, condition: Marks) -> Value {
        let marks = condition | self.yes.marks() | self.no.marks();
        if self.yes.is_null() && self.no.is_null() {
            return Value::null_of(self.ty).with_marks(marks);
        }
        let mut refinement = Refinement::default();
        if self.yes.is_certainly_not_null() && self.no.is_certainly_not_null() {
            refinement = Refinement::not_null();
            if let (Some(a), Some(b)) = (self.yes.as_number(), self.no.as_number()) {
                (refinement.lower, refinement.upper) = (inclusive(a.min(b)), inclusive(a.max(b)));
            }
            if let Some((shortest, longest)) = self.lengths() {
                (refinement.min_length, refinement.max_length) = (Some(shortest), Some(longest));
            }
        }
        match self.ty {
            Type::Dynamic if refinement == Refinement::default() => Value::dynamic().with_marks(marks),
            ty => Value::refined(ty, refinement).with_marks(marks),
        }
    }

    /// The lengths of two collections of one type.
    fn lengths(&self) -> Option<(usize, usize)> {
        let length = |v: &Value| match v.kind() {
            Kind::List(s) | Kind::Set(s) if v.is_wholly_known() => Some(s.items().len()),
            Kind::Map(m) => Some(m.entries().len()),
            _ => None,
        };
        let (a, b) = (length(&self.yes)?, length(&self.no)?);
        (self.yes.ty() == self.no.ty()).then(|| (a.min(b), a.max(b)))
    }
}

fn inclusive(n: &Number) -> Option<(Number, bool)> {
    Some((n.clone(), true))
}

/// Says how two types that do not unify differ: as deep as it helps.
fn describe_mismatch(yes: &Type, no: &Type) -> String {
    let deeper = match (yes, no) {
        (Type::Object(a), Type::Object(b)) => {
            let absent_in_no = a.attributes.iter().find_map(|(name, ty)| match b.attributes.get(name) {
                None => Some(format!("Only the first result has an attribute {name:?}")),
                Some(other) if other != ty => {
                    Some(format!("In the attribute {name:?}: {}", describe_mismatch(ty, other)))
                }
                Some(_) => None,
            });
            let absent_in_yes = || b.attributes.keys().find(|name| !a.attributes.contains_key(*name));
            absent_in_no.or_else(|| {
                absent_in_yes().map(|name| format!("Only the second result has an attribute {name:?}"))
            })
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() != b.len() => {
            Some(format!("The first result has {} elements, the second {}", a.len(), b.len()))
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.iter().zip(b.iter()).enumerate().find(|(_, (a, b))| a != b).map(|(i, (a, b))| {
                format!("Type mismatch for tuple element {i}: {}", describe_mismatch(a, b))
            })
        }
        (Type::List(a), Type::List(b)) => mismatched_elements("list", a, b),
        (Type::Set(a), Type::Set(b)) => mismatched_elements("set", a, b),
        (Type::Map(a), Type::Map(b)) => mismatched_elements("map", a, b),
        _ => None,
    };
    deeper.unwrap_or_else(|| name_both(yes, no))
}

fn mismatched_elements(kind: &str, yes: &Type, no: &Type) -> Option<String> {
    match (yes, no) {
        (Type::Object(_), Type::Object(_)) | (Type::Tuple(_), Type::Tuple(_)) => {
            Some(format!("Mismatched {kind} element types: {}", describe_mismatch(yes, no)))
        }
        _ => None,
    }
}

fn name_both(yes: &Type, no: &Type) -> String {
    let (yes, no) = (yes.friendly_name(), no.friendly_name());
    if yes == no {
        return "They differ somewhere within".into();
    }
    format!("The first result is {yes}, the second {no}")
}
