//! Text to tokens. Never fails: what means nothing becomes [`TokenKind::Invalid`].
//!
//! Which piece of text is one token matters beyond this file: `~` strips white space of one neighbouring token only,
//! and heredocs are dedented token by token.

use super::token::{Token, TokenKind};

/// How a text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// With code.
    Code,
    /// With template text.
    Template,
}

/// Whether comments become tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comments {
    /// Line comments count as their line end, block comments as nothing.
    Drop,
    /// All comments are tokens, line comments with their line end.
    Keep,
}

/// Cuts a text into tokens; the last is always [`TokenKind::EndOfFile`].
pub(crate) fn lex(text: &str, start: Start, comments: Comments) -> Vec<Token> {
    let first_mode = if start == Start::Code { Mode::Code } else { Mode::Bare };
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        pos: if text.starts_with('\u{feff}') { 3 } else { 0 },
        tokens: Vec::with_capacity(text.len() / 6 + 8),
        modes: vec![first_mode],
        braces: 0,
        sequence_braces: Vec::new(),
        keep_comments: comments == Comments::Keep,
        no_comment_end_after: None,
    };
    lexer.run();
    lexer.tokens
}

/// Whether a character may begin a name.
pub(crate) fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic()
        || c == '_'
        || (!c.is_ascii()
            && (unicode_ident::is_xid_start(c) || is_compatibility_letter(c) || is_sign_letter(c)))
}

/// Whether a character may continue a name.
pub(crate) fn is_name_continue(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || c == '_'
        || c == '-'
        || (!c.is_ascii() && (unicode_ident::is_xid_continue(c) || is_compatibility_letter(c)))
}

/// Letters of ID_Start and ID_Continue which XID_Start and XID_Continue leave out.
fn is_compatibility_letter(c: char) -> bool {
    matches!(c, '\u{37a}' | '\u{309b}'..='\u{309c}' | '\u{fc5e}'..='\u{fc63}' | '\u{fdfa}'..='\u{fdfb}'
        | '\u{fe70}' | '\u{fe72}' | '\u{fe74}' | '\u{fe76}' | '\u{fe78}' | '\u{fe7a}' | '\u{fe7c}' | '\u{fe7e}')
}

/// Letters of ID_Start which XID_Start leaves out, although XID_Continue has them.
fn is_sign_letter(c: char) -> bool {
    matches!(c, '\u{e33}' | '\u{eb3}' | '\u{ff9e}'..='\u{ff9f}')
}

