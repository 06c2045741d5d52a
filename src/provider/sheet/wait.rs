//! Waits for what takes its time.

use std::time::Duration;

use super::{At, Given};
use crate::{ErrorKind, ProviderError};

/// The wait before the second look; each further one is half as long again, up to the longest of the wait.
const FIRST: Duration = Duration::from_millis(500);

/// What is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Waiting<'w> {
    /// What it is, as it follows "waiting for": `the cluster a to be active`.
    pub what: &'w str,
    /// The longest time between two looks.
    pub every: Duration,
    /// After how long it is given up.
    pub limit: Duration,
}

impl Waiting<'_> {
    /// The limit that the block `timeouts` sets for an operation, or this one's own.
    #[must_use]
    pub fn limited_by(self, object: Given<'_>, operation: &str) -> Self {
        let text = object.block("timeouts").and_then(|timeouts| timeouts.text(operation));
        let ns = text.and_then(|text| model::duration::parse_duration(text).ok());
        let limit = ns.and_then(|ns| u64::try_from(ns).ok()).map(Duration::from_nanos);
        Self { limit: limit.unwrap_or(self.limit), ..self }
    }
}

/// Looks again and again until there is something to give. A look says what it waits for meanwhile: the state of the object.
pub async fn wait<C, T, E, F>(
    at: &At<'_, C>,
    waiting: Waiting<'_>,
    look: impl Fn() -> F,
) -> Result<T, ProviderError>
where
    F: Future<Output = Result<Result<T, String>, E>>,
    E: Into<ProviderError>,
{
    let (mut waited, mut pause, mut last) = (Duration::ZERO, FIRST.min(waiting.every), String::new());
    loop {
        let state = match look().await.map_err(E::into)? {
            Ok(found) => return Ok(found),
            Err(state) => state,
        };
        if state != last {
            at.call.progress.report(&format!("waiting for {} (now {state})", waiting.what));
            last = state;
        }
        if waited >= waiting.limit {
            let (what, seconds) = (waiting.what, waiting.limit.as_secs());
            let detail = format!(
                "Waited {seconds} s for {what}; the last thing seen is {last:?}. A later run goes on."
            );
            return Err(ProviderError::new(ErrorKind::Internal, "Takes too long", detail));
        }
        if at.call.cancel.wait(pause).await.is_err() {
            let detail =
                format!("The run was stopped while it waited for {}. A later run goes on.", waiting.what);
            return Err(ProviderError::new(ErrorKind::Internal, "Interrupted", detail));
        }
        waited += pause;
        pause = pause.mul_f64(1.5).min(waiting.every);
    }
}
