//! A configured project: what every resource type talks to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use provider::sheet::Given;
use provider::{Budgets, ErrorKind, ProviderError, Rate, Surroundings};
use reqwest::Method;
use serde_json::Value as Json;

use crate::credentials::Tokens;
use crate::settings::{or_env, timeout};
use crate::trouble::{Trouble, causes};

/// An API of Google's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Buckets and objects.
    Storage,
    /// Service accounts, roles, identity pools.
    Iam,
    /// Projects and who may do what in them.
    Projects,
    /// Which APIs a project uses.
    Services,
    /// Artifact Registry.
    Registries,
    /// Secret Manager.
    Secrets,
    /// Compute Engine: networks and what lies in them.
    Compute,
    /// Kubernetes Engine.
    Clusters,
    /// Pools of identities from elsewhere, which are part of IAM.
    Pools,
}

impl Api {
    /// The argument and the variable that say where it is, and where it is otherwise.
    const fn place(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Api::Storage => {
                ("storage_custom_endpoint", "GOOGLE_STORAGE_CUSTOM_ENDPOINT", "storage.{}/storage/v1/")
            }
            Api::Iam => ("iam_custom_endpoint", "GOOGLE_IAM_CUSTOM_ENDPOINT", "iam.{}/v1/"),
            Api::Projects => (
                "resource_manager_v3_custom_endpoint",
                "GOOGLE_RESOURCE_MANAGER_V3_CUSTOM_ENDPOINT",
                "cloudresourcemanager.{}/v3/",
            ),
            Api::Services => (
                "service_usage_custom_endpoint",
                "GOOGLE_SERVICE_USAGE_CUSTOM_ENDPOINT",
                "serviceusage.{}/v1/",
            ),
            Api::Registries => (
                "artifact_registry_custom_endpoint",
                "GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT",
                "artifactregistry.{}/v1/",
            ),
            Api::Secrets => (
                "secret_manager_custom_endpoint",
                "GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT",
                "secretmanager.{}/v1/",
            ),
            Api::Compute => {
                ("compute_custom_endpoint", "GOOGLE_COMPUTE_CUSTOM_ENDPOINT", "compute.{}/compute/v1/")
            }
            Api::Clusters => {
                ("container_custom_endpoint", "GOOGLE_CONTAINER_CUSTOM_ENDPOINT", "container.{}/v1/")
            }
            Api::Pools => ("iam_beta_custom_endpoint", "GOOGLE_IAM_BETA_CUSTOM_ENDPOINT", "iam.{}/v1/"),
        }
    }

    /// How many requests it takes by its documentation, where it says so.
    fn rate(self) -> Option<Rate> {
        match self {
            Api::Iam | Api::Pools => Some(Rate { per_second: 10.0, burst: 60.0 }),
            Api::Compute => Some(Rate { per_second: 20.0, burst: 100.0 }),
            Api::Services => Some(Rate { per_second: 4.0, burst: 40.0 }),
            Api::Storage | Api::Projects | Api::Registries | Api::Secrets | Api::Clusters => None,
        }
    }
}

/// What a part of a path must not hold as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'@');

/// A part of a path, with all in it encoded that would end it.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// A request to an API.
#[derive(Clone, Debug)]
pub struct Request {
    api: Api,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<(String, Vec<u8>)>,
    is_upload: bool,
}

impl Request {
    fn new(api: Api, method: Method, path: impl Into<String>) -> Request {
        Request { api, method, path: path.into(), query: Vec::new(), body: None, is_upload: false }
    }

    /// A question.
    pub fn get(api: Api, path: impl Into<String>) -> Request {
        Request::new(api, Method::GET, path)
    }

    /// A creation or an action.
    pub fn post(api: Api, path: impl Into<String>) -> Request {
        Request::new(api, Method::POST, path)
    }

    /// A change of some fields.
    pub fn patch(api: Api, path: impl Into<String>) -> Request {
        Request::new(api, Method::PATCH, path)
    }

    /// A replacement.
    pub fn put(api: Api, path: impl Into<String>) -> Request {
        Request::new(api, Method::PUT, path)
    }

