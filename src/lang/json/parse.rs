//! Tokens to nodes, going on past errors as far as the brackets allow.

use model::diagnostic::did_you_mean;
use model::{Diagnostics, FileId, Number, Span, err};

use super::scan::{Scanner, Token, TokenKind};
use super::{Node, NodeKind, Property, Text};
use crate::parse::{MAX_DEPTH, Places, normalized};

const VALUE_DETAIL: &str =
    "A value is an object, an array, a number, a string in double quotes, true, false or null.";

/// Parses a whole text.
pub fn parse(file: FileId, text: &str) -> (Node, Diagnostics) {
    let scanner = Scanner::new(file, text);
    let mut parser = Parser { scanner, diags: Diagnostics::new(), depth: 0, abandoned: false };
    let node = parser.value();
    let next = parser.scanner.peek();
    if parser.diags.is_empty() && next.kind != TokenKind::End {
        parser.report(
            next,
            "Extraneous data after value",
            "The value is complete before this; nothing may follow.",
        );
    }
    (node, parser.diags)
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    diags: Diagnostics,
    depth: usize,
    /// Set when the nesting is too deep; no further message makes sense.
    abandoned: bool,
}

impl Parser<'_> {
    fn report(&mut self, at: Token, summary: &'static str, detail: &str) {
        if !self.abandoned {
            let span = self.scanner.span(at);
            self.diags.push(err!(span, summary, "{detail}"));
        }
    }

    fn value(&mut self) -> Node {
        let token = self.scanner.peek();
        let kind = match token.kind {
            TokenKind::OpenBrace | TokenKind::OpenBracket if self.depth >= MAX_DEPTH => {
                self.report(
                    token,
                    "Nesting too deep",
                    "Too many objects and arrays stand within each other.",
                );
                self.abandoned = true;
                while self.scanner.read().kind != TokenKind::End {}
                None
            }
            TokenKind::OpenBrace => self.nested(Self::object),
            TokenKind::OpenBracket => self.nested(Self::array),
            TokenKind::Number => self.number(),
            TokenKind::String => self.string().map(NodeKind::String),
            TokenKind::Keyword => self.keyword(),
            kind => {
                let (summary, detail) = match kind {
                    TokenKind::CloseBrace => ("Missing JSON value", VALUE_DETAIL),
                    TokenKind::CloseBracket => ("Missing array element value", VALUE_DETAIL),
                    TokenKind::End => ("Missing value", "The text ends before the value does."),
                    _ => ("Invalid start of value", VALUE_DETAIL),
                };
                self.report(token, summary, detail);
                None
            }
        };
        let start = self.scanner.span(token);
        match kind {
            Some(NodeKind::Array(items)) => {
                Node { span: self.up_to_here(start), kind: NodeKind::Array(items) }
            }
            Some(NodeKind::Object(p)) => Node { span: self.up_to_here(start), kind: NodeKind::Object(p) },
            Some(kind) => Node { kind, span: start },
            None => Node { kind: NodeKind::Invalid, span: start },
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Option<NodeKind>) -> Option<NodeKind> {
        self.depth += 1;
        let kind = read(self);
        self.depth -= 1;
        kind
    }

    /// From a place to the end of the text that was read.
    fn up_to_here(&self, start: Span) -> Span {
        let next = self.scanner.peek().start;
        let read = self.scanner.text[..next].trim_end_matches([' ', '\t', '\r', '\n']).len();
        Span { end: read as u32, ..start }
    }

    fn object(&mut self) -> Option<NodeKind> {
        let open = self.scanner.read();
        let mut properties = Vec::new();
        while self.scanner.peek().kind != TokenKind::CloseBrace {
            properties.push(self.property()?);
            let next = self.scanner.peek();
            match next.kind {
                TokenKind::CloseBrace => break,
                TokenKind::Comma => {
                    self.scanner.read();
                    if self.scanner.peek().kind == TokenKind::CloseBrace {
                        self.report(
                            next,
                            "Trailing comma in object",
                            "A comma stands between two properties, never behind the last one.",
                        );
                        return None;
                    }
                }
                TokenKind::End => {
                    self.report(open, "Unclosed object", "The object that begins here is never closed.");
                    return None;
                }
                TokenKind::CloseBracket => {
                    self.scanner.read();
                    self.report(
                        next,
                        "Mismatched braces",
                        "The object is open here; it is closed with \"}\".",
                    );
                    return None;
                }
                _ => {
                    self.recover(TokenKind::OpenBrace, TokenKind::CloseBrace);
                    let at = self.scanner.peek();
                    self.report(
                        at,
                        "Missing attribute seperator comma",
                        "Expected a comma before the next property.",
                    );
                    return None;
                }
            }
        }
        self.scanner.read();
        Some(NodeKind::Object(properties))
    }

    fn property(&mut self) -> Option<Property> {
        let name = self.value();
        let name_span = name.span;
        let name = match name.kind {
            NodeKind::String(text) => text,
            NodeKind::Invalid => return None,
            _ => {
                self.diags.push(err!(
                    name_span,
                    "Invalid object property name",
                    "The name of a property stands in double quotes."
                ));
                return None;
            }
        };
        let colon = self.scanner.peek();
        if colon.kind == TokenKind::Colon {
            self.scanner.read();
            return Some(Property { name, name_span, value: self.value() });
        }
        self.recover(TokenKind::OpenBrace, TokenKind::CloseBrace);
        let (summary, detail) = match colon.kind {
            TokenKind::CloseBrace | TokenKind::Comma => {
                ("Missing object value", "Expected a colon and a value behind the name of this property.")
            }
            TokenKind::Equals => (
                "Missing property value colon",
                "In JSON a colon stands between name and value, not an equals sign.",
            ),
            _ => (
                "Missing property value colon",
                "Expected a colon between the name of this property and its value.",
            ),
        };
        self.report(colon, summary, detail);
        None
    }

    fn array(&mut self) -> Option<NodeKind> {
        let open = self.scanner.read();
        let mut items = Vec::new();
        while self.scanner.peek().kind != TokenKind::CloseBracket {
            items.push(self.value());
            let next = self.scanner.peek();
            let detail = match next.kind {
                TokenKind::CloseBracket => break,
                TokenKind::Comma => {
                    self.scanner.read();
                    if self.scanner.peek().kind == TokenKind::CloseBracket {
                        self.report(
                            next,
                            "Trailing comma in array",
                            "A comma stands between two values, never behind the last one.",
                        );
                        return None;
                    }
                    continue;
                }
                TokenKind::End => {
                    self.report(open, "Unclosed object", "The array that begins here is never closed.");
                    return None;
                }
                TokenKind::Colon => (
                    "Invalid array value",
                    "An array has values alone; names with colons belong into an object.",
                ),
                TokenKind::CloseBrace => {
                    ("Mismatched brackets", "The array is open here; it is closed with \"]\".")
                }
                _ => ("Missing attribute seperator comma", "Expected a comma before the next value."),
            };
            self.recover(TokenKind::OpenBracket, TokenKind::CloseBracket);
            let at = if next.kind == TokenKind::CloseBrace { next } else { self.scanner.peek() };
            self.report(at, detail.0, detail.1);
            return None;
        }
        self.scanner.read();
        Some(NodeKind::Array(items))
    }

    /// Reads up to and including the bracket that closes the current nesting.
    fn recover(&mut self, open: TokenKind, close: TokenKind) {
        let mut nesting = 1;
        while nesting > 0 {
            let kind = self.scanner.read().kind;
            if kind == TokenKind::End {
                return;
            }
            nesting += usize::from(kind == open);
            nesting -= usize::from(kind == close);
        }
    }

    fn number(&mut self) -> Option<NodeKind> {
        let token = self.scanner.read();
        let text = self.scanner.text_of(token);
        let number = is_number(text).then(|| Number::parse(text)).flatten();
        if number.is_none() {
            let detail = "This is no number.";
            self.report(token, "Invalid JSON number", detail);
        }
        number.map(NodeKind::Number)
    }

    fn string(&mut self) -> Option<Text> {
        let token = self.scanner.read();
        match decode(self.scanner.text_of(token), token.start) {
            Ok(text) => Some(text),
            Err(at) => {
                let wrong = Token { start: at, end: token.end.min(at + 1).max(at), ..token };
                let detail = "This is no string: a quote, a backslash or an escape is not as it should be.";
                self.report(wrong, "Invalid JSON string", detail);
                None
            }
        }
    }

    fn keyword(&mut self) -> Option<NodeKind> {
        let token = self.scanner.read();
        let word = self.scanner.text_of(token);
        let detail = match word {
            "true" => return Some(NodeKind::Bool(true)),
            "false" => return Some(NodeKind::Bool(false)),
            "null" => return Some(NodeKind::Null),
            "undefined" | "NaN" | "Infinity" => {
                format!("JSON has no {word}.")
            }
            _ => {
                let hint = did_you_mean(&word.to_ascii_lowercase(), ["true", "false", "null"]);
                format!("{word:?} means nothing in JSON; there are true, false and null.{hint}")
            }
        };
        self.report(token, "Invalid JSON keyword", &detail);
        None
    }
}

