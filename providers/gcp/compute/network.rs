//! `google_compute_network`.

use std::sync::LazyLock;

use async_trait::async_trait;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made, same_link};
use provider::{CreateClass, ProviderError, fields};
use serde_json::{Map, Value as Json, json};

use super::misnamed;
use super::object::{self, Collection, Place};
use crate::client::{Api, Client, Request};
use crate::mirror::{Mirror, text};
use crate::places;

pub(super) const NETWORKS: Collection = Collection { name: "networks", thing: "network", is_regional: false };

pub(super) static MIRROR: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(Network::SHEET, NAMES, &[]));

/// Attributes whose fields are called otherwise.
const NAMES: &[(&str, &str)] = &[("gateway_ipv4", "gatewayIPv4")];

/// What a change can change, beside routes.
const CHANGEABLE: &[&str] = &["enable_ula_internal_ipv6", "mtu", "network_firewall_policy_enforcement_order"];

/// What only a create says.
const ONCE: &[&str] =
    &["auto_create_subnetworks", "description", "internal_ipv6_range", "name", "network_profile"];

/// What says how routes are made, which the API keeps together.
const ROUTING: &[&str] =
    &["bgp_always_compare_med", "bgp_best_path_selection_mode", "bgp_inter_region_cost", "routing_mode"];

/// The resource type.
pub(super) struct Network;

