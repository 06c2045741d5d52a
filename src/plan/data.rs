//! Planning data sources, and what triggers replacements.

use std::collections::HashSet;
use std::sync::Arc;

use config::{InstId, NodeId, NodeKind, Reading, Reference, Resource};
use lang::ast::{Expr, ExprKind, StepKind, Traversal};
use model::{
    Block, Diagnostics, InstanceAddr, InstanceKey, Marks, ModuleAddr, ModulePath, Path, Str, Value, err,
};
use provider::DataSource;
use provider::contract::check_object;
use state::{InstanceState, ObjectStatus};

use crate::change::{Action, Change, Mode, Reason};
use crate::clients::Configured;
use crate::codec;
use crate::defects::AtWork;
use crate::judging::{Stage, enclosing_check};
use crate::managed::{check_ephemeral, locate, placed, unsupported_type};
use crate::planner::{Item, Planner};

/// Which data source, and how it is reached.
#[derive(Clone, Copy)]
struct Site<'s> {
    node: NodeId,
    inst: InstId,
    key: &'s InstanceKey,
    addr: &'s InstanceAddr,
    configured: &'s Configured,
}

impl Planner<'_> {
    /// Reads a data source now, if it can be, or plans to read it during apply. The one of a check is always read again
    /// during apply, and its errors concern the check alone.
    pub async fn plan_data(
        &self,
        node: NodeId,
        inst: InstId,
        key: &InstanceKey,
        addr: &InstanceAddr,
        outer: &Reading,
    ) -> Result<(), Diagnostics> {
        let Some((_, resource)) = self.evaluator.resource(node) else { return Ok(()) };
        let configured = self.configured(node, inst, key)?;
        let Some(source) = configured.provider.catalog().data_sources.get(&addr.resource.ty).cloned() else {
            return Err(unsupported_type(resource, &configured).into());
        };
        let block = &source.schema().block;
        let (config, mut reading, diags) = self.evaluate_config((node, inst, key), addr, block);
        reading.merge(outer.clone());
        self.fail_on(diags)?;
        check_ephemeral(&config, block, resource)?;
        self.fail_on(self.judge().resource(node, inst, addr, Stage::Before))?;
        let bare = config.unmarked_deep();
        self.fail_on(locate(source.validate(&bare), resource))?;
        let marks = config.marked_paths(Marks::SENSITIVE);
        let marked = |v: Value| codec::mark_sensitive(v.apply_marks_at(&marks, Marks::SENSITIVE), block);
        let reason = if !bare.is_wholly_known() {
            Some(Reason::ReadBecauseConfigUnknown)
        } else if self.has_pending_dependency(node, resource, addr) {
            Some(Reason::ReadBecauseDependencyPending)
        } else {
            None
        };
        let site = Site { node, inst, key, addr, configured: &configured };
        if let Some(reason) = reason {
            let after = marked(unknown_computed(block, &bare));
            self.defer(&site, reason, after.clone(), reading);
            return self.fail_on(self.judge().resource(node, inst, addr, Stage::After(&after)));
        }
        let read = self.read_now(&site, resource, &*source, &bare).await;
        let Some(check) = enclosing_check(&self.evaluator, node) else {
            return self.keep_read(&site, resource, &*source, marked(read?));
        };
        let after = match read {
            Ok(value) if self.inputs.options.mode == Mode::RefreshOnly => {
                return self.keep_read(&site, resource, &*source, marked(value));
            }
            Ok(value) => value,
            Err(errors) => {
                let warnings = self.judge().data_of_check(check, inst, errors);
                self.found.borrow_mut().diags.extend(warnings);
                unknown_computed(block, &bare)
            }
        };
        self.defer(&site, Reason::ReadBecauseCheckNested, marked(after), reading);
        Ok(())
    }

    /// Plans to read a data source during apply. Refreshing leaves it unread.
    fn defer(&self, site: &Site<'_>, reason: Reason, after: Value, reading: Reading) {
        let Site { node, inst, key, addr, configured } = *site;
        self.evaluator.set_instance(node, inst, key, after.clone());
        if self.inputs.options.mode == Mode::RefreshOnly {
            return;
        }
        let change = Change {
            address: addr.clone(),
            previous_address: None,
            deposed: None,
            provider: configured.addr.clone(),
            provider_config: configured.config_text.clone(),
            action: Action::Read,
            reason: Some(reason),
            before: Value::null_of(after.ty()),
            after,
            replace_paths: Vec::new(),
            importing: None,
            generated_config: None,
            create_before_destroy: false,
            reads: self.instance_reads(&reading),
        };
        let mut found = self.found.borrow_mut();
        if self.prior.instances.contains_key(addr) {
            found.refreshed.insert(addr.clone(), None);
        }
        found.items.push(Item {
            change,
            node: Some((node, inst, key.clone())),
            reading,
            recorded: Arc::from([]),
        });
    }

    async fn read_now(
        &self,
        site: &Site<'_>,
        resource: &Resource,
        source: &dyn DataSource,
        config: &Value,
    ) -> Result<Value, Diagnostics> {
        let client = self.clients.client(site.configured, &self.evaluator).await?;
        let permit = self.permits.acquire().await;
        let _read = self.inputs.stages.enter(model::Stage::Read, site.addr);
        self.inputs.watch.reading(site.addr);
        let ownership = self.ownership(site.addr);
        let read = source.read(self.call(&client, site.addr, &ownership), config).await;
        drop(permit);
        let id = read.as_ref().ok().and_then(codec::shown_id);
        self.inputs.watch.read(site.addr, id.as_deref());
        let at_work = AtWork { provider: &site.configured.addr, address: site.addr };
        let read = read.map_err(|e| placed(at_work.failed(e), resource))?;
        let block = &source.schema().block;
        check_object(block, &read).map_err(|b| placed(at_work.read_no_object(b), resource))?;
        Ok(read)
    }

    /// Keeps what was read, if it is as the block says that it must be.
    fn keep_read(
        &self,
        site: &Site<'_>,
        resource: &Resource,
        source: &dyn DataSource,
        value: Value,
    ) -> Result<(), Diagnostics> {
        let Site { node, inst, key, addr, .. } = *site;
        self.evaluator.set_instance(node, inst, key, value.clone());
        self.fail_on(self.judge().resource(node, inst, addr, Stage::After(&value)))?;
        self.record_read(site, resource, source, &value)
    }

    fn record_read(
        &self,
        site: &Site<'_>,
        resource: &Resource,
        source: &dyn DataSource,
        value: &Value,
    ) -> Result<(), Diagnostics> {
        let Site { addr, configured, .. } = *site;
        let object = codec::encode(value, source.schema(), ObjectStatus::Ready, None, Arc::from([]), false)
            .map_err(|why| {
            Diagnostics::from(err!(resource.span, "Provider produced invalid object", "{addr}: {why}."))
        })?;
        let state = InstanceState {
            provider: configured.config_text.clone(),
            current: Some(Arc::new(object)),
            deposed: Default::default(),
        };
        if self.prior.instances.get(addr) != Some(&state) {
            self.found.borrow_mut().refreshed.insert(addr.clone(), Some(state));
        }
        Ok(())
    }

    /// Whether a managed resource that the block names, or that it or a call on the way to its module is told to wait
    /// for, is going to change: what is read may be another thing afterwards, even where all arguments are known.
    pub fn has_pending_dependency(&self, node: NodeId, resource: &Resource, addr: &InstanceAddr) -> bool {
        let path = &self.inputs.statics.node(node).path;
        let mut waits: HashSet<NodeId> = self.inputs.statics.dependencies(node).collect();
        resource.depends_on.iter().for_each(|t| self.awaited(path, t, &mut waits));
        let mut at = path.clone();
        while let Some((parent, name)) = at.parent() {
            let call = self.inputs.config.modules.get(&parent).and_then(|m| m.calls.get(name));
            call.iter().flat_map(|c| &c.depends_on).for_each(|t| self.awaited(&parent, t, &mut waits));
            at = parent;
        }
        if waits.is_empty() {
            return false;
        }
        let found = self.found.borrow();
        let of = |node: NodeId| {
            found.changing.range((node, ModuleAddr::root())..).take_while(move |(n, _)| *n == node)
        };
        waits.into_iter().flat_map(of).any(|(_, module)| is_within_reach(&addr.module, module))
    }

    /// The resources that a reference in `depends_on` leads to: itself, all of a module, or what a value is made of.
    fn awaited(&self, path: &ModulePath, t: &Traversal, waits: &mut HashSet<NodeId>) {
        let statics = self.inputs.statics;
        let Ok((reference, _)) = Reference::parse(t) else { return };
        let start = match reference {
            Reference::Resource(addr) => statics.find(path, &NodeKind::Resource(addr)),
            Reference::Local(name) => statics.find(path, &NodeKind::Local(name)),
            Reference::Variable(name) => statics.find(path, &NodeKind::Variable(name)),
            Reference::Module(name, Some(output)) => {
                statics.find(&path.child(&name), &NodeKind::Output(output))
            }
            Reference::Module(name, None) => statics.find(path, &NodeKind::Whole(name)),
            _ => None,
        };
        let mut stack: Vec<NodeId> = start.into_iter().collect();
        let mut seen = HashSet::new();
        while let Some(node) = stack.pop() {
            if !seen.insert(node) {
                continue;
            }
            match statics.node(node).kind {
                NodeKind::Resource(_) => drop(waits.insert(node)),
                NodeKind::Call(_) | NodeKind::Validation(_) | NodeKind::Provider(_) | NodeKind::Check(_) => {}
                NodeKind::Whole(_) | NodeKind::Variable(_) | NodeKind::Local(_) | NodeKind::Output(_) => {
                    stack.extend(statics.dependencies(node));
                }
            }
        }
    }

    /// What `replace_triggered_by` names must be another resource, and declared.
    pub fn check_triggers(
        &self,
        node: NodeId,
        inst: InstId,
        resource: &Resource,
        addr: &InstanceAddr,
    ) -> Result<(), Diagnostics> {
        for trigger in &resource.lifecycle.replace_triggered_by {
            let Some((target, _)) = self.trigger_target(node, inst, trigger, addr) else { continue };
            if target.whole() == addr.whole() {
                return Err(model::Diagnostic::error(
                    format!("no change found for {target} in {}", config::module_phrase(&addr.module.path())),
                    "A resource in its own replace_triggered_by would wait for itself.",
                )
                .into());
            }
            let module = self.inputs.config.modules.get(&target.module.path());
            if module.is_some_and(|m| !m.resources.contains_key(&target.resource)) {
                return Err(err!(
                    trigger.span,
                    "Reference to undeclared resource",
                    "No resource {target} is declared in {}.",
                    config::module_phrase(&target.module.path())
                )
                .into());
            }
        }
        Ok(())
    }

    /// Whether something in `replace_triggered_by` changes.
    pub fn is_triggered(
        &self,
        node: NodeId,
        inst: InstId,
        resource: &Resource,
        addr: &InstanceAddr,
    ) -> Result<bool, Diagnostics> {
        for trigger in &resource.lifecycle.replace_triggered_by {
            let Some((target, path)) = self.trigger_target(node, inst, trigger, addr) else {
                return Err(err!(
                    trigger.span,
                    "Invalid replace_triggered_by expression",
                    "A reference to a managed resource, to one of its instances, or to an attribute of it is required."
                )
                .into());
            };
            let found = self.found.borrow();
            let hit = found.items.iter().any(|item| {
                let change = &item.change;
                let same = change.address == target
                    || target.key == InstanceKey::None && change.address.whole() == target.whole();
                let changes = matches!(change.action, Action::Update | Action::Replace(_));
                same && changes && (path.is_empty() || path.get(&change.before) != path.get(&change.after))
            });
            if hit {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The instance and the path within it that a trigger names.
    fn trigger_target(
        &self,
        node: NodeId,
        inst: InstId,
        expr: &Expr,
        addr: &InstanceAddr,
    ) -> Option<(InstanceAddr, Path)> {
        let (base, dynamic_key, rest) = split_trigger(expr)?;
        let (Reference::Resource(resource), consumed) = Reference::parse(base).ok()? else { return None };
        let mut key = InstanceKey::None;
        let mut steps = &base.steps[consumed..];
        if let Some(key_expr) = dynamic_key {
            let each = self.evaluator.each_of(node, inst, &addr.key);
            let (value, _, _) = self.evaluator.eval(key_expr, node, inst, each, None);
            key = match (value.as_number(), value.as_str()) {
                (Some(n), _) => InstanceKey::Int(n.to_usize()? as u64),
                (_, Some(s)) => InstanceKey::Str(s.clone()),
                _ => return None,
            };
        } else if let Some((first, others)) = steps.split_first() {
            match &first.kind {
                StepKind::IndexNumber(n) => key = InstanceKey::Int(n.to_usize()? as u64),
                StepKind::IndexString(s) => key = InstanceKey::Str(s.clone()),
                StepKind::Attr(_) => {}
            }
            if key != InstanceKey::None {
                steps = others;
            }
        }
        let mut path = Path::root();
        for step in steps {
            path = match &step.kind {
                StepKind::Attr(name) => path.attr(name.clone()),
                StepKind::IndexNumber(n) => path.index(Value::number(n.clone())),
                StepKind::IndexString(s) => path.index(Value::normalized(s.clone())),
            };
        }
        for name in rest {
            path = path.attr(name.clone());
        }
        Some((resource.instance(&addr.module, key), path))
    }
}

/// Whether something in one module instance can be about something in another: where the calls that lead to them are the
/// same, so are their keys.
fn is_within_reach(from: &ModuleAddr, to: &ModuleAddr) -> bool {
    let shared = from.0.iter().zip(to.0.iter()).take_while(|((a, _), (b, _))| a == b);
    shared.into_iter().all(|((_, a), (_, b))| a == b)
}

/// A trigger as its reference, a key that needs evaluation, and the attributes after that.
fn split_trigger(expr: &Expr) -> Option<(&Traversal, Option<&Expr>, Vec<Str>)> {
    match &expr.unwrapped().kind {
        ExprKind::Reference(t) => Some((t, None, Vec::new())),
        ExprKind::Index { object, key, .. } => match &object.kind {
            ExprKind::Reference(t) => Some((t, Some(key), Vec::new())),
            _ => None,
        },
        ExprKind::GetAttr(inner, name) => {
            let (t, key, mut names) = split_trigger(inner)?;
            names.push(name.name.clone());
            Some((t, key, names))
        }
        _ => None,
    }
}

/// The configuration with what the provider will give unknown.
pub fn unknown_computed(block: &Block, config: &Value) -> Value {
    provider::propose(block, None, config)
}
