//! Reaching into values.

use crate::convert::convert;
use crate::{Kind, Nullness, Number, Refinement, Type, Value};

use super::{OpError, Truth};

/// `value.name`: the attribute of an object, with the object's marks.
pub fn get_attr(value: &Value, name: &str) -> Result<Value, OpError> {
    let found = match value.kind() {
        Kind::Null(_) => return Err(OpError::Null),
        Kind::Object(m) => m.get(name).cloned().ok_or(OpError::NoAttribute)?,
        Kind::Map(m) => m.get(name).cloned().ok_or(OpError::NoElement)?,
        Kind::Unknown(u) => match &u.ty {
            Type::Dynamic => Value::dynamic(),
            Type::Object(o) => Value::unknown(o.attributes.get(name).cloned().ok_or(OpError::NoAttribute)?),
            Type::Map(element) => Value::unknown((**element).clone()),
            _ => return Err(OpError::Type),
        },
        _ => return Err(OpError::Type),
    };
    Ok(found.with_marks(value.marks()))
}

/// `value[key]`: an element of a list, tuple or map or an attribute of an object, with the marks of the value and, but
/// for objects, of the key. The key is converted to number or string as the value demands.
pub fn index(value: &Value, key: &Value) -> Result<Value, OpError> {
    if value.is_null() {
        return Err(OpError::Null);
    }
    if key.is_null() {
        return Err(OpError::NullKey);
    }
    let ty = value.ty();
    let wanted = match &ty {
        Type::Dynamic => return Ok(Value::dynamic().with_marks(value.marks() | key.marks())),
        Type::List(_) | Type::Tuple(_) => Type::Number,
        Type::Map(_) | Type::Object(_) => Type::String,
        _ => return Err(OpError::Type),
    };
    let key = convert(key, &wanted).map_err(|_| OpError::KeyType)?;
    let marks = match ty {
        Type::Object(_) => value.marks(),
        _ => value.marks() | key.marks(),
    };
    Ok(element_at(value, &ty, &key)?.with_marks(marks))
}

/// The key is a number for lists and tuples, a string for maps and objects, known or not.
fn element_at(value: &Value, ty: &Type, key: &Value) -> Result<Value, OpError> {
    if !key.is_known() {
        return Ok(Value::unknown(ty.element().cloned().unwrap_or(Type::Dynamic)));
    }
    let position = key.as_number().and_then(Number::to_usize);
    let name = key.as_str();
    match (value.kind(), ty) {
        (Kind::List(s) | Kind::Tuple(s), _) => {
            position.and_then(|i| s.items().get(i)).cloned().ok_or(OpError::NoElement)
        }
        (Kind::Map(m), _) => name.and_then(|n| m.get(n)).cloned().ok_or(OpError::NoElement),
        (Kind::Object(m), _) => name.and_then(|n| m.get(n)).cloned().ok_or(OpError::NoAttribute),
        (_, Type::Tuple(types)) => {
            position.and_then(|i| types.get(i)).cloned().map(Value::unknown).ok_or(OpError::NoElement)
        }
        (_, Type::Object(o)) => {
            name.and_then(|n| o.attributes.get(n)).cloned().map(Value::unknown).ok_or(OpError::NoAttribute)
        }
        (_, Type::List(element)) => match key.as_number() {
            Some(n) if n.is_integer() && (!n.is_negative() || n.is_zero()) => {
                Ok(Value::unknown((**element).clone()))
            }
            _ => Err(OpError::NoElement),
        },
        (_, Type::Map(element)) => Ok(Value::unknown((**element).clone())),
        _ => Err(OpError::Type),
    }
}

/// Whether `index` would find an element: a bool, unknown where the value or the key is. The key is not converted.
pub fn has_index(value: &Value, key: &Value) -> Value {
    let ty = value.ty();
    let wanted = match &ty {
        Type::List(_) | Type::Tuple(_) => Some(Type::Number),
        Type::Map(_) | Type::Object(_) => Some(Type::String),
        _ => None,
    };
    let truth = match wanted {
        _ if ty == Type::Dynamic || key.ty() == Type::Dynamic => Truth::Unknown,
        Some(wanted) if key.ty() == wanted => match element_at(value, &ty, key) {
            Ok(_) if !key.is_known() || (!value.is_known() && ty.is_collection()) => Truth::Unknown,
            Ok(_) => Truth::Known(true),
            Err(_) => Truth::Known(false),
        },
        Some(_) | None => Truth::Known(false),
    };
    Value::from(truth).with_marks(value.marks() | key.marks())
}

/// The number of elements or attributes, with the value's marks; unknown, but within bounds, where elements may yet
/// turn out equal or the whole is unknown.
pub fn length(value: &Value) -> Result<Value, OpError> {
    let count = match value.kind() {
        Kind::Null(_) => return Err(OpError::Null),
        Kind::Set(s) if s.items().len() > 1 && !value.is_wholly_known() => between(1, Some(s.items().len())),
        Kind::List(s) | Kind::Set(s) | Kind::Tuple(s) => Value::number(s.items().len()),
        Kind::Map(m) | Kind::Object(m) => Value::number(m.entries().len()),
        Kind::Unknown(u) => match &u.ty {
            Type::Tuple(types) => Value::number(types.len()),
            Type::Object(o) => Value::number(o.attributes.len()),
            Type::List(_) | Type::Set(_) | Type::Map(_) => {
                between(u.refinement.min_length.unwrap_or(0), u.refinement.max_length)
            }
            Type::Dynamic => Value::unknown_not_null(Type::Number),
            _ => return Err(OpError::Type),
        },
        _ => return Err(OpError::Type),
    };
    Ok(count.with_marks(value.marks()))
}

fn between(min: usize, max: Option<usize>) -> Value {
    let refinement = Refinement {
        nullness: Nullness::NotNull,
        lower: Some((Number::from(min), true)),
        upper: max.map(|max| (Number::from(max), true)),
        ..Refinement::default()
    };
    Value::refined(Type::Number, refinement)
}

/// The elements of a known value with their keys, as `for` and `for_each` go through them: numbers for lists and
/// tuples, strings for maps and objects, the elements themselves for sets. Nothing for what has no elements. The
/// marks of the value itself are the caller's to carry on.
pub fn elements(value: &Value) -> Option<Vec<(Value, Value)>> {
    let numbered =
        |items: &[Value]| items.iter().enumerate().map(|(i, v)| (Value::number(i), v.clone())).collect();
    match value.kind() {
        Kind::List(s) | Kind::Tuple(s) => Some(numbered(s.items())),
        Kind::Set(s) => Some(s.items().iter().map(|v| (v.clone(), v.clone())).collect()),
        Kind::Map(m) | Kind::Object(m) => {
            Some(m.entries().iter().map(|(k, v)| (Value::normalized(k.clone()), v.clone())).collect())
        }
        _ => None,
    }
}
