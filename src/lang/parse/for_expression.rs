//! `[for ...]` and `{for ...}`.

use model::{Diagnostic, Span};

use super::cursor::Parser;
use super::token::{Token, TokenKind};
use crate::ast::{ExprKind, For, Ident};

const SUMMARY: &str = "Invalid 'for' expression";

/// The variables of a `for`.
pub(super) struct Variables {
    pub key: Option<Ident>,
    pub value: Ident,
}

impl Parser<'_> {
    /// Parses from the keyword `for`, which comes next, to the closing bracket.
    #[inline(never)]
    pub fn for_expression(&mut self, open: Token) -> ExprKind {
        let end = if open.kind == TokenKind::OBrace { TokenKind::CBrace } else { TokenKind::CBracket };
        self.read();
        if !self.enter() {
            return ExprKind::Invalid;
        }
        let parts = self.for_parts(self.span(open), end);
        self.leave();
        if parts.is_none() {
            self.recover(end);
        }
        parts.map_or(ExprKind::Invalid, ExprKind::For)
    }

    /// Parses everything behind the keyword, the closing bracket included, unless an error stops it.
    fn for_parts(&mut self, open: Span, end: TokenKind) -> Option<Box<For>> {
        let mut parts = self.for_source(open)?;
        let colon = self.peek();
        if colon.kind != TokenKind::Colon {
            return self
                .for_failure(open, "Expected a colon behind the collection, as in [for x in list : x].");
        }
        self.read();
        parts.header = open.to(self.span(colon));
        let ellipsis = self.for_yield(&mut parts)?;
        if self.accept(end).is_none() {
            self.for_failure::<()>(open, "Expected the closing bracket at the end of the 'for' expression.");
            self.recover(end);
        }
        self.check_form(&parts, ellipsis, end, open.to(self.previous_span()));
        Some(parts)
    }

    fn for_failure<T>(&mut self, open: Span, detail: &'static str) -> Option<T> {
        self.report_unless_lost(|p| {
            Diagnostic::error(SUMMARY, detail).at(p.peek_span()).within(open.to(p.peek_span()))
        });
        None
    }

    /// Parses `k, v in collection`; the rest is left open.
    fn for_source(&mut self, open: Span) -> Option<Box<For>> {
        let variables = match self.for_variables() {
            Ok(variables) => variables,
            Err(detail) => return self.for_failure(open, detail),
        };
        if !self.is_keyword(self.peek(), "in") {
            return self.for_failure(open, "Expected \"in\" and a collection behind the names.");
        }
        self.read();
        let mark = self.mark();
        let source = self.expression();
        if self.is_lost_since(mark) {
            return None;
        }
        let Variables { key: key_var, value: value_var } = variables;
        let value = self.invalid(source.span);
        let (key, condition, group, header) = (None, None, false, open);
        Some(Box::new(For { key_var, value_var, source, key, value, condition, group, header }))
    }

    /// Parses `v` or `k, v`; or says what is wrong with what comes next.
    pub fn for_variables(&mut self) -> Result<Variables, &'static str> {
        let Some(first) = self.accept(TokenKind::Ident) else {
            return Err("Expected a name for the elements behind \"for\".");
        };
        let first = self.ident(first);
        if self.accept(TokenKind::Comma).is_none() {
            return Ok(Variables { key: None, value: first });
        }
        let Some(second) = self.accept(TokenKind::Ident) else {
            return Err(
                "Expected a second name behind the comma: the first is for the keys, the second for the \
                        elements.",
            );
        };
        Ok(Variables { key: Some(first), value: self.ident(second) })
    }

    /// Parses `key => value... if condition`; gives the place of the ellipsis.
    fn for_yield(&mut self, parts: &mut For) -> Option<Option<Span>> {
        let mark = self.mark();
        parts.value = self.expression();
        if self.accept(TokenKind::FatArrow).is_some() {
            let value = self.expression();
            parts.key = Some(std::mem::replace(&mut parts.value, value));
        }
        if self.is_lost_since(mark) {
            return None;
        }
        let ellipsis = self.accept(TokenKind::Ellipsis).map(|t| self.span(t));
        parts.group = ellipsis.is_some();
        if self.is_keyword(self.peek(), "if") {
            self.read();
            let mark = self.mark();
            parts.condition = Some(self.expression());
            if self.is_lost_since(mark) {
                return None;
            }
        }
        Some(ellipsis)
    }

    /// An object needs keys; a tuple has neither keys nor groups.
    fn check_form(&mut self, parts: &For, ellipsis: Option<Span>, end: TokenKind, whole: Span) {
        let makes_object = end == TokenKind::CBrace;
        let mut wrong = |span: Span, detail: &'static str| {
            self.report(Diagnostic::error(SUMMARY, detail).at(span).within(whole));
        };
        match &parts.key {
            None if makes_object => {
                wrong(
                    parts.value.span,
                    "An object needs keys: write \"key => value\", or use [ ] to make a list.",
                );
            }
            Some(key) if !makes_object => {
                wrong(key.span, "A list has no keys: leave out \"key =>\", or use { } to make an object.");
            }
            Some(_) | None => {}
        }
        if let (Some(span), false) = (ellipsis, makes_object) {
            wrong(span, "Only an object can group the values of equal keys by \"...\"; a list cannot.");
        }
    }
}
