//! States in object stores: buckets that can refuse a write when something is there already, or is another thing.
//!
//! A store has no connection that ends with its holder, so the lock is an object with a lease: its holder renews it, and
//! one that cannot starts nothing new. Whoever takes over an expired lock seals the journal first, by creating the object
//! that the former holder would write next; should that one still be alive, its next write fails. Seals stay for a while.

mod memory;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{Backend, BackendError, Capabilities, LockInfo, LockToken, Stored, Version};

pub use memory::MemoryObjects;

/// On what a write depends.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Nothing is there.
    Absent,
    /// This version is there.
    Matches(Version),
}

/// A place for objects, with the preconditions of S3 and Google Cloud Storage.
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// How people call an object: `s3://bucket/key`.
    fn location(&self, key: &str) -> String;

    /// An object, or nothing.
    async fn get(&self, key: &str) -> Result<Option<Stored>, BackendError>;

    /// Writes an object if the condition holds; nothing where it does not.
    async fn put(&self, key: &str, bytes: &[u8], on: Condition) -> Result<Option<Version>, BackendError>;

    /// Removes an object if this version is there, or whatever is there; says whether that was so.
    async fn delete(&self, key: &str, version: Option<&Version>) -> Result<bool, BackendError>;

    /// The keys that begin so, in order.
    async fn list(&self, prefix: &str) -> Result<Vec<String>, BackendError>;
}

/// The time by which leases end, as holders on several machines agree on it.
pub trait Clock: Send + Sync {
    /// Since some fixed moment.
    fn now(&self) -> Duration;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
    }
}

/// How long a lock lasts that nobody renews.
pub const LEASE: Duration = Duration::from_secs(45);

/// A seal is removed so many holders later: its late writer is gone for certain.
const SEALS: u64 = 16;

/// The lock's object. It stays when nobody holds the lock, for the epoch in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Lock {
    epoch: u64,
    /// Who holds it, or did last where it was not given back.
    holder: Option<LockInfo>,
    /// When it ends unless it is renewed.
    until: u64,
    /// Whether the journal of this epoch may still be written to by its holder.
    #[serde(default)]
    unsealed: bool,
}

#[derive(Clone)]
struct Held {
    id: String,
    lock: Lock,
    version: Version,
    /// The number of the next journal object.
    next: u64,
    sidecar: Option<Version>,
}

/// A state in an object store.
pub struct ObjectBackend {
    objects: Arc<dyn ObjectStore>,
    key: String,
    clock: Arc<dyn Clock>,
    lease: Duration,
    held: Arc<Mutex<Option<Held>>>,
    /// The lock of others who know no lease, kept beside this one while it is held.
    plain_lock: Option<String>,
}

impl ObjectBackend {
    /// The state under a key.
    pub fn new(
        objects: Arc<dyn ObjectStore>,
        key: &str,
        clock: Arc<dyn Clock>,
        lease: Duration,
    ) -> ObjectBackend {
        ObjectBackend { objects, key: key.to_owned(), clock, lease, held: Arc::default(), plain_lock: None }
    }

    /// The same state, with the lock that Terraform keeps under this key: an object that is there while somebody holds it. So
    /// the two exclude each other.
    #[must_use]
    pub fn with_plain_lock(self, key: &str) -> ObjectBackend {
        ObjectBackend { plain_lock: Some(key.to_owned()), ..self }
    }

    fn beside(&self, what: &str) -> String {
        format!("{}.{what}", self.key)
    }

