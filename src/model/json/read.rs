//! JSON text to values.

use std::sync::Arc;

use crate::convert::convert;
use crate::quote::quote;
use crate::value::normalize;
use crate::{Number, ObjectType, Path, PathStep, Str, Type, Value};

use super::JsonError;
use super::scan::{Scanner, Token};
use super::type_form::type_from_json;

type Read = Result<Value, JsonError>;

/// Reads text as a value of a type.
pub(super) fn read_typed(text: &str, ty: &Type) -> Read {
    if ty.has_optional() {
        return read_typed(text, &ty.without_optional());
    }
    let mut reader = Reader { scanner: Scanner::new(text), path: Path::root() };
    let value = reader.value(ty)?;
    match reader.scanner.end() {
        Ok(()) => Ok(value),
        Err(message) => reader.fail(message),
    }
}

struct Reader<'t> {
    scanner: Scanner<'t>,
    path: Path,
}

impl<'t> Reader<'t> {
    fn fail<T>(&self, message: impl Into<String>) -> Result<T, JsonError> {
        Err(JsonError::new(&self.path, message))
    }

    /// Places an error of the scanner.
    fn at<T>(&self, result: Result<T, String>) -> Result<T, JsonError> {
        result.or_else(|message| self.fail(message))
    }

    fn value(&mut self, ty: &Type) -> Read {
        let token = self.scanner.value();
        let token = self.at(token)?;
        match (token, ty) {
            (Token::Null, _) => Ok(Value::null_of(ty.clone())),
            (Token::Object, Type::Dynamic) => self.wrapped(),
            (token, Type::Bool | Type::Number | Type::String) => self.primitive(token, ty),
            (Token::Array, Type::List(element)) => {
                Ok(Value::list((**element).clone(), self.elements(element, Value::number)?))
            }
            (Token::Array, Type::Set(element)) => {
                // Which element it is can only be told once it has been read.
                let unread = Value::unknown((**element).clone());
                Ok(Value::set((**element).clone(), self.elements(element, |_| unread.clone())?))
            }
            (Token::Array, Type::Tuple(types)) => self.tuple(types),
            (Token::Object, Type::Map(element)) => self.map(element),
            (Token::Object, Type::Object(o)) => self.object(o),
            (_, Type::List(_) | Type::Set(_) | Type::Tuple(_)) => self.fail("missing expected ["),
            (_, Type::Map(_) | Type::Object(_) | Type::Dynamic) => self.fail("missing expected {"),
            (_, Type::TypeLiteral) => self.fail("unsupported type type"),
        }
    }

    fn primitive(&self, token: Token<'t>, ty: &Type) -> Read {
        let value = match (token, ty) {
            (Token::Bool(b), _) if *ty != Type::Number => Value::bool(b),
            (Token::Number(text), Type::String) => Value::string(text),
            (Token::Number(text), Type::Number) => return self.number(text),
            (Token::String(text), Type::Number) => return self.number(&text),
            (Token::String(text), _) => Value::normalized(normalize(&text)),
            _ => return self.fail(format!("{} is required", ty.friendly_name())),
        };
        convert(&value, ty).or_else(|error| self.fail(error.message))
    }

    fn number(&self, text: &str) -> Read {
        match Number::parse(text) {
            Some(number) => Ok(Value::number(number)),
            None => self.fail("a number is required"),
        }
    }

    fn elements(&mut self, element: &Type, key: impl Fn(usize) -> Value) -> Result<Vec<Value>, JsonError> {
        let mut items = Vec::new();
        while self.next_element(items.len())? {
            items.push(self.below(PathStep::Index(key(items.len())), element)?);
        }
        Ok(items)
    }

    fn tuple(&mut self, types: &[Type]) -> Read {
        let mut items = Vec::with_capacity(types.len());
        while self.next_element(items.len())? {
            let Some(ty) = types.get(items.len()) else {
                return self.fail(format!("too many tuple elements (need {})", types.len()));
            };
            items.push(self.below(PathStep::Index(Value::number(items.len())), ty)?);
        }
        if items.len() < types.len() {
            return self.fail(format!("not enough tuple elements (need {})", types.len()));
        }
        Ok(Value::tuple(items))
    }

    fn next_element(&mut self, read_so_far: usize) -> Result<bool, JsonError> {
        let more = self.scanner.next_element(read_so_far == 0);
        self.at(more)
    }

