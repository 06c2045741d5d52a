//! Tokens: those of the configuration, those of credentials that are found where every tool of Google's finds them, and those of
//! accounts that are impersonated.
//!
//! Most kinds of credentials are Google's own crate's to deal with (`theirs`). Ours are: a token that is given as it is; the key
//! of a service account, which the crate signs tokens of its own with, where others exchange a signed statement at the place
//! that the key names; and the impersonation that the provider's arguments ask for, because the crate knows no place for it but
//! the usual one, whatever the credentials are. Errors say what a server of tokens said of an error, and never what it said
//! else.

mod bearer;
mod sources;
mod theirs;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use model::Path;
use provider::sheet::Given;
use provider::{ErrorKind, ProviderError, Surroundings};
use serde_json::Value as Json;
use tokio::time::Instant;

use crate::Trouble;
use crate::settings::or_env;
pub(crate) use bearer::Bearer;
use sources::Source;
use theirs::Theirs;

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(225);

/// What every API accepts.
const SCOPES: &[&str] =
    &["https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/userinfo.email"];

/// A token and until when it is used.
#[derive(Clone)]
struct Token {
    text: String,
    until: Instant,
}

/// Where tokens come from. They are kept until they end.
pub(crate) struct Tokens {
    source: Source,
    /// Whether the configuration or the environment names the credentials.
    is_told: bool,
    impersonated: Option<Impersonated>,
    http: reqwest::Client,
    around: Arc<dyn Surroundings>,
    scopes: Vec<String>,
    kept: tokio::sync::Mutex<Option<Token>>,
}

/// A service account that acts, and through whom it is reached.
struct Impersonated {
    account: String,
    delegates: Vec<String>,
    base: String,
}

impl Tokens {
    /// Finds out where tokens will come from. None is asked for yet.
    pub(crate) fn find(
        config: Given<'_>,
        http: reqwest::Client,
        around: Arc<dyn Surroundings>,
    ) -> Result<Tokens, ProviderError> {
        let env = |name: &str, variables: &[&str]| or_env(config, name, &*around, variables);
        let named =
            env("credentials", &["GOOGLE_CREDENTIALS", "GOOGLE_CLOUD_KEYFILE_JSON", "GCLOUD_KEYFILE_JSON"]);
        let token = match config.text("credentials") {
            Some(_) => None,
            None => env("access_token", &["GOOGLE_OAUTH_ACCESS_TOKEN"]),
        };
        let (source, is_told) = match (token, named) {
            (Some(token), _) => (Source::Fixed(token), true),
            (None, Some(named)) => (Source::read(&content(&named, &*around)?)?, true),
            (None, None) => usual(&*around)?,
        };
        let account = env("impersonate_service_account", &["GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"]);
        let base = env("iam_credentials_custom_endpoint", &["GOOGLE_IAM_CREDENTIALS_CUSTOM_ENDPOINT"]);
        let base = base.unwrap_or_else(|| "https://iamcredentials.googleapis.com/v1/".to_owned());
        let delegates = config.texts("impersonate_service_account_delegates");
        let impersonated = account.map(|account| Impersonated { account, delegates, base });
        let scopes = config.some_texts("scopes");
        let scopes = scopes.unwrap_or_else(|| SCOPES.iter().map(ToString::to_string).collect());
        Ok(Tokens {
            source,
            is_told,
            impersonated,
            http,
            around,
            scopes,
            kept: tokio::sync::Mutex::default(),
        })
    }

    /// The project of the credentials, where they name one.
    pub(crate) fn project(&self) -> Option<String> {
        self.source.project()
    }

    /// A token for an API. A server of one's own that is reached in plain text gets one only where credentials are named.
    pub(crate) async fn token_for(&self, base: &str) -> Result<Option<String>, Trouble> {
        if base.starts_with("http://") && !self.is_told { Ok(None) } else { self.token().await }
    }

    /// A token that still serves.
    pub(crate) async fn token(&self) -> Result<Option<String>, Trouble> {
        if let (Source::Fixed(token), None) = (&self.source, &self.impersonated) {
            return Ok(Some(token.clone()));
        }
        let mut kept = self.kept.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| token.until > Instant::now()) {
            return Ok(Some(token.text.clone()));
        }
        let token = match &self.impersonated {
            None => self.source.fetch(&self.http, &*self.around, &self.scopes).await?,
            Some(impersonated) => {
                let own = [SCOPES[0].to_owned()];
                let first = self.source.fetch(&self.http, &*self.around, &own).await?;
                impersonated.token(&self.http, &first.text, &self.scopes).await?
            }
        };
        *kept = Some(token.clone());
        Ok(Some(token.text))
    }
}

impl Impersonated {
    /// <https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken>
    async fn token(&self, http: &reqwest::Client, own: &str, scopes: &[String]) -> Result<Token, Trouble> {
        let what = format!("act as the service account {}", self.account);
        let base = self.base.trim_end_matches('/');
        let url = format!("{base}/projects/-/serviceAccounts/{}:generateAccessToken", self.account);
        let name = |account: &String| match account.contains('/') {
            true => account.clone(),
            false => format!("projects/-/serviceAccounts/{account}"),
        };
        let delegates: Vec<String> = self.delegates.iter().map(name).collect();
        let body = serde_json::json!({ "scope": scopes, "delegates": delegates, "lifetime": "3600s" });
        let request = http.post(url).bearer_auth(own).header("content-type", "application/json");
        let answer = sources::answer(&what, request.body(body.to_string())).await?;
        sources::token(&what, &answer, "accessToken")
    }
}

/// Credentials that nobody named: those of `gcloud auth application-default login`, or this machine's.
fn usual(around: &dyn Surroundings) -> Result<(Source, bool), ProviderError> {
    if let Some(path) = around.env("GOOGLE_APPLICATION_CREDENTIALS").filter(|path| !path.is_empty()) {
        return Ok((Source::read(&content(&path, around)?)?, true));
    }
    let folder = around.env("CLOUDSDK_CONFIG").map(PathBuf::from);
    let folder = folder.or_else(|| Some(PathBuf::from(around.env("HOME")?).join(".config/gcloud")));
    let text =
        folder.and_then(|f| std::fs::read_to_string(f.join("application_default_credentials.json")).ok());
    match text {
        Some(text) => Ok((Source::read(&text)?, false)),
        None => {
            let host = around.env("GCE_METADATA_HOST").filter(|host| !host.is_empty());
            let host = host.unwrap_or_else(|| "metadata.google.internal".to_owned());
            Ok((Source::Theirs(Theirs::machine(&host)), false))
        }
    }
}

/// Credentials in JSON, given as they are or in a file. They are not quoted: they are secret.
fn content(told: &str, around: &dyn Surroundings) -> Result<String, ProviderError> {
    if told.trim_start().starts_with('{') {
        return Ok(told.to_owned());
    }
    let path = match (told.strip_prefix("~/"), around.env("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => around.current_dir().join(told),
    };
    std::fs::read_to_string(&path).map_err(|e| {
        unusable(format!(
            "The credentials are neither JSON nor a file that can be read ({}): {e}.",
            path.display()
        ))
    })
}

fn unusable(detail: String) -> ProviderError {
    ProviderError::new(ErrorKind::Denied, "Credentials cannot be used", detail)
        .at(Path::of_attr("credentials"))
}

/// A text of credentials that must be there.
fn required(credentials: &Json, name: &str) -> Result<String, ProviderError> {
    let text = credentials.get(name).and_then(Json::as_str).map(str::to_owned);
    text.ok_or_else(|| unusable(format!("The credentials lack `{name}`.")))
}
