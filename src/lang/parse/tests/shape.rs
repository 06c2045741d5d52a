//! Syntax trees as short text.

use crate::ast::{Expr, ExprKind, For, Ident, StepKind, Template, TemplatePart, Traversal, UnaryOp};

/// Renders an expression with brackets around everything that has parts.
pub(super) fn shape(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Null => "null".into(),
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Number(n) => n.to_string(),
        ExprKind::String(s) => format!("{s:?}"),
        ExprKind::Template(t) => match t.parts.as_slice() {
            // A heredoc that is nothing but text.
            [] => "\"\"".into(),
            [TemplatePart::Literal(text, _)] => format!("{text:?}"),
            _ => template(t),
        },
        ExprKind::Tuple(items) => format!("[{}]", list(items)),
        ExprKind::Object(items) => {
            let item = |i: &crate::ast::ObjectItem| {
                let key = if i.bare_key { shape(&i.key).trim_matches('"').to_owned() } else { shape(&i.key) };
                format!("{key} = {}", shape(&i.value))
            };
            format!("{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Reference(t) => traversal(t),
        ExprKind::GetAttr(of, name) => format!("({}).{}", shape(of), name.name),
        ExprKind::Index { object, key, .. } => format!("({})[{}]", shape(object), shape(key)),
        ExprKind::Splat { source, each, .. } => format!("each({}: {})", shape(source), shape(each)),
        ExprKind::SplatElement => "it".into(),
        ExprKind::Call(call) => {
            let dots = if call.expand_last { "..." } else { "" };
            format!("{}({}{dots})", call.name.name, list(&call.args))
        }
        ExprKind::Unary(op, of) => format!("({} {})", unary(*op), shape(of)),
        ExprKind::Binary { left, op, right, .. } => {
            format!("({} {} {})", shape(left), op.symbol(), shape(right))
        }
        ExprKind::Conditional { condition, yes, no } => {
            format!("({} ? {} : {})", shape(condition), shape(yes), shape(no))
        }
        ExprKind::For(parts) => for_expression(parts),
        ExprKind::Paren(inner) => format!("paren({})", shape(inner)),
        ExprKind::Json(json) => shape(json.template()),
        ExprKind::Invalid => "invalid".into(),
    }
}

fn list(items: &[Expr]) -> String {
    items.iter().map(shape).collect::<Vec<_>>().join(", ")
}

pub(super) fn traversal(of: &Traversal) -> String {
    let steps = of.steps.iter().map(|step| match &step.kind {
        StepKind::Attr(name) => format!(".{name}"),
        StepKind::IndexNumber(number) => format!("[{number}]"),
        StepKind::IndexString(text) => format!("[{text:?}]"),
    });
    std::iter::once(of.root.name.to_string()).chain(steps).collect()
}

fn for_expression(parts: &For) -> String {
    let names = names(parts.key_var.as_ref(), &parts.value_var);
    let key = parts.key.as_ref().map_or(String::new(), |k| format!("{} => ", shape(k)));
    let group = if parts.group { "..." } else { "" };
    let condition = parts.condition.as_ref().map_or(String::new(), |c| format!(" if {}", shape(c)));
    format!("for({names} in {}: {key}{}{group}{condition})", shape(&parts.source), shape(&parts.value))
}

fn names(key: Option<&Ident>, value: &Ident) -> String {
    key.map_or(String::new(), |k| format!("{}, ", k.name)) + &value.name
}

pub(super) fn template(of: &Template) -> String {
    let wrapped = if of.is_wrapped { "wrapped" } else { "template" };
    format!("{wrapped}({})", parts(&of.parts))
}

fn parts(of: &[TemplatePart]) -> String {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Literal(text, _) => format!("{text:?}"),
        TemplatePart::Interpolation(expr) => shape(expr),
        TemplatePart::If(t) => format!("if({}: {} | {})", shape(&t.condition), parts(&t.yes), parts(&t.no)),
        TemplatePart::For(t) => {
            let names = names(t.key_var.as_ref(), &t.value_var);
            format!("for({names} in {}: {})", shape(&t.source), parts(&t.body))
        }
    };
    of.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Not => "!",
        UnaryOp::Negate => "-",
    }
}
