//! Fields that lie deeper in a document than attributes do: `networkConfig.dnsConfig`.

use serde_json::{Map, Value as Json};

/// What is at a path of a document.
pub(super) fn at_path<'j>(document: &'j Json, path: &str) -> Option<&'j Json> {
    path.split('.').try_fold(document, |inner, name| inner.get(name))
}

/// Puts a value at a path of a document.
pub(super) fn put(document: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => drop(document.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let inner = document.entry(first).or_insert_with(|| Json::Object(Map::new()));
            if let Some(inner) = inner.as_object_mut() {
                put(inner, rest, value);
            }
        }
    }
}
