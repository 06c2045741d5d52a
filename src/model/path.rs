//! Paths from a value to one of its parts.

use std::fmt;

use crate::{Kind, Str, Value};

/// One step into a value.
#[derive(Clone, Debug, PartialEq)]
pub enum PathStep {
    /// An attribute of an object.
    Attr(Str),
    /// An element of a list or tuple (number), a map (string) or a set (the element itself).
    Index(Value),
}

/// The steps from a value to one of its parts; empty for the value itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path(pub Vec<PathStep>);

impl Path {
    /// The value itself.
    pub fn root() -> Path {
        Path::default()
    }

    /// The path of an attribute of the root.
    pub fn of_attr(name: impl Into<Str>) -> Path {
        Path::root().attr(name)
    }

    /// One attribute deeper.
    pub fn attr(mut self, name: impl Into<Str>) -> Path {
        self.0.push(PathStep::Attr(name.into()));
        self
    }

    /// One element deeper.
    pub fn index(mut self, key: Value) -> Path {
        self.0.push(PathStep::Index(key));
        self
    }

    /// Whether this is the whole value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `other` lies at or below this path.
    pub fn is_prefix_of(&self, other: &Path) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The part of a known value that the path leads to, or nothing where it leads nowhere.
    pub fn get<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(value, |at, step| step.get(at))
    }
}

impl PathStep {
    /// The child of a known value that the step leads to.
    pub fn get<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        match (self, value.kind()) {
            (PathStep::Attr(name), Kind::Object(m) | Kind::Map(m)) => m.get(name),
            (PathStep::Index(key), Kind::Map(m) | Kind::Object(m)) => m.get(key.as_str()?),
            (PathStep::Index(key), Kind::List(s) | Kind::Tuple(s)) => {
                s.items().get(key.as_number()?.to_usize()?)
            }
            (PathStep::Index(key), Kind::Set(s)) => s.items().iter().find(|v| *v == key),
            (PathStep::Attr(_) | PathStep::Index(_), _) => None,
        }
    }
}

/// Writes the path as people write it: `.tags["team"]`, `.rules[0].port`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                PathStep::Attr(name) => write!(f, ".{name}")?,
                PathStep::Index(key) => match key.kind() {
                    Kind::String(s) => write!(f, "[{}]", crate::quote::quote(s))?,
                    Kind::Number(n) => write!(f, "[{n}]")?,
                    _element_of_set => f.write_str("[...]")?,
                },
            }
        }
        Ok(())
    }
}
