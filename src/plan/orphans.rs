//! What is recorded and configured no more; and destroying everything.

use std::sync::Arc;

use config::{Expansion, InstId, NodeId, NodeKind, Reading};
use futures_util::StreamExt;
use model::{
    Diagnostic, Diagnostics, InstanceAddr, InstanceKey, ModuleAddr, ModulePath, ResourceMode, Str, Value,
};
use state::{InstanceObject, InstanceState};

use crate::change::{Action, Change, Mode, Reason};
use crate::clients::Configured;
use crate::codec;
use crate::instances::expansion_of;
use crate::limit::Limit;
use crate::planner::{Item, Planner};

impl Planner<'_> {
    /// Plans the end of every recorded instance that the configuration does not have.
    pub async fn plan_orphans(&self) {
        let prior = self.prior.clone();
        let limit = Limit::of(self);
        let is_orphan = |addr: &InstanceAddr| {
            let visited = self.found.borrow().visited.contains(addr);
            !visited && !self.is_undecided(addr) && limit.as_ref().is_none_or(|limit| limit.ends(addr))
        };
        let orphans = prior.instances.iter().filter(|(addr, _)| is_orphan(addr));
        let ends = orphans.map(|(addr, state)| self.plan_orphan(addr, state));
        let at_once = self.inputs.options.parallelism.max(1);
        let mut ending = futures_util::stream::iter(ends).buffered(at_once);
        while let Some(diags) = ending.next().await {
            self.report(diags);
        }
    }

    /// Plans the end of one instance with all of its objects.
    async fn plan_orphan(&self, addr: &InstanceAddr, state: &InstanceState) -> Diagnostics {
        if addr.resource.mode != ResourceMode::Managed {
            self.found.borrow_mut().refreshed.insert(addr.clone(), None);
            return Diagnostics::new();
        }
        let ended = match &state.current {
            Some(object) => self.plan_end(addr, &state.provider, object).await,
            None => Ok(()),
        };
        if !state.deposed.is_empty() {
            self.plan_deposed(addr, &state.deposed.keys().cloned().collect::<Vec<_>>());
        }
        ended.err().unwrap_or_default()
    }

    /// Whether planning failed before it was clear whether the instance is configured.
    fn is_undecided(&self, addr: &InstanceAddr) -> bool {
        if self.inputs.options.mode == Mode::Destroy {
            return false;
        }
        let path = addr.module.path();
        let Some(node) = self.inputs.statics.find(&path, &NodeKind::Resource(addr.resource.clone())) else {
            return false;
        };
        if self.left_out.contains(&node) {
            return true;
        }
        let inst = self.module_instance(&addr.module);
        match inst {
            Some(inst) => matches!(self.evaluator.expansion(node, inst), None | Some(Expansion::Failed)),
            None => self.found.borrow().diags.has_errors(),
        }
    }

    /// The module instance of an address, where the configuration has it.
    pub fn module_instance(&self, module: &ModuleAddr) -> Option<InstId> {
        self.evaluator.find_instance(module)
    }

    /// Plans the deletion of an object, or that it is only forgotten.
    async fn plan_end(
        &self,
        addr: &InstanceAddr,
        provider: &Str,
        object: &Arc<InstanceObject>,
    ) -> Result<(), Diagnostics> {
        let configured = self.configured_by_text(addr, provider)?;
        let Some(ty) = configured.provider.catalog().resources.get(&addr.resource.ty).cloned() else {
            return Err(crate::validate::unknown_recorded_type(addr, &configured.addr).into());
        };
        let (action, reason) = self.ending(addr);
        let before = match action {
            // What is recorded no more is of no further interest, so nobody reads it.
            Action::Forget => self.recorded_before(addr, &configured, &ty)?,
            _ => self.read_before(addr, &configured, &ty).await?,
        };
        let Some(before) = before else { return Ok(()) };
        let Some(current) = before.current.clone() else {
            let mut found = self.found.borrow_mut();
            found.refreshed.insert(addr.clone(), None);
            return Ok(());
        };
        if self.inputs.options.mode == Mode::RefreshOnly {
            return Ok(());
        }
        self.check_kept(addr, action);
        let ty = current.ty();
        let change = Change {
            address: addr.clone(),
            previous_address: self.moved.get(addr).cloned(),
            deposed: None,
            provider: configured.addr.clone(),
            provider_config: provider.clone(),
            action,
            reason,
            before: current,
            after: Value::null_of(ty),
            replace_paths: Vec::new(),
            importing: None,
            generated_config: None,
            create_before_destroy: object.create_before_destroy,
            reads: Arc::from([]),
        };
        self.add_end(change, object);
        Ok(())
    }

    fn add_end(&self, change: Change, object: &Arc<InstanceObject>) {
        let mut found = self.found.borrow_mut();
        found.items.push(Item {
            change,
            node: None,
            reading: Reading::default(),
            recorded: object.dependencies.clone(),
        });
    }

    fn configured_by_text(&self, addr: &InstanceAddr, provider: &Str) -> Result<Configured, Diagnostics> {
        self.clients
            .find_by_text(provider, &self.evaluator)
            .ok_or_else(|| crate::validate::missing_recorded_provider(addr, provider).into())
    }

    /// Delete or forget, and why.
    fn ending(&self, addr: &InstanceAddr) -> (Action, Option<Reason>) {
        if self.inputs.options.mode == Mode::Destroy {
            return (Action::Delete, None);
        }
        if let Some(destroy) = self.removed_block(addr) {
            let action = if destroy { Action::Delete } else { Action::Forget };
            return (action, Some(self.delete_reason(addr)));
        }
        (Action::Delete, Some(self.delete_reason(addr)))
    }

    /// Says which objects go on to exist without being managed.
    pub fn forgotten(&self) -> Option<Diagnostic> {
        let found = self.found.borrow();
        let forgotten = found.items.iter().filter(|i| i.change.action == Action::Forget);
        let list: std::collections::BTreeSet<String> =
            forgotten.map(|i| format!("\n  - {}", i.change.address)).collect();
        (!list.is_empty()).then(|| {
            Diagnostic::warning(
                "Some objects will no longer be managed by Terraform",
                format!(
                    "Applying this plan removes these objects from the state but does not destroy them:{}\n\nThey are yours \
                     to look after from then on. To manage them again, import them.",
                    list.into_iter().collect::<String>()
                ),
            )
        })
    }

    /// Whether a `removed` block names an instance, and whether it has its object destroyed.
    pub fn removed_block(&self, addr: &InstanceAddr) -> Option<bool> {
        for (path, module) in &self.inputs.config.modules {
            for removed in &module.removed {
                let calls = path.0.iter().cloned().chain(removed.from.module.iter().map(|(n, _)| n.clone()));
                let target = ModulePath(calls.collect());
                let at = addr.module.path();
                let hit = match &removed.from.resource {
                    Some((resource, _)) => at == target && *resource == addr.resource,
                    None => at.0.starts_with(&target.0),
                };
                if hit {
                    return Some(removed.destroy);
                }
            }
        }
        None
    }

    fn delete_reason(&self, addr: &InstanceAddr) -> Reason {
        let path = addr.module.path();
        let Some(module) = self.inputs.config.modules.get(&path) else {
            return Reason::DeleteBecauseNoResourceConfig;
        };
        let Some(resource) = module.resources.get(&addr.resource) else {
            if self.moved.contains_key(addr) {
                return Reason::DeleteBecauseNoMoveTarget;
            }
            return Reason::DeleteBecauseNoResourceConfig;
        };
        if self.module_instance(&addr.module).is_none() {
            return match self.is_disabled(&addr.module) {
                true => Reason::DeleteBecauseDisabled,
                false => Reason::DeleteBecauseNoModule,
            };
        }
        match (&resource.repetition, &addr.key) {
            (config::Repetition::Count(_), InstanceKey::Int(_)) => Reason::DeleteBecauseCountIndex,
            (config::Repetition::ForEach(_), InstanceKey::Str(_)) => Reason::DeleteBecauseEachKey,
            (config::Repetition::Enabled(_), InstanceKey::None) => Reason::DeleteBecauseDisabled,
            _ => Reason::DeleteBecauseWrongRepetition,
        }
    }

    /// Whether a call on the way to a module says that it is not to be there.
    fn is_disabled(&self, module: &ModuleAddr) -> bool {
        let mut at = module.clone();
        while let Some((parent, name, key)) = at.parent() {
            let call = self.inputs.config.modules.get(&parent.path()).and_then(|m| m.calls.get(name));
            let enabled = matches!(call.map(|c| &c.repetition), Some(config::Repetition::Enabled(_)));
            if self.module_instance(&parent).is_some() {
                return enabled && *key == InstanceKey::None;
            }
            at = parent;
        }
        false
    }

    /// Plans the deletion of objects that were replaced and are still there.
    pub fn plan_deposed(&self, addr: &InstanceAddr, keys: &[Str]) {
        if self.inputs.options.mode == Mode::RefreshOnly {
            return;
        }
        let Some(state) = self.prior.instances.get(addr) else { return };
        for key in keys {
            let Some(object) = state.deposed.get(key) else { continue };
            let configured = match self.configured_by_text(addr, &state.provider) {
                Ok(configured) => configured,
                Err(diags) => {
                    self.report(diags);
                    continue;
                }
            };
            let Some(ty) = configured.provider.catalog().resources.get(&addr.resource.ty) else { continue };
            let before = match codec::decode(addr, object, ty.schema(), Some(&**ty)) {
                Ok(value) => value,
                Err(diag) => {
                    self.push(diag);
                    continue;
                }
            };
            let ty = before.ty();
            let change = Change {
                address: addr.clone(),
                previous_address: None,
                deposed: Some(key.clone()),
                provider: configured.addr.clone(),
                provider_config: state.provider.clone(),
                action: Action::Delete,
                reason: None,
                before,
                after: Value::null_of(ty),
                replace_paths: Vec::new(),
                importing: None,
                generated_config: None,
                create_before_destroy: object.create_before_destroy,
                reads: Arc::from([]),
            };
            self.add_end(change, object);
        }
    }

    /// Prepares the destruction of everything: values come from the state, and only what provider configurations refer to
    /// is evaluated.
    pub async fn plan_destroy(&self) {
        let statics = self.inputs.statics;
        for &node in statics.order() {
            match statics.node(node).kind.clone() {
                NodeKind::Resource(_) => self.take_recorded(node),
                NodeKind::Call(_)
                | NodeKind::Whole(_)
                | NodeKind::Variable(_)
                | NodeKind::Local(_)
                | NodeKind::Output(_) => {
                    let _ = self.evaluator.evaluate(node);
                }
                NodeKind::Provider(_) | NodeKind::Validation(_) | NodeKind::Check(_) => {}
            }
        }
        self.open_for_providers().await;
    }

    /// The instances of a resource are those that the state has.
    fn take_recorded(&self, node: NodeId) {
        let found = self.inputs.statics.node(node);
        let NodeKind::Resource(resource) = &found.kind else { return };
        for inst in self.evaluator.module_instances(&found.path) {
            let module = self.evaluator.module_addr(inst);
            let first = resource.instance(&module, InstanceKey::None);
            let recorded = self.prior.instances.range(first..);
            let recorded = recorded.take_while(|(a, _)| a.module == module && a.resource == *resource);
            let keys: Vec<InstanceKey> = recorded.map(|(a, _)| a.key.clone()).collect();
            self.evaluator.set_expansion(node, inst, expansion_of(&keys));
            for key in keys {
                let addr = resource.instance(&module, key.clone());
                if let Some(value) = self.recorded_value(&addr) {
                    self.evaluator.set_instance(node, inst, &key, value);
                }
            }
        }
    }
}
