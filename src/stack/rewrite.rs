//! Replaces references throughout a syntax tree, in templates and nested blocks too.
//!
//! Names that the tree itself introduces (variables of `for`, iterators of `dynamic` blocks) hide what they are named
//! like. Where nothing is replaced the tree is shared, not copied.

use std::sync::Arc;

use lang::ast::{
    Attribute, Block, Body, Call, Expr, ExprKind, For, ObjectItem, Template, TemplateFor, TemplateIf,
    TemplatePart, Traversal,
};
use model::Str;

/// Says what stands in for a reference; nothing leaves it as it is.
pub type Replace<'r> = dyn FnMut(&Traversal) -> Option<ExprKind> + 'r;

/// The expression with its references replaced.
pub fn expr(expr: &Arc<Expr>, replace: &mut Replace) -> Arc<Expr> {
    Rewrite { replace, bound: Vec::new() }.shared(expr)
}

/// The body with the references of all attributes and nested blocks replaced.
pub fn body(body: &Body, replace: &mut Replace) -> Body {
    Rewrite { replace, bound: Vec::new() }.body(body)
}

/// The block with the references within replaced.
pub fn block(block: &Block, replace: &mut Replace) -> Block {
    Rewrite { replace, bound: Vec::new() }.block(block)
}

struct Rewrite<'r, 'f> {
    replace: &'r mut Replace<'f>,
    bound: Vec<Str>,
}

impl Rewrite<'_, '_> {
    fn body(&mut self, body: &Body) -> Body {
        Body {
            attributes: body.attributes.iter().map(|a| self.attribute(a)).collect(),
            blocks: body.blocks.iter().map(|b| self.nested(b)).collect(),
            span: body.span,
            missing_item: body.missing_item,
        }
    }

    fn attribute(&mut self, attribute: &Attribute) -> Attribute {
        Attribute { expr: self.shared(&attribute.expr), ..attribute.clone() }
    }

    fn block(&mut self, block: &Block) -> Block {
        Block { body: Arc::new(self.body(&block.body)), ..block.clone() }
    }

    /// A block within another, whose iterator hides a name if it is `dynamic`.
    fn nested(&mut self, block: &Block) -> Block {
        let Some(label) = block.labels.first().filter(|_| &*block.ty.name == "dynamic") else {
            return self.block(block);
        };
        let iterator = block.body.attribute("iterator").and_then(|a| a.expr.as_keyword());
        let iterator: Str = iterator.unwrap_or(&label.name).into();
        // The collection is read outside the iterator's reach.
        let reach = |a: &Attribute| (&*a.name.name != "for_each").then(|| iterator.clone());
        let attributes = block.body.attributes.iter().map(|a| self.within(reach(a), |r| r.attribute(a)));
        let attributes = attributes.collect();
        let nested = |r: &mut Self| block.body.blocks.iter().map(|b| r.nested(b)).collect();
        let blocks = self.within(Some(iterator.clone()), nested);
        Block { body: Arc::new(Body { attributes, blocks, ..(*block.body).clone() }), ..block.clone() }
    }

    /// Does something while a name is in force.
    fn within<T>(&mut self, name: Option<Str>, f: impl FnOnce(&mut Self) -> T) -> T {
        let names = self.bind([name]);
        let made = f(self);
        self.bound.truncate(names);
        made
    }

    fn shared(&mut self, expr: &Arc<Expr>) -> Arc<Expr> {
        match self.is_affected(expr) {
            true => Arc::new(self.expr(expr)),
            false => expr.clone(),
        }
    }

    /// Most expressions refer to nothing that is replaced; they are not copied.
    fn is_affected(&mut self, expr: &Expr) -> bool {
        !lang::references::references(expr).is_empty()
    }

