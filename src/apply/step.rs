//! One step: the intent, the call, the result.

use std::sync::Arc;
use std::time::{Duration, Instant};

use config::{InstId, NodeId, NodeKind};
use model::{Diagnostic, Diagnostics, InstanceAddr, Marks, Span, Str, Value};
use plan::clients::Configured;
use plan::{Change, Step, StepAction, codec, provider_diag};
use provider::{Call, Client, CreateClass, Failed, Object, Ownership, PlanRequest, ResourceType};
use state::{Change as StateChange, InstanceObject, Intent, IntentAction, IntentId, ObjectStatus};

use crate::check::first_difference;
use crate::events::{Event, Operation};
use crate::run::Run;

/// How often a step that takes long says that it is still at it.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// What the calls of one step share.
struct At<'s> {
    change: &'s Change,
    configured: Configured,
    ty: Arc<dyn ResourceType>,
    client: Client,
    ownership: Ownership,
    node: Option<(NodeId, InstId)>,
    span: Option<Span>,
}

impl Run<'_> {
    /// Runs one step; everything about it is recorded before this returns.
    pub(crate) async fn step(&self, step: &Step) -> graph::Outcome {
        let plan = self.inputs.plan;
        let Some(change) = step.change.and_then(|c| plan.changes.get(c as usize)) else {
            return graph::Outcome::Done;
        };
        let operation = match step.action {
            StepAction::Create => Operation::Create,
            StepAction::Read => Operation::Read,
            StepAction::Update => Operation::Update,
            StepAction::Delete | StepAction::DeleteDeposed(_) => Operation::Delete,
            StepAction::Import => Operation::Import,
            StepAction::Forget => Operation::Forget,
            StepAction::Depose(_) | StepAction::Gate => return self.quiet(step, change),
        };
        let address = change.address.clone();
        let id = match &change.importing {
            Some(importing) if operation == Operation::Import => importing.shown().map(str::to_owned),
            _ => codec::shown_id(&change.before),
        };
        self.inputs.events.event(Event::Started { address: address.clone(), operation, id });
        let begun = Instant::now();
        let result = self.with_heartbeat(&address, operation, begun, self.effect(step, change)).await;
        let elapsed = begun.elapsed();
        match result {
            Ok(id) => {
                self.count(operation);
                self.inputs.events.event(Event::Finished { address, operation, id, elapsed });
                graph::Outcome::Done
            }
            Err(diags) => {
                self.inputs.events.event(Event::Failed { address: address.clone(), operation, elapsed });
                let mut outcome = self.outcome.borrow_mut();
                outcome.failed.push(address);
                outcome.diags.extend(diags);
                graph::Outcome::Failed
            }
        }
    }

    fn count(&self, operation: Operation) {
        let mut outcome = self.outcome.borrow_mut();
        match operation {
            Operation::Create => outcome.created += 1,
            Operation::Update => outcome.updated += 1,
            Operation::Delete => outcome.deleted += 1,
            Operation::Import => outcome.imported += 1,
            Operation::Read | Operation::Forget => {}
        }
    }

    async fn with_heartbeat<T>(
        &self,
        address: &InstanceAddr,
        operation: Operation,
        begun: Instant,
        work: impl Future<Output = T>,
    ) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::time::sleep(HEARTBEAT) => self.inputs.events.event(Event::Progress {
                    address: address.clone(),
                    operation,
                    message: String::new(),
                    elapsed: begun.elapsed(),
                }),
            }
        }
    }

    /// A step that touches nothing outside.
    fn quiet(&self, step: &Step, change: &Change) -> graph::Outcome {
        if let StepAction::Depose(key) = &step.action {
            self.keep(&[StateChange::Depose { address: change.address.clone(), key: key.clone() }]);
        }
        graph::Outcome::Done
    }

    async fn effect(&self, step: &Step, change: &Change) -> Result<Option<String>, Diagnostics> {
        match &step.action {
            StepAction::Read => self.read_data(change).await,
            StepAction::Forget => {
                let provider = change.provider_config.clone();
                self.keep(&[StateChange::Current {
                    address: change.address.clone(),
                    provider,
                    object: None,
                }]);
                Ok(None)
            }
            StepAction::Create => self.create(self.at(change).await?).await,
            StepAction::Update => self.update(self.at(change).await?).await,
            StepAction::Delete => {
                let object = self.inputs.plan.refreshed.current(&change.address).cloned();
                self.delete(self.at(change).await?, object, None).await
            }
            StepAction::DeleteDeposed(key) => {
                let state = self.inputs.plan.refreshed.instances.get(&change.address);
                let recorded = state.and_then(|s| s.deposed.get(key)).cloned();
                let object = recorded.or_else(|| state.and_then(|s| s.current.clone()));
                self.delete(self.at(change).await?, object, Some(key.clone())).await
            }
            StepAction::Import => self.take_over(change),
            StepAction::Depose(_) | StepAction::Gate => Ok(None),
        }
    }

    /// Records an object that planning found, so that it is managed from now on.
    fn take_over(&self, change: &Change) -> Result<Option<String>, Diagnostics> {
        let addr = &change.address;
        let found = self.inputs.plan.refreshed.current(addr).ok_or_else(|| gone(addr))?;
        let node = self.inputs.statics.find(&addr.module.path(), &NodeKind::Resource(addr.resource.clone()));
        let dependencies = node.map(|n| self.dependencies(n)).unwrap_or_default();
        let create_before_destroy = change.create_before_destroy;
        let object = InstanceObject { dependencies, create_before_destroy, ..(**found).clone() };
        let (address, provider) = (addr.clone(), change.provider_config.clone());
        self.keep(&[StateChange::Current { address, provider, object: Some(Arc::new(object)) }]);
        Ok(change.importing.as_ref().and_then(|i| i.shown().map(str::to_owned)))
    }

    async fn at<'s>(&self, change: &'s Change) -> Result<At<'s>, Diagnostics> {
        let addr = &change.address;
        let path = addr.module.path();
        let node = self.inputs.statics.find(&path, &NodeKind::Resource(addr.resource.clone()));
        let inst = node.and_then(|node| {
            let inst = self.evaluator.find_instance(&addr.module)?;
            Some((node, inst))
        });
        let configured =
            self.clients.find_by_text(&change.provider_config, &self.evaluator).ok_or_else(|| {
                Diagnostic::error(
                    "Provider configuration not present",
                    format!("The provider of {addr}, {}, is not there any more.", change.provider_config),
                )
                .for_address(addr)
            })?;
        let ty =
            configured.provider.catalog().resources.get(&addr.resource.ty).cloned().ok_or_else(|| {
                Diagnostic::error(
                    "Invalid resource type",
                    format!("There is no resource type {:?}.", addr.resource.ty),
                )
            })?;
        let client = self.clients.client(&configured, &self.evaluator).await?;
        let span = node.and_then(|n| self.evaluator.resource(n)).map(|(_, r)| r.span);
        let lineage = &self.inputs.plan.lineage;
        let ownership = plan::ownership_of(&self.inputs.ownership, lineage, addr);
        Ok(At { change, configured, ty, client, ownership, node: inst, span })
    }

    fn call<'c>(&'c self, at: &'c At<'_>) -> Call<'c> {
        Call {
            client: &at.client,
            address: &at.change.address,
            ownership: Some(&at.ownership),
            known: &[],
            around: &*self.inputs.around,
            progress: &plan::Silent,
            cancel: &self.inputs.cancel,
        }
    }

    async fn create(&self, at: At<'_>) -> Result<Option<String>, Diagnostics> {
        let (config, planned) = self.final_plan(&at, None).await?;
        let intent = self.announce(&at, IntentAction::Create, None, Some(&planned)).await?;
        let result = at.ty.create(self.call(&at), &planned.unmarked_deep(), &config.unmarked_deep()).await;
        let (value, object) = self.settle(&at, intent, result, &config, &planned, true)?;
        self.provision_new(&at, &value, object).await?;
        self.conditions(&at, Some(&value))?;
        Ok(codec::shown_id(&value))
    }

    /// Runs a new object's provisioners. It was recorded as tainted before, so that an interruption leaves it so.
    async fn provision_new(
        &self,
        at: &At<'_>,
        value: &Value,
        object: Arc<InstanceObject>,
    ) -> Result<(), Diagnostics> {
        if let Some(node) = at.node
            && object.status == ObjectStatus::Tainted
        {
            // What a provisioner does cannot be done again unnoticed: that the object exists is durable before.
            if let Err(e) = self.inputs.session.flush().await {
                self.state_failure(&e);
            }
            self.provision_created(&at.change.address, node, value).await?;
            self.keep(&[StateChange::Current {
                address: at.change.address.clone(),
                provider: at.change.provider_config.clone(),
                object: Some(Arc::new(InstanceObject { status: ObjectStatus::Ready, ..(*object).clone() })),
            }]);
        }
        Ok(())
    }

    async fn update(&self, at: At<'_>) -> Result<Option<String>, Diagnostics> {
        let Some(recorded) = self.inputs.plan.refreshed.current(&at.change.address).cloned() else {
            return Err(gone(&at.change.address).into());
        };
        let prior = codec::decode(&at.change.address, &recorded, at.ty.schema(), Some(&*at.ty))?;
        let (config, planned) = self.final_plan(&at, Some((&prior, &recorded))).await?;
        if planned.unmarked_deep() == prior.unmarked_deep() {
            let object = Object {
                value: planned.unmarked_deep(),
                private: recorded.private.as_deref().map(str::to_owned),
            };
            let (value, _) = self.settle(&at, None, Ok(object), &config, &planned, false)?;
            self.conditions(&at, Some(&value))?;
            return Ok(codec::shown_id(&value));
        }
        let intent = self.announce(&at, IntentAction::Update, None, Some(&planned)).await?;
        let prior =
            Object { value: prior.unmarked_deep(), private: recorded.private.as_deref().map(str::to_owned) };
        let result =
            at.ty.update(self.call(&at), &prior, &planned.unmarked_deep(), &config.unmarked_deep()).await;
        let (value, _) = self.settle(&at, intent, result, &config, &planned, false)?;
        self.conditions(&at, Some(&value))?;
        Ok(codec::shown_id(&value))
    }

    async fn delete(
        &self,
        at: At<'_>,
        object: Option<Arc<InstanceObject>>,
        deposed: Option<Str>,
    ) -> Result<Option<String>, Diagnostics> {
        let addr = &at.change.address;
        let Some(object) = object else { return Ok(None) };
        let value = codec::decode(addr, &object, at.ty.schema(), Some(&*at.ty))?;
        // Half-made objects and those that were replaced already go without farewell.
        if deposed.is_none() && object.status != ObjectStatus::Tainted {
            self.provision_destroyed(addr, &value).await?;
        }
        let intent = self.announce(&at, IntentAction::Delete, deposed.clone(), None).await?;
        let prior =
            Object { value: value.unmarked_deep(), private: object.private.as_deref().map(str::to_owned) };
        match at.ty.delete(self.call(&at), &prior).await {
            Ok(()) => {
                self.record(intent, &[removal(at.change, deposed)]);
                Ok(None)
            }
            Err(e) => {
                self.record(intent, &[]);
                Err(at.diag(provider_diag(e)).into())
            }
        }
    }

    /// Evaluates the arguments with final values and has the provider plan them once more. Gives the configuration and
    /// the planned object, both marked.
    async fn final_plan(
        &self,
        at: &At<'_>,
        prior: Option<(&Value, &InstanceObject)>,
    ) -> Result<(Value, Value), Diagnostics> {
        let addr = &at.change.address;
        let Some((node, inst)) = at.node else { return Err(gone(addr).into()) };
        let block = &at.ty.schema().block;
        let late = self.evaluator.ensure(node, inst);
        if late.has_errors() {
            return Err(late);
        }
        self.evaluator.settle_expansion(node, inst, &addr.key);
        let (config, _, diags) = self.evaluator.instance_config(node, inst, &addr.key, block);
        if diags.has_errors() {
            return Err(diags);
        }
        self.conditions(at, None)?;
        let bare = config.unmarked_deep();
        let bare = match prior {
            Some(_) => self.keep_ignored(at, &bare),
            None => bare,
        };
        let bare_prior = prior.map(|(v, _)| v.unmarked_deep());
        let proposed = provider::propose(block, bare_prior.as_ref(), &bare);
        let private = prior.and_then(|(_, o)| o.private.as_deref());
        let request = PlanRequest { prior: bare_prior.as_ref(), config: &bare, proposed: &proposed, private };
        let planned = at
            .ty
            .plan(self.call(at), request)
            .await
            .map_err(|e| Diagnostics::from(at.diag(provider_diag(e))))?;
        let planned = codec::strip_write_only(&planned.planned, block);
        if let Some(path) = first_difference(&at.change.after.unmarked_deep(), &planned) {
            return Err(at
                .diag(Diagnostic::error(
                    "Provider produced inconsistent final plan",
                    format!(
                        "When expanding the plan for {addr} to include new values learned so far during apply, provider \
                         {:?} produced an invalid new value for {path}. This is a defect of the provider; please report \
                         it to its maintainers.",
                        at.configured.addr.to_string()
                    ),
                ))
                .into());
        }
        let marks = config.marked_paths(Marks::SENSITIVE);
        let planned = codec::mark_sensitive(planned.apply_marks_at(&marks, Marks::SENSITIVE), block);
        Ok((config, planned))
    }

    /// What the plan kept because it is ignored stays so: known planned values win over the configuration's.
    fn keep_ignored(&self, at: &At<'_>, config: &Value) -> Value {
        let resource = at.node.and_then(|(n, _)| self.evaluator.resource(n)).map(|(_, r)| r);
        let ignores =
            resource.is_some_and(|r| !matches!(r.lifecycle.ignore_changes, config::IgnoreChanges::Nothing));
        if !ignores {
            return config.clone();
        }
        let planned = at.change.after.unmarked_deep();
        let entries = config.as_entries().unwrap_or_default().iter().map(|(name, value)| {
            let kept = planned.get(name).filter(|p| p.is_wholly_known() && !value.is_null());
            (name.clone(), kept.unwrap_or(value).clone())
        });
        Value::object(entries)
    }

    /// Pre- or (with the new value) postconditions, now that everything is known.
    fn conditions(&self, at: &At<'_>, value: Option<&Value>) -> Result<(), Diagnostics> {
        let Some((node, inst)) = at.node else { return Ok(()) };
        self.judge_instance((node, inst), &at.change.address, value)
    }

    /// Writes the intent of an effect, unless the effect is the record itself.
    async fn announce(
        &self,
        at: &At<'_>,
        action: IntentAction,
        deposed: Option<Str>,
        planned: Option<&Value>,
    ) -> Result<Option<IntentId>, Diagnostics> {
        if at.ty.create_class() == CreateClass::StateOnly {
            return Ok(None);
        }
        let schema = at.ty.schema();
        let planned = planned.map(|p| known_json(&p.unmarked_deep(), &schema.block.ty()));
        let intent = Intent {
            address: at.change.address.clone(),
            action,
            deposed,
            provider: at.change.provider_config.clone(),
            planned: planned.map(Str::from),
            schema_version: schema.version,
            dependencies: at.node.map(|(n, _)| self.dependencies(n)).unwrap_or_default(),
        };
        self.inputs.session.intent(intent).await.map(Some).map_err(|e| {
            self.inputs.cancel.cancel();
            at.diag(Diagnostic::error(
                "Failed to record an intent",
                format!(
                    "Nothing was done to {}, because the intent could not be written down first: {e}.",
                    at.change.address
                ),
            ))
            .into()
        })
    }

    fn record(&self, intent: Option<IntentId>, changes: &[StateChange]) {
        if let Err(e) = self.inputs.session.record(intent, changes) {
            self.state_failure(&e);
        }
    }

    /// Records what a create or update gave, and holds it to what was planned. What still has to be provisioned is tainted.
    fn settle(
        &self,
        at: &At<'_>,
        intent: Option<IntentId>,
        result: Result<Object, Failed>,
        config: &Value,
        planned: &Value,
        created: bool,
    ) -> Result<(Value, Arc<InstanceObject>), Diagnostics> {
        let (object, error) = match result {
            Ok(object) => (Some(object), None),
            Err(Failed { error, partial }) => (partial, Some(error)),
        };
        let Some(object) = object else {
            self.record(intent, &self.undone(at, created));
            return Err(Diagnostics(error.into_iter().map(|e| at.diag(provider_diag(e))).collect()));
        };
        let schema = at.ty.schema();
        let marks = config.marked_paths(Marks::SENSITIVE);
        let value =
            codec::mark_sensitive(object.value.apply_marks_at(&marks, Marks::SENSITIVE), &schema.block);
        let half_made = created && (error.is_some() || !self.creation_provisioners(at.node).is_empty());
        let status = if half_made { ObjectStatus::Tainted } else { ObjectStatus::Ready };
        let dependencies = at.node.map(|(n, _)| self.dependencies(n)).unwrap_or_default();
        let private = object.private.map(Str::from);
        let first = at.change.create_before_destroy;
        let whole = Value::is_wholly_known(&value);
        let stored = if whole { value.clone() } else { known_parts(&value) };
        let encoded = codec::encode(&stored, schema, status, private, dependencies, first);
        let object = encoded.map_err(|why| {
            Diagnostics::from(at.diag(Diagnostic::error("Provider produced invalid object", why)))
        })?;
        let address = at.change.address.clone();
        let provider = at.change.provider_config.clone();
        let object = Arc::new(object);
        self.record(intent, &[StateChange::Current { address, provider, object: Some(object.clone()) }]);
        if let Some((node, inst)) = at.node {
            self.evaluator.set_instance(node, inst, &at.change.address.key, stored.clone());
        }
        if let Some(error) = error {
            return Err(at.diag(provider_diag(error)).into());
        }
        self.check_result(at, planned, &value)?;
        Ok((stored, object))
    }

    /// A create that made nothing brings back what it was to replace.
    fn undone(&self, at: &At<'_>, created: bool) -> Vec<StateChange> {
        let deposed = self.inputs.plan.steps.iter().find_map(|s| match &s.action {
            StepAction::Depose(key)
                if s.change.and_then(|c| self.inputs.plan.changes.get(c as usize)) == Some(at.change) =>
            {
                Some(key.clone())
            }
            _ => None,
        });
        match deposed {
            Some(key) if created => vec![StateChange::Restore { address: at.change.address.clone(), key }],
            _ => Vec::new(),
        }
    }

    fn check_result(&self, at: &At<'_>, planned: &Value, value: &Value) -> Result<(), Diagnostics> {
        let addr = &at.change.address;
        if !value.is_wholly_known() {
            return Err(at
                .diag(Diagnostic::error(
                    "Provider returned invalid result object after apply",
                    format!(
                        "After the apply operation, the provider still indicated an unknown value for {addr}. All values \
                         must be known after apply, so this is a defect of the provider. What is known was kept in the \
                         state."
                    ),
                ))
                .into());
        }
        match first_difference(&planned.unmarked_deep(), &value.unmarked_deep()) {
            None => Ok(()),
            Some(path) => Err(at
                .diag(Diagnostic::error(
                    "Provider produced inconsistent result after apply",
                    format!(
                        "When applying changes to {addr}, provider {:?} produced an unexpected new value for {path}. This \
                         is a defect of the provider; please report it to its maintainers. The state keeps what is true.",
                        at.configured.addr.to_string()
                    ),
                ))
                .into()),
        }
    }

    async fn read_data(&self, change: &Change) -> Result<Option<String>, Diagnostics> {
        let addr = &change.address;
        let path = addr.module.path();
        let node = self.inputs.statics.find(&path, &NodeKind::Resource(addr.resource.clone()));
        let inst = self.evaluator.find_instance(&addr.module);
        let (Some(node), Some(inst)) = (node, inst) else { return Err(gone(addr).into()) };
        let configured = self.clients.find_by_text(&change.provider_config, &self.evaluator);
        let configured = configured.ok_or_else(|| gone(addr))?;
        let source = configured.provider.catalog().data_sources.get(&addr.resource.ty).cloned();
        let source = source.ok_or_else(|| gone(addr))?;
        let late = self.evaluator.ensure(node, inst);
        if late.has_errors() {
            return Err(late);
        }
        let block = &source.schema().block;
        self.evaluator.settle_expansion(node, inst, &addr.key);
        let (config, _, diags) = self.evaluator.instance_config(node, inst, &addr.key, block);
        if diags.has_errors() {
            return Err(diags);
        }
        self.judge_instance((node, inst), addr, None)?;
        let client = self.clients.client(&configured, &self.evaluator).await?;
        let span = self.evaluator.resource(node).map(|(_, r)| r.span);
        let ownership = plan::ownership_of(&self.inputs.ownership, &self.inputs.plan.lineage, addr);
        let call = Call {
            client: &client,
            address: addr,
            ownership: Some(&ownership),
            known: &[],
            around: &*self.inputs.around,
            progress: &plan::Silent,
            cancel: &self.inputs.cancel,
        };
        let place = |d: Diagnostic| if let Some(span) = span { d.or_at(span) } else { d };
        let read = source.read(call, &config.unmarked_deep()).await;
        let read = read.map_err(|e| Diagnostics::from(place(provider_diag(e)).for_address(addr)));
        let value = match (read, plan::enclosing_check(&self.evaluator, node)) {
            (Ok(value), _) => value,
            (Err(errors), None) => return Err(errors),
            (Err(errors), Some(check)) => {
                self.fail_check(check, inst, errors);
                known_parts(&provider::propose(block, None, &config.unmarked_deep()))
            }
        };
        let marks = config.marked_paths(Marks::SENSITIVE);
        let value = codec::mark_sensitive(value.apply_marks_at(&marks, Marks::SENSITIVE), block);
        let encoded = codec::encode(&value, source.schema(), ObjectStatus::Ready, None, Arc::from([]), false);
        let object = encoded.map_err(|why| Diagnostic::error("Provider produced invalid object", why))?;
        let provider = change.provider_config.clone();
        self.keep(&[StateChange::Current {
            address: addr.clone(),
            provider,
            object: Some(Arc::new(object)),
        }]);
        self.evaluator.set_instance(node, inst, &addr.key, value.clone());
        self.judge_instance((node, inst), addr, Some(&value))?;
        Ok(codec::shown_id(&value))
    }
}

