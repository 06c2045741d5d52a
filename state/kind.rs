//! Types of backends that are not of this crate: a cloud brings its own, on its own credentials.

use std::sync::Arc;

use async_trait::async_trait;
use model::Block;

use crate::{Arguments, Backend, BackendError};

/// A type of backend, as `backend "s3"` names it.
pub trait BackendType: Send + Sync {
    /// Its name: `s3`.
    fn name(&self) -> &'static str;

    /// The arguments that it takes. Those that are no texts, numbers or flags come as JSON.
    fn arguments(&self) -> &Block;

    /// The place that its arguments name. Nothing is reached yet.
    fn place(&self, told: Arguments<'_>) -> Result<Arc<dyn BackendPlace>, BackendError>;
}

/// A place where states are kept beside each other, one for each workspace.
#[async_trait]
pub trait BackendPlace: Send + Sync {
    /// The keeper of a workspace's state. Nothing is reached yet.
    fn open(&self, workspace: &str) -> Arc<dyn Backend>;

    /// Which workspaces have a state, in order.
    async fn workspaces(&self) -> Result<Vec<String>, BackendError>;

    /// Makes the place itself, a bucket, where it is not there; says whether it did.
    async fn create(&self) -> Result<bool, BackendError>;
}
