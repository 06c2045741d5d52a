//! The backend `s3`: states in a bucket, with the lock, the journal and earlier snapshots as objects beside them.

mod objects;
mod settings;

use std::sync::Arc;

use async_trait::async_trait;
use model::{Block, Schema};
use provider::Surroundings;
use state::{Arguments, Backend, BackendError, BackendPlace, BackendType, LEASE, ObjectBackend, SystemClock};

use objects::Bucket;
use settings::Settings;

/// The workspace that is always there.
const DEFAULT: &str = "default";

/// The type of backend.
pub struct S3Backend {
    schema: Schema,
    around: Arc<dyn Surroundings>,
}

impl S3Backend {
    /// The type of backend, in surroundings.
    pub fn new(around: Arc<dyn Surroundings>) -> S3Backend {
        S3Backend { schema: settings::schema(), around }
    }
}

impl BackendType for S3Backend {
    fn name(&self) -> &'static str {
        "s3"
    }

    fn arguments(&self) -> &Block {
        &self.schema.block
    }

    fn place(&self, told: Arguments<'_>) -> Result<Arc<dyn BackendPlace>, BackendError> {
        let settings = Settings::read(told, &self.schema.block)?;
        Ok(Arc::new(Place { bucket: Arc::new(Bucket::new(settings.clone(), self.around.clone())), settings }))
    }
}

/// A bucket for states.
struct Place {
    bucket: Arc<Bucket>,
    settings: Settings,
}

#[async_trait]
impl BackendPlace for Place {
    fn open(&self, workspace: &str) -> Arc<dyn Backend> {
        let key = match workspace {
            DEFAULT => self.settings.key.clone(),
            name => format!("{}/{name}/{}", self.settings.workspace_prefix, self.settings.key),
        };
        let backend = ObjectBackend::new(self.bucket.clone(), &key, Arc::new(SystemClock), LEASE);
        Arc::new(match self.settings.plain_lock {
            true => backend.with_plain_lock(&format!("{key}.tflock")),
            false => backend,
        })
    }

    async fn workspaces(&self) -> Result<Vec<String>, BackendError> {
        use state::ObjectStore;
        let prefix = format!("{}/", self.settings.workspace_prefix);
        let keys = self.bucket.list(&prefix).await?;
        let name = |key: &String| {
            let (name, rest) = key.strip_prefix(&prefix)?.split_once('/')?;
            (rest == self.settings.key).then(|| name.to_owned())
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
