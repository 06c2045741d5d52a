//! Reads calls of functions with literal arguments and runs them: just enough of the language to write tests in.

use std::path::PathBuf;

use model::{Type, Value};

use super::super::{FileError, FileSystem, Surroundings, call, lookup};

/// Surroundings for tests: one file, a fixed clock, counted "random" bytes.
#[derive(Default)]
pub struct World;

impl FileSystem for World {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        match path {
            "hello.txt" => Ok(b"Hello".to_vec()),
            "dir" => Err(FileError::IsDirectory),
            _ => Err(FileError::NotFound),
        }
    }
    fn exists(&self, path: &str) -> Result<bool, FileError> {
        match path {
            "dir" => Err(FileError::IsDirectory),
            _ => Ok(path == "hello.txt"),
        }
    }
    fn walk(&self, dir: &str) -> Result<Vec<String>, FileError> {
        let files = ["dir/a.txt", "dir/b/c.txt", "dir/b/d/e.md", "dir/.f"];
        let below = files.iter().filter_map(|f| f.strip_prefix(dir)?.strip_prefix('/'));
        Ok(below.map(String::from).collect())
    }
    fn current_dir(&self) -> PathBuf {
        "/here".into()
    }
    fn home_dir(&self) -> Option<PathBuf> {
        Some("/home/me".into())
    }
}

impl Surroundings for World {
    fn files(&self) -> &dyn FileSystem {
        self
    }
    fn base_dir(&self) -> &str {
        "."
    }
    fn now_ns(&self) -> i128 {
        1_709_211_845_000_000_000
    }
    fn plan_timestamp(&self) -> Option<String> {
        Some("2024-02-29T13:04:05Z".into())
    }
    fn defers_impure(&self) -> bool {
        false
    }
    fn random(&self, buffer: &mut [u8]) {
        buffer.iter_mut().zip(1..).for_each(|(b, i)| *b = i);
    }
}

/// Why an expression has no value here.
#[derive(Debug)]
pub enum Failure {
    /// It is more than literals and calls.
    NotUnderstood,
    /// A call failed: the message.
    Call(String),
}

/// The value of an expression.
pub fn evaluate(text: &str, world: &World) -> Result<Value, Failure> {
    let mut reader = Reader { text: text.chars().collect(), at: 0, world };
    let value = reader.expression()?;
    reader.space();
    if reader.at < reader.text.len() { Err(Failure::NotUnderstood) } else { Ok(value) }
}

struct Reader<'w> {
    text: Vec<char>,
    at: usize,
    world: &'w World,
}

impl Reader<'_> {
    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }
    fn eat(&mut self, token: &str) -> bool {
        self.space();
        let found = self.text[self.at..].starts_with(&token.chars().collect::<Vec<_>>());
        self.at += if found { token.chars().count() } else { 0 };
        found
    }
    fn need(&mut self, token: &str) -> Result<(), Failure> {
        if self.eat(token) { Ok(()) } else { Err(Failure::NotUnderstood) }
    }
    fn expression(&mut self) -> Result<Value, Failure> {
        self.space();
        match self.peek().ok_or(Failure::NotUnderstood)? {
            '"' => Ok(Value::string(self.quoted()?)),
            '[' => Ok(Value::tuple(self.sequence("[", "]")?.0)),
            '{' => self.object(),
            '-' => {
                self.need("-")?;
                let inner = self.expression()?;
                inner.as_number().map(|n| Value::number(n.neg())).ok_or(Failure::NotUnderstood)
            }
            c if c.is_ascii_digit() => {
                let text = self.take(|c| c.is_ascii_alphanumeric() || c == '.');
                model::Number::parse(&text).map(Value::number).ok_or(Failure::NotUnderstood)
            }
            _ => self.word(),
        }
    }
    fn take(&mut self, keep: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(&keep) {
            self.at += 1;
        }
        self.text[start..self.at].iter().collect()
    }
    fn word(&mut self) -> Result<Value, Failure> {
        let name = self.take(|c| c.is_alphanumeric() || c == '_' || c == ':');
        match &*name {
            "true" => return Ok(Value::bool(true)),
            "false" => return Ok(Value::bool(false)),
            "null" => return Ok(Value::null()),
            "unknown" => return Ok(Value::dynamic()),
            "unknown_string" => return Ok(Value::unknown(Type::String)),
            _ => {}
        }
        if name.is_empty()
            || self.peek() != Some('(')
            || matches!(&*name, "try" | "can" | "type" | "templatefile" | "templatestring")
        {
            return Err(Failure::NotUnderstood);
        }
        let (mut args, spread) = self.sequence("(", ")")?;
        if spread {
            let last = args.pop().ok_or(Failure::NotUnderstood)?;
            args.extend(last.as_items().ok_or(Failure::NotUnderstood)?.to_vec());
        }
        let function = lookup(&name).ok_or(Failure::NotUnderstood)?;
        call(function, &args, self.world).map_err(|e| Failure::Call(e.message))
    }
    fn sequence(&mut self, open: &str, close: &str) -> Result<(Vec<Value>, bool), Failure> {
        self.need(open)?;
        let mut items = Vec::new();
        while !self.eat(close) {
            items.push(self.expression()?);
            if close == ")" && self.eat("...") {
                self.need(close)?;
                return Ok((items, true));
            }
            if !self.eat(",") {
                self.need(close)?;
                break;
            }
        }
        Ok((items, false))
    }
    fn object(&mut self) -> Result<Value, Failure> {
        self.need("{")?;
        let mut entries: Vec<(String, Value)> = Vec::new();
        while !self.eat("}") {
            self.space();
            let key = match self.peek() {
                Some('"') => self.quoted()?,
                _ => self.take(|c| c.is_alphanumeric() || c == '_' || c == '-'),
            };
            if key.is_empty() || key == "for" {
                return Err(Failure::NotUnderstood);
            }
            if !self.eat("=") {
                self.need(":")?;
            }
            entries.push((Value::string(key).as_str().unwrap().to_string(), self.expression()?));
            if !self.eat(",") {
                self.need("}")?;
                break;
            }
        }
        Ok(Value::object(entries))
    }
    fn quoted(&mut self) -> Result<String, Failure> {
        self.need("\"")?;
        let mut out = String::new();
        loop {
            let c = self.peek().ok_or(Failure::NotUnderstood)?;
            self.at += 1;
            match c {
                '"' => return Ok(out),
                '\\' => out.push(self.escape()?),
                '$' | '%' => match self.text[self.at..] {
                    [next, '{', ..] if next == c => {
                        out.extend([c, '{']);
                        self.at += 2;
                    }
                    ['{', ..] => return Err(Failure::NotUnderstood),
                    _ => out.push(c),
                },
                _ => out.push(c),
            }
        }
    }
    fn escape(&mut self) -> Result<char, Failure> {
        let c = self.peek().ok_or(Failure::NotUnderstood)?;
        self.at += 1;
        let digits = match c {
            'n' => return Ok('\n'),
            't' => return Ok('\t'),
            'r' => return Ok('\r'),
            'u' => 4,
            'U' => 8,
            _ => return Ok(c),
        };
        let code: String = self.text[self.at..].iter().take(digits).collect();
        self.at += digits;
        u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).ok_or(Failure::NotUnderstood)
    }
}
