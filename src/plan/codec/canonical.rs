//! Whether what is stored is what would be stored now.

use model::{Schema, Value};
use state::InstanceObject;

/// The object as it would be recorded now, where that is something else than what is recorded: attributes of an older
/// schema version, attributes that the type lacks or that lack themselves, numbers that old states have as texts.
pub fn renewed(object: &InstanceObject, recorded: &Value, schema: &Schema) -> Option<InstanceObject> {
    let mut attributes = String::new();
    let bare = super::strip_write_only(&recorded.unmarked_deep(), &schema.block);
    model::json::write(&bare, &schema.block.ty(), &mut attributes).ok()?;
    let is_same = object.schema_version == schema.version
        && (*object.attributes == *attributes
            || is_same_text(&object.attributes, &attributes)
            || is_same_document(&object.attributes, &attributes));
    let (schema_version, attributes) = (schema.version, attributes.into());
    (!is_same).then(|| InstanceObject { schema_version, attributes, ..object.clone() })
}

/// Whether two documents are the same but for white space.
fn is_same_text(a: &str, b: &str) -> bool {
    Tokens::new(a).eq(Tokens::new(b))
}

fn is_same_document(a: &str, b: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    read(a) == read(b)
}

/// The bytes of a document without white space between its parts.
struct Tokens<'t> {
    bytes: std::slice::Iter<'t, u8>,
    in_string: bool,
    escaped: bool,
}

impl<'t> Tokens<'t> {
    fn new(text: &'t str) -> Tokens<'t> {
        Tokens { bytes: text.as_bytes().iter(), in_string: false, escaped: false }
    }
}

impl Iterator for Tokens<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.next()?;
            if self.in_string {
                self.in_string = self.escaped || byte != b'"';
                self.escaped = !self.escaped && byte == b'\\';
                return Some(byte);
            }
            if !byte.is_ascii_whitespace() {
                self.in_string = byte == b'"';
                return Some(byte);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_counts_within_strings_only() {
        let compact = r#"{"a b":["x\" y",1,null],"c":{}}"#;
        assert!(is_same_text("{\n  \"a b\": [\"x\\\" y\", 1,\tnull],\n  \"c\": {}\n}", compact));
        assert!(!is_same_text(r#"{"a b":["x\" y",1,null],"c":{}"#, compact));
        assert!(!is_same_text(r#"{"ab":["x\" y",1,null],"c":{}}"#, compact));
        assert!(!is_same_text(r#"{"a b":["x\"  y",1,null],"c":{}}"#, compact));
        assert!(is_same_document(r#"{"c":{},"a":1}"#, r#"{"a":1,"c":{}}"#));
    }
}
