//! `aws_eks_node_group`.

mod read;
mod request;
mod sheet;
mod update;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_eks::types::{Issue, Nodegroup};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};

use super::{Eks, retag, tagged, token};
use crate::{Client, OrAbsent, Trouble, Waiting, names, tags, wait};

/// The resource type.
pub(crate) struct NodeGroup;

#[async_trait]
impl Kind for NodeGroup {
    type Client = Client;
    const NAME: &'static str = "aws_eks_node_group";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = sheet::SHEET;

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        request::faults(config)
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        if draft.changes("version") || draft.changes("launch_template") {
            draft.forget("release_version");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (cluster, name) = (wanted.str("cluster_name"), name_of(at, wanted));
        let (tags, token) = (tagged(at, wanted), token(at));
        let what = format!("the role of the node group {name} to be known everywhere");
        let waiting =
            Waiting { what: &what, every: Duration::from_secs(10), limit: Duration::from_secs(120) };
        let make = || async {
            let make = |eks: Eks| {
                request::create(eks.create_nodegroup(), wanted)
                    .nodegroup_name(&name)
                    .set_client_request_token(token.clone())
                    .set_tags(tags.clone())
                    .send()
            };
            match at.client.send(&format!("make the node group {name} of the cluster {cluster}"), make).await
            {
                Ok(_) => Ok(Ok(())),
                Err(trouble) if super::is_too_early(&trouble) => Ok(Err(trouble.message)),
                Err(trouble) => Err(trouble),
            }
        };
        wait(at, waiting, make).await?;
        let identity = fields! { id: format!("{cluster}:{name}"), node_group_name: &name };
        at.exists(identity.clone());
        active(at, cluster, &name, wanted).await?;
        Ok(identity)
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (cluster, name) = super::parts(known.id(), "CLUSTER:NODE-GROUP")?;
        let group = describe(at.client, cluster, name).await?;
        Ok(group.map(|group| read::fields(at.client, known, group)))
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
        let (cluster, name) = super::parts(prior.id(), "CLUSTER:NODE-GROUP")?;
        let delete = |eks: Eks| eks.delete_nodegroup().cluster_name(cluster).nodegroup_name(name).send();
        let what = format!("delete the node group {name} of the cluster {cluster}");
        at.client.put(&what, delete).await.or_absent()?;
        gone(at, cluster, name, prior).await
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (cluster, name) = super::parts(id, "CLUSTER:NODE-GROUP")?;
        Ok(fields! { id: id, cluster_name: cluster, node_group_name: name })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (cluster, name) = (wanted.str("cluster_name"), name_of(at, wanted));
        let Some(group) = describe(at.client, cluster, &name).await? else { return Ok(None) };
        let labels = group.tags.unwrap_or_default().into_iter().collect();
        let identity = fields! { id: format!("{cluster}:{name}"), node_group_name: &name };
        Ok(Some(identity.and(tags::seen(at.client, wanted, labels))))
    }
}

fn name_of(at: &At<'_, Client>, wanted: Given<'_>) -> String {
    let prefix = wanted.text("node_group_name_prefix").unwrap_or("terraform-");
    wanted.string("node_group_name").unwrap_or_else(|| names::made_up(at, prefix, 63))
}

async fn describe(client: &Client, cluster: &str, name: &str) -> Result<Option<Nodegroup>, Trouble> {
    let ask = |eks: Eks| eks.describe_nodegroup().cluster_name(cluster).nodegroup_name(name).send();
    let answer = client.ask(&format!("read the node group {name} of the cluster {cluster}"), ask).await;
    Ok(answer.or_absent()?.and_then(|answer| answer.nodegroup))
}

fn state(group: &Nodegroup) -> &str {
    group.status.as_ref().map_or("not seen yet", |state| state.as_str())
}

async fn active(at: &At<'_, Client>, cluster: &str, name: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("the node group {name} of the cluster {cluster} to be active");
    let (every, limit) = (Duration::from_secs(20), Duration::from_secs(60 * 60));
    let look = || async {
        let Some(group) = describe(at.client, cluster, name).await? else {
            return Ok(Err("not seen yet".to_owned()));
        };
        match state(&group) {
            "ACTIVE" => Ok(Ok(())),
            "CREATE_FAILED" => Err(failure("bring up", name, &group)),
            state => Ok(Err(state.to_owned())),
        }
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(wanted, "create"), look).await
}

async fn gone(at: &At<'_, Client>, cluster: &str, name: &str, prior: Given<'_>) -> Result<(), KindError> {
    let what = format!("the node group {name} of the cluster {cluster} to be deleted");
    let (every, limit) = (Duration::from_secs(20), Duration::from_secs(60 * 60));
    let look = || async {
        match describe(at.client, cluster, name).await? {
            Some(group) if state(&group) == "DELETE_FAILED" => Err(failure("delete", name, &group)),
            Some(group) => Ok(Err(state(&group).to_owned())),
            None => Ok(Ok(())),
        }
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(prior, "delete"), look).await
}

/// Why something did not work, with the things concerned.
fn failure(what: &str, name: &str, group: &Nodegroup) -> Trouble {
    let issue = |issue: &Issue| {
        let things = issue.resource_ids.as_deref().unwrap_or_default().join(", ");
        let message = issue.message.as_deref().unwrap_or_default().trim_end_matches('.');
        if things.is_empty() { message.to_owned() } else { format!("{message} ({things})") }
    };
    let issues = group.health.as_ref().and_then(|health| health.issues.as_deref()).unwrap_or_default();
    let why = match issues {
        [] => "it failed, without a reason".to_owned(),
        issues => issues.iter().map(issue).collect::<Vec<_>>().join("; "),
    };
    Trouble::new(ErrorKind::Conflict, &format!("{what} the node group {name}"), why)
}
