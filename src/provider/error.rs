//! What goes wrong in a provider.

use std::fmt;

use model::Path;

/// What kind of failure it is; decides retry and what the user is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The configuration can never work.
    Invalid,
    /// The object does not exist.
    NotFound,
    /// Something else exists already or changed meanwhile.
    Conflict,
    /// Too many calls; it did nothing, and may work later.
    Throttled,
    /// It did nothing, and may work when it is repeated.
    Transient,
    /// The credentials do not permit it.
    Denied,
    /// A defect of the provider.
    Internal,
    /// The call was sent and its answer was lost: it may have taken effect or not.
    Lost,
    /// The provider panicked; what it did before is not known.
    Crashed,
}

impl ErrorKind {
    /// What a failed request to an API is called, where its words come from there.
    pub fn of_request(self) -> &'static str {
        match self {
            ErrorKind::Invalid => "Request is refused",
            ErrorKind::NotFound => "No such object",
            ErrorKind::Conflict => "Something is in the way",
            ErrorKind::Throttled => "Too many requests",
            ErrorKind::Transient => "API is not available",
            ErrorKind::Denied => "Access is denied",
            ErrorKind::Lost => "Answer was lost",
            ErrorKind::Internal | ErrorKind::Crashed => "Provider failed",
        }
    }
}

/// A failure, worded for the user. It holds no secret.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderError {
    /// What kind.
    pub kind: ErrorKind,
    /// Short and constant: "Cannot write file".
    pub summary: String,
    /// Full sentences: what, why, what to do.
    pub detail: String,
    /// The attribute concerned, where it is one.
    pub path: Option<Path>,
    /// Whether this is only a warning.
    pub warning: bool,
    /// Whether it is the last word: the call has been repeated as often as the user wants it to be.
    pub is_last: bool,
}

impl ProviderError {
    /// A failure of a kind.
    pub fn new(kind: ErrorKind, summary: impl Into<String>, detail: impl Into<String>) -> ProviderError {
        let (summary, detail) = (summary.into(), detail.into());
        ProviderError { kind, summary, detail, path: None, warning: false, is_last: false }
    }

    /// A configuration that can never work.
    pub fn invalid(summary: impl Into<String>, detail: impl Into<String>) -> ProviderError {
        ProviderError::new(ErrorKind::Invalid, summary, detail)
    }

    /// Names the attribute concerned.
    pub fn at(self, path: Path) -> ProviderError {
        ProviderError { path: Some(path), ..self }
    }

    /// Only a warning.
    pub fn as_warning(self) -> ProviderError {
        ProviderError { warning: true, ..self }
    }

    /// The last word, where it is one: nobody repeats the call by himself.
    #[must_use]
    pub fn last(self, is_last: bool) -> ProviderError {
        ProviderError { is_last, ..self }
    }

    /// Whether nobody can tell yet what the call did.
    pub fn leaves_open(&self) -> bool {
        matches!(self.kind, ErrorKind::Lost | ErrorKind::Crashed)
    }

    /// Whether the call did nothing and may be repeated.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, ErrorKind::Throttled | ErrorKind::Transient)
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.summary, self.detail)
    }
}

impl std::error::Error for ProviderError {}
