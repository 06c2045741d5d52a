//! Writes objects attribute by attribute, without their types: a schema gives those.

use std::collections::{BTreeMap, HashMap};

use model::{Str, Type, Value};

use crate::Ownership;
use crate::contract::is_nothing;

/// Attributes of an object, with the marks of ownership that were seen on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    pub(super) entries: BTreeMap<Str, Value>,
    pub(super) marks: Option<Ownership>,
    pub(super) is_incomplete: bool,
}

impl Fields {
    /// No attributes yet.
    pub fn new() -> Fields {
        Fields::default()
    }

    /// Sets an attribute.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl IntoValue) -> Fields {
        self.set(name, value);
        self
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: impl IntoValue) {
        self.entries.insert(name.into(), value.into_value());
    }

    /// Says whose marks the object carries.
    #[must_use]
    pub fn marked(self, marks: Option<Ownership>) -> Fields {
        Fields { marks, ..self }
    }

    /// Says of an object that was found again that it can't be used as it is: something was told only to whoever made it.
    #[must_use]
    pub fn incomplete(self) -> Fields {
        Fields { is_incomplete: true, ..self }
    }

    /// An attribute.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries.get(name)
    }

    /// Leaves those of these names out that say nothing: what a server does not tell at all stays as it is.
    #[must_use]
    pub fn told_only(mut self, names: &[&str]) -> Fields {
        self.entries.retain(|name, value| !names.contains(&&**name) || !is_nothing(value));
        self
    }

    /// All of these, and all of others in their place.
    #[must_use]
    pub fn and(mut self, others: Fields) -> Fields {
        self.entries.extend(others.entries);
        let is_incomplete = self.is_incomplete || others.is_incomplete;
        Fields { marks: others.marks.or(self.marks), is_incomplete, ..self }
    }
}

/// What can be the value of an attribute. Collections come without types, as tuples and objects; nothing is null.
pub trait IntoValue {
    /// The value.
    fn into_value(self) -> Value;
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl IntoValue for &Value {
    fn into_value(self) -> Value {
        self.clone()
    }
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::string(self)
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::string(self)
    }
}

impl IntoValue for &String {
    fn into_value(self) -> Value {
        Value::string(self)
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value::bool(self)
    }
}

impl IntoValue for i32 {
    fn into_value(self) -> Value {
        Value::number(i64::from(self))
    }
}

impl IntoValue for i64 {
    fn into_value(self) -> Value {
        Value::number(self)
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or_else(Value::null, T::into_value)
    }
}

impl<T: IntoValue> IntoValue for Vec<T> {
    fn into_value(self) -> Value {
        Value::tuple(self.into_iter().map(T::into_value).collect())
    }
}

impl IntoValue for &[String] {
    fn into_value(self) -> Value {
        Value::tuple(self.iter().map(IntoValue::into_value).collect())
    }
}

impl IntoValue for Fields {
    fn into_value(self) -> Value {
        Value::object(self.entries)
    }
}

impl IntoValue for BTreeMap<String, String> {
    fn into_value(self) -> Value {
        Value::map(Type::String, self.into_iter().map(|(key, value)| (key, Value::string(value))))
    }
}

impl IntoValue for HashMap<String, String> {
    fn into_value(self) -> Value {
        self.into_iter().collect::<BTreeMap<_, _>>().into_value()
    }
}

/// Attributes by name: `fields! { id: name, rule: vec![fields! { days: 3 }] }`.
#[macro_export]
macro_rules! fields {
    ($($name:ident : $value:expr),* $(,)?) => {{
        let fields = $crate::sheet::Fields::new();
        $(let fields = fields.with(stringify!($name), $value);)*
        fields
    }};
}
