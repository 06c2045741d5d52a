//! The kinds of tokens.

use model::{FileId, Span};

/// A piece of source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub start: u32,
    pub end: u32,
}

/// What a [`Token`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    OBrace,
    CBrace,
    OBracket,
    CBracket,
    OParen,
    CParen,
    /// The quote that opens a string.
    OQuote,
    /// The quote that closes a string.
    CQuote,
    /// `<<EOT` with its line end.
    OHeredoc,
    /// The closing marker and the white space around it, without the line end.
    CHeredoc,
    /// `${` or `${~`
    Interpolation,
    /// `%{` or `%{~`
    Directive,
    /// `}` or `~}` that ends an interpolation or directive.
    SequenceEnd,
    /// Text between quotes, escapes not yet decoded.
    QuotedText,
    /// Text in a heredoc or bare template; backslashes mean nothing.
    PlainText,
    Number,
    Ident,
    /// A line comment holds its line end. Only when asked for.
    Comment,
    Newline,
    EndOfFile,
    Star,
    Slash,
    Percent,
    Plus,
    Minus,
    Assign,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Bang,
    Dot,
    Comma,
    Colon,
    DoubleColon,
    Question,
    Ellipsis,
    FatArrow,
    /// `&`, `|`, `^` or `~`: operators of other languages.
    Bitwise,
    Apostrophe,
    Backtick,
    Semicolon,
    /// Line ends within a quoted string.
    QuotedNewline,
    /// A character that means nothing here.
    Invalid,
}

impl Token {
    pub fn span(self, file: FileId) -> Span {
        Span { file, start: self.start, end: self.end }
    }

    pub fn text(self, source: &str) -> &str {
        &source[self.start as usize..self.end as usize]
    }
}

impl TokenKind {
    /// The other end of a pair of brackets.
    pub fn opposite(self) -> Option<TokenKind> {
        Some(match self {
            TokenKind::OBrace => TokenKind::CBrace,
            TokenKind::CBrace => TokenKind::OBrace,
            TokenKind::OBracket => TokenKind::CBracket,
            TokenKind::CBracket => TokenKind::OBracket,
            TokenKind::OParen => TokenKind::CParen,
            TokenKind::CParen => TokenKind::OParen,
            TokenKind::OQuote => TokenKind::CQuote,
            TokenKind::CQuote => TokenKind::OQuote,
            TokenKind::OHeredoc => TokenKind::CHeredoc,
            TokenKind::CHeredoc => TokenKind::OHeredoc,
            TokenKind::Interpolation | TokenKind::Directive => TokenKind::SequenceEnd,
            TokenKind::SequenceEnd => TokenKind::Interpolation,
            _not_a_bracket => return None,
        })
    }

    /// Whether this opens a pair of brackets.
    pub fn is_opening(self) -> bool {
        use TokenKind::{Directive, Interpolation, OBrace, OBracket, OHeredoc, OParen, OQuote};
        matches!(self, OBrace | OBracket | OParen | OQuote | OHeredoc | Interpolation | Directive)
    }
}
