//! Credentials that Google's own crate deals with.

use std::time::Duration;

use google_cloud_auth::build_errors::Error as BuildError;
use google_cloud_auth::credentials::{
    AccessTokenCredentials, external_account, external_account_authorized_user, impersonated, mds,
    user_account,
};
use google_cloud_auth::errors::CredentialsError;
use google_cloud_gax::retry_policy::{Aip194Strict, RetryPolicyExt};
use provider::{ErrorKind, ProviderError};
use serde_json::Value as Json;
use tokio::sync::OnceCell;

use super::{required, unusable};
use crate::Trouble;

/// What credentials must hold, by their type.
const REQUIRED: &[(&str, &[&str])] = &[
    ("authorized_user", &["client_id", "client_secret", "refresh_token"]),
    ("external_account", &["audience", "subject_token_type", "token_url"]),
    ("external_account_authorized_user", &["client_id", "client_secret", "refresh_token", "token_url"]),
    ("impersonated_service_account", &["service_account_impersonation_url"]),
];

/// How often a token is asked for in a row.
const TRIES: u32 = 3;

/// How long a token is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long this machine's server of metadata is waited for, which is near where there is one.
const NEAR: Duration = Duration::from_secs(10);

/// Credentials, and what the crate made of them when a token was first needed.
pub(super) struct Theirs {
    source: Source,
    made: OnceCell<AccessTokenCredentials>,
}

enum Source {
    /// A document of credentials, of a type.
    Document(String, Json),
    /// The service account of the machine that this runs on, by its server of metadata.
    Machine(String),
}

impl Theirs {
    /// The credentials in a document.
    pub(super) fn read(document: Json) -> Result<Theirs, ProviderError> {
        let ty = required(&document, "type")?;
        let Some((_, names)) = REQUIRED.iter().find(|(known, _)| *known == ty) else {
            let known = REQUIRED.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
            return Err(unusable(format!(
                "Credentials of the type {ty:?} are not known. Known are service_account, {known}."
            )));
        };
        for name in *names {
            required(&document, name)?;
        }
        let nested = match &*ty {
            "external_account" => Some("credential_source"),
            "impersonated_service_account" => Some("source_credentials"),
            _ => None,
        };
        if let Some(name) = nested.filter(|name| !document.get(name).is_some_and(Json::is_object)) {
            return Err(unusable(format!("The credentials lack `{name}`.")));
        }
        Ok(Theirs { source: Source::Document(ty, document), made: OnceCell::new() })
    }

    /// The credentials of this machine.
    pub(super) fn machine(host: &str) -> Theirs {
        Theirs { source: Source::Machine(format!("http://{host}")), made: OnceCell::new() }
    }

    /// The project that they count for.
    pub(super) fn project(&self) -> Option<String> {
        match &self.source {
            Source::Document(_, document) => Some(document.get("quota_project_id")?.as_str()?.to_owned()),
            Source::Machine(_) => None,
        }
    }

    /// A token that still serves.
    pub(super) async fn token(&self, scopes: &[String]) -> Result<String, Trouble> {
        let what = "get a token for the credentials";
        let unusable = |e| Trouble::new(ErrorKind::Denied, what, unfit(&e));
        let made = self.made.get_or_try_init(|| async { self.make(scopes) }).await.map_err(unusable)?;
        let limit = match self.source {
            Source::Document(..) => PATIENCE,
            Source::Machine(_) => NEAR,
        };
        let answer = tokio::time::timeout(limit, made.access_token()).await;
        match (answer, &self.source) {
            (Ok(Ok(token)), _) => Ok(token.token),
            (Ok(Err(e)), Source::Machine(_)) if e.is_transient() => Err(none_found()),
            (Ok(Err(e)), _) => Err(trouble(what, &e)),
            (Err(_), Source::Machine(_)) => Err(none_found()),
            (Err(_), _) => Err(Trouble::new(ErrorKind::Transient, what, "there was no answer in time")),
        }
    }

