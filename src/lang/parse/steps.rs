//! What follows a value: attributes, indexes, splats.

use model::{Diagnostic, Span, err};

use super::cursor::Parser;
use super::token::{Token, TokenKind};
use crate::ast::{Expr, ExprKind, Step, StepKind};

impl Parser<'_> {
    /// Parses a value and the steps after it.
    pub fn term_with_steps(&mut self) -> Expr {
        let outer = self.begin_chain();
        let mut expr = self.term();
        let mut len = 0;
        while matches!(self.peek_kind(), TokenKind::Dot | TokenKind::OBracket) {
            (expr, len) = self.step(expr, len);
        }
        self.end_chain(outer, len);
        expr
    }

    /// Parses a step, which comes next, and counts it where it makes the tree deeper.
    #[inline(never)]
    fn step(&mut self, expr: Expr, len: usize) -> (Expr, usize) {
        let expr = match self.peek_kind() {
            TokenKind::Dot => self.dot_step(expr),
            _ => self.bracket_step(expr),
        };
        let len = len + usize::from(!matches!(expr.kind, ExprKind::Reference(_)));
        self.may_grow(len);
        (expr, len)
    }

    /// Parses `.name`, `.0` or `.*`.
    fn dot_step(&mut self, expr: Expr) -> Expr {
        let dot = self.read();
        let next = self.peek();
        match next.kind {
            TokenKind::Ident | TokenKind::Number => self.attribute_step(expr, dot),
            TokenKind::Star => self.attribute_splat(expr, dot),
            _ => {
                self.complain(|p| no_attribute_name(p.span(next)));
                self.recovery = true;
                self.invalid(expr.span.to(self.span(dot)))
            }
        }
    }

    /// Parses a name or a legacy index behind a dot, one of which comes next.
    fn attribute_step(&mut self, expr: Expr, dot: Token) -> Expr {
        let token = self.read();
        let span = self.span(dot).to(self.span(token));
        if token.kind == TokenKind::Ident {
            let name = self.ident(token);
            return attribute(expr, name, span);
        }
        let text = self.text(token);
        if let Some((first, second)) = text.split_once('.') {
            let detail = format!(
                "An index behind a dot cannot be followed by another one. Write the indexes in brackets: \
                 [{first}][{second}]."
            );
            self.report(Diagnostic::error("Invalid legacy index syntax", detail).at(self.span(token)));
            return self.invalid(expr.span.to(span));
        }
        match self.number_value(token) {
            Some(number) => index(expr, Expr::new(ExprKind::Number(number), self.span(token)), span),
            None => self.invalid(expr.span.to(span)),
        }
    }

    /// Parses `*` and the names behind it, which are taken of every element.
    fn attribute_splat(&mut self, source: Expr, dot: Token) -> Expr {
        let star = self.read();
        let marker = self.span(dot).to(self.span(star));
        let mut each = Expr::new(ExprKind::SplatElement, marker);
        let outer = self.begin_chain();
        let mut len = 0;
        while let Some(dot) = self.accept(TokenKind::Dot) {
            let next = self.peek();
            if !matches!(next.kind, TokenKind::Ident | TokenKind::Number) {
                self.report_unless_lost(|p| no_name_in_splat(star, next, p));
                self.recovery = true;
                self.end_chain(outer, len);
                return source;
            }
            each = self.attribute_step(each, dot);
            len += 1;
            if !self.may_grow(len) {
                break;
            }
        }
        self.end_chain(outer, len);
        splat(source, each, marker)
    }

    /// Parses `[key]` or `[*]`.
    fn bracket_step(&mut self, expr: Expr) -> Expr {
        let open = self.read();
        if self.accept(TokenKind::Star).is_some() {
            return self.full_splat(expr, open);
        }
        let newlines = self.set_newlines(false);
        let (key, brackets) = self.index_key(open);
        self.set_newlines(newlines);
        index(expr, key, brackets)
    }

    /// Parses what stands in brackets, and the closing one.
    fn index_key(&mut self, open: Token) -> (Expr, Span) {
        let mark = self.mark();
        let key = self.expression();
        let close = if self.is_lost_since(mark) {
            self.recover(TokenKind::CBracket)
        } else {
            self.closing_bracket("Missing close bracket on index", "behind the index", open)
        };
        (key, self.span(open).to(self.span(close)))
    }

    /// Reads the `]` of an opening bracket. If it is missing, the place of the error is where reading goes on; the
    /// detail tells where the bracket was opened.
    fn closing_bracket(&mut self, summary: &'static str, place: &str, open: Token) -> Token {
        let close = self.read();
        if close.kind == TokenKind::CBracket || self.recovery {
            return close;
        }
        let opened = self.span(open);
        let line = self.line(open);
        let last = self.recover(TokenKind::CBracket);
        self.complain(|p| {
            let found = p.span(last);
            err!(found, summary, "Expected \"]\" {place} for the \"[\" on line {line}.")
                .within(opened.to(found))
        });
        last
    }

    /// Parses the steps that are taken of every element.
    fn each(&mut self, element: Expr) -> Expr {
        if !self.enter() {
            return element;
        }
        let outer = self.begin_chain();
        let (mut expr, mut len) = (element, 0);
        while matches!(self.peek_kind(), TokenKind::Dot | TokenKind::OBracket) {
            (expr, len) = self.step(expr, len);
        }
        self.end_chain(outer, len);
        self.leave();
        expr
    }

    /// Parses the `]` of `[*]` and all further steps, which are taken of every element.
    fn full_splat(&mut self, source: Expr, open: Token) -> Expr {
        let close = self.closing_bracket("Missing close bracket on splat index", "right behind \"[*\"", open);
        let marker = self.span(open).to(self.span(close));
        let element = Expr::new(ExprKind::SplatElement, marker);
        let each = self.each(element);
        splat(source, each, marker)
    }
}

