//! Errors that single tokens are, wherever they stand.

use model::{Diagnostic, Diagnostics, FileId, err};

use super::token::{Token, TokenKind};

/// Reports the tokens that have no place in the language, without repeating itself too often.
pub(super) fn check(tokens: &[Token], file: FileId, source: &str) -> Diagnostics {
    let mut told = Told::default();
    let suspects = tokens.iter().filter(|t| is_suspect(t.kind));
    Diagnostics(suspects.filter_map(|t| told.check(*t, file, source)).collect())
}

fn is_suspect(kind: TokenKind) -> bool {
    use TokenKind::{Apostrophe, Backtick, Bitwise, Invalid, QuotedNewline, Semicolon};
    matches!(kind, Apostrophe | Backtick | Bitwise | Invalid | QuotedNewline | Semicolon)
}

/// How often each kind was seen.
#[derive(Default)]
struct Told {
    bitwise: usize,
    apostrophes: usize,
    backticks: usize,
    semicolons: usize,
}

impl Told {
    fn check(&mut self, token: Token, file: FileId, source: &str) -> Option<Diagnostic> {
        let span = token.span(file);
        let text = token.text(source);
        match token.kind {
            TokenKind::Bitwise => once_below(&mut self.bitwise, 4).then(|| {
                err!(span, "Unsupported operator", "There are no operators on bits.{}", bitwise_hint(text))
            }),
            // Only the first of a pair is worth a message.
            TokenKind::Backtick => alternating(&mut self.backticks).then(|| {
                err!(
                    span,
                    "Invalid character",
                    "A backtick (`) has no meaning here. A text of several lines is written as a heredoc that begins \
                     with \"<<EOT\"."
                )
            }),
            TokenKind::Apostrophe => alternating(&mut self.apostrophes).then(|| {
                err!(span, "Invalid character", "Strings are enclosed in double quotes (\"), not in single ones.")
            }),
            TokenKind::Semicolon => once_below(&mut self.semicolons, 1).then(|| {
                err!(
                    span,
                    "Invalid character",
                    "A semicolon (;) separates nothing here. Arguments and blocks are separated by line ends, the \
                     items of a collection by commas."
                )
            }),
            TokenKind::QuotedNewline => Some(err!(
                span,
                "Invalid multi-line string",
                "A quoted string must end on the line on which it begins. Write \\n for a line end within it, use a \
                 heredoc (\"<<EOT\") for a text of several lines, or add the missing closing quote."
            )),
            TokenKind::Invalid => Some(invalid_character(span, text)),
            _ => None,
        }
    }
}

fn invalid_character(span: model::Span, text: &str) -> Diagnostic {
    let what = match text.chars().next() {
        Some('\r') => "A carriage return that no line feed follows".to_owned(),
        Some('\\') => "A backslash (\\) here".to_owned(),
        Some(c) if c.is_control() || c.is_whitespace() || !is_visible(c) => {
            format!("The invisible character U+{:04X}", c as u32)
        }
        Some(c) => format!("The character {c:?}"),
        None => "This character".to_owned(),
    };
    err!(span, "Invalid character", "{what} has no meaning in the language.")
}

fn is_visible(c: char) -> bool {
    !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn bitwise_hint(operator: &str) -> &'static str {
    match operator {
        "&" => " Did you mean \"&&\", which is true if both sides are?",
        "|" => " Did you mean \"||\", which is true if one of the sides is?",
        "~" => " Did you mean \"!\", which negates a condition?",
        _ => "",
    }
}

/// Whether the count is still below the limit; counts up to it.
fn once_below(count: &mut usize, limit: usize) -> bool {
    let below = *count < limit;
    *count += usize::from(below);
    below
}

/// True for the first of every pair, up to a limit beyond which none is told.
fn alternating(count: &mut usize) -> bool {
    let odd = (*count).is_multiple_of(2);
    *count += usize::from(*count <= 2);
    odd
}
