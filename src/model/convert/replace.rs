//! The type that an unknown or null value has after a conversion.

use crate::unify::unify_with;
use crate::{ObjectType, Type};

use super::Safety;

/// The target type with its [`Type::Dynamic`] parts replaced by what the source type says of them.
pub(super) fn fill_dynamic(from: &Type, to: &Type) -> Type {
    match (from, to) {
        (Type::Dynamic, to) => to.clone(),
        (from, Type::Dynamic) => from.clone(),
        (Type::Map(from), Type::Map(to)) => Type::map(fill_dynamic(from, to)),
        (Type::Object(from), Type::Map(to)) => Type::map(fill_unified(from.attributes.values(), to)),
        (Type::List(from) | Type::Set(from), Type::List(to)) => Type::list(fill_dynamic(from, to)),
        (Type::List(from) | Type::Set(from), Type::Set(to)) => Type::set(fill_dynamic(from, to)),
        (Type::Tuple(from), Type::List(to)) => Type::list(fill_unified(from.iter(), to)),
        (Type::Tuple(from), Type::Set(to)) => Type::set(fill_unified(from.iter(), to)),
        (Type::Map(from), Type::Object(to)) => fill_object(to, |_| Some(from)),
        (Type::Object(from), Type::Object(to)) => fill_object(to, |name| from.attributes.get(name)),
        (Type::Tuple(from), Type::Tuple(to)) if from.len() == to.len() => {
            Type::tuple(from.iter().zip(to.iter()).map(|(from, to)| fill_dynamic(from, to)))
        }
        (_, to) => to.clone(),
    }
}

fn fill_unified<'t>(from: impl Iterator<Item = &'t Type>, to: &Type) -> Type {
    let types: Vec<Type> = from.cloned().collect();
    match unify_with(&types, Safety::Unsafe) {
        Some(unified) => fill_dynamic(&unified, to),
        None => to.clone(),
    }
}

fn fill_object<'t>(to: &ObjectType, from: impl Fn(&str) -> Option<&'t Type>) -> Type {
    Type::object(to.attributes.iter().map(|(name, to)| {
        let filled = from(name).map_or_else(|| to.clone(), |from| fill_dynamic(from, to));
        (name.clone(), filled)
    }))
}
