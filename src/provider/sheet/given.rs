//! Reads objects by the names of their attributes.

use std::collections::BTreeMap;

use model::{Str, Value};

/// An object whose attributes are asked for by name and form. What is null or not known yet is not there.
#[derive(Clone, Copy, Debug)]
pub struct Given<'v>(&'v Value);

impl<'v> Given<'v> {
    /// Reads an object.
    pub fn new(object: &'v Value) -> Given<'v> {
        Given(object)
    }

    /// The whole object.
    pub fn whole(self) -> &'v Value {
        self.0
    }

    /// An attribute as it is.
    pub fn value(self, name: &str) -> Option<&'v Value> {
        self.0.get(name).filter(|value| value.is_known() && !value.is_null())
    }

    /// Whether an attribute is something that is not known yet.
    pub fn is_unknown(self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_wholly_known())
    }

    /// A text; nothing where it is empty, which for a cloud is the same as left out.
    pub fn text(self, name: &str) -> Option<&'v str> {
        self.value(name).and_then(Value::as_str).map(|text| &**text).filter(|text| !text.is_empty())
    }

    /// A text, or the empty one.
    pub fn str(self, name: &str) -> &'v str {
        self.text(name).unwrap_or_default()
    }

    /// A text of one's own; nothing where it is empty.
    pub fn string(self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// The identifier, `id`.
    pub fn id(self) -> &'v str {
        self.str("id")
    }

    /// Yes or no.
    pub fn flag(self, name: &str) -> Option<bool> {
        self.value(name).and_then(Value::as_bool)
    }

    /// Whether something is said to be so; left out is no.
    pub fn is(self, name: &str) -> bool {
        self.flag(name).unwrap_or(false)
    }

    /// A whole number.
    pub fn int(self, name: &str) -> Option<i64> {
        self.value(name).and_then(Value::as_number).and_then(|number| number.to_string().parse().ok())
    }

    /// A whole number of 32 bits.
    pub fn int32(self, name: &str) -> Option<i32> {
        self.int(name).and_then(|number| i32::try_from(number).ok())
    }

    /// The texts of a list or set.
    pub fn texts(self, name: &str) -> Vec<String> {
        let items = self.value(name).and_then(Value::as_items).unwrap_or_default();
        items.iter().filter_map(Value::as_str).map(ToString::to_string).collect()
    }

    /// The texts of a list or set; nothing where there are none.
    pub fn some_texts(self, name: &str) -> Option<Vec<String>> {
        Some(self.texts(name)).filter(|texts| !texts.is_empty())
    }

    /// A map of texts.
    pub fn map(self, name: &str) -> BTreeMap<String, String> {
        let entries = self.value(name).and_then(Value::as_entries).unwrap_or_default();
        let text = |(key, value): &(Str, Value)| Some((key.to_string(), value.as_str()?.to_string()));
        entries.iter().filter_map(text).collect()
    }

    /// The blocks of a list or set, or the objects of an attribute.
    pub fn blocks(self, name: &str) -> Vec<Given<'v>> {
        let items = self.value(name).and_then(Value::as_items).unwrap_or_default();
        items.iter().filter(|item| item.is_known() && !item.is_null()).map(Given).collect()
    }

    /// The only block, or the first.
    pub fn block(self, name: &str) -> Option<Given<'v>> {
        match self.value(name) {
            Some(object) if object.as_entries().is_some() => Some(Given(object)),
            _ => self.blocks(name).first().copied(),
        }
    }

    /// Whether two objects have another value under a name.
    pub fn differs(self, other: Given<'_>, name: &str) -> bool {
        match (self.0.get(name), other.0.get(name)) {
            (Some(one), Some(two)) => !model::ops::raw_equals(one, two),
            (one, two) => one.is_some() != two.is_some(),
        }
    }

    /// Whether two objects have another value under any of these names.
    pub fn differs_in(self, other: Given<'_>, names: &[&str]) -> bool {
        names.iter().any(|name| self.differs(other, name))
    }
}
