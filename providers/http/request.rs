//! What is asked of a server, read from arguments.

use std::time::Duration;

use model::Value;
use provider::{ProviderError, text};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::schema;

/// A request, and how often it is sent.
pub(crate) struct Request {
    /// `GET`, `HEAD` or `POST`.
    pub(crate) method: Method,
    /// Where it goes.
    pub(crate) url: Url,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// Its body.
    pub(crate) body: Option<String>,
    /// How long an attempt may take.
    pub(crate) timeout: Option<Duration>,
    /// When it is repeated.
    pub(crate) retry: Retry,
}

/// When a request is repeated.
pub(crate) struct Retry {
    /// How often at most.
    pub(crate) attempts: u64,
    /// The first delay.
    pub(crate) min_delay: Duration,
    /// The longest delay.
    pub(crate) max_delay: Duration,
}

impl Request {
    /// Reads arguments that are known; what could not be checked before is now.
    pub(crate) fn of(config: &Value) -> Result<Request, ProviderError> {
        if let Some(error) = schema::check(config).into_iter().find(|e| !e.warning) {
            return Err(error);
        }
        let url = Url::parse(text(config, "url").unwrap_or_default());
        let method = match text(config, "method") {
            Some("POST") => Method::POST,
            Some("HEAD") => Method::HEAD,
            _ => Method::GET,
        };
        Ok(Request {
            method,
            url: url.map_err(|why| {
                ProviderError::invalid("Invalid URL", format!("The url cannot be read: {why}."))
            })?,
            headers: headers(config)?,
            body: text(config, "request_body").map(str::to_owned),
            timeout: schema::whole(config, "request_timeout_ms").and_then(millis),
            retry: Retry::of(config.get("retry").unwrap_or(&Value::null())),
        })
    }

    /// The address without what may be secret in it, for messages.
    pub(crate) fn shown(&self) -> String {
        let mut url = self.url.clone();
        // Only addresses without a host have no place for them, and these are refused.
        let _ = url.set_password(None);
        let _ = url.set_username("");
        url.set_query(None);
        format!("{} {url}", self.method)
    }
}

impl Retry {
    fn of(block: &Value) -> Retry {
        let of = |name: &str| schema::whole(block, name);
        Retry {
            attempts: of("attempts").and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
            min_delay: of("min_delay_ms").and_then(millis).unwrap_or(Duration::from_secs(1)),
            max_delay: of("max_delay_ms").and_then(millis).unwrap_or(Duration::from_secs(30)),
        }
    }

    /// How long to wait after a number of attempts, unless the server says.
    pub(crate) fn delay(&self, attempts: u64) -> Duration {
        let doubled = u32::try_from(attempts.saturating_sub(1)).ok().and_then(|n| 2u32.checked_pow(n));
        doubled.and_then(|n| self.min_delay.checked_mul(n)).unwrap_or(self.max_delay).min(self.max_delay)
    }
}

fn millis(number: i64) -> Option<Duration> {
    u64::try_from(number).ok().map(Duration::from_millis)
}

fn headers(config: &Value) -> Result<HeaderMap, ProviderError> {
    let given = config.get("request_headers").and_then(Value::as_entries).unwrap_or_default().iter();
    let header = |(name, value): &(model::Str, Value)| {
        let value = value.as_str().map_or("", |v| v);
        let wrong = || {
            let detail = format!(
                "The header {name:?} has a name or a value that cannot be sent: line breaks and the like."
            );
            ProviderError::invalid("Invalid header", detail).at(model::Path::of_attr("request_headers"))
        };
        let parsed = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
        parsed.ok_or_else(wrong)
    };
    given.map(header).collect()
}
