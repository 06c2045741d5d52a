//! The changes that are not white space.

use crate::ast::{Attribute, Block, Body, Ident};
use crate::fmt::Piece;
use crate::parse::normalized;
use crate::parse::token::{Token, TokenKind};

/// Tokens that others take the place of.
struct Edit<'a> {
    /// The byte range that is replaced.
    start: usize,
    end: usize,
    pieces: Vec<Piece<'a>>,
}

/// A text with the better forms in place.
pub(super) struct Rewritten<'a> {
    pub pieces: Vec<Piece<'a>>,
    /// Whether an interpolation lost what was around it.
    pub is_unwrapped: bool,
}

/// Turns tokens into pieces, with the better forms in place.
pub(super) fn rewrite<'a>(source: &'a str, tokens: &[Token], body: &Body) -> Rewritten<'a> {
    let mut edits = Edits { source, tokens, edits: Vec::new(), is_unwrapped: false };
    edits.body(body, None);
    let is_unwrapped = edits.is_unwrapped;
    let mut edits = edits.edits;
    edits.sort_by_key(|e| e.start);
    let mut pieces = Vec::with_capacity(tokens.len());
    let mut edits = edits.into_iter().peekable();
    let mut replaced_up_to = 0;
    for token in tokens.iter().filter(|t| t.kind != TokenKind::EndOfFile) {
        if let Some(edit) = edits.next_if(|e| e.start == token.start as usize) {
            replaced_up_to = edit.end;
            pieces.extend(edit.pieces);
        }
        if token.start as usize >= replaced_up_to {
            pieces.push(piece(source, *token));
        }
    }
    Rewritten { pieces, is_unwrapped }
}

fn piece<'a>(source: &'a str, token: Token) -> Piece<'a> {
    Piece::new(token.kind, token.text(source))
}

struct Edits<'a, 't> {
    source: &'a str,
    tokens: &'t [Token],
    edits: Vec<Edit<'a>>,
    is_unwrapped: bool,
}

impl<'a, 't> Edits<'a, 't> {
    /// Looks through a body; `block` is the type of the block around it where that stands at the top level.
    fn body(&mut self, body: &Body, block: Option<&str>) {
        for attribute in &body.attributes {
            self.attribute(attribute, block);
        }
        for nested in &body.blocks {
            self.labels(nested);
            let is_top_level = block.is_none();
            self.body(&nested.body, Some(if is_top_level { &nested.ty.name } else { "" }));
        }
    }

    fn attribute(&mut self, attribute: &Attribute, block: Option<&str>) {
        let span = attribute.expr.span;
        let (start, end) = (span.start as usize, span.end as usize);
        let tokens = self.tokens_within(start, end);
        let is_type = block == Some("variable") && &*attribute.name.name == "type";
        let pieces = if is_type { self.type_expression(tokens) } else { self.unwrapped(tokens) };
        if let Some(pieces) = pieces {
            self.edits.push(Edit { start, end, pieces });
        }
    }

    fn tokens_within(&self, start: usize, end: usize) -> &'t [Token] {
        let from = self.tokens.partition_point(|t| (t.start as usize) < start);
        let to = self.tokens.partition_point(|t| (t.start as usize) < end);
        &self.tokens[from..to.max(from)]
    }

    fn unwrapped(&mut self, tokens: &[Token]) -> Option<Vec<Piece<'a>>> {
        let inside = unwrapped(tokens)?;
        let pieces: Vec<Piece<'a>> = inside.iter().map(|t| piece(self.source, *t)).collect();
        let needs_parentheses = !is_enclosed(inside) && has_several_lines(&pieces);
        let ends_with_heredoc = inside.last()?.kind == TokenKind::CHeredoc;
        if ends_with_heredoc && (needs_parentheses || !self.ends_line(tokens.last()?.end)) {
            // Its marker would no longer stand alone on its line.
            return None;
        }
        self.is_unwrapped = true;
        Some(if needs_parentheses { enclosed(pieces) } else { pieces })
    }

    fn ends_line(&self, end: u32) -> bool {
        let next = self.tokens.partition_point(|t| t.start < end);
        self.tokens.get(next).is_some_and(|t| t.kind == TokenKind::Newline)
    }

    /// Types as they were written before they were expressions: `"string"`, `list`.
    fn type_expression(&self, tokens: &[Token]) -> Option<Vec<Piece<'a>>> {
        let kinds: Vec<TokenKind> = tokens.iter().map(|t| t.kind).collect();
        let text = |i: usize| tokens[i].text(self.source);
        match kinds[..] {
            [TokenKind::Ident] if matches!(text(0), "list" | "map" | "set") => Some(applied(text(0), "any")),
            [TokenKind::OQuote, TokenKind::QuotedText, TokenKind::CQuote] => match text(1) {
                "string" => Some(vec![Piece::new(TokenKind::Ident, "string")]),
                collection @ ("list" | "map") => Some(applied(collection, "string")),
                _ => None,
            },
            _ => None,
        }
    }

    fn labels(&mut self, block: &Block) {
        let mut before = block.ty.span;
        for label in &block.labels {
            // Comments between labels go; there is no place for them in the canonical form.
            let tokens = self.tokens_within(before.end as usize, label.span.end as usize);
            before = label.span;
            let Some(first) = tokens.first() else { continue };
            let start = first.start as usize;
            self.edits.push(Edit { start, end: label.span.end as usize, pieces: quoted(label) });
        }
    }
}

