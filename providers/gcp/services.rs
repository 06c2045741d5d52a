//! Service Usage: `google_project_service`, and the accounts under which APIs act.

mod identity;

use std::time::Duration;

use async_trait::async_trait;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made, Waiting, wait};
use provider::{Catalog, CreateClass, ProviderError, fields};
use serde_json::{Value as Json, json};

use crate::client::{Api, Client, Request};
use crate::mirror::text;
use crate::{OrAbsent, operations, places};

/// Adds the types of Service Usage.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog.kind(Service).kind(identity::Identity)
}

/// An API that a project uses.
struct Service;

#[async_trait]
impl Kind for Service {
    type Client = Client;
    const NAME: &'static str = "google_project_service";
    // Enabling what is enabled changes nothing.
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
An API that a project uses.

check_if_service_has_usage_on_destroy optional bool | Whether one that was used lately stays.
disable_dependent_services optional bool | Whether those that need it are disabled with it.
disable_on_destroy optional default=false bool | Whether destroying disables it. Otherwise it stays enabled.
id optional computed string | The project and the API.
project optional computed fixed string | The project.
service required fixed string | The API, as `storage.googleapis.com`.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  read optional string | As `10m`.
  update optional string | As `20m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong = config.text("service").filter(|service| !service.contains('.')).map(|service| {
            let detail = format!("`service` is the full name of an API, as `{service}.googleapis.com`.");
            ProviderError::invalid("Invalid service", detail).at(model::Path::of_attr("service"))
        });
        wrong.into_iter().collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let what = format!("enable {} in {}", wanted.str("service"), wanted.str("project"));
        let request = Request::post(Api::Services, format!("{}:enable", path(wanted))).json(&json!({}));
        let operation = at.client.put(&what, &request).await?;
        operations::follow(at, Api::Services, operation, &what, (wanted, "create")).await?;
        until_enabled(at, wanted).await?;
        Ok(fields! { id: id_of(wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let told = fields! { id: id_of(known), project: known.str("project"), service: known.str("service") };
        Ok(is_enabled(at, known).await?.then_some(told))
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        if !prior.is("disable_on_destroy") || !is_enabled(at, prior).await? {
            return Ok(());
        }
        let what = format!("disable {} in {}", prior.str("service"), prior.str("project"));
        let check = if prior.is("check_if_service_has_usage_on_destroy") { "CHECK" } else { "SKIP" };
        let body = json!({
            "disableDependentServices": prior.is("disable_dependent_services"),
            "checkIfServiceHasUsage": check,
        });
        let request = Request::post(Api::Services, format!("{}:disable", path(prior))).json(&body);
        let operation = at.client.put(&what, &request).await?;
        operations::follow(at, Api::Services, operation, &what, (prior, "delete")).await?;
        Ok(())
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (project, service) = id.split_once('/').unwrap_or((at.client.project().unwrap_or_default(), id));
        Ok(fields! { id: format!("{project}/{service}"), project: project, service: service })
    }
}

fn path(object: Given<'_>) -> String {
    format!("projects/{}/services/{}", object.str("project"), object.str("service"))
}

fn id_of(object: Given<'_>) -> String {
    format!("{}/{}", object.str("project"), object.str("service"))
}

async fn is_enabled(at: &At<'_, Client>, object: Given<'_>) -> Result<bool, KindError> {
    let what = format!("find out whether {} is enabled in {}", object.str("service"), object.str("project"));
    let answer = at.client.ask(&what, &Request::get(Api::Services, path(object))).await.or_absent()?;
    Ok(answer.as_ref().map(|answer: &Json| text(answer, "/state")) == Some("ENABLED"))
}

/// Waits until what was enabled is seen so; before that, requests to it are still refused.
async fn until_enabled(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("{} to be enabled", wanted.str("service"));
    let waiting = Waiting { what: &what, every: Duration::from_secs(5), limit: Duration::from_secs(1200) };
    let look = || async {
        let state = is_enabled(at, wanted).await?;
        Ok::<_, KindError>(if state { Ok(()) } else { Err("not enabled yet".to_owned()) })
    };
    wait(at, waiting.limited_by(wanted, "create"), look).await
}
