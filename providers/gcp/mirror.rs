//! Values in the two forms that they have: attributes and blocks of a resource, and documents of an API.
//!
//! An API calls a field as the attribute is called but for its case, unless it is said otherwise; a block that there is at most
//! one of is an object of the API, others are lists.

use model::{Block, Kind, NestedBlock, Str, Value};
use provider::sheet::{Fields, Given, Sheet};
use serde_json::{Map, Value as Json};

/// How a resource's attributes and an API's fields belong together.
pub struct Mirror {
    block: Block,
    /// Attributes whose fields are called otherwise.
    names: &'static [(&'static str, &'static str)],
    /// Attributes that are numbers here and texts there, as numbers of 64 bits are.
    texts: &'static [&'static str],
}

impl Mirror {
    /// The mirror of a sheet.
    pub fn new(
        sheet: &str,
        names: &'static [(&'static str, &'static str)],
        texts: &'static [&'static str],
    ) -> Mirror {
        #[expect(clippy::panic, reason = "sheets are part of the program, and a test reads every one")]
        let sheet = Sheet::parse(sheet).unwrap_or_else(|e| panic!("invariant: a sheet can be read: {e}"));
        Mirror { block: sheet.schema.block, names, texts }
    }

    /// How the API calls an attribute.
    pub fn field(&self, name: &str) -> String {
        let told = self.names.iter().find(|(here, _)| *here == name).map(|(_, there)| (*there).to_owned());
        told.unwrap_or_else(|| camel(name))
    }

    /// A document with some attributes. What is null or empty is left out.
    pub fn document(&self, object: Given<'_>, names: &[&str]) -> Map<String, Json> {
        let field = |name: &&str| Some((self.field(name), self.one(object, name)?));
        names.iter().filter_map(field).collect()
    }

    /// One attribute as the API has it; nothing where it is null or empty.
    pub fn one(&self, object: Given<'_>, name: &str) -> Option<Json> {
        let value = object.value(name)?;
        match self.block.blocks.get(name) {
            Some(nested) => self.blocks(nested, value),
            None => self.json(name, value),
        }
    }

    fn blocks(&self, nested: &NestedBlock, value: &Value) -> Option<Json> {
        let object = |value: &Value| -> Json {
            let given = Given::new(value);
            let field = |name: &str, json: Option<Json>| Some((self.field(name), json?));
            let attributes = nested.block.attributes.keys();
            let attributes = attributes
                .filter_map(|name| field(name, given.value(name).and_then(|value| self.json(name, value))));
            let blocks = nested.block.blocks.iter();
            let blocks = blocks.filter_map(|(name, inner)| {
                field(name, given.value(name).and_then(|value| self.blocks(inner, value)))
            });
            Json::Object(attributes.chain(blocks).collect())
        };
        match value.as_items() {
            None => Some(object(value)),
            Some(items) if nested.max_items == 1 => items.first().map(object),
            Some([]) => None,
            Some(items) => Some(items.iter().map(object).collect()),
        }
    }

    fn json(&self, name: &str, value: &Value) -> Option<Json> {
        if !value.is_known() || value.is_null() {
            return None;
        }
        Some(match value.kind() {
            Kind::Bool(is) => Json::Bool(*is),
            Kind::Number(number) if self.texts.contains(&name) => Json::String(number.to_string()),
            Kind::Number(number) => serde_json::from_str(&number.to_string()).ok()?,
            Kind::String(text) if text.is_empty() => return None,
            Kind::String(text) => Json::String(text.to_string()),
            _ => match (value.as_items(), value.as_entries()) {
                (Some([]), _) | (_, Some([])) => return None,
                (Some(items), _) => items.iter().filter_map(|item| self.json(name, item)).collect(),
                (_, Some(entries)) => {
                    let field =
                        |(key, value): &(Str, Value)| Some((key.to_string(), self.json(name, value)?));
                    Json::Object(entries.iter().filter_map(field).collect())
                }
                _ => return None,
            },
        })
    }

    /// Some attributes of a document; null where it lacks them.
    pub fn fields(&self, document: &Json, names: &[&str]) -> Fields {
        let read = |fields: Fields, name: &&str| {
            let value = document.get(self.field(name));
            let value = match self.block.blocks.get(*name) {
                Some(nested) => self.read_blocks(nested, value),
                None => value.map_or_else(Value::null, plain),
            };
            fields.with(name, value)
        };
        names.iter().fold(Fields::new(), read)
    }

    fn read_blocks(&self, nested: &NestedBlock, value: Option<&Json>) -> Value {
        let object = |json: &Json| -> Value {
            let attributes = nested
                .block
                .attributes
                .keys()
                .map(|name| (name.clone(), json.get(self.field(name)).map_or_else(Value::null, plain)));
            let blocks = nested.block.blocks.iter();
            let blocks = blocks
                .map(|(name, inner)| (name.clone(), self.read_blocks(inner, json.get(self.field(name)))));
            Value::object(attributes.chain(blocks).collect::<Vec<_>>())
        };
        match value {
            None | Some(Json::Null) => Value::tuple(Vec::new()),
            Some(Json::Array(items)) => Value::tuple(items.iter().map(object).collect()),
            Some(one) => Value::tuple(vec![object(one)]),
        }
    }
}

/// A document as a value, without types.
pub fn plain(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(),
        Json::Bool(is) => Value::bool(*is),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::string(number.to_string()), Value::number)
        }
        Json::String(text) => Value::string(text),
        Json::Array(items) => Value::tuple(items.iter().map(plain).collect()),
        Json::Object(entries) => {
            let entry = |(key, value): (&String, &Json)| (Str::from(key.as_str()), plain(value));
            Value::object(entries.iter().map(entry).collect::<Vec<_>>())
        }
    }
}

/// `retention_period` as `retentionPeriod`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        text + &first.into_iter().chain(letters).collect::<String>()
    })
}

/// A text at a place of a document; empty where there is none.
pub fn text<'j>(document: &'j Json, pointer: &str) -> &'j str {
    document.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}
