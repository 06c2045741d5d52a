//! Nodes to expressions, in the three ways in which a string can be read.

use std::borrow::Cow;
use std::collections::HashMap;

use model::{Diagnostics, Span, Str, err};

use super::{Node, NodeKind, Property, Text};
use crate::ast::{Expr, ExprKind, ObjectItem, Template, TemplatePart};
use crate::parse::{parse_expr_at, parse_template_at, template_kind};

/// The expression in which strings are templates.
pub(super) fn template(node: &Node) -> (Expr, Diagnostics) {
    let mut diags = Diagnostics::new();
    let expr = build(node, Reading::Template, &mut diags);
    (expr, diags)
}

/// The expression with the strings of JSON as plain text: what may refer to nothing is read so.
pub fn literal(expr: &Expr) -> Cow<'_, Expr> {
    match &expr.kind {
        ExprKind::Json(json) => Cow::Owned(build(&json.node, Reading::Literal, &mut Diagnostics::new())),
        _ => Cow::Borrowed(expr),
    }
}

/// The expression that native syntax would have in its place: strings of JSON hold expressions, as where a reference
/// or a type is written.
pub fn native(expr: &Expr) -> Result<Cow<'_, Expr>, Diagnostics> {
    let ExprKind::Json(json) = &expr.kind else { return Ok(Cow::Borrowed(expr)) };
    let mut diags = Diagnostics::new();
    let made = build(&json.node, Reading::Native, &mut diags);
    diags.into_result(Cow::Owned(made))
}

/// The expression that native syntax would have in its place, where that is one to be evaluated: `"${x}"` is `x`, all
/// other strings are templates.
pub fn plain(expr: &Expr) -> (Cow<'_, Expr>, Diagnostics) {
    let mut diags = Diagnostics::new();
    let plain = match &expr.kind {
        ExprKind::Json(json) => Cow::Owned(build(&json.node, Reading::Plain, &mut diags)),
        _ => Cow::Borrowed(expr),
    };
    (plain, diags)
}

#[derive(Clone, Copy, PartialEq)]
enum Reading {
    Template,
    Plain,
    Literal,
    Native,
}

fn build(node: &Node, reading: Reading, diags: &mut Diagnostics) -> Expr {
    let kind = match &node.kind {
        NodeKind::Null => ExprKind::Null,
        NodeKind::Bool(b) => ExprKind::Bool(*b),
        NodeKind::Number(n) => ExprKind::Number(n.clone()),
        NodeKind::String(text) if reading == Reading::Native => return expression(text, node.span, diags),
        NodeKind::String(text) => match string(text, node.span, reading, diags) {
            ExprKind::Template(template) if reading == Reading::Plain => {
                return unwrapped(template, node.span);
            }
            kind => kind,
        },
        NodeKind::Array(items) => ExprKind::Tuple(items.iter().map(|n| build(n, reading, diags)).collect()),
        NodeKind::Object(properties) => ExprKind::Object(items(properties, reading, diags)),
        NodeKind::Invalid => ExprKind::Invalid,
    };
    Expr::new(kind, node.span)
}

fn items(properties: &[Property], reading: Reading, diags: &mut Diagnostics) -> Vec<ObjectItem> {
    let mut seen: HashMap<&Str, Span> = HashMap::new();
    for property in properties {
        if seen.insert(&property.name.text, property.name_span).is_some() {
            diags.push(err!(
                property.name_span,
                "Duplicate object attribute",
                "There is an attribute {:?} before in this object.",
                property.name.text
            ));
        }
    }
    let item = |p: &Property| ObjectItem {
        key: match reading {
            Reading::Native => expression(&p.name, p.name_span, diags),
            _ => Expr::new(string(&p.name, p.name_span, reading, diags), p.name_span),
        },
        bare_key: false,
        value: build(&p.value, reading, diags),
    };
    properties.iter().map(item).collect()
}

fn string(text: &Text, span: Span, reading: Reading, diags: &mut Diagnostics) -> ExprKind {
    let may_compute = text.text.contains("${") || text.text.contains("%{");
    if matches!(reading, Reading::Literal | Reading::Native) || !may_compute {
        return ExprKind::String(text.text.clone());
    }
    match parse_template_at(span.file, &text.decoded, &text.places) {
        Ok(template) => template_kind(template),
        Err(more) => {
            diags.extend(more);
            ExprKind::Invalid
        }
    }
}

/// What stands in a template that is one interpolation; other templates as they are.
fn unwrapped(template: Template, span: Span) -> Expr {
    let Template { mut parts, start, is_wrapped } = template;
    match parts.pop() {
        Some(TemplatePart::Interpolation(inner)) if is_wrapped => inner,
        last => {
            parts.extend(last);
            Expr::new(ExprKind::Template(Template { parts, start, is_wrapped }), span)
        }
    }
}

fn expression(text: &Text, span: Span, diags: &mut Diagnostics) -> Expr {
    match parse_expr_at(span.file, &text.decoded, &text.places) {
        Ok(expr) => Expr { span, ..expr },
        Err(more) => {
            diags.extend(more);
            Expr::new(ExprKind::Invalid, span)
        }
    }
}
