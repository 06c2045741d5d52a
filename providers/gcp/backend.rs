//! The backend `gcs`: states in a bucket, with the lock, the journal and earlier snapshots as objects beside them.

mod objects;
mod settings;

use std::sync::Arc;

use async_trait::async_trait;
use model::{Block, Schema};
use provider::Surroundings;
use state::{
    Arguments, Backend, BackendError, BackendPlace, BackendType, LEASE, ObjectBackend, ObjectStore,
    SystemClock,
};

use objects::Bucket;
use settings::Settings;

/// The workspace that is always there.
const DEFAULT: &str = "default";

/// How the name of a state's object ends.
const STATE: &str = ".tfstate";

/// How the name of Terraform's lock ends.
const PLAIN_LOCK: &str = ".tflock";

/// The type of backend.
pub struct GcsBackend {
    schema: Schema,
    around: Arc<dyn Surroundings>,
}

impl GcsBackend {
    /// The type of backend, in surroundings.
    pub fn new(around: Arc<dyn Surroundings>) -> GcsBackend {
        GcsBackend { schema: settings::schema(), around }
    }
}

impl BackendType for GcsBackend {
    fn name(&self) -> &'static str {
        "gcs"
    }

    fn arguments(&self) -> &Block {
        &self.schema.block
    }

    fn place(&self, told: Arguments<'_>) -> Result<Arc<dyn BackendPlace>, BackendError> {
        let settings = Settings::read(told, &self.schema.block)?;
        let prefix = settings.prefix.clone();
        Ok(Arc::new(Place { bucket: Arc::new(Bucket::new(settings, self.around.clone())), prefix }))
    }
}

/// A bucket for states.
struct Place {
    bucket: Arc<Bucket>,
    prefix: String,
}

#[async_trait]
impl BackendPlace for Place {
    fn open(&self, workspace: &str) -> Arc<dyn Backend> {
        let name = |end: &str| format!("{}{workspace}{end}", self.prefix);
        let backend = ObjectBackend::new(self.bucket.clone(), &name(STATE), Arc::new(SystemClock), LEASE);
        Arc::new(backend.with_plain_lock(&name(PLAIN_LOCK)))
    }

    async fn workspaces(&self) -> Result<Vec<String>, BackendError> {
        let keys = self.bucket.list(&self.prefix).await?;
        let name = |key: &String| {
            let name = key.strip_prefix(&self.prefix)?.strip_suffix(STATE)?;
            (!name.contains('/')).then(|| name.to_owned())
        };
        let mut names: Vec<String> = keys.iter().filter_map(name).collect();
        names.push(DEFAULT.to_owned());
        names.sort();
        names.dedup();
        Ok(names)
    }

    async fn create(&self) -> Result<bool, BackendError> {
        self.bucket.create().await
    }
}
