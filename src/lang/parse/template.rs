//! Templates: text with interpolations and directives, first as a flat list of pieces.

use model::diagnostic::did_you_mean;
use model::{Diagnostic, Span, err};

use super::cursor::Parser;
use super::directive;
use super::token::{Token, TokenKind};
use crate::ast::{Expr, Ident, Template};

/// A piece of a template.
pub(super) enum Piece {
    Literal { text: String, span: Span },
    Interpolation(Expr),
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

impl Parser<'_> {
    /// Parses what stands behind the opening of a template, the `end` included.
    pub fn template(&mut self, end: TokenKind, is_flush: bool) -> Template {
        let start = self.peek_span();
        let (mut pieces, end_span) = self.pieces(end, start);
        if is_flush {
            remove_indentation(&mut pieces);
        }
        let is_wrapped = matches!(pieces[..], [Piece::Interpolation(_)]);
        let pieces = merge_literals(pieces);
        let (parts, errors) = directive::nest(pieces, end_span);
        for error in errors {
            self.report(error);
        }
        Template { parts, is_wrapped }
    }

    fn pieces(&mut self, end: TokenKind, start: Span) -> (Vec<Piece>, Span) {
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
                    self.report_unless_lost(|_| unterminated(span).within(start.to(span)));
                    let last = self.recover(end);
                    return (pieces, self.span(last));
                }
            }
        }
    }

    fn literal(&mut self, token: Token, trim_left: bool) -> Piece {
        let span = self.span(token);
        let decoded = self.decoded(token);
        let text = if trim_left { decoded.trim_start().to_owned() } else { decoded.into_owned() };
        Piece::Literal { text, span }
    }

    /// Parses an interpolation or directive; true if it ends with `~}`.
    fn sequence(&mut self, open: Token, end: TokenKind, start: Span, pieces: &mut Vec<Piece>) -> bool {
        self.with_newlines(false, |p| {
            let closed = if open.kind == TokenKind::Interpolation {
                p.interpolation(open, end, start, pieces)
            } else {
                p.directive(open, start, pieces)
            };
            if !closed {
                p.recover(TokenKind::SequenceEnd);
                return false;
            }
            let close = p.read();
            p.text(close).starts_with('~')
        })
    }

    /// Parses the expression; true if the end of the sequence follows.
    fn interpolation(&mut self, open: Token, end: TokenKind, start: Span, pieces: &mut Vec<Piece>) -> bool {
        let expr = self.expression();
        pieces.push(Piece::Interpolation(expr));
        let next = self.peek();
        if next.kind == TokenKind::SequenceEnd {
            return true;
        }
        let opened = self.span(open);
        self.report_unless_lost(|p| match next.kind {
            TokenKind::EndOfFile => unclosed_interpolation(opened),
            TokenKind::CQuote | TokenKind::OQuote if end == TokenKind::CQuote => {
                unclosed_interpolation(opened)
            }
            _ => extra_after_interpolation(next.kind, p.span(next)).within(start.to(p.span(next))),
        });
        false
    }

    /// Parses a directive; true if the end of the sequence follows.
    fn directive(&mut self, open: Token, start: Span, pieces: &mut Vec<Piece>) -> bool {
        let keyword = self.peek();
        let opened = self.span(open);
        if keyword.kind != TokenKind::Ident {
            self.report_unless_lost(|p| no_keyword(p.span(keyword)).within(opened.to(p.span(keyword))));
            return false;
        }
        self.read();
        let piece = match self.text(keyword) {
            "if" => {
                let condition = self.expression();
                Some(Piece::If { condition, span: self.up_to_next(opened) })
            }
            "else" => Some(Piece::Else(self.up_to_next(opened))),
            "endif" => Some(Piece::EndIf(self.up_to_next(opened))),
            "for" => self.for_directive(opened),
            "endfor" => Some(Piece::EndFor(self.up_to_next(opened))),
            other => {
                let span = self.span(keyword);
                self.report_unless_lost(|_| unknown_keyword(other, span).within(opened.to(span)));
                None
            }
        };
        let Some(piece) = piece else { return false };
        pieces.push(piece);
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

    fn for_directive(&mut self, open: Span) -> Option<Piece> {
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
                Some(Piece::For { key_var: variables.key, value_var: variables.value, source, span })
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
fn strip_last(pieces: &mut [Piece]) {
    if let Some(Piece::Literal { text, .. }) = pieces.last_mut() {
        text.truncate(text.trim_end().len());
    }
}

/// Removes the indentation that all lines of a `<<-` heredoc share.
///
/// Where a line begins is told by the pieces, after stripping: a line end that was stripped begins no line.
fn remove_indentation(pieces: &mut [Piece]) {
    let mut smallest = usize::MAX;
    let mut line_starts = Vec::new();
    let mut at_line_start = true;
    for (i, piece) in pieces.iter().enumerate() {
        let text = if let Piece::Literal { text, .. } = piece { text.as_str() } else { "" };
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
        if let Piece::Literal { text, .. } = &mut pieces[i] {
            let indentation: usize = text.chars().take(smallest).map(char::len_utf8).sum();
            text.replace_range(..indentation, "");
        }
    }
}

fn merge_literals(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (Some(Piece::Literal { text, span }), Piece::Literal { text: more, span: end }) => {
                text.push_str(&more);
                *span = span.to(end);
            }
            (_, piece) => merged.push(piece),
        }
    }
    merged
}

fn unterminated(found: Span) -> Diagnostic {
    err!(found, "Unterminated template string", "The end of this string or heredoc is missing.")
}

fn unclosed_interpolation(open: Span) -> Diagnostic {
    err!(
        open,
        "Unclosed template interpolation sequence",
        "The \"${{\" that stands here is never closed: the text ends before its \"}}\"."
    )
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
