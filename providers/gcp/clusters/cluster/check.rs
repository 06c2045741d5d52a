//! What is wrong with the configuration of a cluster.

use model::{Path, Value};
use provider::ProviderError;
use provider::cidr;
use provider::sheet::Given;

/// What an autopilot cluster leaves to Google.
const NOT_IN_AUTOPILOT: &[&str] = &[
    "default_max_pods_per_node",
    "enable_intranode_visibility",
    "network_policy",
    "node_pool",
    "remove_default_node_pool",
];

/// All that is wrong.
pub(super) fn faults(config: Given<'_>) -> Vec<ProviderError> {
    let all = [name(config), pools(config), zones(config), ranges(config), maintenance(config), keys(config)];
    all.into_iter().flatten().chain(autopilot(config)).collect()
}

fn wrong(name: &str, detail: impl Into<String>) -> ProviderError {
    ProviderError::invalid("Invalid cluster", detail.into()).at(Path::of_attr(name))
}

fn is_said(config: Given<'_>, name: &str) -> bool {
    config.whole().get(name).is_some_and(|value| match value.as_items() {
        Some(items) => !items.is_empty(),
        None => !value.is_null(),
    })
}

fn name(config: Given<'_>) -> Option<ProviderError> {
    let is_fine = |name: &str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        name.len() <= 40
            && name.chars().all(allowed)
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && !name.ends_with('-')
    };
    let told = config.text("name").filter(|name| !is_fine(name))?;
    let detail = format!(
        "`name` has up to 40 lower-case letters, digits and hyphens, begins with a letter and does not end with a hyphen; \
         {told:?} does not fit."
    );
    Some(wrong("name", detail))
}

/// A cluster of one's own begins with machines.
fn pools(config: Given<'_>) -> Option<ProviderError> {
    let has_any =
        ["initial_node_count", "node_pool", "enable_autopilot"].iter().any(|name| is_said(config, name));
    let detail = "A cluster begins with machines: say `initial_node_count`, which is 1 at least even where \
                  `remove_default_node_pool` takes them away again, or `node_pool`, or `enable_autopilot = true`.";
    (!has_any).then(|| wrong("initial_node_count", detail))
}

fn zones(config: Given<'_>) -> Option<ProviderError> {
    let location = config.text("location")?;
    let detail = format!("`node_locations` are zones beside the cluster's own, which is {location}.");
    config
        .texts("node_locations")
        .iter()
        .any(|zone| zone == location)
        .then(|| wrong("node_locations", detail))
}

fn ranges(config: Given<'_>) -> Option<ProviderError> {
    let at = |block: &str, name: &str| {
        Path::of_attr(block.to_owned()).index(Value::number(0_i64)).attr(name.to_owned())
    };
    let private = config.block("private_cluster_config");
    let master = private.and_then(|private| cidr::fault(private, "master_ipv4_cidr_block", 28..=28));
    if let Some(fault) = master {
        return Some(fault.at(at("private_cluster_config", "master_ipv4_cidr_block")));
    }
    let policy = config.block("ip_allocation_policy")?;
    let said = |names: [&str; 2]| names.iter().any(|name| policy.text(name).is_some());
    let both = said(["cluster_ipv4_cidr_block", "services_ipv4_cidr_block"])
        && said(["cluster_secondary_range_name", "services_secondary_range_name"]);
    let detail = "Ranges are named, as the subnetwork has them, or said as addresses; not both.";
    both.then(|| {
        wrong("ip_allocation_policy", detail).at(at("ip_allocation_policy", "cluster_secondary_range_name"))
    })
}

fn maintenance(config: Given<'_>) -> Option<ProviderError> {
    let policy = config.block("maintenance_policy")?;
    let said = |name: &&&str| !policy.blocks(name).is_empty() || policy.is_unknown(name);
    let windows = ["daily_maintenance_window", "recurring_window"].iter().filter(said).count();
    let detail = "A maintenance policy has one window: `daily_maintenance_window` or `recurring_window`.";
    (windows != 1).then(|| wrong("maintenance_policy", detail))
}

fn keys(config: Given<'_>) -> Option<ProviderError> {
    let encryption = config.block("database_encryption")?;
    let lacks = encryption.text("state") == Some("ENCRYPTED")
        && encryption.text("key_name").is_none()
        && !encryption.is_unknown("key_name");
    lacks.then(|| wrong("database_encryption", "`state = \"ENCRYPTED\"` needs `key_name`."))
}

fn autopilot(config: Given<'_>) -> Vec<ProviderError> {
    if !config.is("enable_autopilot") {
        return Vec::new();
    }
    let said = NOT_IN_AUTOPILOT.iter().filter(|name| is_said(config, name));
    said.map(|name| wrong(name, format!("`{name}` and `enable_autopilot` exclude each other."))).collect()
}
