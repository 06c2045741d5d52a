//! The data source `aws_iam_policy_document`.

mod merge;

use async_trait::async_trait;
use merge::Document;
use model::Path;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{ProviderError, fields};
use serde_json::{Map, Value};

use crate::{Client, checks};

/// The data source.
pub(crate) struct PolicyDocument;

/// The older version of the language, without variables.
const WITHOUT_VARIABLES: &str = "2008-10-17";

#[async_trait]
impl Source for PolicyDocument {
    type Client = Client;
    const NAME: &'static str = "aws_iam_policy_document";
    const SHEET: &'static str = "\
A policy of access, written as blocks and put together with other ones. Nothing is asked of AWS.

id optional computed string | A digest of the document.
json computed string | The document.
minified_json computed string | The document without white space.
override_json optional deprecated string | Has been replaced by `override_policy_documents`, and must be left out.
override_policy_documents optional list(string) | Documents whose statements take the place of those with the same `sid`, or are added.
policy_id optional string | What the document calls itself.
source_json optional deprecated string | Has been replaced by `source_policy_documents`, and must be left out.
source_policy_documents optional list(string) | Documents to begin with. No `sid` may come twice among them.
version optional default=2012-10-17 string | The version of the language: `2012-10-17` or `2008-10-17`.
statement block list | One permission.
  actions optional set(string) | What is allowed or denied: `s3:GetObject`.
  effect optional default=Allow string | `Allow` or `Deny`.
  not_actions optional set(string) | All but these actions.
  not_resources optional set(string) | Everything but these.
  resources optional set(string) | The ARNs of what it is about. Variables are written with `&{` in place of `${`.
  sid optional string | The statement's name.
  condition block set | When the statement holds.
    test required string | How it is compared: `StringLike`.
    values required list(string) | With what; one that fits is enough.
    variable required string | What is compared: `aws:PrincipalOrgID`.
  not_principals block set | Everybody but these.
    identifiers required set(string) | Who.
    type required string | What they are: `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*`.
  principals block set | Who it is about.
    identifiers required set(string) | Who.
    type required string | What they are: `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let gone = ["source_json", "override_json"].into_iter().filter(|name| config.text(name).is_some());
        let gone = gone.map(|name| {
            let instead = name.replace("_json", "_policy_documents");
            checks::fault(
                name,
                format!("`{name}` has been replaced by `{instead}`: move the document there."),
            )
        });
        let version = checks::one_of(config, "version", &["2012-10-17", WITHOUT_VARIABLES]);
        let effects = config.blocks("statement").into_iter();
        let effects = effects.filter_map(|one| checks::one_of(one, "effect", &["Allow", "Deny"]));
        let effects = effects.map(|fault| fault.at(Path::of_attr("statement")));
        gone.chain(version).chain(effects).collect()
    }

    async fn read(&self, _: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let document = assembled(config).map_err(|why| {
            ProviderError::invalid("Policy document can't be put together", format!("{why}."))
        })?;
        let json = document.text();
        Ok(fields! { id: crc32(&json).to_string(), json: json, minified_json: document.minified() })
    }
}

/// The document that a configuration describes.
fn assembled(config: Given<'_>) -> Result<Document, String> {
    let mut document = Document::default();
    for (at, source) in sources(config, "source_policy_documents") {
        let source =
            Document::read(&source).map_err(|why| format!("`source_policy_documents[{at}]`: {why}"))?;
        if let Some(sid) = document.first_twice(&source) {
            return Err(format!(
                "`source_policy_documents[{at}]`: the `Sid` {sid:?} comes twice; leave it out, or choose another one"
            ));
        }
        document.take(source);
    }
    let own = own(config)?;
    if let Some(sid) = Document::default().first_twice(&own) {
        return Err(format!("the `sid` {sid:?} comes twice; leave it out, or choose another one"));
    }
    document.take(own);
    for (at, other) in sources(config, "override_policy_documents") {
        let other =
            Document::read(&other).map_err(|why| format!("`override_policy_documents[{at}]`: {why}"))?;
        document.take(other);
    }
    Ok(document)
}

/// The documents of a list that are not empty, with their places in it.
fn sources(config: Given<'_>, name: &str) -> Vec<(usize, String)> {
    let items = config.value(name).and_then(model::Value::as_items).unwrap_or_default();
    let text = |(at, item): (usize, &model::Value)| Some((at, item.as_str()?.to_string()));
    items.iter().enumerate().filter_map(text).filter(|(_, text)| !text.is_empty()).collect()
}

/// What the blocks say.
fn own(config: Given<'_>) -> Result<Document, String> {
    let version = config.text("version").unwrap_or("2012-10-17").to_owned();
    let statements = config.blocks("statement");
    let statements =
        statements.into_iter().map(|given| statement(given, &version)).collect::<Result<_, _>>()?;
    Ok(Document { version, id: config.str("policy_id").to_owned(), statements })
}

fn statement(given: Given<'_>, version: &str) -> Result<Map<String, Value>, String> {
    let variables = |texts: Vec<String>| with_variables(texts, version);
    let mut statement = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        value.map(|value| statement.insert(name.to_owned(), value));
    };
    set("Sid", given.text("sid").map(Value::from));
    set("Effect", Some(Value::from(given.text("effect").unwrap_or("Allow"))));
    set("Action", some(descending(given.texts("actions"))));
    set("NotAction", some(descending(given.texts("not_actions"))));
    set("Resource", some(descending(variables(given.texts("resources"))?)));
    set("NotResource", some(descending(variables(given.texts("not_resources"))?)));
    set("Principal", principals(&given.blocks("principals"), version)?);
    set("NotPrincipal", principals(&given.blocks("not_principals"), version)?);
    set("Condition", conditions(&given.blocks("condition"), version)?);
    Ok(statement)
}

/// Variables in the form of the policy language, where its version has any.
fn with_variables(texts: Vec<String>, version: &str) -> Result<Vec<String>, String> {
    let variable = texts.iter().find(|text| text.contains("&{"));
    match variable.filter(|_| version == WITHOUT_VARIABLES) {
        Some(text) => {
            Err(format!("{text:?} holds a variable, and version {version} of the language has none"))
        }
        None => Ok(texts.into_iter().map(|text| text.replace("&{", "${")).collect()),
    }
}

fn principals(blocks: &[Given<'_>], version: &str) -> Result<Option<Value>, String> {
    let mut by_type: std::collections::BTreeMap<&str, Vec<String>> = std::collections::BTreeMap::new();
    for block in blocks {
        let names = with_variables(block.texts("identifiers"), version)?;
        by_type.entry(block.str("type")).or_default().extend(names);
    }
    let everybody = by_type.len() == 1 && by_type.get("*").is_some_and(|names| names[..] == ["*"]);
    let kinds = by_type.into_iter().filter_map(|(ty, names)| Some((ty.to_owned(), some(descending(names))?)));
    let kinds: Map<String, Value> = kinds.collect();
    Ok(match (everybody, kinds.is_empty()) {
        (true, _) => Some(Value::from("*")),
        (false, true) => None,
        (false, false) => Some(Value::Object(kinds)),
    })
}

fn conditions(blocks: &[Given<'_>], version: &str) -> Result<Option<Value>, String> {
    let mut all: Vec<(&str, &str, Vec<String>)> = Vec::new();
    for block in blocks {
        let values = with_variables(block.texts("values"), version)?;
        let (test, variable) = (block.str("test"), block.str("variable"));
        match all.iter_mut().find(|(t, v, _)| (*t, *v) == (test, variable)) {
            Some((_, _, before)) => before.extend(values),
            None => all.push((test, variable, values)),
        }
    }
    all.sort_by_key(|(test, variable, _)| (*test, *variable));
    let mut tests = Map::new();
    for (test, variable, values) in all {
        let keys = tests.entry(test).or_insert_with(|| Value::Object(Map::new()));
        keys[variable] = some(values).unwrap_or_else(|| Value::Array(Vec::new()));
    }
    Ok((!tests.is_empty()).then_some(Value::Object(tests)))
}

/// Texts in the order that documents have them in: from the last to the first.
fn descending(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts.dedup();
    texts.reverse();
    texts
}

/// One text alone, several as a list, and nothing of none.
fn some(mut texts: Vec<String>) -> Option<Value> {
    match texts.len() {
        0 => None,
        1 => texts.pop().map(Value::from),
        _ => Some(Value::from(texts)),
    }
}

/// The checksum of a text that is its document's identifier: CRC-32 as in ISO 3309.
fn crc32(text: &str) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !text.bytes().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| bit(crc)))
}

#[cfg(test)]
mod tests;
