//! Objects that are usable and not fully done yet: waited for while others go on.
//!
//! That an object is still settling is an intent of its own, written in front of the result of its create or update, and
//! over when the object is fully done: a program that dies meanwhile leaves it open, and the next one waits once more.

use std::sync::Arc;

use futures_util::future::join_all;
use model::{Diagnostics, Value};
use plan::{Step, StepAction};
use provider::{Object, ProviderError};
use state::{Change as StateChange, InstanceObject, Intent, IntentAction, IntentId, ObjectStatus};

use crate::run::Run;
use crate::settle::Effect;
use crate::step::{At, Done};

/// An object that is still settling.
pub(crate) struct Unstable {
    intent: IntentId,
    object: Object,
    is_new: bool,
}

impl Run<'_> {
    /// Writes down that an object is still settling, in front of its own record.
    pub(crate) fn foretell_stabilising(
        &self,
        at: &At<'_>,
        effect: &Effect<'_>,
        stored: &Value,
        recorded: &InstanceObject,
    ) {
        let action = if effect.creates { IntentAction::StabiliseNew } else { IntentAction::StabiliseChanged };
        let intent = Intent {
            address: at.change.address.clone(),
            action,
            deposed: None,
            provider: at.change.provider_config.clone(),
            planned: None,
            schema_version: at.ty.schema().version,
            dependencies: Arc::from([]),
            sensitive_paths: Vec::new(),
            token: None,
            fence: Arc::from([]),
            create_before_destroy: at.change.create_before_destroy,
        };
        match self.inputs.session.foretell(intent) {
            Ok(intent) => {
                let private = recorded.private.as_deref().map(str::to_owned);
                let object = Object { value: stored.unmarked_deep(), private };
                let unstable = Unstable { intent, object, is_new: effect.creates };
                self.unstable.borrow_mut().insert(at.change.address.clone(), unstable);
            }
            Err(e) => self.state_failure(&e),
        }
    }

    /// Waits until an object is fully done; does not `begin` where there is nothing to wait for.
    pub(crate) async fn stabilise(&self, at: At<'_>, begin: &dyn Fn()) -> Result<Done, Diagnostics> {
        let unstable = self.unstable.borrow_mut().remove(&at.change.address);
        let Some(Unstable { intent, object, is_new }) = unstable else { return Ok(Done::default()) };
        begin();
        match at.ty.stabilise(self.call(&at), &object).await {
            Ok(()) => {
                self.record(Some(intent), &[]);
                Ok(Done::default())
            }
            Err(e) => {
                if is_final(&e) && !self.inputs.cancel.is_cancelled() {
                    self.record(Some(intent), &self.tainted(&at, is_new));
                }
                Err(at.diag(at.work().failed(e)).into())
            }
        }
    }

    /// A new object that will never be done is to be replaced.
    fn tainted(&self, at: &At<'_>, is_new: bool) -> Vec<StateChange> {
        let address = &at.change.address;
        let recorded = self.inputs.session.with_snapshot(|now| now.instances.get(address).cloned());
        let recorded = recorded.filter(|_| is_new).and_then(|state| Some((state.provider, state.current?)));
        let tainted = recorded.map(|(provider, object)| StateChange::Current {
            address: address.clone(),
            provider,
            object: Some(Arc::new(InstanceObject { status: ObjectStatus::Tainted, ..(*object).clone() })),
        });
        tainted.into_iter().collect()
    }

    /// Waits for what was made or changed and whose own wait never began, because something about it failed later.
    pub(crate) async fn stabilise_rest(&self) {
        if self.inputs.cancel.is_cancelled() {
            return;
        }
        let plan = self.inputs.plan;
        let is_open = |step: &&Step| {
            let change = step.change.and_then(|c| plan.changes.get(c as usize));
            step.action == StepAction::Stabilise
                && change.is_some_and(|c| self.unstable.borrow().contains_key(&c.address))
        };
        let open: Vec<&Step> = plan.steps.iter().filter(is_open).collect();
        join_all(open.into_iter().map(|step| self.step(step))).await;
    }
}

/// Whether an error says that the object will never be done; after others the next run waits once more.
pub(crate) fn is_final(error: &ProviderError) -> bool {
    !error.leaves_open() && !error.is_retryable()
}
