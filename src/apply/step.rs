//! One step: the intent, the call, the result.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use config::{InstId, NodeId, NodeKind, Resource};
use model::{Diagnostic, Diagnostics, InstanceAddr, Stage, Str, Value};
use plan::clients::Configured;
use plan::{AtWork, Change, Step, StepAction, codec};
use provider::{Call, Client, Object, Ownership, ResourceType};
use state::{Change as StateChange, InstanceObject, IntentAction, ObjectStatus, Took};
use tokio::time::Instant;

use crate::events::{Event, Operation};
use crate::final_plan::gone;
use crate::forecast;
use crate::reports::Reports;
use crate::run::Run;
use crate::settle::{Effect, removal};

/// How often a step that takes long says that it is still at it.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// What the calls of one step share.
pub(crate) struct At<'s> {
    pub(crate) change: &'s Change,
    pub(crate) configured: Configured,
    pub(crate) ty: Arc<dyn ResourceType>,
    client: Client,
    ownership: Ownership,
    pub(crate) node: Option<(NodeId, InstId)>,
    /// The key of the object that was set aside for this one.
    pub(crate) set_aside: Option<Str>,
    block: Option<&'s Resource>,
    /// What the provider says while it is at it.
    pub(crate) reports: &'s Reports,
}

/// What an effect came to.
#[derive(Default)]
pub(crate) struct Done {
    /// The object's id, where it has one and it is not secret.
    pub(crate) id: Option<String>,
    /// The postconditions that do not hold.
    pub(crate) unmet: Diagnostics,
}

