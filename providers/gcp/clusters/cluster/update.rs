//! Changes of a cluster, which the API takes one after another.

mod rows;

use std::cmp::Ordering;

use provider::ErrorKind;
use provider::sheet::{At, Given, KindError};
use serde_json::{Value as Json, json};

use super::{FIRST_POOL, MIRROR, document, maintenance};
use crate::client::{Api, Client, Request};
use crate::clusters::object::{self, CLUSTER, location_of};
use crate::clusters::pool;
use crate::labels;
use crate::mirror::text;
use crate::operations::Following;
use rows::{ROWS, Row};

/// How often a change is tried that somebody else's change came before.
const TRIES: u32 = 8;

/// Brings a cluster to what is wanted.
pub(super) async fn apply(
    at: &At<'_, Client>,
    path: &str,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    for row in ROWS.iter().filter(|row| changes(prior, wanted, row.attribute)) {
        if let Some(value) = row.value(wanted) {
            update(at, path, json!({ row.field: value }), wanted).await?;
        }
    }
    for change in nested(prior, wanted) {
        update(at, path, change, wanted).await?;
    }
    acts(at, path, prior, wanted).await?;
    versions(at, path, prior, wanted).await?;
    if let (Some(before), Some(now)) = (prior.block("node_config"), wanted.block("node_config")) {
        let pool = format!("{path}/nodePools/{FIRST_POOL}");
        pool::machines(at, &pool, (before, now), wanted).await?;
    }
    Ok(())
}

/// What a create does not take.
pub(super) async fn after_create(
    at: &At<'_, Client>,
    path: &str,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let ranges = further_ranges(wanted);
    if !ranges.is_empty() {
        let change = json!({ "additionalPodRangesConfig": { "podRangeNames": ranges } });
        update(at, path, change, wanted).await?;
    }
    let auto = wanted.block("node_pool_auto_config").and_then(|auto| auto.block("linux_node_config"));
    if let Some(mode) = auto.and_then(|linux| linux.text("cgroup_mode")) {
        let change = json!({ "desiredNodePoolAutoConfigLinuxNodeConfig": { "cgroupMode": mode } });
        update(at, path, change, wanted).await?;
    }
    Ok(())
}

/// Whether an attribute changes to something that is known.
fn changes(prior: Given<'_>, wanted: Given<'_>, name: &str) -> bool {
    prior.differs(wanted, name) && wanted.whole().get(name).is_some_and(model::Value::is_known)
}

impl Row {
    /// What the field becomes; nothing where there is no way to say it.
    fn value(&self, wanted: Given<'_>) -> Option<Json> {
        let value = MIRROR.one(wanted, self.attribute);
        let Some(mut value) = value else { return serde_json::from_str(self.nothing).ok() };
        if let Some(inner) = self.within {
            value = json!({ inner: value });
        }
        if self.is_enabled {
            value["enabled"] = true.into();
        }
        Some(value)
    }
}

/// Changes of parts of blocks, each with a field of its own.
fn nested(prior: Given<'_>, wanted: Given<'_>) -> Vec<Json> {
    let mut all = Vec::new();
    let parts = |name: &str| (prior.block(name), wanted.block(name));
    if let (before, Some(now)) = parts("private_cluster_config") {
        let is = |block: Option<Given<'_>>, name: &str| block.is_some_and(|block| block.is(name));
        if is(before, "enable_private_endpoint") != now.is("enable_private_endpoint") {
            let public = !now.is("enable_private_endpoint");
            all.push(json!({ "desiredControlPlaneEndpointsConfig": { "ipEndpointsConfig": { "enablePublicEndpoint": public } } }));
        }
        let access = |block: Option<Given<'_>>| {
            block.and_then(|b| b.block("master_global_access_config")).map(|b| b.is("enabled"))
        };
        if let Some(global) = access(Some(now)).filter(|global| access(before) != Some(*global)) {
            all.push(json!({ "desiredControlPlaneEndpointsConfig": { "ipEndpointsConfig": { "globalAccess": global } } }));
        }
    }
    if let (Some(before), Some(now)) = parts("ip_allocation_policy") {
        if before.differs(now, "stack_type") {
            all.push(json!({ "desiredStackType": now.str("stack_type") }));
        }
        let (old, new) = (further_ranges(prior), further_ranges(wanted));
        let without = |these: &[String], those: &[String]| {
            these.iter().filter(|one| !those.contains(one)).cloned().collect::<Vec<_>>()
        };
        for (field, names) in [
            ("additionalPodRangesConfig", without(&new, &old)),
            ("removedAdditionalPodRangesConfig", without(&old, &new)),
        ] {
            if !names.is_empty() {
                all.push(json!({ field: { "podRangeNames": names } }));
            }
        }
    }
    let tables = [("node_pool_auto_config", rows::AUTO), ("node_config_defaults", rows::DEFAULTS)];
    for (name, table) in tables {
        if let Some(now) = part(wanted, name) {
            all.extend(parts_of(part(prior, name), now, name, table));
        }
    }
    all
}

