//! What accompanies every call of a provider.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::InstanceAddr;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::{Client, Object, ProviderError};

/// What the outside world gives to a provider. `cli` implements it for real, tests with fixed values.
pub trait Surroundings: Send + Sync {
    /// Nanoseconds since 1970 UTC.
    fn now_ns(&self) -> i128;
    /// Fills the buffer with random bytes.
    fn random(&self, buffer: &mut [u8]);
    /// The directory that relative paths start at, absolute.
    fn current_dir(&self) -> PathBuf;
    /// A variable of the environment.
    fn env(&self, name: &str) -> Option<String>;
}

/// Where a provider reports how far a long call is.
pub trait Progress: Send + Sync {
    /// Says what is being waited for, as "creating node group (3 of 5 nodes ready)".
    fn report(&self, message: &str);
}

/// Takes what calls warn about beside what they give, for many calls of many instances.
#[derive(Default)]
pub struct Warnings(Mutex<BTreeMap<InstanceAddr, Vec<ProviderError>>>);

impl Warnings {
    /// Keeps a warning about an instance; the same one once, for calls are repeated.
    fn add(&self, address: &InstanceAddr, warning: ProviderError) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = kept.entry(address.clone()).or_default();
        if !own.contains(&warning) {
            own.push(warning);
        }
    }

    /// Takes what was warned about, in the order of the addresses.
    pub fn take(&self) -> Vec<(InstanceAddr, ProviderError)> {
        let kept = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let of = |(address, own): (InstanceAddr, Vec<ProviderError>)| {
            own.into_iter().map(move |warning| (address.clone(), warning))
        };
        kept.into_iter().flat_map(of).collect()
    }
}

/// Says whether the user asked to stop; long calls look at it between steps.
#[derive(Clone, Default)]
pub struct Cancel(Arc<Stop>);

#[derive(Default)]
struct Stop {
    is_asked: AtomicBool,
    told: Notify,
}

impl Cancel {
    /// Not cancelled yet.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.is_asked.store(true, Ordering::SeqCst);
        self.0.told.notify_waiters();
    }

    /// Whether the user asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_asked.load(Ordering::SeqCst)
    }

    /// Waits, unless the user asks to stop; an error is the time that was left then.
    pub async fn wait(&self, duration: Duration) -> Result<(), Duration> {
        if duration.is_zero() {
            return Ok(());
        }
        let begun = Instant::now();
        tokio::select! {
            biased;
            () = self.asked() => Err(duration.saturating_sub(begun.elapsed())),
            () = tokio::time::sleep(duration) => Ok(()),
        }
    }

    /// Returns once the user has asked to stop.
    async fn asked(&self) {
        let told = self.0.told.notified();
        if !self.is_cancelled() {
            told.await;
        }
    }
}

/// The marks of ownership that an object is to carry, where its type can carry any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// `stackwright-lineage`
    pub lineage: String,
    /// `stackwright-stack`
    pub stack: String,
    /// `stackwright-env`
    pub environment: String,
    /// `stackwright-id`: 20 base32 characters of SHA-256 of the address at creation.
    pub id: String,
}

impl Ownership {
    /// The marks of an object that is made at an address, with the rest as here.
    pub fn of_object(&self, lineage: &str, address: &InstanceAddr) -> Ownership {
        let digest = Sha256::digest(address.to_string());
        Ownership { lineage: lineage.into(), id: base32(&digest[..ID_BYTES]), ..self.clone() }
    }
}

/// How the marks are called on objects.
const MARKS: [&str; 4] = ["stackwright-lineage", "stackwright-stack", "stackwright-env", "stackwright-id"];

/// How the names of all marks begin.
const MARK_PREFIX: &str = "stackwright-";

impl Ownership {
    /// The marks as tags or labels, by their names.
    pub fn tags(&self) -> [(&'static str, &str); 4] {
        let values = [&self.lineage, &self.stack, &self.environment, &self.id];
        std::array::from_fn(|i| (MARKS[i], &**values[i]))
    }

    /// The marks among tags or labels; nothing where they are not all there.
    pub fn among<'t>(tag: impl Fn(&str) -> Option<&'t str>) -> Option<Ownership> {
        let [lineage, stack, environment, id] = MARKS.map(|name| tag(name).map(str::to_owned));
        Some(Ownership { lineage: lineage?, stack: stack?, environment: environment?, id: id? })
    }

    /// Whether a tag or label is one of the marks, which are hidden from configurations.
    pub fn is_mark(name: &str) -> bool {
        name.starts_with(MARK_PREFIX)
    }
}

/// How much of the digest goes into the id: 100 bits and a half byte, 20 characters and a rest.
const ID_BYTES: usize = 13;

/// How many characters the id has.
const ID_LENGTH: usize = 20;

/// Bytes in base32 (RFC 4648, in lower case, which labels of every cloud permit), as long as the id.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bit = |at: usize| usize::from(bytes[at / 8] >> (7 - at % 8) & 1);
    let character = |at: usize| (0..5).fold(0, |value, offset| value << 1 | bit(at * 5 + offset));
    (0..ID_LENGTH).map(|at| char::from(ALPHABET[character(at)])).collect()
}

/// What was written down of a create before it began, by which it is found again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    /// Names this create and no other: the idempotency token, where the API takes one.
    pub token: String,
    /// For a type with a fence: what [`crate::ResourceType::fence`] listed before.
    pub fence: Vec<String>,
}

/// What accompanies a call: the configured client, for whom, and the outside world.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// What [`crate::Provider::configure`] made.
    pub client: &'a Client,
    /// The instance concerned.
    pub address: &'a InstanceAddr,
    /// The marks that a new object gets.
    pub ownership: Option<&'a Ownership>,
    /// For `recover`: the type's objects that the state knows already, none of which is what is looked for. Empty in
    /// all other calls.
    pub known: &'a [Object],
    /// For `create` and `recover`: what was written down of the create. Nothing in all other calls.
    pub attempt: Option<&'a Attempt>,
    /// The outside world.
    pub around: &'a dyn Surroundings,
    /// Where to report progress.
    pub progress: &'a dyn Progress,
    /// Where to warn; see [`Call::warn`].
    pub warnings: &'a Warnings,
    /// Whether to stop.
    pub cancel: &'a Cancel,
}

impl<'a> Call<'a> {
    /// The client as the type that the provider's own `configure` made; nothing for another provider's.
    pub fn client<T: 'static>(&self) -> Option<&'a T> {
        self.client.downcast_ref::<T>()
    }

    /// Warns about the instance, beside what the call gives. Whoever runs the plan or apply sees it.
    pub fn warn(&self, warning: ProviderError) {
        self.warnings.add(self.address, warning.as_warning());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_named_by_twenty_characters_of_their_address() {
        let stack = Ownership {
            lineage: String::new(),
            stack: "s".into(),
            environment: "e".into(),
            id: String::new(),
        };
        let address = "module.a[\"x\"].aws_s3_bucket.b[0]".parse().unwrap();
        let marks = stack.of_object("line", &address);
        assert_eq!((&*marks.lineage, &*marks.stack, &*marks.environment), ("line", "s", "e"));
        assert_eq!(marks.id, "oahpuyjqnjva3apcksfx");
        let other = "aws_s3_bucket.b".parse().unwrap();
        assert_ne!(stack.of_object("line", &other).id, marks.id);
    }
}
