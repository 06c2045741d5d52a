//! What goes wrong with requests to AWS, and what that says about what they did.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::error::operation::BuildError;
use provider::{ErrorKind, Failed, ProviderError, Refused};

/// In place of the API's code: an answer that says that all went well and is none. Servers that speak the protocol in part
/// answer so to what they lack.
pub const NOT_UNDERSTOOD: &str = "AnswerNotUnderstood";

/// A request that failed.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// The API's code: `NoSuchBucket`; empty where there was no answer of the API's.
    pub code: String,
    /// The API's words, or what happened to the request.
    pub message: String,
    /// What was attempted, as it follows "cannot".
    what: String,
    /// The request's identifier, by which the vendor's support finds it.
    request: Option<String>,
    /// Whether the request has been repeated as often as the user wants it to be.
    is_last: bool,
}

impl Trouble {
    /// Reads a failure of the SDK.
    pub(crate) fn of<E>(what: &str, error: SdkError<E, HttpResponse>) -> Trouble
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let trouble = |kind, code: &str, message: String| Trouble {
            kind,
            code: code.to_owned(),
            message,
            what: what.to_owned(),
            request: None,
            is_last: false,
        };
        match &error {
            SdkError::ConstructionFailure(_) => trouble(ErrorKind::Invalid, "", words(&error)),
            SdkError::TimeoutError(_) => {
                trouble(ErrorKind::Lost, "", "there was no answer in time".to_owned())
            }
            SdkError::DispatchFailure(failure) => {
                let (kind, message) = undelivered(failure);
                trouble(kind, "", message)
            }
            SdkError::ResponseError(response) => {
                let status = response.raw().status().as_u16();
                let message = format!("the answer (status {status}) is none of the API's");
                trouble(by_status(status), "", message)
            }
            SdkError::ServiceError(service) => {
                let (status, meta) = (service.raw().status().as_u16(), service.err().meta());
                let code = meta.code().unwrap_or_default();
                let message = meta.message().unwrap_or_default().trim_end_matches('.').to_owned();
                let message = match (message.is_empty(), code.is_empty()) {
                    (false, _) => message,
                    (true, false) => code.to_owned(),
                    (true, true) => {
                        let why = service.err().source().map_or_else(String::new, |why| format!(": {why}"));
                        format!("the answer (status {status}) is not understood{why}")
                    }
                };
                let code = if code.is_empty() && status < 300 { NOT_UNDERSTOOD } else { code };
                let request = service.raw().headers().get("x-amzn-requestid");
                let request = request.or_else(|| service.raw().headers().get("x-amz-request-id"));
                Trouble {
                    request: request.map(str::to_owned),
                    ..trouble(by_code(code, &message).unwrap_or_else(|| by_status(status)), code, message)
                }
            }
            _ => trouble(ErrorKind::Lost, "", words(&error)),
        }
    }

    /// A failure in our own words.
    pub fn new(kind: ErrorKind, what: &str, message: impl Into<String>) -> Trouble {
        let (code, message, what) = (String::new(), message.into(), what.to_owned());
        Trouble { kind, code, message, what, request: None, is_last: false }
    }

    /// The last word, where it is one: nobody repeats the request by himself.
    pub(crate) fn last(self, is_last: bool) -> Trouble {
        Trouble { is_last, ..self }
    }

    /// Whether the API's code is one of these.
    pub fn is(&self, codes: &[&str]) -> bool {
        codes.contains(&&*self.code)
    }
}

/// An error with what led to it, each once.
fn words(error: &dyn std::error::Error) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut at = Some(error);
    while let Some(error) = at {
        let text = error.to_string();
        if !said.iter().any(|before| before.contains(&text)) {
            said.push(text);
        }
        at = error.source();
    }
    said.join(": ")
}

/// A request that was not answered: one that never left did nothing, another one may have.
fn undelivered(failure: &DispatchFailure) -> (ErrorKind, String) {
    let Some(error) = failure.as_connector_error() else {
        return (ErrorKind::Lost, "the request was not answered".to_owned());
    };
    let text = words(error);
    if text.contains("credentials") {
        return (ErrorKind::Denied, format!("there are no usable credentials: {text}"));
    }
    match format!("{error:?}").contains("NeverConnected") {
        true => (ErrorKind::Transient, format!("the API cannot be reached: {text}")),
        false if error.is_user() => (ErrorKind::Invalid, text),
        false if error.is_timeout() => (ErrorKind::Lost, "there was no answer in time".to_owned()),
        false => (ErrorKind::Lost, format!("the connection broke before there was an answer: {text}")),
    }
}

