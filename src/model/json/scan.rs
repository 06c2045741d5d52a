//! Reading JSON text piece by piece, without an intermediate tree. Errors are worded as those of `jsondecode`.

use std::borrow::Cow;

use crate::quote::quote;

/// Deeper nesting is refused, so that reading never exhausts the stack.
const MAX_DEPTH: usize = 1000;

/// What is wrong with the text.
pub(super) type Malformed = String;

/// One piece of JSON text; arrays and objects have only begun.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'t> {
    Null,
    Bool(bool),
    Number(&'t str),
    String(Cow<'t, str>),
    Array,
    Object,
}

/// A position in JSON text.
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Scanner<'t> {
        Scanner { text, at: 0, depth: 0 }
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let space = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
        self.at += space;
        rest.get(space).copied()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The end of the text, or an error.
    pub(super) fn end(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            // A closing bracket too many goes unnoticed in the original.
            None | Some(b']' | b'}') => Ok(()),
            Some(_) => Err("extraneous data after JSON object".into()),
        }
    }

    /// The next value, or the beginning of one.
    pub(super) fn value(&mut self) -> Result<Token<'t>, Malformed> {
        match self.peek() {
            None => Err("EOF".into()),
            Some(b'n') => self.literal("null", Token::Null),
            Some(b't') => self.literal("true", Token::Bool(true)),
            Some(b'f') => self.literal("false", Token::Bool(false)),
            Some(b'"') => self.string().map(Token::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Token::Number),
            Some(b'[') => self.enter(Token::Array),
            Some(b'{') => self.enter(Token::Object),
            Some(byte) => Err(invalid(byte, " looking for beginning of value")),
        }
    }

    fn enter(&mut self, token: Token<'t>) -> Result<Token<'t>, Malformed> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err("exceeded max depth".into()) } else { Ok(token) }
    }

    /// Whether another element of an array follows; past its end otherwise.
    pub(super) fn next_element(&mut self, is_first: bool) -> Result<bool, Malformed> {
        match self.peek() {
            None => Err("EOF".into()),
            Some(b']') => self.leave(),
            Some(_) if is_first => Ok(true),
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) => Err(invalid(byte, " after array element")),
        }
    }

    /// The next key of an object, with its colon behind; nothing past the object's end.
    pub(super) fn next_key(&mut self, is_first: bool) -> Result<Option<Cow<'t, str>>, Malformed> {
        match self.peek() {
            None => return Err("EOF".into()),
            Some(b'}') => return self.leave().map(|_| None),
            Some(b'"') if is_first => {}
            Some(byte) if is_first => return Err(invalid(byte, "")),
            Some(b',') => {
                self.at += 1;
                match self.peek() {
                    None => return Err("EOF".into()),
                    Some(b'"') => {}
                    Some(byte) => return Err(invalid(byte, " looking for beginning of object key string")),
                }
            }
            Some(byte) => return Err(invalid(byte, " after object key:value pair")),
        }
        let key = self.string()?;
        match self.peek() {
            None => Err("EOF".into()),
            Some(b':') => {
                self.at += 1;
                Ok(Some(key))
            }
            Some(byte) => Err(invalid(byte, " after object key")),
        }
    }

    fn leave(&mut self) -> Result<bool, Malformed> {
        self.at += 1;
        self.depth -= 1;
        Ok(false)
    }

    /// The text of the next value, whole.
    pub(super) fn raw(&mut self) -> Result<&'t str, Malformed> {
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(&self.text[start..self.at])
    }

    fn skip(&mut self) -> Result<(), Malformed> {
        match self.value()? {
            Token::Array => {
                let mut is_first = true;
                while self.next_element(is_first)? {
                    self.skip()?;
                    is_first = false;
                }
            }
            Token::Object => {
                let mut is_first = true;
                while self.next_key(is_first)?.is_some() {
                    self.skip()?;
                    is_first = false;
                }
            }
            Token::Null | Token::Bool(_) | Token::Number(_) | Token::String(_) => {}
        }
        Ok(())
    }

    fn literal(&mut self, word: &str, token: Token<'t>) -> Result<Token<'t>, Malformed> {
        for expected in word.bytes() {
            match self.byte() {
                None => return Err("unexpected EOF".into()),
                Some(byte) if byte == expected => self.at += 1,
                Some(byte) => {
                    let context = format!(" in literal {word} (expecting '{}')", char::from(expected));
                    return Err(invalid(byte, &context));
                }
            }
        }
        Ok(token)
    }

    fn number(&mut self) -> Result<&'t str, Malformed> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits(" in numeric literal")?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits(" after decimal point in numeric literal")?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.digits(" in exponent of numeric literal")?;
        }
        Ok(&self.text[start..self.at])
    }

    /// At least one digit.
    fn digits(&mut self, context: &str) -> Result<(), Malformed> {
        match self.byte() {
            None => return Err("unexpected EOF".into()),
            Some(byte) if !byte.is_ascii_digit() => return Err(invalid(byte, context)),
            Some(_) => {}
        }
        while self.byte().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    /// A string from its opening quote on.
    fn string(&mut self) -> Result<Cow<'t, str>, Malformed> {
        self.at += 1;
        let start = self.at;
        self.plain_part()?;
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(&self.text[start..self.at - 1]));
        }
        let mut out = self.text[start..self.at].to_string();
        while self.byte() == Some(b'\\') {
            self.at += 1;
            out.push(self.escape()?);
            let start = self.at;
            self.plain_part()?;
            out.push_str(&self.text[start..self.at]);
        }
        self.at += 1;
        Ok(Cow::Owned(out))
    }

    /// Moves on to the next quote or backslash.
    fn plain_part(&mut self) -> Result<(), Malformed> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().take_while(|b| !matches!(b, b'"' | b'\\' | 0..0x20)).count();
        self.at += length;
        match rest.get(length) {
            None => Err("unexpected EOF".into()),
            Some(b'"' | b'\\') => Ok(()),
            Some(byte) => Err(invalid(*byte, " in string literal")),
        }
    }

    /// The character of an escape whose backslash has been read.
    fn escape(&mut self) -> Result<char, Malformed> {
        let Some(byte) = self.byte() else { return Err("unexpected EOF".into()) };
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(invalid(byte, " in string escape code")),
        })
    }

    /// A code unit or a pair of surrogates; half a pair becomes the replacement character.
    fn unicode_escape(&mut self) -> Result<char, Malformed> {
        let unit = self.hex4()?;
        if let Some(c) = char::from_u32(unit) {
            return Ok(c);
        }
        let before = self.at;
        if (0xd800..0xdc00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
            self.at += 2;
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, Malformed> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(byte) = self.byte() else { return Err("unexpected EOF".into()) };
            let Some(digit) = char::from(byte).to_digit(16) else {
                return Err(invalid(byte, " in \\u hexadecimal character escape"));
            };
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }
}

/// Names a byte that does not belong, as Latin-1 reads it.
fn invalid(byte: u8, context: &str) -> Malformed {
    let shown = match byte {
        b'\'' => "\\'".to_string(),
        b'"' => "\"".to_string(),
        _ => {
            let quoted = quote(&char::from(byte).to_string());
            quoted[1..quoted.len() - 1].to_string()
        }
    };
    format!("invalid character '{shown}'{context}")
}
