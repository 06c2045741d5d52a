//! `list[*].attr` and `list.*.attr`

use model::{Diagnostics, Kind, Refinement, Span, Type, Value, err};

use super::{Bound, Env, Shape, failed_since, shape};
use crate::ast::Expr;

impl Env<'_> {
    /// Takes something of every element. What is no sequence counts as one of one element, or none if null.
    pub(super) fn splat(self, source: &Expr, each: &Expr, marker: Span, diags: &mut Diagnostics) -> Value {
        let before = diags.0.len();
        let (sequence, marks) = self.expr(source, diags).unmark();
        if failed_since(diags, before) {
            return Value::dynamic();
        }
        let is_sequence = shape(&sequence) == Shape::Sequence;
        match sequence.kind() {
            Kind::Null(_) if is_sequence => {
                let null = err!(
                    source.span,
                    "Splat of null value",
                    "The value before the \"*\" is null, so it has no elements."
                );
                self.report(null.within(source.span.to(marker)), source, diags);
                Value::dynamic()
            }
            Kind::Null(_) => Value::tuple(Vec::new()).with_marks(marks),
            Kind::Unknown(u) if u.ty == Type::Dynamic => Value::dynamic().with_marks(marks),
            Kind::Unknown(_) if is_sequence => self.splat_unknown(&sequence, each, diags).with_marks(marks),
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
                self.splat_known(&sequence, each, diags).with_marks(marks)
            }
            _single => self.splat_single(sequence, each, diags).with_marks(marks),
        }
    }

    fn with_element(self, each: &Expr, element: Value, diags: &mut Diagnostics) -> Value {
        let names = self.bind(Bound::Element(element));
        self.with(&names).expr(each, diags)
    }

    fn splat_single(self, value: Value, each: &Expr, diags: &mut Diagnostics) -> Value {
        let may_be_none = !value.is_known() && !value.is_certainly_not_null();
        let before = diags.0.len();
        let taken = self.with_element(each, value, diags);
        if may_be_none {
            return Value::dynamic();
        }
        if failed_since(diags, before) {
            return Value::unknown(Type::tuple([taken.ty()]));
        }
        Value::tuple(vec![taken])
    }

    fn splat_known(self, sequence: &Value, each: &Expr, diags: &mut Diagnostics) -> Value {
        let before = diags.0.len();
        let items = sequence.as_items().unwrap_or_default();
        let taken: Vec<Value> = items.iter().map(|v| self.with_element(each, v.clone(), diags)).collect();
        if failed_since(diags, before) {
            return Value::unknown(self.splat_type(&sequence.ty(), each, &mut Diagnostics::new()));
        }
        if matches!(sequence.kind(), Kind::Tuple(_)) {
            return Value::tuple(taken);
        }
        let element = sequence.ty().element().cloned().unwrap_or(Type::Dynamic);
        match taken.iter().map(Value::ty).find(|ty| *ty != Type::Dynamic) {
            Some(ty) if taken.iter().all(|v| v.ty() == ty) => Value::list(ty, taken),
            Some(_) => Value::tuple(taken),
            None if taken.is_empty() => {
                Value::list(self.with_element(each, Value::unknown(element), diags).ty(), taken)
            }
            None => Value::list(Type::Dynamic, taken),
        }
    }

    fn splat_unknown(self, sequence: &Value, each: &Expr, diags: &mut Diagnostics) -> Value {
        let ty = self.splat_type(&sequence.ty(), each, diags);
        let mut refinement = Refinement::not_null();
        if let (Kind::Unknown(u), Type::List(_)) = (sequence.kind(), &ty) {
            refinement.min_length = u.refinement.min_length;
            refinement.max_length = u.refinement.max_length;
        }
        Value::refined(ty, refinement)
    }

    /// The type that the splat of a sequence type has.
    fn splat_type(self, sequence: &Type, each: &Expr, diags: &mut Diagnostics) -> Type {
        let mut taken = |ty: &Type| self.with_element(each, Value::unknown(ty.clone()), diags).ty();
        match sequence {
            Type::Tuple(types) => Type::tuple(types.iter().map(taken).collect::<Vec<_>>()),
            list_or_set => Type::list(list_or_set.element().map_or(Type::Dynamic, &mut taken)),
        }
    }
}
