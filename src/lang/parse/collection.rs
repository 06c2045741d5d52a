//! Tuples and objects.

use model::value::normalize;
use model::{Diagnostic, Span, err};

use super::cursor::Parser;
use super::token::{Token, TokenKind};
use crate::ast::{Expr, ExprKind, ObjectItem};

impl Parser<'_> {
    /// Parses `[a, b]` or a `for` expression in brackets.
    pub fn tuple(&mut self) -> Expr {
        let open = self.read();
        self.with_newlines(false, |p| {
            if p.is_keyword(p.peek(), "for") {
                return p.for_expression(open);
            }
            let items = p.tuple_items(p.span(open));
            let span = p.span(open).to(p.previous_span());
            Expr::new(ExprKind::Tuple(items), span)
        })
    }

    fn tuple_items(&mut self, open: Span) -> Vec<Expr> {
        let mut items = Vec::new();
        while self.accept(TokenKind::CBracket).is_none() {
            let mark = self.mark();
            items.push(self.expression());
            let is_lost = self.is_lost_since(mark);
            let next = self.peek();
            match next.kind {
                TokenKind::CBracket if !is_lost => {}
                TokenKind::Comma if !is_lost => {
                    self.read();
                }
                _ => {
                    if !is_lost {
                        self.report_unless_lost(|p| no_item_separator(open, next, p.span(next)));
                    }
                    self.recover(TokenKind::CBracket);
                    return items;
                }
            }
        }
        items
    }

    /// Parses `{a = b}` or a `for` expression in braces.
    pub fn object(&mut self) -> Expr {
        let open = self.read();
        // Line ends separate the items of an object, but mean nothing in a `for` expression.
        let first = self.with_newlines(false, |p| p.peek());
        if self.is_keyword(first, "for") {
            return self.with_newlines(false, |p| p.for_expression(open));
        }
        let items = self.with_newlines(true, |p| p.object_items(p.span(open)));
        let span = self.span(open).to(self.previous_span());
        Expr::new(ExprKind::Object(items), span)
    }

    fn object_items(&mut self, open: Span) -> Vec<ObjectItem> {
        let mut items = Vec::new();
        loop {
            match self.peek_kind() {
                TokenKind::Newline => {
                    self.read();
                    continue;
                }
                TokenKind::CBrace => {
                    self.read();
                    return items;
                }
                _ => {}
            }
            let goes_on = self.object_item(open, &mut items);
            if !goes_on {
                self.recover(TokenKind::CBrace);
                return items;
            }
        }
    }

    /// Parses an item and the separator behind it; false if that failed.
    fn object_item(&mut self, open: Span, items: &mut Vec<ObjectItem>) -> bool {
        let mark = self.mark();
        let key = self.expression();
        if self.is_lost_since(mark) {
            return false;
        }
        if !matches!(self.peek_kind(), TokenKind::Assign | TokenKind::Colon) {
            self.report_unless_lost(|p| no_value(open, p.peek(), p.peek_span()));
            return false;
        }
        self.read();
        let mark = self.mark();
        let value = self.expression();
        let (key, bare_key) = bare_name(key);
        items.push(ObjectItem { key, bare_key, value });
        if self.is_lost_since(mark) {
            return false;
        }
        match self.peek_kind() {
            TokenKind::CBrace => true,
            TokenKind::Comma | TokenKind::Newline => {
                self.read();
                true
            }
            _ => {
                self.report_unless_lost(|p| no_attribute_separator(open, p.peek(), p.peek_span()));
                false
            }
        }
    }
}

/// Turns a key that is a single name into the text of that name.
fn bare_name(key: Expr) -> (Expr, bool) {
    let text = match &key.kind {
        ExprKind::Reference(reference) if reference.steps.is_empty() => normalize(&reference.root.name),
        ExprKind::Null => "null".into(),
        ExprKind::Bool(true) => "true".into(),
        ExprKind::Bool(false) => "false".into(),
        _ => return (key, false),
    };
    (Expr::new(ExprKind::String(text), key.span), true)
}

fn no_item_separator(open: Span, next: Token, found: Span) -> Diagnostic {
    match next.kind {
        TokenKind::EndOfFile => err!(
            open,
            "Unterminated tuple constructor expression",
            "The list that begins here is never closed: the text ends before its \"]\"."
        ),
        _ => err!(
            found,
            "Missing item separator",
            "Expected a comma before the next item, or \"]\" at the end."
        )
        .within(open.to(found)),
    }
}

fn unterminated_object(open: Span) -> Diagnostic {
    err!(
        open,
        "Unterminated object constructor expression",
        "The object that begins here is never closed: the text ends before its \"}}\"."
    )
}

fn no_value(open: Span, next: Token, found: Span) -> Diagnostic {
    let diagnostic = match next.kind {
        TokenKind::EndOfFile => return unterminated_object(open),
        TokenKind::Newline | TokenKind::Comma => {
            err!(
                found,
                "Missing attribute value",
                "Expected \"=\" and a value behind the name of this attribute."
            )
        }
        TokenKind::Ident => err!(
            found,
            "Missing key/value separator",
            "Expected \"=\" between the name of this attribute and its value. A name with dots or spaces is written \
             in quotes."
        ),
        _ => err!(
            found,
            "Missing key/value separator",
            "Expected \"=\" between the name of this attribute and its value."
        ),
    };
    diagnostic.within(open.to(found))
}

fn no_attribute_separator(open: Span, next: Token, found: Span) -> Diagnostic {
    match next.kind {
        TokenKind::EndOfFile => unterminated_object(open),
        _ => err!(
            found,
            "Missing attribute separator",
            "Expected a new line or a comma before the next attribute, or \"}}\" at the end."
        )
        .within(open.to(found)),
    }
}