/// What kind of text the lexer is in.
enum Mode {
    Code,
    Quoted,
    Heredoc {
        /// The range of the marker's name.
        marker: (usize, usize),
        /// Whether the closing marker may come next.
        at_line_start: bool,
    },
    /// A template without quotes around it.
    Bare,
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    tokens: Vec<Token>,
    /// Where we are; the last is the innermost.
    modes: Vec<Mode>,
    /// Number of open braces, those of interpolations included.
    braces: i64,
    /// The values of `braces` whose closing brace ends an interpolation or directive.
    sequence_braces: Vec<i64>,
    keep_comments: bool,
    /// A position after which no `*/` is to be found.
    no_comment_end_after: Option<usize>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.pos < self.bytes.len() {
            match self.modes.last() {
                Some(Mode::Quoted) => self.quoted(),
                Some(Mode::Heredoc { .. }) => self.heredoc(),
                Some(Mode::Bare) => self.bare(),
                Some(Mode::Code) | None => self.code(),
            }
        }
        self.emit(TokenKind::EndOfFile, 0);
    }

    fn emit(&mut self, kind: TokenKind, len: usize) {
        let token = Token { kind, start: self.pos as u32, end: (self.pos + len) as u32 };
        self.tokens.push(token);
        self.pos += len;
    }

    fn byte(&self, ahead: usize) -> u8 {
        // A NUL in the text is no delimiter of anything, so that it may stand for the end, too.
        self.bytes.get(self.pos + ahead).copied().unwrap_or(0)
    }

    fn char_len(&self, pos: usize) -> usize {
        self.text[pos..].chars().next().map_or(1, char::len_utf8)
    }

    fn code(&mut self) {
        let next = self.byte(1);
        match self.bytes[self.pos] {
            b' ' | b'\t' => self.pos += 1,
            b'\n' => self.emit(TokenKind::Newline, 1),
            b'\r' if next == b'\n' => self.emit(TokenKind::Newline, 2),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.name(),
            b'0'..=b'9' => self.number(),
            b'"' => self.enter(TokenKind::OQuote, Mode::Quoted),
            b'#' => self.line_comment(),
            b'/' if next == b'/' => self.line_comment(),
            b'/' if next == b'*' => self.block_comment(),
            b'<' if next == b'<' => self.heredoc_start(),
            b'{' => {
                self.emit(TokenKind::OBrace, 1);
                self.braces += 1;
            }
            b'}' => self.close_brace(TokenKind::CBrace, 1),
            b'~' if next == b'}' => self.close_brace(TokenKind::SequenceEnd, 2),
            first if first.is_ascii() => {
                let (kind, len) = symbol(first, next, self.byte(2));
                self.emit(kind, len);
            }
            _beyond_ascii => self.beyond_ascii(),
        }
    }

    fn beyond_ascii(&mut self) {
        match self.text[self.pos..].chars().next() {
            Some(c) if is_name_start(c) => self.name(),
            other => self.emit(TokenKind::Invalid, other.map_or(1, char::len_utf8)),
        }
    }

    fn name(&mut self) {
        let rest = &self.bytes[self.pos..];
        let ascii = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
        let len = match rest.get(ascii) {
            Some(b) if !b.is_ascii() => {
                let text = &self.text[self.pos..];
                text.find(|c| !is_name_continue(c)).unwrap_or(text.len())
            }
            _ => ascii,
        };
        self.emit(TokenKind::Ident, len);
    }

    /// Takes what looks like a number, `1.2.3` too; whether it is one is decided later.
    fn number(&mut self) {
        let rest = &self.bytes[self.pos..];
        let at = |i: usize| rest.get(i).copied().unwrap_or(0);
        let (mut i, mut len) = (1, 1);
        loop {
            match at(i) {
                b'0'..=b'9' => i += 1,
                b'.' => {
                    i += 1;
                    continue;
                }
                b'e' | b'E' if at(i + 1).is_ascii_digit() => i += 2,
                b'e' | b'E' if matches!(at(i + 1), b'+' | b'-') && at(i + 2).is_ascii_digit() => i += 3,
                _ => break,
            }
            len = i;
        }
        self.emit(TokenKind::Number, len);
    }

    fn line_comment(&mut self) {
        let rest = &self.bytes[self.pos..];
        let newline = rest.iter().position(|b| *b == b'\n');
        let len = newline.map_or(rest.len(), |i| i + 1);
        match (self.keep_comments, newline) {
            (true, _) => self.emit(TokenKind::Comment, len),
            (false, Some(_)) => self.emit(TokenKind::Newline, len),
            (false, None) => self.pos += len,
        }
    }

    fn block_comment(&mut self) {
        let start = self.pos + 2;
        let known_missing = self.no_comment_end_after.is_some_and(|p| start >= p);
        let end = if known_missing { None } else { self.text[start..].find("*/") };
        match end {
            None => {
                self.no_comment_end_after.get_or_insert(start);
                self.emit(TokenKind::Slash, 1);
            }
            Some(len) if self.keep_comments => self.emit(TokenKind::Comment, len + 4),
            Some(len) => self.pos += len + 4,
        }
    }

    fn enter(&mut self, kind: TokenKind, mode: Mode) {
        self.emit(kind, 1);
        self.modes.push(mode);
    }

    fn close_brace(&mut self, otherwise: TokenKind, len: usize) {
        if self.sequence_braces.last() == Some(&self.braces) {
            self.sequence_braces.pop();
            self.modes.pop();
            self.emit(TokenKind::SequenceEnd, len);
        } else {
            self.emit(otherwise, len);
        }
        self.braces -= 1;
    }

    /// `<<NAME` or `<<-NAME` to the end of the line, or else `<`.
    fn heredoc_start(&mut self) {
        let name = self.pos + if self.byte(2) == b'-' { 3 } else { 2 };
        let rest = &self.text[name..];
        let len = rest.find(|c| !is_name_continue(c)).unwrap_or(rest.len());
        let newline = match &rest.as_bytes()[len..] {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => 0,
        };
        if newline == 0 || !rest.starts_with(is_name_start) {
            return self.emit(TokenKind::Less, 1);
        }
        self.emit(TokenKind::OHeredoc, name + len + newline - self.pos);
        self.modes.push(Mode::Heredoc { marker: (name, name + len), at_line_start: true });
    }

    fn quoted(&mut self) {
        match self.bytes[self.pos] {
            b'"' => {
                self.emit(TokenKind::CQuote, 1);
                self.modes.pop();
            }
            b'\n' | b'\r' => {
                let run = self.bytes[self.pos..].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
                self.emit(TokenKind::QuotedNewline, run);
            }
            b'$' | b'%' => self.sigil(TokenKind::QuotedText),
            _ => match self.quoted_text_len() {
                0 => self.emit(TokenKind::Invalid, 1),
                len => self.emit(TokenKind::QuotedText, len),
            },
        }
    }

    /// The length of text without interpolations; a backslash holds on to the character behind it.
    fn quoted_text_len(&self) -> usize {
        let mut i = self.pos;
        while let Some(b) = self.bytes.get(i) {
            match b {
                b'"' | b'$' | b'%' | b'\n' | b'\r' => break,
                b'\\' => match self.bytes.get(i + 1) {
                    None | Some(b'\n' | b'\r') => break,
                    Some(_) => i += 1 + self.char_len(i + 1),
                },
                _ => i += 1,
            }
        }
        i - self.pos
    }

    /// `$` or `%` in a template: the start of a sequence, its escape, or nothing special.
    fn sigil(&mut self, text: TokenKind) {
        let sigil = self.bytes[self.pos];
        let tilde = |at: usize| usize::from(self.byte(at) == b'~');
        if self.byte(1) == b'{' {
            let kind = if sigil == b'$' { TokenKind::Interpolation } else { TokenKind::Directive };
            let len = 2 + tilde(2);
            return self.enter_sequence(kind, len);
        }
        let len = if self.byte(1) == sigil && self.byte(2) == b'{' { 3 + tilde(3) } else { 1 };
        let at_end = self.pos + len == self.bytes.len() && len == 1;
        // Whether a last `$` is text cannot be told without the character behind it; only a bare template has none.
        let kind = if at_end && !self.is_bare_to_the_end() { TokenKind::Invalid } else { text };
        self.leave_line_start();
        self.emit(kind, len);
    }

    fn is_bare_to_the_end(&self) -> bool {
        matches!(self.modes[..], [Mode::Bare])
    }

    fn enter_sequence(&mut self, kind: TokenKind, len: usize) {
        self.leave_line_start();
        self.emit(kind, len);
        self.braces += 1;
        self.sequence_braces.push(self.braces);
        self.modes.push(Mode::Code);
    }

    fn leave_line_start(&mut self) {
        if let Some(Mode::Heredoc { at_line_start, .. }) = self.modes.last_mut() {
            *at_line_start = false;
        }
    }

    /// The length of text up to a sigil or line end, and what ends it.
    fn plain_text_len(&self) -> (usize, u8) {
        let rest = &self.bytes[self.pos..];
        let len = rest.iter().position(|b| matches!(b, b'$' | b'%' | b'\n' | b'\r')).unwrap_or(rest.len());
        (len, rest.get(len).copied().unwrap_or(0))
    }

    fn heredoc(&mut self) {
        let (len, stop) = self.plain_text_len();
        let newline = match stop {
            b'\n' => 1,
            b'\r' if self.byte(len + 1) == b'\n' => 2,
            _ => 0,
        };
        if self.is_alone_behind_sigil() {
            self.leave_line_start();
            return self.emit(TokenKind::PlainText, 1);
        }
        if newline > 0 {
            return self.heredoc_line(len, newline);
        }
        if len > 0 {
            self.leave_line_start();
            return self.emit(TokenKind::PlainText, len);
        }
        match stop {
            // A lone carriage return is a line end to nobody; nothing behind it can be made sense of.
            b'\r' => self.emit(TokenKind::Invalid, self.bytes.len() - self.pos),
            _sigil => self.sigil(TokenKind::PlainText),
        }
    }

    /// Whether the next character is the only one between a `$` or `%` that means nothing and a line feed: it stands apart
    /// from the line end, and so is not stripped with it.
    fn is_alone_behind_sigil(&self) -> bool {
        let before = self.pos.checked_sub(1).and_then(|at| self.bytes.get(at));
        matches!(before, Some(b'$' | b'%'))
            && !matches!(self.byte(0), b'\n' | b'$' | b'%')
            && self.byte(1) == b'\n'
    }

    fn heredoc_line(&mut self, len: usize, newline: usize) {
        let Some(Mode::Heredoc { marker, at_line_start }) = self.modes.last_mut() else { return };
        let may_close = std::mem::replace(at_line_start, true);
        let line = self.text[self.pos..self.pos + len].trim();
        if may_close && line == &self.text[marker.0..marker.1] {
            self.modes.pop();
            self.emit(TokenKind::CHeredoc, len);
            self.emit(TokenKind::Newline, newline);
        } else {
            self.emit(TokenKind::PlainText, len + newline);
        }
    }

    fn bare(&mut self) {
        let (len, stop) = self.plain_text_len();
        match stop {
            _ if self.is_alone_behind_sigil() => self.emit(TokenKind::PlainText, 1),
            b'\n' => self.emit(TokenKind::PlainText, len + 1),
            b'\r' if self.byte(len + 1) == b'\n' => self.emit(TokenKind::PlainText, len + 2),
            b'\r' if len == 0 => self.emit(TokenKind::PlainText, 1),
            _sigil_or_end if len > 0 => self.emit(TokenKind::PlainText, len),
            _sigil => self.sigil(TokenKind::PlainText),
        }
    }
}

