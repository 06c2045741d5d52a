//! JSON text to tokens. Never fails: what means nothing becomes [`TokenKind::Invalid`].

use model::{FileId, Span};

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    Equals,
    Keyword,
    /// From quote to quote; the closing one may be missing.
    String,
    Number,
    Invalid,
    End,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
}

/// A position in JSON text, with the token that comes next.
pub(super) struct Scanner<'t> {
    pub file: FileId,
    pub text: &'t str,
    next: Token,
}

impl<'t> Scanner<'t> {
    pub fn new(file: FileId, text: &'t str) -> Scanner<'t> {
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Scanner { file, text, next: scan(text, start) }
    }

    pub fn peek(&self) -> Token {
        self.next
    }

    pub fn read(&mut self) -> Token {
        let token = self.next;
        self.next = match token.kind {
            // Nothing behind such a character can be trusted.
            TokenKind::Invalid | TokenKind::End => {
                Token { kind: TokenKind::End, start: token.end, end: token.end }
            }
            _ => scan(self.text, token.end),
        };
        token
    }

    pub fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    pub fn text_of(&self, token: Token) -> &'t str {
        &self.text[token.start..token.end]
    }
}

fn scan(text: &str, from: usize) -> Token {
    let bytes = text.as_bytes();
    let spaces = bytes[from..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
    let start = from + spaces;
    let rest = &bytes[start..];
    let run = |belongs: fn(&u8) -> bool| rest.iter().take_while(|b| belongs(b)).count();
    let (kind, len) = match rest.first() {
        None => (TokenKind::End, 0),
        Some(b'{') => (TokenKind::OpenBrace, 1),
        Some(b'}') => (TokenKind::CloseBrace, 1),
        Some(b'[') => (TokenKind::OpenBracket, 1),
        Some(b']') => (TokenKind::CloseBracket, 1),
        Some(b',') => (TokenKind::Comma, 1),
        Some(b':') => (TokenKind::Colon, 1),
        Some(b'=') => (TokenKind::Equals, 1),
        Some(b'"') => (TokenKind::String, string_len(rest)),
        Some(b'-' | b'.' | b'0'..=b'9') => (TokenKind::Number, run(is_of_number)),
        Some(b) if b.is_ascii_alphabetic() => (TokenKind::Keyword, run(is_of_word)),
        Some(_) => (TokenKind::Invalid, text[start..].chars().next().map_or(1, char::len_utf8)),
    };
    Token { kind, start, end: start + len }
}

fn is_of_number(byte: &u8) -> bool {
    matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
}

fn is_of_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

/// The length of a string with its quotes; without a closing quote it ends with the line.
fn string_len(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' => return at,
            b'\\' if bytes.get(at + 1).is_some_and(|b| *b != b'\n') => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}
