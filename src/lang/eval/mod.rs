//! Expressions to values: one file per topic of the language.
//!
//! Evaluation goes on past errors where it can: what failed is an unknown in the value, so that everything else is
//! still checked. Unknowns and marks pass through every operation. Names are asked of the [`Scope`]; variables of `for`
//! and the element of a splat are kept here, in a chain of [`Names`] on the stack.

mod access;
mod arguments;
mod call;
mod collection;
mod conditional;
mod constant;
mod explain;
mod for_expr;
mod operate;
mod special;
mod splat;
mod template;
mod try_expr;

use model::{Diagnostic, Diagnostics, Kind, Span, Type, Value, err};

use crate::Scope;
use crate::ast::{Expr, ExprKind, Template, Traversal};
use crate::references::{references, template_references};

pub use access::{Fault, attribute, index, walk};
pub use constant::eval_constant;
pub use explain::explained;
pub use special::render_place;

/// Evaluates an expression. It goes on past errors where it can; what failed is an unknown in the value.
pub fn eval(expr: &Expr, scope: &dyn Scope) -> (Value, Diagnostics) {
    checked(references(expr), scope, |env, diags| env.whole(expr, diags))
}

/// Evaluates an expression of a body in which all references were found right by [`Scope::check`] before.
pub fn eval_checked(expr: &Expr, scope: &dyn Scope) -> (Value, Diagnostics) {
    let mut diags = Diagnostics::new();
    let value = Env::outermost(scope).whole(expr, &mut diags);
    (value, diags)
}

/// Evaluates a template that stands at `span`, as [`eval`] does an expression.
pub fn eval_template(template: &Template, span: Span, scope: &dyn Scope) -> (Value, Diagnostics) {
    checked(template_references(template), scope, |env, diags| env.template(template, span, diags))
}

/// Evaluates only if every reference is one that the scope can know of.
fn checked(
    references: Vec<&Traversal>,
    scope: &dyn Scope,
    evaluate: impl FnOnce(Env, &mut Diagnostics) -> Value,
) -> (Value, Diagnostics) {
    let mut diags = scope.check(&references);
    if diags.has_errors() {
        return (Value::dynamic(), diags);
    }
    let value = evaluate(Env::outermost(scope), &mut diags);
    (value, diags)
}

/// What an expression is evaluated in.
#[derive(Clone, Copy)]
struct Env<'a> {
    scope: &'a dyn Scope,
    names: Option<&'a Names<'a>>,
    /// Whether this is the inside of `templatefile` or `templatestring`, which may not be called there again.
    in_template_file: bool,
}

/// Names that an expression itself brought into force, innermost first.
struct Names<'a> {
    bound: Bound<'a>,
    outer: Option<&'a Names<'a>>,
}

/// What one construct brings into force.
enum Bound<'a> {
    /// The variables of a `for`.
    Variables { key: Option<(&'a str, Value)>, value: (&'a str, Value) },
    /// The element at hand in a splat.
    Element(Value),
}

impl<'a> Env<'a> {
    /// Nothing in force but what the scope knows.
    fn outermost(scope: &'a dyn Scope) -> Env<'a> {
        Env { scope, names: None, in_template_file: false }
    }

    /// Evaluates an expression that is part of no other.
    fn whole(self, expr: &Expr, diags: &mut Diagnostics) -> Value {
        let value = self.expr(expr, diags);
        self.refuse_inner_types(value, expr.span, diags)
    }

    /// The same with more names in force.
    fn with<'b>(self, names: &'b Names<'b>) -> Env<'b>
    where
        'a: 'b,
    {
        Env { names: Some(names), ..self }
    }

    /// The names to put before those in force.
    fn bind<'b>(self, bound: Bound<'b>) -> Names<'b>
    where
        'a: 'b,
    {
        Names { bound, outer: self.names }
    }