/// The block of a name, which may lie in another one.
fn part<'v>(object: Given<'v>, name: &str) -> Option<Given<'v>> {
    match name {
        "node_config_defaults" => object.block("node_pool_defaults")?.block(name),
        _ => object.block(name),
    }
}

/// The changes of the parts of a block.
fn parts_of(before: Option<Given<'_>>, now: Given<'_>, name: &str, table: &[Row]) -> Vec<Json> {
    let defaults = MIRROR.of_block("node_pool_defaults");
    let mirror = if name == "node_config_defaults" { defaults.of_block(name) } else { MIRROR.of_block(name) };
    let differs = |row: &&Row| match before {
        Some(before) => before.differs(now, row.attribute),
        None => now.value(row.attribute).is_some(),
    };
    let change = |row: &Row| {
        let value = mirror.one(now, row.attribute).map(|value| match row.within {
            Some(path) => path.rsplit('.').fold(value, |inner, name| json!({ name: inner })),
            None => value,
        });
        let value = value.or_else(|| serde_json::from_str(row.nothing).ok())?;
        Some(json!({ row.field: value }))
    };
    table.iter().filter(differs).filter_map(change).collect()
}

/// The names of further ranges of pods.
fn further_ranges(object: Given<'_>) -> Vec<String> {
    let policy = object.block("ip_allocation_policy");
    let ranges = policy.and_then(|policy| policy.block("additional_pod_ranges_config"));
    ranges.map(|ranges| ranges.texts("pod_range_names")).unwrap_or_default()
}

/// Changes that have methods of their own.
async fn acts(at: &At<'_, Client>, path: &str, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    if changes(prior, wanted, "enable_legacy_abac") {
        act(at, path, "setLegacyAbac", &json!({ "enabled": wanted.is("enable_legacy_abac") }), wanted)
            .await?;
    }
    if changes(prior, wanted, "network_policy") {
        let policy = MIRROR.one(wanted, "network_policy").unwrap_or_else(|| json!({ "enabled": false }));
        act(at, path, "setNetworkPolicy", &json!({ "networkPolicy": policy }), wanted).await?;
    }
    if changes(prior, wanted, "maintenance_policy") {
        let body = |now: &Json| {
            let mut policy = maintenance::write(wanted).unwrap_or_else(|| json!({ "window": {} }));
            policy["resourceVersion"] = text(now, "/maintenancePolicy/resourceVersion").into();
            json!({ "maintenancePolicy": policy })
        };
        guarded(at, path, "setMaintenancePolicy", body, wanted).await?;
    }
    if changes(prior, wanted, "effective_labels") {
        let body = |now: &Json| {
            let all = labels::changed(labels::under(now, "resourceLabels"), prior, wanted);
            json!({ "resourceLabels": all, "labelFingerprint": text(now, "/labelFingerprint") })
        };
        guarded(at, path, "setResourceLabels", body, wanted).await?;
    }
    if changes(prior, wanted, "node_locations") {
        let change = json!({ "desiredLocations": document::zones(wanted) });
        update(at, path, change, wanted).await?;
    }
    Ok(())
}

/// Versions: the API's comes first, and it only rises.
async fn versions(
    at: &At<'_, Client>,
    path: &str,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let least = wanted.text("min_master_version").filter(|_| changes(prior, wanted, "min_master_version"));
    if let Some(least) = least.filter(|least| is_above(least, prior.str("master_version"))) {
        update(at, path, json!({ "desiredMasterVersion": least }), wanted).await?;
    }
    let node = wanted.text("node_version").filter(|_| changes(prior, wanted, "node_version"));
    if let Some(version) = node {
        let change = json!({ "desiredNodeVersion": version, "desiredNodePoolId": FIRST_POOL });
        update(at, path, change, wanted).await?;
    }
    Ok(())
}

/// Whether a version is above another one. What is no number, `latest`, may always be.
fn is_above(version: &str, other: &str) -> bool {
    let parts = |text: &str| -> Vec<u64> {
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
    };
    let (one, two) = (parts(version), parts(other));
    one.is_empty() || one.cmp(&two) == Ordering::Greater
}

async fn update(at: &At<'_, Client>, path: &str, change: Json, wanted: Given<'_>) -> Result<(), KindError> {
    run(at, path, Request::put(Api::Clusters, path).json(&json!({ "update": change })), wanted).await
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

/// Changes what is guarded by its version, as it is at this moment; if another change came before, as it is then.
async fn guarded(
    at: &At<'_, Client>,
    path: &str,
    verb: &str,
    body: impl Fn(&Json) -> Json + Send + Sync,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let mut result = Ok(());
    for _ in 0..TRIES {
        let now = object::get(at, path).await?.unwrap_or_default();
        result = act(at, path, verb, &body(&now), wanted).await;
        match &result {
            Err(error) if error.kind == ErrorKind::Conflict => {}
            _ => break,
        }
    }
    result
}

async fn run(at: &At<'_, Client>, path: &str, request: Request, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("change {path}");
    let following = Following { what: &what, object: wanted, timeout: "update", usual: CLUSTER };
    object::operate(at, &request, &location_of(wanted), following).await??;
    Ok(())
}