    fn map(&mut self, element: &Type) -> Read {
        let mut entries: Vec<(Str, Value)> = Vec::new();
        while let Some(key) = self.next_key(entries.is_empty())? {
            let key = normalize(&key);
            let value = self.below(PathStep::Index(Value::normalized(key.clone())), element)?;
            entries.push((key, value));
        }
        Ok(Value::map(element.clone(), entries))
    }

    fn object(&mut self, ty: &Arc<ObjectType>) -> Read {
        let mut entries: Vec<(Str, Value)> = Vec::with_capacity(ty.attributes.len());
        while let Some(key) = self.next_key(entries.is_empty())? {
            let Some((name, attribute)) = ty.attributes.get_key_value(&*key) else {
                return self.fail(format!("unsupported attribute {}", quote(&key)));
            };
            let value = self.below(PathStep::Attr(name.clone()), attribute)?;
            entries.push((name.clone(), value));
        }
        // Keys may repeat, so their number does not tell whether all are there.
        for (name, attribute) in &ty.attributes {
            if entries.len() == ty.attributes.len() && entries.iter().map(|e| &e.0).eq(ty.attributes.keys()) {
                break;
            }
            if !entries.iter().any(|(k, _)| k == name) {
                entries.push((name.clone(), Value::null_of(attribute.clone())));
            }
        }
        Ok(Value::object(entries))
    }

    fn next_key(&mut self, is_first: bool) -> Result<Option<std::borrow::Cow<'t, str>>, JsonError> {
        let key = self.scanner.next_key(is_first);
        self.at(key)
    }

    fn below(&mut self, step: PathStep, ty: &Type) -> Read {
        self.path.0.push(step);
        let value = self.value(ty)?;
        self.path.0.pop();
        Ok(value)
    }

    /// `{"value": ..., "type": ...}`, in either order.
    fn wrapped(&mut self) -> Read {
        let (mut text, mut ty) = (None, None);
        let mut is_first = true;
        while let Some(key) = self.next_key(is_first)? {
            is_first = false;
            let raw = self.scanner.raw();
            let raw = self.at(raw)?;
            match &*key {
                "value" => text = Some(raw),
                "type" => {
                    let json = serde_json::from_str(raw).ok();
                    match json.as_ref().and_then(type_from_json) {
                        Some(read) => ty = Some(read),
                        None => {
                            return self
                                .fail("failed to decode type for dynamic value: invalid type description");
                        }
                    }
                }
                _ => return self.fail(format!("invalid key {} in dynamically-typed value", quote(&key))),
            }
        }
        let Some(ty) = ty else { return self.fail("missing type in dynamically-typed value") };
        let Some(text) = text else { return self.fail("missing value in dynamically-typed value") };
        read_typed(text, &ty).map_err(|error| {
            let steps = self.path.0.iter().cloned().chain(error.path.0).collect();
            JsonError { path: Path(steps), message: error.message }
        })
    }
}

/// Reads plain JSON as its implied type.
pub(super) fn read_implied(text: &str) -> Read {
    let mut reader = ImpliedReader { scanner: Scanner::new(text), unusable_key: None };
    let fail = |message: String| JsonError::new(&Path::root(), message);
    let value = reader.value().map_err(fail)?;
    reader.scanner.end().map_err(fail)?;
    match reader.unusable_key {
        Some(key) => Err(fail(format!("unsupported attribute {}", quote(&key)))),
        None => Ok(value),
    }
}

struct ImpliedReader<'t> {
    scanner: Scanner<'t>,
    /// The first key that is not normalised: the original cannot find it again among the attributes.
    unusable_key: Option<String>,
}

impl ImpliedReader<'_> {
    fn value(&mut self) -> Result<Value, String> {
        Ok(match self.scanner.value()? {
            Token::Null => Value::null(),
            Token::Bool(b) => Value::bool(b),
            Token::Number(text) => Value::number(Number::parse(text).ok_or("a number is required")?),
            Token::String(text) => Value::normalized(normalize(&text)),
            Token::Array => {
                let mut items = Vec::new();
                while self.scanner.next_element(items.is_empty())? {
                    items.push(self.value()?);
                }
                Value::tuple(items)
            }
            Token::Object => {
                let mut entries: Vec<(Str, Value)> = Vec::new();
                while let Some(key) = self.scanner.next_key(entries.is_empty())? {
                    let name = normalize(&key);
                    if *name != *key && self.unusable_key.is_none() {
                        self.unusable_key = Some(key.into_owned());
                    }
                    entries.push((name, self.value()?));
                }
                Value::object(entries)
            }
        })
    }
}
