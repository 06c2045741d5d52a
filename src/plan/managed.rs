//! Planning one instance of a managed resource.

use std::sync::Arc;

use config::{InstId, NodeId, Reading, Resource};
use model::{Block, Diagnostic, Diagnostics, InstanceAddr, InstanceKey, Marks, Path, PathStep, Value, err};
use provider::contract::{check_object, check_planned};
use provider::{CreateClass, Object, Ownership, PlanRequest, PlannedChange, ProviderError, ResourceType};
use state::{InstanceObject, InstanceState, ObjectStatus};

use crate::change::{Action, Change, Importing, Mode, Reason, ReplaceOrder};
use crate::clients::Configured;
use crate::codec;
use crate::defects::AtWork;
use crate::ignoring::{ignore_changes, kept_secrets};
use crate::judging::Stage;
use crate::keeping::prevented;
use crate::listing::Recorded;
use crate::planner::{Item, Planner};

/// What is known of the object before.
pub struct Before {
    /// What is recorded of the instance.
    pub state: InstanceState,
    /// The recorded object.
    pub object: Arc<InstanceObject>,
    /// Its attributes as recorded, marked.
    pub recorded: Value,
    /// Its attributes as read, marked; nothing where it is gone.
    pub current: Option<Value>,
    /// What the type remembers beside it, as read.
    pub private: Option<String>,
}

/// How an instance comes to an object that exists already.
struct Taken {
    importing: Option<Importing>,
    generated: Option<String>,
}

/// The parts of a decision.
struct Decision {
    action: Action,
    reason: Option<Reason>,
    after: Value,
    replace_paths: Vec<Path>,
}

