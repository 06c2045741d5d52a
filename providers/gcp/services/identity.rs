//! `google_project_service_identity`.

use async_trait::async_trait;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, fields};

use crate::client::{Api, Client, Request};
use crate::mirror::text;
use crate::{operations, places};

/// The account under which an API of Google's acts in a project. It is there from the first use of the API on, or when it is
/// asked for, and stays with the project.
pub(super) struct Identity;

#[async_trait]
impl Kind for Identity {
    type Client = Client;
    const NAME: &'static str = "google_project_service_identity";
    // Asking for it once more gives the same one.
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
The account under which an API of Google's acts in a project. Destroying it leaves it to the project.

email computed string | Its address.
id optional computed string | The project and the API.
member computed string | How policies call it.
project optional computed fixed string | The project.
service required fixed string | The API, as `aiplatform.googleapis.com`.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  read optional string | As `10m`.
";

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (project, service) = (wanted.str("project"), wanted.str("service"));
        let what = format!("have the account made under which {service} acts in {project}");
        let path = format!("projects/{project}/services/{service}:generateServiceIdentity");
        let request = Request::post(Api::Services, path).beta();
        let operation = at.client.put(&what, &request).await?;
        let made = operations::follow(at, Api::Services, operation, &what, (wanted, "create")).await?;
        let email = text(&made, "/email");
        Ok(fields! {
            id: format!("projects/{project}/services/{service}"),
            email: email,
            member: format!("serviceAccount:{email}"),
        })
    }

    /// The API has no question for it; it stays as long as the project.
    async fn read(&self, _: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let is_known = known.text("email").is_some();
        Ok(is_known.then(
            || fields! { id: known.id(), project: known.str("project"), service: known.str("service") },
        ))
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        at.call.progress.report(&format!("leaving {} to the project", prior.str("email")));
        Ok(())
    }
}
