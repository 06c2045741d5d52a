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

use super::{MARGIN, Token, required, unusable};
use crate::Trouble;

/// Credentials.
pub(super) enum Source {
    /// A token that somebody else got.
    Fixed(String),
    /// A key of a service account.
    Key { account: String, key: Vec<u8>, key_id: String, place: String, project: Option<String> },
    /// A person who signed in.
    Person { id: String, secret: String, refresh: String, place: String, project: Option<String> },
    /// An identity of another provider's, as a CI has.
    Elsewhere { audience: String, ty: String, place: String, subject: Subject, account_url: Option<String> },
    /// The service account of the machine that this runs on, by its server of metadata.
    Machine(String),
}

/// Where the other provider's token is.
pub(super) struct Subject {
    file: Option<String>,
    url: Option<String>,
    headers: Vec<(String, String)>,
    /// The field that holds it, where it lies in JSON.
    field: Option<String>,
}

impl Source {
    /// Reads credentials.
    pub(super) fn read(text: &str) -> Result<Source, ProviderError> {
        let document: Json = serde_json::from_str(text)
            .map_err(|e| unusable(format!("The credentials are no JSON, from line {} on.", e.line())))?;
        let get = |name: &str| required(&document, name);
        let may = |name: &str| document.get(name).and_then(Json::as_str).map(str::to_owned);
        let place = may("token_uri").unwrap_or_else(|| "https://oauth2.googleapis.com/token".to_owned());
        match &*get("type")? {
            "service_account" => Ok(Source::Key {
                account: get("client_email")?,
                key: der(&get("private_key")?)?,
                key_id: may("private_key_id").unwrap_or_default(),
                place,
                project: may("project_id"),
            }),
            "authorized_user" => Ok(Source::Person {
                id: get("client_id")?,
                secret: get("client_secret")?,
                refresh: get("refresh_token")?,
                place,
                project: may("quota_project_id"),
            }),
            "external_account" => Ok(Source::Elsewhere {
                audience: get("audience")?,
                ty: get("subject_token_type")?,
                place: get("token_url")?,
                subject: Subject::read(&document)?,
                account_url: may("service_account_impersonation_url"),
            }),
            other => Err(unusable(format!(
                "Credentials of the type {other:?} are not known. Known are service_account, authorized_user and \
                 external_account."
            ))),
        }
    }

    /// The project that they are of.
    pub(super) fn project(&self) -> Option<String> {
        match self {
            Source::Key { project, .. } | Source::Person { project, .. } => project.clone(),
            Source::Fixed(_) | Source::Elsewhere { .. } | Source::Machine(_) => None,
        }
    }

    /// Gets a token.
    pub(super) async fn fetch(
        &self,
        http: &reqwest::Client,
        around: &dyn Surroundings,
        scopes: &[String],
    ) -> Result<Token, Trouble> {
        let what = "get a token for the credentials";
        let scope = scopes.join(" ");
        let request = match self {
            Source::Fixed(text) => {
                return Ok(Token { text: text.clone(), until: Instant::now() + Duration::from_secs(3600) });
            }
            Source::Key { place, .. } => {
                let assertion = self.assertion(around, &scope)?;
                let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
                form(http.post(place), &[("grant_type", grant), ("assertion", &assertion)])
            }
            Source::Person { id, secret, refresh, place, .. } => {
                let known = [("client_id", &**id), ("client_secret", secret), ("refresh_token", refresh)];
                form(http.post(place), &[&[("grant_type", "refresh_token")], &known[..]].concat())
            }
            Source::Machine(host) => {
                let path = "computeMetadata/v1/instance/service-accounts/default/token";
                let scopes = utf8_percent_encode(&scopes.join(","), NON_ALPHANUMERIC).to_string();
                let request = http.get(format!("http://{host}/{path}?scopes={scopes}"));
                request.header("metadata-flavor", "Google").timeout(Duration::from_secs(10))
            }
            Source::Elsewhere { audience, ty, place, subject, account_url } => {
                let subject = subject.token(http).await?;
                let grant = "urn:ietf:params:oauth:grant-type:token-exchange";
                let wanted = "urn:ietf:params:oauth:token-type:access_token";
                let fields = [
                    ("grant_type", grant),
                    ("audience", audience),
                    ("scope", "https://www.googleapis.com/auth/cloud-platform"),
                    ("requested_token_type", wanted),
                    ("subject_token_type", ty),
                    ("subject_token", &subject),
                ];
                let request = form(http.post(place), &fields);
                let Some(url) = account_url else {
                    return token(what, &answer(what, request).await?, "access_token");
                };
                let first = token(what, &answer(what, request).await?, "access_token")?;
                let body = json!({ "scope": scopes, "lifetime": "3600s" }).to_string();
                let request =
                    http.post(url).bearer_auth(first.text).header("content-type", "application/json");
                return token(what, &answer(what, request.body(body)).await?, "accessToken");
            }
        };
        match (self, answer(what, request).await) {
            (Source::Machine(_), Err(trouble)) if trouble.status == 0 => Err(none_found()),
            (_, answer) => token(what, &answer?, "access_token"),
        }
    }

