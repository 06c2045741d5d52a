//! The one type that several types can all be converted to.

mod order;

use std::collections::{BTreeMap, HashSet};

use crate::convert::{Safety, convert, possible};
use crate::{ObjectType, Str, Type, Value};

/// The most specific type that all can be converted to, or nothing. Of no types: [`Type::Dynamic`].
pub fn unify(types: &[Type]) -> Option<Type> {
    if types.is_empty() { Some(Type::Dynamic) } else { unify_with(types, Safety::Unsafe) }
}

/// Like [`unify`], but only for types that convert whatever the values are.
pub fn unify_safe(types: &[Type]) -> Option<Type> {
    if types.is_empty() { Some(Type::Dynamic) } else { unify_with(types, Safety::Safe) }
}

/// Brings values to the one type that all can be converted to; nothing where there is none or a value does not
/// convert. Beside an untyped null or unknown, collections cannot be brought together yet: all become unknown.
pub fn unify_values(values: &[Value]) -> Option<(Type, Vec<Value>)> {
    let types: Vec<Type> = values.iter().map(Value::ty).collect();
    let ty = unify(&types)?;
    if ty == Type::Dynamic && types.iter().any(|t| *t != Type::Dynamic) {
        let unknown = |v: &Value| Value::dynamic().with_marks(v.marks());
        return Some((ty, values.iter().map(unknown).collect()));
    }
    let values = values.iter().map(|v| convert(v, &ty)).collect::<Result<_, _>>().ok()?;
    Some((ty, values))
}

/// Unifies at least one type; of none there is none.
pub(crate) fn unify_with(types: &[Type], safety: Safety) -> Option<Type> {
    let types = distinct(types);
    match &types[..] {
        [] => return None,
        [one] => return Some((*one).clone()),
        _ => {}
    }
    match Kinds::of(&types) {
        Kinds { objects, tuples, .. } if objects > 0 && tuples > 0 => return None,
        kinds if kinds.only(kinds.maps) => return unify_collections(&types, safety, Type::map),
        kinds if kinds.maps > 0 && kinds.only(kinds.maps + kinds.objects) => {
            if let Some(ty) = unify_objects_as_maps(&types, safety) {
                return Some(ty);
            }
        }
        kinds if kinds.only(kinds.lists) => return unify_collections(&types, safety, Type::list),
        kinds if kinds.lists > 0 && kinds.only(kinds.lists + kinds.tuples) => {
            if let Some(ty) = unify_tuples_as_lists(&types, safety) {
                return Some(ty);
            }
        }
        kinds if kinds.only(kinds.sets) => return unify_collections(&types, safety, Type::set),
        kinds if kinds.only(kinds.objects) => return unify_objects(&types, safety),
        kinds if kinds.only(kinds.tuples) => return unify_tuples(&types, safety),
        _ => {}
    }
    order::by_preference(&types).into_iter().find(|want| all_possible(&types, want, safety)).cloned()
}

fn distinct(types: &[Type]) -> Vec<&Type> {
    if let [first, rest @ ..] = types
        && rest.iter().all(|t| t == first)
    {
        return vec![first];
    }
    let mut seen = HashSet::new();
    types.iter().filter(|t| seen.insert(*t)).collect()
}

fn all_possible(types: &[&Type], want: &Type, safety: Safety) -> bool {
    types.iter().all(|t| *t == want || possible(t, want, safety))
}

/// How many types there are of each kind.
#[derive(Clone, Copy, Default)]
struct Kinds {
    all: usize,
    maps: usize,
    lists: usize,
    sets: usize,
    objects: usize,
    tuples: usize,
    dynamic: usize,
}

impl Kinds {
    fn of(types: &[&Type]) -> Kinds {
        types.iter().fold(Kinds { all: types.len(), ..Kinds::default() }, |mut kinds, ty| {
            match ty {
                Type::Map(_) => kinds.maps += 1,
                Type::List(_) => kinds.lists += 1,
                Type::Set(_) => kinds.sets += 1,
                Type::Object(_) => kinds.objects += 1,
                Type::Tuple(_) => kinds.tuples += 1,
                Type::Dynamic => kinds.dynamic += 1,
                Type::Bool | Type::Number | Type::String | Type::TypeLiteral => {}
            }
            kinds
        })
    }

    /// Whether these and unknown types are all there is.
    fn only(&self, count: usize) -> bool {
        count > 0 && count + self.dynamic == self.all
    }
}

