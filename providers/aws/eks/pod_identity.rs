//! `aws_eks_pod_identity_association`.

use async_trait::async_trait;
use aws_sdk_eks::types::PodIdentityAssociation as Item;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::{Eks, retag, tagged, token};
use crate::{Client, OrAbsent, Trouble, tags};

/// The resource type.
pub(crate) struct PodIdentityAssociation;

#[async_trait]
impl Kind for PodIdentityAssociation {
    type Client = Client;
    const NAME: &'static str = "aws_eks_pod_identity_association";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
The role that pods with a service account act under.

association_arn computed string | Its ARN.
association_id computed string | Its identifier.
cluster_name required fixed string | The cluster.
id computed string | Its identifier.
namespace required fixed string | The namespace of the service account.
role_arn required string | The role.
service_account required fixed string | The service account.
tags optional map(string) | Its tags.
tags_all computed map(string) | Its tags with the provider's `default_tags`.
";

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (tags, token) = (tagged(at, wanted), token(at));
        let account = wanted.str("service_account");
        let make = |eks: Eks| {
            eks.create_pod_identity_association()
                .cluster_name(wanted.str("cluster_name"))
                .namespace(wanted.str("namespace"))
                .service_account(account)
                .role_arn(wanted.str("role_arn"))
                .set_client_request_token(token.clone())
                .set_tags(tags.clone())
                .send()
        };
        let made = at.client.send(&format!("give the service account {account} a role"), make).await?;
        let id = made.association.and_then(|association| association.association_id);
        let id = id.ok_or_else(|| {
            let detail = "The answer to the request to make a pod identity does not name it.";
            ProviderError::new(provider::ErrorKind::Lost, "Answer is incomplete", detail)
        })?;
        Ok(fields! { id: &id, association_id: &id })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(association) = describe(at.client, known.str("cluster_name"), known.id()).await? else {
            return Ok(None);
        };
        let labels = association.tags.unwrap_or_default().into_iter().collect();
        let id = association.association_id.unwrap_or_default();
        let told = fields! {
            association_arn: association.association_arn,
            association_id: &id,
            cluster_name: association.cluster_name,
            id: &id,
            namespace: association.namespace,
            role_arn: association.role_arn,
            service_account: association.service_account,
        };
        Ok(Some(told.and(tags::seen(at.client, known, labels))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        if prior.differs(wanted, "role_arn") {
            let update = |eks: Eks| {
                eks.update_pod_identity_association()
                    .cluster_name(prior.str("cluster_name"))
                    .association_id(prior.id())
                    .role_arn(wanted.str("role_arn"))
                    .send()
            };
            at.client.put(&format!("change the pod identity {}", prior.id()), update).await?;
        }
        retag(at, prior.str("association_arn"), prior, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (cluster, id) = (prior.str("cluster_name"), prior.id());
        let delete =
            |eks: Eks| eks.delete_pod_identity_association().cluster_name(cluster).association_id(id).send();
        at.client.put(&format!("delete the pod identity {id}"), delete).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (cluster, association) = id.split_once(',').ok_or_else(|| {
            let detail = format!("{id:?} is not CLUSTER,ASSOCIATION, as main,a-1.");
            ProviderError::invalid("Invalid import identifier", detail)
        })?;
        Ok(fields! { id: association, association_id: association, cluster_name: cluster })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let cluster = wanted.str("cluster_name");
        let ask = |eks: Eks| {
            eks.list_pod_identity_associations()
                .cluster_name(cluster)
                .namespace(wanted.str("namespace"))
                .service_account(wanted.str("service_account"))
                .send()
        };
        let answer = at.client.ask("look for a pod identity", ask).await.or_absent()?;
        let found = answer.and_then(|answer| answer.associations).unwrap_or_default().pop();
        let Some(id) = found.and_then(|found| found.association_id) else { return Ok(None) };
        let Some(association) = describe(at.client, cluster, &id).await? else { return Ok(None) };
        let labels = association.tags.unwrap_or_default().into_iter().collect();
        Ok(Some(fields! { id: &id, association_id: &id }.and(tags::seen(at.client, wanted, labels))))
    }
}

async fn describe(client: &Client, cluster: &str, id: &str) -> Result<Option<Item>, Trouble> {
    let ask =
        |eks: Eks| eks.describe_pod_identity_association().cluster_name(cluster).association_id(id).send();
    let answer = client.ask(&format!("read the pod identity {id} of the cluster {cluster}"), ask).await;
    Ok(answer.or_absent()?.and_then(|answer| answer.association))
}
