//! What would be planned by default: the configuration merged with the object as it is now.

use crate::contract::is_left_out;
use model::{Attribute, Block, Kind, NestedBlock, Nesting, Str, Value};

/// Merges a configuration with the object that exists, both of the block's type.
///
/// What the configuration gives wins. Where it gives nothing, attributes that the provider may give keep the value of the
/// object; where there is no object (`prior` is `None` or null) they are unknown. Elements of nested blocks and nested
/// attributes are matched with those of the object: lists by position, maps by key, sets by their configured parts. Write-only
/// attributes become null. A configuration that is null or unknown as a whole comes back as it is.
pub fn propose(block: &Block, prior: Option<&Value>, config: &Value) -> Value {
    let prior = prior.filter(|p| p.as_entries().is_some());
    let Some(entries) = config.as_entries() else { return config.clone() };
    let merged = entries.iter().map(|(name, given)| {
        let before = prior.and_then(|p| p.get(name));
        (name.clone(), propose_member(block, name, before, given))
    });
    Value::object(merged.collect::<Vec<_>>()).with_marks(config.marks())
}

/// An object as if somebody had configured it whole: what the provider alone decides on is null.
pub fn configurable(block: &Block, object: &Value) -> Value {
    let Some(entries) = object.as_entries() else { return object.clone() };
    let member = |(name, value): &(Str, Value)| (name.clone(), configurable_member(block, name, value));
    Value::object(entries.iter().map(member).collect::<Vec<_>>()).with_marks(object.marks())
}

fn configurable_member(block: &Block, name: &Str, value: &Value) -> Value {
    let nested = match (block.attributes.get(name), block.blocks.get(name)) {
        (Some(attribute), _) if !attribute.is_configurable() => return Value::null_of(attribute.ty.clone()),
        (Some(attribute), _) => attribute.nested.as_deref().map(|(nesting, block)| (*nesting, block)),
        (None, Some(nested)) => Some((nested.nesting, &nested.block)),
        (None, None) => None,
    };
    match nested {
        None => value.clone(),
        Some((Nesting::Single | Nesting::Group, block)) => configurable(block, value),
        Some((Nesting::List | Nesting::Map | Nesting::Set, block)) => {
            value.map_children(|element| configurable(block, element))
        }
    }
}

fn propose_member(block: &Block, name: &Str, prior: Option<&Value>, given: &Value) -> Value {
    if let Some(attribute) = block.attributes.get(name) {
        return propose_attribute(attribute, prior, given);
    }
    match block.blocks.get(name) {
        Some(nested) if nested.computed && is_left_out(given) => {
            prior.cloned().unwrap_or_else(|| Value::unknown(nested.ty()))
        }
        Some(NestedBlock { nesting, block, .. }) => propose_nested(*nesting, block, prior, given),
        None => given.clone(),
    }
}

fn propose_attribute(attribute: &Attribute, prior: Option<&Value>, given: &Value) -> Value {
    if attribute.write_only {
        return Value::null_of(attribute.ty.clone());
    }
    if attribute.is_computed() && given.is_null() {
        return computed(attribute, prior);
    }
    match attribute.nested.as_deref() {
        Some((nesting, block)) => propose_nested(*nesting, block, prior, given),
        None => given.clone(),
    }
}

/// The value of an attribute that the configuration leaves to the provider. An object that can only have come from an
/// earlier configuration does not stay when the configuration drops it.
fn computed(attribute: &Attribute, prior: Option<&Value>) -> Value {
    let was_configured = |p: &Value| {
        attribute.is_configurable()
            && attribute
                .nested
                .as_deref()
                .is_some_and(|(nesting, block)| came_from_config(*nesting, block, p))
    };
    match prior {
        None => Value::unknown(attribute.ty.clone()),
        Some(p) if was_configured(p) => Value::null_of(attribute.ty.clone()),
        Some(p) => p.clone(),
    }
}

/// Whether some part of a nested value can only have been given by a configuration.
fn came_from_config(nesting: Nesting, block: &Block, value: &Value) -> bool {
    elements(nesting, value).any(|element| {
        block.attributes.iter().any(|(name, attribute)| {
            let part = element.get(name).filter(|v| !v.is_null());
            part.is_some_and(|part| match attribute.nested.as_deref() {
                Some((nesting, inner)) => !attribute.is_computed() || came_from_config(*nesting, inner, part),
                None => !attribute.is_computed(),
            })
        })
    })
}

