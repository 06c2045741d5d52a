//! Reads sheets.

use std::collections::BTreeMap;
use std::fmt;

use model::{Attribute, AttributeKind, Block, NestedBlock, Nesting, Schema, Str, Type, Value};

use super::meaning::{same_duration, same_json, same_link, same_policy};

/// What the words of a line say of an attribute beyond its schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traits {
    /// Another value needs another object.
    pub fixed: bool,
    /// Each change of the object gives a new value.
    pub volatile: bool,
    /// Others change it: a change of the object takes no notice.
    pub foreign: bool,
    /// Texts that mean the same JSON are the same.
    pub json: bool,
    /// Texts that mean the same policy are the same.
    pub policy: bool,
    /// Texts that name the same object of a cloud are the same.
    pub link: bool,
    /// Texts that are the same duration are the same.
    pub duration: bool,
    /// Texts that differ in case alone are the same.
    pub caseless: bool,
    /// What it is where the configuration leaves it out.
    pub default: Option<Value>,
}

/// A schema with what its lines say beyond it.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The schema.
    pub schema: Schema,
    /// The traits of attributes and blocks that have any, by their names from the outermost block inwards.
    pub traits: BTreeMap<Vec<Str>, Traits>,
}

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// One line in its parts.
#[derive(Clone)]
struct Line<'t> {
    number: usize,
    depth: usize,
    name: &'t str,
    words: Vec<&'t str>,
    about: &'t str,
}

impl Traits {
    /// Whether two texts are the same where they mean the same.
    pub(super) fn has_meaning(&self) -> bool {
        self.json || self.policy || self.link || self.duration || self.caseless
    }

    /// Whether two texts mean the same.
    pub(super) fn means_same(&self, one: &str, other: &str) -> bool {
        self.json && same_json(one, other)
            || self.policy && same_policy(one, other)
            || self.link && same_link(one, other)
            || self.duration && same_duration(one, other)
            || self.caseless && one.eq_ignore_ascii_case(other)
    }
}

impl Sheet {
    /// Reads a sheet.
    pub fn parse(text: &str) -> Result<Sheet, SheetError> {
        let mut lines = text.lines().enumerate().map(|(i, line)| (i + 1, line));
        let about: Vec<&str> =
            lines.by_ref().map(|(_, line)| line.trim()).take_while(|line| !line.is_empty()).collect();
        let lines = lines.filter(|(_, line)| !line.trim().is_empty());
        let lines = lines.map(|(number, line)| split(number, line)).collect::<Result<Vec<_>, _>>()?;
        let lines = with_likes(&lines)?;
        let mut traits = BTreeMap::new();
        let (block, rest) = read_block(&about.join(" "), &lines, 0, &mut Vec::new(), &mut traits)?;
        match rest.first() {
            Some(line) => Err(SheetError { line: line.number, what: "is indented too far".into() }),
            None => Ok(Sheet { schema: Schema::new(block), traits }),
        }
    }

    /// The sheet of a data source that tells what a resource of this sheet is: nothing can be configured but some attributes,
    /// the first of which has to be, and blocks are attributes.
    pub fn told(self, configurable: &[&str]) -> Sheet {
        let Block { attributes, mut blocks, .. } = self.schema.block.clone();
        blocks.retain(|_, nested| nested.nesting != Nesting::Single);
        let mut block = told(Block { blocks, ..self.schema.block });
        for (name, before) in attributes {
            let kind = match configurable.iter().position(|one| *one == &*name) {
                Some(0) => AttributeKind::Required,
                Some(_) => AttributeKind::Optional,
                None if &*name == "id" => before.kind,
                None => continue,
            };
            block.attributes.insert(name, Attribute { kind, defaulted: false, ..before });
        }
        Sheet { schema: Schema::new(block), traits: BTreeMap::new() }
    }

    /// The sheet with stored objects of a later version.
    pub fn version(mut self, version: u64) -> Sheet {
        self.schema.version = version;
        self
    }
}

