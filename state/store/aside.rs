//! Work that may take its time, kept away from what must not wait.

use crate::{BackendError, StateError};

/// Texts up to this many bytes are read, and states with up to this many instances are written, at once: a thread's
/// help would take longer than the work.
const SMALL: usize = 64 << 10;
const FEW: usize = 64;

/// Whether a text is worth a thread of its own.
pub(super) fn is_long(bytes: usize) -> bool {
    bytes > SMALL
}

/// Whether so many instances are worth a thread of their own.
pub(super) fn are_many(instances: usize) -> bool {
    instances > FEW
}

/// Does the work, on a thread of its own where it is large.
pub(super) async fn aside<T: Send + 'static>(
    large: bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StateError> {
    if !large {
        return Ok(work());
    }
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|e| BackendError::Other(format!("the work was cut short: {e}")))?)
}