impl Planner<'_> {
    /// Plans one instance: evaluates, reads, asks the provider, decides.
    pub async fn plan_managed(
        &self,
        node: NodeId,
        inst: InstId,
        key: &InstanceKey,
        addr: &InstanceAddr,
        outer: &Reading,
        importing: Option<&Importing>,
    ) -> Result<(), Diagnostics> {
        let Some((_, resource)) = self.evaluator.resource(node) else { return Ok(()) };
        let configured = self.configured(node, inst, key)?;
        let Some(ty) = configured.provider.catalog().resources.get(&addr.resource.ty).cloned() else {
            return Err(unsupported_type(resource, &configured).into());
        };
        let schema = ty.schema();
        let block = &schema.block;
        let mut before = None;
        let mut generated = None;
        let (config, mut reading, diags) = match importing.filter(|_| resource.is_generated) {
            None if resource.is_generated => return Err(unwritten_block(addr, resource).into()),
            None => self.evaluate_config((node, inst, key), addr, block),
            Some(importing) => {
                let found = self.find_object(addr, &configured, &ty, importing).await?;
                let (text, read) = self.generate((node, inst), addr, &ty, &found.recorded);
                self.inputs.watch.generated(addr, importing, &text);
                (before, generated) = (Some(found), Some(text));
                read
            }
        };
        reading.merge(outer.clone());
        // What an object is to be is of no interest while it is only read, wrong or right.
        let only_reads = self.inputs.options.mode == Mode::RefreshOnly && importing.is_none();
        if !only_reads {
            self.fail_on(diags)?;
            check_ephemeral(&config, block, resource)?;
        }
        let judged = self.is_judged(importing);
        if judged {
            self.fail_on(self.judge().resource(node, inst, addr, Stage::Before))?;
        }
        if !only_reads {
            self.fail_on(locate(ty.validate(&config.unmarked_deep()), resource))?;
            self.check_triggers(node, inst, resource, addr)?;
        }
        if before.is_none() {
            before = match importing {
                Some(importing) => Some(self.find_object(addr, &configured, &ty, importing).await?),
                None => self.read_before(addr, &configured, &ty).await?,
            };
        }
        let decision = match self.inputs.options.mode {
            Mode::RefreshOnly => keep_as_read(before.as_ref(), block),
            Mode::Normal | Mode::Destroy => {
                self.decide(node, inst, addr, resource, &configured, &ty, before.as_ref(), &config).await?
            }
        };
        self.check_prevent_destroy(addr, resource, &decision)?;
        self.evaluator.set_instance(node, inst, key, decision.after.clone());
        let postconditions = match judged {
            true => self.judge().resource(node, inst, addr, Stage::After(&decision.after)),
            false => Diagnostics::new(),
        };
        let failed = postconditions.has_errors();
        let taken = Taken { importing: importing.cloned(), generated };
        self.record(node, inst, key, addr, &configured, before, decision, reading, taken);
        if failed { Err(postconditions) } else { self.fail_on(postconditions) }
    }

    /// Evaluates the arguments of one instance.
    pub fn evaluate_config(
        &self,
        (node, inst, key): (NodeId, InstId, &InstanceKey),
        addr: &InstanceAddr,
        block: &Block,
    ) -> (Value, Reading, Diagnostics) {
        let _evaluate = self.inputs.stages.enter(model::Stage::Evaluate, addr);
        self.evaluator.instance_config(node, inst, key, block)
    }

    /// What the command line imports is only looked at, as it is; its block's conditions are for what the next plan makes
    /// of it.
    fn is_judged(&self, importing: Option<&Importing>) -> bool {
        self.inputs.options.mode != Mode::RefreshOnly || importing.is_none()
    }

    /// Keeps warnings and fails on errors.
    pub fn fail_on(&self, diags: Diagnostics) -> Result<(), Diagnostics> {
        if diags.has_errors() {
            return Err(diags);
        }
        self.found.borrow_mut().diags.extend(diags);
        Ok(())
    }

    /// The provider of an instance with its configuration.
    pub fn configured(
        &self,
        node: NodeId,
        inst: InstId,
        key: &InstanceKey,
    ) -> Result<Configured, Diagnostics> {
        self.clients.of_instance(&self.evaluator, (node, inst), key)
    }

    /// Decodes what is recorded and reads what is really there.
    pub async fn read_before(
        &self,
        addr: &InstanceAddr,
        configured: &Configured,
        ty: &Arc<dyn ResourceType>,
    ) -> Result<Option<Before>, Diagnostics> {
        let Some(mut before) = self.decoded(addr, ty)? else { return Ok(None) };
        if self.inputs.options.refresh {
            self.refresh(addr, configured, ty, &mut before).await?;
        }
        self.note_move(addr, configured, &before);
        self.note_upgrade(addr, ty, &before);
        Ok(Some(before))
    }

    /// Decodes what is recorded, and takes it as it is.
    pub fn recorded_before(
        &self,
        addr: &InstanceAddr,
        configured: &Configured,
        ty: &Arc<dyn ResourceType>,
    ) -> Result<Option<Before>, Diagnostics> {
        let Some(before) = self.decoded(addr, ty)? else { return Ok(None) };
        self.note_move(addr, configured, &before);
        self.note_upgrade(addr, ty, &before);
        Ok(Some(before))
    }

    fn decoded(
        &self,
        addr: &InstanceAddr,
        ty: &Arc<dyn ResourceType>,
    ) -> Result<Option<Before>, Diagnostics> {
        let _read = self.inputs.stages.enter(model::Stage::Read, addr);
        let Some(state) = self.prior.instances.get(addr).cloned() else { return Ok(None) };
        let Some(object) = state.current.clone() else { return Ok(None) };
        let recorded = codec::decode(addr, &object, ty.schema(), Some(&**ty))?;
        let private = object.private.as_ref().map(|p| p.to_string());
        Ok(Some(Before { state, object, current: Some(recorded.clone()), recorded, private }))
    }

    async fn refresh(
        &self,
        addr: &InstanceAddr,
        configured: &Configured,
        ty: &Arc<dyn ResourceType>,
        before: &mut Before,
    ) -> Result<(), Diagnostics> {
        let client = self.clients.client(configured, &self.evaluator).await?;
        let prior = Object { value: before.recorded.unmarked_deep(), private: before.private.clone() };
        let at_work = AtWork { provider: &configured.addr, address: addr };
        let shown = codec::shown_id(&before.recorded);
        let site = Recorded { addr, configured, ty: &**ty, client: &client, id: shown.as_deref() };
        let read = self.read_object(&site, &prior).await;
        match read.map_err(|e| Diagnostics::from(at_work.failed(e)))? {
            None => before.current = None,
            Some(object) => {
                check_object(&ty.schema().block, &object.value).map_err(|b| at_work.read_no_object(b))?;
                let marks = before.recorded.marked_paths(Marks::SENSITIVE);
                let value = object.value.apply_marks_at(&marks, Marks::SENSITIVE);
                before.current = Some(codec::mark_sensitive(value, &ty.schema().block));
                before.private = object.private;
            }
        }
        let id = before.current.as_ref().and_then(codec::shown_id);
        self.inputs.watch.refreshed(addr, id.as_deref());
        self.note_drift(addr, configured, ty, before);
        Ok(())
    }

    /// Asks the provider and decides on the action.
    #[expect(clippy::too_many_arguments, reason = "the parts of one decision, each from another place")]
    async fn decide(
        &self,
        node: NodeId,
        inst: InstId,
        addr: &InstanceAddr,
        resource: &Resource,
        configured: &Configured,
        ty: &Arc<dyn ResourceType>,
        before: Option<&Before>,
        config: &Value,
    ) -> Result<Decision, Diagnostics> {
        let _diff = self.inputs.stages.enter(model::Stage::Diff, addr);
        let block = &ty.schema().block;
        let current = before.and_then(|b| b.current.as_ref());
        let bare_prior = current.map(Value::unmarked_deep);
        let bare = config.unmarked_deep();
        let tainted = before.is_some_and(|b| b.object.status == ObjectStatus::Tainted);
        let kept = bare_prior.as_ref().filter(|_| !tainted);
        let effective = ignore_changes(&resource.lifecycle.ignore_changes, kept, &bare, block);
        let secrets = codec::secret_arguments(config, block);
        let private = before.and_then(|b| b.private.as_deref()).filter(|_| !tainted);
        let planned = self.ask(addr, configured, ty, kept, &effective, private).await?;
        let marked = |v: Value, secrets: &[Path]| {
            codec::mark_sensitive(v.apply_marks_at(secrets, Marks::SENSITIVE), block)
        };
        let (Some(current), Some(prior)) = (current, bare_prior.as_ref()) else {
            return Ok(Decision {
                action: Action::Create,
                reason: None,
                after: marked(planned.planned, &secrets),
                replace_paths: Vec::new(),
            });
        };
        let replace_paths: Vec<Path> = planned
            .requires_replace
            .iter()
            .filter(|p| !tainted && differs(p, prior, &planned.planned))
            .cloned()
            .collect();
        let reason = if self.is_triggered(node, inst, resource, addr)? {
            Some(Reason::ReplaceByTriggers)
        } else if tainted {
            Some(Reason::ReplaceBecauseTainted)
        } else if self.inputs.options.replace.contains(addr) {
            Some(Reason::ReplaceByRequest)
        } else if !replace_paths.is_empty() {
            Some(Reason::ReplaceBecauseCannotUpdate)
        } else {
            None
        };
        if reason.is_some() {
            let anew = match tainted {
                true => planned,
                false => self.ask(addr, configured, ty, None, &bare, None).await?,
            };
            let order = match self.create_first.contains(&node) {
                true => ReplaceOrder::CreateFirst,
                false => ReplaceOrder::DeleteFirst,
            };
            return Ok(Decision {
                action: Action::Replace(order),
                reason,
                after: marked(anew.planned, &secrets),
                replace_paths,
            });
        }
        let kept = (Some(current), &planned.planned);
        let secrets = kept_secrets(block, &resource.lifecycle.ignore_changes, &bare, kept, &secrets);
        let after = marked(planned.planned, &secrets);
        let action = if after == *current { Action::NoOp } else { Action::Update };
        let after = if action == Action::NoOp { current.clone() } else { after };
        Ok(Decision { action, reason: None, after, replace_paths })
    }

    /// The marks of ownership of an object, where there is something outside that could carry them.
    pub fn marks(&self, ty: &dyn ResourceType, addr: &InstanceAddr) -> Option<Ownership> {
        (ty.create_class() != CreateClass::StateOnly).then(|| self.ownership(addr))
    }

    /// Asks the provider what the object would be, and holds it to the contract.
    pub async fn ask(
        &self,
        addr: &InstanceAddr,
        configured: &Configured,
        ty: &Arc<dyn ResourceType>,
        prior: Option<&Value>,
        config: &Value,
        private: Option<&str>,
    ) -> Result<PlannedChange, Diagnostics> {
        let block = &ty.schema().block;
        let proposed = provider::propose(block, prior, config);
        let client = self.clients.client(configured, &self.evaluator).await?;
        let ownership = self.marks(&**ty, addr);
        let request = PlanRequest { prior, config, proposed: &proposed, private };
        let planned = ty.plan(self.call(&client, addr, ownership.as_ref()), request).await;
        let at_work = AtWork { provider: &configured.addr, address: addr };
        let planned = planned.map_err(|e| at_work.failed(e))?;
        check_planned(block, prior, config, &planned.planned).map_err(|b| at_work.planned_wrongly(b))?;
        Ok(planned)
    }

    fn check_prevent_destroy(
        &self,
        addr: &InstanceAddr,
        resource: &Resource,
        decision: &Decision,
    ) -> Result<(), Diagnostics> {
        if !resource.lifecycle.prevent_destroy || !matches!(decision.action, Action::Replace(_)) {
            return Ok(());
        }
        self.push(prevented(addr, resource).for_address(addr));
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "everything that a planned object is made of")]
    fn record(
        &self,
        node: NodeId,
        inst: InstId,
        key: &InstanceKey,
        addr: &InstanceAddr,
        configured: &Configured,
        before: Option<Before>,
        decision: Decision,
        reading: Reading,
        taken: Taken,
    ) {
        if self.inputs.options.mode == Mode::RefreshOnly && taken.importing.is_none() {
            return;
        }
        let ty = decision.after.ty();
        let recorded = before.as_ref().map(|b| b.object.dependencies.clone()).unwrap_or_default();
        let deposed = before.as_ref().map(|b| b.state.deposed.clone());
        let change = Change {
            address: addr.clone(),
            previous_address: self.moved.get(addr).cloned(),
            deposed: None,
            provider: configured.addr.clone(),
            provider_config: configured.config_text.clone(),
            action: decision.action,
            reason: decision.reason,
            before: before.and_then(|b| b.current).unwrap_or_else(|| Value::null_of(ty)),
            after: decision.after,
            replace_paths: decision.replace_paths,
            importing: taken.importing,
            generated_config: taken.generated,
            create_before_destroy: self.create_first.contains(&node),
            reads: self.instance_reads(&reading),
        };
        let item = Item { change, node: Some((node, inst, key.clone())), reading, recorded };
        let mut found = self.found.borrow_mut();
        if item.change.action != Action::NoOp {
            found.changing.insert((node, addr.module.clone()));
        }
        found.items.push(item);
        drop(found);
        let in_state = deposed.or_else(|| self.prior.instances.get(addr).map(|s| s.deposed.clone()));
        if let Some(deposed) = in_state.filter(|d| !d.is_empty()) {
            self.plan_deposed(addr, &deposed.keys().cloned().collect::<Vec<_>>());
        }
    }

    /// The single instances of a reading, by address.
    pub fn instance_reads(&self, reading: &Reading) -> Arc<[InstanceAddr]> {
        let direct = reading.instances.iter();
        direct.filter_map(|(node, inst, key)| self.evaluator.instance_addr(*node, *inst, key)).collect()
    }
}

