//! Templates: text with interpolations and directives, first as a flat list of pieces.

use std::borrow::Cow;

use model::diagnostic::did_you_mean;
use model::{Diagnostic, Span, err};

use super::cursor::Parser;
use super::directive;
use super::token::{Token, TokenKind};
use crate::ast::{Expr, Ident, Template};

/// A piece of a template.
pub(super) enum Piece<'a> {
    Literal { text: Cow<'a, str>, span: Span },
    Interpolation(Box<Expr>),
    Directive(Box<Directive>),
}

/// A directive with its place.
pub(super) enum Directive {
    If { condition: Expr, span: Span },
    For { key_var: Option<Ident>, value_var: Ident, source: Expr, span: Span },
    Else(Span),
    EndIf(Span),
    EndFor(Span),
}

/// Reading state between one token and the next.
#[derive(Default)]
struct Trim {
    /// Whether the sequence before ended with `~}`.
    left_of_next: bool,
    /// Whether the token before was text, so that `${~` may strip it.
    may_strip_previous: bool,
}

impl<'a> Parser<'a> {
    /// Parses what stands behind the opening of a template, the `end` included.
    pub fn template(&mut self, end: TokenKind, is_flush: bool) -> Template {
        let (start, opening) = (self.peek_span(), self.previous());
        if !self.enter() {
            return Template { parts: Vec::new(), start: None, is_wrapped: false };
        }
        let (mut pieces, end_span) = self.pieces(end, start, opening);
        self.leave();
        if is_flush {
            remove_indentation(&mut pieces);
        }
        let is_wrapped = matches!(pieces[..], [Piece::Interpolation(_)]);
        merge_literals(&mut pieces);
        let start = match pieces.first() {
            Some(Piece::Literal { span, .. }) => Some(*span),
            _ => None,
        };
        let (parts, errors) = directive::nest(pieces, end_span);
        for error in errors {
            self.report(error);
        }
        Template { parts, start, is_wrapped }
    }

    fn pieces(&mut self, end: TokenKind, start: Span, opening: Token) -> (Vec<Piece<'a>>, Span) {
        let mut pieces = Vec::new();
        let mut trim = Trim::default();
        loop {
            let token = self.read();
            if token.kind == end {
                return (pieces, self.span(token));
            }
            let Trim { left_of_next, may_strip_previous } = std::mem::take(&mut trim);
            match token.kind {
                TokenKind::PlainText | TokenKind::QuotedText => {
                    pieces.push(self.literal(token, left_of_next));
                    trim.may_strip_previous = true;
                }
                TokenKind::Interpolation | TokenKind::Directive => {
                    if may_strip_previous && self.text(token).ends_with('~') {
                        strip_last(&mut pieces);
                    }
                    trim.left_of_next = self.sequence(token, end, start, &mut pieces);
                }
                _ => {
                    let span = self.span(token);
                    self.report_unless_lost(|p| unterminated(span, p.line(opening)).within(start.to(span)));
                    let last = self.recover(end);
                    return (pieces, self.span(last));
                }
            }
        }
    }

    fn literal(&mut self, token: Token, trim_left: bool) -> Piece<'a> {
        let span = self.span(token);
        let mut text = self.decoded(token);
        if trim_left {
            let white_space = text.len() - text.trim_start().len();
            cut_start(&mut text, white_space);
        }
        Piece::Literal { text, span }
    }

    /// Parses an interpolation or directive; true if it ends with `~}`.
    fn sequence(&mut self, open: Token, end: TokenKind, start: Span, pieces: &mut Vec<Piece<'a>>) -> bool {
        let newlines = self.set_newlines(false);
        let is_closed = if open.kind == TokenKind::Interpolation {
            self.interpolation(open, end, start, pieces)
        } else {
            self.directive(open, start, pieces)
        };
        let close = if is_closed { self.read() } else { self.recover(TokenKind::SequenceEnd) };
        self.set_newlines(newlines);
        is_closed && self.text(close).starts_with('~')
    }

    /// Parses the expression; true if the end of the sequence follows.
    fn interpolation(
        &mut self,
        open: Token,
        end: TokenKind,
        start: Span,
        pieces: &mut Vec<Piece<'a>>,
    ) -> bool {
        let expr = self.expression();
        pieces.push(Piece::Interpolation(Box::new(expr)));
        let next = self.peek();
        if next.kind == TokenKind::SequenceEnd {
            return true;
        }
        let opened = self.span(open);
        self.report_unless_lost(|p| match next.kind {
            TokenKind::EndOfFile => unclosed_interpolation(start, opened, p.line(open)),
            TokenKind::CQuote | TokenKind::OQuote if end == TokenKind::CQuote => {
                unclosed_interpolation(start, opened, p.line(open))
            }
            _ => extra_after_interpolation(next.kind, p.span(next)).within(start.to(p.span(next))),
        });
        false
    }

    /// Parses a directive; true if the end of the sequence follows.
    #[inline(never)]
    fn directive(&mut self, open: Token, start: Span, pieces: &mut Vec<Piece<'a>>) -> bool {
        let keyword = self.peek();
        let opened = self.span(open);
        if keyword.kind != TokenKind::Ident {
            self.report_unless_lost(|p| no_keyword(p.span(keyword)).within(opened.to(p.span(keyword))));
            return false;
        }
        self.read();
        let directive = match self.text(keyword) {
            "if" => {
                let condition = self.expression();
                Some(Directive::If { condition, span: self.up_to_next(opened) })
            }
            "else" => Some(Directive::Else(self.up_to_next(opened))),
            "endif" => Some(Directive::EndIf(self.up_to_next(opened))),
            "for" => self.for_directive(opened),
            "endfor" => Some(Directive::EndFor(self.up_to_next(opened))),
            other => {
                let span = self.span(keyword);
                self.report_unless_lost(|_| unknown_keyword(other, span).within(opened.to(span)));
                None
            }
        };
        let Some(directive) = directive else { return false };
        pieces.push(Piece::Directive(Box::new(directive)));
        let next = self.peek();
        let found = self.span(next);
        if next.kind != TokenKind::SequenceEnd {
            self.report_unless_lost(|p| extra_in_directive(p.text(keyword), found).within(start.to(found)));
        }
        next.kind == TokenKind::SequenceEnd
    }

    fn up_to_next(&self, open: Span) -> Span {
        open.to(self.peek_span())
    }

    fn for_directive(&mut self, open: Span) -> Option<Directive> {
        let variables = match self.for_variables() {
            Ok(variables) if self.is_keyword(self.peek(), "in") => Ok(variables),
            Ok(_) => Err("Expected \"in\" and a collection behind the names."),
            Err(detail) => Err(detail),
        };
        match variables {
            Ok(variables) => {
                self.read();
                let source = self.expression();
                let span = self.up_to_next(open);
                Some(Directive::For { key_var: variables.key, value_var: variables.value, source, span })
            }
            Err(detail) => {
                self.report_unless_lost(|p| {
                    Diagnostic::error("Invalid 'for' directive", detail).at(p.peek_span())
                });
                None
            }
        }
    }
}

