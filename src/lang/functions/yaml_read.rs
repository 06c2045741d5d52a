//! `yamldecode`: a single YAML document as a value.

use std::collections::BTreeMap;

use model::{Kind, Type, Value};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::arguments::text;
use super::define::{Outcome, define, fail};
use super::yaml_scalar::{resolve, timestamp};
use super::{Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    vec![
        define("yamldecode", "Reads a YAML document as a value.", Type::Dynamic, yamldecode)
            .takes(Param::string("src", "The YAML text."))
            .shows(&[("yamldecode(\"a: [1, yes]\")", "{a = [1, true]}")]),
    ]
}

fn yamldecode(args: &[Value], _: &dyn Surroundings) -> Outcome {
    read(text(args, 0)).or_else(fail)
}

const INT: &str = "tag:yaml.org,2002:int";
const FLOAT: &str = "tag:yaml.org,2002:float";
const BOOL: &str = "tag:yaml.org,2002:bool";
const NULL: &str = "tag:yaml.org,2002:null";
const STR: &str = "tag:yaml.org,2002:str";
const BINARY: &str = "tag:yaml.org,2002:binary";
const TIMESTAMP: &str = "tag:yaml.org,2002:timestamp";

/// A place in the text, counted from 0.
#[derive(Clone, Copy)]
struct Place {
    line: usize,
    column: usize,
}

impl From<Marker> for Place {
    fn from(marker: Marker) -> Place {
        Place { line: marker.line().saturating_sub(1), column: marker.col() }
    }
}

impl Place {
    /// Puts the place before a message, unless it is in the first line.
    fn message(self, what: impl std::fmt::Display) -> String {
        match self.line {
            0 => what.to_string(),
            line => format!("on line {line}, column {}: {what}", self.column + 1),
        }
    }
}

/// A collection that is not complete yet.
struct Open {
    place: Place,
    anchor: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Value>),
    Mapping {
        entries: BTreeMap<String, Value>,
        /// The key whose value comes next, where it stands, and whether it merges a mapping.
        key: Option<(String, Place, bool)>,
    },
}

/// Builds the value while the events come.
#[derive(Default)]
struct Builder<'s> {
    source: &'s str,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Value>,
    document: Option<Value>,
}

fn read(source: &str) -> Result<Value, String> {
    check_version(source)?;
    let mut builder = Builder { source, ..Builder::default() };
    let mut documents = 0;
    for event in Parser::new_from_str(source) {
        let (event, span) = event.map_err(|e| builder.syntax_error(&e))?;
        let place = Place::from(span.start);
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(place.message("something follows the value"));
                }
            }
            Event::Alias(id) => {
                let value = builder.aliased(id, span.start)?;
                builder.add(value, place, None)?;
            }
            Event::Scalar(text, style, anchor, tag) => {
                let merges = style == ScalarStyle::Plain && text == "<<";
                let value = scalar(&text, style, tag.as_deref()).map_err(|e| place.message(e))?;
                builder.remember(anchor, &value);
                builder.add(value, place, Some(merges))?;
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), "sequence", "tag:yaml.org,2002:seq")
                    .map_err(|e| place.message(e))?;
                builder.open.push(Open { place, anchor, content: Content::Sequence(Vec::new()) });
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), "mapping", "tag:yaml.org,2002:map")
                    .map_err(|e| place.message(e))?;
                let content = Content::Mapping { entries: BTreeMap::new(), key: None };
                builder.open.push(Open { place, anchor, content });
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close()?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
    builder.document.ok_or_else(|| "on line 1, column 1: there is no value".into())
}

/// Refuses a document that says it is written in another major version of YAML.
fn check_version(source: &str) -> Result<(), String> {
    let directives = source.lines().take_while(|line| line.starts_with('%') || line.trim().is_empty());
    let mut versions = directives.filter_map(|line| line.strip_prefix("%YAML "));
    match versions.any(|version| !version.trim().starts_with("1.")) {
        true => Err("this version of YAML cannot be read".into()),
        false => Ok(()),
    }
}

/// How deep collections may lie in each other.
const DEEPEST: usize = 1000;