/// What a status says where no code is known. An answer that the service is not available comes before anything is done;
/// after any other error of the server's, it may have been.
fn by_status(status: u16) -> ErrorKind {
    match status {
        401 | 403 => ErrorKind::Denied,
        404 | 410 => ErrorKind::NotFound,
        409 | 412 => ErrorKind::Conflict,
        429 => ErrorKind::Throttled,
        503 => ErrorKind::Transient,
        500..=599 => ErrorKind::Lost,
        _ => ErrorKind::Invalid,
    }
}

/// Codes by which requests are refused because there are too many of them.
const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttled",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// Codes by which credentials are refused.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "NotAuthorized",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
];

fn by_code(code: &str, message: &str) -> Option<ErrorKind> {
    let ends = |ends: &[&str]| ends.iter().any(|end| code.ends_with(end));
    Some(match code {
        "" => return None,
        // A limit of a quantity is no limit of a rate.
        "LimitExceededException" if message.contains("quota") || message.contains("maximum") => {
            ErrorKind::Conflict
        }
        code if THROTTLED.contains(&code) => ErrorKind::Throttled,
        code if DENIED.contains(&code) => ErrorKind::Denied,
        "ServiceUnavailable" | "ServiceUnavailableException" | "Unavailable" => ErrorKind::Transient,
        "InternalError" | "InternalFailure" | "InternalServerError" | "ServerException" => ErrorKind::Lost,
        "NoSuchEntity" | "ResourceNotFoundException" | "NotFoundException" => ErrorKind::NotFound,
        code if code.starts_with("NoSuch") || ends(&[".NotFound", "NotFound", "NotFoundException"]) => {
            ErrorKind::NotFound
        }
        "DependencyViolation" | "DeleteConflict" | "ConcurrentModification" | "OperationAborted" => {
            ErrorKind::Conflict
        }
        _ if ends(&["AlreadyExists", "AlreadyExistsException", "AlreadyOwnedByYou", "InUseException"]) => {
            ErrorKind::Conflict
        }
        _ if ends(&["NotEmpty", "NotEmptyException", "InUse", ".Duplicate", "ConflictException"]) => {
            ErrorKind::Conflict
        }
        code if code.starts_with("Invalid")
            || code.starts_with("Malformed")
            || code.starts_with("Validation") =>
        {
            ErrorKind::Invalid
        }
        _ => return None,
    })
}

/// What a user may do about it.
fn advice(trouble: &Trouble) -> &'static str {
    match &*trouble.code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            " The credentials have expired: sign in again, and run the command once more; nothing is lost."
        }
        "RequestTimeTooSkewed" => {
            " The clock of this machine is wrong: set it, and run the command once more."
        }
        "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch" => {
            " The credentials are not valid in this account and region: look at the environment and the profile."
        }
        "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
            " The bucket lies in another region than the provider's: configure a provider for that region."
        }
        _ if trouble.kind == ErrorKind::Denied && trouble.code.is_empty() => {
            " Name a profile, set the usual environment variables, or let the provider assume a role."
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
        let summary = trouble.kind.of_request();
        let mut told = String::new();
        if !trouble.code.is_empty() && trouble.code != trouble.message {
            told = format!(" ({}", trouble.code);
            if let Some(request) = &trouble.request {
                told.push_str(&format!(", request {request}"));
            }
            told.push(')');
        }
        let Trouble { what, message, .. } = &trouble;
        let detail = format!("Cannot {what}: {message}{told}.{}", advice(&trouble));
        ProviderError::new(trouble.kind, summary, detail).last(trouble.is_last)
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

    /// Nothing where there is nothing, or the API answers with one of these codes.
    fn or_absent_for(self, codes: &[&str]) -> Result<Option<T>, Trouble>;
}

impl<T> OrAbsent<T> for Result<T, Trouble> {
    fn or_absent(self) -> Result<Option<T>, Trouble> {
        self.or_absent_for(&[])
    }

    fn or_absent_for(self, codes: &[&str]) -> Result<Option<T>, Trouble> {
        match self {
            Ok(found) => Ok(Some(found)),
            Err(trouble) if trouble.kind == ErrorKind::NotFound || trouble.is(codes) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }
}

/// What the SDK makes of the parts of a request; one that lacks a part is refused before it is sent.
pub fn built<T>(result: Result<T, BuildError>) -> Result<T, Trouble> {
    result.map_err(|e| Trouble::new(ErrorKind::Invalid, "put the request together", e.to_string()))
}
