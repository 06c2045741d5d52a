//! How a text ends that somebody is still writing.

use super::lexer::{Comments, Start, lex};
use super::token::TokenKind;

/// Where a text stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Outside of everything: nothing has to follow.
    Complete,
    /// Within brackets or an interpolation that a further line may close.
    InBrackets,
    /// Within a quoted string, which ends on its line.
    InString,
    /// Within a heredoc.
    InHeredoc,
}

/// Finds where an expression's text stops.
pub fn ending(text: &str) -> Ending {
    let mut open: Vec<TokenKind> = Vec::new();
    for token in lex(text, Start::Code, Comments::Drop) {
        if token.kind.is_opening() {
            open.push(token.kind);
        } else if open.last().and_then(|o| o.opposite()) == Some(token.kind) {
            open.pop();
        }
    }
    match open.last() {
        None => Ending::Complete,
        Some(TokenKind::OQuote) => Ending::InString,
        Some(TokenKind::OHeredoc) => Ending::InHeredoc,
        Some(_) => Ending::InBrackets,
    }
}

#[cfg(test)]
mod tests {
    use super::{Ending, ending};

    #[test]
    fn endings_are_found() {
        for (text, expected) in [
            ("", Ending::Complete),
            ("a.b", Ending::Complete),
            ("f(1)]", Ending::Complete),
            ("# (", Ending::Complete),
            ("f(", Ending::InBrackets),
            ("[\"]\",", Ending::InBrackets),
            ("\"a ${f", Ending::InBrackets),
            ("\"%{ if x", Ending::InBrackets),
            ("f(\"a", Ending::InString),
            ("\"a ${b} c", Ending::InString),
            ("<<E\nx", Ending::InHeredoc),
            ("<<E\nE\n", Ending::Complete),
            ("[<<E\nE\n", Ending::InBrackets),
        ] {
            assert_eq!(ending(text), expected, "{text:?}");
        }
    }
}
