//! Single values: literals, names, calls, parentheses.

use model::{Diagnostic, Number, Span, Str, err};

use super::cursor::Parser;
use super::token::{Token, TokenKind};
use crate::ast::{Call, Expr, ExprKind, Ident, Traversal};

impl Parser<'_> {
    /// Parses a value without operators or steps.
    pub fn term(&mut self) -> Expr {
        match self.peek_kind() {
            TokenKind::Number => self.number(),
            TokenKind::Ident => self.name_or_call(),
            TokenKind::OQuote | TokenKind::OHeredoc => self.string(),
            TokenKind::OParen => self.parenthesised(),
            TokenKind::OBracket => self.tuple(),
            TokenKind::OBrace => self.object(),
            _ => self.no_expression(),
        }
    }

    fn number(&mut self) -> Expr {
        let token = self.read();
        let span = self.span(token);
        let kind = self.number_value(token).map_or(ExprKind::Invalid, ExprKind::Number);
        Expr::new(kind, span)
    }

    /// The value of a number token, or an error.
    pub fn number_value(&mut self, token: Token) -> Option<Number> {
        let text = self.text(token);
        let number = Number::parse(text);
        if number.is_none() {
            let detail = format!("{text:?} is not a number. A number is written like 12, 0.5 or 1e6.");
            self.report(Diagnostic::error("Invalid number literal", detail).at(self.span(token)));
        }
        number
    }

    #[inline(never)]
    fn name_or_call(&mut self) -> Expr {
        let token = self.read();
        if matches!(self.peek_kind(), TokenKind::OParen | TokenKind::DoubleColon) {
            return self.call(token);
        }
        let span = self.span(token);
        let kind = match self.text(token) {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            _ => ExprKind::Reference(Traversal {
                root: self.ident(token),
                steps: Vec::new(),
                no_key: None,
                span,
            }),
        };
        Expr::new(kind, span)
    }

    #[inline(never)]
    fn parenthesised(&mut self) -> Expr {
        let open = self.read();
        let newlines = self.set_newlines(false);
        let mark = self.mark();
        let mut expr = self.expression();
        if self.has_errors_since(mark) {
            self.recover(TokenKind::CParen);
        } else {
            let span = self.closing_parenthesis(open);
            expr = Expr::new(ExprKind::Paren(Box::new(expr)), span);
        }
        self.set_newlines(newlines);
        expr
    }

    /// Reads the closing parenthesis; gives the place of the whole.
    fn closing_parenthesis(&mut self, open: Token) -> Span {
        let opened = self.span(open);
        let found = self.peek_span();
        if self.peek_kind() != TokenKind::CParen {
            self.complain(|_| unbalanced(opened, found));
            self.recovery = true;
        }
        self.read();
        opened.to(found)
    }

    #[inline(never)]
    fn call(&mut self, first: Token) -> Expr {
        let start = self.span(first);
        let Some(name) = self.function_name(first) else {
            self.recover_over(TokenKind::OParen);
            return self.invalid(start.to(self.previous_span()));
        };
        let open = self.read();
        let opened = self.span(open);
        let newlines = self.set_newlines(false);
        let (args, expand_last) = self.arguments(name.span, opened);
        self.set_newlines(newlines);
        let close = self.previous_span();
        let span = name.span.to(close);
        Expr::new(ExprKind::Call(Call { name, args, expand_last, open: opened, close }), span)
    }

    /// Reads the parts of a name up to the opening parenthesis, which comes next.
    fn function_name(&mut self, first: Token) -> Option<Ident> {
        if self.peek_kind() == TokenKind::OParen {
            return Some(self.ident(first));
        }
        let start = self.span(first);
        let mut name = self.text(first).to_owned();
        let mut end = start;
        while self.accept(TokenKind::DoubleColon).is_some() {
            let part = self.read();
            end = self.span(part);
            if part.kind != TokenKind::Ident {
                let detail = "Expected a name behind \"::\", as in provider::example::function(...).";
                self.report(Diagnostic::error("Missing function name", detail).at(end).within(start.to(end)));
                return None;
            }
            name.push_str("::");
            name.push_str(self.text(part));
        }
        if self.peek_kind() != TokenKind::OParen {
            let found = self.read();
            let span = self.span(found);
            let detail = format!("{name} names a function; expected \"(\" and its arguments behind it.");
            self.report(
                Diagnostic::error("Missing open parenthesis", detail).at(span).within(start.to(span)),
            );
            return None;
        }
        Some(Ident { name: Str::from(name), span: start.to(end) })
    }

    /// Parses arguments and the closing parenthesis; true if the last argument is expanded.
    fn arguments(&mut self, name: Span, open: Span) -> (Vec<Expr>, bool) {
        let mut args = Vec::new();
        loop {
            if self.accept(TokenKind::CParen).is_some() {
                return (args, false);
            }
            let mark = self.mark();
            args.push(self.expression());
            if self.is_lost_since(mark) {
                self.recover(TokenKind::CParen);
                return (args, false);
            }
            let separator = self.read();
            match separator.kind {
                TokenKind::Comma => {}
                TokenKind::CParen => return (args, false),
                TokenKind::Ellipsis => {
                    self.end_of_expanded(name, self.span(separator));
                    return (args, true);
                }
                _ => {
                    self.complain(|p| no_separator(name, open, separator, p.span(separator)));
                    self.recover(TokenKind::CParen);
                    return (args, false);
                }
            }
        }
    }

    fn end_of_expanded(&mut self, name: Span, ellipsis: Span) {
        if self.accept(TokenKind::CParen).is_some() {
            return;
        }
        self.report_unless_lost(|_| {
            err!(
                ellipsis,
                "Missing closing parenthesis",
                "Only the last argument of a call can be expanded by \"...\": expected \")\" behind it."
            )
            .within(name.to(ellipsis))
        });
        self.recover(TokenKind::CParen);
    }
}

fn unbalanced(open: Span, found: Span) -> Diagnostic {
    err!(found, "Unbalanced parentheses", "Expected \")\" to close the parenthesis before this expression.")
        .within(open.to(found))
}

fn no_separator(name: Span, open: Span, found: Token, span: Span) -> Diagnostic {
    match found.kind {
        TokenKind::EndOfFile => err!(
            name.to(open),
            "Unterminated function call",
            "The call that begins here is never closed: the text ends before its \")\"."
        ),
        _ => err!(
            span,
            "Missing argument separator",
            "Expected a comma before the next argument, or \")\" at the end of the call."
        )
        .within(name.to(span)),
    }
}
