//! Whether a space stands between two tokens of a line.

use super::Piece;
use crate::parse::token::TokenKind;

/// Whether a space stands between a token and the one after it, given the one before (nothing at the start of a cell).
pub(super) fn is_spaced(before: Option<&Piece<'_>>, token: &Piece<'_>, after: &Piece<'_>) -> bool {
    use TokenKind as K;
    match (token.kind, after.kind) {
        (_, K::Newline) => false,
        (K::Ident, K::OParen | K::DoubleColon) | (K::DoubleColon, K::Ident) => false,
        (K::Dot, _) | (_, K::Dot) => false,
        (_, K::Comma | K::Ellipsis) => false,
        (K::Comma, _) => true,
        (K::QuotedText | K::PlainText | K::OQuote | K::OHeredoc, _) => false,
        (_, K::QuotedText | K::PlainText | K::CQuote | K::CHeredoc) => false,
        // `[for x in [1] : x]` is no index of something called "in".
        (K::Ident, _) if token.text == "in" && before.is_some_and(|b| b.kind == K::Ident) => true,
        (K::Ident | K::Number, K::OBracket) => false,
        (_, K::OBracket) if token.bracket_change() < 0 => false,
        (K::Bang, _) => false,
        (K::Minus, _) => before.is_some_and(|b| ends_operand(b.kind)),
        (K::OBrace, K::CBrace) => false,
        (K::OBrace, _) | (_, K::CBrace) => true,
        // `${ {a = 1} }` rather than `${{a = 1}}`.
        (K::Interpolation | K::Directive, K::OBrace) | (K::CBrace, K::SequenceEnd) => true,
        (K::SequenceEnd, K::Interpolation | K::Directive) => false,
        _ => token.bracket_change() <= 0 && after.bracket_change() >= 0,
    }
}

/// Whether a minus behind this is a subtraction.
fn ends_operand(kind: TokenKind) -> bool {
    use TokenKind as K;
    !matches!(
        kind,
        K::OParen
            | K::OBrace
            | K::OBracket
            | K::Assign
            | K::Colon
            | K::Comma
            | K::Question
            | K::Plus
            | K::Star
            | K::Slash
            | K::Percent
            | K::Minus
            | K::Equal
            | K::NotEqual
            | K::Greater
            | K::GreaterOrEqual
            | K::Less
            | K::LessOrEqual
            | K::And
            | K::Or
            | K::Bang
    )
}
