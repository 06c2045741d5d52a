//! Arguments of calls: expansion of the last, and their number.

use model::{Diagnostic, Diagnostics, Kind, Span, Value, err};

use super::call::Site;
use super::{Env, Shape, failed_since, shape};
use crate::ast::{Call, Expr, ExprKind, TemplatePart};
use crate::functions::Function;

/// An argument as it was given: an expression, or an element of one that was expanded by `...`.
pub(super) struct Argument<'e> {
    pub(super) expr: &'e Expr,
    element: Option<Value>,
}

impl Argument<'_> {
    /// Where the argument is pointed at.
    pub(super) fn place(&self) -> Span {
        match &self.element {
            Some(_) => self.expr.span,
            None => start(self.expr),
        }
    }

    /// The value in an environment.
    pub(super) fn value(&self, env: Env, diags: &mut Diagnostics) -> Value {
        match &self.element {
            Some(element) => element.clone(),
            None => env.expr(self.expr, diags),
        }
    }
}

impl Env<'_> {
    /// The arguments of a call; nothing where they cannot be told, because what is expanded is wrong or unknown.
    pub(super) fn arguments<'e>(self, site: &Site<'e>, diags: &mut Diagnostics) -> Option<Vec<Argument<'e>>> {
        let call = site.call;
        let plain = |expr| Argument { expr, element: None };
        let Some((last, others)) = call.args.split_last().filter(|_| call.expand_last) else {
            return Some(call.args.iter().map(plain).collect());
        };
        let elements = self.expanded(last, site, diags)?;
        let elements = elements.into_iter().map(|v| Argument { expr: last, element: Some(v) });
        Some(others.iter().map(plain).chain(elements).collect())
    }

    /// The elements of what is followed by `...`, with the marks of the sequence on each.
    fn expanded(self, last: &Expr, site: &Site, diags: &mut Diagnostics) -> Option<Vec<Value>> {
        let before = diags.0.len();
        let (sequence, marks) = self.expr(last, diags).unmark();
        if failed_since(diags, before) {
            return None;
        }
        let is_sequence = matches!(shape(&sequence), Shape::Sequence | Shape::Dynamic);
        let detail = match sequence.kind() {
            Kind::Null(_) if is_sequence => {
                "The argument before \"...\" is null, so there is nothing to expand."
            }
            Kind::Unknown(_) if is_sequence => return None,
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
                let items = sequence.as_items().unwrap_or_default();
                return Some(items.iter().map(|v| v.clone().with_marks(marks)).collect());
            }
            _other => "Only a list, a set or a tuple can be expanded by \"...\".",
        };
        let wrong = err!(last.span, "Invalid expanding argument value", "{detail}");
        self.report(site.wrong(wrong), last, diags);
        None
    }
}

/// What is wrong with the number of arguments.
pub(super) fn wrong_count(function: &Function, call: &Call, args: &[Argument]) -> Option<Diagnostic> {
    let wanted = function.params.len();
    let name = &call.name.name;
    if let Some(missing) = function.params.get(args.len()) {
        let at_least = if function.variadic.is_some() { " at least" } else { "" };
        return Some(err!(
            call.close,
            "Not enough function arguments",
            "{name:?} takes{at_least} {wanted} argument(s), and {:?} is not given.",
            missing.name
        ));
    }
    match args.get(wanted) {
        Some(extra) if function.variadic.is_none() => Some(err!(
            extra.place(),
            "Too many function arguments",
            "{name:?} takes no more than {wanted} argument(s)."
        )),
        _ => None,
    }
}

/// Where an expression is pointed at as an argument: where its own operator or bracket stands.
fn start(expr: &Expr) -> Span {
    let first_byte = Span { end: expr.span.start + 1, ..expr.span };
    match &expr.kind {
        ExprKind::Index { key, .. } if key.is_written() => expr.span,
        ExprKind::Index { brackets, .. } => Span { end: brackets.start + 1, ..*brackets },
        ExprKind::Splat { marker, .. } => *marker,
        ExprKind::Binary { left, .. } => start(left),
        ExprKind::Conditional { condition, .. } => start(condition),
        ExprKind::Paren(inner) => start(inner),
        ExprKind::Call(call) => call.name.span.to(call.open),
        ExprKind::Tuple(_) | ExprKind::Object(_) | ExprKind::For(_) | ExprKind::Unary(..) => first_byte,
        ExprKind::String(_) => within_quotes(expr.span),
        ExprKind::Template(template) if !template.is_wrapped => {
            let start = template.start.or_else(|| template.parts.first().map(start_of_part));
            start.unwrap_or(expr.span)
        }
        ExprKind::Template(_) | ExprKind::Reference(_) | ExprKind::GetAttr(..) | ExprKind::SplatElement => {
            expr.span
        }
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Json(_) | ExprKind::Invalid => {
            expr.span
        }
    }
}

/// The text between quotation marks; where there is none, what follows them.
fn within_quotes(span: Span) -> Span {
    match span.end - span.start {
        0..=2 => Span { start: span.end, end: span.end + 1, ..span },
        _ => Span { start: span.start + 1, end: span.end - 1, ..span },
    }
}

fn start_of_part(part: &TemplatePart) -> Span {
    match part {
        TemplatePart::Literal(_, span) => *span,
        TemplatePart::Interpolation(expr) => start(expr),
        TemplatePart::If(choice) => start(&choice.condition),
        TemplatePart::For(each) => each.header,
    }
}
