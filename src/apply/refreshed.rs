//! What planning found, recorded before the first step.

use std::collections::HashSet;
use std::sync::Arc;

use config::NodeKind;
use model::{InstanceAddr, ResourceMode};
use state::Change as StateChange;

use crate::run::Run;

impl Run<'_> {
    /// Records what planning found: moves, drift, data sources that were read. What is taken over is a step of its own.
    pub(crate) fn record_refreshed(&self) {
        let plan = self.inputs.plan;
        let moves = plan.changes.iter().filter(|c| c.deposed.is_none() && c.is_move());
        for change in moves {
            let from = change.previous_address.clone().unwrap_or_else(|| change.address.clone());
            self.keep(&[StateChange::Move { from, to: change.address.clone() }]);
        }
        if Arc::ptr_eq(&plan.prior, &plan.refreshed) {
            self.keep(&self.unchanged_objects());
            return;
        }
        let mut changes = Vec::new();
        let imported: HashSet<&InstanceAddr> =
            plan.changes.iter().filter(|c| c.importing.is_some()).map(|c| &c.address).collect();
        for (addr, state) in &plan.refreshed.instances {
            if plan.prior.instances.get(addr) != Some(state) && !imported.contains(addr) {
                changes.push(StateChange::Current {
                    address: addr.clone(),
                    provider: state.provider.clone(),
                    object: state.current.clone(),
                });
            }
        }
        let moved: HashSet<&InstanceAddr> =
            plan.changes.iter().filter_map(|c| c.previous_address.as_ref()).collect();
        for (addr, state) in &plan.prior.instances {
            if !plan.refreshed.instances.contains_key(addr) && !moved.contains(addr) {
                let provider = state.provider.clone();
                changes.push(StateChange::Current { address: addr.clone(), provider, object: None });
            }
        }
        self.keep(&changes);
        self.keep(&self.unchanged_objects());
    }

    /// What stays as it is may still be reached through another provider configuration, or depend on other blocks.
    fn unchanged_objects(&self) -> Vec<StateChange> {
        let plan = self.inputs.plan;
        let same = plan.changes.iter().filter(|c| {
            c.action == plan::Action::NoOp
                && c.importing.is_none()
                && c.deposed.is_none()
                && c.address.resource.mode == ResourceMode::Managed
        });
        let renewed = same.filter_map(|change| {
            let state = plan.refreshed.instances.get(&change.address)?;
            let object = state.current.as_ref()?;
            let kind = NodeKind::Resource(change.address.resource.clone());
            let node = self.inputs.statics.find(&change.address.module.path(), &kind)?;
            let dependencies = self.dependencies(node);
            if object.dependencies == dependencies && state.provider == change.provider_config {
                return None;
            }
            let object = state::InstanceObject { dependencies, ..(**object).clone() };
            Some(StateChange::Current {
                address: change.address.clone(),
                provider: change.provider_config.clone(),
                object: Some(Arc::new(object)),
            })
        });
        renewed.collect()
    }
}