/// A block of what can only be told, with attributes in place of blocks.
fn told(block: Block) -> Block {
    let computed = |attribute: Attribute| Attribute {
        kind: AttributeKind::Computed,
        defaulted: false,
        write_only: false,
        ..attribute
    };
    let attributes = block.attributes.into_iter().map(|(name, attribute)| (name, computed(attribute)));
    let blocks = block.blocks.into_iter().map(|(name, nested)| {
        let (ty, nesting, inner) = (nested.ty(), nested.nesting, told(nested.block));
        let attribute = Attribute::computed(ty, &inner.description);
        (name, Attribute { nested: Some(Box::new((nesting, inner))), ..attribute })
    });
    Block {
        attributes: attributes.chain(blocks).collect(),
        blocks: BTreeMap::new(),
        ..Block::new(&block.description)
    }
}

fn split(number: usize, line: &str) -> Result<Line<'_>, SheetError> {
    let wrong = |what: &str| SheetError { line: number, what: what.into() };
    let (head, about) = line.split_once('|').ok_or_else(|| wrong("has no `|` before its meaning"))?;
    let depth = head.len() - head.trim_start().len();
    let mut words = words_of(head).into_iter();
    let name = words.next().ok_or_else(|| wrong("has no name"))?;
    Ok(Line { number, depth: depth / 2, name, words: words.collect(), about: about.trim() })
}

/// The lines, with those of an outermost block beneath each block that is like it.
fn with_likes<'t>(lines: &[Line<'t>]) -> Result<Vec<Line<'t>>, SheetError> {
    let mut all = Vec::new();
    for line in lines {
        all.push(line.clone());
        let Some(like) = line.words.iter().find_map(|word| word.strip_prefix("like=")) else { continue };
        let begins = lines.iter().position(|other| other.depth == 0 && other.name == like);
        let begins = begins.ok_or_else(|| SheetError {
            line: line.number,
            what: format!("is like {like:?}, which is no outermost block"),
        })?;
        let beneath = lines[begins + 1..].iter().take_while(|inner| inner.depth > 0);
        all.extend(beneath.map(|inner| Line { depth: inner.depth + line.depth, ..inner.clone() }));
    }
    Ok(all)
}

/// The words between blanks; a blank between quotes is part of a word.
fn words_of(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let ends = |c: char| {
        is_quoted ^= c == '"';
        c.is_whitespace() && !is_quoted
    };
    text.split(ends).filter(|word| !word.is_empty()).collect()
}

type TraitsByName = BTreeMap<Vec<Str>, Traits>;

fn read_block<'l, 't>(
    about: &str,
    mut lines: &'l [Line<'t>],
    depth: usize,
    at: &mut Vec<Str>,
    traits: &mut TraitsByName,
) -> Result<(Block, &'l [Line<'t>]), SheetError> {
    let mut block = Block::new(about);
    while let Some((line, rest)) = lines.split_first().filter(|(line, _)| line.depth == depth) {
        at.push(line.name.into());
        lines = rest;
        let said = match line.words.first() {
            Some(&"block") => {
                let (inner, rest) = read_block(line.about, lines, depth + 1, at, traits)?;
                lines = rest;
                let (nested, said) = read_nested(line, inner)?;
                block = block.block(line.name, nested);
                said
            }
            _ => {
                let (attribute, said) = read_attribute(line)?;
                block = block.attr(line.name, attribute);
                said
            }
        };
        if said != Traits::default() {
            traits.insert(at.clone(), said);
        }
        at.pop();
    }
    Ok((block, lines))
}

