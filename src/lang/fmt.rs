//! The canonical style of source text: `fmt`.
//!
//! Only white space changes, but for three things that have an obviously better form: a value that is one
//! interpolation and nothing else, labels without quotes, and types of variables in quotes. Comments and line breaks
//! stay where they are. The result is the one of `terraform fmt`.

mod layout;
mod rewrite;
mod spacing;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use model::FileId;

use crate::parse::token::{Token, TokenKind};
use crate::parse::{lexer, parse_body};

/// A token with the number of spaces to write before it.
pub(crate) struct Piece<'a> {
    kind: TokenKind,
    text: Cow<'a, str>,
    spaces: usize,
}

impl<'a> Piece<'a> {
    fn new(kind: TokenKind, text: impl Into<Cow<'a, str>>) -> Piece<'a> {
        Piece { kind, text: text.into(), spaces: 0 }
    }

    /// By how much this changes the number of open brackets.
    fn bracket_change(&self) -> isize {
        use TokenKind::{
            CBrace, CBracket, CParen, Directive, Interpolation, OBrace, OBracket, OParen, SequenceEnd,
        };
        match self.kind {
            OBrace | OBracket | OParen | Interpolation | Directive => 1,
            CBrace | CBracket | CParen | SequenceEnd => -1,
            _ => 0,
        }
    }

    /// Whether a line ends with this; line comments hold their line end.
    fn ends_line(&self) -> bool {
        match self.kind {
            TokenKind::Newline => true,
            TokenKind::Comment => self.text.ends_with('\n'),
            _ => false,
        }
    }
}

/// Brings source text into the canonical style. Text with a syntax error comes back as it is: what it means is not
/// known, so that any change could make it worse.
pub fn format(text: &str) -> String {
    let mut formatted = format_once(text);
    while formatted.is_unwrapped {
        // What was within an interpolation may be one itself, once a comment is out of the way.
        formatted = format_once(&formatted.text);
    }
    formatted.text
}

struct Formatted {
    text: String,
    /// Whether an interpolation lost what was around it.
    is_unwrapped: bool,
}

fn format_once(text: &str) -> Formatted {
    let (body, diagnostics) = parse_body(FileId(0), text);
    if diagnostics.has_errors() {
        return Formatted { text: text.to_owned(), is_unwrapped: false };
    }
    let tokens = lexer::lex(text, lexer::Start::Code, lexer::Comments::Keep);
    let rewrite::Rewritten { mut pieces, is_unwrapped } = rewrite::rewrite(text, &tokens, &body);
    layout::lay_out(&mut pieces);
    let mut formatted = String::with_capacity(text.len() + text.len() / 8);
    for piece in &pieces {
        formatted.extend(std::iter::repeat_n(' ', piece.spaces));
        formatted.push_str(&piece.text);
    }
    formatted.extend(std::iter::repeat_n(' ', bytes_after_last(text, &tokens)));
    Formatted { text: formatted, is_unwrapped }
}

/// The white space at the very end, which belongs to no line and stays, a space for every byte.
fn bytes_after_last(text: &str, tokens: &[Token]) -> usize {
    let last = tokens.iter().rfind(|t| t.kind != TokenKind::EndOfFile);
    text.len() - last.map_or(0, |t| t.end as usize)
}
