//! What machines are, in a cluster and in a pool: how attributes and fields belong together, and what is special about them.

use std::collections::{BTreeMap, BTreeSet};

use model::{Str, Type, Value};
use provider::sheet::{Draft, Given};
use serde_json::{Value as Json, json};

use crate::mirror::text;

/// Attributes whose fields are called otherwise.
pub(super) const NAMES: &[(&str, &str)] = &[
    // Machines.
    ("logging_variant", "loggingConfig.variantConfig.variant"),
    ("taint", "taints"),
    ("resource_manager_tags", "resourceManagerTags.tags"),
    ("guest_accelerator", "accelerators"),
    ("guest_accelerator.count", "acceleratorCount"),
    ("guest_accelerator.type", "acceleratorType"),
    ("sandbox_config.sandbox_type", "type"),
    ("sole_tenant_config.node_affinity", "nodeAffinities"),
    ("windows_node_config.osversion", "osVersion"),
    ("hugepages_config", "hugepages"),
    // Pools.
    ("max_pods_per_node", "maxPodsConstraint.maxPodsPerNode"),
    ("additional_pod_network_configs.max_pods_per_node", "maxPodsPerNode.maxPodsPerNode"),
    ("pod_cidr_overprovision_config.disabled", "disable"),
    ("node_locations", "locations"),
    ("node_pool.node_config", "config"),
    ("node_pool", "nodePools"),
    // Clusters.
    ("allow_net_admin", "autopilot.workloadPolicyConfig.allowNetAdmin"),
    ("auto_provisioning_defaults", "autoprovisioningNodePoolDefaults"),
    ("auto_provisioning_defaults.disk_size", "diskSizeGb"),
    ("auto_provisioning_locations", "autoprovisioningLocations"),
    ("cloudrun_config", "cloudRunConfig"),
    ("cluster_autoscaling", "autoscaling"),
    ("cluster_autoscaling.enabled", "enableNodeAutoprovisioning"),
    ("datapath_provider", "networkConfig.datapathProvider"),
    ("default_compute_class_enabled", "defaultComputeClassConfig.enabled"),
    ("default_max_pods_per_node", "defaultMaxPodsConstraint.maxPodsPerNode"),
    ("default_snat_status", "networkConfig.defaultSnatStatus"),
    ("disable_l4_lb_firewall_reconciliation", "networkConfig.disableL4LbFirewallReconciliation"),
    ("dns_config", "networkConfig.dnsConfig"),
    ("enable_autopilot", "autopilot.enabled"),
    ("enable_cilium_clusterwide_network_policy", "networkConfig.enableCiliumClusterwideNetworkPolicy"),
    ("enable_fqdn_network_policy", "networkConfig.enableFqdnNetworkPolicy"),
    ("enable_intranode_visibility", "networkConfig.enableIntraNodeVisibility"),
    ("enable_l4_ilb_subsetting", "networkConfig.enableL4ilbSubsetting"),
    ("enable_legacy_abac", "legacyAbac.enabled"),
    ("enable_multi_networking", "networkConfig.enableMultiNetworking"),
    ("enable_resource_consumption_metering", "consumptionMeteringConfig.enabled"),
    ("enable_shielded_nodes", "shieldedNodes.enabled"),
    ("gateway_api_config", "networkConfig.gatewayApiConfig"),
    ("in_transit_encryption_config", "networkConfig.inTransitEncryptionConfig"),
    ("logging_config.enable_components", "componentConfig.enableComponents"),
    ("managed_prometheus", "managedPrometheusConfig"),
    ("master_version", "currentMasterVersion"),
    ("monitoring_config.enable_components", "componentConfig.enableComponents"),
    (
        "node_config_defaults.insecure_kubelet_readonly_port_enabled",
        "nodeKubeletConfig.insecureKubeletReadonlyPortEnabled",
    ),
    ("node_version", "currentNodeVersion"),
    ("private_ipv6_google_access", "networkConfig.privateIpv6GoogleAccess"),
    ("service_external_ips_config", "networkConfig.serviceExternalIpsConfig"),
];

