//! Objects in memory, with the preconditions of real stores.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Condition, ObjectStore};
use crate::{BackendError, Stored, Version};

/// Objects in memory. Clones share them, as programs share a bucket.
#[derive(Clone, Default)]
pub struct MemoryObjects {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    objects: BTreeMap<String, Stored>,
    generation: u64,
}

impl MemoryObjects {
    /// An empty bucket.
    pub fn new() -> MemoryObjects {
        MemoryObjects::default()
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ObjectStore for MemoryObjects {
    fn location(&self, key: &str) -> String {
        format!("memory://{key}")
    }

    async fn get(&self, key: &str) -> Result<Option<Stored>, BackendError> {
        Ok(self.shared().objects.get(key).cloned())
    }

    async fn put(&self, key: &str, bytes: &[u8], on: Condition) -> Result<Option<Version>, BackendError> {
        let mut shared = self.shared();
        let there = shared.objects.get(key).map(|stored| &stored.version);
        let holds = match &on {
            Condition::Absent => there.is_none(),
            Condition::Matches(version) => there == Some(version),
        };
        if !holds {
            return Ok(None);
        }
        shared.generation += 1;
        let version = Version(shared.generation.to_string());
        let stored = Stored { bytes: bytes.to_vec(), version: version.clone() };
        shared.objects.insert(key.to_owned(), stored);
        Ok(Some(version))
    }

    async fn delete(&self, key: &str, version: Option<&Version>) -> Result<bool, BackendError> {
        let mut shared = self.shared();
        let fits = shared.objects.get(key).is_some_and(|s| version.is_none_or(|v| *v == s.version));
        if fits {
            shared.objects.remove(key);
        }
        Ok(fits)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, BackendError> {
        let shared = self.shared();
        let from = shared.objects.range(prefix.to_owned()..);
        Ok(from.map(|(key, _)| key).take_while(|key| key.starts_with(prefix)).cloned().collect())
    }
}
