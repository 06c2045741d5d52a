//! The instances of a resource block: which there are, and what becomes of each.

use std::sync::Arc;

use config::{Expansion, InstId, NodeId, Reading};
use futures_util::StreamExt;
use graph::Outcome;
use model::{Diagnostic, Diagnostics, InstanceAddr, InstanceKey, ResourceMode, Value};

use crate::change::Mode;
use crate::imports::Imports;
use crate::judging::Stage;
use crate::planner::{Described, Planner, with_address};
use crate::targets;

impl Planner<'_> {
    /// Plans all instances of a resource block.
    pub(crate) async fn plan_resource(&self, node: NodeId) -> Outcome {
        let path = self.inputs.statics.node(node).path.clone();
        if self.included.as_ref().is_some_and(|i| !i.contains(&node)) {
            return Outcome::Done;
        }
        let own = self.self_references(node);
        if self.report(own) == Outcome::Failed {
            return Outcome::Failed;
        }
        let imports = match self.imports_of(node) {
            Ok(imports) => imports,
            Err(diags) => return self.report(diags),
        };
        let mut outcome = Outcome::Done;
        for inst in self.evaluator.module_instances(&path) {
            let expand = self.inputs.stages.enter(model::Stage::Expand, Described(self.inputs.statics, node));
            let (expansion, reading, diags) = self.evaluator.expand(node, inst);
            drop(expand);
            if diags.has_errors() {
                let unmet = self.defer_block(node, diags).err().unwrap_or_default();
                self.report(unmet);
                outcome = Outcome::Failed;
                continue;
            }
            self.report(diags);
            let recorded = self.recorded_instances(node, inst);
            let mut keys = expansion.keys();
            self.expect_results(node, inst, &keys);
            self.note_surplus(node, inst, &keys);
            keys.retain(|key| {
                let is_recorded = recorded.as_ref().is_none_or(|recorded| recorded.has(key));
                if !is_recorded && let Some(addr) = self.evaluator.instance_addr(node, inst, key) {
                    self.report(self.judge().resource(node, inst, &addr, Stage::Before));
                }
                is_recorded
            });
            let limit = self.inputs.options.parallelism.max(1);
            let futures = keys.iter().map(|key| self.plan_instance(node, inst, key, &reading, &imports));
            let mut running = futures_util::stream::iter(futures).buffer_unordered(limit);
            while let Some(one) = running.next().await {
                if one == Outcome::Failed {
                    outcome = Outcome::Failed;
                }
            }
            drop(running);
            if let Some(recorded) = recorded {
                self.keep_instances(node, inst, recorded, &expansion);
            }
        }
        match outcome {
            Outcome::Done => self.report(self.check_imports(&imports)),
            failed => failed,
        }
    }

    /// Names the instances whose conditions will be judged.
    fn expect_results(&self, node: NodeId, inst: InstId, keys: &[InstanceKey]) {
        let addrs = keys.iter().filter_map(|key| self.evaluator.instance_addr(node, inst, key));
        self.judge().expect(node, addrs.filter(|addr| targets::includes(self, node, addr)));
    }

    /// The instances that are recorded of a managed resource while nothing but reading happens.
    fn recorded_instances(&self, node: NodeId, inst: InstId) -> Option<Expansion> {
        let options = &self.inputs.options;
        if options.mode != Mode::RefreshOnly || options.import.is_some() {
            return None;
        }
        let (_, resource) = self.evaluator.resource(node)?;
        let is_managed = resource.addr.mode == ResourceMode::Managed;
        let recorded = || recorded_expansion(&resource.repetition, self.recorded_keys(node, inst));
        is_managed.then(recorded).flatten()
    }

    /// Refreshing makes and removes nothing, so a managed resource keeps the instances that are recorded, whatever its block
    /// says by now.
    fn keep_instances(&self, node: NodeId, inst: InstId, recorded: Expansion, configured: &Expansion) {
        let keys = recorded.keys();
        if keys == configured.keys() {
            return;
        }
        self.evaluator.set_expansion(node, inst, recorded);
        for key in keys.iter().filter(|key| !configured.has(key)) {
            let addr = self.evaluator.instance_addr(node, inst, key);
            if let Some(value) = addr.and_then(|addr| self.recorded_value(&addr)) {
                self.evaluator.set_instance(node, inst, key, value);
            }
        }
    }

    /// The keys of the instances that are recorded of a managed resource.
    fn recorded_keys(&self, node: NodeId, inst: InstId) -> Vec<InstanceKey> {
        let first = self.evaluator.instance_addr(node, inst, &InstanceKey::None);
        let Some(first) = first.filter(|a| a.resource.mode == ResourceMode::Managed) else {
            return Vec::new();
        };
        let recorded = self.prior.instances.range(first.clone()..).map(|(addr, _)| addr);
        let own = recorded.take_while(|a| a.module == first.module && a.resource == first.resource);
        own.map(|a| a.key.clone()).collect()
    }

    /// Notes that a managed resource changes where more instances are recorded than it is to have.
    fn note_surplus(&self, node: NodeId, inst: InstId, keys: &[InstanceKey]) {
        let Some(first) = self.evaluator.instance_addr(node, inst, &InstanceKey::None) else { return };
        let mut keys = keys.iter();
        let mut is_surplus = |recorded: &InstanceKey| keys.find(|key| *key >= recorded) != Some(recorded);
        if self.inputs.options.mode == Mode::Normal
            && self.recorded_keys(node, inst).iter().any(&mut is_surplus)
        {
            self.found.borrow_mut().changing.insert((node, first.module));
        }
    }

    /// A resource's arguments cannot be what the resource itself gives.
    fn self_references(&self, node: NodeId) -> Diagnostics {
        let found = self.inputs.statics.node(node);
        let name = self.inputs.statics.describe(node);
        let report = |span: &model::Span| {
            let detail = format!("Configuration for {name} may not refer to itself.");
            Diagnostic::error("Self-referential block", detail).at(*span).for_address(&name)
        };
        Diagnostics(found.self_references.iter().map(report).collect())
    }

    async fn plan_instance(
        &self,
        node: NodeId,
        inst: InstId,
        key: &InstanceKey,
        outer: &Reading,
        imports: &Imports,
    ) -> Outcome {
        let Some(addr) = self.evaluator.instance_addr(node, inst, key) else { return Outcome::Done };
        self.found.borrow_mut().visited.insert(addr.clone());
        if !targets::includes(self, node, &addr) {
            self.leave_as_it_is(node, inst, key, &addr);
            return Outcome::Done;
        }
        let result = match addr.resource.mode {
            ResourceMode::Managed => {
                self.plan_managed(node, inst, key, &addr, outer, self.wanted(imports, &addr)).await
            }
            ResourceMode::Data => self.plan_data(node, inst, key, &addr, outer).await,
            ResourceMode::Ephemeral => self.open_ephemeral((node, inst), &addr, outer).await,
        };
        match result {
            Ok(()) => Outcome::Done,
            Err(diags) => {
                self.report(Diagnostics(diags.into_iter().map(|d| with_address(d, &addr)).collect()));
                Outcome::Failed
            }
        }
    }

    /// An instance outside the targets keeps the value that it has.
    fn leave_as_it_is(&self, node: NodeId, inst: InstId, key: &InstanceKey, addr: &InstanceAddr) {
        if let Some(value) = self.recorded_value(addr) {
            self.evaluator.set_instance(node, inst, key, value);
        }
    }

    /// The value of a recorded instance, if there is one and it can be read.
    pub fn recorded_value(&self, addr: &InstanceAddr) -> Option<Value> {
        let state = self.prior.instances.get(addr)?;
        let object = state.current.as_ref()?;
        let configured = self.clients.find_by_text(&state.provider, &self.evaluator)?;
        let catalog = configured.provider.catalog();
        match addr.resource.mode {
            ResourceMode::Managed => {
                let ty = catalog.resources.get(&addr.resource.ty)?;
                crate::codec::decode(addr, object, ty.schema(), Some(&**ty)).ok()
            }
            ResourceMode::Data => {
                let source = catalog.data_sources.get(&addr.resource.ty)?;
                crate::codec::decode(addr, object, source.schema(), None).ok()
            }
            ResourceMode::Ephemeral => None,
        }
    }
}

