//! `[for ...]` and `{for ...}`.

use model::{Diagnostic, Span};

use super::cursor::Parser;
use super::token::{Token, TokenKind};
use crate::ast::{Expr, ExprKind, For, Ident};

const SUMMARY: &str = "Invalid 'for' expression";

/// The variables of a `for`.
pub(super) struct Variables {
    pub key: Option<Ident>,
    pub value: Ident,
}

/// What a `for` expression gives for each element.
struct Yield {
    key: Option<Expr>,
    value: Expr,
    ellipsis: Option<Token>,
    condition: Option<Expr>,
}

impl Parser<'_> {
    /// Parses from the keyword `for`, which comes next, to the closing bracket.
    pub fn for_expression(&mut self, open: Token) -> Expr {
        let opened = self.span(open);
        let end = if open.kind == TokenKind::OBrace { TokenKind::CBrace } else { TokenKind::CBracket };
        self.read();
        match self.for_parts(opened, end) {
            Some(parts) => Expr::new(ExprKind::For(Box::new(parts)), opened.to(self.previous_span())),
            None => {
                self.recover(end);
                self.invalid(opened.to(self.previous_span()))
            }
        }
    }

    /// Parses everything behind the keyword, the closing bracket included, unless an error stops it.
    fn for_parts(&mut self, open: Span, end: TokenKind) -> Option<For> {
        let (variables, source) = self.for_source(open)?;
        let colon = self.peek();
        if colon.kind != TokenKind::Colon {
            return self
                .for_failure(open, "Expected a colon behind the collection, as in [for x in list : x].");
        }
        self.read();
        let header = open.to(self.span(colon));
        let yielded = self.for_yield()?;
        if self.accept(end).is_none() {
            self.for_failure::<()>(open, "Expected the closing bracket at the end of the 'for' expression.");
            self.recover(end);
        }
        self.check_form(&yielded, end, open.to(self.previous_span()));
        let Yield { key, value, ellipsis, condition } = yielded;
        let Variables { key: key_var, value: value_var } = variables;
        let group = ellipsis.is_some();
        Some(For { key_var, value_var, source, key, value, condition, group, header })
    }

    fn for_failure<T>(&mut self, open: Span, detail: &'static str) -> Option<T> {
        self.report_unless_lost(|p| {
            Diagnostic::error(SUMMARY, detail).at(p.peek_span()).within(open.to(p.peek_span()))
        });
        None
    }

    /// Parses `k, v in collection`.
    fn for_source(&mut self, open: Span) -> Option<(Variables, Expr)> {
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
        (!self.is_lost_since(mark)).then_some((variables, source))
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

    /// Parses `key => value... if condition`.
    fn for_yield(&mut self) -> Option<Yield> {
        let mark = self.mark();
        let mut value = self.expression();
        let mut key = None;
        if self.accept(TokenKind::FatArrow).is_some() {
            key = Some(std::mem::replace(&mut value, self.expression()));
        }
        if self.is_lost_since(mark) {
            return None;
        }
        let ellipsis = self.accept(TokenKind::Ellipsis);
        let mut condition = None;
        if self.is_keyword(self.peek(), "if") {
            self.read();
            let mark = self.mark();
            condition = Some(self.expression());
            if self.is_lost_since(mark) {
                return None;
            }
        }
        Some(Yield { key, value, ellipsis, condition })
    }

    /// An object needs keys; a tuple has neither keys nor groups.
    fn check_form(&mut self, yielded: &Yield, end: TokenKind, whole: Span) {
        let makes_object = end == TokenKind::CBrace;
        let mut wrong = |span: Span, detail: &'static str| {
            self.report(Diagnostic::error(SUMMARY, detail).at(span).within(whole));
        };
        match &yielded.key {
            None if makes_object => {
                wrong(
                    yielded.value.span,
                    "An object needs keys: write \"key => value\", or use [ ] to make a list.",
                );
            }
            Some(key) if !makes_object => {
                wrong(key.span, "A list has no keys: leave out \"key =>\", or use { } to make an object.");
            }
            Some(_) | None => {}
        }
        if let (Some(ellipsis), false) = (yielded.ellipsis, makes_object) {
            let span = ellipsis.span(self.file);
            let detail = "Only an object can group the values of equal keys by \"...\"; a list cannot.";
            self.report(Diagnostic::error(SUMMARY, detail).at(span).within(whole));
        }
    }
}