    fn journal(&self, epoch: u64, number: u64) -> String {
        format!("{}.journal/{epoch:016}/{number:016}", self.key)
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.clock.now().as_millis()).unwrap_or(u64::MAX)
    }

    fn lease_end(&self) -> u64 {
        self.millis().saturating_add(u64::try_from(self.lease.as_millis()).unwrap_or(u64::MAX))
    }

    async fn read_lock(&self) -> Result<Option<(Lock, Version)>, BackendError> {
        let Some(stored) = self.objects.get(&self.beside("lock")).await? else { return Ok(None) };
        let lock = serde_json::from_slice(&stored.bytes)
            .map_err(|_| BackendError::Other(format!("the lock {} is damaged", self.beside("lock"))))?;
        Ok(Some((lock, stored.version)))
    }

    async fn put_lock(&self, lock: &Lock, on: Condition) -> Result<Option<Version>, BackendError> {
        let bytes = serde_json::to_vec(lock).map_err(|e| BackendError::Other(e.to_string()))?;
        self.objects.put(&self.beside("lock"), &bytes, on).await
    }

    /// Makes sure that the lease lasts, renewing it once a third is over.
    async fn renew(&self, token: &LockToken, held: &mut Option<Held>) -> Result<(), BackendError> {
        let lost = || BackendError::LockLost(token.id.clone());
        let mine = held.as_mut().filter(|h| h.id == token.id).ok_or_else(lost)?;
        let (now, third) = (self.millis(), u64::try_from(self.lease.as_millis() / 3).unwrap_or(0));
        if now >= mine.lock.until {
            *held = None;
            return Err(lost());
        }
        if mine.lock.until - now > 2 * third {
            return Ok(());
        }
        let lock = Lock { until: self.lease_end(), ..mine.lock.clone() };
        match self.put_lock(&lock, Condition::Matches(mine.version.clone())).await? {
            Some(version) => {
                (mine.lock, mine.version) = (lock, version);
                Ok(())
            }
            None => {
                *held = None;
                Err(lost())
            }
        }
    }

    /// Does something while the lock is held for certain.
    async fn holding(
        &self,
        token: &LockToken,
    ) -> Result<tokio::sync::MappedMutexGuard<'_, Held>, BackendError> {
        let mut held = self.held.lock().await;
        self.renew(token, &mut held).await?;
        tokio::sync::MutexGuard::try_map(held, Option::as_mut)
            .map_err(|_| BackendError::LockLost(token.id.clone()))
    }

    /// The lock is renewed for as long as it is held, also while nothing is written.
    fn keep_renewing(&self, token: &LockToken) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let backend = ObjectBackend {
            objects: self.objects.clone(),
            key: self.key.clone(),
            clock: self.clock.clone(),
            lease: self.lease,
            held: self.held.clone(),
            plain_lock: None,
        };
        let (token, pause) = (token.clone(), self.lease / 3);
        let alive = Arc::downgrade(&self.held);
        runtime.spawn(async move {
            loop {
                tokio::time::sleep(pause).await;
                // Only this task is left of the holder.
                if alive.strong_count() <= 1 {
                    return;
                }
                let mut held = backend.held.lock().await;
                if backend.renew(&token, &mut held).await.is_err() {
                    return;
                }
            }
        });
    }

    /// Creates what a former holder would write next, so that it cannot.
    async fn seal(&self, epoch: u64) -> Result<(), BackendError> {
        let prefix = format!("{}.journal/{epoch:016}/", self.key);
        loop {
            let last = self.objects.list(&prefix).await?.pop();
            let number = last.and_then(|key| key.rsplit('/').next()?.parse::<u64>().ok()).unwrap_or(0);
            if number > 0
                && self.objects.get(&self.journal(epoch, number)).await?.is_some_and(|s| s.bytes.is_empty())
            {
                return Ok(());
            }
            if self.objects.put(&self.journal(epoch, number + 1), &[], Condition::Absent).await?.is_some() {
                return Ok(());
            }
        }
    }

    async fn put_over(
        &self,
        key: &str,
        bytes: &[u8],
        on: Option<&Version>,
    ) -> Result<Option<Version>, BackendError> {
        let on = on.map_or(Condition::Absent, |version| Condition::Matches(version.clone()));
        self.objects.put(key, bytes, on).await
    }
}

#[async_trait]
impl Backend for ObjectBackend {
    fn capabilities(&self) -> Capabilities {
        Capabilities { compare_and_swap: true, fencing: true, remote_journal: true, remote: true }
    }

    fn location(&self) -> String {
        self.objects.location(&self.key)
    }

    async fn read(&self) -> Result<Option<Stored>, BackendError> {
        self.objects.get(&self.key).await
    }

    async fn write(
        &self,
        token: &LockToken,
        bytes: &[u8],
        expected: Option<&Version>,
    ) -> Result<Version, BackendError> {
        let held = self.holding(token).await?;
        // Who was taken for dead by force may not have noticed yet, and must not publish.
        if self.read_lock().await?.is_none_or(|(_, version)| version != held.version) {
            return Err(BackendError::LockLost(token.id.clone()));
        }
        self.put_over(&self.key, bytes, expected).await?.ok_or(BackendError::Changed)
    }

    async fn remove(&self, token: &LockToken) -> Result<(), BackendError> {
        self.clear_journal(token).await?;
        self.objects.delete(&self.key, None).await?;
        self.objects.delete(&self.beside("sidecar"), None).await?;
        for serial in self.kept().await? {
            self.forget(token, serial).await?;
        }
        Ok(())
    }

