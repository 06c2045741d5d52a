//! Values in the two forms that they have: attributes and blocks of a resource, and documents of an API.
//!
//! An API calls a field as the attribute is called but for its case, unless it is said otherwise; a block that there is at most
//! one of is an object of the API, others are lists. What only the API says is never sent to it.

mod deep;
mod quiet;

use model::{Attribute, AttributeKind, Block, Kind, NestedBlock, Str, Type, Value};
use provider::sheet::{Fields, Given, Sheet};
use serde_json::{Map, Value as Json};

use deep::{at_path, put};

/// How a resource's attributes and an API's fields belong together.
pub struct Mirror {
    block: Block,
    /// Attributes whose fields are called otherwise, or lie deeper: `loggingConfig.variantConfig.variant`. An attribute of a
    /// certain block is said with it: `autoscaling.enabled`.
    names: &'static [(&'static str, &'static str)],
    /// Attributes that are numbers here and texts there, as numbers of 64 bits are.
    texts: &'static [&'static str],
    /// Attributes that are `TRUE` or `FALSE` here, and true or false there.
    switches: &'static [&'static str],
    /// An outermost attribute whose field is called otherwise than that of inner ones of its name.
    outermost: Option<(&'static str, &'static str)>,
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
        Mirror { block: sheet.schema.block, names, texts, switches: &[], outermost: None }
    }

    /// The mirror with attributes that are texts here, and true or false there.
    #[must_use]
    pub fn switches(self, switches: &'static [&'static str]) -> Mirror {
        Mirror { switches, ..self }
    }

    /// The mirror with another field for an outermost attribute.
    #[must_use]
    pub fn renamed(self, here: &'static str, there: &'static str) -> Mirror {
        Mirror { outermost: Some((here, there)), ..self }
    }

    /// The mirror of the blocks of a name.
    pub fn of_block(&self, name: &str) -> Mirror {
        let block = self.block.blocks.get(name).map(|nested| nested.block.clone());
        Mirror { block: block.unwrap_or_default(), outermost: None, ..*self }
    }

    /// How the API calls an attribute.
    pub fn field(&self, name: &str) -> String {
        match self.outermost {
            Some((here, there)) if here == name => there.to_owned(),
            _ => self.field_in("", name),
        }
    }

    /// How the API calls an attribute of a block.
    fn field_in(&self, block: &str, name: &str) -> String {
        let is_it = |here: &str| match here.split_once('.') {
            Some((outer, inner)) => outer == block && inner == name,
            None => here == name,
        };
        let mut told = self.names.iter().filter(|(here, _)| is_it(here));
        // What is said of a certain block comes before what is said of all.
        let told = told.clone().find(|(here, _)| here.contains('.')).or_else(|| told.next());
        told.map_or_else(|| camel(name), |(_, there)| (*there).to_owned())
    }

    /// A document with some attributes. What is null or empty is left out.
    pub fn document(&self, object: Given<'_>, names: &[&str]) -> Map<String, Json> {
        let mut document = Map::new();
        for name in names {
            if let Some(value) = self.one(object, name) {
                put(&mut document, &self.field(name), value);
            }
        }
        document
    }

    /// One attribute as the API has it; nothing where it is null or empty.
    pub fn one(&self, object: Given<'_>, name: &str) -> Option<Json> {
        let value = object.value(name)?;
        match self.block.blocks.get(name) {
            Some(nested) => self.blocks(name, nested, value),
            None => self.json(name, value),
        }
    }

    /// A document with those of some attributes that change; what is null or empty afterwards is emptied in so many words.
    pub fn changes(&self, prior: Given<'_>, wanted: Given<'_>, names: &[&str]) -> Map<String, Json> {
        let is_known = |name: &str| wanted.whole().get(name).is_some_and(Value::is_known);
        let changed = names.iter().filter(|name| prior.differs(wanted, name) && is_known(name));
        let mut document = Map::new();
        for name in changed {
            let value = self.one(wanted, name).unwrap_or_else(|| self.nothing(name));
            put(&mut document, &self.field(name), value);
        }
        document
    }

    /// What stands for nothing under a name.
    fn nothing(&self, name: &str) -> Json {
        let Some(attribute) = self.block.attributes.get(name) else {
            let is_many = self.block.blocks.get(name).is_some_and(|nested| nested.max_items != 1);
            return if is_many { Json::Array(Vec::new()) } else { Json::Null };
        };
        match &attribute.ty {
            Type::Bool => false.into(),
            Type::String => "".into(),
            Type::List(_) | Type::Set(_) => Json::Array(Vec::new()),
            _ => Json::Null,
        }
    }

    fn blocks(&self, name: &str, nested: &NestedBlock, value: &Value) -> Option<Json> {
        let object = |value: &Value| self.object(name, &nested.block, Given::new(value));
        match value.as_items() {
            None => Some(object(value)),
            Some(items) if nested.max_items == 1 => items.first().map(object),
            Some([]) => None,
            Some(items) => Some(items.iter().map(object).collect()),
        }
    }

    /// What a block says, as an object of the API.
    fn object(&self, outer: &str, block: &Block, given: Given<'_>) -> Json {
        let mut document = Map::new();
        let is_said = |attribute: &Attribute| attribute.kind != AttributeKind::Computed;
        for (name, _) in block.attributes.iter().filter(|(_, attribute)| is_said(attribute)) {
            if let Some(value) = given.value(name).and_then(|value| self.json(name, value)) {
                put(&mut document, &self.field_in(outer, name), value);
            }
        }
        for (name, inner) in &block.blocks {
            if let Some(value) = given.value(name).and_then(|value| self.blocks(name, inner, value)) {
                put(&mut document, &self.field_in(outer, name), value);
            }
        }
        Json::Object(document)
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
            Kind::String(text) if self.switches.contains(&name) => Json::Bool(&**text == "TRUE"),
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
            let value = at_path(document, &self.field(name));
            let value = match self.block.blocks.get(*name) {
                Some(nested) => self.read_blocks(name, nested, value),
                None => self.read(name, self.block.attributes.get(*name), value),
            };
            fields.with(name, value)
        };
        names.iter().fold(Fields::new(), read)
    }

    /// A value of an attribute. An API leaves out what is false.
    fn read(&self, name: &str, attribute: Option<&Attribute>, value: Option<&Json>) -> Value {
        let is_always_said =
            |a: &Attribute| a.ty == Type::Bool && (a.defaulted || a.kind == AttributeKind::Required);
        match value {
            Some(Json::Bool(true)) if self.switches.contains(&name) => Value::string("TRUE"),
            None | Some(Json::Bool(false)) if self.switches.contains(&name) => Value::string("FALSE"),
            None if attribute.is_some_and(is_always_said) => Value::bool(false),
            value => value.map_or_else(Value::null, plain),
        }
    }

    fn read_blocks(&self, outer: &str, nested: &NestedBlock, value: Option<&Json>) -> Value {
        let object = |json: &Json| -> Value {
            let field = |name: &Str| at_path(json, &self.field_in(outer, name));
            let attributes = nested.block.attributes.iter();
            let attributes = attributes
                .map(|(name, attribute)| (name.clone(), self.read(name, Some(attribute), field(name))));
            let blocks = nested.block.blocks.iter();
            let blocks =
                blocks.map(|(name, inner)| (name.clone(), self.read_blocks(name, inner, field(name))));
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
