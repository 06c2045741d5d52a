//! Gives attributes the types of a schema, and puts them into the place of earlier ones.

use model::{Block, Kind, NestedBlock, Nesting, Str, Type, Value, convert};

use super::Fields;
use super::parse::Sheet;
use crate::ErrorKind;
use crate::ProviderError;
use crate::contract::is_nothing;

/// An attribute that does not have the type of the schema.
fn misfit(name: &str, why: &str) -> ProviderError {
    ProviderError::new(
        ErrorKind::Internal,
        "Answer does not fit the schema",
        format!("The attribute {name:?} was read as something of another type: {why}."),
    )
}

/// An object of the block's type from attributes; what is not among them is null, and there are no other blocks.
pub fn fill(block: &Block, fields: Fields) -> Result<Value, ProviderError> {
    filled(block, &Value::object(fields.entries))
}

fn filled(block: &Block, object: &Value) -> Result<Value, ProviderError> {
    let mut entries: Vec<(Str, Value)> = Vec::new();
    for (name, attribute) in &block.attributes {
        let value = match object.get(name).filter(|value| !value.is_null()) {
            Some(value) => typed(name, value, &attribute.ty)?,
            None => Value::null_of(attribute.ty.clone()),
        };
        entries.push((name.clone(), value));
    }
    for (name, nested) in &block.blocks {
        entries.push((name.clone(), filled_blocks(name, nested, object.get(name))?));
    }
    let is_known = |name: &Str| block.attributes.contains_key(name) || block.blocks.contains_key(name);
    let stray = object.as_entries().unwrap_or_default().iter().find(|(name, _)| !is_known(name));
    stray.map_or(Ok(()), |(name, _)| Err(misfit(name, "the schema has none of this name")))?;
    Ok(Value::object(entries))
}

fn filled_blocks(name: &str, nested: &NestedBlock, value: Option<&Value>) -> Result<Value, ProviderError> {
    let value = value.filter(|value| !value.is_null());
    if nested.nesting == Nesting::Single || nested.nesting == Nesting::Group {
        return value.map_or_else(|| Ok(Value::null_of(nested.block.ty())), |one| filled(&nested.block, one));
    }
    if value.is_some_and(|value| !value.is_known()) {
        return Ok(Value::unknown(nested.ty()));
    }
    let items = value.map(|value| value.as_items().ok_or_else(|| misfit(name, "no blocks"))).transpose()?;
    let items = items.unwrap_or_default().iter().map(|item| filled(&nested.block, item));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    Ok(match nested.nesting {
        Nesting::Set => Value::set(nested.block.ty(), items),
        _ => Value::list(nested.block.ty(), items),
    })
}

/// A value in the type of an attribute; objects in it may lack members.
fn typed(name: &str, value: &Value, ty: &Type) -> Result<Value, ProviderError> {
    if let (Some(element), Some(items)) = (ty.element(), value.as_items())
        && matches!(element, Type::Object(_))
    {
        let items = items.iter().map(|item| typed(name, item, element)).collect::<Result<Vec<_>, _>>()?;
        let is_set = matches!(ty, Type::Set(_));
        return Ok(if is_set {
            Value::set(element.clone(), items)
        } else {
            Value::list(element.clone(), items)
        });
    }
    if let (Type::Object(want), Kind::Object(_)) = (ty, value.kind()) {
        let member = |(key, ty): (&Str, &Type)| {
            let value = value.get(key).filter(|value| !value.is_null());
            let value = value.map_or_else(|| Ok(Value::null_of(ty.clone())), |value| typed(key, value, ty));
            Ok((key.clone(), value?))
        };
        let members = want.attributes.iter().map(member).collect::<Result<Vec<_>, ProviderError>>()?;
        return Ok(Value::object(members));
    }
    convert::convert(value, ty).map_err(|e| misfit(name, &e.full()))
}

/// An object with attributes that were read put into it. Where what was read means the same as what is there, that stays:
/// a policy written otherwise, an empty text or list in place of null. What is not known becomes null unless it was read.
pub(super) fn merge(sheet: &Sheet, like: &Value, fields: Fields) -> Result<Value, ProviderError> {
    merge_over(sheet, like, like, fields)
}

/// The same, with all that was not read as it is in another object.
pub(super) fn merge_over(
    sheet: &Sheet,
    like: &Value,
    rest: &Value,
    fields: Fields,
) -> Result<Value, ProviderError> {
    let names: Vec<Str> = fields.entries.keys().cloned().collect();
    let read = fill(&sheet.schema.block, fields)?;
    let entries = read.as_entries().unwrap_or_default().iter().map(|(name, value)| {
        let value = match names.contains(name) {
            true => settle(sheet, &mut vec![name.clone()], value, like.get(name)),
            // What is only written is never kept: another program may have put an empty text there.
            false if sheet.schema.block.attributes.get(name).is_some_and(|one| one.write_only) => {
                value.clone()
            }
            false => rest.get(name).map_or_else(|| value.clone(), known),
        };
        (name.clone(), value)
    });
    Ok(Value::object(entries.collect::<Vec<_>>()))
}

