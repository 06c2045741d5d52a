//! `aws_eks_access_policy_association`.

use async_trait::async_trait;
use aws_sdk_eks::types::{AccessScope, AccessScopeType, AssociatedAccessPolicy};
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::{Eks, moment};
use crate::{Client, OrAbsent, Trouble};

/// The resource type.
pub(crate) struct AccessPolicyAssociation;

/// The form of an identifier.
const FORM: &str = "CLUSTER#PRINCIPAL#POLICY";

#[async_trait]
impl Kind for AccessPolicyAssociation {
    type Client = Client;
    const NAME: &'static str = "aws_eks_access_policy_association";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
What somebody who has access to a cluster may do in it.

associated_at computed string | Since when.
cluster_name required fixed string | The cluster.
id optional computed string | Cluster, principal and policy: `CLUSTER#ARN#ARN`.
modified_at computed volatile string | When it was changed.
policy_arn required fixed string | The policy, one of EKS's own.
principal_arn required fixed string | The user or role, which has an access entry.
access_scope block list 1..1 fixed | Where in the cluster.
  namespaces optional fixed set(string) | In which namespaces.
  type required fixed string | `cluster`, or `namespace`.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `40m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let Some(scope) = config.block("access_scope") else { return Vec::new() };
        let has_namespaces = !scope.texts("namespaces").is_empty() || scope.is_unknown("namespaces");
        let detail = match (scope.text("type"), has_namespaces) {
            (Some("namespace"), true) | (Some("cluster"), false) | (None, _) => return Vec::new(),
            (Some("namespace"), false) => "A policy for namespaces needs `namespaces`.".to_owned(),
            (Some("cluster"), true) => "A policy for the whole cluster has no `namespaces`.".to_owned(),
            (Some(other), _) => format!("There is no scope {other:?}, only `cluster` and `namespace`."),
        };
        vec![ProviderError::invalid("Invalid scope", detail).at(model::Path::of_attr("access_scope"))]
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (cluster, principal, policy) =
            (wanted.str("cluster_name"), wanted.str("principal_arn"), wanted.str("policy_arn"));
        let associate = |eks: Eks| {
            eks.associate_access_policy()
                .cluster_name(cluster)
                .principal_arn(principal)
                .policy_arn(policy)
                .set_access_scope(wanted.block("access_scope").map(scope))
                .send()
        };
        // Once more is the same as once.
        at.client
            .put(&format!("give {principal} the policy {policy} in the cluster {cluster}"), associate)
            .await?;
        Ok(fields! { id: format!("{cluster}#{principal}#{policy}") })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let known_id = match known.id() {
            "" => format!(
                "{}#{}#{}",
                known.str("cluster_name"),
                known.str("principal_arn"),
                known.str("policy_arn")
            ),
            id => id.to_owned(),
        };
        let (cluster, principal, policy) = parts(&known_id)?;
        let Some(association) = describe(at.client, cluster, principal, policy).await? else {
            return Ok(None);
        };
        let scope = association.access_scope.map(|scope| {
            let kind = scope.r#type.as_ref().map(|kind| kind.as_str().to_owned());
            fields! { namespaces: scope.namespaces.unwrap_or_default(), type: kind }
        });
        Ok(Some(fields! {
            access_scope: scope.into_iter().collect::<Vec<_>>(),
            associated_at: moment(association.associated_at),
            cluster_name: cluster,
            id: &known_id,
            modified_at: moment(association.modified_at),
            policy_arn: policy,
            principal_arn: principal,
        }))
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (cluster, principal, policy) = parts(prior.id())?;
        let undo = |eks: Eks| {
            eks.disassociate_access_policy()
                .cluster_name(cluster)
                .principal_arn(principal)
                .policy_arn(policy)
                .send()
        };
        let what = format!("take the policy {policy} in the cluster {cluster} from {principal}");
        at.client.put(&what, undo).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (cluster, principal, policy) = parts(id)?;
        Ok(fields! { id: id, cluster_name: cluster, principal_arn: principal, policy_arn: policy })
    }
}

fn parts(id: &str) -> Result<(&str, &str, &str), KindError> {
    match id.split('#').collect::<Vec<_>>()[..] {
        [cluster, principal, policy] => Ok((cluster, principal, policy)),
        _ => Err(ProviderError::invalid("Invalid import identifier", format!("{id:?} is not {FORM}."))),
    }
}

fn scope(block: Given<'_>) -> AccessScope {
    AccessScope::builder()
        .set_type(block.text("type").map(AccessScopeType::from))
        .set_namespaces(block.some_texts("namespaces"))
        .build()
}

async fn describe(
    client: &Client,
    cluster: &str,
    principal: &str,
    policy: &str,
) -> Result<Option<AssociatedAccessPolicy>, Trouble> {
    let mut next: Option<String> = None;
    loop {
        let ask = |eks: Eks| {
            let request =
                eks.list_associated_access_policies().cluster_name(cluster).principal_arn(principal);
            request.set_next_token(next.clone()).send()
        };
        let what = format!("read the policies of {principal} in the cluster {cluster}");
        let Some(page) = client.ask(&what, ask).await.or_absent()? else { return Ok(None) };
        let policies = page.associated_access_policies.unwrap_or_default();
        let found = policies.into_iter().find(|one| one.policy_arn.as_deref() == Some(policy));
        next = page.next_token.filter(|next| !next.is_empty());
        if found.is_some() || next.is_none() {
            return Ok(found);
        }
    }
}
