//! What goes wrong with requests to Google, and what that says about what they did.

use provider::{ErrorKind, Failed, ProviderError, Refused};
use serde_json::Value as Json;

/// Compute's reason for not deleting what is in use.
const IN_USE: &str = "resourceInUseByAnotherResource";

/// Compute's reason for refusing work on what other work is under way on.
const NOT_READY: &str = "resourceNotReady";

/// A request that failed.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// The API's code: `PERMISSION_DENIED`, or for storage the reason, `conflict`; empty where there was no answer.
    pub code: String,
    /// The status of the answer; 0 where there was none.
    pub status: u16,
    /// The API's words, or what happened to the request.
    pub message: String,
    /// What was attempted, as it follows "cannot".
    what: String,
}

impl Trouble {
    /// A failure in our own words.
    pub fn new(kind: ErrorKind, what: &str, message: impl Into<String>) -> Trouble {
        Trouble { kind, code: String::new(), status: 0, message: message.into(), what: what.to_owned() }
    }

    /// Reads an answer that refuses something: `{"error": {"code": 404, "status": "NOT_FOUND", "message": ".."}}`.
    pub(crate) fn of(what: &str, status: u16, body: &[u8]) -> Trouble {
        let document = serde_json::from_slice(body).unwrap_or(Json::Null);
        let text = |at: &str| document.pointer(at).and_then(Json::as_str).map(str::to_owned);
        let reason = text("/error/errors/0/reason");
        let telling = reason.clone().filter(|reason| reason == IN_USE || reason == NOT_READY);
        let code = telling.or_else(|| text("/error/status")).or_else(|| reason.clone());
        let code = code.or_else(|| text("/error")).unwrap_or_default();
        let message = text("/error/message").or_else(|| text("/error_description"));
        let message = message.or_else(|| plain(body));
        let message = message.unwrap_or_else(|| format!("the answer has the status {status}"));
        let message = message.trim_end_matches('.').to_owned();
        let kind = kind_of(status, &code, reason.as_deref());
        Trouble { kind, code, status, message, what: what.to_owned() }
    }

    /// A request without an answer: one that never left did nothing, another one may have.
    pub(crate) fn unanswered(what: &str, error: &reqwest::Error) -> Trouble {
        let kind = match () {
            () if error.is_connect() => ErrorKind::Transient,
            () if error.is_builder() => ErrorKind::Invalid,
            () => ErrorKind::Lost,
        };
        let message = match kind {
            ErrorKind::Transient => format!("the API cannot be reached: {}", causes(error)),
            ErrorKind::Lost if error.is_timeout() => "there was no answer in time".to_owned(),
            _ => format!("the connection broke before there was an answer: {}", causes(error)),
        };
        Trouble::new(kind, what, message)
    }

    /// The same with the API's code.
    pub(crate) fn coded(self, code: String) -> Trouble {
        Trouble { code, ..self }
    }

    /// Whether other objects use what was to be deleted.
    pub fn is_in_use(&self) -> bool {
        matches!(&*self.code, IN_USE | "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE")
    }

    /// Whether other work has to end first, on the object or on what it needs. Nothing was done.
    pub fn is_not_ready(&self) -> bool {
        matches!(&*self.code, NOT_READY | "RESOURCE_NOT_READY")
    }

    /// Whether something else got in between: a name that is there already, a precondition that no longer holds.
    pub fn is_conflict(&self) -> bool {
        self.kind == ErrorKind::Conflict
    }
}

/// What an answer says in plain words, as those do that would have been contents.
fn plain(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_said =
        !text.is_empty() && text.len() <= 300 && !text.starts_with(['<', '{']) && !text.contains('\n');
    is_said.then(|| text.to_owned())
}

/// An error with all that led to it. Addresses hold no secrets here.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(&format!(": {cause}"));
        next = cause.source();
    }
    text
}

/// What an answer says about what was done. An answer that the service is not available comes before anything is done; after
/// any other error of the server's, it may have been.
/// <https://cloud.google.com/apis/design/errors>
fn kind_of(status: u16, code: &str, reason: Option<&str>) -> ErrorKind {
    let is_rate = reason.is_some_and(|reason| reason.to_lowercase().contains("ratelimitexceeded"));
    match (status, code) {
        (429, _) | (_, "RESOURCE_EXHAUSTED") => ErrorKind::Throttled,
        (403, _) if is_rate => ErrorKind::Throttled,
        (401 | 403, _) => ErrorKind::Denied,
        (404 | 410, _) => ErrorKind::NotFound,
        (400, NOT_READY) => ErrorKind::Transient,
        (409 | 412, _) | (_, "ABORTED" | "ALREADY_EXISTS" | IN_USE) => ErrorKind::Conflict,
        (400, "FAILED_PRECONDITION") => ErrorKind::Conflict,
        (503, _) => ErrorKind::Transient,
        (500..=599, _) => ErrorKind::Lost,
        _ => ErrorKind::Invalid,
    }
}

/// What a user may do about it.
fn advice(trouble: &Trouble) -> &'static str {
    match trouble.status {
        401 => " Sign in again with `gcloud auth application-default login`, or look at `credentials`.",
        403 if trouble.message.contains("has not been used") || trouble.message.contains("is disabled") => {
            " Enable the API with a `google_project_service`, and let what needs it depend on that."
        }
        _ => "",
    }
}

impl Refused for Trouble {
    fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl From<Trouble> for ProviderError {
    fn from(trouble: Trouble) -> ProviderError {
        let code = match &*trouble.code {
            "" => String::new(),
            code => format!(" ({code})"),
        };
        let detail = format!("Cannot {}: {}{code}.{}", trouble.what, trouble.message, advice(&trouble));
        ProviderError::new(trouble.kind, trouble.kind.of_request(), detail)
    }
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Failed {
        ProviderError::from(trouble).into()
    }
}

/// An answer that says that there is nothing.
pub trait OrAbsent<T> {
    /// Nothing where there is nothing.
    fn or_absent(self) -> Result<Option<T>, Trouble>;
}

impl<T> OrAbsent<T> for Result<T, Trouble> {
    fn or_absent(self) -> Result<Option<T>, Trouble> {
        match self {
            Ok(found) => Ok(Some(found)),
            Err(trouble) if trouble.kind == ErrorKind::NotFound => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }
}
