//! Converting values whose types convert.

use crate::elements::{Common, common_type};
use crate::quote::quote;
use crate::unify::unify_with;
use crate::{Kind, Mapping, Number, ObjectType, Path, PathStep, Refinement, Sequence, Str, Type, Value};

use super::possible::{common_attribute, common_element, possible_for};
use super::replace::fill_dynamic;
use super::{ConvertError, Safety, mismatch, possible};

type Converted = Result<Value, ConvertError>;

/// Converts the part of a value at a path.
pub(super) fn convert_at(value: &Value, to: &Type, path: &mut Path) -> Converted {
    if is_settled(value, to) {
        return Ok(value.clone());
    }
    if !possible_for(value, to) {
        return Err(ConvertError::new(path, mismatch(&value.ty(), to)));
    }
    apply(value, to, path)
}

/// Whether conversion changes nothing. Open parts of a type are another matter: they cost an empty collection what was
/// known of its elements.
fn is_settled(value: &Value, to: &Type) -> bool {
    let is_open = || to.has_dynamic() && value.is_known() && !value.is_null();
    *to == Type::Dynamic || (value.conforms_to(to) && !is_open())
}

/// Converts a value whose type converts, as [`possible`] says.
fn apply(value: &Value, to: &Type, path: &mut Path) -> Converted {
    if is_settled(value, to) {
        return Ok(value.clone());
    }
    let result = match (value.kind(), to) {
        (Kind::Unknown(u), _) => {
            let ty = fill_dynamic(&u.ty, &to.without_optional());
            convert_unknown(&u.ty, &u.refinement, ty)
        }
        (Kind::Null(from), _) => Value::null_of(fill_dynamic(from, &to.without_optional())),
        (Kind::Bool(b), Type::String) => Value::normalized(if *b { "true".into() } else { "false".into() }),
        (Kind::Number(n), Type::String) => Value::normalized(n.to_string().into()),
        (Kind::String(s), Type::Number) => {
            Value::number(Number::parse(s).ok_or_else(|| ConvertError::new(path, "a number is required"))?)
        }
        (Kind::String(s), Type::Bool) => parse_bool(s).map_err(|message| ConvertError::new(path, message))?,
        (Kind::Object(m), Type::Object(to)) => object_to_object(m, to, path)?,
        (Kind::Map(m), Type::Object(to)) => map_to_object(m, to, path)?,
        (Kind::Map(m), Type::Map(element)) => map_to_map(value, m, element, path)?,
        (Kind::Object(m), Type::Map(element)) => object_to_map(value, m, element, path)?,
        (Kind::Tuple(s), Type::Tuple(to)) => Value::tuple(each(s, |i| &to[i], path)?),
        (Kind::Tuple(s), Type::List(element)) => tuple_to_list(value, s, element, path)?,
        (Kind::Tuple(s), Type::Set(element)) => tuple_to_set(value, s, element, path)?,
        (Kind::List(s) | Kind::Set(s), Type::List(element)) => to_list(value, s, element, path)?,
        (Kind::List(s) | Kind::Set(s), Type::Set(element)) => to_set(value, s, element, path)?,
        _ => return Err(ConvertError::new(path, mismatch(&value.ty(), to))),
    };
    Ok(result.with_marks(value.marks()))
}

fn parse_bool(text: &str) -> Result<Value, String> {
    match text {
        "true" | "1" => Ok(Value::bool(true)),
        "false" | "0" => Ok(Value::bool(false)),
        _ => Err(match &*text.to_lowercase() {
            lower @ ("true" | "false") => {
                format!("a bool is required; to convert from string, use lowercase \"{lower}\"")
            }
            _ => "a bool is required".into(),
        }),
    }
}

/// An unknown of the target type with what carries over of its certainties.
fn convert_unknown(from: &Type, known: &Refinement, to: Type) -> Value {
    let mut refinement = Refinement { nullness: known.nullness, ..Refinement::default() };
    let mut bound = |min, max| {
        refinement.min_length = Some(min).filter(|min| *min > 0);
        refinement.max_length = max;
    };
    match (from, &to) {
        (Type::Object(o), Type::Map(_)) => bound(o.attributes.len(), Some(o.attributes.len())),
        (Type::Tuple(t), Type::List(_)) => bound(t.len(), Some(t.len())),
        (Type::Tuple(t), Type::Set(_)) => bound(t.len().min(1), Some(t.len())),
        (from, Type::Set(_)) if from.is_collection() => {
            bound(known.min_length.unwrap_or(0).min(1), known.max_length);
        }
        (from, to) if from.is_collection() && to.is_collection() => {
            bound(known.min_length.unwrap_or(0), known.max_length);
        }
        _ => {}
    }
    Value::refined(to, refinement)
}