/// The instances of a managed resource where nothing is made or removed: those of the recorded ones that the block can
/// have as it is written now. Nothing where none is recorded of one that is not repeated: what it would be is unknown.
pub fn recorded_expansion(
    repetition: &config::Repetition,
    keys: impl IntoIterator<Item = InstanceKey>,
) -> Option<Expansion> {
    let fits = |key: &InstanceKey| match repetition {
        config::Repetition::Single | config::Repetition::Enabled(_) => *key == InstanceKey::None,
        config::Repetition::Count(_) => matches!(key, InstanceKey::Int(_)),
        config::Repetition::ForEach(_) => matches!(key, InstanceKey::Str(_)),
    };
    let keys: Vec<InstanceKey> = keys.into_iter().filter(fits).collect();
    match repetition {
        config::Repetition::Count(_) if keys.is_empty() => Some(Expansion::Count(0)),
        config::Repetition::ForEach(_) if keys.is_empty() => Some(Expansion::ForEach(Arc::from([]))),
        _ if keys.is_empty() => None,
        _ => Some(expansion_of(&keys)),
    }
}

/// An expansion that has the given keys.
pub fn expansion_of(keys: &[InstanceKey]) -> Expansion {
    match keys.last() {
        None => Expansion::Enabled(false),
        Some(InstanceKey::None) => Expansion::Single,
        Some(InstanceKey::Int(last)) => Expansion::Count(*last as usize + 1),
        Some(InstanceKey::Str(_)) => Expansion::ForEach(
            keys.iter()
                .filter_map(|k| match k {
                    InstanceKey::Str(s) => Some((s.clone(), Value::normalized(s.clone()))),
                    InstanceKey::None | InstanceKey::Int(_) => None,
                })
                .collect(),
        ),
    }
}