impl Builder<'_> {
    /// Puts a complete value where it belongs. `merges` says whether a scalar is the plain `<<`; nothing where the
    /// value is no scalar.
    fn add(&mut self, value: Value, place: Place, merges: Option<bool>) -> Result<(), String> {
        if self.open.len() > DEEPEST {
            return Err(place.message("collections stand within each other too deep"));
        }
        let Some(open) = self.open.last_mut() else {
            self.document = Some(value);
            return Ok(());
        };
        match &mut open.content {
            Content::Sequence(items) => items.push(value),
            Content::Mapping { entries, key } => match key.take() {
                None => {
                    *key = Some((as_key(&value).map_err(|e| place.message(e))?, place, merges == Some(true)))
                }
                Some((_, at, true)) => merge(entries, &value).map_err(|e| at.message(e))?,
                Some((name, _, false)) => {
                    entries.insert(name, value);
                }
            },
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = match open.content {
            Content::Sequence(items) => Value::tuple(items),
            Content::Mapping { entries, .. } => {
                Value::object(entries.into_iter().map(|(k, v)| (model::value::normalize(&k), v)))
            }
        };
        self.remember(open.anchor, &value);
        self.add(value, open.place, None)
    }

    fn remember(&mut self, anchor: usize, value: &Value) {
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
    }

    fn aliased(&self, id: usize, at: Marker) -> Result<Value, String> {
        self.anchors.get(&id).cloned().ok_or_else(|| {
            let name = self.name_at(at);
            let what = format!("the anchor {name:?} refers to itself");
            Place::from(at).message(what)
        })
    }

    /// The name of the alias that stands at a place.
    fn name_at(&self, at: Marker) -> String {
        let rest = self.source.chars().skip(at.index()).skip_while(|c| *c == '*');
        rest.take_while(|c| !c.is_whitespace() && !",[]{}".contains(*c)).collect()
    }

    fn syntax_error(&self, error: &ScanError) -> String {
        let at = *error.marker();
        if error.info().contains("unknown anchor") {
            return Place::from(at).message(format!("there is no anchor {:?}", self.name_at(at)));
        }
        let (what, lines_before) = worded(error.info());
        match at.line().saturating_sub(1) {
            0 => what.to_string(),
            line => format!("on line {}, column 1: {what}", line + lines_before),
        }
    }
}

/// The oracle's words for a syntax error, and how many lines it counts before the first.
fn worded(info: &str) -> (&str, usize) {
    let what = info.rsplit_once(", ").map_or(info, |(_context, what)| what);
    if info.starts_with("unexpected character") || info.contains("tabs disallowed") {
        return ("no value begins with this character", 1);
    }
    match what.strip_prefix("expected ',' or") {
        Some(" ']'") => ("a comma or \"]\" is missing", 0),
        Some(" '}'") => ("a comma or \"}\" is missing", 0),
        _ if what.starts_with("did not find expected") => (what, 0),
        _ => (what, 1),
    }
}

fn full_tag(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn check_tag(tag: Option<&Tag>, kind: &str, allowed: &str) -> Result<(), String> {
    match tag.map(full_tag) {
        Some(tag) if tag != allowed && tag != "!" => Err(format!("{kind} is not {tag}")),
        _ => Ok(()),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    let plain = style == ScalarStyle::Plain;
    let Some(tag) = tag.map(full_tag) else {
        return if plain { resolve(text) } else { Ok(Value::string(text)) };
    };
    let fits = |value: &Value| match &*tag {
        INT | FLOAT => value.as_number().is_some(),
        BOOL => value.as_bool().is_some(),
        _null => value.is_null(),
    };
    match &*tag {
        "!" | STR | BINARY => Ok(Value::string(text)),
        INT | FLOAT | BOOL | NULL | TIMESTAMP if !plain => Ok(Value::string(text)),
        TIMESTAMP => {
            timestamp(text).map(Value::string).ok_or_else(|| format!("cannot parse {text:?} as {tag}"))
        }
        INT | FLOAT | BOOL | NULL => match resolve(text)? {
            value if fits(&value) => Ok(value),
            _ => Err(format!("cannot parse {text:?} as {tag}")),
        },
        _ => Err(format!("unsupported tag {tag:?}")),
    }
}

fn as_key(value: &Value) -> Result<String, String> {
    match value.kind() {
        Kind::String(text) => Ok(text.to_string()),
        Kind::Number(n) => Ok(n.to_string()),
        Kind::Bool(b) => Ok(b.to_string()),
        Kind::Null(_) => Err("mapping key cannot be null".into()),
        _collection => Err("a key must be a string".into()),
    }
}

/// Puts the entries of a mapping into another, over those already there.
fn merge(into: &mut BTreeMap<String, Value>, value: &Value) -> Result<(), String> {
    match value.as_entries() {
        Some(entries) => {
            into.extend(entries.iter().map(|(k, v)| (k.to_string(), v.clone())));
            Ok(())
        }
        None => Err(format!("cannot merge {} into mapping", value.ty().friendly_name())),
    }
}