    async fn lock(&self, info: &LockInfo) -> Result<LockToken, BackendError> {
        let mut held = self.held.lock().await;
        let found = self.read_lock().await?;
        let before = found.as_ref().map(|(lock, _)| lock.clone()).unwrap_or_default();
        if let Some(holder) = before.holder.clone().filter(|_| self.millis() < before.until) {
            return Err(BackendError::Locked(Box::new(holder)));
        }
        let lock = Lock {
            epoch: before.epoch + 1,
            holder: Some(info.clone()),
            until: self.lease_end(),
            unsealed: true,
        };
        let version = self.put_over_lock(&lock, found.as_ref().map(|(_, version)| version)).await?;
        let Some(version) = version else {
            let other = self.read_lock().await?.and_then(|(lock, _)| lock.holder).unwrap_or_default();
            return Err(BackendError::Locked(Box::new(other)));
        };
        if before.unsealed {
            self.seal(before.epoch).await?;
        }
        if let Err(taken) = self.take_plain_lock(info, before.holder.as_ref()).await {
            let free = Lock { epoch: lock.epoch, ..Lock::default() };
            self.put_lock(&free, Condition::Matches(version)).await?;
            return Err(taken);
        }
        let sidecar = self.objects.get(&self.beside("sidecar")).await?.map(|stored| stored.version);
        let token = LockToken { id: info.id.clone(), epoch: lock.epoch };
        *held = Some(Held { id: info.id.clone(), lock, version, next: 1, sidecar });
        drop(held);
        self.keep_renewing(&token);
        Ok(token)
    }

    async fn unlock(&self, token: &LockToken) -> Result<(), BackendError> {
        let lost = || BackendError::LockLost(token.id.clone());
        let Some(mine) = self.held.lock().await.take_if(|h| h.id == token.id) else { return Err(lost()) };
        let lock = Lock { epoch: mine.lock.epoch, ..Lock::default() };
        self.give_plain_lock_back(&token.id).await?;
        self.put_lock(&lock, Condition::Matches(mine.version)).await?.map(|_| ()).ok_or_else(lost)
    }

    async fn force_unlock(&self, id: &str) -> Result<(), BackendError> {
        let found = self.read_lock().await?;
        let found = found.filter(|(lock, _)| lock.holder.as_ref().is_some_and(|holder| holder.id == id));
        let was_plain = self.give_plain_lock_back(id).await?;
        let Some((lock, version)) = found else {
            if was_plain {
                return Ok(());
            }
            return Err(BackendError::Other(format!("the state is not locked with the id {id:?}")));
        };
        let free = Lock { holder: None, until: 0, ..lock };
        self.put_lock(&free, Condition::Matches(version)).await?.map(|_| ()).ok_or(BackendError::Changed)
    }

    async fn holder(&self) -> Result<Option<LockInfo>, BackendError> {
        let (now, found) = (self.millis(), self.read_lock().await?);
        let (lock, _) = found.unzip();
        let lock = lock.unwrap_or_default();
        if now < lock.until && lock.holder.is_some() {
            return Ok(lock.holder);
        }
        // A plain lock that one of ours left when it died is nobody's.
        let plain = self.read_plain_lock().await?.map(|(info, _)| info);
        Ok(plain.filter(|info| lock.holder.as_ref().is_none_or(|dead| dead.id != info.id)))
    }

    async fn read_journal(&self) -> Result<Option<Vec<u8>>, BackendError> {
        let mut journal = Vec::new();
        for key in self.objects.list(&format!("{}.journal/", self.key)).await? {
            if let Some(stored) = self.objects.get(&key).await? {
                journal.extend_from_slice(&stored.bytes);
            }
        }
        Ok(Some(journal).filter(|bytes| !bytes.is_empty()))
    }

    async fn append_journal(&self, token: &LockToken, bytes: &[u8]) -> Result<(), BackendError> {
        let mut held = self.holding(token).await?;
        let key = self.journal(held.lock.epoch, held.next);
        if self.objects.put(&key, bytes, Condition::Absent).await?.is_none() {
            return Err(BackendError::LockLost(token.id.clone()));
        }
        held.next += 1;
        Ok(())
    }

