//! `aws_eks_addon`.

mod roles;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_eks::types::{Addon as Item, AddonIssue, ResolveConflicts};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};

use super::{Eks, Updated, followed, moment, retag, tagged, token};
use crate::{Client, OrAbsent, Trouble, Waiting, tags, wait};

/// The resource type.
pub(crate) struct Addon;

#[async_trait]
impl Kind for Addon {
    type Client = Client;
    const NAME: &'static str = "aws_eks_addon";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Software that EKS installs in a cluster and keeps up.

addon_name required fixed string | Its name: `vpc-cni`, `coredns`, and others.
addon_version optional computed string | Its version.
arn computed string | Its ARN.
cluster_name required fixed string | The cluster.
configuration_values optional computed json string | Its settings, in JSON.
created_at computed string | When it was installed.
id optional computed string | The names of cluster and add-on: `CLUSTER:ADD-ON`.
modified_at computed volatile string | When it was changed.
preserve optional bool | Whether the software stays when the add-on is deleted, kept up by nobody.
resolve_conflicts optional deprecated string | `resolve_conflicts_on_create` and `resolve_conflicts_on_update` have taken its place.
resolve_conflicts_on_create optional string | Whether it takes over what is there already: `NONE` or `OVERWRITE`.
resolve_conflicts_on_update optional string | What becomes of settings that others changed: `NONE`, `OVERWRITE` or `PRESERVE`.
service_account_role_arn optional string | The role that its service account acts under.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
pod_identity_association block set | The roles that its service accounts act under.
  role_arn required string | The role.
  service_account required string | The service account.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `40m`.
  update optional string | As `20m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong = |name: &str, allowed: &[&str]| {
            let text = config.text(name).filter(|text| !allowed.contains(text))?;
            let detail = format!("{text:?} can't be the value of {name:?}, only {}.", allowed.join(", "));
            Some(ProviderError::invalid("Invalid add-on", detail).at(model::Path::of_attr(name)))
        };
        let all = ["NONE", "OVERWRITE", "PRESERVE"];
        [wrong("resolve_conflicts_on_create", &all[..2]), wrong("resolve_conflicts_on_update", &all)]
            .into_iter()
            .flatten()
            .collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (cluster, name) = (wanted.str("cluster_name"), wanted.str("addon_name"));
        let (tags, token) = (tagged(at, wanted), token(at));
        let conflicts = wanted.text("resolve_conflicts_on_create").or(wanted.text("resolve_conflicts"));
        let roles = roles::wanted(wanted)?;
        let make = |eks: Eks| {
            eks.create_addon()
                .cluster_name(cluster)
                .addon_name(name)
                .set_addon_version(wanted.string("addon_version"))
                .set_client_request_token(token.clone())
                .set_configuration_values(wanted.string("configuration_values"))
                .set_pod_identity_associations(Some(roles.clone()).filter(|roles| !roles.is_empty()))
                .set_resolve_conflicts(conflicts.map(ResolveConflicts::from))
                .set_service_account_role_arn(wanted.string("service_account_role_arn"))
                .set_tags(tags.clone())
                .send()
        };
        at.client.send(&format!("install the add-on {name} in the cluster {cluster}"), make).await?;
        at.exists(fields! { id: format!("{cluster}:{name}") });
        active(at, cluster, name, wanted).await?;
        Ok(fields! { id: format!("{cluster}:{name}") })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (cluster, name) = super::parts(known.id(), "CLUSTER:ADD-ON")?;
        let Some(addon) = describe(at.client, cluster, name).await? else { return Ok(None) };
        let roles = roles::read(at.client, cluster, addon.pod_identity_associations.as_deref()).await?;
        let labels = addon.tags.unwrap_or_default().into_iter().collect();
        let told = fields! {
            addon_name: addon.addon_name,
            addon_version: addon.addon_version,
            arn: addon.addon_arn,
            cluster_name: addon.cluster_name,
            configuration_values: addon.configuration_values.unwrap_or_default(),
            created_at: moment(addon.created_at),
            id: known.id(),
            modified_at: moment(addon.modified_at),
            pod_identity_association: roles,
            service_account_role_arn: addon.service_account_role_arn.unwrap_or_default(),
        };
        Ok(Some(told.and(tags::seen(at.client, known, labels))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let (cluster, name) = super::parts(prior.id(), "CLUSTER:ADD-ON")?;
        let settings =
            ["addon_version", "configuration_values", "pod_identity_association", "service_account_role_arn"];
        if prior.differs_in(wanted, &settings) {
            let conflicts = wanted.text("resolve_conflicts_on_update").or(wanted.text("resolve_conflicts"));
            let roles = roles::wanted(wanted)?;
            let roles = prior.differs(wanted, "pod_identity_association").then_some(roles);
            let says = |name: &str| wanted.string(name).filter(|_| prior.differs(wanted, name));
            let update = |eks: Eks| {
                eks.update_addon()
                    .cluster_name(cluster)
                    .addon_name(name)
                    .set_addon_version(says("addon_version"))
                    .set_configuration_values(says("configuration_values"))
                    .set_pod_identity_associations(roles.clone())
                    .set_resolve_conflicts(conflicts.map(ResolveConflicts::from))
                    // A role that is not said is taken away.
                    .set_service_account_role_arn(wanted.string("service_account_role_arn"))
                    .send()
            };
            let what = format!("the add-on {name} of the cluster {cluster}");
            let update = at.client.send(&format!("change {what}"), update).await?.update;
            let updated = Updated { what: &what, cluster, node_group: None, addon: Some(name) };
            followed(at, updated, update, wanted).await?;
        }
        retag(at, prior.str("arn"), prior, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (cluster, name) = super::parts(prior.id(), "CLUSTER:ADD-ON")?;
        let preserve = prior.flag("preserve");
        let delete = |eks: Eks| {
            eks.delete_addon().cluster_name(cluster).addon_name(name).set_preserve(preserve).send()
        };
        let what = format!("delete the add-on {name} of the cluster {cluster}");
        at.client.put(&what, delete).await.or_absent()?;
        gone(at, cluster, name, prior).await
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (cluster, name) = super::parts(id, "CLUSTER:ADD-ON")?;
        Ok(fields! { id: id, cluster_name: cluster, addon_name: name })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (cluster, name) = (wanted.str("cluster_name"), wanted.str("addon_name"));
        let Some(addon) = describe(at.client, cluster, name).await? else { return Ok(None) };
        let labels = addon.tags.unwrap_or_default().into_iter().collect();
        Ok(Some(fields! { id: format!("{cluster}:{name}") }.and(tags::seen(at.client, wanted, labels))))
    }
}

async fn describe(client: &Client, cluster: &str, name: &str) -> Result<Option<Item>, Trouble> {
    let ask = |eks: Eks| eks.describe_addon().cluster_name(cluster).addon_name(name).send();
    let answer = client.ask(&format!("read the add-on {name} of the cluster {cluster}"), ask).await;
    Ok(answer.or_absent()?.and_then(|answer| answer.addon))
}

fn state(addon: &Item) -> &str {
    addon.status.as_ref().map_or("not seen yet", |state| state.as_str())
}

/// What is wrong with an add-on.
fn issues(addon: &Item) -> String {
    let issues = addon.health.as_ref().and_then(|health| health.issues.as_deref()).unwrap_or_default();
    let message = |issue: &AddonIssue| issue.message.clone().unwrap_or_default();
    issues.iter().map(message).collect::<Vec<_>>().join("; ")
}

async fn active(at: &At<'_, Client>, cluster: &str, name: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("the add-on {name} of the cluster {cluster} to be active");
    let (every, limit) = (Duration::from_secs(15), Duration::from_secs(20 * 60));
    let look = || async {
        let Some(addon) = describe(at.client, cluster, name).await? else {
            return Ok(Err("not seen yet".to_owned()));
        };
        match (state(&addon), issues(&addon)) {
            ("ACTIVE", _) => Ok(Ok(())),
            ("CREATE_FAILED", why) => {
                Err(Trouble::new(ErrorKind::Conflict, &format!("install the add-on {name}"), why))
            }
            (state, why) if why.is_empty() => Ok(Err(state.to_owned())),
            (state, why) => Ok(Err(format!("{state}: {why}"))),
        }
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(wanted, "create"), look).await
}

async fn gone(at: &At<'_, Client>, cluster: &str, name: &str, prior: Given<'_>) -> Result<(), KindError> {
    let what = format!("the add-on {name} of the cluster {cluster} to be deleted");
    let (every, limit) = (Duration::from_secs(15), Duration::from_secs(40 * 60));
    let look = || async {
        match describe(at.client, cluster, name).await? {
            Some(addon) if state(&addon) == "DELETE_FAILED" => {
                let what = format!("delete the add-on {name}");
                Err(Trouble::new(ErrorKind::Conflict, &what, issues(&addon)))
            }
            Some(addon) => Ok(Err(state(&addon).to_owned())),
            None => Ok(Ok(())),
        }
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(prior, "delete"), look).await
}
