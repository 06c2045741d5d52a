//! Provisioners: what runs on behalf of an object after it was made, or before it goes.

use async_trait::async_trait;
use model::{InstanceAddr, Schema, Value};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::{Cancel, ProviderError, Surroundings};

/// How many lines wait to be shown before whoever says them has to wait too.
const WAITING_LINES: usize = 64;

/// Where a provisioner says what it has to say, line by line.
#[derive(Clone, Debug)]
pub struct Lines(Sender<String>);

impl Lines {
    /// A place to say lines, and the end at which they are heard.
    pub fn channel() -> (Lines, Receiver<String>) {
        let (say, hear) = channel(WAITING_LINES);
        (Lines(say), hear)
    }

    /// Says a line; waits while too many are unheard.
    pub async fn say(&self, line: impl Into<String>) {
        let _nobody_listens = self.0.send(line.into()).await;
    }

    /// Says a line from a thread that may block; whether anybody still listens.
    pub fn say_blocking(&self, line: impl Into<String>) -> bool {
        self.0.blocking_send(line.into()).is_ok()
    }
}

/// What accompanies a run of a provisioner.
#[derive(Clone, Copy)]
pub struct Provisioning<'a> {
    /// The instance on whose behalf it runs.
    pub address: &'a InstanceAddr,
    /// The outside world.
    pub around: &'a dyn Surroundings,
    /// Where to say what happens.
    pub lines: &'a Lines,
    /// Whether to stop.
    pub cancel: &'a Cancel,
    /// Whether the arguments hold a secret, so that no message may quote them or what came of them.
    pub is_secret: bool,
}

/// A kind of `provisioner` block.
///
/// When it runs, and what its failure means, is not its own business: `when` and `on_failure` never reach it.
#[async_trait]
pub trait Provisioner: Send + Sync {
    /// The block's label: `local-exec`.
    fn name(&self) -> &str;

    /// What a block may hold beside `when`, `on_failure` and `connection`.
    fn schema(&self) -> &Schema;

    /// Whether it works on the object itself, and so needs a `connection` to it.
    fn needs_connection(&self) -> bool {
        false
    }

    /// Checks a configuration beyond its schema, without running anything; it may be unknown in part.
    fn validate(&self, _config: &Value) -> Vec<ProviderError> {
        Vec::new()
    }

    /// Runs it; the configuration is of the schema's type and wholly known.
    async fn run(&self, call: Provisioning<'_>, config: &Value) -> Result<(), ProviderError>;
}
