//! Defaults of optional attributes.

use std::collections::BTreeMap;

use model::{Kind, Str, Type, Value};

/// The defaults of optional attributes, by their place in the type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// Of this object's own attributes, converted to their types.
    pub values: BTreeMap<Str, Value>,
    /// Of the types within: by attribute name, by element number (as text) of a tuple, or `""` for elements.
    pub children: BTreeMap<Str, Defaults>,
}

impl Defaults {
    /// These defaults, unless there is nothing in them.
    pub(super) fn or_none(self) -> Option<Defaults> {
        (!self.values.is_empty() || !self.children.is_empty()).then_some(self)
    }

    /// Fills in the defaults where attributes are absent or null. Null and unknown values as a whole stay as they are;
    /// what was changed is a tuple or object, to be converted to the type.
    pub(super) fn fill(&self, value: &Value, ty: &Type) -> Value {
        let marks = value.marks();
        let filled = match value.kind() {
            Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => {
                let items = s.items().iter().enumerate();
                Value::tuple(items.map(|(i, v)| self.fill_child(&i.to_string(), v, ty)).collect())
            }
            Kind::Map(m) | Kind::Object(m) => Value::object(self.fill_entries(m.entries(), ty)),
            Kind::Null(_) | Kind::Unknown(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
                return value.clone();
            }
            Kind::TypeLiteral(_) => return value.clone(),
        };
        filled.with_marks(marks)
    }

    fn fill_entries(&self, entries: &[(Str, Value)], ty: &Type) -> BTreeMap<Str, Value> {
        let mut filled: BTreeMap<Str, Value> =
            entries.iter().map(|(k, v)| (k.clone(), self.fill_child(k, v, ty))).collect();
        for (name, default) in &self.values {
            if filled.get(name).is_none_or(Value::is_null) {
                filled.insert(name.clone(), self.fill_child(name, default, ty));
            }
        }
        filled
    }

    fn fill_child(&self, key: &str, value: &Value, ty: &Type) -> Value {
        let (key, child) = match ty {
            Type::List(element) | Type::Set(element) | Type::Map(element) => ("", Some(&**element)),
            Type::Object(o) => (key, o.attributes.get(key)),
            Type::Tuple(types) => (key, key.parse().ok().and_then(|i: usize| types.get(i))),
            Type::Dynamic | Type::Bool | Type::Number | Type::String | Type::TypeLiteral => (key, None),
        };
        match (self.children.get(key), child) {
            (Some(defaults), Some(ty)) => defaults.fill(value, ty),
            _ => value.clone(),
        }
    }
}