/// Whether a text has the form that JSON allows numbers.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let unsigned = |s: &str| digits(s.strip_prefix(['+', '-']).unwrap_or(s));
    let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
    digits(whole) && !has_leading_zero && fraction.is_none_or(digits) && exponent.is_none_or(unsigned)
}

/// Decodes a string with its quotes, which begins at an offset; otherwise the offset of what is wrong.
fn decode(quoted: &str, offset: usize) -> Result<Text, usize> {
    let mut decoded = String::with_capacity(quoted.len());
    let mut places = Places::from(offset + 1);
    let mut at = 1;
    loop {
        let rest = &quoted[at..];
        let Some(len) = rest.find(|c| matches!(c, '"' | '\\' | '\0'..='\x1f')) else {
            return Err(offset + quoted.len());
        };
        decoded.push_str(&rest[..len]);
        at += len;
        match rest.as_bytes()[len] {
            b'"' => break,
            b'\\' => {
                let (c, len) = unescape(&quoted[at..]).ok_or(offset + at)?;
                decoded.push(c);
                at += len;
                places.resume(decoded.len(), offset + at);
            }
            _ => return Err(offset + at),
        }
    }
    let text = normalized(&decoded);
    let decoded = if *text == *decoded { text.clone() } else { decoded.into() };
    Ok(Text { text, decoded, places })
}

/// What an escape stands for, and its length.
fn unescape(text: &str) -> Option<(char, usize)> {
    let c = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((c, 2))
}

/// A code unit or a pair of surrogates; half a pair becomes the replacement character.
fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |from: usize| {
        let digits = text.get(from..from + 4)?;
        digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    };
    let first = unit(2)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 6));
    }
    let second = if text.get(6..8) == Some("\\u") { unit(8) } else { None };
    let pair = second.and_then(|second| char::decode_utf16([first as u16, second as u16]).next()?.ok());
    Some(pair.map_or((char::REPLACEMENT_CHARACTER, 6), |c| (c, 12)))
}