    /// The value of a `for` variable.
    fn variable(self, name: &str) -> Option<&'a Value> {
        let chain = std::iter::successors(self.names, |n| n.outer);
        chain.into_iter().find_map(|n| match &n.bound {
            Bound::Variables { value: (bound, value), .. } if *bound == name => Some(value),
            Bound::Variables { key: Some((bound, value)), .. } if *bound == name => Some(value),
            Bound::Variables { .. } | Bound::Element(_) => None,
        })
    }

    /// The element of the innermost splat; outside of any (only within a splat that failed) it is unknown.
    fn element(self) -> Value {
        let chain = std::iter::successors(self.names, |n| n.outer);
        let element = chain.into_iter().find_map(|n| match &n.bound {
            Bound::Element(value) => Some(value.clone()),
            Bound::Variables { .. } => None,
        });
        element.unwrap_or_else(Value::dynamic)
    }

    /// Evaluates one expression.
    fn expr(self, expr: &Expr, diags: &mut Diagnostics) -> Value {
        match &expr.kind {
            ExprKind::Null => Value::null(),
            ExprKind::Bool(b) => Value::bool(*b),
            ExprKind::Number(n) => Value::number(n.clone()),
            ExprKind::String(s) => Value::normalized(s.clone()),
            ExprKind::Template(template) => self.template(template, expr.span, diags),
            ExprKind::Tuple(items) => Value::tuple(items.iter().map(|e| self.expr(e, diags)).collect()),
            ExprKind::Object(items) => self.object(items, diags),
            ExprKind::Reference(traversal) => self.reference(traversal, expr, diags),
            ExprKind::GetAttr(..) | ExprKind::Index { .. } => self.access(expr, diags),
            ExprKind::Splat { source, each, marker } => self.splat(source, each, *marker, diags),
            ExprKind::SplatElement => self.element(),
            ExprKind::Call(call) => self.call(call, expr, diags),
            ExprKind::Unary(op, operand) => self.unary(*op, operand, expr, diags),
            ExprKind::Binary { .. } => self.binary(expr, diags),
            ExprKind::Conditional { condition, yes, no } => self.conditional(condition, yes, no, expr, diags),
            ExprKind::For(each) => self.for_expr(each, expr.span, diags),
            ExprKind::Paren(inner) => self.expr(inner, diags),
            ExprKind::Json(json) => {
                diags.extend(json.errors().iter().cloned());
                self.expr(json.template(), diags)
            }
            ExprKind::Invalid => Value::dynamic(),
        }
    }

    /// Adds a diagnostic about an expression, with the values that took part in it.
    fn report(self, diagnostic: Diagnostic, about: &Expr, diags: &mut Diagnostics) {
        diags.push(explain::with_values(diagnostic, self, about));
    }

    /// Allows what the console's `type` gives only as the whole result.
    fn refuse_inner_types(self, value: Value, span: Span, diags: &mut Diagnostics) -> Value {
        if self.scope.is_console() && !matches!(value.kind(), Kind::TypeLiteral(_)) && holds_type(&value) {
            diags.push(misused_type(span));
            return Value::dynamic();
        }
        value
    }
}

/// The rough form of a value, found without building its type, which is as large as the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A list, set or tuple.
    Sequence,
    /// A map or object.
    Mapping,
    /// Not even the type is known, or the untyped null.
    Dynamic,
    /// Anything else.
    Single,
}

fn shape(value: &Value) -> Shape {
    let of_type = |ty: &Type| match ty {
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => Shape::Sequence,
        Type::Map(_) | Type::Object(_) => Shape::Mapping,
        Type::Dynamic => Shape::Dynamic,
        Type::Bool | Type::Number | Type::String | Type::TypeLiteral => Shape::Single,
    };
    match value.kind() {
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => Shape::Sequence,
        Kind::Map(_) | Kind::Object(_) => Shape::Mapping,
        Kind::Null(ty) => of_type(ty),
        Kind::Unknown(u) => of_type(&u.ty),
        Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::TypeLiteral(_) => Shape::Single,
    }
}

fn holds_type(value: &Value) -> bool {
    match value.kind() {
        Kind::TypeLiteral(_) => true,
        Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => s.items().iter().any(holds_type),
        Kind::Map(m) | Kind::Object(m) => m.entries().iter().any(|(_, v)| holds_type(v)),
        Kind::Null(_) | Kind::Unknown(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => false,
    }
}

fn misused_type(span: Span) -> Diagnostic {
    err!(span, "Invalid use of type function", "type(...) works on the console alone, and only by itself.")
}

/// Whether an error was added since the diagnostics had a length.
fn failed_since(diags: &Diagnostics, before: usize) -> bool {
    diags.0[before..].iter().any(Diagnostic::is_error)
}
