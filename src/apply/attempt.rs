//! What goes before a create so that it can be found again, and what became of calls whose answer was lost.

use std::sync::Arc;

use model::{Diagnostics, Value};
use provider::contract::check_kept;
use provider::{Attempt, Call, CreateClass, ErrorKind, Failed, Object, ProviderError, Recovery, hex};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::recover::known_objects;
use crate::run::Run;
use crate::step::At;

/// How often an effect is tried whose answer is lost each time.
const TRIES: u32 = 4;

/// The turn of a create among those that must go one at a time; others need none.
pub(crate) struct Turn(
    #[expect(dead_code, reason = "held until the create is recorded")] Option<OwnedMutexGuard<()>>,
);

impl Run<'_> {
    /// Waits until no other object of the same type is being made under the same parent, where that matters.
    pub(crate) async fn turn(&self, at: &At<'_>, planned: &Value) -> Turn {
        if at.ty.create_class() != CreateClass::Fence {
            return Turn(None);
        }
        let scope = at.ty.fence_scope(&planned.unmarked_deep());
        let key = (at.change.address.resource.ty.clone(), scope);
        let lock: Arc<Mutex<()>> = self.fences.borrow_mut().entry(key).or_default().clone();
        Turn(Some(lock.lock_owned().await))
    }

    /// What is written down of a create, so that it is found again should its answer be lost.
    pub(crate) async fn attempt(&self, at: &At<'_>, planned: &Value) -> Result<Attempt, Diagnostics> {
        if at.ty.create_class() == CreateClass::StateOnly {
            return Ok(Attempt::default());
        }
        let mut token = [0; 16];
        self.inputs.around.random(&mut token);
        let fence = match at.ty.create_class() {
            CreateClass::Fence => {
                let listed = at.ty.fence(self.call(at), &planned.unmarked_deep()).await;
                listed.map_err(|e| at.diag(at.work().failed(e)))?
            }
            CreateClass::StateOnly | CreateClass::Token | CreateClass::Name | CreateClass::Tag => Vec::new(),
        };
        Ok(Attempt { token: hex(&token), fence })
    }

    /// Makes the object. Where the answer is lost, the type is asked what became of it, and only what does not exist is
    /// made once more. If something is in the way then, it may be what the first try made late.
    pub(crate) async fn make(
        &self,
        at: &At<'_>,
        attempt: &Attempt,
        planned: &Value,
        config: &Value,
    ) -> Result<Object, Failed> {
        let mut tried = 1;
        loop {
            let call = Call { attempt: Some(attempt), ..self.call(at) };
            let lost = match at.ty.create(call, planned, config).await {
                Err(Failed { error, partial: None })
                    if error.kind == ErrorKind::Lost || tried > 1 && error.kind == ErrorKind::Conflict =>
                {
                    error
                }
                result => return result,
            };
            let snapshot = self.inputs.session.snapshot();
            let known = known_objects(&snapshot, &at.change.address, &*at.ty);
            match at.ty.recover(Call { known: &known, ..call }, planned).await {
                Ok(Recovery::Exists(object)) => return Ok(object),
                Ok(Recovery::HalfMade(object)) => return Err(Failed { error: lost, partial: Some(object) }),
                Ok(Recovery::Absent) if self.tries_again(&lost, tried) => tried += 1,
                Ok(Recovery::Absent) if lost.kind == ErrorKind::Lost => {
                    return Err(without_effect(lost).into());
                }
                Ok(Recovery::Absent | Recovery::CannotTell(_)) | Err(_) => return Err(lost.into()),
            }
        }
    }

    /// Changes the object. Where the answer is lost, it is read, and changed once more if it is not as planned.
    pub(crate) async fn change(
        &self,
        at: &At<'_>,
        prior: &Object,
        planned: &Value,
        config: &Value,
    ) -> Result<Object, Failed> {
        let (mut tried, mut prior) = (1, prior.clone());
        loop {
            let lost = match at.ty.update(self.call(at), &prior, planned, config).await {
                Err(Failed { error, partial: None }) if error.kind == ErrorKind::Lost => error,
                result => return result,
            };
            match at.ty.read(self.call(at), &prior).await {
                Ok(Some(object)) if check_kept(planned, &object.value).is_ok() => return Ok(object),
                Ok(Some(object)) if self.tries_again(&lost, tried) => prior = object,
                Ok(Some(object)) => {
                    return Err(Failed { error: without_effect(lost), partial: Some(object) });
                }
                Ok(None) | Err(_) => return Err(lost.into()),
            }
            tried += 1;
        }
    }

    /// Deletes the object, once more where the answer is lost: already gone is success.
    pub(crate) async fn unmake(&self, at: &At<'_>, prior: &Object) -> Result<(), ProviderError> {
        let mut tried = 1;
        loop {
            match at.ty.delete(self.call(at), prior).await {
                Err(e) if e.kind == ErrorKind::Lost && self.tries_again(&e, tried) => tried += 1,
                result => return result,
            }
        }
    }

    /// Whether a call whose answer was lost is made once more.
    fn tries_again(&self, lost: &ProviderError, tried: u32) -> bool {
        tried < TRIES && !lost.is_last && !self.inputs.cancel.is_cancelled()
    }
}

/// The error of a call that is known by now to have done nothing.
fn without_effect(lost: ProviderError) -> ProviderError {
    ProviderError { kind: ErrorKind::Transient, ..lost }
}
