//! Operations that go on after their request was answered.

use std::time::Duration;

use provider::sheet::{At, Given, Waiting, wait};
use provider::{ErrorKind, ProviderError};
use serde_json::Value as Json;

use crate::client::{Api, Request};
use crate::{Client, Trouble};

/// Follows an operation to its end, and gives its result. `what` follows "cannot".
pub async fn follow(
    at: &At<'_, Client>,
    api: Api,
    operation: Json,
    what: &str,
    (object, name): (Given<'_>, &str),
) -> Result<Json, ProviderError> {
    let Some(path) = operation.get("name").and_then(Json::as_str).filter(|_| !is_done(&operation)) else {
        return Ok(result(what, operation)?);
    };
    let waiting =
        Waiting { what: "the operation", every: Duration::from_secs(5), limit: Duration::from_secs(1200) };
    let request = Request::get(api, path);
    let look = || async {
        let now = at.client.ask(what, &request).await?;
        match is_done(&now) {
            true => result(what, now).map(Ok),
            false => Ok::<_, Trouble>(Err("running".to_owned())),
        }
    };
    wait(at, waiting.limited_by(object, name), look).await
}

fn is_done(operation: &Json) -> bool {
    operation.get("done").and_then(Json::as_bool) == Some(true)
}

/// What an operation that ended gives, or why it failed.
fn result(what: &str, operation: Json) -> Result<Json, Trouble> {
    let Some(error) = operation.get("error") else {
        return Ok(operation.get("response").cloned().unwrap_or(Json::Null));
    };
    let message = error.get("message").and_then(Json::as_str).unwrap_or("the operation failed");
    // Codes of google.rpc.Code.
    let kind = match error.get("code").and_then(Json::as_i64) {
        Some(5) => ErrorKind::NotFound,
        Some(6 | 9 | 10) => ErrorKind::Conflict,
        Some(7 | 16) => ErrorKind::Denied,
        Some(8) => ErrorKind::Throttled,
        _ => ErrorKind::Invalid,
    };
    Err(Trouble::new(kind, what, message.trim_end_matches('.')))
}
