//! A configured project: what every resource type talks to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use google_cloud_storage::client::Storage;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use provider::sheet::Given;
use provider::{Budgets, ErrorKind, ProviderError, Rate, Surroundings};
use reqwest::Method;
use serde_json::Value as Json;
use tokio::sync::OnceCell;

use crate::credentials::Tokens;
use crate::settings::{or_env, timeout};
use crate::storage::contents::{self, Key};
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
    body: Option<Vec<u8>>,
    key: Option<Key>,
    is_beta: bool,
}

impl Request {
    fn new(api: Api, method: Method, path: impl Into<String>) -> Request {
        Request { api, method, path: path.into(), query: Vec::new(), body: None, key: None, is_beta: false }
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
        Request { body: Some(body.to_string().into_bytes()), ..self }
    }

    /// To the API's first version, which has what is not in it yet.
    #[must_use]
    pub fn beta(self) -> Request {
        Request { is_beta: true, ..self }
    }

    /// With the key that an object is encrypted by.
    #[must_use]
    pub(crate) fn key(self, key: Option<&Key>) -> Request {
        Request { key: key.cloned(), ..self }
    }
}

/// A project with credentials.
pub struct Client {
    http: reqwest::Client,
    tokens: Arc<Tokens>,
    storage: OnceCell<Storage>,
    timeout: Duration,
    universe: String,
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
            storage: OnceCell::new(),
            timeout: timeout(config),
            universe: universe(config, &*around),
            http,
            tokens: Arc::new(tokens),
            around,
            budgets,
        })
    }

    /// Stops where the project is none of those in which anything may be done. Nothing has been touched by then.
    pub(crate) async fn check_project(&self, allowed: &[String]) -> Result<(), ProviderError> {
        let project = self.project().unwrap_or_default();
        let is_named = |name: &str| allowed.iter().any(|allowed| allowed == name);
        if allowed.is_empty() || is_named(project) {
            return Ok(());
        }
        if project.is_empty() {
            return Err(wrong_project("no project", allowed));
        }
        let is_number = |name: &str| name.bytes().all(|b| b.is_ascii_digit());
        // One is named by its number, and the other is not.
        if is_number(project) || allowed.iter().any(|allowed| is_number(allowed)) {
            let request = Request::get(Api::Projects, format!("projects/{}", segment(project)));
            let found = self.ask(&format!("find out which project {project} is"), &request).await?;
            let text = |at: &str| found.get(at).and_then(Json::as_str).unwrap_or_default();
            if is_named(text("projectId")) || is_named(text("name").trim_start_matches("projects/")) {
                return Ok(());
            }
        }
        Err(wrong_project(&format!("the project {project}"), allowed))
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

    /// Google's own client for the contents of objects.
    pub(crate) async fn storage(&self) -> Result<&Storage, Trouble> {
        // What goes wrong with credentials is said in our own words.
        self.tokens.token_for(self.base(Api::Storage)).await?;
        self.storage.get_or_try_init(|| contents::connect(self)).await
    }

    /// The tokens.
    pub(crate) fn tokens(&self) -> Arc<Tokens> {
        self.tokens.clone()
    }

    /// How long an answer is waited for.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Which cloud of Google's it is.
    pub(crate) fn universe(&self) -> &str {
        &self.universe
    }

    /// What every request says in its head.
    pub(crate) fn head(&self) -> Vec<(&'static str, String)> {
        let told = [("x-goog-user-project", &self.quota_project), ("x-goog-request-reason", &self.reason)];
        told.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }

    /// Sends a request that changes nothing, again while that may help. `what` follows "cannot".
    pub async fn ask(&self, what: &str, request: &Request) -> Result<Json, Trouble> {
        read(what, self.repeated(request.api, || self.once(what, request)).await?)
    }

    /// Does what may be done again, while that may help.
    pub(crate) async fn repeated<T, F>(&self, api: Api, once: impl Fn() -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let budget = self.budgets.of(&self.budget_of(api), api.rate());
        budget.ask(&*self.around, once).await
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
        let key = request.key.iter().flat_map(Key::headers);
        sent = self.head().into_iter().chain(key).fold(sent, |sent, (name, value)| sent.header(name, value));
        sent = match &request.body {
            Some(document) => sent.header("content-type", "application/json").body(document.clone()),
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
        let base = match base.strip_suffix("/v1/").filter(|_| request.is_beta) {
            Some(place) => format!("{place}/v1beta1/"),
            None => base.to_owned(),
        };
        let mut url = format!("{base}{}", request.path);
        for (i, (key, value)) in request.query.iter().enumerate() {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            url.push_str(&format!("{}{key}={value}", if i == 0 { '?' } else { '&' }));
        }
        url
    }
}

/// Why nothing is done in a project.
fn wrong_project(project: &str, allowed: &[String]) -> ProviderError {
    let detail = format!(
        "The provider is configured for {project}, and only {} is allowed. Nothing has been touched.",
        allowed.join(", ")
    );
    ProviderError::new(ErrorKind::Denied, "Wrong project", detail)
}

/// Reads the document of an answer. A deletion may answer with nothing.
fn read(what: &str, bytes: Vec<u8>) -> Result<Json, Trouble> {
    if bytes.is_empty() {
        return Ok(Json::Null);
    }
    serde_json::from_slice(&bytes)
        .map_err(|e| Trouble::new(ErrorKind::Lost, what, format!("the answer is no JSON: {e}")))
}

/// Which cloud of Google's it is.
fn universe(config: Given<'_>, around: &dyn Surroundings) -> String {
    let told = or_env(
        config,
        "universe_domain",
        around,
        &["GOOGLE_UNIVERSE_DOMAIN", "GOOGLE_CLOUD_UNIVERSE_DOMAIN"],
    );
    told.unwrap_or_else(|| "googleapis.com".to_owned())
}

/// Where the APIs are: as the block says, as the environment says, or where they usually are.
fn bases(config: Given<'_>, around: &dyn Surroundings) -> BTreeMap<&'static str, String> {
    let universe = universe(config, around);
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