/// `expr.name`
fn attribute(mut expr: Expr, name: crate::ast::Ident, step: Span) -> Expr {
    let span = expr.span.to(step);
    if let ExprKind::Reference(reference) = &mut expr.kind {
        reference.steps.push(Step { kind: StepKind::Attr(name.name), span: step });
        reference.span = span;
        return Expr { span, ..expr };
    }
    Expr::new(ExprKind::GetAttr(Box::new(expr), name), span)
}

/// `expr[key]`; a literal key becomes a step of a reference.
fn index(mut object: Expr, key: Expr, brackets: Span) -> Expr {
    let span = object.span.to(brackets);
    if let (ExprKind::Reference(reference), Some(kind)) = (&mut object.kind, literal_step(&key)) {
        reference.steps.push(Step { kind, span: brackets });
        reference.span = span;
        return Expr { span, ..object };
    }
    if let (ExprKind::Reference(reference), ExprKind::Bool(_) | ExprKind::Null) =
        (&mut object.kind, &key.kind)
    {
        reference.no_key = Some(brackets);
    }
    Expr::new(ExprKind::Index { object: Box::new(object), key: Box::new(key), brackets }, span)
}

fn literal_step(key: &Expr) -> Option<StepKind> {
    match &key.kind {
        ExprKind::Number(number) => Some(StepKind::IndexNumber(number.clone())),
        ExprKind::String(text) => Some(StepKind::IndexString(text.clone())),
        _ => None,
    }
}

fn splat(source: Expr, each: Expr, marker: Span) -> Expr {
    let span = source.span.to(marker).to(each.span);
    Expr::new(ExprKind::Splat { source: Box::new(source), each: Box::new(each), marker }, span)
}

fn no_attribute_name(found: Span) -> Diagnostic {
    err!(found, "Invalid attribute name", "Expected the name of an attribute behind the dot.")
}

fn no_name_in_splat(star: Token, next: Token, parser: &Parser<'_>) -> Diagnostic {
    let found = parser.span(next);
    match next.kind {
        TokenKind::Star => err!(
            found,
            "Nested splat expression not allowed",
            "Behind \".*\" only names may follow. Use \"[*]\" for both, which can be nested."
        ),
        _ => {
            let star = parser.span(star);
            no_attribute_name(star).within(star.to(found))
        }
    }
}
