//! Keeps a provider's panics where they happen: they come back as errors of the call.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use model::{Schema, Value};

use crate::retry::retried;
use crate::{
    Call, CreateClass, DataSource, Ephemeral, ErrorKind, Failed, Imported, Leftover, ListRequest, Lists,
    MovedFrom, Object, Page, PlanRequest, PlannedChange, ProviderError, Recovery, ResourceType, TakenOver,
};

/// Something of a provider whose panics become errors, and whose calls are repeated where that may help.
pub(crate) struct Guarded<T>(pub(crate) T);

/// Runs a provider's work; a panic in it becomes an error of kind [`ErrorKind::Crashed`]. What it panicked with is left
/// out, for it might be secret.
pub async fn caught<T, E: From<ProviderError>>(
    what: &str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let mut work = std::pin::pin!(work);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(poll) => poll,
        Err(panic) => Poll::Ready(Err(crashed(what, panic).into())),
    })
    .await
}

/// The same for work that waits for nothing.
fn caught_now<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, ProviderError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| crashed(what, panic))
}

fn crashed(what: &str, _secret: Box<dyn Any + Send>) -> ProviderError {
    let detail = format!("It panicked when it was asked to {what}.");
    ProviderError::new(ErrorKind::Crashed, "Provider crashed", detail)
}

#[async_trait]
impl<T: ResourceType> ResourceType for Guarded<T> {
    fn schema(&self) -> &Schema {
        self.0.schema()
    }

    fn create_class(&self) -> CreateClass {
        self.0.create_class()
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        caught_now("check a configuration", || self.0.validate(config)).unwrap_or_else(|e| vec![e])
    }

    async fn plan(&self, call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        caught("plan", self.0.plan(call, request)).await
    }

    async fn create(&self, call: Call<'_>, planned: &Value, config: &Value) -> Result<Object, Failed> {
        caught("create the object", retried(call, || self.0.create(call, planned, config))).await
    }

    async fn read(&self, call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        caught("read the object", retried(call, || self.0.read(call, prior))).await
    }

    async fn update(
        &self,
        call: Call<'_>,
        prior: &Object,
        planned: &Value,
        config: &Value,
    ) -> Result<Object, Failed> {
        caught("update the object", retried(call, || self.0.update(call, prior, planned, config))).await
    }

    async fn delete(&self, call: Call<'_>, prior: &Object) -> Result<(), ProviderError> {
        caught("delete the object", retried(call, || self.0.delete(call, prior))).await
    }

    fn stabilises(&self) -> bool {
        self.0.stabilises()
    }

    async fn stabilise(&self, call: Call<'_>, object: &Object) -> Result<(), ProviderError> {
        caught("wait for the object", retried(call, || self.0.stabilise(call, object))).await
    }

    async fn import(&self, call: Call<'_>, id: &str) -> Result<Imported, ProviderError> {
        caught("find the object to import", retried(call, || self.0.import(call, id))).await
    }

    fn take_over(&self, from: MovedFrom<'_>) -> Result<TakenOver, ProviderError> {
        caught_now("take over an object of another type", || self.0.take_over(from)).and_then(|r| r)
    }

    fn upgrade(&self, version: u64, stored: &str) -> Result<String, ProviderError> {
        caught_now("upgrade a recorded object", || self.0.upgrade(version, stored)).and_then(|r| r)
    }

    async fn recover(&self, call: Call<'_>, planned: &Value) -> Result<Recovery, ProviderError> {
        caught("find out what became of the object", retried(call, || self.0.recover(call, planned))).await
    }

    fn lists(&self) -> Lists {
        self.0.lists()
    }

    async fn list(&self, call: Call<'_>, request: ListRequest<'_>) -> Result<Page, ProviderError> {
        caught("list objects", retried(call, || self.0.list(call, request))).await
    }

    fn listed_as(&self, object: &Object) -> Option<String> {
        caught_now("name an object", || self.0.listed_as(object)).ok().flatten()
    }

    fn as_read(&self, prior: &Object, listed: &Object) -> Object {
        self.0.as_read(prior, listed)
    }

    fn fence_scope(&self, planned: &Value) -> String {
        self.0.fence_scope(planned)
    }

    async fn fence(&self, call: Call<'_>, planned: &Value) -> Result<Vec<String>, ProviderError> {
        caught("list what is there", retried(call, || self.0.fence(call, planned))).await
    }

    async fn leftovers(&self, call: Call<'_>, prior: &Object) -> Result<Vec<Leftover>, ProviderError> {
        caught("look for what others left", retried(call, || self.0.leftovers(call, prior))).await
    }

    async fn remove_leftover(&self, call: Call<'_>, leftover: &Leftover) -> Result<(), ProviderError> {
        caught("remove what others left", retried(call, || self.0.remove_leftover(call, leftover))).await
    }
}

#[async_trait]
impl<T: DataSource> DataSource for Guarded<T> {
    fn schema(&self) -> &Schema {
        self.0.schema()
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        caught_now("check a configuration", || self.0.validate(config)).unwrap_or_else(|e| vec![e])
    }

    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        caught("read data", retried(call, || self.0.read(call, config))).await
    }
}

#[async_trait]
impl<T: Ephemeral> Ephemeral for Guarded<T> {
    fn schema(&self) -> &Schema {
        self.0.schema()
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        caught_now("check a configuration", || self.0.validate(config)).unwrap_or_else(|e| vec![e])
    }

    async fn open(&self, call: Call<'_>, config: &Value) -> Result<Object, ProviderError> {
        caught("open the resource", retried(call, || self.0.open(call, config))).await
    }

    fn renew_after(&self, opened: &Object) -> Option<Duration> {
        caught_now("say when to renew the resource", || self.0.renew_after(opened)).ok().flatten()
    }

    async fn renew(&self, call: Call<'_>, opened: &Object) -> Result<Object, ProviderError> {
        caught("renew the resource", retried(call, || self.0.renew(call, opened))).await
    }

    async fn close(&self, call: Call<'_>, opened: &Object) -> Result<(), ProviderError> {
        caught("close the resource", retried(call, || self.0.close(call, opened))).await
    }
}
