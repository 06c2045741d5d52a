//! Tuples and objects.

use model::value::normalize;
use model::{Diagnostic, Span, err};

use super::cursor::Parser;
use super::token::{Token, TokenKind};
use crate::ast::{Expr, ExprKind, ObjectItem};

impl Parser<'_> {
    /// Parses `[a, b]` or a `for` expression in brackets.
    #[inline(never)]
    pub fn tuple(&mut self) -> Expr {
        let open = self.read();
        let newlines = self.set_newlines(false);
        let kind = if self.is_keyword(self.peek(), "for") {
            self.for_expression(open)
        } else {
            let mut items = self.tuple_items(open);
            items.shrink_to_fit();
            ExprKind::Tuple(items)
        };
        self.set_newlines(newlines);
        Expr::new(kind, self.span(open).to(self.previous_span()))
    }

    fn tuple_items(&mut self, open: Token) -> Vec<Expr> {
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
                        self.report_unless_lost(|p| no_item_separator(p.span(open), next, p.span(next)));
                    }
                    self.recover(TokenKind::CBracket);
                    return items;
                }
            }
        }
        items
    }

    /// Parses `{a = b}` or a `for` expression in braces.
    #[inline(never)]
    pub fn object(&mut self) -> Expr {
        let open = self.read();
        // Line ends separate the items of an object, but mean nothing in a `for` expression.
        let newlines = self.set_newlines(false);
        let kind = if self.is_keyword(self.peek(), "for") {
            self.for_expression(open)
        } else {
            self.set_newlines(true);
            let mut items = self.object_items(self.span(open));
            items.shrink_to_fit();
            ExprKind::Object(items)
        };
        self.set_newlines(newlines);
        Expr::new(kind, self.span(open).to(self.previous_span()))
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
