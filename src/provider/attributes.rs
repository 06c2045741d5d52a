//! Small questions to objects, and small changes of them.

use model::{Block, NestedBlock, Nesting, Path, Str, Type, Value, ops};

/// A configuration of a block's type: the given members, and null or no block for the others.
pub fn config_of<'a>(block: &Block, given: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let attributes = block.attributes.iter().map(|(name, a)| (name.clone(), Value::null_of(a.ty.clone())));
    let blocks = block.blocks.iter().map(|(name, nested)| (name.clone(), no_blocks(nested)));
    let given = given.into_iter().map(|(name, value)| (Str::from(name), value));
    Value::object(attributes.chain(blocks).chain(given).collect::<Vec<_>>())
}

/// The value of a type of nested block of which there is none.
fn no_blocks(nested: &NestedBlock) -> Value {
    match (nested.nesting, nested.ty()) {
        (Nesting::Group, _) => config_of(&nested.block, []),
        (Nesting::List, Type::List(element)) => Value::list((*element).clone(), Vec::new()),
        (Nesting::List, _) => Value::tuple(Vec::new()),
        (Nesting::Set, Type::Set(element)) => Value::set((*element).clone(), Vec::new()),
        (Nesting::Map, Type::Map(element)) => Value::map::<Str>((*element).clone(), []),
        (Nesting::Map, _) => Value::object::<Str>([]),
        (Nesting::Single | Nesting::Set, ty) => Value::null_of(ty),
    }
}

/// The text of an attribute; nothing where it is null or unknown.
pub fn text<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    object.get(name).and_then(Value::as_str).map(|s| &**s)
}

/// An object with some of its attributes given other values.
pub fn with_attributes<'a>(object: &Value, changes: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let entries = entries(object).iter().cloned();
    let changes = changes.into_iter().map(|(name, value)| (name.into(), value));
    Value::object(entries.chain(changes).collect::<Vec<_>>()).with_marks(object.marks())
}

/// The attributes among `names` whose values two objects do not share.
pub fn changed<'a>(one: &Value, other: &Value, names: impl IntoIterator<Item = &'a str>) -> Vec<Path> {
    let same = |name: &str| match (one.get(name), other.get(name)) {
        (Some(a), Some(b)) => ops::raw_equals(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    names.into_iter().filter(|name| !same(name)).map(Path::of_attr).collect()
}

/// The path of a map such as `triggers` where its entries changed, so that they demand a new object. An entry that is added
/// and null is no change, nor is a map without entries in place of none; an unknown map may be any other.
pub fn changed_entries(one: &Value, other: &Value, name: &str) -> Option<Path> {
    let (before, after) = (one.get(name)?, other.get(name)?);
    let is_new = |(key, value): &(Str, Value)| match before.get(key) {
        Some(old) => !ops::raw_equals(old, value),
        None => !value.is_null(),
    };
    let is_gone = |(key, _): &(Str, Value)| after.get(key).is_none();
    let changed =
        !after.is_known() || entries(after).iter().any(is_new) || entries(before).iter().any(is_gone);
    changed.then(|| Path::of_attr(name))
}

fn entries(map: &Value) -> &[(Str, Value)] {
    map.as_entries().unwrap_or_default()
}