/// A value with null in place of all that is not known.
pub(super) fn known(value: &Value) -> Value {
    match value.kind() {
        _ if value.is_wholly_known() => value.clone(),
        Kind::Unknown(unknown) => match &unknown.ty {
            // Blocks are never null, and attributes may as well be empty where null is not said.
            Type::List(element) if matches!(**element, Type::Object(_)) => {
                Value::list((**element).clone(), Vec::new())
            }
            Type::Set(element) if matches!(**element, Type::Object(_)) => {
                Value::set((**element).clone(), Vec::new())
            }
            ty => Value::null_of(ty.clone()),
        },
        _ => value.map_children(known),
    }
}

/// What was planned, with what was seen in place of what was not known.
pub(super) fn as_planned(planned: &Value, seen: &Value) -> Value {
    match (planned.kind(), seen.kind()) {
        _ if planned.is_wholly_known() => planned.clone(),
        (Kind::Unknown(_), _) => seen.clone(),
        (Kind::Object(object), Kind::Object(_)) => {
            let entries = object.entries().iter().map(|(name, value)| {
                let value = seen.get(name).map_or_else(|| known(value), |seen| as_planned(value, seen));
                (name.clone(), value)
            });
            Value::object(entries.collect::<Vec<_>>())
        }
        (Kind::List(_), Kind::List(found)) => {
            let mut found = found.items().iter();
            planned
                .map_children(|item| found.next().map_or_else(|| known(item), |seen| as_planned(item, seen)))
        }
        (Kind::Set(items), Kind::Set(found)) if items.items().len() == found.items().len() => seen.clone(),
        _ => known(planned),
    }
}

/// What was read, in the form of what was there before where both mean the same.
fn settle(sheet: &Sheet, at: &mut Vec<Str>, read: &Value, before: Option<&Value>) -> Value {
    // A part that is not known yet does not keep the others from their form.
    let Some(before) = before.filter(|before| before.is_known()) else { return read.clone() };
    if before.is_wholly_known() && is_same(sheet, at, read, before) {
        return before.clone();
    }
    match (read.kind(), before.kind()) {
        (Kind::Object(object), Kind::Object(_)) => {
            let entries = object.entries().iter().map(|(name, value)| {
                at.push(name.clone());
                let value = settle(sheet, at, value, before.get(name));
                at.pop();
                (name.clone(), value)
            });
            Value::object(entries.collect::<Vec<_>>())
        }
        (Kind::List(list), Kind::List(old)) => {
            let mut old = old.items().iter();
            let items = list.items().iter().map(|item| settle(sheet, at, item, old.next()));
            Value::list(list.element().clone(), items.collect())
        }
        (Kind::Set(set), Kind::Set(old)) => {
            let like =
                |item: &Value, at: &[Str]| known_items(old.items()).find(|old| is_same(sheet, at, item, old));
            let items = set.items().iter().map(|item| like(item, at).unwrap_or(item).clone());
            Value::set(set.element().clone(), items.collect())
        }
        _ => read.clone(),
    }
}

fn known_items(items: &[Value]) -> impl Iterator<Item = &Value> {
    items.iter().filter(|item| item.is_wholly_known())
}

fn is_empty(value: &Value) -> bool {
    value.is_null()
        || value.as_str().is_some_and(|text| text.is_empty())
        || value.as_items().is_some_and(<[Value]>::is_empty)
        || matches!(value.kind(), Kind::Map(map) if map.entries().is_empty())
}

/// Whether two values mean the same.
pub(super) fn is_same(sheet: &Sheet, at: &[Str], one: &Value, other: &Value) -> bool {
    if one == other || is_empty(one) && is_empty(other) {
        return true;
    }
    let traits = sheet.traits.get(at);
    // What has a default is said even where it says nothing: no, or zero.
    let has_default = traits.is_some_and(|traits| traits.default.is_some());
    if !has_default && (one.is_null() && is_nothing(other) || other.is_null() && is_nothing(one)) {
        return true;
    }
    match (one.kind(), other.kind()) {
        (Kind::String(one), Kind::String(other)) => {
            traits.is_some_and(|traits| traits.means_same(one, other))
        }
        (Kind::Object(one), Kind::Object(_)) => one.entries().iter().all(|(name, value)| {
            let below: Vec<Str> = at.iter().cloned().chain([name.clone()]).collect();
            other.get(name).is_some_and(|other| is_same(sheet, &below, value, other))
        }),
        (Kind::List(one), Kind::List(other)) => {
            let (one, other) = (one.items(), other.items());
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(sheet, at, one, other))
        }
        (Kind::Set(one), Kind::Set(other)) => {
            let (one, other) = (one.items(), other.items());
            let has_same = |item: &Value| other.iter().any(|other| is_same(sheet, at, item, other));
            one.len() == other.len() && one.iter().all(has_same)
        }
        _ => false,
    }
}