/// The objects that a nested value consists of.
fn elements(nesting: Nesting, value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match nesting {
        Nesting::Single | Nesting::Group => Box::new(std::iter::once(value)),
        Nesting::List | Nesting::Set => Box::new(value.as_items().unwrap_or_default().iter()),
        Nesting::Map => Box::new(value.as_entries().unwrap_or_default().iter().map(|(_, v)| v)),
    }
}

fn propose_nested(nesting: Nesting, block: &Block, prior: Option<&Value>, given: &Value) -> Value {
    match nesting {
        Nesting::Single | Nesting::Group => propose(block, prior, given),
        Nesting::List => {
            let mut old = prior.and_then(Value::as_items).unwrap_or_default().iter();
            given.map_children(|element| propose(block, old.next(), element))
        }
        Nesting::Map => propose_map(block, prior, given),
        Nesting::Set => propose_set(block, prior, given),
    }
}

fn propose_map(block: &Block, prior: Option<&Value>, given: &Value) -> Value {
    let merge = |(key, element): &(Str, Value)| {
        (key.clone(), propose(block, prior.and_then(|p| p.get(key)), element))
    };
    let value = match given.kind() {
        Kind::Map(m) => Value::map(block.ty(), m.entries().iter().map(merge).collect::<Vec<_>>()),
        Kind::Object(m) => Value::object(m.entries().iter().map(merge).collect::<Vec<_>>()),
        _null_or_unknown => return given.clone(),
    };
    value.with_marks(given.marks())
}

/// Each element of the configuration takes over one element of the object that agrees with it in every configured part.
fn propose_set(block: &Block, prior: Option<&Value>, given: &Value) -> Value {
    let mut unused: Vec<&Value> = prior.and_then(Value::as_items).unwrap_or_default().iter().collect();
    given.map_children(|element| {
        let found = unused.iter().position(|old| suits(block, old, element));
        let old = found.map(|at| unused.remove(at));
        propose(block, old, element)
    })
}

/// Whether an element of the object can be what became of an element of the configuration.
fn suits(block: &Block, old: &Value, given: &Value) -> bool {
    if old.is_null() || given.is_null() || !given.is_known() {
        return old == given;
    }
    let attributes =
        block.attributes.iter().all(|(name, attribute)| match (old.get(name), given.get(name)) {
            (Some(old), Some(given)) => attribute_suits(attribute, old, given),
            _absent => true,
        });
    let blocks = block.blocks.iter().all(|(name, nested)| match (old.get(name), given.get(name)) {
        (Some(old), Some(given)) => nested_suits(nested.nesting, &nested.block, old, given),
        _absent => true,
    });
    attributes && blocks
}

fn attribute_suits(attribute: &Attribute, old: &Value, given: &Value) -> bool {
    if attribute.write_only || given.is_null() && attribute.is_computed() {
        return true;
    }
    match attribute.nested.as_deref() {
        Some((nesting, block)) => nested_suits(*nesting, block, old, given),
        None => old == given,
    }
}

fn nested_suits(nesting: Nesting, block: &Block, old: &Value, given: &Value) -> bool {
    if old.is_null() || given.is_null() || !given.is_known() {
        return old == given;
    }
    let pairwise = |old: &[Value], given: &[Value]| {
        old.len() == given.len() && old.iter().zip(given).all(|(o, g)| suits(block, o, g))
    };
    match nesting {
        Nesting::Single | Nesting::Group => suits(block, old, given),
        Nesting::List => pairwise(items(old), items(given)),
        Nesting::Map => {
            let (old, given) = (old.as_entries().unwrap_or_default(), given.as_entries().unwrap_or_default());
            old.len() == given.len()
                && old.iter().zip(given).all(|((k, o), (l, g))| k == l && suits(block, o, g))
        }
        Nesting::Set => set_suits(block, items(old), items(given)),
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_items().unwrap_or_default()
}

fn set_suits(block: &Block, old: &[Value], given: &[Value]) -> bool {
    let mut unused: Vec<&Value> = old.iter().collect();
    let all = given.iter().all(|element| {
        let found = unused.iter().position(|old| suits(block, old, element));
        found.map(|at| unused.remove(at)).is_some()
    });
    all && unused.is_empty()
}

#[cfg(test)]
mod tests;
