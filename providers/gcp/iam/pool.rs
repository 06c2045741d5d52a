//! `google_iam_workload_identity_pool`.

use std::sync::LazyLock;

use async_trait::async_trait;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::softly::{self, Wanted};
use crate::client::Client;
use crate::mirror::Mirror;
use crate::places;

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(Pool::SHEET, &[], &[]));

/// What can be said of a pool.
const SETTINGS: &[&str] = &["description", "disabled", "display_name"];

const THING: &str = "identity pool";

/// The resource type.
pub(super) struct Pool;

#[async_trait]
impl Kind for Pool {
    type Client = Client;
    const NAME: &'static str = "google_iam_workload_identity_pool";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A pool of identities from elsewhere. Its name is taken for 30 days after it was deleted; made again meanwhile, it is undeleted.

description optional string | What it is for.
disabled optional bool | Whether its identities get no tokens.
display_name optional string | A name for people.
id optional computed string | Its full name.
name computed string | Its full name, with the project's number.
project optional computed fixed string | The project.
state computed string | Whether it is `ACTIVE`.
workload_identity_pool_id required fixed string | Its name, 4 to 32 characters.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  update optional string | As `20m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        softly::misnamed(config, "workload_identity_pool_id").into_iter().collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = name_of(wanted);
        let wanted = Wanted {
            thing: THING,
            name: name.clone(),
            parameter: "workloadIdentityPoolId",
            body: MIRROR.document(wanted, SETTINGS),
            mask: "description,disabled,displayName".to_owned(),
            object: wanted,
        };
        softly::make(at, wanted).await?;
        Ok(fields! { id: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        softly::told(at, THING, name_of(known), (&MIRROR, SETTINGS)).await
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        softly::update(at, THING, &name_of(prior), (&MIRROR, SETTINGS), (prior, wanted)).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        softly::delete(at, THING, &name_of(prior), prior).await
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let own = at.client.project().unwrap_or_default();
        let (project, pool) = match id.split('/').collect::<Vec<_>>()[..] {
            ["projects", project, "locations", "global", "workloadIdentityPools", pool] | [project, pool] => {
                (project, pool)
            }
            _ => (own, id),
        };
        let name = format!("projects/{project}/locations/global/workloadIdentityPools/{pool}");
        Ok(fields! { id: name, project: project, workload_identity_pool_id: pool })
    }
}

/// The full name of the pool that an object is, or is of.
pub(super) fn name_of(object: Given<'_>) -> String {
    let (project, pool) = (object.str("project"), object.str("workload_identity_pool_id"));
    format!("projects/{project}/locations/global/workloadIdentityPools/{pool}")
}
