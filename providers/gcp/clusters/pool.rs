//! `google_container_node_pool`.

mod update;

use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};
use serde_json::{Value as Json, json};

use super::node::{self, NAMES, SWITCHES, TEXTS};
use super::object::{self, location_of};
use crate::client::{Api, Client, Request};
use crate::mirror::{Mirror, text};
use crate::operations::{Following, unfinished};
use crate::{OrAbsent, places};

pub(super) use update::machines;

/// How a pool's own attributes and fields belong together, beside those that clusters have too.
static MIRROR: LazyLock<Mirror> = LazyLock::new(|| {
    Mirror::new(Pool::SHEET, NAMES, TEXTS).switches(SWITCHES).renamed("node_config", "config")
});

/// What a create says and a read tells.
const ALL: &[&str] = &[
    "autoscaling",
    "management",
    "max_pods_per_node",
    "name",
    "network_config",
    "node_config",
    "node_drain_config",
    "node_locations",
    "placement_policy",
    "queued_provisioning",
    "upgrade_settings",
    "version",
];

/// How long pools take at most.
const POOL: Duration = Duration::from_secs(30 * 60);

/// The resource type.
pub(super) struct Pool;

#[async_trait]
impl Kind for Pool {
    type Client = Client;
    const NAME: &'static str = "google_container_node_pool";
    const VERSION: u64 = 1;
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = concat!(include_str!("pool/own.txt"), include_str!("node_config.txt"));

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong = |name: &str, detail: &str| {
            ProviderError::invalid("Invalid node pool", detail).at(Path::of_attr(name))
        };
        let long = config.text("name").filter(|name| name.len() > 40);
        let long = long.map(|_| wrong("name", "The name of a pool has 40 characters at most."));
        let both = config.text("name").is_some() && config.text("name_prefix").is_some();
        let both = both.then(|| wrong("name_prefix", "`name` and `name_prefix` exclude each other."));
        let scaling = config.block("autoscaling");
        let total = |block: &Given<'_>, names: [&str; 2]| names.iter().any(|name| block.int(name).is_some());
        let mixed = scaling.filter(|block| {
            total(block, ["min_node_count", "max_node_count"])
                && total(block, ["total_min_node_count", "total_max_node_count"])
        });
        let mixed =
            mixed.map(|_| wrong("autoscaling", "Limits are for each zone or for all of them, not both."));
        let pair = |block: Given<'_>, least: &str, most: &str| {
            block.int(least).zip(block.int(most)).is_some_and(|(least, most)| least > most)
        };
        let turned = scaling.filter(|block| {
            pair(*block, "min_node_count", "max_node_count")
                || pair(*block, "total_min_node_count", "total_max_node_count")
        });
        let turned =
            turned.map(|_| wrong("autoscaling", "The least number of machines is above the greatest."));
        long.into_iter().chain(both).chain(mixed).chain(turned).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        let cluster = draft.planned().string("cluster").filter(|cluster| cluster.contains("projects/"));
        match cluster.as_deref().and_then(parts) {
            Some((project, location)) => {
                draft.set("project", Value::string(project));
                draft.set("location", Value::string(location));
            }
            None if draft.config.is_unknown("cluster") => {
                draft.forget("project");
                draft.forget("location");
            }
            None => {
                places::project(at, draft)?;
                places::location(at, draft, "location")?;
            }
        }
        // A prefix that the name has anyway is no reason to make another pool.
        if draft.changes("name_prefix")
            && let (Some(name), Some(prefix)) =
                (draft.prior.and_then(|prior| prior.text("name")), draft.planned().text("name_prefix"))
            && !name.starts_with(prefix)
        {
            draft.replace("name_prefix");
        }
        node::plan(draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = name_of(at, wanted);
        let (cluster, what) = (cluster_of(wanted), format!("make the node pool {name}"));
        let mut pool = Json::Object(MIRROR.document(wanted, ALL));
        pool["name"] = name.as_str().into();
        node::pool_to_send(&mut pool, wanted);
        let request = Request::post(Api::Clusters, format!("{cluster}/nodePools"));
        let request = request.json(&json!({ "nodePool": pool }));
        let path = format!("{cluster}/nodePools/{name}");
        let following = Following { what: &what, object: wanted, timeout: "create", usual: POOL };
        let location = location_of(wanted);
        let ended = object::make(at, &request, &location, following).await.map_err(unfinished)?;
        if let Err(trouble) = ended {
            // What was begun may be there all the same, with machines that did not come up.
            if object::has_begun(&trouble) && object::get(at, &path).await?.is_some() {
                at.exists(fields! { id: &path, name: &name });
            }
            return Err(if trouble.status == 409 { is_there_already(&path) } else { trouble.into() });
        }
        Ok(fields! { id: &path, name: &name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let path = path_of(at, known);
        Ok(object::get(at, &path).await?.map(|pool| told(known, &path, pool)))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        update::apply(at, &path_of(at, prior), prior, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let what = format!("delete the node pool {}", prior.str("name"));
        let request = Request::delete(Api::Clusters, path_of(at, prior));
        let following = Following { what: &what, object: prior, timeout: "delete", usual: POOL };
        object::operate(at, &request, &location_of(prior), following).await?.or_absent()?;
        Ok(())
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let path = id.find("projects/").map_or(id, |at| &id[at..]);
        let own = at.client.project().unwrap_or_default();
        let (project, location, cluster, name) = match path.split('/').collect::<Vec<_>>()[..] {
            ["projects", project, "locations", location, "clusters", cluster, "nodePools", name]
            | [project, location, cluster, name] => (project, location, cluster, name),
            [location, cluster, name] => (own, location, cluster, name),
            _ => {
                let detail = format!("{id:?} names no node pool. Say PROJECT/LOCATION/CLUSTER/NAME.");
                return Err(ProviderError::invalid("Invalid import identifier", detail));
            }
        };
        let id = format!("projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}");
        Ok(fields! { id: id, project: project, location: location, cluster: cluster, name: name })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let path = path_of(at, wanted);
        let Some(pool) = object::made(at, &path, wanted).await? else { return Ok(None) };
        let found = fields! { id: &path, name: text(&pool, "/name") };
        Ok(Some(if text(&pool, "/status") == "ERROR" { found.incomplete() } else { found }))
    }

    fn upgrade(&self, _: u64, stored: &str) -> Result<String, KindError> {
        Ok(stored.to_owned())
    }
}

/// Project and location in the path of a cluster.
fn parts(cluster: &str) -> Option<(&str, &str)> {
    let path = &cluster[cluster.find("projects/")?..];
    match path.split('/').collect::<Vec<_>>()[..] {
        ["projects", project, "locations" | "zones", location, "clusters", _] => Some((project, location)),
        _ => None,
    }
}

/// The path of the cluster that a pool is of.
fn cluster_of(pool: Given<'_>) -> String {
    let cluster = pool.str("cluster").rsplit('/').next().unwrap_or_default();
    format!("{}/clusters/{cluster}", location_of(pool))
}

/// The name that is planned, or one that is made of the attempt's token.
fn name_of(at: &At<'_, Client>, pool: Given<'_>) -> String {
    let made_up = || {
        let token = at.call.attempt.map(|attempt| attempt.token.clone()).unwrap_or_default();
        let prefix = pool.text("name_prefix").unwrap_or("stackwright-");
        format!("{prefix}{}", token.get(..16).unwrap_or(&token))
    };
    pool.string("name").unwrap_or_else(made_up)
}

fn path_of(at: &At<'_, Client>, pool: Given<'_>) -> String {
    format!("{}/nodePools/{}", cluster_of(pool), name_of(at, pool))
}

/// The attributes of a pool that was read.
fn told(known: Given<'_>, path: &str, mut pool: Json) -> Fields {
    let is_imported = known.blocks("node_config").is_empty() && known.text("version").is_none();
    node::pool_as_seen(&mut pool, (!is_imported).then_some(known));
    MIRROR.hush(known, &mut pool);
    let urls = ["instance_group_urls", "managed_instance_group_urls"];
    let told = MIRROR.fields(&pool, &[ALL, &urls].concat());
    let first = pool.get("initialNodeCount").and_then(Json::as_i64).unwrap_or_default();
    let count = known.int("node_count").unwrap_or(first);
    let first = known.int("initial_node_count").unwrap_or(first);
    told.and(fields! { id: path, initial_node_count: first, node_count: count, operation: None::<&str> })
}

fn is_there_already(path: &str) -> ProviderError {
    let detail = format!(
        "{path} is there already, and not this configuration's. Import it by this path, or choose another name."
    );
    ProviderError::new(ErrorKind::Conflict, "Object is there already", detail)
}