    /// A signed statement that a key is held (RFC 7523); nothing for other credentials.
    fn assertion(&self, around: &dyn Surroundings, scope: &str) -> Result<String, Trouble> {
        let Source::Key { account, key, key_id, place, .. } = self else { return Ok(String::new()) };
        let failed =
            |_| Trouble::new(ErrorKind::Denied, "sign with the credentials", "the key cannot be used");
        let now = i64::try_from(around.now_ns() / 1_000_000_000).unwrap_or_default();
        let head = json!({ "alg": "RS256", "typ": "JWT", "kid": key_id });
        let claims = json!({ "iss": account, "scope": scope, "aud": place, "iat": now, "exp": now + 3600 });
        let text = [head, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let pair = RsaKeyPair::from_pkcs8(key).map_err(|e| failed(e.to_string()))?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|e| failed(e.to_string()))?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// There are no credentials at all.
fn none_found() -> Trouble {
    let message = "there are none. Run `gcloud auth application-default login`, set `credentials`, or name a file in \
                   GOOGLE_APPLICATION_CREDENTIALS";
    Trouble::new(ErrorKind::Denied, "find credentials", message)
}

impl Subject {
    fn read(document: &Json) -> Result<Subject, ProviderError> {
        let source = document.get("credential_source").unwrap_or(&Json::Null);
        let text = |at: &str| source.pointer(at).and_then(Json::as_str).map(str::to_owned);
        let headers = source.get("headers").and_then(Json::as_object);
        let headers =
            headers.into_iter().flatten().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())));
        let (file, url) = (text("/file"), text("/url"));
        if file.is_none() && url.is_none() {
            return Err(unusable(
                "`credential_source` of the credentials names neither a `file` nor a `url` with a token."
                    .into(),
            ));
        }
        let is_json = text("/format/type").as_deref() == Some("json");
        let field = text("/format/subject_token_field_name").filter(|_| is_json);
        Ok(Subject { file, url, headers: headers.collect(), field })
    }

    async fn token(&self, http: &reqwest::Client) -> Result<String, Trouble> {
        let what = "read the token of the other provider";
        let text = match (&self.file, &self.url) {
            (Some(path), _) => std::fs::read_to_string(path)
                .map_err(|e| Trouble::new(ErrorKind::Denied, what, format!("{path} cannot be read: {e}")))?,
            (None, Some(url)) => {
                let request = self.headers.iter().fold(http.get(url), |request, (k, v)| request.header(k, v));
                String::from_utf8_lossy(&bytes(what, request).await?).into_owned()
            }
            (None, None) => String::new(),
        };
        let Some(field) = &self.field else { return Ok(text.trim().to_owned()) };
        let document: Json = serde_json::from_str(&text).unwrap_or(Json::Null);
        let token = document.get(field).and_then(Json::as_str).map(str::to_owned);
        token.ok_or_else(|| Trouble::new(ErrorKind::Denied, what, format!("it has no field {field:?}")))
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