    fn make(&self, scopes: &[String]) -> Result<AccessTokenCredentials, BuildError> {
        let again = Aip194Strict.with_attempt_limit(TRIES);
        let (ty, document) = match &self.source {
            Source::Machine(place) => {
                let builder = mds::Builder::default().with_endpoint(place).with_scopes(scopes);
                return builder.with_retry_policy(again).build_access_token_credentials();
            }
            Source::Document(ty, document) => (&**ty, document.clone()),
        };
        match ty {
            // What a person's token may do was said when they signed in.
            "authorized_user" => {
                user_account::Builder::new(document).with_retry_policy(again).build_access_token_credentials()
            }
            "external_account_authorized_user" => external_account_authorized_user::Builder::new(document)
                .with_retry_policy(again)
                .build_access_token_credentials(),
            "impersonated_service_account" => impersonated::Builder::new(document)
                .with_scopes(scopes)
                .with_retry_policy(again)
                .build_access_token_credentials(),
            _ => external_account::Builder::new(document)
                .with_scopes(scopes)
                .with_retry_policy(again)
                .build_access_token_credentials(),
        }
    }
}

/// There are no credentials at all.
fn none_found() -> Trouble {
    let message = "nobody is signed in here, and this machine has no service account. Run `gcloud auth application-default \
                   login`, or name credentials with `credentials` or GOOGLE_APPLICATION_CREDENTIALS";
    Trouble::new(ErrorKind::Denied, "find credentials", message)
}

/// What is wrong with a document, but for what it holds.
fn unfit(error: &BuildError) -> String {
    match () {
        () if error.is_missing_field() => format!("the credentials are not complete: {error}"),
        () if error.is_unknown_type() => {
            format!("the credentials hold others of a type that is not known: {error}")
        }
        () => "the credentials do not hold what credentials of their type do".to_owned(),
    }
}

fn trouble(what: &str, error: &CredentialsError) -> Trouble {
    let kind = if error.is_transient() { ErrorKind::Transient } else { ErrorKind::Denied };
    Trouble::new(kind, what, told(error))
}

/// What went wrong, without anything that was answered but errors: an answer may hold a token.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let is_answer = error.is::<serde_json::Error>()
            || error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_decode);
        if is_answer {
            parts.push("the answer is none of a server of tokens".to_owned());
            break;
        }
        let part = without_body(&error.to_string());
        if !parts.iter().any(|told| told.contains(&*part)) {
            parts.push(part);
        }
        next = error.source();
    }
    parts.join(": ")
}

/// A message without the answer in it, but for the error that the answer names (RFC 6749).
fn without_body(message: &str) -> String {
    let message = message.replace(" but future attempts may succeed", "");
    let message = message.replace(" and future attempts will not succeed", "");
    let Some((before, body)) = message.split_once(", body=<") else { return message };
    let body = body.rfind('>').map_or(body, |end| &body[..end]);
    let document: Json = serde_json::from_str(body).unwrap_or(Json::Null);
    let text = |at: &str| document.pointer(at).and_then(Json::as_str);
    let named = text("/error/message").or(text("/error"));
    let described = text("/error_description");
    match (named, described) {
        (Some(named), Some(described)) => format!("{before}: {described} ({named})"),
        (Some(named), None) => format!("{before}: {named}"),
        (None, _) => before.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_answered_is_not_told_but_for_its_error() {
        let leaky = "failed to read subject token field `jwt` as string, body=<{\"token\":\"secret\"}>";
        assert_eq!(without_body(leaky), "failed to read subject token field `jwt` as string");
        let refused =
            "failed to exchange token, body=<{\"error\":\"invalid_grant\",\"error_description\":\"Gone\"}>";
        assert_eq!(without_body(refused), "failed to exchange token: Gone (invalid_grant)");
        let odd = serde_json::from_str::<u64>("\"secret\"").unwrap_err();
        assert_eq!(told(&odd), "the answer is none of a server of tokens");
    }
}