/// Operators and punctuation by their first characters.
fn symbol(first: u8, second: u8, third: u8) -> (TokenKind, usize) {
    match (first, second, third) {
        (b'.', b'.', b'.') => (TokenKind::Ellipsis, 3),
        (b'=', b'=', _) => (TokenKind::Equal, 2),
        (b'=', b'>', _) => (TokenKind::FatArrow, 2),
        (b'!', b'=', _) => (TokenKind::NotEqual, 2),
        (b'>', b'=', _) => (TokenKind::GreaterOrEqual, 2),
        (b'<', b'=', _) => (TokenKind::LessOrEqual, 2),
        (b'&', b'&', _) => (TokenKind::And, 2),
        (b'|', b'|', _) => (TokenKind::Or, 2),
        (b':', b':', _) => (TokenKind::DoubleColon, 2),
        _ => (single_symbol(first), 1),
    }
}

fn single_symbol(symbol: u8) -> TokenKind {
    match symbol {
        b'[' => TokenKind::OBracket,
        b']' => TokenKind::CBracket,
        b'(' => TokenKind::OParen,
        b')' => TokenKind::CParen,
        b'.' => TokenKind::Dot,
        b',' => TokenKind::Comma,
        b'*' => TokenKind::Star,
        b'/' => TokenKind::Slash,
        b'%' => TokenKind::Percent,
        b'+' => TokenKind::Plus,
        b'-' => TokenKind::Minus,
        b'=' => TokenKind::Assign,
        b'<' => TokenKind::Less,
        b'>' => TokenKind::Greater,
        b'!' => TokenKind::Bang,
        b'?' => TokenKind::Question,
        b':' => TokenKind::Colon,
        b'&' | b'|' | b'^' | b'~' => TokenKind::Bitwise,
        b'\'' => TokenKind::Apostrophe,
        b'`' => TokenKind::Backtick,
        b';' => TokenKind::Semicolon,
        _ => TokenKind::Invalid,
    }
}