#[async_trait]
impl Kind for Network {
    type Client = Client;
    const NAME: &'static str = "google_compute_network";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A network of a project's own.

auto_create_subnetworks optional fixed default=true bool | Whether there is a subnetwork in every region from the start.
bgp_always_compare_med optional computed bool | Whether paths of different neighbours are compared by their metric.
bgp_best_path_selection_mode optional computed string | How the best path is found: `LEGACY` or `STANDARD`.
bgp_inter_region_cost optional computed string | Whether costs between regions count: `DEFAULT` or `ADD_COST_TO_MED`.
delete_bgp_always_compare_med optional default=false bool | Whether `bgp_always_compare_med` is forgotten.
delete_default_routes_on_create optional default=false bool | Whether a new network loses its routes to the internet at once.
description optional fixed string | What it is for.
enable_ula_internal_ipv6 optional bool | Whether it has a range of internal IPv6 addresses.
gateway_ipv4 computed string | The address of the gateway, of old networks.
id optional computed string | Its path.
internal_ipv6_range optional computed fixed string | The range of internal IPv6 addresses; the API chooses where it is left out.
mtu optional computed number | The longest packet in bytes, 1300 to 8896.
name required fixed string | Its name.
network_firewall_policy_enforcement_order optional default=AFTER_CLASSIC_FIREWALL string | Whether policies count before rules: `BEFORE_CLASSIC_FIREWALL` or `AFTER_CLASSIC_FIREWALL`.
network_id computed string | Its number.
network_profile optional fixed link string | The profile that says what can be in it.
numeric_id computed deprecated string | Its number. `network_id` is the same.
project optional computed fixed string | The project.
routing_mode optional computed string | Whether routes are learned for a region or everywhere: `REGIONAL` or `GLOBAL`.
self_link computed string | Its address in the API.
params block list 0..1 fixed | What counts when it is made.
  resource_manager_tags optional fixed map(string) | Tags, by their keys as `tagKeys/123`.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  update optional string | As `20m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong = |name: &str, detail: &str| {
            ProviderError::invalid("Invalid network", detail).at(model::Path::of_attr(name))
        };
        let size = config.int("mtu").filter(|size| !(1300..=8896).contains(size));
        let size = size.map(|_| wrong("mtu", "`mtu` is between 1300 and 8896 bytes."));
        let range = config.text("internal_ipv6_range").filter(|_| !config.is("enable_ula_internal_ipv6"));
        let range = range.filter(|_| !config.is_unknown("enable_ula_internal_ipv6"));
        let range = range.map(|_| {
            wrong("internal_ipv6_range", "`internal_ipv6_range` needs `enable_ula_internal_ipv6 = true`.")
        });
        misnamed(config, "name").into_iter().chain(size).chain(range).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        if draft.changes("bgp_best_path_selection_mode") {
            draft.forget("bgp_always_compare_med");
            draft.forget("bgp_inter_region_cost");
        }
        if draft.changes("delete_bgp_always_compare_med") {
            draft.forget("bgp_always_compare_med");
        }
        if draft.changes("enable_ula_internal_ipv6") {
            draft.forget("internal_ipv6_range");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let place = NETWORKS.place(wanted);
        let mut body = MIRROR.document(wanted, &[ONCE, CHANGEABLE, &["params"]].concat());
        let routing = MIRROR.document(wanted, ROUTING);
        if !routing.is_empty() {
            body.insert("routingConfig".into(), Json::Object(routing));
        }
        object::insert(at, &place, body, wanted).await?;
        at.exists(fields! { id: place.path() });
        if wanted.is("delete_default_routes_on_create") {
            forget_routes(at, &place, wanted).await?;
        }
        Ok(fields! { id: place.path() })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let place = NETWORKS.place(known);
        let Some(network) = object::get(at, &place).await? else { return Ok(None) };
        Ok(Some(told(&network).with("id", place.path())))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let mut body = MIRROR.changes(prior, wanted, CHANGEABLE);
        let routing = routing_changes(prior, wanted);
        if !routing.is_empty() {
            body.insert("routingConfig".into(), Json::Object(routing));
        }
        object::patch(at, &NETWORKS.place(prior), body, (wanted, "update")).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        object::remove(at, &NETWORKS.place(prior), prior).await
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let constants =
            fields! { delete_bgp_always_compare_med: false, delete_default_routes_on_create: false };
        Ok(NETWORKS.import(at.client, id)?.and(constants))
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let place = NETWORKS.place(wanted);
        if !object::find(at, &place, wanted).await? {
            return Ok(None);
        }
        if wanted.is("delete_default_routes_on_create") {
            forget_routes(at, &place, wanted).await?;
        }
        Ok(Some(fields! { id: place.path() }))
    }
}

/// The attributes of a network that was read.
fn told(network: &Json) -> Fields {
    let plain = ["gateway_ipv4", "self_link"];
    let told = MIRROR.fields(network, &[ONCE, CHANGEABLE, &plain].concat());
    let none = json!({});
    let routing = network.get("routingConfig").unwrap_or(&none);
    let number = text(network, "/id");
    let own = fields! { network_id: number, numeric_id: number };
    told.and(MIRROR.fields(routing, ROUTING)).and(own)
}

/// What changes of how routes are made. A comparison that is to be forgotten is null.
fn routing_changes(prior: Given<'_>, wanted: Given<'_>) -> Map<String, Json> {
    let mut routing = MIRROR.changes(prior, wanted, ROUTING);
    if wanted.is("delete_bgp_always_compare_med") && !prior.is("delete_bgp_always_compare_med") {
        routing.insert("bgpAlwaysCompareMed".into(), Json::Null);
    }
    routing
}

/// Deletes the routes of a new network that lead to the internet.
async fn forget_routes(at: &At<'_, Client>, place: &Place, wanted: Given<'_>) -> Result<(), KindError> {
    let project = wanted.str("project");
    let what = format!("look for the routes of {}", place.described());
    let all = Request::get(Api::Compute, format!("projects/{project}/global/routes"));
    let routes = object::pages(at, &what, all.query("filter", "destRange = \"0.0.0.0/0\"")).await?;
    let path = place.path();
    let is_its =
        |route: &&Json| same_link(text(route, "/network"), &path) && text(route, "/destRange") == "0.0.0.0/0";
    for route in routes.iter().filter(is_its) {
        let route = ROUTES.named(project, text(route, "/name"));
        object::remove(at, &route, wanted).await?;
    }
    Ok(())
}

const ROUTES: Collection = Collection { name: "routes", thing: "route", is_regional: false };
