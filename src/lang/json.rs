//! The language written as JSON: `.tf.json`.
//!
//! What a JSON value means depends on who reads it: a property may be an argument, blocks, or labels of blocks; a string
//! may be a template, a reference or plain text. So [`parse`] gives [`Node`]s with their places; [`file_body`] and
//! [`reshape`] turn those into blocks that a [`Shape`] names, and every other property becomes an argument whose
//! expression is an [`ExprKind::Json`], which is a template unless [`literal`] or [`native`] reads it otherwise.

mod body;
mod expression;
mod parse;
mod scan;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use model::{Diagnostics, Number, Span, Str};

use crate::ast::{Expr, ExprKind};
use crate::parse::Places;

pub use body::{BlockShape, Shape, file_body, reshape};
pub use expression::{literal, native, plain};
pub use parse::parse;

/// A JSON value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// From its first character to its last.
    pub span: Span,
}

/// The forms of JSON values.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Text),
    /// `[...]`
    Array(Vec<Node>),
    /// `{...}`, in source order, repeated names included.
    Object(Vec<Property>),
    /// Stands where a syntax error was.
    Invalid,
}

/// `"name": value`
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The name.
    pub name: Text,
    /// The name with its quotes.
    pub name_span: Span,
    /// The value.
    pub value: Node,
}

/// The content of a string, escapes decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The content, normalised.
    pub text: Str,
    /// The content before it was normalised.
    pub(crate) decoded: Str,
    /// Where the bytes of that stand in the file.
    pub(crate) places: Places,
}

/// A JSON value in the place of an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Json {
    /// The value as it is written.
    pub node: Node,
    template: OnceLock<(Expr, Diagnostics)>,
}

impl Node {
    /// The expression that this value is.
    pub fn to_expr(&self) -> Expr {
        let json = Json { node: self.clone(), template: OnceLock::new() };
        Expr::new(ExprKind::Json(Arc::new(json)), self.span)
    }

    /// The place at which messages about the whole value point: its opening bracket where it has one.
    pub fn start(&self) -> Span {
        match self.kind {
            NodeKind::Array(_) | NodeKind::Object(_) => Span { end: self.span.start + 1, ..self.span },
            _ => self.span,
        }
    }
}

impl Property {
    /// From the name to the end of the value.
    pub fn span(&self) -> Span {
        self.name_span.to(self.value.span)
    }
}

impl Json {
    /// The value as an expression in which strings and names of properties are templates.
    pub fn template(&self) -> &Expr {
        &self.read().0
    }

    /// What is wrong with the templates in it.
    pub fn errors(&self) -> &Diagnostics {
        &self.read().1
    }

    fn read(&self) -> &(Expr, Diagnostics) {
        self.template.get_or_init(|| expression::template(&self.node))
    }

    /// The value of a property, where this is an object that has it.
    pub fn property(&self, name: &str) -> Option<Expr> {
        let NodeKind::Object(properties) = &self.node.kind else { return None };
        properties.iter().find(|p| &*p.name.text == name).map(|p| p.value.to_expr())
    }

    /// The text, where the value is a string.
    pub fn text(&self) -> Option<&Str> {
        match &self.node.kind {
            NodeKind::String(text) => Some(&text.text),
            _ => None,
        }
    }
}