fn read_nested(line: &Line<'_>, block: Block) -> Result<(NestedBlock, Traits), SheetError> {
    let wrong = |what: String| SheetError { line: line.number, what };
    let (mut nested, mut said) = (NestedBlock::list(block), Traits::default());
    for word in &line.words[1..] {
        match *word {
            "list" => {}
            "set" => nested.nesting = Nesting::Set,
            "single" => nested.nesting = Nesting::Single,
            "computed" => nested.computed = true,
            "fixed" => said.fixed = true,
            "foreign" => said.foreign = true,
            word if word.starts_with("like=") => {}
            "deprecated" => {
                nested.block.deprecated = Some("Another resource type has taken its place.".into())
            }
            bounds => {
                let bounds = bounds.split_once("..").and_then(|(least, most)| {
                    Some((least.parse().ok()?, if most.is_empty() { 0 } else { most.parse().ok()? }))
                });
                let (least, most) = bounds.ok_or_else(|| wrong(format!("has the unknown word {word:?}")))?;
                nested = nested.items(least, most);
            }
        }
    }
    Ok((nested, said))
}

fn read_attribute(line: &Line<'_>) -> Result<(Attribute, Traits), SheetError> {
    let wrong = |what: String| SheetError { line: line.number, what };
    let (ty, words) = line.words.split_last().ok_or_else(|| wrong("has no type".into()))?;
    let ty = read_type(ty).ok_or_else(|| wrong(format!("has the unknown type {ty:?}")))?;
    let (mut optional, mut computed, mut required) = (false, false, false);
    let (mut said, mut default) = (Traits::default(), None);
    let mut attribute = Attribute::new(AttributeKind::Computed, ty, line.about);
    for word in words {
        match *word {
            "required" => required = true,
            "optional" => optional = true,
            "computed" => computed = true,
            "sensitive" => attribute.sensitive = true,
            "writeonly" => attribute.write_only = true,
            "deprecated" => attribute.deprecated = Some(line.about.into()),
            "fixed" => said.fixed = true,
            "volatile" => said.volatile = true,
            "foreign" => said.foreign = true,
            "json" => said.json = true,
            "policy" => said.policy = true,
            "link" => said.link = true,
            "duration" => said.duration = true,
            "caseless" => said.caseless = true,
            word => match word.strip_prefix("default=") {
                Some(text) => default = Some(text.trim_matches('"')),
                None => return Err(wrong(format!("has the unknown word {word:?}"))),
            },
        }
    }
    attribute.kind = match (required, optional, computed) {
        (true, false, false) => AttributeKind::Required,
        (false, true, true) => AttributeKind::OptionalComputed,
        (false, true, false) => AttributeKind::Optional,
        (false, false, true) => AttributeKind::Computed,
        _ => return Err(wrong("must be required, optional, computed, or optional and computed".into())),
    };
    if let Some(text) = default {
        let value = model::convert::convert(&Value::string(text), &attribute.ty);
        said.default = Some(value.map_err(|e| wrong(format!("has a default of another type: {e:?}")))?);
        // What has a default is given by the provider where the configuration has nothing.
        if attribute.kind == AttributeKind::Optional {
            attribute.defaulted = true;
        }
    }
    Ok((attribute, said))
}

/// Reads a type: `string`, `number`, `bool`, `list(T)`, `set(T)`, `map(T)`, `object(name:T,...)`.
fn read_type(text: &str) -> Option<Type> {
    let inner = |prefix: &str| text.strip_prefix(prefix)?.strip_suffix(')');
    match text {
        "string" => return Some(Type::String),
        "number" => return Some(Type::Number),
        "bool" => return Some(Type::Bool),
        _ => {}
    }
    if let Some(element) = inner("list(") {
        return read_type(element).map(Type::list);
    }
    if let Some(element) = inner("set(") {
        return read_type(element).map(Type::set);
    }
    if let Some(element) = inner("map(") {
        return read_type(element).map(Type::map);
    }
    let members = members(inner("object(")?);
    let member = |text: &str| {
        let (name, ty) = text.split_once(':')?;
        Some((Str::from(name), read_type(ty)?))
    };
    members.into_iter().map(member).collect::<Option<Vec<_>>>().map(Type::object)
}

/// The parts between commas that stand in no brackets.
fn members(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut found) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[begin..]);
    found
}