/// While one of the types is not known, nothing can be said of the others' common type.
fn has_dynamic(types: &[&Type]) -> bool {
    types.iter().any(|t| **t == Type::Dynamic)
}

fn unify_collections(types: &[&Type], safety: Safety, collection: fn(Type) -> Type) -> Option<Type> {
    if has_dynamic(types) {
        return Some(Type::Dynamic);
    }
    let elements: Vec<Type> = types.iter().filter_map(|t| t.element().cloned()).collect();
    let unified = collection(unify_with(&elements, safety)?);
    all_possible(types, &unified, safety).then_some(unified)
}

fn unify_objects(types: &[&Type], safety: Safety) -> Option<Type> {
    if has_dynamic(types) {
        return Some(Type::Dynamic);
    }
    let objects = objects(types);
    let first = &objects.first()?.attributes;
    let same_names = |o: &&ObjectType| o.attributes.keys().eq(first.keys());
    if !objects.iter().all(same_names) {
        return objects_to_map(types, safety);
    }
    let mut attributes: BTreeMap<Str, Type> = BTreeMap::new();
    for name in first.keys() {
        let across: Vec<Type> = objects.iter().filter_map(|o| o.attributes.get(name).cloned()).collect();
        attributes.insert(name.clone(), unify_with(&across, safety)?);
    }
    let unified = Type::object(attributes);
    if all_possible(types, &unified, safety) { Some(unified) } else { objects_to_map(types, safety) }
}

fn objects<'t>(types: &[&'t Type]) -> Vec<&'t ObjectType> {
    types.iter().filter_map(|t| if let Type::Object(o) = t { Some(&**o) } else { None }).collect()
}

/// The map that all objects among the types can become.
fn objects_to_map(types: &[&Type], safety: Safety) -> Option<Type> {
    let attributes: Vec<Type> = objects(types).iter().flat_map(|o| o.attributes.values().cloned()).collect();
    let map = Type::map(unify_with(&attributes, safety)?);
    let mut objects = types.iter().filter(|t| matches!(t, Type::Object(_)));
    objects.all(|t| possible(t, &map, safety)).then_some(map)
}

fn unify_tuples(types: &[&Type], safety: Safety) -> Option<Type> {
    if has_dynamic(types) {
        return Some(Type::Dynamic);
    }
    let tuples = tuples(types);
    let length = tuples.first()?.len();
    if tuples.iter().any(|t| t.len() != length) {
        return tuples_to_list(types, safety);
    }
    let across = |i: usize| tuples.iter().map(|t| t[i].clone()).collect::<Vec<_>>();
    let elements = (0..length).map(|i| unify_with(&across(i), safety)).collect::<Option<Vec<_>>>()?;
    let unified = Type::tuple(elements);
    if all_possible(types, &unified, safety) { Some(unified) } else { tuples_to_list(types, safety) }
}

fn tuples<'t>(types: &[&'t Type]) -> Vec<&'t [Type]> {
    types.iter().filter_map(|t| if let Type::Tuple(t) = t { Some(&t[..]) } else { None }).collect()
}

/// The list that all tuples among the types can become.
fn tuples_to_list(types: &[&Type], safety: Safety) -> Option<Type> {
    let elements: Vec<Type> = tuples(types).iter().flat_map(|t| t.iter().cloned()).collect();
    let list = Type::list(unify_with(&elements, safety)?);
    let mut tuples = types.iter().filter(|t| matches!(t, Type::Tuple(_)));
    tuples.all(|t| possible(t, &list, safety)).then_some(list)
}

/// Objects beside maps are taken for maps where that works.
fn unify_objects_as_maps(types: &[&Type], safety: Safety) -> Option<Type> {
    let map = objects_to_map(types, safety)?;
    let mapped: Vec<Type> =
        types.iter().map(|t| if matches!(t, Type::Object(_)) { map.clone() } else { (*t).clone() }).collect();
    unify_with(&mapped, safety).filter(|t| matches!(t, Type::Map(_)))
}

/// Tuples beside lists are taken for lists where that works.
fn unify_tuples_as_lists(types: &[&Type], safety: Safety) -> Option<Type> {
    let list = tuples_to_list(types, safety)?;
    let listed: Vec<Type> =
        types.iter().map(|t| if matches!(t, Type::Tuple(_)) { list.clone() } else { (*t).clone() }).collect();
    unify_with(&listed, safety).filter(|t| matches!(t, Type::List(_)))
}

#[cfg(test)]
mod tests;
