//! Changes of a pool, which the API takes one kind after another.

use provider::sheet::{At, Given, KindError};
use serde_json::{Value as Json, json};

use super::{MIRROR, POOL};
use crate::client::{Api, Client, Request};
use crate::clusters::object::{self, location_of};
use crate::operations::Following;

/// What of machines is changed by itself: the attribute, the field of the change, and what the field is if nothing is wanted.
/// A dot in the field says where the value goes in it.
const MACHINES: &[(&str, &str, &str)] = &[
    ("image_type", "imageType", ""),
    ("labels", "labels.labels", "{}"),
    ("resource_labels", "resourceLabels.labels", "{}"),
    ("resource_manager_tags", "resourceManagerTags.tags", "{}"),
    ("tags", "tags.tags", "[]"),
    ("taint", "taints.taints", "[]"),
    ("logging_variant", "loggingConfig.variantConfig.variant", ""),
    ("containerd_config", "containerdConfig", "{}"),
    ("fast_socket", "fastSocket", "{\"enabled\":false}"),
    ("gcfs_config", "gcfsConfig", "{\"enabled\":false}"),
    ("kubelet_config", "kubeletConfig", "{}"),
    ("linux_node_config", "linuxNodeConfig", "{}"),
    ("workload_metadata_config", "workloadMetadataConfig", "{\"mode\":\"MODE_UNSPECIFIED\"}"),
];

/// What of a pool is changed by itself.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("version", "nodeVersion", ""),
    ("node_locations", "locations", ""),
    ("network_config", "nodeNetworkConfig", ""),
    ("node_drain_config", "nodeDrainConfig", "{}"),
    ("upgrade_settings", "upgradeSettings", ""),
];

/// Brings a pool to what is wanted.
pub(super) async fn apply(
    at: &At<'_, Client>,
    path: &str,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    if prior.differs(wanted, "autoscaling") {
        let mut scaling = MIRROR.one(wanted, "autoscaling");
        if let Some(scaling) = &mut scaling {
            scaling["enabled"] = true.into();
        }
        let body = json!({ "autoscaling": scaling.unwrap_or_else(|| json!({ "enabled": false })) });
        act(at, path, "setAutoscaling", &body, wanted).await?;
    }
    if let (before, Some(now)) = (prior.blocks("node_config"), wanted.block("node_config")) {
        let before = before.first().copied().unwrap_or(now);
        machines(at, path, (before, now), wanted).await?;
    }
    let count = wanted.int("node_count").filter(|_| prior.differs(wanted, "node_count"));
    if let Some(count) = count {
        act(at, path, "setSize", &json!({ "nodeCount": count }), wanted).await?;
    }
    if prior.differs(wanted, "management")
        && let Some(management) = MIRROR.one(wanted, "management")
    {
        act(at, path, "setManagement", &json!({ "management": management }), wanted).await?;
    }
    for (name, field, nothing) in SETTINGS.iter().filter(|(name, ..)| prior.differs(wanted, name)) {
        let value = MIRROR.one(wanted, name).or_else(|| serde_json::from_str(nothing).ok());
        if let Some(value) = value {
            put(at, path, within(field, value), wanted).await?;
        }
    }
    Ok(())
}

/// Brings machines of a pool to what is wanted. `object` is whose timeouts hold.
pub(crate) async fn machines(
    at: &At<'_, Client>,
    path: &str,
    (before, now): (Given<'_>, Given<'_>),
    object: Given<'_>,
) -> Result<(), KindError> {
    let mirror = MIRROR.of_block("node_config");
    let mut types =
        mirror.changes(before, now, &["disk_size_gb", "disk_type", "machine_type", "storage_pools"]);
    // The size of disks is a text here.
    if let Some(size) = types.get_mut("diskSizeGb") {
        *size = size.to_string().into();
    }
    if !types.is_empty() {
        put(at, path, Json::Object(types), object).await?;
    }
    for (name, field, nothing) in MACHINES.iter().filter(|(name, ..)| before.differs(now, name)) {
        let value = mirror.one(now, name).or_else(|| serde_json::from_str(nothing).ok());
        if let Some(value) = value {
            put(at, path, within(field, value), object).await?;
        }
    }
    Ok(())
}

/// A value at a path in a new document.
fn within(path: &str, value: Json) -> Json {
    path.rsplit('.').fold(value, |inner, name| json!({ name: inner }))
}

async fn put(at: &At<'_, Client>, path: &str, body: Json, wanted: Given<'_>) -> Result<(), KindError> {
    run(at, path, Request::put(Api::Clusters, path).json(&body), wanted).await
}

async fn act(
    at: &At<'_, Client>,
    path: &str,
    verb: &str,
    body: &Json,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    run(at, path, Request::post(Api::Clusters, format!("{path}:{verb}")).json(body), wanted).await
}

async fn run(at: &At<'_, Client>, path: &str, request: Request, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("change {path}");
    let following = Following { what: &what, object: wanted, timeout: "update", usual: POOL };
    object::operate(at, &request, &location_of(wanted), following).await??;
    Ok(())
}
