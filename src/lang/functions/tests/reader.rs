//! Reads calls of functions with literal arguments and runs them: just enough of the language to write tests in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use model::{Kind, Type, Value};

use super::super::{FileError, FileSystem, Surroundings, call, lookup};

/// Surroundings for tests: a directory on disk, a fixed clock, counted "random" bytes.
pub struct World {
    root: PathBuf,
}

impl Default for World {
    fn default() -> World {
        World { root: PathBuf::from("/nowhere") }
    }
}

impl World {
    /// Files below a directory.
    pub fn at(dir: &str) -> World {
        World { root: PathBuf::from(dir) }
    }

    fn walk_into(at: &Path, prefix: &str, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(at).into_iter().flatten().flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            match std::fs::metadata(entry.path()) {
                Ok(m) if m.is_dir() => World::walk_into(&entry.path(), &format!("{name}/"), out),
                Ok(m) if m.is_file() => out.push(name),
                _ => {}
            }
        }
    }
}

impl FileSystem for World {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if path == "hello.txt" {
            return Ok(b"Hello".to_vec());
        }
        let path = self.root.join(path);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(bytes),
            Err(_) if path.is_dir() => Err(FileError::IsDirectory),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(FileError::NotFound),
            Err(e) => Err(FileError::Other(e.to_string())),
        }
    }
    fn exists(&self, path: &str) -> Result<bool, FileError> {
        match std::fs::metadata(self.root.join(path)) {
            Ok(m) if m.is_dir() => Err(FileError::IsDirectory),
            Ok(_) => Ok(true),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(FileError::Other(e.to_string())),
        }
    }
    fn walk(&self, dir: &str) -> Result<Vec<String>, FileError> {
        let mut out = Vec::new();
        World::walk_into(&self.root.join(dir), "", &mut out);
        Ok(out)
    }
    fn current_dir(&self) -> PathBuf {
        self.root.clone()
    }
    fn home_dir(&self) -> Option<PathBuf> {
        Some("/home/corpus".into())
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
    /// A call failed: summary and detail.
    Call(String, String),
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
        let function = lookup(&name).ok_or_else(|| {
            Failure::Call("Call to unknown function".into(), format!("There is no function named {name:?}."))
        })?;
        let marks = args.iter().any(|a| !a.is_wholly_known());
        call(function, &args, self.world).map_err(|e| {
            let _ = marks;
            match e.argument {
                Some(i) => {
                    let param = function.params.get(i).or(function.variadic.as_ref()).unwrap();
                    Failure::Call(
                        "Invalid function argument".into(),
                        format!("Invalid value for {:?} parameter: {}.", param.name, e.message),
                    )
                }
                None => Failure::Call(
                    "Error in function call".into(),
                    format!("Call to function {name:?} failed: {}.", e.message),
                ),
            }
        })
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

/// Compares one recorded case; `Ok(false)` where it is not understood.
pub fn check_case(case: &serde_json::Value, world: &World) -> Result<bool, String> {
    let want_error = case["error"].as_str().or(case["errors"][0]["error"].as_str());
    match evaluate(case["expr"].as_str().unwrap(), world) {
        Err(Failure::NotUnderstood) => Ok(false),
        Err(Failure::Call(summary, detail)) => {
            if want_error.is_some_and(|e| e.contains("function arguments")) {
                return Ok(true);
            }
            if want_error != Some(&*summary) {
                return Err(format!("got error: {detail}\n    want: {} {}", case["value"], case["detail"]));
            }
            match case["detail"].as_str() {
                Some(want) if want != detail => Err(format!("got: {detail}\n    want: {want}")),
                _ => Ok(true),
            }
        }
        Ok(value) if case["unknown"] == true => {
            if value.is_wholly_known() {
                Err(format!("got: {value:?}, want an unknown"))
            } else {
                Ok(true)
            }
        }
        Ok(value) => match want_error {
            Some(e) => Err(format!("got: {value:?}\n    want error: {e}: {}", case["detail"])),
            None => check_value(case, &value).map(|()| true),
        },
    }
}

fn check_value(case: &serde_json::Value, value: &Value) -> Result<(), String> {
    if case["sensitive"].as_bool().unwrap_or(false) != value.deep_marks().is_sensitive() {
        return Err(format!("sensitive: {}", value.deep_marks().is_sensitive()));
    }
    let plain = value.unmarked_deep();
    let ty = type_text(&plain.ty());
    if case["type"].as_str().is_some_and(|want| want != ty) {
        return Err(format!("got type: {ty}\n    want type: {}", case["type"]));
    }
    let got = to_json(&plain);
    if case["json_error"] == true || same(&got, &case["value"]) {
        return Ok(());
    }
    Err(format!("got: {got}\n    want: {}", case["value"]))
}

fn same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Number, Object};
    match (a, b) {
        (Number(a), Number(b)) => {
            a == b || model::Number::parse(&a.to_string()) == model::Number::parse(&b.to_string())
        }
        (Array(a), Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Object(a), Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
        }
        _ => a == b,
    }
}

fn to_json(value: &Value) -> serde_json::Value {
    match value.kind() {
        Kind::Bool(b) => (*b).into(),
        Kind::Number(n) => serde_json::from_str(&n.to_string()).unwrap_or(serde_json::Value::Null),
        Kind::String(s) => (&**s).into(),
        Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => s.items().iter().map(to_json).collect(),
        Kind::Map(m) | Kind::Object(m) => {
            let entries: BTreeMap<_, _> =
                m.entries().iter().map(|(k, v)| (k.to_string(), to_json(v))).collect();
            serde_json::Value::Object(entries.into_iter().collect())
        }
        Kind::Unknown(_) => "(unknown)".into(),
        Kind::Null(_) | Kind::TypeLiteral(_) => serde_json::Value::Null,
    }
}

fn type_text(ty: &Type) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match ty {
        Type::Dynamic => "dynamic".into(),
        Type::List(t) => format!("list({})", type_text(t)),
        Type::Set(t) => format!("set({})", type_text(t)),
        Type::Map(t) => format!("map({})", type_text(t)),
        Type::Tuple(ts) => format!("tuple([{}])", joined(ts.iter().map(type_text).collect())),
        Type::Object(o) => {
            let parts = o.attributes.iter().map(|(k, t)| format!("{k}: {}", type_text(t)));
            format!("object({{{}}})", joined(parts.collect()))
        }
        Type::Bool | Type::Number | Type::String | Type::TypeLiteral => ty.to_string(),
    }
}
