//! Attributes in the flat form of the time before 0.12: `tags.%`, `tags.Name`, `subnets.#`, `subnets.0`.

use std::collections::BTreeMap;

use model::Str;
use serde_json::{Map, Value};

/// Beyond any real nesting: what is deeper stays one name.
const DEEPEST: usize = 64;

/// Nests flat attributes. All leaves are strings, since the flat form knows nothing else; conversion by a schema gives
/// them their types.
pub(super) fn nest(flat: &BTreeMap<String, Option<String>>) -> Str {
    let mut root = Node::default();
    for (path, value) in flat {
        let mut node = &mut root;
        for step in path.splitn(DEEPEST, '.') {
            node = node.children.entry(step.to_owned()).or_default();
        }
        node.value = value.clone();
    }
    root.object().to_string().into()
}

#[derive(Default)]
struct Node {
    value: Option<String>,
    children: BTreeMap<String, Node>,
}

impl Node {
    fn to_json(&self) -> Value {
        if self.children.contains_key("%") {
            let mut map = Map::new();
            self.flatten("", &mut map);
            return Value::Object(map);
        }
        if self.children.contains_key("#") {
            let elements = self.children.iter().filter(|(k, _)| *k != "#");
            let mut items: Vec<(u64, Value)> =
                elements.map(|(k, n)| (k.parse().unwrap_or(u64::MAX), n.to_json())).collect();
            items.sort_by_key(|(index, _)| *index);
            return Value::Array(items.into_iter().map(|(_, v)| v).collect());
        }
        if self.children.is_empty() {
            return self.value.clone().map_or(Value::Null, Value::String);
        }
        self.object()
    }

    fn object(&self) -> Value {
        Value::Object(self.children.iter().map(|(k, n)| (k.clone(), n.to_json())).collect())
    }

    /// The entries of a map: its keys may contain dots, so whatever lies below is put together again.
    fn flatten(&self, path: &str, into: &mut Map<String, Value>) {
        for (key, node) in self.children.iter().filter(|(k, _)| *k != "%") {
            let key = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            if let Some(value) = &node.value {
                into.insert(key.clone(), Value::String(value.clone()));
            }
            node.flatten(&key, into);
        }
    }
}
