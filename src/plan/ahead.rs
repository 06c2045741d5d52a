//! Clients that are needed for certain, made all at once while the walk begins instead of one after the other.

use std::collections::{BTreeMap, BTreeSet};

use config::{NodeId, NodeKind, resolve_provider};
use futures_util::future::join_all;
use model::{InstanceAddr, ResourceMode, Str};

use crate::clients::{Configured, config_text};
use crate::limit::Limit;
use crate::planner::Planner;
use crate::targets::node_of;

/// How many instances are looked at to find out whether a configuration is used.
const LOOKS: usize = 64;

impl Planner<'_> {
    /// Makes the clients through which recorded objects will be read. What goes wrong is told by whoever reads.
    pub(crate) async fn make_clients(&self) {
        let certain = self.certain_clients();
        join_all(certain.iter().map(|configured| self.clients.client(configured, &self.evaluator))).await;
    }

    /// The provider configurations of which it is certain that they are used, and that need no resource themselves.
    fn certain_clients(&self) -> Vec<Configured> {
        let options = &self.inputs.options;
        if !options.refresh || options.import.is_some() {
            return Vec::new();
        }
        let recorded = self.prior.instances.values().map(|state| (&state.provider, LOOKS));
        let mut looks: BTreeMap<&Str, usize> = recorded.collect();
        if looks.len() < 2 {
            return Vec::new();
        }
        let limit = Limit::of(self);
        let mut certain = Vec::new();
        for (addr, state) in self.prior.instances.iter().filter(|(_, state)| state.current.is_some()) {
            let Some(left) = looks.get_mut(&state.provider).filter(|left| **left > 0) else { continue };
            *left -= 1;
            if addr.resource.mode == ResourceMode::Managed
                && limit.as_ref().is_none_or(|limit| limit.reads(addr))
                && self.uses(addr, &state.provider)
            {
                *left = 0;
                certain.push(&state.provider);
            }
        }
        let configured =
            certain.into_iter().filter_map(|text| self.clients.find_by_text(text, &self.evaluator));
        configured.filter(|one| !self.waits_for_resources(one)).collect()
    }

    /// Whether a recorded instance is configured still, with the configuration of the root module under which it is recorded.
    fn uses(&self, addr: &InstanceAddr, provider: &Str) -> bool {
        let Some((module, resource)) = node_of(self, addr).and_then(|node| self.evaluator.resource(node))
        else {
            return false;
        };
        let key = module.provider_key(resource);
        let address = module.provider_addr(&key.name);
        match resolve_provider(self.inputs.config, &module.path, &key) {
            Some((path, key)) => {
                path.is_root() && config_text(&path, &address, key.alias.as_deref()) == *provider
            }
            None => false,
        }
    }

    fn waits_for_resources(&self, configured: &Configured) -> bool {
        let statics = self.inputs.statics;
        let block = self.clients.block_of(configured, statics).map(|(node, _)| node);
        let mut stack: Vec<NodeId> = block.into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(node) = stack.pop() {
            if matches!(statics.node(node).kind, NodeKind::Resource(_)) {
                return true;
            }
            if seen.insert(node) {
                stack.extend(statics.dependencies(node));
            }
        }
        false
    }
}
