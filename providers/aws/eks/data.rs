//! Data sources of EKS.

mod presigned;

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{ErrorKind, ProviderError, fields};

use super::cluster;
use crate::{Client, tags};

/// `data.aws_eks_cluster`.
pub(super) struct Cluster;

#[async_trait]
impl Source for Cluster {
    type Client = Client;
    const NAME: &'static str = "aws_eks_cluster";
    const SHEET: &'static str = "\
A cluster of Kubernetes that is there already.

access_config computed list(object(authentication_mode:string,bootstrap_cluster_creator_admin_permissions:bool)) | Who may use it.
arn computed string | Its ARN.
certificate_authority computed list(object(data:string)) | The authority that its certificates are signed by, in base64.
cluster_id computed string | Its identifier; of clusters on outposts.
compute_config computed list(object(enabled:bool,node_pools:set(string),node_role_arn:string)) | Nodes that EKS makes and removes by itself.
created_at computed string | When it was made.
enabled_cluster_log_types computed set(string) | What the control plane logs.
endpoint computed string | Where its API is reached.
id optional computed string | Its name.
identity computed list(object(oidc:list(object(issuer:string)))) | The issuer of its service accounts' tokens.
kubernetes_network_config computed list(object(elastic_load_balancing:list(object(enabled:bool)),ip_family:string,service_ipv4_cidr:string,service_ipv6_cidr:string)) | The addresses within it.
name required string | Its name.
outpost_config computed list(object(control_plane_instance_type:string,control_plane_placement:list(object(group_name:string)),outpost_arns:set(string))) | The outposts that it lies on.
platform_version computed string | The version of what AWS runs it on.
remote_network_config computed list(object(remote_node_networks:list(object(cidrs:set(string))),remote_pod_networks:list(object(cidrs:set(string))))) | The networks of nodes on one's own premises.
role_arn computed string | The role that it acts under.
status computed string | Whether it can be used.
storage_config computed list(object(block_storage:list(object(enabled:bool)))) | Volumes that EKS makes and removes by itself.
tags optional computed map(string) | Its tags.
upgrade_policy computed list(object(support_type:string)) | What happens when the support of a version ends.
version computed string | The version of Kubernetes.
vpc_config computed list(object(cluster_security_group_id:string,endpoint_private_access:bool,endpoint_public_access:bool,public_access_cidrs:set(string),security_group_ids:set(string),subnet_ids:set(string),vpc_id:string)) | Its network.
zonal_shift_config computed list(object(enabled:bool)) | Leaving a zone that has trouble.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let name = config.str("name");
        let mut cluster = cluster::describe(at.client, name).await?.ok_or_else(|| {
            let detail = format!("There is no cluster {name:?} in this account and region.");
            ProviderError::new(ErrorKind::NotFound, "No such cluster", detail)
        })?;
        let labels = cluster.tags.take().unwrap_or_default().into_iter().collect();
        Ok(cluster::told(cluster, true).with("tags", tags::told(at.client, labels)))
    }
}

/// `data.aws_eks_cluster_auth`.
pub(super) struct ClusterAuth;

#[async_trait]
impl Source for ClusterAuth {
    type Client = Client;
    const NAME: &'static str = "aws_eks_cluster_auth";
    const SHEET: &'static str = "\
A token that a cluster takes for who one is to AWS. It is good for a quarter of an hour.

id optional computed string | The cluster.
name required string | The cluster.
token computed sensitive string | The token.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let name = config.str("name");
        let token = presigned::token(at.client, at.call.around.now_ns(), name).await?;
        Ok(fields! { id: name, token: token })
    }
}
