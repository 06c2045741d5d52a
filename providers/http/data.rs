//! The data source `http`.

use std::collections::BTreeMap;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{Schema, Type, Value};
use provider::{Call, DataSource, ProviderError, with_attributes};
use reqwest::header::{HeaderMap, TRANSFER_ENCODING};

use crate::client::client;
use crate::request::Request;
use crate::schema;
use crate::send::{Answer, send};

/// The data source.
pub(crate) struct Http {
    schema: Schema,
}

impl Http {
    pub(crate) fn new() -> Http {
        Http { schema: Schema::new(schema::block()) }
    }
}

#[async_trait]
impl DataSource for Http {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        schema::check(config)
    }

    async fn read(&self, call: Call<'_>, config: &Value) -> Result<Value, ProviderError> {
        let request = Request::of(config)?;
        let client = client(call, config, &request)?;
        let answer = send(call, &client, &request).await?;
        if std::str::from_utf8(&answer.body).is_err() {
            call.warn(no_text(&request));
        }
        Ok(answered(config, &answer))
    }
}

fn no_text(request: &Request) -> ProviderError {
    let detail = format!(
        "The answer to {} holds bytes that are no UTF-8 text, which response_body replaces. Use response_body_base64 for the \
         bytes as they are.",
        request.shown()
    );
    ProviderError::invalid("Response body is not recognized as UTF-8", detail)
}

fn answered(config: &Value, answer: &Answer) -> Value {
    let body = Value::string(String::from_utf8_lossy(&answer.body));
    let id = config.get("url").cloned().unwrap_or_else(Value::null);
    with_attributes(
        config,
        [
            ("id", id),
            ("status_code", Value::number(i64::from(answer.status.as_u16()))),
            ("response_headers", headers(&answer.headers)),
            ("response_body_base64", Value::string(STANDARD.encode(&answer.body))),
            ("body", body.clone()),
            ("response_body", body),
        ],
    )
}

/// Headers by their usual names. How the body was sent is no header of what was sent.
fn headers(headers: &HeaderMap) -> Value {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| *name != TRANSFER_ENCODING) {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let all = joined.entry(usual(name.as_str())).or_default();
        *all = if all.is_empty() { text } else { format!("{all}, {text}") };
    }
    let entries = joined.into_iter().map(|(name, value)| (name, Value::string(value)));
    Value::map(Type::String, entries.collect::<Vec<_>>())
}

/// A header's name as people write it: `Content-Type`.
fn usual(name: &str) -> String {
    let part = |part: &str| match part.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => part.to_owned(),
    };
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}
