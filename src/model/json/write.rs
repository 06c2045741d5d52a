//! Values to JSON text.

use std::fmt::Write;

use crate::convert::convert;
use crate::{Kind, Mapping, Path, PathStep, Type, Value};

use super::JsonError;
use super::type_form::write_type;

/// Which characters of a string to write as escapes although JSON does not demand it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escaping {
    /// None.
    Minimal,
    /// `<`, `>`, `&` and the line separators U+2028 and U+2029, as `jsonencode` does and states have them.
    Html,
}

/// Writes a known value as compact JSON of a declared type, as [`super::write`] does, with a choice of escapes.
pub fn write_with(value: &Value, ty: &Type, escaping: Escaping, out: &mut String) -> Result<(), JsonError> {
    let mut writer = Writer { escaping, out };
    if value.conforms_to(ty) {
        return writer.typed(value, ty);
    }
    let converted = convert(value, ty).map_err(|e| JsonError { path: e.path, message: e.message })?;
    writer.typed(&converted, ty)
}

/// Writes a known value as compact JSON of its own type.
pub(super) fn write_plain(value: &Value, escaping: Escaping, out: &mut String) -> Result<(), JsonError> {
    Writer { escaping, out }.plain(value)
}

struct Writer<'o> {
    escaping: Escaping,
    out: &'o mut String,
}

type Written = Result<(), JsonError>;

impl Writer<'_> {
    fn fail(&self, message: impl Into<String>) -> Written {
        Err(JsonError::new(&Path::root(), message))
    }

    fn typed(&mut self, value: &Value, ty: &Type) -> Written {
        if !ty.has_dynamic() {
            return self.plain(value);
        }
        match (value.kind(), ty) {
            (Kind::Unknown(_) | Kind::Null(Type::Dynamic), _) => self.plain(value),
            (_, Type::Dynamic) => self.wrapped(value),
            (Kind::Null(_), _) => self.plain(value),
            (Kind::List(s), Type::List(element)) | (Kind::Set(s), Type::Set(element)) => {
                self.array(s.items(), |w, _, item| w.typed(item, element))
            }
            (Kind::Tuple(s), Type::Tuple(types)) => {
                self.array(s.items(), |w, i, item| w.typed(item, &types[i]))
            }
            (Kind::Map(m), Type::Map(element)) => self.object(m, false, |w, _, item| w.typed(item, element)),
            (Kind::Object(m), Type::Object(o)) => self.object(m, true, |w, name, item| {
                w.typed(item, o.attributes.get(name).unwrap_or(&Type::Dynamic))
            }),
            _ => self.plain(value),
        }
    }

    /// Writes a value with its type, so that it can be read back where the declared type does not say.
    fn wrapped(&mut self, value: &Value) -> Written {
        self.out.push_str("{\"value\":");
        self.plain(value)?;
        self.out.push_str(",\"type\":");
        write_type(&value.ty(), self.out);
        self.out.push('}');
        Ok(())
    }

    fn plain(&mut self, value: &Value) -> Written {
        match value.kind() {
            Kind::Unknown(_) => return self.fail("value is not known"),
            Kind::TypeLiteral(_) => return self.fail("cannot JSON-serialize type"),
            Kind::Number(n) if n.is_infinite() => return self.fail("cannot serialize infinity as JSON"),
            Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => {
                return self.array(s.items(), |w, _, item| w.plain(item));
            }
            Kind::Map(m) => return self.object(m, false, |w, _, item| w.plain(item)),
            Kind::Object(m) => return self.object(m, true, |w, _, item| w.plain(item)),
            Kind::Null(_) => self.out.push_str("null"),
            Kind::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            // Writing to a string cannot fail.
            Kind::Number(n) => write!(self.out, "{n}").unwrap_or_default(),
            Kind::String(s) => write_string(s, self.escaping, self.out),
        }
        Ok(())
    }

    fn array(
        &mut self,
        items: &[Value],
        mut write: impl FnMut(&mut Self, usize, &Value) -> Written,
    ) -> Written {
        self.out.push('[');
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            if let Err(error) = write(self, i, item) {
                return Err(below(PathStep::Index(Value::number(i)), error));
            }
        }
        self.out.push(']');
        Ok(())
    }

    fn object(
        &mut self,
        m: &Mapping,
        has_attributes: bool,
        mut write: impl FnMut(&mut Self, &str, &Value) -> Written,
    ) -> Written {
        self.out.push('{');
        for (i, (name, item)) in m.entries().iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            write_string(name, self.escaping, self.out);
            self.out.push(':');
            if let Err(error) = write(self, name, item) {
                let step = if has_attributes {
                    PathStep::Attr(name.clone())
                } else {
                    PathStep::Index(Value::normalized(name.clone()))
                };
                return Err(below(step, error));
            }
        }
        self.out.push('}');
        Ok(())
    }
}

/// The error, seen from one step further up.
fn below(step: PathStep, mut error: JsonError) -> JsonError {
    error.path.0.insert(0, step);
    error
}

/// Appends text as a JSON string.
pub fn write_string(text: &str, escaping: Escaping, out: &mut String) {
    out.push('"');
    let mut written = 0;
    for (at, c) in text.char_indices() {
        let escape = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\0'..' ' => "",
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if escaping == Escaping::Html => "",
            _ => continue,
        };
        out.push_str(&text[written..at]);
        written = at + c.len_utf8();
        if escape.is_empty() {
            // Writing to a string cannot fail.
            write!(out, "\\u{:04x}", u32::from(c)).unwrap_or_default();
        } else {
            out.push_str(escape);
        }
    }
    out.push_str(&text[written..]);
    out.push('"');
}