/// Attributes that are numbers here and texts there.
pub(super) const TEXTS: &[&str] = &[
    "count",
    "default_max_pods_per_node",
    "max_pods_per_node",
    "max_shared_clients_per_gpu",
    "maximum",
    "minimum",
    "pod_pids_limit",
    "threads_per_core",
];

/// Attributes that are `TRUE` or `FALSE` here, and true or false there.
pub(super) const SWITCHES: &[&str] = &["insecure_kubelet_readonly_port_enabled"];

/// What tokens of machines are good for where nothing is said: reading images, and saying what happens.
/// <https://cloud.google.com/kubernetes-engine/docs/how-to/access-scopes>
const USUAL_SCOPES: &[&str] =
    &["storage-ro", "logging-write", "monitoring", "service-management", "service-control", "trace"];

/// The short names of scopes, and the ends of their addresses.
/// <https://cloud.google.com/sdk/gcloud/reference/container/clusters/create#--scopes>
const SCOPES: &[(&str, &str)] = &[
    ("bigquery", "bigquery"),
    ("cloud-platform", "cloud-platform"),
    ("cloud-source-repos", "source.full_control"),
    ("cloud-source-repos-ro", "source.read_only"),
    ("compute-ro", "compute.readonly"),
    ("compute-rw", "compute"),
    ("datastore", "datastore"),
    ("logging-write", "logging.write"),
    ("monitoring", "monitoring"),
    ("monitoring-read", "monitoring.read"),
    ("monitoring-write", "monitoring.write"),
    ("pubsub", "pubsub"),
    ("service-control", "servicecontrol"),
    ("service-management", "service.management.readonly"),
    ("sql", "sqlservice"),
    ("sql-admin", "sqlservice.admin"),
    ("storage-full", "devstorage.full_control"),
    ("storage-ro", "devstorage.read_only"),
    ("storage-rw", "devstorage.read_write"),
    ("taskqueue", "taskqueue"),
    ("trace", "trace.append"),
    ("useraccounts-ro", "cloud.useraccounts.readonly"),
    ("useraccounts-rw", "cloud.useraccounts"),
    ("userinfo-email", "userinfo.email"),
];

/// Taints that Kubernetes Engine gives machines by itself, by what they are.
/// <https://cloud.google.com/kubernetes-engine/docs/how-to/node-taints>
const OF_GKE: &[&str] = &[
    "google.com/tpu",
    "kubernetes.io/arch",
    "nvidia.com/gpu",
    "node.kubernetes.io/os",
    "sandbox.gke.io/runtime",
];

/// A scope as the API has it.
fn scope(text: &str) -> String {
    let end = SCOPES.iter().find(|(short, _)| *short == text);
    end.map_or_else(|| text.to_owned(), |(_, end)| format!("https://www.googleapis.com/auth/{end}"))
}

/// Makes a document of machines what the API takes.
pub(super) fn to_send(config: &mut Json) {
    let told = config.get("oauthScopes").and_then(Json::as_array).cloned();
    let told = told.map(|all| all.iter().filter_map(Json::as_str).map(scope).collect::<Vec<_>>());
    let scopes = told.unwrap_or_else(|| USUAL_SCOPES.iter().map(|one| scope(one)).collect());
    config["oauthScopes"] = scopes.into();
}

/// Makes a document of a pool what the API takes.
pub(super) fn pool_to_send(pool: &mut Json, wanted: Given<'_>) {
    if let Some(scaling) = pool.get_mut("autoscaling") {
        scaling["enabled"] = true.into();
    }
    if pool.get("config").is_none() {
        pool["config"] = json!({});
    }
    to_send(&mut pool["config"]);
    let count = wanted.int("node_count").or(wanted.int("initial_node_count"));
    let least = wanted.block("autoscaling").map(|scaling| scaling.int("min_node_count").unwrap_or(0));
    if let Some(fields) = pool.as_object_mut() {
        fields.remove("nodeCount");
        fields.remove("namePrefix");
        fields.insert("initialNodeCount".into(), count.or(least).unwrap_or(1).into());
    }
}

