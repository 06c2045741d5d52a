//! Documents put together.

use serde_json::{Map, Value};

/// The members of a statement, in the order that they are written in.
const MEMBERS: [&str; 9] = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
];

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Document {
    /// The language's version.
    pub version: String,
    /// What it calls itself; empty where it does not.
    pub id: String,
    /// Its statements.
    pub statements: Vec<Map<String, Value>>,
}

impl Document {
    /// Reads a document. Members that the language does not know are left out.
    pub(super) fn read(text: &str) -> Result<Document, String> {
        let value: Value = serde_json::from_str(text).map_err(|e| format!("it is no JSON: {e}"))?;
        let Value::Object(mut members) = value else { return Err("it is JSON, but no object".into()) };
        let mut text = |name: &str| match members.remove(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (version, id) = (text("Version"), text("Id"));
        let statements = match members.remove("Statement") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(statements)) => statements,
            Some(one) => vec![one],
        };
        let statements = statements.into_iter().map(statement).collect::<Result<_, _>>()?;
        Ok(Document { version, id, statements })
    }

    /// The first name of a statement in another document that this one has, or that one has twice.
    pub(super) fn first_twice<'d>(&self, other: &'d Document) -> Option<&'d str> {
        let mut seen: Vec<&str> = self.statements.iter().filter_map(sid).collect();
        other.statements.iter().filter_map(sid).find(|sid| {
            let is_there = seen.contains(sid);
            seen.push(sid);
            is_there
        })
    }

    /// Takes another document in: its statements take the place of those with the same name, or are added.
    pub(super) fn take(&mut self, other: Document) {
        if !other.id.is_empty() {
            self.id = other.id;
        }
        if other.version > self.version {
            self.version = other.version;
        }
        for new in other.statements {
            let same = self.statements.iter_mut().find(|old| sid(old).is_some() && sid(old) == sid(&new));
            match same {
                Some(old) => *old = new,
                None => self.statements.push(new),
            }
        }
    }

    /// The document as text for people.
    pub(super) fn text(&self) -> String {
        escaped(&serde_json::to_string_pretty(&self.value()).unwrap_or_default())
    }

    /// The document as text without white space.
    pub(super) fn minified(&self) -> String {
        escaped(&self.value().to_string())
    }

    fn value(&self) -> Value {
        let mut members = Map::new();
        for (name, text) in [("Version", &self.version), ("Id", &self.id)] {
            if !text.is_empty() {
                members.insert(name.to_owned(), Value::from(text.as_str()));
            }
        }
        if !self.statements.is_empty() {
            let statements = self.statements.iter().cloned().map(Value::Object).collect();
            members.insert("Statement".to_owned(), Value::Array(statements));
        }
        Value::Object(members)
    }
}

/// The characters that have a meaning in HTML are written as numbers, as Go does: the texts of others are to be ours.
fn escaped(json: &str) -> String {
    let pairs = [('<', "\\u003c"), ('>', "\\u003e"), ('&', "\\u0026")];
    let lines = [('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")];
    pairs.into_iter().chain(lines).fold(json.to_owned(), |json, (c, instead)| json.replace(c, instead))
}

fn sid(statement: &Map<String, Value>) -> Option<&str> {
    statement.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty())
}

fn statement(value: Value) -> Result<Map<String, Value>, String> {
    let Value::Object(mut members) = value else { return Err("a statement is no object".into()) };
    let mut read = Map::new();
    for name in MEMBERS {
        let value = match members.remove(name) {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) if text.is_empty() => continue,
            Some(value) => value,
        };
        let value = match name {
            "Principal" | "NotPrincipal" => principals(value)?,
            "Condition" => conditions(value)?,
            _ => value,
        };
        read.insert(name.to_owned(), value);
    }
    Ok(read)
}

fn principals(value: Value) -> Result<Value, String> {
    let kinds = match value {
        Value::String(_) => return Ok(value),
        Value::Object(kinds) => kinds,
        _ => return Err("the principals of a statement are neither a text nor an object".into()),
    };
    if kinds.len() == 1 && kinds.get("*").is_some_and(|names| names == "*") {
        return Ok(Value::from("*"));
    }
    Ok(sorted(kinds.into_iter().map(|(kind, names)| (kind, descending(names)))))
}

fn descending(names: Value) -> Value {
    let Value::Array(mut names) = names else { return names };
    names.sort_by_key(|name| std::cmp::Reverse(name.as_str().map(str::to_owned)));
    Value::Array(names)
}

fn conditions(value: Value) -> Result<Value, String> {
    let wrong = || "the conditions of a statement are no objects in an object".to_owned();
    let Value::Object(tests) = value else { return Err(wrong()) };
    let keys = |(test, keys): (String, Value)| match keys {
        Value::Object(keys) => Ok((test, sorted(keys.into_iter().map(|(key, value)| (key, values(value)))))),
        _ => Err(wrong()),
    };
    Ok(sorted(tests.into_iter().map(keys).collect::<Result<Vec<_>, _>>()?))
}

/// The values of a condition are texts, and one is no list.
fn values(value: Value) -> Value {
    match value {
        Value::Bool(_) | Value::Number(_) => Value::from(value.to_string()),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(values).collect();
            if items.len() == 1 { items.swap_remove(0) } else { Value::Array(items) }
        }
        other => other,
    }
}

fn sorted(members: impl IntoIterator<Item = (String, Value)>) -> Value {
    let members: std::collections::BTreeMap<String, Value> = members.into_iter().collect();
    Value::Object(members.into_iter().collect())
}
