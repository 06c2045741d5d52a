//! Which names an expression asks its scope for.
//!
//! The walk is static: it finds every reference that evaluation might reach, in source order. Names that the expression
//! itself introduces (variables of `for`, iterators of `dynamic` blocks) are not among them.

use model::Span;

use crate::ast::{Block, Body, Expr, ExprKind, Template, TemplatePart, Traversal};

/// The references of an expression that reach the scope, in source order, repetitions included.
pub fn references(expr: &Expr) -> Vec<&Traversal> {
    let mut walk = Walk::default();
    walk.expr(expr);
    walk.found
}

/// Every reference within an expression, also those to names that the expression itself introduces.
pub(crate) fn all_references(expr: &Expr) -> Vec<&Traversal> {
    let mut walk = Walk { ignores_bound: true, ..Walk::default() };
    walk.expr(expr);
    walk.found
}

/// The places of all function calls within an expression.
pub(crate) fn calls(expr: &Expr) -> Vec<Span> {
    let mut walk = Walk::default();
    walk.expr(expr);
    walk.calls
}

/// The references of a template, as [`references`] finds them.
pub fn template_references(template: &Template) -> Vec<&Traversal> {
    let mut walk = Walk::default();
    walk.parts(&template.parts);
    walk.found
}

/// The references of all attributes and nested blocks of a body. `dynamic` blocks count as what they stand for: their
/// iterators are not references.
pub fn body_references(body: &Body) -> Vec<&Traversal> {
    let mut walk = Walk::default();
    walk.body(body);
    walk.found
}

/// The names in force and what was found.
#[derive(Default)]
struct Walk<'e> {
    bound: Vec<&'e str>,
    ignores_bound: bool,
    found: Vec<&'e Traversal>,
    calls: Vec<Span>,
}

impl<'e> Walk<'e> {
    fn body(&mut self, body: &'e Body) {
        for attribute in &body.attributes {
            self.expr(&attribute.expr);
        }
        for block in &body.blocks {
            match block.labels.first() {
                Some(label) if &*block.ty.name == "dynamic" => self.dynamic(block, &label.name),
                _ => self.body(&block.body),
            }
        }
    }

    /// `dynamic "label" { for_each, iterator, labels, content {} }`
    fn dynamic(&mut self, block: &'e Block, label: &'e str) {
        if let Some(for_each) = block.body.attribute("for_each") {
            self.expr(&for_each.expr);
        }
        let iterator = block.body.attribute("iterator").and_then(|a| a.expr.as_keyword());
        self.bound.push(iterator.unwrap_or(label));
        if let Some(labels) = block.body.attribute("labels") {
            self.expr(&labels.expr);
        }
        for content in block.body.blocks_of("content") {
            self.body(&content.body);
        }
        self.bound.pop();
    }

    fn expr(&mut self, expr: &'e Expr) {
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {}
            ExprKind::SplatElement | ExprKind::Invalid => {}
            ExprKind::Template(template) => self.parts(&template.parts),
            ExprKind::Tuple(items) => items.iter().for_each(|e| self.expr(e)),
            ExprKind::Object(items) => {
                for item in items {
                    self.expr(&item.key);
                    self.expr(&item.value);
                }
            }
            ExprKind::Reference(traversal) => self.traversal(traversal),
            ExprKind::Unary(_, inner) | ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Json(json) => self.expr(json.template()),
            ExprKind::Splat { source, each, .. } => {
                self.expr(source);
                self.expr(each);
            }
            ExprKind::Call(call) => {
                self.calls.push(expr.span);
                call.args.iter().for_each(|e| self.expr(e));
            }
            ExprKind::Binary { .. } | ExprKind::GetAttr(..) | ExprKind::Index { .. } => self.chain(expr),
            ExprKind::Conditional { condition, yes, no } => {
                self.expr(condition);
                self.expr(yes);
                self.expr(no);
            }
            ExprKind::For(each) => {
                self.expr(&each.source);
                let names = self.bind(each.key_var.as_ref().map(|k| &*k.name), &each.value_var.name);
                each.key.iter().for_each(|e| self.expr(e));
                self.expr(&each.value);
                each.condition.iter().for_each(|e| self.expr(e));
                self.bound.truncate(names);
            }
        }
    }

    /// Chains of operators, attributes and indexes nest as deep on the left as they are long, so they are walked in a
    /// loop.
    fn chain(&mut self, expr: &'e Expr) {
        let mut rights: Vec<&'e Expr> = Vec::new();
        let mut at = expr;
        loop {
            at = match &at.kind {
                ExprKind::Binary { left, right, .. } => {
                    rights.push(right);
                    left
                }
                ExprKind::Index { object, key, .. } => {
                    rights.push(key);
                    object
                }
                ExprKind::GetAttr(object, _) => object,
                _ => break,
            };
        }
        self.expr(at);
        rights.into_iter().rev().for_each(|e| self.expr(e));
    }

    fn parts(&mut self, parts: &'e [TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(..) => {}
                TemplatePart::Interpolation(expr) => self.expr(expr),
                TemplatePart::If(choice) => {
                    self.expr(&choice.condition);
                    self.parts(&choice.yes);
                    self.parts(&choice.no);
                }
                TemplatePart::For(each) => {
                    self.expr(&each.source);
                    let names = self.bind(each.key_var.as_ref().map(|k| &*k.name), &each.value_var.name);
                    self.parts(&each.body);
                    self.bound.truncate(names);
                }
            }
        }
    }

    /// Brings names into force and gives the length to go back to.
    fn bind(&mut self, key: Option<&'e str>, value: &'e str) -> usize {
        let names = self.bound.len();
        self.bound.extend(key);
        self.bound.push(value);
        names
    }

    fn traversal(&mut self, traversal: &'e Traversal) {
        if self.ignores_bound || !self.bound.contains(&&*traversal.root.name) {
            self.found.push(traversal);
        }
    }
}
