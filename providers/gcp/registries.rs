//! Artifact Registry: `google_artifact_registry_repository` and its members.

use std::sync::LazyLock;

use async_trait::async_trait;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made, Sheet, SheetError, Source};
use provider::{Catalog, CreateClass, ErrorKind, ProviderError, fields};
use serde_json::{Map, Value as Json, json};

use crate::client::{Api, Client, Request};
use crate::iam::{self, Granted, VERSION, granted};
use crate::mirror::{Mirror, text};
use crate::{OrAbsent, labels, operations, places};

/// Adds the types of Artifact Registry.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    iam::policies(catalog.kind(Repository).source(FoundRepository), || OfRepository)
}

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(Repository::SHEET, &[], &[]));

/// What a change can change.
const CHANGEABLE: &[&str] = &[
    "cleanup_policies",
    "cleanup_policy_dry_run",
    "description",
    "docker_config",
    "maven_config",
    "virtual_repository_config",
    "vulnerability_scanning_config",
];

/// What only a create says.
const ONCE: &[&str] = &["format", "kms_key_name", "mode", "remote_repository_config"];

/// The resource type.
struct Repository;

#[async_trait]
impl Kind for Repository {
    type Client = Client;
    const NAME: &'static str = "google_artifact_registry_repository";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = include_str!("registries/sheet.txt");

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        places::location(at, draft, "location")?;
        labels::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (name, id) = (name_of(wanted), wanted.str("repository_id"));
        let what = format!("make the repository {id}");
        let mut body = document(wanted, &[CHANGEABLE, ONCE].concat());
        let marked = labels::wanted(at, wanted);
        if !marked.is_empty() {
            body.insert("labels".into(), marked.into_iter().collect());
        }
        let parent = name.trim_end_matches(&format!("/{id}")).to_owned();
        let request =
            Request::post(Api::Registries, parent).query("repositoryId", id).json(&Json::Object(body));
        let operation = at.client.send(&what, &request).await?;
        at.exists(fields! { id: &name, name: id });
        operations::follow(at, Api::Registries, operation, &what, (wanted, "create")).await?;
        Ok(fields! { id: &name, name: id })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = name_of(known);
        let Some(mut repository) = get(at, &name).await? else { return Ok(None) };
        let seen = labels::seen(at, known, labels::of(&repository));
        policies_as_list(known, &mut repository);
        let told = MIRROR.fields(&repository, &[CHANGEABLE, ONCE, &["create_time", "update_time"]].concat());
        let own =
            fields! { id: &name, name: name.rsplit('/').next(), repository_id: name.rsplit('/').next() };
        let mut all = told.and(own).and(seen);
        let is_dry = repository.get("cleanupPolicyDryRun").and_then(Json::as_bool);
        all.set("cleanup_policy_dry_run", is_dry.unwrap_or(false));
        Ok(Some(all))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let name = name_of(prior);
        let changed: Vec<&str> =
            CHANGEABLE.iter().copied().filter(|field| prior.differs(wanted, field)).collect();
        let mut body = document(wanted, &changed);
        let mut mask: Vec<String> = changed.iter().map(|field| MIRROR.field(field)).collect();
        if prior.differs(wanted, "effective_labels") {
            let now = get(at, &name).await?.map(|repository| labels::of(&repository)).unwrap_or_default();
            body.insert("labels".into(), labels::changed(now, prior, wanted).into_iter().collect());
            mask.push("labels".into());
        }
        if mask.is_empty() {
            return Ok(());
        }
        let request = Request::patch(Api::Registries, &*name).query("updateMask", mask.join(","));
        at.client.put(&format!("change the repository {name}"), &request.json(&Json::Object(body))).await?;
        Ok(())
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (name, what) = (name_of(prior), format!("delete the repository {}", prior.str("repository_id")));
        let request = Request::delete(Api::Registries, name);
        let Some(operation) = at.client.put(&what, &request).await.or_absent()? else { return Ok(()) };
        operations::follow(at, Api::Registries, operation, &what, (prior, "delete")).await?;
        Ok(())
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let parts: Vec<&str> = id.split('/').collect();
        let (project, region) =
            (at.client.project().unwrap_or_default(), at.client.region().unwrap_or_default());
        let (project, location, name) = match parts[..] {
            ["projects", project, "locations", location, "repositories", name] => (project, location, name),
            [project, location, name] => (project, location, name),
            [location, name] => (project, location, name),
            _ => (project, region, id),
        };
        Ok(fields! { project: project, location: location, repository_id: name })
    }
}

/// The data source.
struct FoundRepository;

#[async_trait]
impl Source for FoundRepository {
    type Client = Client;
    const NAME: &'static str = Repository::NAME;
    const SHEET: &'static str = Repository::SHEET;