/// Strips the white space at the end of the text that was read last.
fn strip_last(pieces: &mut [Piece<'_>]) {
    match pieces.last_mut() {
        Some(Piece::Literal { text: Cow::Borrowed(text), .. }) => *text = text.trim_end(),
        Some(Piece::Literal { text: Cow::Owned(text), .. }) => text.truncate(text.trim_end().len()),
        _ => {}
    }
}

/// Removes bytes from the start of a text.
fn cut_start(text: &mut Cow<'_, str>, len: usize) {
    match text {
        Cow::Borrowed(text) => *text = &text[len..],
        Cow::Owned(text) => text.replace_range(..len, ""),
    }
}

/// Removes the indentation that all lines of a `<<-` heredoc share.
///
/// Where a line begins is told by the pieces, after stripping: a line end that was stripped begins no line.
fn remove_indentation(pieces: &mut [Piece<'_>]) {
    let mut smallest = usize::MAX;
    let mut line_starts = Vec::new();
    let mut at_line_start = true;
    for (i, piece) in pieces.iter().enumerate() {
        let text = if let Piece::Literal { text, .. } = piece { text } else { "" };
        if at_line_start {
            let rest = text.trim_start();
            let is_blank_line = rest.is_empty() && text.ends_with('\n');
            if !is_blank_line {
                smallest = smallest.min(text[..text.len() - rest.len()].chars().count());
                line_starts.push(i);
            }
        }
        at_line_start = text.ends_with('\n');
    }
    for i in line_starts {
        if let Piece::Literal { text, span } = &mut pieces[i] {
            let indentation: usize = text.chars().take(smallest).map(char::len_utf8).sum();
            cut_start(text, indentation);
            span.start = (span.start + indentation as u32).min(span.end);
        }
    }
}

/// Joins neighbouring pieces of text.
fn merge_literals(pieces: &mut Vec<Piece<'_>>) {
    pieces.dedup_by(|piece, before| match (before, piece) {
        (Piece::Literal { text, span }, Piece::Literal { text: more, span: end }) => {
            text.to_mut().push_str(more);
            *span = span.to(*end);
            true
        }
        _ => false,
    });
}

/// The place is where the text ends; the detail tells where the string or heredoc begins.
fn unterminated(found: Span, line: usize) -> Diagnostic {
    err!(
        found,
        "Unterminated template string",
        "The string or heredoc that begins on line {line} is never closed: its closing quote or marker is missing."
    )
}

/// The place is the start of the template; the detail tells where the interpolation begins.
fn unclosed_interpolation(start: Span, open: Span, line: usize) -> Diagnostic {
    err!(
        start,
        "Unclosed template interpolation sequence",
        "The \"${{\" on line {line} is never closed: the text ends before its \"}}\"."
    )
    .within(start.to(open))
}

fn extra_after_interpolation(kind: TokenKind, found: Span) -> Diagnostic {
    let what = if kind == TokenKind::Colon { "A colon" } else { "This" };
    err!(
        found,
        "Extra characters after interpolation expression",
        "{what} cannot stand here: expected \"}}\" at the end of the expression. If the text is meant for a shell or \
         another program, write \"$${{\" instead of \"${{\"."
    )
}

fn no_keyword(found: Span) -> Diagnostic {
    err!(
        found,
        "Invalid template directive",
        "Expected if, else, endif, for or endfor behind \"%{{\". To write \"%{{\" itself, double its first character: \
         \"%%{{\"."
    )
}

fn unknown_keyword(given: &str, found: Span) -> Diagnostic {
    let suggestion = did_you_mean(given, ["if", "for", "else", "endif", "endfor"]);
    err!(found, "Invalid template control keyword", "{given:?} is not a directive of templates.{suggestion}")
}

fn extra_in_directive(keyword: &str, found: Span) -> Diagnostic {
    let summary = format!("Extra characters in {keyword} marker");
    err!(found, summary, "Expected \"}}\" at the end of this directive.")
}
