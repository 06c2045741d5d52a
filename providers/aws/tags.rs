//! Tags: those of a resource, those of every resource, those of others, and the marks of ownership.

use std::collections::BTreeMap;

use model::{Str, Type, Value};
use provider::Ownership;
use provider::sheet::{At, Draft, Fields, Given};

use crate::Client;

/// Tags by their keys.
pub type Tags = BTreeMap<String, String>;

/// Plans `tags_all`: the provider's default tags with the resource's own in their place.
pub fn plan(at: &At<'_, Client>, draft: &mut Draft<'_>) {
    let tags = draft.config.whole().get("tags");
    let all = match tags.filter(|tags| !tags.is_null()) {
        Some(tags) if !tags.is_known() => Value::unknown(Type::map(Type::String)),
        own => {
            let own = own.and_then(Value::as_entries).unwrap_or_default();
            let defaults = at.client.default_tags().iter();
            let mut all: BTreeMap<Str, Value> =
                defaults.map(|(key, value)| (key.as_str().into(), Value::string(value))).collect();
            all.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
            Value::map(Type::String, all)
        }
    };
    draft.set("tags_all", all);
}

/// The tags that a new object gets: all that are planned, and the marks.
pub fn wanted(at: &At<'_, Client>, wanted: Given<'_>) -> Tags {
    let mut tags = wanted.map("tags_all");
    if let Some(marks) = at.call.ownership {
        tags.extend(marks.tags().map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
    tags
}

/// The attributes `tags` and `tags_all` of tags that were seen, with the marks among them.
pub fn seen(client: &Client, known: Given<'_>, tags: Tags) -> Fields {
    let marks = Ownership::among(|key| tags.get(key).map(String::as_str));
    let is_ours = |key: &str| !Ownership::is_mark(key) && !client.ignores_tag(key);
    let all: Tags = tags.into_iter().filter(|(key, _)| is_ours(key)).collect();
    // A tag that every resource gets is the resource's own only where it was said there too.
    let (own, defaults) = (known.map("tags"), client.default_tags());
    let is_own =
        |(key, value): &(&String, &String)| own.contains_key(*key) || defaults.get(*key) != Some(value);
    let own: Tags = all.iter().filter(is_own).map(|(key, value)| (key.clone(), value.clone())).collect();
    Fields::new().with("tags", own).with("tags_all", all).marked(marks)
}

/// The tags that a data source tells: all but the marks and those that are ignored.
pub fn told(client: &Client, tags: Tags) -> Tags {
    let is_told = |key: &str| !Ownership::is_mark(key) && !client.ignores_tag(key);
    tags.into_iter().filter(|(key, _)| is_told(key)).collect()
}

/// What a change does to tags: those to set, and the keys of those to remove.
pub fn changes(prior: Given<'_>, wanted: Given<'_>) -> (Tags, Vec<String>) {
    let (before, after) = (prior.map("tags_all"), wanted.map("tags_all"));
    let gone = before.keys().filter(|key| !after.contains_key(*key)).cloned().collect();
    let set = after.into_iter().filter(|(key, value)| before.get(key) != Some(value)).collect();
    (set, gone)
}

/// What a read would tell of the tags of a recorded object, of what a list told, which does not know which tags are its own.
pub fn as_read(prior: Given<'_>, listed: Fields) -> Fields {
    let of = |name: &str| listed.get(name).map(entries).unwrap_or_default();
    let (own, all, before) = (of("tags"), of("tags_all"), prior.map("tags"));
    let said = all.into_iter().filter(|(key, _)| before.contains_key(key));
    let tags: Tags = own.into_iter().chain(said).collect();
    listed.with("tags", tags)
}

fn entries(value: &Value) -> Tags {
    let entries = value.as_entries().unwrap_or_default().iter();
    entries.filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_string()))).collect()
}

/// The tags of what others manage, for data sources: without those of AWS itself, those that are to be ignored, and marks.
pub fn others(client: &Client, tags: Tags) -> Tags {
    tags.into_iter().filter(|(key, _)| !Ownership::is_mark(key) && !client.ignores_tag(key)).collect()
}