/// The error for a recorded object that an import block names and no resource block does.
fn unwritten_block(addr: &InstanceAddr, resource: &Resource) -> Diagnostic {
    err!(
        resource.span,
        "Configuration for import target does not exist",
        "The state records an object for {addr}, so nothing is imported and no configuration is generated, but there is no \
         resource block for it. Write the block, or remove the import block too."
    )
}

/// In a refresh-only plan the object stays what reading found; what is not there is not made, and so not known.
fn keep_as_read(before: Option<&Before>, block: &Block) -> Decision {
    let current = before.and_then(|b| b.current.clone());
    let after = current.unwrap_or_else(|| Value::unknown(block.ty()));
    Decision { action: Action::NoOp, reason: None, after, replace_paths: Vec::new() }
}

/// The error for a type that the provider does not have.
pub fn unsupported_type(resource: &Resource, configured: &Configured) -> Diagnostic {
    crate::validate::unknown_type(resource, &configured.addr, &*configured.provider)
}

/// A provider's error as a diagnostic without a place.
pub fn provider_diag(e: ProviderError) -> Diagnostic {
    let mut diag = if e.warning {
        Diagnostic::warning(e.summary, e.detail)
    } else {
        Diagnostic::error(e.summary, e.detail)
    };
    diag.path = e.path;
    diag
}

