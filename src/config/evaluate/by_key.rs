//! Values by instance key. Most blocks have one instance and no key, and there may be very many of them.

use std::collections::BTreeMap;

use model::{InstanceKey, Value};

/// The values of the instances of a block.
#[derive(Default)]
pub(super) struct ByKey {
    single: Option<Value>,
    keyed: BTreeMap<InstanceKey, Value>,
}

impl ByKey {
    /// The value of a key.
    pub(super) fn get(&self, key: &InstanceKey) -> Option<&Value> {
        match key {
            InstanceKey::None => self.single.as_ref(),
            InstanceKey::Int(_) | InstanceKey::Str(_) => self.keyed.get(key),
        }
    }

    /// Sets the value of a key.
    pub(super) fn set(&mut self, key: &InstanceKey, value: Value) {
        match key {
            InstanceKey::None => self.single = Some(value),
            InstanceKey::Int(_) | InstanceKey::Str(_) => drop(self.keyed.insert(key.clone(), value)),
        }
    }
}
