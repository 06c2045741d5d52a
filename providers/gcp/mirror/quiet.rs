//! Blocks that say nothing: an API that shows a setting as empty or switched off does not mean that somebody configured it.

use model::Block;
use provider::sheet::Given;
use serde_json::Value as Json;

use super::Mirror;

impl Mirror {
    /// Takes blocks out of a document that say nothing and that are not known to be there.
    pub fn hush(&self, known: Given<'_>, document: &mut Json) {
        self.hush_block("", &self.block, Some(known), document);
    }

    fn hush_block(&self, outer: &str, block: &Block, known: Option<Given<'_>>, document: &mut Json) {
        for (name, nested) in &block.blocks {
            let (path, last) =
                split(&if outer.is_empty() { self.field(name) } else { self.field_in(outer, name) });
            let Some(holder) = document.pointer_mut(&path).and_then(Json::as_object_mut) else { continue };
            let Some(value) = holder.get_mut(&last) else { continue };
            let before = known.map(|known| known.blocks(name)).unwrap_or_default();
            match value.as_array_mut() {
                Some(items) => {
                    for (i, item) in items.iter_mut().enumerate() {
                        self.hush_block(name, &nested.block, before.get(i).copied(), item);
                    }
                }
                None => self.hush_block(name, &nested.block, before.first().copied(), value),
            }
            if before.is_empty() && !nested.computed && says_nothing(value) {
                holder.remove(&last);
            }
        }
    }
}

/// The pointer to what holds the last part of a path, and that part.
fn split(path: &str) -> (String, String) {
    match path.rsplit_once('.') {
        Some((outer, last)) => (format!("/{}", outer.replace('.', "/")), last.to_owned()),
        None => (String::new(), path.to_owned()),
    }
}

/// Whether a value is empty, switched off or left open, with all that is in it.
pub fn says_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(is) => !is,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty() || text.ends_with("_UNSPECIFIED"),
        Json::Array(items) => items.iter().all(says_nothing),
        Json::Object(entries) => entries.values().all(says_nothing),
    }
}
