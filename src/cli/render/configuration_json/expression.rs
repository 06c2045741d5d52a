//! Expressions as documents show them: what they refer to, or the constant that they are.

use config::Reference;
use lang::ast::{Expr, ExprKind, StepKind, Template, TemplatePart, Traversal};
use lang::references::references;
use model::{Diagnostics, Value};
use serde_json::{Map, Value as Json, json};

use crate::render::shapes;

/// `{"references": [...]}`, `{"constant_value": ...}`, or nothing for what only evaluation can tell.
pub(super) fn expression(expr: &Expr) -> Json {
    let names: Vec<String> = references(expr).into_iter().flat_map(with_prefixes).collect();
    let mut out = Map::new();
    if let Some(value) = constant(expr) {
        out.insert("constant_value".into(), shapes::known_or_null(&value));
    }
    if !names.is_empty() {
        out.insert("references".into(), json!(names));
    }
    Json::Object(out)
}

/// The value of an expression without references and calls. In JSON it is the text as it stands.
fn constant(expr: &Expr) -> Option<Value> {
    let is_text = matches!(expr.kind, ExprKind::Json(_));
    if !is_text && (has_call(expr) || !references(expr).is_empty()) {
        return None;
    }
    let mut problems = Diagnostics::new();
    crate::variables::constant_value(expr, &mut problems).filter(|_| !problems.has_errors())
}

/// A reference, and each of the references that it goes through: `a.b[0].id`, `a.b[0]`, `a.b`.
fn with_prefixes(traversal: &Traversal) -> Vec<String> {
    let Ok((reference, consumed)) = Reference::parse(traversal) else {
        return vec![traversal.to_string()];
    };
    let least = match &reference {
        // Of an output, the instance of the module is what is referred to.
        Reference::Module(_, Some(_)) => {
            let keyed = traversal.steps.get(1).is_some_and(|s| !matches!(s.kind, StepKind::Attr(_)));
            1 + usize::from(keyed)
        }
        _ => consumed,
    };
    let steps = traversal.steps.len();
    (least..=steps).rev().map(|n| traversal.prefix(n)).collect()
}

/// Whether a function is called anywhere: what it gives is not a constant of the text.
fn has_call(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(_) => true,
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => false,
        ExprKind::Reference(_) | ExprKind::SplatElement | ExprKind::Invalid => false,
        ExprKind::Template(template) => template_has_call(template),
        ExprKind::Tuple(items) => items.iter().any(has_call),
        ExprKind::Object(items) => items.iter().any(|i| has_call(&i.key) || has_call(&i.value)),
        ExprKind::GetAttr(inner, _) | ExprKind::Unary(_, inner) | ExprKind::Paren(inner) => has_call(inner),
        ExprKind::Json(json) => has_call(json.template()),
        ExprKind::Index { object, key, .. } => has_call(object) || has_call(key),
        ExprKind::Splat { source, each, .. } => has_call(source) || has_call(each),
        ExprKind::Binary { left, right, .. } => has_call(left) || has_call(right),
        ExprKind::Conditional { condition, yes, no } => [condition, yes, no].into_iter().any(|e| has_call(e)),
        ExprKind::For(f) => {
            let optional = f.key.iter().chain(&f.condition);
            [&f.source, &f.value].into_iter().chain(optional).any(has_call)
        }
    }
}

fn template_has_call(template: &Template) -> bool {
    template.parts.iter().any(part_has_call)
}

fn part_has_call(part: &TemplatePart) -> bool {
    match part {
        TemplatePart::Literal(..) => false,
        TemplatePart::Interpolation(expr) => has_call(expr),
        TemplatePart::If(choice) => {
            has_call(&choice.condition) || choice.yes.iter().chain(&choice.no).any(part_has_call)
        }
        TemplatePart::For(each) => has_call(&each.source) || each.body.iter().any(part_has_call),
    }
}
