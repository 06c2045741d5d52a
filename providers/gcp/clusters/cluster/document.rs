//! A cluster as a create says it.

use provider::sheet::Given;
use serde_json::{Map, Value as Json, json};

use super::{MIRROR, SETTINGS, maintenance};
use crate::clusters::node;
use crate::clusters::object::region_of;
use crate::labels::Labels;
use crate::places::reference;

/// The document of a new cluster.
pub(super) fn of(wanted: Given<'_>, marked: Labels) -> Json {
    let mut cluster = MIRROR.document(wanted, SETTINGS);
    networks(wanted, &mut cluster);
    machines(wanted, &mut cluster);
    if let Some(version) = wanted.text("min_master_version") {
        cluster.insert("initialClusterVersion".into(), version.into());
    }
    let zones = zones(wanted);
    if !zones.is_empty() {
        cluster.insert("locations".into(), zones.into());
    }
    if let Some(policy) = maintenance::write(wanted) {
        cluster.insert("maintenancePolicy".into(), policy);
    }
    if !marked.is_empty() {
        cluster.insert("resourceLabels".into(), marked.into_iter().collect());
    }
    for name in ["authenticatorGroupsConfig", "masterAuthorizedNetworksConfig"] {
        if let Some(config) = cluster.get_mut(name) {
            config["enabled"] = true.into();
        }
    }
    // A create does not take it.
    if let Some(auto) = cluster.get_mut("nodePoolAutoConfig").and_then(Json::as_object_mut) {
        auto.remove("linuxNodeConfig");
    }
    Json::Object(cluster)
}

/// The zones of machines: those that are said, and the cluster's own where it has one.
pub(super) fn zones(wanted: Given<'_>) -> Vec<String> {
    let (mut zones, location) = (wanted.texts("node_locations"), wanted.str("location"));
    if !zones.is_empty() && region_of(location) != location {
        zones.push(location.to_owned());
    }
    zones
}

fn networks(wanted: Given<'_>, cluster: &mut Map<String, Json>) {
    let (project, region) = (wanted.str("project"), region_of(wanted.str("location")));
    let subnetworks = format!("regions/{region}/subnetworks");
    cluster.insert("network".into(), reference(wanted.str("network"), project, "global/networks").into());
    if let Some(subnetwork) = wanted.text("subnetwork") {
        cluster.insert("subnetwork".into(), reference(subnetwork, project, &subnetworks).into());
    }
    let policy = cluster.entry("ipAllocationPolicy").or_insert_with(|| json!({}));
    match wanted.text("networking_mode") {
        Some("ROUTES") => *policy = json!({ "useRoutes": true }),
        _ => policy["useIpAliases"] = true.into(),
    }
    // The API takes further ranges only of what is there.
    if let Some(policy) = policy.as_object_mut() {
        policy.remove("additionalPodRangesConfig");
    }
    if let Some(subnetwork) =
        cluster.get_mut("privateClusterConfig").and_then(|p| p.get_mut("privateEndpointSubnetwork"))
    {
        *subnetwork = reference(subnetwork.as_str().unwrap_or_default(), project, &subnetworks).into();
    }
}

/// The machines: pools of the cluster's own, or its first pool. An autopilot cluster has neither.
fn machines(wanted: Given<'_>, cluster: &mut Map<String, Json>) {
    if wanted.is("enable_autopilot") {
        return;
    }
    if let Some(Json::Array(mut pools)) = MIRROR.one(wanted, "node_pool") {
        let blocks = wanted.blocks("node_pool");
        pools.iter_mut().zip(blocks).for_each(|(pool, block)| node::pool_to_send(pool, block));
        cluster.insert("nodePools".into(), pools.into());
        return;
    }
    let mut config = MIRROR.one(wanted, "node_config").unwrap_or_else(|| json!({}));
    node::to_send(&mut config);
    cluster.insert("nodeConfig".into(), config);
    if let Some(count) = wanted.int("initial_node_count") {
        cluster.insert("initialNodeCount".into(), count.into());
    }
}