    fn boxed(&mut self, expr: &Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn exprs(&mut self, exprs: &[Expr]) -> Vec<Expr> {
        exprs.iter().map(|e| self.expr(e)).collect()
    }

    fn expr(&mut self, expr: &Expr) -> Expr {
        let kind = match &expr.kind {
            ExprKind::Reference(t) => return self.reference(t, expr),
            ExprKind::Binary { .. } => return self.chain(expr),
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {
                return expr.clone();
            }
            ExprKind::SplatElement | ExprKind::Invalid => return expr.clone(),
            ExprKind::Template(t) => ExprKind::Template(self.template(t)),
            ExprKind::Tuple(items) => ExprKind::Tuple(self.exprs(items)),
            ExprKind::Object(items) => ExprKind::Object(items.iter().map(|i| self.item(i)).collect()),
            ExprKind::GetAttr(inner, name) => ExprKind::GetAttr(self.boxed(inner), name.clone()),
            ExprKind::Index { object, key, brackets } => {
                ExprKind::Index { object: self.boxed(object), key: self.boxed(key), brackets: *brackets }
            }
            ExprKind::Splat { source, each, marker } => {
                ExprKind::Splat { source: self.boxed(source), each: self.boxed(each), marker: *marker }
            }
            ExprKind::Call(call) => ExprKind::Call(Call { args: self.exprs(&call.args), ..call.clone() }),
            ExprKind::Unary(op, inner) => ExprKind::Unary(*op, self.boxed(inner)),
            ExprKind::Conditional { condition, yes, no } => ExprKind::Conditional {
                condition: self.boxed(condition),
                yes: self.boxed(yes),
                no: self.boxed(no),
            },
            ExprKind::For(each) => ExprKind::For(Box::new(self.for_expr(each))),
            ExprKind::Paren(inner) => ExprKind::Paren(self.boxed(inner)),
            ExprKind::Json(json) => return self.expr(json.template()),
        };
        Expr::new(kind, expr.span)
    }

    fn reference(&mut self, traversal: &Traversal, expr: &Expr) -> Expr {
        if self.bound.contains(&traversal.root.name) {
            return expr.clone();
        }
        match (self.replace)(traversal) {
            Some(kind) => Expr::new(kind, expr.span),
            None => expr.clone(),
        }
    }

    /// Chains of operators nest as deep on the left as they are long, so they are walked in a loop.
    fn chain(&mut self, expr: &Expr) -> Expr {
        let mut links = Vec::new();
        let mut at = expr;
        while let ExprKind::Binary { left, op, right, op_span } = &at.kind {
            links.push((*op, right, *op_span, at.span));
            at = left;
        }
        let mut made = self.expr(at);
        for (op, right, op_span, span) in links.into_iter().rev() {
            let (left, right) = (Box::new(made), self.boxed(right));
            made = Expr::new(ExprKind::Binary { left, op, right, op_span }, span);
        }
        made
    }

    fn item(&mut self, item: &ObjectItem) -> ObjectItem {
        let key = if item.bare_key { item.key.clone() } else { self.expr(&item.key) };
        ObjectItem { key, bare_key: item.bare_key, value: self.expr(&item.value) }
    }

    fn for_expr(&mut self, each: &For) -> For {
        let source = self.expr(&each.source);
        let key_name = each.key_var.as_ref().map(|k| k.name.clone());
        let names = self.bind([key_name, Some(each.value_var.name.clone())]);
        let rewritten = For {
            source,
            key: each.key.as_ref().map(|e| self.expr(e)),
            value: self.expr(&each.value),
            condition: each.condition.as_ref().map(|e| self.expr(e)),
            ..each.clone()
        };
        self.bound.truncate(names);
        rewritten
    }

    fn template(&mut self, template: &Template) -> Template {
        Template { parts: self.parts(&template.parts), ..template.clone() }
    }

    fn parts(&mut self, parts: &[TemplatePart]) -> Vec<TemplatePart> {
        parts.iter().map(|p| self.part(p)).collect()
    }

    fn part(&mut self, part: &TemplatePart) -> TemplatePart {
        match part {
            TemplatePart::Literal(..) => part.clone(),
            TemplatePart::Interpolation(e) => TemplatePart::Interpolation(self.expr(e)),
            TemplatePart::If(choice) => TemplatePart::If(Box::new(TemplateIf {
                condition: self.expr(&choice.condition),
                yes: self.parts(&choice.yes),
                no: self.parts(&choice.no),
                span: choice.span,
            })),
            TemplatePart::For(each) => {
                let source = self.expr(&each.source);
                let key_name = each.key_var.as_ref().map(|k| k.name.clone());
                let names = self.bind([key_name, Some(each.value_var.name.clone())]);
                let body = self.parts(&each.body);
                self.bound.truncate(names);
                let (key_var, value_var) = (each.key_var.clone(), each.value_var.clone());
                let (header, span) = (each.header, each.span);
                TemplatePart::For(Box::new(TemplateFor { key_var, value_var, source, body, header, span }))
            }
        }
    }

    /// Brings names into force and gives the length to go back to.
    fn bind(&mut self, names: impl IntoIterator<Item = Option<Str>>) -> usize {
        let before = self.bound.len();
        self.bound.extend(names.into_iter().flatten());
        before
    }
}
