//! Operations that go on after their request was answered.
//!
//! Most APIs have those of `google.longrunning`, which are `done`; Compute and Kubernetes Engine have older ones, with a
//! `status`.

use std::time::Duration;

use provider::sheet::{At, Given, Waiting, wait};
use provider::{ErrorKind, ProviderError};
use serde_json::Value as Json;

use crate::client::{Api, Request};
use crate::mirror::text;
use crate::{Client, OrAbsent, Trouble};

/// How an operation ended: with what it gives, or with the reason why it failed.
pub type Outcome = Result<Json, Trouble>;

/// Follows an operation to its end, and gives its result. `what` follows "cannot".
pub async fn follow(
    at: &At<'_, Client>,
    api: Api,
    operation: Json,
    what: &str,
    limit: (Given<'_>, &str),
) -> Result<Json, ProviderError> {
    let look = Request::get(api, text(&operation, "/name"));
    let following = Following { what, object: limit.0, timeout: limit.1, usual: USUAL };
    Ok(outcome(at, &look, operation, following).await??)
}

/// How long most operations take at most.
pub const USUAL: Duration = Duration::from_secs(20 * 60);

/// For whom an operation is followed.
#[derive(Clone, Copy, Debug)]
pub struct Following<'f> {
    /// What it does, as it follows "cannot".
    pub what: &'f str,
    /// The object whose timeouts hold.
    pub object: Given<'f>,
    /// Which of them.
    pub timeout: &'f str,
    /// How long it takes at most, where the object does not say it.
    pub usual: Duration,
}

/// Follows an operation, which `look` asks for, to its end. An error is that the end was not seen: it goes on, or went unseen.
pub async fn outcome(
    at: &At<'_, Client>,
    look: &Request,
    operation: Json,
    following: Following<'_>,
) -> Result<Outcome, ProviderError> {
    let what = following.what;
    if has_ended(&operation) || text(&operation, "/name").is_empty() {
        return Ok(result(what, operation));
    }
    let awaited = format!("the end of the operation, to {what}");
    let waiting = Waiting { what: &awaited, every: Duration::from_secs(5), limit: following.usual };
    let looking = || async {
        // What was just begun may not be seen yet.
        let Some(now) = at.client.ask(what, look).await.or_absent()? else {
            return Ok(Err("not seen yet".to_owned()));
        };
        Ok::<_, Trouble>(if has_ended(&now) { Ok(result(what, now)) } else { Err(stage(&now)) })
    };
    wait(at, waiting.limited_by(following.object, following.timeout), looking).await
}

/// The error of a create whose operation was not followed to its end: the object may be there later, and is looked for.
pub fn unfinished(error: ProviderError) -> ProviderError {
    ProviderError { kind: ErrorKind::Lost, ..error }
}

/// Whether an operation has come to its end.
pub fn has_ended(operation: &Json) -> bool {
    operation.get("done").and_then(Json::as_bool) == Some(true) || text(operation, "/status") == "DONE"
}

/// How far an operation is, for people.
fn stage(operation: &Json) -> String {
    let status = match text(operation, "/status") {
        "" => "running".to_owned(),
        status => status.to_lowercase(),
    };
    let percent = operation.get("progress").and_then(Json::as_i64).filter(|percent| *percent > 0);
    match (percent, text(operation, "/progress/stages/0/name"), text(operation, "/progress/status")) {
        (Some(percent), _, _) => format!("{status}, {percent} %"),
        (None, "", _) => status,
        (None, stage, _) => format!("{status}, {}", stage.to_lowercase()),
    }
}

/// What an operation that ended gives, or why it failed.
fn result(what: &str, operation: Json) -> Outcome {
    let error = operation.pointer("/error/errors/0").or_else(|| operation.get("error"));
    let Some(error) = error.filter(|error| !error.is_null()) else {
        return Ok(operation.get("response").cloned().unwrap_or(Json::Null));
    };
    let message = match text(error, "/message") {
        "" => "the operation failed",
        message => message.trim_end_matches('.'),
    };
    let (kind, code) = match error.get("code") {
        Some(Json::Number(number)) => (kind_of_number(number.as_i64()), String::new()),
        Some(Json::String(code)) => (kind_of_code(code), code.clone()),
        _ => (ErrorKind::Invalid, String::new()),
    };
    Err(Trouble::new(kind, what, message).coded(code))
}

/// Codes of google.rpc.Code.
fn kind_of_number(code: Option<i64>) -> ErrorKind {
    match code {
        Some(5) => ErrorKind::NotFound,
        // An operation that ran into limits of quantity is not to be repeated as it is.
        Some(6 | 8 | 9 | 10) => ErrorKind::Conflict,
        Some(7 | 16) => ErrorKind::Denied,
        _ => ErrorKind::Invalid,
    }
}

/// Codes of Compute. <https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-vm-creation>
fn kind_of_code(code: &str) -> ErrorKind {
    match code {
        "RESOURCE_NOT_FOUND" => ErrorKind::NotFound,
        "PERMISSIONS_ERROR" | "FORBIDDEN" => ErrorKind::Denied,
        "RESOURCE_ALREADY_EXISTS"
        | "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE"
        | "RESOURCE_NOT_READY"
        | "CONDITION_NOT_MET"
        | "QUOTA_EXCEEDED"
        | "ZONE_RESOURCE_POOL_EXHAUSTED" => ErrorKind::Conflict,
        _ => ErrorKind::Invalid,
    }
}
