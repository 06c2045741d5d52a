//! The attributes of a cluster that was read.

use provider::fields;
use provider::sheet::{At, Fields, Given};
use serde_json::{Value as Json, json};

use super::{MIRROR, SETTINGS, maintenance, path_of};
use crate::client::Client;
use crate::clusters::node;
use crate::labels;
use crate::mirror::text;

/// What the API alone says.
const TOLD: &[&str] = &[
    "endpoint",
    "label_fingerprint",
    "master_version",
    "node_pool",
    "node_version",
    "self_link",
    "services_ipv4_cidr",
    "tpu_ipv4_cidr_block",
];

/// The attributes of a cluster.
pub(in crate::clusters) fn told(at: &At<'_, Client>, known: Given<'_>, mut cluster: Json) -> Fields {
    let seen = labels::seen_as(at, known, "resource_labels", labels::under(&cluster, "resourceLabels"));
    let policy = maintenance::read(&cluster);
    prepare(known, &mut cluster);
    MIRROR.hush(known, &mut cluster);
    let mut all = MIRROR.fields(&cluster, &[SETTINGS, TOLD].concat()).and(places(known, &cluster));
    all.set("maintenance_policy", policy);
    all.set("operation", None::<&str>);
    // Where the first pool went, the API tells the machines of another one.
    if !known.is("remove_default_node_pool") {
        all = all.and(MIRROR.fields(&cluster, &["node_config"]));
    }
    all.and(seen)
}

/// Where a cluster is, and in what.
fn places(known: Given<'_>, cluster: &Json) -> Fields {
    let location = text(cluster, "/location");
    let zones = cluster.get("locations").and_then(Json::as_array).into_iter().flatten();
    let zones: Vec<&str> = zones.filter_map(Json::as_str).filter(|zone| *zone != location).collect();
    let either = |path: &str, short: &str| match text(cluster, path) {
        "" => text(cluster, short).to_owned(),
        full => full.to_owned(),
    };
    let is_native = cluster.pointer("/ipAllocationPolicy/useIpAliases").and_then(Json::as_bool) == Some(true);
    fields! {
        id: path_of(known),
        location: location,
        name: text(cluster, "/name"),
        network: either("/networkConfig/network", "/network"),
        networking_mode: if is_native { "VPC_NATIVE" } else { "ROUTES" },
        node_locations: zones,
        subnetwork: either("/networkConfig/subnetwork", "/subnetwork"),
    }
}

/// Makes the document what attributes say.
fn prepare(known: Given<'_>, cluster: &mut Json) {
    let is_imported = known.text("self_link").is_none() && known.blocks("node_config").is_empty();
    if let Some(config) = cluster.get_mut("nodeConfig") {
        node::as_seen(config, known.block("node_config").filter(|_| !is_imported));
    }
    let pools = known.blocks("node_pool");
    for pool in cluster.get_mut("nodePools").and_then(Json::as_array_mut).into_iter().flatten() {
        let before = pools.iter().find(|known| known.text("name") == Some(text(pool, "/name")));
        let first = pool.get("initialNodeCount").cloned().unwrap_or_else(|| 0.into());
        node::pool_as_seen(pool, before.copied());
        pool["nodeCount"] = first;
    }
    policies(known, cluster);
    // Whether there is a client's certificate is told only where there is one.
    if let Some(auth) = cluster.get_mut("masterAuth").and_then(Json::as_object_mut) {
        auth.entry("clientCertificateConfig").or_insert_with(|| json!({ "issueClientCertificate": false }));
    }
    if let Some(fleet) = cluster.get_mut("fleet") {
        let membership = text(fleet, "/membership").to_owned();
        let mut parts = membership.rsplit('/').step_by(2);
        fleet["membershipId"] = parts.next().unwrap_or_default().into();
        fleet["membershipLocation"] = parts.next().unwrap_or_default().into();
    }
    // Networks that may reach the API are told even where all may.
    let limits = cluster.pointer("/masterAuthorizedNetworksConfig/enabled").and_then(Json::as_bool);
    if let (false, Some(fields)) = (limits.unwrap_or(false), cluster.as_object_mut()) {
        fields.remove("masterAuthorizedNetworksConfig");
    }
}

/// Ranges as they were said where only their size was.
fn policies(known: Given<'_>, cluster: &mut Json) {
    let is_native = cluster.pointer("/ipAllocationPolicy/useIpAliases").and_then(Json::as_bool) == Some(true);
    if let (false, Some(fields)) = (is_native, cluster.as_object_mut()) {
        fields.remove("ipAllocationPolicy");
    }
    let Some(policy) = cluster.get_mut("ipAllocationPolicy") else { return };
    if text(policy, "/stackType").is_empty() {
        policy["stackType"] = "IPV4".into();
    }
    let before = known.block("ip_allocation_policy");
    for (name, field) in [
        ("cluster_ipv4_cidr_block", "clusterIpv4CidrBlock"),
        ("services_ipv4_cidr_block", "servicesIpv4CidrBlock"),
    ] {
        let size = before.and_then(|before| before.text(name)).filter(|size| size.starts_with('/'));
        if let Some(size) = size.filter(|size| text(policy, &format!("/{field}")).ends_with(size)) {
            policy[field] = size.into();
        }
    }
}
