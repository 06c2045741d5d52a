//! Deletes: after the deletes of what depends on them, and after whatever stops using what they delete.

use std::collections::{HashMap, HashSet};

use config::{NEAREST, NodeId};
use model::{InstanceAddr, Str};

use super::behind::Behind;
use super::{Builder, Firmness};
use crate::planner::Item;

impl<'p> Builder<'p, '_> {
    /// Deletes go against the recorded dependencies. What is deleted for good, or was replaced first, also outlives the
    /// changes of what used it or uses its replacement. Each comes after what its provider is configured with. All that
    /// yields where it would go in a circle.
    pub(super) fn order_deletes(&mut self) {
        let names = self.deleted_blocks();
        if names.is_empty() {
            return;
        }
        let mut configured: HashMap<NodeId, Vec<&Str>> = HashMap::new();
        let mut dependents: HashMap<&Str, Vec<u32>> = HashMap::new();
        let mut users: HashMap<&Str, Vec<u32>> = HashMap::new();
        let mut behind = Behind::new(&names);
        self.note_staying(&mut behind);
        for (i, item) in self.items.iter().enumerate() {
            let recorded = behind.deleted(&item.recorded);
            if let Some(delete) = self.own[i].delete {
                recorded.iter().for_each(|d| dependents.entry(d).or_default().push(delete));
            }
            if let Some(changed_over) = self.own[i].stable.or(self.own[i].forward) {
                let mut all = recorded;
                if let Some((node, ..)) = &item.node {
                    let now = configured.entry(*node).or_insert_with(|| self.configured(*node, &names));
                    all.extend(now.iter());
                }
                all.into_iter().for_each(|d| users.entry(d).or_default().push(changed_over));
            }
        }
        self.connect_deletes(&mut Waiting::new(dependents), &mut Waiting::new(users));
        self.wait_for_providers();
    }

    /// Notes what the objects that stay depend on by what is recorded, where an object may not record all that it depends
    /// on.
    fn note_staying<'b>(&self, behind: &mut Behind<'b>)
    where
        'p: 'b,
    {
        let items: &'b [Item] = self.items;
        if !items.iter().any(|item| item.recorded.len() > NEAREST) {
            return;
        }
        for (i, item) in items.iter().enumerate().filter(|(_, item)| !item.recorded.is_empty()) {
            self.blocks_of(i).into_iter().for_each(|block| behind.stays(block, &item.recorded));
        }
    }

    /// A delete needs its provider, and so comes after what the provider's configuration reads.
    fn wait_for_providers(&mut self) {
        let planner = self.planner;
        let mut gates: HashMap<&Str, Option<u32>> = HashMap::new();
        for (i, item) in self.items.iter().enumerate() {
            let Some(delete) = self.own[i].delete else { continue };
            let text = &item.change.provider_config;
            let gate = gates.get(text).copied().unwrap_or_else(|| {
                let configured = planner.clients.find_by_text(text, &planner.evaluator)?;
                let (node, inst) = planner.clients.block_of(&configured, planner.inputs.statics)?;
                self.value_gate(node, inst)
            });
            gates.insert(text, gate);
            if let Some(gate) = gate {
                self.prefer(Firmness::Provider, gate, delete);
            }
        }
    }

    /// The blocks among those named that a block depends on as it is configured now.
    fn configured<'n>(&self, node: NodeId, names: &'n HashSet<Str>) -> Vec<&'n Str> {
        let all = self.planner.inputs.statics.resource_dependencies(node);
        all.iter().filter_map(|d| names.get(d)).collect()
    }

    fn connect_deletes(&mut self, dependents: &mut Waiting<'_>, users: &mut Waiting<'_>) {
        for i in 0..self.items.len() {
            let own = self.own[i];
            let Some(delete) = own.delete else { continue };
            // Whoever uses an object that is deleted before its replacement is made waits for the replacement.
            let outlives_users = own.create_first || own.forward.is_none();
            for block in self.blocks_of(i) {
                if let Some(gate) = dependents.gate(self, &block) {
                    self.prefer(Firmness::Dependents, gate, delete);
                }
                if let Some(gate) = users.gate(self, &block).filter(|_| outlives_users) {
                    self.prefer(Firmness::Users, gate, delete);
                }
            }
        }
    }

    /// Notes that a step should come after another.
    fn prefer(&mut self, firmness: Firmness, before: u32, step: u32) {
        self.yielding.entry((firmness, before)).or_default().push(step);
    }

    /// The blocks of which objects are deleted, as dependencies name them.
    fn deleted_blocks(&self) -> HashSet<Str> {
        let deleted = (0..self.items.len()).filter(|i| self.own[*i].delete.is_some());
        deleted.flat_map(|i| self.blocks_of(i)).collect()
    }

    /// The blocks under which others may have recorded an object: its own, and the one that it has moved from.
    fn blocks_of(&self, item: usize) -> Vec<Str> {
        let address = &self.items[item].change.address;
        let block = |a: &InstanceAddr| Str::from(a.resource.in_module(&a.module.path()));
        let old = self.planner.moved.get(address).map(block);
        let own = block(address);
        let old = old.filter(|old| *old != own);
        [own].into_iter().chain(old).collect()
    }
}

/// Steps by the blocks that wait for them, with the gates that stand for several.
struct Waiting<'n> {
    steps: HashMap<&'n Str, Vec<u32>>,
    gates: HashMap<Str, Option<u32>>,
}

impl<'n> Waiting<'n> {
    fn new(steps: HashMap<&'n Str, Vec<u32>>) -> Waiting<'n> {
        Waiting { steps, gates: HashMap::new() }
    }

    /// The step that stands for all steps of a block.
    fn gate(&mut self, builder: &mut Builder<'_, '_>, block: &Str) -> Option<u32> {
        if let Some(gate) = self.gates.get(block) {
            return *gate;
        }
        let gate = builder.gate(self.steps.remove(block).unwrap_or_default());
        self.gates.insert(block.clone(), gate);
        gate
    }
}
