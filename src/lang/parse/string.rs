//! The text of strings: escapes, labels.

use std::borrow::Cow;

use model::{Diagnostic, FileId, Span, Str, err};

use super::cursor::Parser;
use super::token::{Token, TokenKind};
use crate::ast::{Expr, ExprKind, Ident, Template, TemplatePart};

impl<'a> Parser<'a> {
    /// Parses a quoted string or a heredoc.
    #[inline(never)]
    pub fn string(&mut self) -> Expr {
        if let Some(expr) = self.simple_string() {
            return expr;
        }
        let open = self.read();
        let span = self.span(open);
        let is_flush = open.kind == TokenKind::OHeredoc && self.text(open).starts_with("<<-");
        let end = open.kind.opposite().unwrap_or(TokenKind::EndOfFile);
        let template = self.template(end, is_flush);
        // A heredoc stays a template, whose parts say where they stand: not where it begins.
        let kind = match open.kind {
            TokenKind::OHeredoc => ExprKind::Template(template),
            _quote => template_kind(template),
        };
        Expr::new(kind, span.to(self.previous_span()))
    }

    /// Parses a quoted string that is one piece of text, as most are.
    fn simple_string(&mut self) -> Option<Expr> {
        let [open, text, close] = self.next_three()?;
        let kinds = [open.kind, text.kind, close.kind];
        if kinds != [TokenKind::OQuote, TokenKind::QuotedText, TokenKind::CQuote] {
            return None;
        }
        self.read();
        self.read();
        self.read();
        let text = self.decoded(text);
        let kind = ExprKind::String(normalized(&text));
        Some(Expr::new(kind, self.span(open).to(self.span(close))))
    }

    /// The text of a token within a template, escapes decoded; reports those that mean nothing.
    pub fn decoded(&mut self, token: Token) -> Cow<'a, str> {
        let text = token.text(self.source);
        let is_quoted = token.kind == TokenKind::QuotedText;
        // A `$` or `%` that begins an escape is a token of its own.
        let may_escape =
            text.starts_with("$$") || text.starts_with("%%") || (is_quoted && text.contains('\\'));
        if !may_escape {
            return text.into();
        }
        let (decoded, errors) = decode(text, is_quoted, self.file, token.start);
        for error in errors {
            let error = self.in_file(error);
            self.report(error);
        }
        decoded.into()
    }

    /// Parses a string in which nothing is computed, such as a label.
    pub fn quoted_label(&mut self) -> Ident {
        let open = self.read();
        let start = self.span(open);
        let mut name = String::new();
        loop {
            let token = self.read();
            let span = self.span(token);
            match token.kind {
                TokenKind::CQuote => break,
                TokenKind::QuotedText => name.push_str(&self.decoded(token)),
                TokenKind::Interpolation | TokenKind::Directive => {
                    let sigil = &self.text(token)[..1];
                    self.report(template_in_label(sigil, span).within(start.to(span)));
                    name.push_str(sigil);
                    name.push_str("{ ... }");
                    self.recover(TokenKind::SequenceEnd);
                }
                TokenKind::EndOfFile => {
                    self.report(unterminated_label(span).within(start.to(span)));
                    break;
                }
                _ => {
                    self.report(not_in_label(span).within(start.to(span)));
                    self.recover(TokenKind::CQuote);
                    break;
                }
            }
        }
        Ident { name: Str::from(name), span: start.to(self.previous_span()) }
    }
}

/// Text in normal form; nearly all text is.
pub(crate) fn normalized(text: &str) -> Str {
    if text.is_ascii() { text.into() } else { model::value::normalize(text) }
}

/// A template that is nothing but text is a string.
pub(crate) fn template_kind(template: Template) -> ExprKind {
    match <[TemplatePart; 1]>::try_from(template.parts) {
        Ok([TemplatePart::Literal(text, _)]) => ExprKind::String(text),
        Ok([part]) => ExprKind::Template(Template { parts: vec![part], ..template }),
        Err(parts) => ExprKind::Template(Template { parts, ..template }),
    }
}

/// Decodes escapes; those with a backslash only in quoted text.
fn decode(text: &str, is_quoted: bool, file: FileId, offset: u32) -> (String, Vec<Diagnostic>) {
    let mut decoded = String::with_capacity(text.len());
    let mut errors = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '$', '%']) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let start = offset as usize + text.len() - rest.len();
        let len = match rest.as_bytes() {
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => {
                decoded.push_str(&rest[1..3]);
                3
            }
            [b'\\', ..] if is_quoted => match unescape(rest) {
                Ok((c, len)) => {
                    decoded.push(c);
                    len
                }
                Err((detail, len)) => {
                    errors.push(err!(
                        Span::new(file, start, start + len),
                        "Invalid escape sequence",
                        "{detail}"
                    ));
                    decoded.push_str(&rest[1..len]);
                    len
                }
            },
            _ => {
                decoded.push_str(&rest[..1]);
                1
            }
        };
        rest = &rest[len..];
    }
    decoded.push_str(rest);
    (decoded, errors)
}

/// Reads an escape that begins with a backslash: what it stands for, or what is wrong, and its length.
fn unescape(text: &str) -> Result<(char, usize), (String, usize)> {
    let Some(selector) = text[1..].chars().next() else {
        return Err(("Expected a character behind the backslash.".to_owned(), 1));
    };
    match selector {
        'n' => Ok(('\n', 2)),
        'r' => Ok(('\r', 2)),
        't' => Ok(('\t', 2)),
        '"' => Ok(('"', 2)),
        '\\' => Ok(('\\', 2)),
        'u' => unicode_escape(text, 4),
        'U' => unicode_escape(text, 8),
        other => {
            let detail = format!(
                "A backslash followed by {:?} means nothing. There are \\n, \\r, \\t, \\\", \\\\, \\uNNNN and \
                 \\UNNNNNNNN; a backslash itself is written twice.",
                other.to_string()
            );
            Err((detail, 1 + other.len_utf8()))
        }
    }
}

fn unicode_escape(text: &str, digits: usize) -> Result<(char, usize), (String, usize)> {
    let given = text[2..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
    let selector = &text[..2];
    if given < digits {
        return Err((format!("Expected {digits} hexadecimal digits behind {selector}."), 2 + given));
    }
    let code = u32::from_str_radix(&text[2..2 + digits], 16).unwrap_or(u32::MAX);
    match char::from_u32(code) {
        Some(c) => Ok((c, 2 + digits)),
        None => Err((format!("There is no character U+{code:04X}."), 2 + digits)),
    }
}

fn template_in_label(sigil: &str, span: Span) -> Diagnostic {
    err!(
        span,
        "Invalid string literal",
        "Nothing can be computed in this string. To write {sigil}{{ itself, double its first character: \
         {sigil}{sigil}{{."
    )
}

fn unterminated_label(span: Span) -> Diagnostic {
    err!(span, "Unterminated string literal", "The text ends before the closing quote of this string.")
}

fn not_in_label(span: Span) -> Diagnostic {
    err!(span, "Invalid string literal", "This cannot stand in a string.")
}
