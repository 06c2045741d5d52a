//! `google_container_cluster`.

mod check;
mod document;
mod maintenance;
mod read;
mod update;

use std::sync::LazyLock;

use async_trait::async_trait;
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Listed, Lists, ProviderError, fields};
use serde_json::{Value as Json, json};

use super::node::{self, NAMES, SWITCHES, TEXTS};
use super::object::{self, CLUSTER, location_of};
use crate::client::{Api, Client, Request};
use crate::mirror::{Mirror, text};
use crate::operations::{Following, unfinished};
use crate::{OrAbsent, labels, places};

pub(super) use read::told;

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| {
    let mirror = Mirror::new(Cluster::SHEET, NAMES, TEXTS).switches(SWITCHES);
    mirror.renamed("network_performance_config", "networkConfig.networkPerformanceConfig")
});

/// What a create says and a read tells as it is.
const SETTINGS: &[&str] = &[
    "addons_config",
    "allow_net_admin",
    "anonymous_authentication_config",
    "authenticator_groups_config",
    "binary_authorization",
    "cluster_autoscaling",
    "cluster_ipv4_cidr",
    "confidential_nodes",
    "control_plane_endpoints_config",
    "cost_management_config",
    "database_encryption",
    "datapath_provider",
    "default_max_pods_per_node",
    "default_snat_status",
    "description",
    "disable_l4_lb_firewall_reconciliation",
    "dns_config",
    "enable_autopilot",
    "enable_cilium_clusterwide_network_policy",
    "enable_fqdn_network_policy",
    "enable_intranode_visibility",
    "enable_k8s_beta_apis",
    "enable_kubernetes_alpha",
    "enable_l4_ilb_subsetting",
    "enable_legacy_abac",
    "enable_multi_networking",
    "enable_shielded_nodes",
    "enable_tpu",
    "enterprise_config",
    "fleet",
    "gateway_api_config",
    "gke_auto_upgrade_config",
    "identity_service_config",
    "in_transit_encryption_config",
    "ip_allocation_policy",
    "logging_config",
    "logging_service",
    "master_auth",
    "master_authorized_networks_config",
    "mesh_certificates",
    "monitoring_config",
    "monitoring_service",
    "name",
    "network_performance_config",
    "network_policy",
    "node_pool_auto_config",
    "node_pool_defaults",
    "notification_config",
    "pod_autoscaling",
    "private_cluster_config",
    "private_ipv6_google_access",
    "rbac_binding_config",
    "release_channel",
    "resource_usage_export_config",
    "secret_manager_config",
    "security_posture_config",
    "service_external_ips_config",
    "user_managed_keys_config",
    "vertical_pod_autoscaling",
    "workload_identity_config",
];

/// The name of the pool that a new cluster has.
const FIRST_POOL: &str = "default-pool";

/// The resource type.
pub(super) struct Cluster;