    /// A deletion.
    pub fn delete(api: Api, path: impl Into<String>) -> Request {
        Request::new(api, Method::DELETE, path)
    }

    /// With a parameter.
    #[must_use]
    pub fn query(mut self, key: &str, value: impl ToString) -> Request {
        self.query.push((key.to_owned(), value.to_string()));
        self
    }

    /// With a document.
    #[must_use]
    pub fn json(self, body: &Json) -> Request {
        Request { body: Some(("application/json".to_owned(), body.to_string().into_bytes())), ..self }
    }

    /// With content, at the place where the API takes content.
    #[must_use]
    pub fn upload(self, ty: &str, content: Vec<u8>) -> Request {
        Request { body: Some((ty.to_owned(), content)), is_upload: true, ..self }
    }
}

/// A project with credentials.
pub struct Client {
    http: reqwest::Client,
    tokens: Tokens,
    around: Arc<dyn Surroundings>,
    budgets: Budgets,
    bases: BTreeMap<&'static str, String>,
    project: Option<String>,
    region: Option<String>,
    zone: Option<String>,
    default_labels: BTreeMap<String, String>,
    quota_project: Option<String>,
    reason: Option<String>,
    guards: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Client {
    /// Makes a client of a provider's configuration. Nothing is asked for yet.
    pub(crate) fn new(
        config: Given<'_>,
        budgets: Budgets,
        around: Arc<dyn Surroundings>,
    ) -> Result<Client, ProviderError> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("stackwright/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(15))
            .timeout(timeout(config))
            .build();
        let http = http.map_err(|e| {
            let detail = format!("The connection cannot be prepared: {}.", causes(&e));
            ProviderError::new(ErrorKind::Internal, "Provider failed", detail)
        })?;
        let env = |name: &str, variables: &[&str]| or_env(config, name, &*around, variables);
        let tokens = Tokens::find(config, http.clone(), around.clone())?;
        let project = env(
            "project",
            &["GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"],
        );
        let overrides = config.is("user_project_override")
            || around.env("USER_PROJECT_OVERRIDE").is_some_and(|text| text == "true" || text == "1");
        let billing = env("billing_project", &["GOOGLE_BILLING_PROJECT"]);
        Ok(Client {
            bases: bases(config, &*around),
            quota_project: if overrides { billing.or_else(|| project.clone()) } else { None },
            project: project.or_else(|| tokens.project()),
            region: env("region", &["GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"]),
            zone: env("zone", &["GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"]),
            default_labels: config.map("default_labels"),
            reason: env("request_reason", &["CLOUDSDK_CORE_REQUEST_REASON"]),
            guards: Mutex::default(),
            http,
            tokens,
            around,
            budgets,
        })
    }

    /// The project, where one is set.
    pub fn project(&self) -> Option<&str> {
        self.project.as_deref()
    }

    /// The region, where one is set.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The zone, where one is set.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The labels that every resource gets.
    pub(crate) fn default_labels(&self) -> &BTreeMap<String, String> {
        &self.default_labels
    }

    /// A token as others would use it.
    pub(crate) async fn token(&self) -> Result<Option<String>, Trouble> {
        self.tokens.token().await
    }

    /// Waits until nobody else of this program changes what has this name, until the answer is dropped.
    pub(crate) async fn alone(&self, name: &str) -> tokio::sync::OwnedMutexGuard<()> {
        let guard = {
            let mut guards = self.guards.lock().unwrap_or_else(PoisonError::into_inner);
            guards.entry(name.to_owned()).or_default().clone()
        };
        guard.lock_owned().await
    }

    /// Where an API is, with a slash at its end.
    pub(crate) fn base(&self, api: Api) -> &str {
        self.bases.get(api.place().0).map_or("", String::as_str)
    }

    /// Sends a request that changes nothing, again while that may help. `what` follows "cannot".
    pub async fn ask(&self, what: &str, request: &Request) -> Result<Json, Trouble> {
        let budget = self.budgets.of(&self.budget_of(request.api), request.api.rate());
        read(what, budget.ask(&*self.around, || self.once(what, request)).await?)
    }

    /// Sends a request that leaves everything as it would be after one, however often it is sent. A lost answer is no reason
    /// to stop.
    pub async fn put(&self, what: &str, request: &Request) -> Result<Json, Trouble> {
        self.ask(what, request).await
    }

    /// Sends a request that changes something; once, unless it was refused for coming too early.
    pub async fn send(&self, what: &str, request: &Request) -> Result<Json, Trouble> {
        let budget = self.budgets.of(&self.budget_of(request.api), request.api.rate());
        read(what, budget.send(&*self.around, || self.once(what, request)).await?)
    }

    fn budget_of(&self, api: Api) -> String {
        format!("google {} {}", self.base(api), self.project().unwrap_or_default())
    }

    /// Sends a request once, and gives the bytes of the answer.
    async fn once(&self, what: &str, request: &Request) -> Result<Vec<u8>, Trouble> {
        let url = self.url(request);
        let mut sent = self.http.request(request.method.clone(), url);
        if let Some(token) = self.tokens.token_for(self.base(request.api)).await? {
            sent = sent.bearer_auth(token);
        }
        let headers = [("x-goog-user-project", &self.quota_project), ("x-goog-request-reason", &self.reason)];
        for (name, value) in headers {
            if let Some(value) = value {
                sent = sent.header(name, value);
            }
        }
        sent = match &request.body {
            Some((ty, content)) => sent.header("content-type", ty).body(content.clone()),
            None if request.method == Method::POST => sent.header("content-length", "0"),
            None => sent,
        };
        let answer = sent.send().await.map_err(|e| Trouble::unanswered(what, &e))?;
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.map_err(|e| Trouble::unanswered(what, &e))?;
        if status < 300 { Ok(bytes.to_vec()) } else { Err(Trouble::of(what, status, &bytes)) }
    }

    fn url(&self, request: &Request) -> String {
        let base = self.base(request.api);
        let base = match (request.is_upload, base.strip_suffix("/storage/v1/")) {
            (true, Some(host)) => format!("{host}/upload/storage/v1/"),
            _ => base.to_owned(),
        };
        let mut url = format!("{base}{}", request.path);
        for (i, (key, value)) in request.query.iter().enumerate() {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            url.push_str(&format!("{}{key}={value}", if i == 0 { '?' } else { '&' }));
        }
        url
    }
}

/// Reads the document of an answer. A deletion may answer with nothing.
fn read(what: &str, bytes: Vec<u8>) -> Result<Json, Trouble> {
    if bytes.is_empty() {
        return Ok(Json::Null);
    }
    serde_json::from_slice(&bytes)
        .map_err(|e| Trouble::new(ErrorKind::Lost, what, format!("the answer is no JSON: {e}")))
}

/// Where the APIs are: as the block says, as the environment says, or where they usually are.
fn bases(config: Given<'_>, around: &dyn Surroundings) -> BTreeMap<&'static str, String> {
    let universe = or_env(config, "universe_domain", around, &["GOOGLE_UNIVERSE_DOMAIN"]);
    let universe = universe.unwrap_or_else(|| "googleapis.com".to_owned());
    let emulator = around.env("STORAGE_EMULATOR_HOST").filter(|host| !host.is_empty());
    let base = |api: Api| {
        let (name, variable, usual) = api.place();
        let told = or_env(config, name, around, &[variable]);
        let told = told.or_else(|| match (api, &emulator) {
            (Api::Storage, Some(host)) if host.contains("://") => {
                Some(format!("{}/storage/v1/", host.trim_end_matches('/')))
            }
            (Api::Storage, Some(host)) => Some(format!("http://{host}/storage/v1/")),
            // Pools are where IAM is, unless it is said otherwise.
            (Api::Pools, _) => {
                let (name, variable, _) = Api::Iam.place();
                or_env(config, name, around, &[variable])
            }
            _ => None,
        });
        let url = told.unwrap_or_else(|| format!("https://{}", usual.replace("{}", &universe)));
        (name, format!("{}/", url.trim_end_matches('/')))
    };
    let all = [
        Api::Storage,
        Api::Iam,
        Api::Projects,
        Api::Services,
        Api::Registries,
        Api::Secrets,
        Api::Compute,
        Api::Clusters,
        Api::Pools,
    ];
    all.map(base).into()
}
