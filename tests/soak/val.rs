//! Values and types of the generator's own, so that what the engine computes is compared with something else.

use std::collections::BTreeMap;

use model::{Kind, Type, Value};

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    /// `bool`
    Bool,
    /// `number`
    Num,
    /// `string`
    Str,
    /// `list(T)`
    List(Box<Ty>),
    /// `set(T)`
    Set(Box<Ty>),
    /// `map(T)`
    Map(Box<Ty>),
    /// `object({...})`
    Object(BTreeMap<String, Ty>),
}

/// A value. Objects are maps; numbers are whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Val {
    /// Not known before the end of an apply.
    Unknown,
    /// `null`
    Null,
    /// A bool.
    Bool(bool),
    /// A number.
    Num(i64),
    /// A string.
    Str(String),
    /// A list or tuple.
    List(Vec<Val>),
    /// A set, in order; see [`Val::set`].
    Set(Vec<Val>),
    /// A map or object.
    Map(BTreeMap<String, Val>),
}

impl Ty {
    /// The type as the engine has it.
    pub fn model(&self) -> Type {
        match self {
            Ty::Bool => Type::Bool,
            Ty::Num => Type::Number,
            Ty::Str => Type::String,
            Ty::List(element) => Type::list(element.model()),
            Ty::Set(element) => Type::set(element.model()),
            Ty::Map(element) => Type::map(element.model()),
            Ty::Object(members) => Type::object(members.iter().map(|(k, t)| (k.as_str(), t.model()))),
        }
    }

    /// The type as a `variable` block writes it.
    pub fn text(&self) -> String {
        match self {
            Ty::Bool => "bool".into(),
            Ty::Num => "number".into(),
            Ty::Str => "string".into(),
            Ty::List(element) => format!("list({})", element.text()),
            Ty::Set(element) => format!("set({})", element.text()),
            Ty::Map(element) => format!("map({})", element.text()),
            Ty::Object(members) => {
                let members: Vec<String> =
                    members.iter().map(|(k, t)| format!("{k} = {}", t.text())).collect();
                format!("object({{ {} }})", members.join(", "))
            }
        }
    }
}

impl Val {
    /// A string.
    pub fn text(text: impl Into<String>) -> Val {
        Val::Str(text.into())
    }

    /// A set: sorted, equal elements merged. What is unknown equals nothing.
    pub fn set(items: impl IntoIterator<Item = Val>) -> Val {
        let mut items: Vec<Val> = items.into_iter().collect();
        items.sort();
        items.dedup_by(|a, b| a == b && a.is_known());
        Val::Set(items)
    }

    /// An object or map.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Val)>) -> Val {
        Val::Map(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }

    /// A member of an object or map; null where there is none.
    pub fn get(&self, name: &str) -> &Val {
        match self {
            Val::Map(entries) => entries.get(name).unwrap_or(&Val::Null),
            _ => &Val::Null,
        }
    }

    /// The object with another member.
    pub fn with(&self, name: &str, value: Val) -> Val {
        let mut entries = self.entries().clone();
        entries.insert(name.to_owned(), value);
        Val::Map(entries)
    }

    /// The members of an object or map; none of anything else.
    pub fn entries(&self) -> &BTreeMap<String, Val> {
        static NONE: BTreeMap<String, Val> = BTreeMap::new();
        match self {
            Val::Map(entries) => entries,
            _ => &NONE,
        }
    }

    /// The elements of a list or set, in order; none of anything else.
    pub fn items(&self) -> Vec<&Val> {
        match self {
            Val::List(items) => items.iter().collect(),
            Val::Set(items) => items.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether nothing in it is unknown.
    pub fn is_known(&self) -> bool {
        match self {
            Val::Unknown => false,
            Val::List(items) => items.iter().all(Val::is_known),
            Val::Set(items) => items.iter().all(Val::is_known),
            Val::Map(entries) => entries.values().all(Val::is_known),
            Val::Null | Val::Bool(_) | Val::Num(_) | Val::Str(_) => true,
        }
    }

    /// Where a value departs from what was known of it before; nothing where it only fills in what was unknown.
    pub fn departs(&self, later: &Val) -> Option<String> {
        match (self, later) {
            (Val::Unknown, _) => None,
            (Val::Map(a), Val::Map(b)) if a.len() == b.len() => a.iter().find_map(|(key, was)| {
                let is = b.get(key)?;
                was.departs(is).map(|at| format!(".{key}{at}"))
            }),
            (Val::List(a), Val::List(b)) if a.len() == b.len() => a
                .iter()
                .zip(b)
                .enumerate()
                .find_map(|(i, (was, is))| was.departs(is).map(|at| format!("[{i}]{at}"))),
            (Val::Set(_), Val::Set(_)) if !self.is_known() => None,
            (was, is) => (was != is).then(|| format!(": {was:?} became {is:?}")),
        }
    }

    /// The value as the engine has it.
    pub fn value(&self, ty: &Ty) -> Value {
        let each =
            |items: Vec<&Val>, element: &Ty| items.iter().map(|v| v.value(element)).collect::<Vec<_>>();
        match (self, ty) {
            (Val::Unknown, _) => Value::unknown(ty.model()),
            (Val::Bool(b), _) => Value::bool(*b),
            (Val::Num(n), _) => Value::number(*n),
            (Val::Str(s), _) => Value::string(s),
            (Val::List(_) | Val::Set(_), Ty::List(element)) => {
                Value::list(element.model(), each(self.items(), element))
            }
            (Val::List(_) | Val::Set(_), Ty::Set(element)) => {
                Value::set(element.model(), each(self.items(), element))
            }
            (Val::Map(entries), Ty::Map(element)) => {
                Value::map(element.model(), entries.iter().map(|(k, v)| (k.as_str(), v.value(element))))
            }
            (Val::Map(entries), Ty::Object(members)) => {
                let null = Val::Null;
                Value::object(
                    members.iter().map(|(k, t)| (k.as_str(), entries.get(k).unwrap_or(&null).value(t))),
                )
            }
            (Val::Null | Val::List(_) | Val::Set(_) | Val::Map(_), _) => Value::null_of(ty.model()),
        }
    }
}

impl From<&Value> for Val {
    fn from(value: &Value) -> Val {
        match value.kind() {
            Kind::Unknown(_) => Val::Unknown,
            Kind::Null(_) | Kind::TypeLiteral(_) => Val::Null,
            Kind::Bool(b) => Val::Bool(*b),
            Kind::Number(n) => n.to_string().parse().map_or_else(|_| Val::Str(n.to_string()), Val::Num),
            Kind::String(s) => Val::Str(s.to_string()),
            Kind::List(s) | Kind::Tuple(s) => Val::List(s.items().iter().map(Val::from).collect()),
            Kind::Set(s) => Val::set(s.items().iter().map(Val::from)),
            Kind::Map(m) | Kind::Object(m) => {
                Val::map(m.entries().iter().map(|(k, v)| (k.to_string(), Val::from(v))))
            }
        }
    }
}
