//! What credentials there are, and how each gets a token.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use provider::{ErrorKind, ProviderError, Surroundings};
use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};
use tokio::time::Instant;

use super::{MARGIN, Theirs, Token, required, unusable};
use crate::Trouble;

/// Credentials.
pub(super) enum Source {
    /// A token that somebody else got.
    Fixed(String),
    /// A key of a service account.
    Key(Key),
    /// All others.
    Theirs(Theirs),
}

/// A key of a service account.
pub(super) struct Key {
    account: String,
    key: Vec<u8>,
    key_id: String,
    place: String,
    project: Option<String>,
}

impl Source {
    /// Reads credentials.
    pub(super) fn read(text: &str) -> Result<Source, ProviderError> {
        let document: Json = serde_json::from_str(text)
            .map_err(|e| unusable(format!("The credentials are no JSON, from line {} on.", e.line())))?;
        match &*required(&document, "type")? {
            "service_account" => Ok(Source::Key(Key::read(&document)?)),
            _ => Ok(Source::Theirs(Theirs::read(document)?)),
        }
    }

    /// The project that they are of.
    pub(super) fn project(&self) -> Option<String> {
        match self {
            Source::Key(key) => key.project.clone(),
            Source::Theirs(theirs) => theirs.project(),
            Source::Fixed(_) => None,
        }
    }

    /// Gets a token.
    pub(super) async fn fetch(
        &self,
        http: &reqwest::Client,
        around: &dyn Surroundings,
        scopes: &[String],
    ) -> Result<Token, Trouble> {
        match self {
            Source::Fixed(text) => {
                Ok(Token { text: text.clone(), until: Instant::now() + Duration::from_secs(3600) })
            }
            Source::Key(key) => key.token(http, around, &scopes.join(" ")).await,
            // They are kept and renewed there.
            Source::Theirs(theirs) => Ok(Token { text: theirs.token(scopes).await?, until: Instant::now() }),
        }
    }
}

impl Key {
    fn read(document: &Json) -> Result<Key, ProviderError> {
        let may = |name: &str| document.get(name).and_then(Json::as_str).map(str::to_owned);
        Ok(Key {
            account: required(document, "client_email")?,
            key: der(&required(document, "private_key")?)?,
            key_id: may("private_key_id").unwrap_or_default(),
            place: may("token_uri").unwrap_or_else(|| "https://oauth2.googleapis.com/token".to_owned()),
            project: may("project_id"),
        })
    }

    async fn token(
        &self,
        http: &reqwest::Client,
        around: &dyn Surroundings,
        scope: &str,
    ) -> Result<Token, Trouble> {
        let what = "get a token for the credentials";
        let assertion = self.assertion(around, scope)?;
        let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        let request = form(http.post(&self.place), &[("grant_type", grant), ("assertion", &assertion)]);
        token(what, &answer(what, request).await?, "access_token")
    }

    /// A signed statement that the key is held (RFC 7523).
    fn assertion(&self, around: &dyn Surroundings, scope: &str) -> Result<String, Trouble> {
        let failed =
            |_| Trouble::new(ErrorKind::Denied, "sign with the credentials", "the key cannot be used");
        let now = i64::try_from(around.now_ns() / 1_000_000_000).unwrap_or_default();
        let head = json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id });
        let claims = json!({
            "iss": self.account, "scope": scope, "aud": self.place, "iat": now, "exp": now + 3600,
        });
        let text = [head, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let pair = RsaKeyPair::from_pkcs8(&self.key).map_err(|e| failed(e.to_string()))?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|e| failed(e.to_string()))?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// The bytes of a private key in PEM form (PKCS #8).
fn der(pem: &str) -> Result<Vec<u8>, ProviderError> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    STANDARD
        .decode(body)
        .map_err(|_| unusable("`private_key` of the credentials is no key in PEM form.".into()))
}

fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let pair =
        |(key, value): &(&str, &str)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
    let body = fields.iter().map(pair).collect::<Vec<_>>().join("&");
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

async fn bytes(what: &str, request: RequestBuilder) -> Result<Vec<u8>, Trouble> {
    let answer = request.send().await.map_err(|e| Trouble::unanswered(what, &e))?;
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await.map_err(|e| Trouble::unanswered(what, &e))?;
    match status {
        200..=299 => Ok(bytes.to_vec()),
        // What is wrong with credentials is said as a refusal, and an interruption is none.
        400..=499 if status != 429 => {
            let mut trouble = Trouble::of(what, status, &bytes);
            trouble.kind = ErrorKind::Denied;
            Err(trouble)
        }
        _ => Err(Trouble::of(what, status, &bytes)),
    }
}

/// The document that a server of tokens answers with.
pub(super) async fn answer(what: &str, request: RequestBuilder) -> Result<Json, Trouble> {
    let bytes = bytes(what, request).await?;
    serde_json::from_slice(&bytes).map_err(|_| Trouble::new(ErrorKind::Denied, what, "the answer is no JSON"))
}

/// The token of an answer, under its field.
pub(super) fn token(what: &str, answer: &Json, field: &str) -> Result<Token, Trouble> {
    let text = answer.get(field).and_then(Json::as_str).map(str::to_owned);
    let text = text.ok_or_else(|| Trouble::new(ErrorKind::Denied, what, "the answer holds no token"))?;
    let lasts = answer.get("expires_in").and_then(Json::as_u64).unwrap_or(3600);
    let lasts = Duration::from_secs(lasts).saturating_sub(MARGIN).max(Duration::from_secs(1));
    Ok(Token { text, until: Instant::now() + lasts })
}
