//! `aws_eks_access_entry`.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_eks::types::AccessEntry as Item;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::{Eks, moment, retag, tagged, token};
use crate::{Client, OrAbsent, Trouble, Waiting, tags, wait};

/// The resource type.
pub(crate) struct AccessEntry;

#[async_trait]
impl Kind for AccessEntry {
    type Client = Client;
    const NAME: &'static str = "aws_eks_access_entry";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Who may use a cluster.

access_entry_arn computed string | Its ARN.
cluster_name required fixed string | The cluster.
created_at computed string | When it was made.
id optional computed string | The cluster and the principal: `CLUSTER:ARN`.
kubernetes_groups optional computed set(string) | The groups in the cluster that the principal is in.
modified_at computed volatile string | When it was changed.
principal_arn required fixed string | The user or role.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
type optional fixed default=STANDARD string | What the principal is: `STANDARD`, `EC2_LINUX`, `EC2_WINDOWS`, `FARGATE_LINUX`, and others.
user_name optional computed string | The user in the cluster that the principal is.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `40m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let groups = config.texts("kubernetes_groups");
        let reserved = groups.iter().find(|group| group.starts_with("system:") || group.starts_with("eks:"));
        let wrong = reserved.map(|group| {
            let detail = format!(
                "An access entry can't be in the group {group:?}: `system:` and `eks:` are reserved."
            );
            ProviderError::invalid("Invalid access entry", detail)
        });
        wrong.into_iter().collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (cluster, principal) = (wanted.str("cluster_name"), wanted.str("principal_arn"));
        let (tags, token) = (tagged(at, wanted), token(at));
        let what = format!("{principal} to be known everywhere");
        let waiting =
            Waiting { what: &what, every: Duration::from_secs(10), limit: Duration::from_secs(120) };
        let make = || async {
            let make = |eks: Eks| {
                eks.create_access_entry()
                    .cluster_name(cluster)
                    .principal_arn(principal)
                    .set_client_request_token(token.clone())
                    .set_kubernetes_groups(wanted.some_texts("kubernetes_groups"))
                    .set_tags(tags.clone())
                    .set_type(wanted.string("type"))
                    .set_username(wanted.string("user_name"))
                    .send()
            };
            let what = format!("give {principal} access to the cluster {cluster}");
            match at.client.send(&what, make).await {
                Ok(_) => Ok(Ok(())),
                Err(trouble) if is_too_early(&trouble) => Ok(Err(trouble.message)),
                Err(trouble) => Err(trouble),
            }
        };
        wait(at, waiting, make).await?;
        Ok(fields! { id: format!("{cluster}:{principal}") })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (cluster, principal) = super::parts(known.id(), "CLUSTER:ARN")?;
        let Some(entry) = describe(at.client, cluster, principal).await? else { return Ok(None) };
        let labels = entry.tags.unwrap_or_default().into_iter().collect();
        let told = fields! {
            access_entry_arn: entry.access_entry_arn,
            cluster_name: entry.cluster_name,
            created_at: moment(entry.created_at),
            id: known.id(),
            kubernetes_groups: entry.kubernetes_groups.unwrap_or_default(),
            modified_at: moment(entry.modified_at),
            principal_arn: entry.principal_arn,
            type: entry.r#type,
            user_name: entry.username,
        };
        Ok(Some(told.and(tags::seen(at.client, known, labels))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let (cluster, principal) = super::parts(prior.id(), "CLUSTER:ARN")?;
        if prior.differs_in(wanted, &["kubernetes_groups", "user_name"]) {
            let update = |eks: Eks| {
                eks.update_access_entry()
                    .cluster_name(cluster)
                    .principal_arn(principal)
                    .set_kubernetes_groups(Some(wanted.texts("kubernetes_groups")))
                    .set_username(wanted.string("user_name"))
                    .send()
            };
            let what = format!("change the access of {principal} to the cluster {cluster}");
            at.client.put(&what, update).await?;
        }
        retag(at, prior.str("access_entry_arn"), prior, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (cluster, principal) = super::parts(prior.id(), "CLUSTER:ARN")?;
        let delete =
            |eks: Eks| eks.delete_access_entry().cluster_name(cluster).principal_arn(principal).send();
        let what = format!("end the access of {principal} to the cluster {cluster}");
        at.client.put(&what, delete).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (cluster, principal) = super::parts(id, "CLUSTER:ARN")?;
        Ok(fields! { id: id, cluster_name: cluster, principal_arn: principal })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (cluster, principal) = (wanted.str("cluster_name"), wanted.str("principal_arn"));
        let Some(entry) = describe(at.client, cluster, principal).await? else { return Ok(None) };
        let labels = entry.tags.unwrap_or_default().into_iter().collect();
        let seen = tags::seen(at.client, wanted, labels);
        Ok(Some(fields! { id: format!("{cluster}:{principal}") }.and(seen)))
    }
}

/// Whether a principal that was just made is not known everywhere yet.
fn is_too_early(trouble: &Trouble) -> bool {
    trouble.is(&["InvalidParameterException"])
        && trouble.message.contains("principalArn parameter format is not valid")
}

async fn describe(client: &Client, cluster: &str, principal: &str) -> Result<Option<Item>, Trouble> {
    let ask = |eks: Eks| eks.describe_access_entry().cluster_name(cluster).principal_arn(principal).send();
    let answer = client.ask(&format!("read the access of {principal} to the cluster {cluster}"), ask).await;
    Ok(answer.or_absent()?.and_then(|answer| answer.access_entry))
}
