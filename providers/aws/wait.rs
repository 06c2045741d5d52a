//! Waits for what takes its time.

use provider::ProviderError;
use provider::sheet::{At, Waiting};

use crate::{Client, Trouble};

/// Looks again and again until there is something to give. A look says what it waits for meanwhile: the state of the object.
pub async fn wait<T, F>(
    at: &At<'_, Client>,
    waiting: Waiting<'_>,
    look: impl Fn() -> F,
) -> Result<T, ProviderError>
where
    F: Future<Output = Result<Result<T, String>, Trouble>>,
{
    provider::sheet::wait(at, waiting, look).await
}