/// Runs a conversion one step deeper.
fn deeper<T>(path: &mut Path, step: PathStep, f: impl FnOnce(&mut Path) -> T) -> T {
    path.0.push(step);
    let result = f(path);
    path.0.pop();
    result
}

/// Converts each element of a sequence to the type of its position.
fn each<'t>(
    s: &Sequence,
    to: impl Fn(usize) -> &'t Type,
    path: &mut Path,
) -> Result<Vec<Value>, ConvertError> {
    let items = s.items().iter().enumerate();
    items
        .map(|(i, item)| deeper(path, PathStep::Index(Value::number(i)), |path| apply(item, to(i), path)))
        .collect()
}

/// Converts each entry of a mapping to one type.
fn each_entry(m: &Mapping, to: &Type, path: &mut Path) -> Result<Vec<(Str, Value)>, ConvertError> {
    m.entries()
        .iter()
        .map(|(k, v)| {
            let key = PathStep::Index(Value::normalized(k.clone()));
            Ok((k.clone(), deeper(path, key, |path| apply(v, to, path))?))
        })
        .collect()
}

fn object_to_object(m: &Mapping, to: &ObjectType, path: &mut Path) -> Converted {
    let mut attributes = Vec::with_capacity(to.attributes.len());
    for (name, wanted) in &to.attributes {
        let attribute = match m.get(name) {
            Some(v) => deeper(path, PathStep::Attr(name.clone()), |path| apply(v, wanted, path))?,
            None => Value::null_of(wanted.without_optional()),
        };
        attributes.push((name.clone(), attribute));
    }
    Ok(Value::object(attributes))
}

fn map_to_object(m: &Mapping, to: &ObjectType, path: &mut Path) -> Converted {
    let mut attributes = Vec::with_capacity(to.attributes.len());
    for (name, wanted) in &to.attributes {
        let attribute = match m.get(name) {
            Some(v) if !possible(&v.ty(), wanted, Safety::Unsafe) => {
                let why = mismatch(&v.ty(), wanted);
                let message =
                    format!("map element type is incompatible with attribute {}: {why}", quote(name));
                return Err(ConvertError::new(path, message));
            }
            Some(v) => {
                let key = PathStep::Index(Value::normalized(name.clone()));
                deeper(path, key, |path| apply(v, wanted, path))?
            }
            None if to.optional.contains(name) => Value::null_of(wanted.without_optional()),
            None => {
                let message = format!("map has no element for required attribute {}", quote(name));
                return Err(ConvertError::new(path, message));
            }
        };
        attributes.push((name.clone(), attribute));
    }
    Ok(Value::object(attributes))
}

fn map_to_map(value: &Value, m: &Mapping, element: &Type, path: &mut Path) -> Converted {
    let entries = each_entry(m, element, path)?;
    finish_map(value, entries, element, path)
}

fn object_to_map(value: &Value, m: &Mapping, element: &Type, path: &mut Path) -> Converted {
    let element = match value.ty() {
        Type::Object(ty) if *element == Type::Dynamic => common_attribute(&ty, element, Safety::Unsafe),
        _ => Some(element.clone()),
    };
    let element = element.unwrap_or(Type::Dynamic);
    let entries = each_entry(m, &element, path)?;
    finish_map(value, entries, &element, path)
}

/// Makes a map of what the elements of `value`, a map or an object, have become.
fn finish_map(value: &Value, mut entries: Vec<(Str, Value)>, element: &Type, path: &mut Path) -> Converted {
    let (noun, safety) = match value.kind() {
        Kind::Object(_) => ("attribute", Safety::Unsafe),
        _ => ("element", Safety::Safe),
    };
    if element.has_dynamic() && (element.is_collection() || matches!(element, Type::Object(_))) {
        let types: Vec<Type> = entries.iter().map(|(_, v)| v.ty()).collect();
        if let Some(unified) = unify_elements(&types, safety, path)? {
            for (k, v) in &mut entries {
                let key = PathStep::Index(Value::normalized(k.clone()));
                *v = deeper(path, key, |path| apply(v, &unified, path))?;
            }
        }
    }
    let ty = element_type(value, element, entries.iter().map(|(_, v)| v)).ok_or_else(|| {
        ConvertError::new(path, format!("{noun} types must all match for conversion to map"))
    })?;
    Ok(Value::map(ty, entries))
}