    fn sheet() -> Result<Sheet, SheetError> {
        Ok(Sheet::parse(Self::SHEET)?.told(&["repository_id", "location", "project"]))
    }

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let missing = |what: &str| {
            let detail = format!("Neither the data source nor the provider says which {what} is meant.");
            ProviderError::new(ErrorKind::Invalid, "Missing argument", detail)
        };
        let project = config.text("project").or(at.client.project()).ok_or_else(|| missing("project"))?;
        let location = config.text("location").or(at.client.region()).ok_or_else(|| missing("location"))?;
        let place = [("project", project), ("location", location)];
        let whole = provider::with_attributes(
            config.whole(),
            place.map(|(name, text)| (name, model::Value::string(text))),
        );
        let Some(told) = Repository.read(at, Given::new(&whole)).await? else {
            let detail = format!("There is no repository {} in {location}.", config.str("repository_id"));
            return Err(ProviderError::new(ErrorKind::NotFound, "Object is missing", detail));
        };
        let labels = told.get("effective_labels").cloned();
        let told = told.and(fields! { project: project, location: location });
        Ok(labels
            .into_iter()
            .fold(told, |told, labels| told.with("labels", &labels).with("terraform_labels", labels)))
    }
}

fn name_of(object: Given<'_>) -> String {
    let (project, location) = (object.str("project"), object.str("location"));
    format!("projects/{project}/locations/{location}/repositories/{}", object.str("repository_id"))
}

async fn get(at: &At<'_, Client>, name: &str) -> Result<Option<Json>, KindError> {
    let request = Request::get(Api::Registries, name);
    Ok(at.client.ask(&format!("read the repository {name}"), &request).await.or_absent()?)
}

/// The settings as the API has them: policies by their names, ages in seconds.
fn document(wanted: Given<'_>, names: &[&str]) -> Map<String, Json> {
    let mut body = MIRROR.document(wanted, names);
    if let Some(Json::Array(policies)) = body.remove("cleanupPolicies") {
        let by_name = policies.into_iter().map(|mut policy| {
            for field in ["olderThan", "newerThan"] {
                if let Some(age) = policy.pointer_mut(&format!("/condition/{field}")) {
                    *age = seconds(age.as_str().unwrap_or_default()).into();
                }
            }
            (text(&policy, "/id").to_owned(), policy)
        });
        body.insert("cleanupPolicies".into(), Json::Object(by_name.collect()));
    }
    if let Some(config) = body.get_mut("vulnerabilityScanningConfig").and_then(Json::as_object_mut) {
        config.retain(|name, _| name == "enablementConfig");
    }
    body
}

/// A time with a unit, days too, in seconds.
fn seconds(text: &str) -> String {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()).map(|days| days * 86_400);
    let told = || model::duration::parse_duration(text).ok().map(|ns| ns / 1_000_000_000);
    days.or_else(told).map_or_else(|| text.to_owned(), |seconds| format!("{seconds}s"))
}

/// Policies as a list, with ages as they were written where they mean the same.
fn policies_as_list(known: Given<'_>, repository: &mut Json) {
    let known = known.blocks("cleanup_policies");
    let Some(Json::Object(policies)) = repository.get("cleanupPolicies").cloned() else { return };
    let policies = policies.into_iter().map(|(id, mut policy)| {
        let before = known.iter().find(|policy| policy.str("id") == id).and_then(|p| p.block("condition"));
        for (field, name) in [("olderThan", "older_than"), ("newerThan", "newer_than")] {
            let Some(age) = policy.pointer_mut(&format!("/condition/{field}")) else { continue };
            let written = before.and_then(|condition| condition.text(name));
            if let Some(written) = written.filter(|written| Some(&*seconds(written)) == age.as_str()) {
                *age = written.into();
            }
        }
        policy["id"] = id.into();
        policy
    });
    repository["cleanupPolicies"] = policies.collect();
}

/// The policy of a repository.
struct OfRepository;

impl Granted for OfRepository {
    granted!(
        "google_artifact_registry_repository",
        "location optional computed fixed string | Where the repository lies.\n\
         project optional computed fixed string | The project.\n\
         repository required fixed string | The repository.\n"
    );

    fn resource(&self, client: &Client, object: Given<'_>) -> String {
        let repository = object.str("repository");
        if repository.starts_with("projects/") {
            return repository.to_owned();
        }
        let project = object.text("project").or(client.project()).unwrap_or_default();
        let location = object.text("location").or(client.region()).unwrap_or_default();
        format!("projects/{project}/locations/{location}/repositories/{repository}")
    }

    fn read(&self, resource: &str) -> Request {
        let request = Request::get(Api::Registries, format!("{resource}:getIamPolicy"));
        request.query("options.requestedPolicyVersion", VERSION)
    }

    fn write(&self, resource: &str, policy: &Json) -> Request {
        Request::post(Api::Registries, format!("{resource}:setIamPolicy")).json(&json!({ "policy": policy }))
    }

    fn told(&self, resource: &str) -> Fields {
        let mut parts = resource.split('/').skip(1).step_by(2);
        let (project, location) = (parts.next(), parts.next());
        fields! { project: project, location: location, repository: resource }
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        let repository = draft.planned().string("repository").filter(|name| name.starts_with("projects/"));
        if let Some(repository) = repository {
            let parts: Vec<&str> = repository.split('/').collect();
            draft.set("project", model::Value::string(parts.get(1).unwrap_or(&"")));
            draft.set("location", model::Value::string(parts.get(3).unwrap_or(&"")));
            return Ok(());
        }
        if draft.config.is_unknown("repository") {
            draft.forget("project");
            draft.forget("location");
            return Ok(());
        }
        places::project(at, draft)?;
        places::location(at, draft, "location")
    }
}
