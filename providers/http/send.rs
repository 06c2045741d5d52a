//! Sending a request, again and again where that may help.

use std::error::Error;
use std::time::Duration;

use provider::{Call, ErrorKind, ProviderError};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, StatusCode};

use crate::request::Request;

/// What a server answered.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// Why an attempt gave no answer.
struct Failure {
    /// What went wrong, as a phrase.
    why: String,
    /// Whether another attempt may do better.
    may_pass: bool,
    /// How long the server wants to be left alone.
    delay: Option<Duration>,
}

/// Sends a request until there is an answer, or no attempt is left.
pub(crate) async fn send(
    call: Call<'_>,
    client: &Client,
    request: &Request,
) -> Result<Answer, ProviderError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let failure = match attempt(client, request).await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        if !failure.may_pass || attempts > request.retry.attempts {
            return Err(given_up(request, attempts, &failure));
        }
        let delay = failure.delay.unwrap_or_else(|| request.retry.delay(attempts));
        call.progress.report(&format!("{}; trying again in {} ms", failure.why, delay.as_millis()));
        if call.cancel.wait(delay).await.is_err() {
            return Err(given_up(request, attempts, &failure));
        }
    }
}

fn given_up(request: &Request, attempts: u64, failure: &Failure) -> ProviderError {
    let kind = if failure.may_pass { ErrorKind::Transient } else { ErrorKind::Invalid };
    let times = if attempts == 1 { String::new() } else { format!(" after {attempts} attempts") };
    let detail = format!("{} failed{times}: {}.", request.shown(), failure.why);
    ProviderError::new(kind, "Error making request", detail)
}

async fn attempt(client: &Client, request: &Request) -> Result<Answer, Failure> {
    let mut sent =
        client.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
    if let Some(body) = &request.body {
        sent = sent.body(body.clone());
    }
    let answer = sent.send().await.map_err(|e| Failure::of(&e, request))?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let is_unwell = status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED;
    if is_unwell || status == StatusCode::TOO_MANY_REQUESTS {
        let why = format!("the server answered {status}");
        return Err(Failure { why, may_pass: true, delay: asked_delay(status, &headers) });
    }
    let body = answer.bytes().await.map_err(|e| Failure::of(&e, request))?;
    Ok(Answer { status, headers, body: body.to_vec() })
}

/// The seconds that an overloaded server wants to be left alone.
fn asked_delay(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let overloaded = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&status);
    let seconds = headers.get(RETRY_AFTER).filter(|_| overloaded)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

impl Failure {
    fn of(error: &reqwest::Error, request: &Request) -> Failure {
        let why = match request.timeout {
            Some(timeout) if error.is_timeout() => {
                format!("the request exceeded the specified timeout of {} ms", timeout.as_millis())
            }
            _ => causes(error),
        };
        let never = error.is_builder() || error.is_redirect() || is_untrusted(error);
        Failure { why, may_pass: !never, delay: None }
    }
}

/// Whether a connection failed because of who is at its other end: another attempt finds the same.
fn is_untrusted(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| match cause.downcast_ref::<std::io::Error>() {
        Some(io) => io.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()),
        None => cause.is::<rustls::Error>(),
    })
}

fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// What an error says, with its causes but without the address, which may hold a password.
pub(crate) fn causes(error: &reqwest::Error) -> String {
    let causes: Vec<String> = chain(error).skip(1).map(ToString::to_string).collect();
    if causes.is_empty() { "the connection broke off".into() } else { causes.join(": ") }
}
