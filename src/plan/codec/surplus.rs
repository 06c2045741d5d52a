//! What a stored object has beyond its type: attributes that an older version of the provider had, or another provider of
//! the same address.

use model::Type;
use serde_json::Value as Json;

/// The object without attributes that its type does not have; nothing where it is no JSON.
pub fn without_surplus(stored: &str, ty: &Type) -> Option<String> {
    let mut object = serde_json::from_str(stored).ok()?;
    strip(&mut object, ty);
    Some(object.to_string())
}

fn strip(value: &mut Json, ty: &Type) {
    match (value, ty) {
        (Json::Object(entries), Type::Object(object)) => {
            entries.retain(|name, _| object.attributes.contains_key(&**name));
            for (name, inner) in entries {
                if let Some(ty) = object.attributes.get(&**name) {
                    strip(inner, ty);
                }
            }
        }
        (Json::Object(entries), Type::Map(element)) => entries.values_mut().for_each(|v| strip(v, element)),
        (Json::Array(items), Type::List(element) | Type::Set(element)) => {
            items.iter_mut().for_each(|v| strip(v, element));
        }
        (Json::Array(items), Type::Tuple(elements)) => {
            items.iter_mut().zip(elements.iter()).for_each(|(v, ty)| strip(v, ty));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_type_lacks_goes() {
        let inner = Type::object([("a", Type::String)]);
        let ty = Type::object([
            ("id", Type::String),
            ("list", Type::list(inner.clone())),
            ("map", Type::map(inner)),
            ("any", Type::Dynamic),
        ]);
        let stored = r#"{"id":"x","gone":{"a":1},"list":[{"a":"1","b":2}],"map":{"b":{"a":"1","c":null}},"any":{"value":{"z":1},"type":["object",{"z":"number"}]}}"#;
        let expected = r#"{"id":"x","list":[{"a":"1"}],"map":{"b":{"a":"1"}},"any":{"value":{"z":1},"type":["object",{"z":"number"}]}}"#;
        assert_eq!(without_surplus(stored, &ty).as_deref(), Some(expected));
        assert_eq!(without_surplus("{", &ty), None);
    }
}