impl At<'_> {
    /// The diagnostic with the address and the block that it concerns.
    fn diag(&self, diag: Diagnostic) -> Diagnostic {
        let diag = if diag.address.is_none() { diag.for_address(&self.change.address) } else { diag };
        match self.span {
            Some(span) => diag.or_at(span),
            None => diag,
        }
    }
}

fn removal(change: &Change, deposed: Option<Str>) -> StateChange {
    let (address, provider) = (change.address.clone(), change.provider_config.clone());
    match deposed {
        Some(key) => StateChange::Deposed { address, key, provider, object: None },
        None => StateChange::Current { address, provider, object: None },
    }
}

fn gone(addr: &InstanceAddr) -> Diagnostic {
    Diagnostic::error(
        "Stale plan",
        format!("The plan names {addr}, which the configuration or the state no longer has. Plan again."),
    )
    .for_address(addr)
}

/// The value with null in place of every unknown.
fn known_parts(value: &Value) -> Value {
    if value.is_known() {
        value.map_children(known_parts)
    } else {
        Value::null_of(value.ty()).with_marks(value.marks())
    }
}

/// The known parts of an object as JSON.
fn known_json(value: &Value, ty: &model::Type) -> String {
    let mut text = String::new();
    match model::json::write(&known_parts(value), ty, &mut text) {
        Ok(()) => text,
        Err(_) => "{}".to_owned(),
    }
}
