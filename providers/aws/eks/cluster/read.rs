//! What EKS tells of a cluster.

use aws_sdk_eks::types::{
    Cluster, EncryptionConfig, KubernetesNetworkConfigResponse, LogSetup, OutpostConfigResponse,
    RemoteNetworkConfigResponse, VpcConfigResponse,
};
use provider::fields;
use provider::sheet::{Fields, Given};

use crate::eks::moment;
use crate::{Client, tags};

/// All attributes of a resource.
pub(super) fn fields(client: &Client, known: Given<'_>, mut cluster: Cluster) -> Fields {
    let labels = cluster.tags.take().unwrap_or_default().into_iter().collect();
    // EKS does not tell it. Where the block was left out, who made the cluster may do everything in it.
    let before = known.block("access_config");
    let admin = before.is_none_or(|block| block.is("bootstrap_cluster_creator_admin_permissions"));
    let encryption = cluster.encryption_config.take().unwrap_or_default();
    let encryption: Vec<Fields> = encryption.into_iter().map(encrypted).collect();
    let told = told(cluster, admin).with("encryption_config", encryption);
    told.told_only(&["access_config", "upgrade_policy"]).and(tags::seen(client, known, labels))
}

/// What resources and data sources say alike.
pub(in crate::eks) fn told(cluster: Cluster, admin: bool) -> Fields {
    let access = cluster.access_config.map(|access| {
        fields! {
            authentication_mode: access.authentication_mode.as_ref().map(|mode| mode.as_str()),
            bootstrap_cluster_creator_admin_permissions:
                access.bootstrap_cluster_creator_admin_permissions.unwrap_or(admin),
        }
    });
    let compute = cluster.compute_config.map(|compute| {
        fields! {
            enabled: compute.enabled.unwrap_or(false),
            node_pools: compute.node_pools.unwrap_or_default(),
            node_role_arn: compute.node_role_arn.unwrap_or_default(),
        }
    });
    let issuer =
        cluster.identity.and_then(|identity| identity.oidc).map(|oidc| fields! { issuer: oidc.issuer });
    let storage = cluster.storage_config.and_then(|storage| storage.block_storage);
    let storage = storage.map(|block| fields! { enabled: block.enabled.unwrap_or(false) });
    let logs = cluster.logging.and_then(|logging| logging.cluster_logging).unwrap_or_default();
    let policy = cluster.upgrade_policy.map(|policy| {
        fields! { support_type: policy.support_type.as_ref().map(|kind| kind.as_str()) }
    });
    let authority = cluster.certificate_authority.map(|authority| fields! { data: authority.data });
    let shift = cluster.zonal_shift_config.map(|shift| fields! { enabled: shift.enabled.unwrap_or(false) });
    fields! {
        access_config: listed(access),
        arn: cluster.arn,
        certificate_authority: listed(authority),
        cluster_id: cluster.id,
        compute_config: listed(compute),
        created_at: moment(cluster.created_at),
        enabled_cluster_log_types: enabled(&logs),
        endpoint: cluster.endpoint,
        id: cluster.name.as_deref(),
        identity: listed(issuer.map(|issuer| fields! { oidc: vec![issuer] })),
        kubernetes_network_config: listed(cluster.kubernetes_network_config.map(network)),
        name: cluster.name.as_deref(),
        outpost_config: listed(cluster.outpost_config.map(outpost)),
        platform_version: cluster.platform_version,
        remote_network_config: listed(cluster.remote_network_config.map(remote)),
        role_arn: cluster.role_arn,
        status: cluster.status.as_ref().map(|status| status.as_str()),
        storage_config: listed(storage.map(|block| fields! { block_storage: vec![block] })),
        upgrade_policy: listed(policy),
        version: cluster.version,
        vpc_config: listed(cluster.resources_vpc_config.map(vpc)),
        zonal_shift_config: listed(shift),
    }
}

fn listed(one: Option<Fields>) -> Vec<Fields> {
    one.into_iter().collect()
}

fn enabled(logs: &[LogSetup]) -> Vec<String> {
    let on = logs.iter().filter(|setup| setup.enabled == Some(true));
    on.flat_map(|setup| setup.types.iter().flatten()).map(|log| log.as_str().to_owned()).collect()
}

#[expect(deprecated, reason = "the vendor's schema requires the attribute still")]
fn encrypted(config: EncryptionConfig) -> Fields {
    let key = config.provider.and_then(|provider| provider.key_arn);
    fields! { provider: vec![fields! { key_arn: key }], resources: config.resources.unwrap_or_default() }
}

fn network(network: KubernetesNetworkConfigResponse) -> Fields {
    let balancing = network.elastic_load_balancing.map(|b| fields! { enabled: b.enabled.unwrap_or(false) });
    fields! {
        elastic_load_balancing: listed(balancing),
        ip_family: network.ip_family.as_ref().map(|family| family.as_str()),
        service_ipv4_cidr: network.service_ipv4_cidr,
        service_ipv6_cidr: network.service_ipv6_cidr,
    }
}

fn outpost(outpost: OutpostConfigResponse) -> Fields {
    let place = outpost.control_plane_placement.map(|place| fields! { group_name: place.group_name });
    fields! {
        control_plane_instance_type: outpost.control_plane_instance_type,
        control_plane_placement: listed(place),
        outpost_arns: outpost.outpost_arns,
    }
}

fn remote(remote: RemoteNetworkConfigResponse) -> Fields {
    let nodes = remote.remote_node_networks.unwrap_or_default().into_iter().map(|one| one.cidrs);
    let pods = remote.remote_pod_networks.unwrap_or_default().into_iter().map(|one| one.cidrs);
    let block = |cidrs: Option<Vec<String>>| fields! { cidrs: cidrs.unwrap_or_default() };
    fields! {
        remote_node_networks: nodes.map(block).collect::<Vec<_>>(),
        remote_pod_networks: pods.map(block).collect::<Vec<_>>(),
    }
}

fn vpc(vpc: VpcConfigResponse) -> Fields {
    fields! {
        cluster_security_group_id: vpc.cluster_security_group_id,
        endpoint_private_access: vpc.endpoint_private_access,
        endpoint_public_access: vpc.endpoint_public_access,
        public_access_cidrs: vpc.public_access_cidrs.unwrap_or_default(),
        security_group_ids: vpc.security_group_ids.unwrap_or_default(),
        subnet_ids: vpc.subnet_ids.unwrap_or_default(),
        vpc_id: vpc.vpc_id,
    }
}
