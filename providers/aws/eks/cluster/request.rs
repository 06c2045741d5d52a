//! What EKS is asked for.

use aws_sdk_eks::operation::create_cluster::builders::CreateClusterFluentBuilder;
use aws_sdk_eks::types::{
    AuthenticationMode, BlockStorage, ComputeConfigRequest, ControlPlanePlacementRequest,
    CreateAccessConfigRequest, ElasticLoadBalancing, EncryptionConfig, IpFamily,
    KubernetesNetworkConfigRequest, LogSetup, LogType, Logging, OutpostConfigRequest, Provider,
    RemoteNetworkConfigRequest, RemoteNodeNetwork, RemotePodNetwork, StorageConfigRequest, SupportType,
    UpgradePolicyRequest, VpcConfigRequest, ZonalShiftConfigRequest,
};
use model::Path;
use provider::ProviderError;
use provider::sheet::Given;

/// The logs that a control plane can write.
const LOGS: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/// A create, without tags and token.
pub(super) fn create(request: CreateClusterFluentBuilder, wanted: Given<'_>) -> CreateClusterFluentBuilder {
    let logs = wanted.some_texts("enabled_cluster_log_types");
    request
        .name(wanted.str("name"))
        .role_arn(wanted.str("role_arn"))
        .set_version(wanted.string("version"))
        .set_bootstrap_self_managed_addons(wanted.flag("bootstrap_self_managed_addons"))
        .set_access_config(wanted.block("access_config").map(access))
        .set_compute_config(compute(wanted))
        .set_encryption_config(encryption(wanted))
        .set_kubernetes_network_config(network(wanted))
        .set_logging(logs.map(|on| logging(&[], &on)))
        .set_outpost_config(wanted.block("outpost_config").and_then(outpost))
        .set_remote_network_config(wanted.block("remote_network_config").map(remote))
        .set_resources_vpc_config(wanted.block("vpc_config").map(vpc))
        .set_storage_config(storage(wanted))
        .set_upgrade_policy(upgrade_policy(wanted))
        .set_zonal_shift_config(zonal_shift(wanted))
}

fn access(block: Given<'_>) -> CreateAccessConfigRequest {
    let admin = block.flag("bootstrap_cluster_creator_admin_permissions");
    CreateAccessConfigRequest::builder()
        .set_authentication_mode(block.text("authentication_mode").map(AuthenticationMode::from))
        .set_bootstrap_cluster_creator_admin_permissions(admin)
        .build()
}

pub(super) fn compute(wanted: Given<'_>) -> Option<ComputeConfigRequest> {
    let block = wanted.block("compute_config")?;
    let request = ComputeConfigRequest::builder()
        .set_enabled(block.flag("enabled"))
        .set_node_pools(block.some_texts("node_pools"))
        .set_node_role_arn(block.string("node_role_arn"));
    Some(request.build())
}

#[expect(deprecated, reason = "the vendor's schema requires the attribute still")]
pub(super) fn encryption(wanted: Given<'_>) -> Option<Vec<EncryptionConfig>> {
    let one = |block: Given<'_>| {
        let key = block.block("provider").and_then(|provider| provider.string("key_arn"));
        let provider = Provider::builder().set_key_arn(key).build();
        EncryptionConfig::builder().set_resources(block.some_texts("resources")).provider(provider).build()
    };
    let all: Vec<_> = wanted.blocks("encryption_config").into_iter().map(one).collect();
    Some(all).filter(|all| !all.is_empty())
}

fn network(wanted: Given<'_>) -> Option<KubernetesNetworkConfigRequest> {
    let block = wanted.block("kubernetes_network_config")?;
    let request = KubernetesNetworkConfigRequest::builder()
        .set_elastic_load_balancing(balancing(block))
        .set_ip_family(block.text("ip_family").map(IpFamily::from))
        .set_service_ipv4_cidr(block.string("service_ipv4_cidr"));
    Some(request.build())
}

/// The part of the network's configuration that can change.
pub(super) fn network_change(wanted: Given<'_>) -> Option<KubernetesNetworkConfigRequest> {
    let balancing = balancing(wanted.block("kubernetes_network_config")?)?;
    Some(KubernetesNetworkConfigRequest::builder().elastic_load_balancing(balancing).build())
}

fn balancing(network: Given<'_>) -> Option<ElasticLoadBalancing> {
    let block = network.block("elastic_load_balancing")?;
    Some(ElasticLoadBalancing::builder().set_enabled(block.flag("enabled")).build())
}

/// Logs that are to be switched on, and those that were on and are to be switched off.
pub(super) fn logging(before: &[String], on: &[String]) -> Logging {
    let setup = |types: Vec<&String>, enabled: bool| {
        let types = types.into_iter().map(|log| LogType::from(log.as_str())).collect();
        LogSetup::builder().set_types(Some(types)).enabled(enabled).build()
    };
    let off: Vec<&String> = before.iter().filter(|log| !on.contains(log)).collect();
    let on: Vec<&String> = on.iter().collect();
    let setups = [(on, true), (off, false)].into_iter().filter(|(types, _)| !types.is_empty());
    Logging::builder().set_cluster_logging(Some(setups.map(|(types, on)| setup(types, on)).collect())).build()
}