fn is_enclosed(tokens: &[Token]) -> bool {
    matches!(tokens, [first, .., last] if first.kind == TokenKind::OParen && last.kind == TokenKind::CParen)
}

fn enclosed(pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let mut enclosed = vec![Piece::new(TokenKind::OParen, "(")];
    enclosed.extend(pieces);
    enclosed.push(Piece::new(TokenKind::CParen, ")"));
    enclosed
}

/// Whether an expression goes on after a line has ended; comments in brackets or at the end do no harm.
fn has_several_lines(pieces: &[Piece<'_>]) -> bool {
    let mut depth = 0;
    pieces.iter().enumerate().any(|(i, piece)| {
        depth += piece.bracket_change();
        let harmless = piece.kind == TokenKind::Comment && (depth > 0 || i + 1 == pieces.len());
        piece.ends_line() && !harmless
    })
}

/// `function(argument)`
fn applied<'a>(function: &'a str, argument: &'static str) -> Vec<Piece<'a>> {
    vec![
        Piece::new(TokenKind::Ident, function),
        Piece::new(TokenKind::OParen, "("),
        Piece::new(TokenKind::Ident, argument),
        Piece::new(TokenKind::CParen, ")"),
    ]
}

fn quoted<'a>(label: &Ident) -> Vec<Piece<'a>> {
    let mut pieces = vec![Piece::new(TokenKind::OQuote, "\"")];
    if !label.name.is_empty() {
        pieces.push(Piece::new(TokenKind::QuotedText, escaped(&normalized(&label.name))));
    }
    pieces.push(Piece::new(TokenKind::CQuote, "\""));
    pieces
}

/// The text of a quoted string that means a text.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '$' | '%' if chars.peek() == Some(&'{') => escaped.extend([c, c]),
            c if c.is_control() => escaped.push_str(&format!("\\u{:04x}", c as u32)),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The expression within `"${...}"`, if the tokens are nothing else; as often as that applies on a line.
fn unwrapped(tokens: &[Token]) -> Option<&[Token]> {
    let inside = without_interpolation(tokens)?;
    let has_several_lines = inside.iter().any(|t| t.kind == TokenKind::Newline);
    Some(unwrapped(inside).filter(|_| !has_several_lines).unwrap_or(inside))
}

fn without_interpolation(tokens: &[Token]) -> Option<&[Token]> {
    let [quote, opening, inside @ .., closing, end_quote] = tokens else { return None };
    let kinds = [quote.kind, opening.kind, closing.kind, end_quote.kind];
    let wanted = [TokenKind::OQuote, TokenKind::Interpolation, TokenKind::SequenceEnd, TokenKind::CQuote];
    if kinds != wanted || !is_single_expression(inside) {
        return None;
    }
    let start = inside.iter().position(|t| t.kind != TokenKind::Newline)?;
    let end = inside.iter().rposition(|t| t.kind != TokenKind::Newline)?;
    Some(&inside[start..=end])
}

/// Whether what stands between the outermost delimiters has no further ones outside of quotes.
fn is_single_expression(inside: &[Token]) -> bool {
    let mut quotes = 0;
    inside.iter().all(|token| {
        match token.kind {
            TokenKind::OQuote => quotes += 1,
            TokenKind::CQuote => quotes -= 1,
            TokenKind::Interpolation | TokenKind::SequenceEnd | TokenKind::QuotedText => return quotes > 0,
            _ => {}
        }
        true
    })
}
