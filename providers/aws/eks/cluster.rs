//! `aws_eks_cluster`.

mod blockers;
mod read;
mod request;
mod sheet;
mod update;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_eks::types::{Cluster as Item, ClusterIssue};
use model::Path;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, Leftover, ProviderError, fields};

pub(super) use read::told;

use super::{Eks, retag, tagged, token};
use crate::{Client, OrAbsent, Trouble, Waiting, tags, wait};

/// Who finds what services in a cluster left behind: balancers and what belongs to them.
#[async_trait]
pub trait Behind: Send + Sync + 'static {
    /// What there is that carries the tag of a cluster in a network.
    async fn find(&self, client: &Client, cluster: &str, vpc: &str) -> Result<Vec<Leftover>, Trouble>;

    /// Removes one of these. Already gone is success.
    async fn remove(&self, at: &At<'_, Client>, leftover: &Leftover) -> Result<(), KindError>;
}

/// The resource type.
pub(crate) struct Cluster {
    behind: Arc<dyn Behind>,
}

impl Cluster {
    pub(crate) fn new(behind: Arc<dyn Behind>) -> Cluster {
        Cluster { behind }
    }
}

#[async_trait]
impl Kind for Cluster {
    type Client = Client;
    const NAME: &'static str = "aws_eks_cluster";
    const VERSION: u64 = 1;
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = sheet::SHEET;

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        request::faults(config)
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        let Some(prior) = draft.prior else { return Ok(()) };
        if draft.changes("version") {
            draft.forget("platform_version");
            update::steps(prior.str("version"), draft.planned().str("version"))
                .map_err(|why| ProviderError::invalid("Invalid version", why).at(Path::of_attr("version")))?;
        }
        // A cluster without encryption can get it; another key, or none, needs another cluster.
        if draft.changes("encryption_config") && !prior.blocks("encryption_config").is_empty() {
            draft.replace("encryption_config");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = wanted.str("name");
        let (tags, token) = (tagged(at, wanted), token(at));
        // A role that was just made is not believed in everywhere for a while.
        let what = format!("the role of the cluster {name} to be known everywhere");
        let waiting =
            Waiting { what: &what, every: Duration::from_secs(10), limit: Duration::from_secs(120) };
        let make = || async {
            let make = |eks: Eks| {
                request::create(eks.create_cluster(), wanted)
                    .set_client_request_token(token.clone())
                    .set_tags(tags.clone())
                    .send()
            };
            match at.client.send(&format!("make the cluster {name}"), make).await {
                Ok(_) => Ok(Ok(())),
                Err(trouble) if super::is_too_early(&trouble) => Ok(Err(trouble.message)),
                Err(trouble) => Err(trouble),
            }
        };
        wait(at, waiting, make).await?;
        at.exists(fields! { id: name, name: name });
        active(at, name, wanted, "create").await?;
        Ok(fields! { id: name, name: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = known.text("name").unwrap_or(known.id());
        let cluster = describe(at.client, name).await?;
        Ok(cluster.map(|cluster| read::fields(at.client, known, cluster)))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        update::apply(at, prior, wanted).await?;
        retag(at, prior.str("arn"), prior, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.id();
        let what = format!("delete the cluster {name}");
        let delete = |eks: Eks| eks.delete_cluster().name(name).send();
        match at.client.put(&what, delete).await.or_absent() {
            Err(trouble) if trouble.is(&["ResourceInUseException"]) => {
                return Err(blockers::refusal(at.client, name, trouble).await);
            }
            result => drop(result?),
        }
        gone(at, name, prior).await
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, name: id, bootstrap_self_managed_addons: true })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = wanted.str("name");
        let Some(cluster) = describe(at.client, name).await? else { return Ok(None) };
        let labels = cluster.tags.unwrap_or_default().into_iter().collect();
        Ok(Some(fields! { id: name, name: name }.and(tags::seen(at.client, wanted, labels))))
    }

    async fn leftovers(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<Vec<Leftover>, KindError> {
        let vpc = prior.block("vpc_config").and_then(|config| config.text("vpc_id")).unwrap_or_default();
        Ok(self.behind.find(at.client, prior.id(), vpc).await?)
    }

    async fn remove_leftover(&self, at: &At<'_, Client>, leftover: &Leftover) -> Result<(), KindError> {
        self.behind.remove(at, leftover).await
    }

    fn upgrade(&self, _: u64, stored: &str) -> Result<String, KindError> {
        Ok(stored.to_owned())
    }
}

/// A cluster by its name.
pub(super) async fn describe(client: &Client, name: &str) -> Result<Option<Item>, Trouble> {
    let ask = |eks: Eks| eks.describe_cluster().name(name).send();
    let answer = client.ask(&format!("read the cluster {name}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.cluster))
}

fn state(cluster: &Item) -> &str {
    cluster.status.as_ref().map_or("not seen yet", |state| state.as_str())
}

/// Waits until a cluster can be used.
async fn active(
    at: &At<'_, Client>,
    name: &str,
    wanted: Given<'_>,
    operation: &str,
) -> Result<(), KindError> {
    let what = format!("the cluster {name} to be active");
    let (every, limit) = (Duration::from_secs(20), Duration::from_secs(60 * 60));
    let look = || async {
        let Some(cluster) = describe(at.client, name).await? else {
            return Ok(Err("not seen yet".to_owned()));
        };
        match state(&cluster) {
            "ACTIVE" => Ok(Ok(())),
            "FAILED" => Err(failure(name, &cluster)),
            state => Ok(Err(state.to_owned())),
        }
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(wanted, operation), look).await
}

/// Why a cluster did not come up.
fn failure(name: &str, cluster: &Item) -> Trouble {
    let issues = cluster.health.as_ref().and_then(|health| health.issues.as_deref()).unwrap_or_default();
    let issue = |issue: &ClusterIssue| issue.message.clone().unwrap_or_default();
    let issues: Vec<String> = issues.iter().map(issue).collect();
    let why = if issues.is_empty() { "it failed, without a reason".to_owned() } else { issues.join("; ") };
    Trouble::new(ErrorKind::Conflict, &format!("bring up the cluster {name}"), why)
}

async fn gone(at: &At<'_, Client>, name: &str, prior: Given<'_>) -> Result<(), KindError> {
    let what = format!("the cluster {name} to be deleted");
    let (every, limit) = (Duration::from_secs(20), Duration::from_secs(15 * 60));
    let look = || async {
        let cluster = describe(at.client, name).await?;
        Ok(cluster.map_or(Ok(()), |cluster| Err(state(&cluster).to_owned())))
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(prior, "delete"), look).await
}