impl Done {
    fn with_id(id: Option<String>) -> Done {
        Done { id, ..Done::default() }
    }
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
            StepAction::Stabilise => Operation::Stabilise,
            StepAction::Depose(_) | StepAction::Gate => return self.quiet(step, change),
        };
        let _apply = self.inputs.stages.enter(Stage::Apply, &change.address);
        let address = change.address.clone();
        let id = match &change.importing {
            Some(importing) if operation == Operation::Import => importing.shown().map(str::to_owned),
            _ if operation == Operation::Create => None,
            _ => codec::shown_id(&change.before),
        };
        let has_begun = Cell::new(false);
        let begin = || {
            if !has_begun.replace(true) {
                self.inputs.events.event(Event::Started {
                    address: address.clone(),
                    operation,
                    id: id.clone(),
                });
            }
        };
        if !matches!(operation, Operation::Update | Operation::Stabilise) {
            begin();
        }
        let (begun, reports) = (Instant::now(), Reports::default());
        let work = self.effect(step, change, &reports, &begin);
        let tell = |message: String| {
            let (address, elapsed) = (address.clone(), begun.elapsed());
            self.inputs.events.event(Event::Progress { address, operation, message, elapsed });
        };
        let result = with_progress(work, &reports, &tell).await;
        let elapsed = begun.elapsed();
        match result {
            Ok(Done { id, unmet }) => {
                if has_begun.get() {
                    self.count(operation);
                    self.note_duration(step, &address, elapsed);
                    let address = address.clone();
                    self.inputs.events.event(Event::Finished { address, operation, id, elapsed });
                }
                match unmet.has_errors() {
                    true => self.fail(address, unmet),
                    false => graph::Outcome::Done,
                }
            }
            Err(diags) => {
                begin();
                self.inputs.events.event(Event::Failed { address: address.clone(), operation, elapsed });
                self.fail(address, diags)
            }
        }
    }

    fn fail(&self, address: InstanceAddr, diags: Diagnostics) -> graph::Outcome {
        let mut outcome = self.outcome.borrow_mut();
        outcome.failed.push(address);
        outcome.diags.add_new(diags);
        graph::Outcome::Failed
    }

    fn count(&self, operation: Operation) {
        let mut outcome = self.outcome.borrow_mut();
        match operation {
            Operation::Create => outcome.created += 1,
            Operation::Update => outcome.updated += 1,
            Operation::Delete => outcome.deleted += 1,
            Operation::Import => outcome.imported += 1,
            Operation::Read | Operation::Forget | Operation::Stabilise => {}
        }
    }

    fn note_duration(&self, step: &Step, address: &InstanceAddr, elapsed: Duration) {
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if let Some(operation) = forecast::operation(&step.action) {
            self.took.borrow_mut().push(Took { operation, address: address.clone(), ms });
        }
    }

    /// A step that touches nothing outside.
    fn quiet(&self, step: &Step, change: &Change) -> graph::Outcome {
        if let StepAction::Depose(key) = &step.action {
            self.keep(&[StateChange::Depose { address: change.address.clone(), key: key.clone() }]);
        }
        graph::Outcome::Done
    }

    /// What a step does. One that comes to nothing, because the final values are the old ones, does not `begin`.
    async fn effect(
        &self,
        step: &Step,
        change: &Change,
        reports: &Reports,
        begin: &dyn Fn(),
    ) -> Result<Done, Diagnostics> {
        let at = || self.at(step, change, reports);
        match &step.action {
            StepAction::Read => self.read_data(change).await,
            StepAction::Forget => {
                let provider = change.provider_config.clone();
                self.keep(&[StateChange::Current {
                    address: change.address.clone(),
                    provider,
                    object: None,
                }]);
                Ok(Done::default())
            }
            StepAction::Create => self.create(at().await?).await,
            StepAction::Update => self.update(at().await?, begin).await,
            StepAction::Stabilise => self.stabilise(at().await?, begin).await,
            StepAction::Delete => {
                let object = self.inputs.plan.refreshed.current(&change.address).cloned();
                self.delete(at().await?, object, None).await
            }
            StepAction::DeleteDeposed(key) => {
                let state = self.inputs.plan.refreshed.instances.get(&change.address);
                let recorded = state.and_then(|s| s.deposed.get(key)).cloned();
                let object = recorded.or_else(|| state.and_then(|s| s.current.clone()));
                self.delete(at().await?, object, Some(key.clone())).await
            }
            StepAction::Import => self.take_over(change),
            StepAction::Depose(_) | StepAction::Gate => Ok(Done::default()),
        }
    }

    /// Records an object that planning found, so that it is managed from now on.
    fn take_over(&self, change: &Change) -> Result<Done, Diagnostics> {
        let addr = &change.address;
        let found = self.inputs.plan.refreshed.current(addr).ok_or_else(|| gone(addr))?;
        let node = self.inputs.statics.find(&addr.module.path(), &NodeKind::Resource(addr.resource.clone()));
        let dependencies = node.map(|n| self.dependencies(n)).unwrap_or_default();
        let create_before_destroy = change.create_before_destroy;
        let object = InstanceObject { dependencies, create_before_destroy, ..(**found).clone() };
        let (address, provider) = (addr.clone(), change.provider_config.clone());
        self.keep(&[StateChange::Current { address, provider, object: Some(Arc::new(object)) }]);
        Ok(Done::with_id(change.importing.as_ref().and_then(|i| i.shown().map(str::to_owned))))
    }

    async fn at<'s>(
        &'s self,
        step: &Step,
        change: &'s Change,
        reports: &'s Reports,
    ) -> Result<At<'s>, Diagnostics> {
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
        let block = node.and_then(|n| self.evaluator.resource(n)).map(|(_, r)| r);
        let lineage = &self.inputs.plan.lineage;
        let ownership = plan::ownership_of(&self.inputs.ownership, lineage, addr);
        let set_aside = step.change.and_then(|c| self.set_aside.get(&c)).cloned();
        Ok(At { change, configured, ty, client, ownership, node: inst, set_aside, block, reports })
    }

    pub(crate) fn call<'c>(&'c self, at: &'c At<'_>) -> Call<'c> {
        Call {
            client: &at.client,
            address: &at.change.address,
            ownership: Some(&at.ownership),
            known: &[],
            attempt: None,
            around: &*self.inputs.around,
            progress: at.reports,
            warnings: &self.warnings,
            cancel: &self.inputs.cancel,
        }
    }

    async fn create(&self, at: At<'_>) -> Result<Done, Diagnostics> {
        let (config, planned) = self.final_plan(&at, None).await?;
        let _turn = self.turn(&at, &planned).await;
        let attempt = self.attempt(&at, &planned).await?;
        let set_aside = at.set_aside.clone();
        let intent =
            self.announce(&at, IntentAction::Create, set_aside, Some(&planned), Some(&attempt)).await?;
        let result = self.make(&at, &attempt, &planned.unmarked_deep(), &config.unmarked_deep()).await;
        let effect = Effect { intent, config: &config, planned: &planned, creates: true };
        let (value, object) = self.settle(&at, &effect, result)?;
        self.provision_new(&at, &value, object).await?;
        Ok(self.done(&at, &value))
    }

    /// What was done is done, even where the object is not as its block wants it.
    fn done(&self, at: &At<'_>, value: &Value) -> Done {
        let unmet = self.conditions(at, Some(value)).err().unwrap_or_default();
        Done { id: codec::shown_id(value), unmet }
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

    async fn update(&self, at: At<'_>, begin: &dyn Fn()) -> Result<Done, Diagnostics> {
        let Some(recorded) = self.inputs.plan.refreshed.current(&at.change.address).cloned() else {
            return Err(gone(&at.change.address).into());
        };
        let prior = codec::decode(&at.change.address, &recorded, at.ty.schema(), Some(&*at.ty))?;
        let (config, planned) = self.final_plan(&at, Some((&prior, &recorded))).await?;
        if planned != prior {
            begin();
        }
        if planned.unmarked_deep() == prior.unmarked_deep() {
            let object = Object {
                value: planned.unmarked_deep(),
                private: recorded.private.as_deref().map(str::to_owned),
            };
            let effect = Effect { intent: None, config: &config, planned: &planned, creates: false };
            let (value, _) = self.settle(&at, &effect, Ok(object))?;
            return Ok(self.done(&at, &value));
        }
        let intent = self.announce(&at, IntentAction::Update, None, Some(&planned), None).await?;
        let prior =
            Object { value: prior.unmarked_deep(), private: recorded.private.as_deref().map(str::to_owned) };
        let result = self.change(&at, &prior, &planned.unmarked_deep(), &config.unmarked_deep()).await;
        let effect = Effect { intent, config: &config, planned: &planned, creates: false };
        let (value, _) = self.settle(&at, &effect, result)?;
        Ok(self.done(&at, &value))
    }

    async fn delete(
        &self,
        at: At<'_>,
        object: Option<Arc<InstanceObject>>,
        deposed: Option<Str>,
    ) -> Result<Done, Diagnostics> {
        let addr = &at.change.address;
        let Some(object) = object else { return Ok(Done::default()) };
        let value = codec::decode(addr, &object, at.ty.schema(), Some(&*at.ty))?;
        // Half-made objects and those that were replaced already go without farewell.
        if deposed.is_none() && object.status != ObjectStatus::Tainted {
            self.provision_destroyed(addr, &value).await?;
        }
        let intent = self.announce(&at, IntentAction::Delete, deposed.clone(), None, None).await?;
        let prior =
            Object { value: value.unmarked_deep(), private: object.private.as_deref().map(str::to_owned) };
        match self.clear_away(&at, &prior).await {
            Ok(()) => {
                self.record(intent, &[removal(at.change, deposed)]);
                Ok(Done::default())
            }
            Err(e) => {
                // Where nobody can tell what it did before, the intent stays open for the next run.
                if !e.leaves_open() {
                    self.record(intent, &[]);
                }
                Err(at.diag(at.work().failed(e)).into())
            }
        }
    }

    /// Pre- or (with the new value) postconditions, now that everything is known.
    pub(crate) fn conditions(&self, at: &At<'_>, value: Option<&Value>) -> Result<(), Diagnostics> {
        let Some((node, inst)) = at.node else { return Ok(()) };
        self.judge_instance((node, inst), &at.change.address, value)
    }
}

/// Passes on what is said while work is under way, and now and then that it still is.
async fn with_progress<T>(work: impl Future<Output = T>, reports: &Reports, tell: &dyn Fn(String)) -> T {
    tokio::pin!(work);
    let listening = std::future::poll_fn(|cx| {
        let done = work.as_mut().poll(cx);
        reports.take().into_iter().for_each(tell);
        done
    });
    tokio::pin!(listening);
    loop {
        tokio::select! {
            biased;
            done = &mut listening => return done,
            () = tokio::time::sleep(HEARTBEAT) => tell(String::new()),
        }
    }
}

impl At<'_> {
    /// The provider at work.
    pub(crate) fn work(&self) -> AtWork<'_> {
        AtWork { provider: &self.configured.addr, address: &self.change.address }
    }

    /// The diagnostic with the address and the block that it concerns.
    pub(crate) fn diag(&self, diag: Diagnostic) -> Diagnostic {
        let diag = if diag.address.is_none() { diag.for_address(&self.change.address) } else { diag };
        match self.block {
            Some(block) => plan::placed(diag, block),
            None => diag,
        }
    }
}
