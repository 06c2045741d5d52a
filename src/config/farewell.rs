//! The names that a destroy-time provisioner may use: the object itself and its key, nothing that may be gone already.

use lang::ast::Traversal;
use lang::functions::Surroundings;
use lang::{Resolved, Scope};
use model::{Diagnostics, FileId, InstanceKey, Type, Value};

use crate::reference::Reference;

/// A scope in which `self`, `each.key` and `count.index` are those of an object that is about to go.
pub struct Farewell<'a> {
    own: Value,
    each_key: Option<Value>,
    count_index: Option<Value>,
    outer: &'a dyn Scope,
}

impl<'a> Farewell<'a> {
    /// The scope of an object; what is neither it nor its key comes from `outer`.
    pub fn new(own: Value, key: &InstanceKey, outer: &'a dyn Scope) -> Farewell<'a> {
        let (each_key, count_index) = match key {
            InstanceKey::None => (None, None),
            InstanceKey::Int(index) => (None, Some(Value::number(*index))),
            InstanceKey::Str(key) => (Some(Value::normalized(key.clone())), None),
        };
        Farewell { own, each_key, count_index, outer }
    }

    /// The scope of an object of which nothing is known.
    pub fn unknown(outer: &'a dyn Scope) -> Farewell<'a> {
        let each_key = Some(Value::unknown_not_null(Type::String));
        let count_index = Some(Value::unknown_not_null(Type::Number));
        Farewell { own: Value::dynamic(), each_key, count_index, outer }
    }
}

impl Scope for Farewell<'_> {
    fn resolve(&self, t: &Traversal) -> Result<Resolved, Diagnostics> {
        let (reference, consumed) = Reference::parse(t)?;
        let own = match reference {
            Reference::SelfObject => Some(&self.own),
            Reference::EachKey => self.each_key.as_ref(),
            Reference::CountIndex => self.count_index.as_ref(),
            _ => None,
        };
        match own {
            Some(value) => Ok(Resolved { value: value.clone(), consumed }),
            None => self.outer.resolve(t),
        }
    }

    fn check(&self, references: &[&Traversal]) -> Diagnostics {
        let is_own = |t: &Traversal| match Reference::parse(t) {
            Ok((Reference::SelfObject, _)) => true,
            Ok((Reference::EachKey, _)) => self.each_key.is_some(),
            Ok((Reference::CountIndex, _)) => self.count_index.is_some(),
            _ => false,
        };
        self.outer.check(&references.iter().copied().filter(|t| !is_own(t)).collect::<Vec<_>>())
    }

    fn surroundings(&self) -> &dyn Surroundings {
        self.outer.surroundings()
    }

    fn add_source(&self, name: &str, text: &str) -> FileId {
        self.outer.add_source(name, text)
    }
}