fn outpost(block: Given<'_>) -> Option<OutpostConfigRequest> {
    let group = block.block("control_plane_placement").and_then(|block| block.string("group_name"));
    let placement = group.map(|group| ControlPlanePlacementRequest::builder().group_name(group).build());
    let request = OutpostConfigRequest::builder()
        .control_plane_instance_type(block.str("control_plane_instance_type"))
        .set_control_plane_placement(placement)
        .set_outpost_arns(Some(block.texts("outpost_arns")));
    request.build().ok()
}

pub(super) fn remote(block: Given<'_>) -> RemoteNetworkConfigRequest {
    let ranges = |name: &str| block.block(name).map(|block| block.texts("cidrs"));
    let nodes = ranges("remote_node_networks")
        .map(|cidrs| RemoteNodeNetwork::builder().set_cidrs(Some(cidrs)).build());
    let pods =
        ranges("remote_pod_networks").map(|cidrs| RemotePodNetwork::builder().set_cidrs(Some(cidrs)).build());
    RemoteNetworkConfigRequest::builder()
        .set_remote_node_networks(nodes.map(|one| vec![one]))
        .set_remote_pod_networks(pods.map(|one| vec![one]))
        .build()
}

pub(super) fn storage(wanted: Given<'_>) -> Option<StorageConfigRequest> {
    let block = wanted.block("storage_config")?.block("block_storage")?;
    let storage = BlockStorage::builder().set_enabled(block.flag("enabled")).build();
    Some(StorageConfigRequest::builder().block_storage(storage).build())
}

pub(super) fn upgrade_policy(wanted: Given<'_>) -> Option<UpgradePolicyRequest> {
    let kind = wanted.block("upgrade_policy")?.text("support_type")?;
    Some(UpgradePolicyRequest::builder().support_type(SupportType::from(kind)).build())
}

pub(super) fn zonal_shift(wanted: Given<'_>) -> Option<ZonalShiftConfigRequest> {
    let on = wanted.block("zonal_shift_config")?.flag("enabled");
    Some(ZonalShiftConfigRequest::builder().set_enabled(on).build())
}

fn vpc(block: Given<'_>) -> VpcConfigRequest {
    VpcConfigRequest::builder()
        .set_endpoint_private_access(block.flag("endpoint_private_access"))
        .set_endpoint_public_access(block.flag("endpoint_public_access"))
        .set_public_access_cidrs(block.some_texts("public_access_cidrs"))
        .set_security_group_ids(block.some_texts("security_group_ids"))
        .set_subnet_ids(block.some_texts("subnet_ids"))
        .build()
}

/// What is wrong with a configuration.
pub(super) fn faults(config: Given<'_>) -> Vec<ProviderError> {
    let wrong = |name: &str, detail: String| {
        ProviderError::invalid("Invalid cluster", detail).at(Path::of_attr(name))
    };
    let mut faults = Vec::new();
    let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if let Some(name) = config.text("name") {
        let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !begins || name.len() > 100 || !name.chars().all(is_inside) {
            let rule = "it has at most 100 letters, digits, hyphens and underscores, and begins with a letter or digit";
            faults.push(wrong("name", format!("{name:?} can't be the name of a cluster: {rule}.")));
        }
    }
    for log in config.texts("enabled_cluster_log_types").iter().filter(|log| !LOGS.contains(&&***log)) {
        let detail = format!("There is no log {log:?}, only {}.", LOGS.join(", "));
        faults.push(wrong("enabled_cluster_log_types", detail));
    }
    if let Some(block) = config.block("vpc_config")
        && block.flag("endpoint_public_access") == Some(false)
        && block.value("endpoint_private_access").is_none()
        && !block.is_unknown("endpoint_private_access")
    {
        let detail =
            "Without `endpoint_public_access` it needs `endpoint_private_access`, else nobody reaches it.";
        faults.push(wrong("vpc_config", detail.to_owned()));
    }
    faults.extend(automatic(config).map(|detail| wrong("compute_config", detail)));
    faults
}

/// Nodes, balancers and volumes that EKS makes by itself are switched on together.
fn automatic(config: Given<'_>) -> Option<String> {
    let flag = |outer: &str, inner: Option<&str>| {
        let block = config.block(outer)?;
        let block = match inner {
            Some(inner) => block.block(inner)?,
            None => block,
        };
        if block.is_unknown("enabled") { None } else { block.flag("enabled") }
    };
    let compute = flag("compute_config", None)?;
    let balancing = flag("kubernetes_network_config", Some("elastic_load_balancing"));
    let storage = flag("storage_config", Some("block_storage"));
    let others = [balancing, storage].map(|flag| flag.unwrap_or(false));
    let is_open = ["kubernetes_network_config", "storage_config"].iter().any(|name| config.is_unknown(name));
    (!is_open && others != [compute; 2]).then(|| {
        "`compute_config.enabled`, `kubernetes_network_config.elastic_load_balancing.enabled` and \
         `storage_config.block_storage.enabled` are all true or all false."
            .to_owned()
    })
}