    async fn clear_journal(&self, token: &LockToken) -> Result<(), BackendError> {
        let held = self.holding(token).await?;
        for key in self.objects.list(&format!("{}.journal/", self.key)).await? {
            let epoch = key.rsplit('/').nth(1).and_then(|e| e.parse::<u64>().ok()).unwrap_or(0);
            let is_seal = epoch + SEALS > held.lock.epoch
                && self.objects.get(&key).await?.is_none_or(|stored| stored.bytes.is_empty());
            if !is_seal {
                self.objects.delete(&key, None).await?;
            }
        }
        Ok(())
    }

    async fn read_sidecar(&self) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(self.objects.get(&self.beside("sidecar")).await?.map(|stored| stored.bytes))
    }

    async fn write_sidecar(&self, token: &LockToken, bytes: Option<&[u8]>) -> Result<(), BackendError> {
        let mut held = self.holding(token).await?;
        let (key, before) = (self.beside("sidecar"), held.sidecar.clone());
        let Some(bytes) = bytes else {
            self.objects.delete(&key, before.as_ref()).await?;
            held.sidecar = None;
            return Ok(());
        };
        held.sidecar = Some(self.put_over(&key, bytes, before.as_ref()).await?.ok_or(BackendError::Changed)?);
        Ok(())
    }

    async fn keep(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        let _held = self.holding(token).await?;
        let Some(stored) = self.objects.get(&self.key).await? else { return Ok(()) };
        let key = format!("{}/{serial:016}", self.beside("history"));
        let before = self.objects.get(&key).await?.map(|stored| stored.version);
        self.put_over(&key, &stored.bytes, before.as_ref()).await.map(|_| ())
    }

    async fn kept(&self) -> Result<Vec<u64>, BackendError> {
        let keys = self.objects.list(&format!("{}/", self.beside("history"))).await?;
        Ok(keys.iter().filter_map(|key| key.rsplit('/').next()?.parse().ok()).collect())
    }

    async fn read_kept(&self, serial: u64) -> Result<Option<Vec<u8>>, BackendError> {
        let key = format!("{}/{serial:016}", self.beside("history"));
        Ok(self.objects.get(&key).await?.map(|stored| stored.bytes))
    }

    async fn forget(&self, token: &LockToken, serial: u64) -> Result<(), BackendError> {
        let _held = self.holding(token).await?;
        self.objects.delete(&format!("{}/{serial:016}", self.beside("history")), None).await.map(|_| ())
    }
}

impl ObjectBackend {
    async fn put_over_lock(
        &self,
        lock: &Lock,
        on: Option<&Version>,
    ) -> Result<Option<Version>, BackendError> {
        self.put_lock(lock, on.map_or(Condition::Absent, |version| Condition::Matches(version.clone()))).await
    }
}

/// The lock of others who know no lease.
impl ObjectBackend {
    /// Who holds it; somebody unknown where that cannot be read.
    async fn read_plain_lock(&self) -> Result<Option<(LockInfo, Version)>, BackendError> {
        let Some(key) = &self.plain_lock else { return Ok(None) };
        let Some(stored) = self.objects.get(key).await? else { return Ok(None) };
        Ok(Some((serde_json::from_slice(&stored.bytes).unwrap_or_default(), stored.version)))
    }

    /// Takes it, also from one of ours whose lease is over.
    async fn take_plain_lock(&self, info: &LockInfo, dead: Option<&LockInfo>) -> Result<(), BackendError> {
        let Some(key) = &self.plain_lock else { return Ok(()) };
        let bytes = serde_json::to_vec(info).map_err(|e| BackendError::Other(e.to_string()))?;
        if self.objects.put(key, &bytes, Condition::Absent).await?.is_some() {
            return Ok(());
        }
        let (holder, version) = match self.read_plain_lock().await? {
            Some((holder, version)) => (holder, Some(version)),
            None => (LockInfo::default(), None),
        };
        let is_dead = dead.is_some_and(|dead| dead.id == holder.id);
        if let Some(version) = version.filter(|_| is_dead)
            && self.objects.put(key, &bytes, Condition::Matches(version)).await?.is_some()
        {
            return Ok(());
        }
        Err(BackendError::Locked(Box::new(holder)))
    }

    /// Removes it where it has this id, or is this version, which Terraform calls its id in some stores; says whether it did.
    async fn give_plain_lock_back(&self, id: &str) -> Result<bool, BackendError> {
        let Some((holder, version)) = self.read_plain_lock().await? else { return Ok(false) };
        let is_meant = holder.id == id || version.0 == id;
        let Some(key) = self.plain_lock.as_ref().filter(|_| is_meant) else { return Ok(false) };
        self.objects.delete(key, Some(&version)).await
    }
}