/// Makes a document of machines that was read what attributes say: scopes as they are known, taints that are configured
/// apart from all.
pub(super) fn as_seen(config: &mut Json, known: Option<Given<'_>>) {
    let aliases: BTreeMap<String, String> = known
        .map(|known| known.texts("oauth_scopes"))
        .unwrap_or_default()
        .into_iter()
        .map(|known| (scope(&known), known))
        .collect();
    let scopes = config.get_mut("oauthScopes").and_then(Json::as_array_mut);
    for one in scopes.into_iter().flatten() {
        if let Some(alias) = one.as_str().and_then(|one| aliases.get(one)) {
            *one = alias.as_str().into();
        }
    }
    let Some(taints) = config.get("taints").cloned() else { return };
    config["effectiveTaints"] = taints.clone();
    let Some(known) = known else {
        let own =
            taints.as_array().into_iter().flatten().filter(|taint| !OF_GKE.contains(&text(taint, "/key")));
        config["taints"] = own.cloned().collect();
        return;
    };
    let is_there = |taint: Given<'_>| {
        let same = |seen: &&Json| {
            ["key", "value", "effect"].iter().all(|part| text(seen, &format!("/{part}")) == taint.str(part))
        };
        taints.as_array().into_iter().flatten().find(same).cloned()
    };
    config["taints"] = known.blocks("taint").into_iter().filter_map(is_there).collect();
}

/// Makes a document of a pool that was read what attributes say.
pub(super) fn pool_as_seen(pool: &mut Json, known: Option<Given<'_>>) {
    let is_scaled = pool.pointer("/autoscaling/enabled").and_then(Json::as_bool) == Some(true);
    if let (false, Some(fields)) = (is_scaled, pool.as_object_mut()) {
        fields.remove("autoscaling");
    }
    // None at least is left out, where limits are for each zone.
    if pool.pointer("/autoscaling/maxNodeCount").is_some()
        && pool.pointer("/autoscaling/minNodeCount").is_none()
    {
        pool["autoscaling"]["minNodeCount"] = 0.into();
    }
    if let Some(config) = pool.get_mut("config") {
        as_seen(config, known.and_then(|known| known.block("node_config")));
    }
    let managers = pool.get("instanceGroupUrls").cloned().unwrap_or_else(|| json!([]));
    let groups = managers.as_array().into_iter().flatten().filter_map(Json::as_str);
    let groups: Vec<String> =
        groups.map(|url| url.replace("/instanceGroupManagers/", "/instanceGroups/")).collect();
    pool["instanceGroupUrls"] = groups.into();
    pool["managedInstanceGroupUrls"] = managers;
}

/// Plans that all taints are known only afterwards where those change that are configured, and that scopes stay which are only
/// written otherwise.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let Some(prior) = draft.prior.and_then(|prior| prior.block("node_config")) else { return };
    let planned = draft.planned();
    let Some(config) = planned.block("node_config") else { return };
    let scopes = |given: Given<'_>| -> BTreeSet<String> {
        given.texts("oauth_scopes").iter().map(|one| scope(one)).collect()
    };
    let are_same = !config.is_unknown("oauth_scopes") && scopes(config) == scopes(prior);
    let has_other_taints = config.differs(prior, "taint");
    let value = |name: &Str, value: &Value| match &**name {
        "effective_taints" if has_other_taints => Value::unknown(value.ty()),
        "oauth_scopes" if are_same => prior.whole().get(name).cloned().unwrap_or_else(|| value.clone()),
        _ => value.clone(),
    };
    let entries = config.whole().as_entries().unwrap_or_default().iter();
    let object =
        Value::object(entries.map(|(name, now)| (name.clone(), value(name, now))).collect::<Vec<_>>());
    let element: Type = config.whole().ty();
    draft.set("node_config", Value::list(element, vec![object]));
}