fn tuple_to_list(value: &Value, s: &Sequence, element: &Type, path: &mut Path) -> Converted {
    let mut items = tuple_elements(value, s, element, path)?;
    if element.has_dynamic() && !items.is_empty() {
        let types: Vec<Type> = items.iter().map(Value::ty).collect();
        // Failures here are reported at the last element, the only one that the original names.
        let last = PathStep::Index(Value::number(items.len() - 1));
        let unified = deeper(path, last.clone(), |path| unify_elements(&types, Safety::Unsafe, path))?;
        if let Some(unified) = unified {
            for (i, item) in items.iter_mut().enumerate() {
                *item = deeper(path, last.clone(), |path| {
                    deeper(path, PathStep::Index(Value::number(i)), |path| apply(item, &unified, path))
                })?;
            }
        }
    }
    list_of(value, items, element, path)
}

fn tuple_to_set(value: &Value, s: &Sequence, element: &Type, path: &mut Path) -> Converted {
    let items = tuple_elements(value, s, element, path)?;
    set_of(value, items, element, path)
}

fn tuple_elements(
    value: &Value,
    s: &Sequence,
    element: &Type,
    path: &mut Path,
) -> Result<Vec<Value>, ConvertError> {
    if *element != Type::Dynamic {
        return each(s, |_| element, path);
    }
    let Type::Tuple(types) = value.ty() else { return Ok(Vec::new()) };
    let element = common_element(&types, element, Safety::Unsafe).unwrap_or(Type::Dynamic);
    each(s, |_| &element, path)
}

fn to_list(value: &Value, s: &Sequence, element: &Type, path: &mut Path) -> Converted {
    // Unknown elements of a set may turn out equal: how long the list will be is not known.
    if matches!(value.kind(), Kind::Set(_)) && s.items().len() > 1 && !value.is_wholly_known() {
        let from = value.ty().element().cloned().unwrap_or(Type::Dynamic);
        return Ok(Value::unknown(Type::list(fill_dynamic(&from, &element.without_optional()))));
    }
    let items = each(s, |_| element, path)?;
    list_of(value, items, element, path)
}

fn to_set(value: &Value, s: &Sequence, element: &Type, path: &mut Path) -> Converted {
    let items = each(s, |_| element, path)?;
    set_of(value, items, element, path)
}

fn list_of(value: &Value, items: Vec<Value>, element: &Type, path: &Path) -> Converted {
    let ty = element_type(value, element, items.iter())
        .ok_or_else(|| ConvertError::new(path, "element types must all match for conversion to list"))?;
    Ok(Value::list(ty, items))
}

fn set_of(value: &Value, items: Vec<Value>, element: &Type, path: &Path) -> Converted {
    let ty = element_type(value, element, items.iter())
        .ok_or_else(|| ConvertError::new(path, "element types must all match for conversion to set"))?;
    Ok(Value::set(ty, items))
}

/// The one type of all elements, or nothing where they differ; of none, the wanted type or the one from before.
fn element_type<'v>(value: &Value, wanted: &Type, items: impl Iterator<Item = &'v Value>) -> Option<Type> {
    if !wanted.has_dynamic() {
        return Some(wanted.without_optional());
    }
    match (common_type(items), wanted) {
        (Common::Type(ty), _) => Some(ty),
        (Common::Different, _) => None,
        (Common::Empty, Type::Dynamic) => Some(value.ty().element().cloned().unwrap_or(Type::Dynamic)),
        (Common::Empty, wanted) => Some(wanted.without_optional()),
    }
}

/// The type to bring converted elements to, or nothing if they have one type already.
fn unify_elements(types: &[Type], safety: Safety, path: &Path) -> Result<Option<Type>, ConvertError> {
    if types.windows(2).all(|pair| pair[0] == pair[1]) {
        return Ok(None);
    }
    unify_with(types, safety)
        .map(Some)
        .ok_or_else(|| ConvertError::new(path, "cannot find a common base type for all elements"))
}