/// A provider's findings about a configuration, each at the argument that it concerns.
pub fn locate(errors: Vec<ProviderError>, resource: &Resource) -> Diagnostics {
    Diagnostics(errors.into_iter().map(|e| placed(provider_diag(e), resource)).collect())
}

/// The diagnostic at the argument that its path leads to, or the nearest that encloses it; at the block where it has no
/// path.
pub fn placed(diag: Diagnostic, resource: &Resource) -> Diagnostic {
    let (mut body, mut span) = (&resource.body, resource.span);
    let mut steps = diag.path.iter().flat_map(|p| &p.0).peekable();
    while let Some(PathStep::Attr(name)) = steps.next() {
        if let Some(attribute) = body.attribute(name) {
            span = attribute.expr.span;
            break;
        }
        let at = match steps.next_if(|s| matches!(s, PathStep::Index(_))) {
            Some(PathStep::Index(key)) => key.as_number().and_then(|n| n.to_usize()).unwrap_or(0),
            _ => 0,
        };
        let Some(block) = body.blocks_of(name).nth(at) else { break };
        (body, span) = (&block.body, block.header);
    }
    diag.or_at(span)
}

/// An ephemeral value may go only where nothing is stored.
pub fn check_ephemeral(config: &Value, block: &Block, resource: &Resource) -> Result<(), Diagnostics> {
    if !config.deep_marks().is_ephemeral() {
        return Ok(());
    }
    let mut diags = Diagnostics::new();
    for path in config.marked_paths(Marks::EPHEMERAL) {
        let Some(PathStep::Attr(name)) = path.0.first() else { continue };
        if block.attributes.get(name).is_some_and(|a| a.write_only) {
            continue;
        }
        let span = resource.body.attribute(name).map_or(resource.span, |a| a.expr.span);
        diags.push(
            err!(
                span,
                "Invalid use of ephemeral value",
                "{name:?} is stored in the state, so its value cannot be ephemeral. Write-only arguments take \
                 ephemeral values."
            )
            .for_path(path),
        );
    }
    if diags.is_empty() { Ok(()) } else { Err(diags) }
}

/// Whether the value at a path is another one after the change.
fn differs(path: &Path, prior: &Value, planned: &Value) -> bool {
    match (path.get(prior), path.get(planned)) {
        (Some(a), Some(b)) if a.is_null() && b.is_null() => false,
        (Some(a), Some(b)) => !b.is_wholly_known() || !model::ops::raw_equals(a, b),
        (None, None) => false,
        (Some(_), None) | (None, Some(_)) => true,
    }
}
