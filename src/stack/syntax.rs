//! Makes pieces of syntax tree. What is made stands, for messages, where the user's text stands that asked for it.

use std::sync::Arc;

use lang::ast::{Attribute, Block, Body, Call, Expr, ExprKind, Ident, ObjectItem, Step, StepKind, Traversal};
use model::{Span, Str};

/// A name.
pub fn ident(name: &str, span: Span) -> Ident {
    Ident { name: name.into(), span }
}

/// A literal string.
pub fn string(text: &str, span: Span) -> Expr {
    Expr::new(ExprKind::String(text.into()), span)
}

/// `root.a.b`
pub fn reference(names: &[&str], span: Span) -> Expr {
    Expr::new(ExprKind::Reference(traversal(names, span)), span)
}

/// `root.a.b` as a bare traversal; there must be a root.
pub fn traversal(names: &[&str], span: Span) -> Traversal {
    let (root, rest) = names.split_first().expect("invariant: a reference has a root name");
    let step = |n: &&str| Step { kind: StepKind::Attr((*n).into()), span };
    Traversal { root: ident(root, span), steps: rest.iter().map(step).collect(), no_key: None, span }
}

/// `{ a = x, b = y }`
pub fn object(entries: impl IntoIterator<Item = (Str, Expr)>, span: Span) -> Expr {
    let item = |(key, value): (Str, Expr)| ObjectItem {
        key: Expr::new(ExprKind::String(key), value.span),
        bare_key: true,
        value,
    };
    Expr::new(ExprKind::Object(entries.into_iter().map(item).collect()), span)
}

/// `[a, b]`
pub fn tuple(items: Vec<Expr>, span: Span) -> Expr {
    Expr::new(ExprKind::Tuple(items), span)
}

/// `name(args...)`
pub fn call(name: &str, args: Vec<Expr>, span: Span) -> Expr {
    let kind = Call { name: ident(name, span), args, expand_last: false, open: span, close: span };
    Expr::new(ExprKind::Call(kind), span)
}

/// `name = expr`
pub fn attribute(name: &str, expr: Expr, span: Span) -> Attribute {
    Attribute { name: ident(name, span), expr: Arc::new(expr), span }
}

/// `ty "label" ... { attributes }`, all of it at one place.
pub fn block(ty: &str, labels: &[&str], attributes: Vec<Attribute>, span: Span) -> Block {
    Block {
        ty: ident(ty, span),
        labels: labels.iter().map(|l| ident(l, span)).collect(),
        body: Arc::new(body(attributes, Vec::new(), span)),
        header: span,
        span,
    }
}

/// A body of attributes and blocks.
pub fn body(attributes: Vec<Attribute>, blocks: Vec<Block>, span: Span) -> Body {
    Body { attributes, blocks, span, missing_item: span }
}
