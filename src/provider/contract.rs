//! What a provider owes in its answers, and how they are held to it.
//!
//! Planning asks [`check_planned`], apply asks [`check_kept`] and [`check_object`] once more for each result, and the
//! [`kit`](crate::kit) asks all three of a provider's own tests. A [`Breach`] says where and what; it quotes no value, which
//! might be secret.

mod follow;
mod keep;

use std::fmt;

use model::{Block, Kind, Path, Type, Value};

pub(crate) use follow::{is_left_out, is_nothing};

/// A place at which an answer is not what it has to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Breach {
    /// Where in the object; empty for the whole.
    pub path: Path,
    /// What is wrong there, as it goes on after the path: `is null, although ...`.
    pub what: String,
}

impl Breach {
    pub(crate) fn new(path: Path, what: impl Into<String>) -> Breach {
        Breach { path, what: what.into() }
    }
}

/// Writes the breach as the rest of a sentence: `.size is missing`.
impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.is_empty() {
            true => write!(f, "the whole object {}", self.what),
            false => write!(f, "{} {}", self.path, self.what),
        }
    }
}

/// Holds a planned object to the schema and to the configuration: what is configured and known is kept, what is not known
/// yet stays so, and what is not configured is given only where the provider may. Values of the object before (`prior`) may
/// stay where the provider takes them for the same. None of the values carries marks.
pub fn check_planned(
    block: &Block,
    prior: Option<&Value>,
    config: &Value,
    planned: &Value,
) -> Result<(), Breach> {
    check_type(block, planned)?;
    first(follow::departure(block, prior, config, planned, Path::root()))
}

/// Holds a value to what was planned of it: known parts are the same, unknown ones have become something of their type.
/// Without marks.
pub fn check_kept(planned: &Value, value: &Value) -> Result<(), Breach> {
    first(keep::difference(planned, value, Path::root()))
}

/// Holds an object that exists to its schema: of the block's type and wholly known.
pub fn check_object(block: &Block, object: &Value) -> Result<(), Breach> {
    check_type(block, object)?;
    first(unknown_part(object, Path::root()))
}

/// Holds an object to the schema's type; it is an object at all.
fn check_type(block: &Block, object: &Value) -> Result<(), Breach> {
    match object.kind() {
        Kind::Object(_) => first(departure_from(object, &block.ty(), Path::root())),
        Kind::Null(_) => Err(Breach::new(Path::root(), "is missing: the answer is null")),
        Kind::Unknown(_) => Err(Breach::new(Path::root(), "is unknown")),
        _ => Err(Breach::new(Path::root(), "is no object")),
    }
}

/// Whether a value is of a type.
pub fn fits(value: &Value, ty: &Type) -> bool {
    departure_from(value, ty, Path::root()).is_none()
}

fn first(found: Option<Breach>) -> Result<(), Breach> {
    found.map_or(Ok(()), Err)
}

/// Where a value is not of a type.
pub(crate) fn departure_from(value: &Value, ty: &Type, at: Path) -> Option<Breach> {
    let same = |fits: bool, is: &dyn Fn() -> Type, at: Path| {
        let what = || {
            let (is, want) = (is().friendly_name(), ty.friendly_name());
            format!("is of another type than the schema's: {is} instead of {want}")
        };
        (!fits).then(|| Breach::new(at, what()))
    };
    match (value.kind(), ty) {
        (_, Type::Dynamic) => None,
        (Kind::Null(is) | Kind::TypeLiteral(is), _) => same(is.conforms_to(ty), &|| is.clone(), at),
        (Kind::Unknown(unknown), _) => same(unknown.ty.conforms_to(ty), &|| unknown.ty.clone(), at),
        (Kind::Object(object), Type::Object(want)) => {
            if let Some(name) = want.attributes.keys().find(|name| object.get(name).is_none()) {
                return Some(Breach::new(at.attr(name.clone()), "is missing"));
            }
            object.entries().iter().find_map(|(name, v)| match want.attributes.get(name) {
                Some(ty) => departure_from(v, ty, at.clone().attr(name.clone())),
                None => Some(Breach::new(at.clone().attr(name.clone()), "is not in the schema")),
            })
        }
        (Kind::Tuple(items), Type::Tuple(types)) if items.items().len() == types.len() => {
            let mut pairs = items.items().iter().zip(types.iter()).enumerate();
            pairs.find_map(|(i, (v, t))| departure_from(v, t, at.clone().index(Value::number(i))))
        }
        (_, want) => same(value.conforms_to(want), &|| value.ty(), at),
    }
}

/// Where a value is unknown.
fn unknown_part(value: &Value, at: Path) -> Option<Breach> {
    if value.is_wholly_known() {
        return None;
    }
    let inner = match value.kind() {
        Kind::Object(m) => m.entries().iter().find_map(|(k, v)| unknown_part(v, at.clone().attr(k.clone()))),
        Kind::Map(m) => {
            let mut entries = m.entries().iter();
            entries.find_map(|(k, v)| unknown_part(v, at.clone().index(Value::normalized(k.clone()))))
        }
        Kind::List(s) | Kind::Tuple(s) => {
            let mut items = s.items().iter().enumerate();
            items.find_map(|(i, v)| unknown_part(v, at.clone().index(Value::number(i))))
        }
        _ => None,
    };
    inner.or_else(|| Some(Breach::new(at, "is still unknown, and everything must be known by now")))
}

#[cfg(test)]
mod tests;