#[async_trait]
impl Kind for Cluster {
    type Client = Client;
    const NAME: &'static str = "google_container_cluster";
    const VERSION: u64 = 2;
    const CLASS: CreateClass = CreateClass::Name;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = concat!(include_str!("cluster/own.txt"), include_str!("node_config.txt"));

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        check::faults(config)
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        places::location(at, draft, "location")?;
        labels::plan_as(at, draft, "resource_labels");
        if draft.prior.is_none() && draft.config.text("networking_mode").is_none() {
            let has_routes = draft.config.text("cluster_ipv4_cidr").is_some();
            draft.set("networking_mode", Value::string(if has_routes { "ROUTES" } else { "VPC_NATIVE" }));
        }
        // What a cluster began with that was imported, nobody knows any more.
        let began = draft.prior.and_then(|prior| prior.int("initial_node_count"));
        if began.is_some() && draft.changes("initial_node_count") {
            draft.replace("initial_node_count");
        }
        if draft.changes("min_master_version") {
            draft.forget("master_version");
        }
        // What was switched on for good needs another cluster to be off.
        for name in ["enable_l4_ilb_subsetting", "enable_fqdn_network_policy"] {
            if draft.prior.is_some_and(|prior| prior.is(name)) && draft.planned().flag(name) == Some(false) {
                draft.replace(name);
            }
        }
        node::plan(draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let path = path_of(wanted);
        let what = format!("make the cluster {}", wanted.str("name"));
        let body = json!({ "cluster": document::of(wanted, labels::wanted(at, wanted)) });
        let location = location_of(wanted);
        let request = Request::post(Api::Clusters, format!("{location}/clusters")).json(&body);
        let following = Following { what: &what, object: wanted, timeout: "create", usual: CLUSTER };
        let ended = object::make(at, &request, &location, following).await.map_err(unfinished)?;
        if let Err(trouble) = ended {
            // What was begun may be there all the same, and of no use.
            if object::has_begun(&trouble) && object::get(at, &path).await?.is_some() {
                at.exists(fields! { id: &path });
            }
            return Err(if trouble.status == 409 { is_there_already(&path) } else { trouble.into() });
        }
        at.exists(fields! { id: &path });
        finish(at, wanted).await?;
        Ok(fields! { id: &path })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(cluster) = object::get(at, &path_of(known)).await? else { return Ok(None) };
        Ok(Some(told(at, known, cluster)))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        update::apply(at, &path_of(prior), prior, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (path, name) = (path_of(prior), prior.str("name"));
        if prior.flag("deletion_protection") != Some(false) {
            return Err(is_protected(name));
        }
        let what = format!("delete the cluster {name}");
        let following = Following { what: &what, object: prior, timeout: "delete", usual: CLUSTER };
        let request = Request::delete(Api::Clusters, path);
        object::operate(at, &request, &location_of(prior), following).await?.or_absent()?;
        Ok(())
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let path = id.find("projects/").map_or(id, |at| &id[at..]);
        let own = at.client.project().unwrap_or_default();
        let (project, location, name) = match path.split('/').collect::<Vec<_>>()[..] {
            ["projects", project, "locations" | "zones", location, "clusters", name]
            | [project, location, name] => (project, location, name),
            [location, name] => (own, location, name),
            _ => {
                let detail = format!(
                    "{id:?} names no cluster. Say projects/PROJECT/locations/LOCATION/clusters/NAME."
                );
                return Err(ProviderError::invalid("Invalid import identifier", detail));
            }
        };
        let id = format!("projects/{project}/locations/{location}/clusters/{name}");
        Ok(fields! { id: id, project: project, location: location, name: name, deletion_protection: true })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let path = path_of(wanted);
        let Some(cluster) = object::made(at, &path, wanted).await? else { return Ok(None) };
        let seen = labels::seen_as(at, wanted, "resource_labels", labels::under(&cluster, "resourceLabels"));
        let found = seen.with("id", &path);
        if text(&cluster, "/status") == "ERROR" {
            return Ok(Some(found.incomplete()));
        }
        finish(at, wanted).await?;
        Ok(Some(found))
    }

    async fn list(&self, at: &At<'_, Client>, _: ListRequest<'_>) -> Result<KindPage, KindError> {
        let project = at.client.project().unwrap_or_default();
        let request = Request::get(Api::Clusters, format!("projects/{project}/locations/-/clusters"));
        let answer = at.client.ask("list clusters", &request).await?;
        let clusters = answer.get("clusters").and_then(Json::as_array).into_iter().flatten();
        let listed = clusters.filter_map(|cluster| {
            let marks = labels::marks(at, &labels::under(cluster, "resourceLabels"))?;
            let (location, name) = (text(cluster, "/location"), text(cluster, "/name"));
            let id = format!("projects/{project}/locations/{location}/clusters/{name}");
            Some((Listed { id, marks }, Fields::new()))
        });
        Ok(KindPage { found: listed.collect(), next: None })
    }

    fn upgrade(&self, _: u64, stored: &str) -> Result<String, KindError> {
        Ok(stored.to_owned())
    }
}

fn path_of(cluster: Given<'_>) -> String {
    format!("{}/clusters/{}", location_of(cluster), cluster.str("name"))
}

/// Brings a new cluster to its end: without its first pool, and with what a create does not take.
async fn finish(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    if wanted.is("remove_default_node_pool") {
        let what = format!("delete the first pool of the cluster {}", wanted.str("name"));
        let path = format!("{}/nodePools/{FIRST_POOL}", path_of(wanted));
        let following = Following { what: &what, object: wanted, timeout: "create", usual: CLUSTER };
        let request = Request::delete(Api::Clusters, path);
        object::operate(at, &request, &location_of(wanted), following).await?.or_absent()?;
    }
    update::after_create(at, &path_of(wanted), wanted).await
}

fn is_there_already(path: &str) -> ProviderError {
    let detail = format!(
        "{path} is there already, and not this configuration's. Import it by this path, or choose another name."
    );
    ProviderError::new(ErrorKind::Conflict, "Object is there already", detail)
}

fn is_protected(name: &str) -> ProviderError {
    let detail = format!(
        "The cluster {name} has `deletion_protection`, which it has unless it is said otherwise. To delete it, apply \
         `deletion_protection = false` first."
    );
    ProviderError::new(ErrorKind::Denied, "Cluster is protected", detail)
        .at(Path::of_attr("deletion_protection"))
}
