//! Types of values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::Str;

/// The type of a value, or the constraint that a value must meet.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// Not known yet, or `any` in a constraint.
    Dynamic,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(T)`
    List(Arc<Type>),
    /// `set(T)`
    Set(Arc<Type>),
    /// `map(T)`
    Map(Arc<Type>),
    /// `tuple([T, ...])`
    Tuple(Arc<Vec<Type>>),
    /// `object({name = T, ...})`
    Object(Arc<ObjectType>),
    /// The type of what the console's `type()` gives; no configuration can write it.
    TypeLiteral,
}

/// The attributes of an object type, ordered by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectType {
    /// Attribute types by name.
    pub attributes: BTreeMap<Str, Type>,
    /// The attributes that a value converted to this type may lack; only constraints have any.
    pub optional: BTreeSet<Str>,
}

impl Type {
    /// `list(element)`
    pub fn list(element: Type) -> Type {
        Type::List(Arc::new(element))
    }

    /// `set(element)`
    pub fn set(element: Type) -> Type {
        Type::Set(Arc::new(element))
    }

    /// `map(element)`
    pub fn map(element: Type) -> Type {
        Type::Map(Arc::new(element))
    }

    /// `tuple([...])`
    pub fn tuple(elements: impl IntoIterator<Item = Type>) -> Type {
        Type::Tuple(Arc::new(elements.into_iter().collect()))
    }

    /// `object({...})` without optional attributes.
    pub fn object<K: Into<Str>>(attributes: impl IntoIterator<Item = (K, Type)>) -> Type {
        Type::object_with_optional(attributes, BTreeSet::new())
    }

    /// `object({...})` in which some attributes are `optional(...)`.
    pub fn object_with_optional<K: Into<Str>>(
        attributes: impl IntoIterator<Item = (K, Type)>,
        optional: BTreeSet<Str>,
    ) -> Type {
        let attributes = attributes.into_iter().map(|(k, t)| (k.into(), t)).collect();
        Type::Object(Arc::new(ObjectType { attributes, optional }))
    }

    /// The element type of a list, set or map.
    pub fn element(&self) -> Option<&Type> {
        match self {
            Type::List(t) | Type::Set(t) | Type::Map(t) => Some(t),
            Type::Dynamic | Type::Bool | Type::Number | Type::String => None,
            Type::Tuple(_) | Type::Object(_) | Type::TypeLiteral => None,
        }
    }

    /// Whether this is bool, number or string.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Type::Bool | Type::Number | Type::String)
    }

    /// Whether this is a list, set or map.
    pub fn is_collection(&self) -> bool {
        matches!(self, Type::List(_) | Type::Set(_) | Type::Map(_))
    }

    /// Whether [`Type::Dynamic`] stands anywhere within.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Type::Dynamic => true,
            Type::List(t) | Type::Set(t) | Type::Map(t) => t.has_dynamic(),
            Type::Tuple(ts) => ts.iter().any(Type::has_dynamic),
            Type::Object(o) => o.attributes.values().any(Type::has_dynamic),
            Type::Bool | Type::Number | Type::String | Type::TypeLiteral => false,
        }
    }

    /// Whether optional attributes stand anywhere within, as only constraints have them.
    pub fn has_optional(&self) -> bool {
        match self {
            Type::List(t) | Type::Set(t) | Type::Map(t) => t.has_optional(),
            Type::Tuple(ts) => ts.iter().any(Type::has_optional),
            Type::Object(o) => !o.optional.is_empty() || o.attributes.values().any(Type::has_optional),
            Type::Dynamic | Type::Bool | Type::Number | Type::String | Type::TypeLiteral => false,
        }
    }

    /// Whether every value of this type meets a constraint: the same type, but for parts where the constraint is
    /// [`Type::Dynamic`]. Optional attributes do not matter.
    pub fn conforms_to(&self, constraint: &Type) -> bool {
        match (self, constraint) {
            (_, Type::Dynamic) => true,
            (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
                a.conforms_to(b)
            }
            (Type::Tuple(a), Type::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.conforms_to(b))
            }
            (Type::Object(a), Type::Object(b)) => {
                let same_name = |(a, b): (&Str, &Str)| a == b;
                a.attributes.len() == b.attributes.len()
                    && a.attributes.keys().zip(b.attributes.keys()).all(same_name)
                    && a.attributes.values().zip(b.attributes.values()).all(|(a, b)| a.conforms_to(b))
            }
            (a, b) => a == b,
        }
    }

    /// Whether two types are the same but for parts where either is [`Type::Dynamic`].
    pub fn equals_ignoring_dynamic(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Dynamic, _) | (_, Type::Dynamic) => true,
            (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
                a.equals_ignoring_dynamic(b)
            }
            (Type::Tuple(a), Type::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.equals_ignoring_dynamic(b))
            }
            (Type::Object(a), Type::Object(b)) => {
                a.attributes.len() == b.attributes.len()
                    && a.attributes
                        .iter()
                        .zip(&b.attributes)
                        .all(|((k, a), (l, b))| k == l && a.equals_ignoring_dynamic(b))
            }
            (a, b) => a == b,
        }
    }

    /// The same type with every optional attribute made a plain one.
    pub fn without_optional(&self) -> Type {
        match self {
            Type::List(t) => Type::list(t.without_optional()),
            Type::Set(t) => Type::set(t.without_optional()),
            Type::Map(t) => Type::map(t.without_optional()),
            Type::Tuple(ts) => Type::tuple(ts.iter().map(Type::without_optional)),
            Type::Object(o) => {
                Type::object(o.attributes.iter().map(|(k, t)| (k.clone(), t.without_optional())))
            }
            Type::Dynamic | Type::Bool | Type::Number | Type::String | Type::TypeLiteral => self.clone(),
        }
    }

    /// The name that messages use: "list of string", "object", "number", "list of dynamic".
    pub fn friendly_name(&self) -> String {
        self.friendly("dynamic", "dynamic")
    }

    /// The name with which a constraint on this type is put to people: "any type" for [`Type::Dynamic`], "list of any
    /// single type".
    pub fn friendly_constraint(&self) -> String {
        self.friendly("any type", "any single type")
    }

    fn friendly(&self, dynamic: &str, dynamic_element: &str) -> String {
        let of = |collection: &str, element: &Type| {
            format!("{collection} of {}", element.friendly(dynamic_element, dynamic_element))
        };
        match self {
            Type::Dynamic => dynamic.into(),
            Type::Bool => "bool".into(),
            Type::Number => "number".into(),
            Type::String => "string".into(),
            Type::List(t) => of("list", t),
            Type::Set(t) => of("set", t),
            Type::Map(t) => of("map", t),
            Type::Tuple(_) => "tuple".into(),
            Type::Object(_) => "object".into(),
            Type::TypeLiteral => "type".into(),
        }
    }
}

/// Writes the type in the language's own syntax: `map(object({a=number}))`; dynamic is `any`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dynamic => f.write_str("any"),
            Type::Bool => f.write_str("bool"),
            Type::Number => f.write_str("number"),
            Type::String => f.write_str("string"),
            Type::List(t) => write!(f, "list({t})"),
            Type::Set(t) => write!(f, "set({t})"),
            Type::Map(t) => write!(f, "map({t})"),
            Type::Tuple(ts) => {
                f.write_str("tuple([")?;
                for (i, t) in ts.iter().enumerate() {
                    write!(f, "{}{t}", if i > 0 { ", " } else { "" })?;
                }
                f.write_str("])")
            }
            Type::Object(o) => {
                f.write_str("object({")?;
                for (i, (name, t)) in o.attributes.iter().enumerate() {
                    let sep = if i > 0 { ", " } else { "" };
                    if o.optional.contains(name) {
                        write!(f, "{sep}{name}=optional({t})")?;
                    } else {
                        write!(f, "{sep}{name}={t}")?;
                    }
                }
                f.write_str("})")
            }
            Type::TypeLiteral => f.write_str("type"),
        }
    }
}
