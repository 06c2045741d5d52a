//! The outside as evaluation sees it during apply: instances are what was planned until they are done.

use std::collections::HashMap;

use config::World;
use lang::functions::{Function, Surroundings};
use model::{FileId, InstanceAddr, ProviderAddr, ResourceMode, Value};
use plan::{Action, Plan, codec};
use provider::Registry;

/// The caller's world with the planned values of instances.
pub struct ApplyWorld<'a> {
    outer: &'a dyn World,
    plan: &'a Plan,
    registry: &'a Registry,
    changes: HashMap<&'a InstanceAddr, usize>,
}

impl<'a> ApplyWorld<'a> {
    /// A world over a plan.
    pub fn new(outer: &'a dyn World, plan: &'a Plan, registry: &'a Registry) -> ApplyWorld<'a> {
        let current = plan.changes.iter().enumerate().filter(|(_, c)| c.deposed.is_none());
        ApplyWorld { outer, plan, registry, changes: current.map(|(i, c)| (&c.address, i)).collect() }
    }

    /// What the state had when the plan was made, for what has no change.
    fn recorded(&self, addr: &InstanceAddr) -> Option<Value> {
        let state = self.plan.refreshed.instances.get(addr)?;
        let provider = plan::clients::parse_config_text(&state.provider)?.addr;
        let catalog = self.registry.get(&provider)?.catalog();
        let object = state.current.as_ref()?;
        match addr.resource.mode {
            ResourceMode::Managed => {
                let ty = catalog.resources.get(&addr.resource.ty)?;
                codec::decode(addr, object, ty.schema(), Some(&**ty)).ok()
            }
            ResourceMode::Data => {
                let source = catalog.data_sources.get(&addr.resource.ty)?;
                codec::decode(addr, object, source.schema(), None).ok()
            }
            ResourceMode::Ephemeral => None,
        }
    }
}

impl World for ApplyWorld<'_> {
    fn surroundings(&self) -> &dyn Surroundings {
        self.outer.surroundings()
    }

    fn workspace(&self) -> &str {
        self.outer.workspace()
    }

    fn root_dir(&self) -> &str {
        self.outer.root_dir()
    }

    fn is_applying(&self) -> bool {
        true
    }

    fn add_source(&self, name: &str, text: &str) -> FileId {
        self.outer.add_source(name, text)
    }

    fn provider_function(&self, provider: &ProviderAddr, name: &str) -> Option<&Function> {
        self.outer.provider_function(provider, name)
    }

    fn instance(&self, addr: &InstanceAddr) -> Option<Value> {
        match self.changes.get(addr).and_then(|i| self.plan.changes.get(*i)) {
            Some(change) if matches!(change.action, Action::Delete | Action::Forget) => {
                Some(change.before.clone())
            }
            Some(change) => Some(change.after.clone()),
            None => self.recorded(addr),
        }
    }
}
