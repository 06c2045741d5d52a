//! The roles that an add-on's service accounts act under.

use aws_sdk_eks::types::AddonPodIdentityAssociations;
use provider::fields;
use provider::sheet::{Fields, Given};

use crate::eks::Eks;
use crate::{Client, OrAbsent, Trouble, built};

/// As they are asked for.
pub(super) fn wanted(wanted: Given<'_>) -> Result<Vec<AddonPodIdentityAssociations>, Trouble> {
    let one = |block: Given<'_>| {
        let association = AddonPodIdentityAssociations::builder()
            .role_arn(block.str("role_arn"))
            .service_account(block.str("service_account"));
        built(association.build())
    };
    wanted.blocks("pod_identity_association").into_iter().map(one).collect()
}

/// As they are: of each the add-on tells its ARN, which ends with its identifier.
pub(super) async fn read(
    client: &Client,
    cluster: &str,
    arns: Option<&[String]>,
) -> Result<Vec<Fields>, Trouble> {
    let mut roles = Vec::new();
    for arn in arns.unwrap_or_default() {
        let id = arn.rsplit('/').next().unwrap_or_default();
        let ask = |eks: Eks| {
            eks.describe_pod_identity_association().cluster_name(cluster).association_id(id).send()
        };
        let answer = client.ask(&format!("read the pod identity {id}"), ask).await.or_absent()?;
        let association = answer.and_then(|answer| answer.association);
        roles.extend(association.map(|association| {
            fields! { role_arn: association.role_arn, service_account: association.service_account }
        }));
    }
    Ok(roles)
}
