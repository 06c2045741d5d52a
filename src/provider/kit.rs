//! The conformance kit: checks that a provider keeps the contract.
//!
//! [`check_resource`] takes a resource type through the life of an object and reports every rule that it breaks; a
//! provider's tests assert that there is none. [`check_data_source`] does so for data sources, [`check_schema`] looks
//! at a schema alone. [`Bench`] stands in for the outside
//! world: randomness from a seed, a clock that stands still, a directory of the test's choice.

mod bench;
mod life;
mod reading;
mod rules;

pub use bench::Bench;
pub use life::check_resource;
pub use reading::check_data_source;
pub use rules::check_schema;

use std::fmt;

use model::Value;

/// A rule of the contract that was broken.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Which case, and at what step.
    pub place: String,
    /// What was expected and what came.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// A configuration of an object, and what it is changed to later.
#[derive(Clone, Debug)]
pub struct Case {
    /// Names the case in violations.
    pub name: String,
    /// The configuration that the object is made from, of the block's type and wholly known.
    pub before: Value,
    /// What the configuration becomes; nothing where only creation matters.
    pub after: Option<Value>,
}

impl Case {
    /// A case in which an object is made, read and removed.
    pub fn new(name: &str, before: Value) -> Case {
        Case { name: name.into(), before, after: None }
    }

    /// The same case, with a change before the object is removed.
    pub fn then(self, after: Value) -> Case {
        Case { after: Some(after), ..self }
    }
}

#[cfg(test)]
mod tests;
