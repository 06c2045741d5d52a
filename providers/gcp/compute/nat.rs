//! `google_compute_router_nat`: a part of a router, which the API knows as a whole.

mod section;

use std::sync::LazyLock;

use async_trait::async_trait;
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made, same_link};
use provider::{CreateClass, ErrorKind, ProviderError, fields};
use serde_json::{Map, Value as Json};

use super::misnamed;
use super::object::last;
use crate::client::Client;
use crate::mirror::{Mirror, text};
use crate::places;

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(Nat::SHEET, NAMES, &[]));

/// Attributes whose fields are called otherwise.
const NAMES: &[(&str, &str)] = &[("subnetwork", "subnetworks"), ("nat64_subnetwork", "nat64Subnetworks")];

/// What is told and can be said of a NAT.
const ALL: &[&str] = &[
    "auto_network_tier",
    "drain_nat_ips",
    "enable_dynamic_port_allocation",
    "enable_endpoint_independent_mapping",
    "endpoint_types",
    "icmp_idle_timeout_sec",
    "log_config",
    "max_ports_per_vm",
    "min_ports_per_vm",
    "name",
    "nat64_subnetwork",
    "nat_ip_allocate_option",
    "nat_ips",
    "rules",
    "source_subnetwork_ip_ranges_to_nat",
    "source_subnetwork_ip_ranges_to_nat64",
    "subnetwork",
    "tcp_established_idle_timeout_sec",
    "tcp_time_wait_timeout_sec",
    "tcp_transitory_idle_timeout_sec",
    "type",
    "udp_idle_timeout_sec",
];

/// The resource type.
pub(super) struct Nat;

#[async_trait]
impl Kind for Nat {
    type Client = Client;
    const NAME: &'static str = "google_compute_router_nat";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = include_str!("nat/sheet.txt");

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong =
            |name: &str, detail: &str| ProviderError::invalid("Invalid NAT", detail).at(Path::of_attr(name));
        let lists = config.text("source_subnetwork_ip_ranges_to_nat") == Some("LIST_OF_SUBNETWORKS");
        let is_known = !config.is_unknown("source_subnetwork_ip_ranges_to_nat");
        let subnetworks = (!config.blocks("subnetwork").is_empty() && !lists && is_known).then(|| {
            let detail = "`subnetwork` needs `source_subnetwork_ip_ranges_to_nat = \"LIST_OF_SUBNETWORKS\"`.";
            wrong("subnetwork", detail)
        });
        let is_auto = config.text("nat_ip_allocate_option") == Some("AUTO_ONLY");
        let addresses = (is_auto && !config.texts("nat_ips").is_empty())
            .then(|| wrong("nat_ips", "`nat_ips` needs `nat_ip_allocate_option = \"MANUAL_ONLY\"`."));
        let both =
            config.is("enable_dynamic_port_allocation") && config.is("enable_endpoint_independent_mapping");
        let both = both.then(|| {
            let detail = "`enable_dynamic_port_allocation` and `enable_endpoint_independent_mapping` exclude each other.";
            wrong("enable_dynamic_port_allocation", detail)
        });
        misnamed(config, "name").into_iter().chain(subnetworks).chain(addresses).chain(both).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        places::location(at, draft, "region")?;
        if draft.changes("enable_dynamic_port_allocation") {
            draft.forget("min_ports_per_vm");
        }
        drained(draft)?;
        if draft.prior.is_none() {
            let planned = draft.planned();
            let parts = ["project", "region", "router", "name"].map(|name| planned.text(name).map(last));
            if let [Some(project), Some(region), Some(router), Some(name)] = parts {
                draft.set("id", Value::string(format!("{project}/{region}/{router}/{name}")));
            }
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = wanted.str("name");
        section::replaced(at, wanted, (wanted, "create"), |before| match before {
            Some(_) => Err(is_there_already(wanted)),
            None => Ok(Some(Json::Object(document(wanted)))),
        })
        .await?;
        Ok(fields! { id: id_of(wanted), name: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(nat) = section::get(at, known).await? else { return Ok(None) };
        Ok(Some(MIRROR.fields(&nat, ALL).with("id", id_of(known))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        section::replaced(at, prior, (wanted, "update"), |before| {
            // What is not known to this type stays as it is.
            let mut nat = before.and_then(Json::as_object).cloned().unwrap_or_default();
            ALL.iter().for_each(|name| drop(nat.remove(&MIRROR.field(name))));
            nat.extend(document(wanted));
            Ok(Some(Json::Object(nat)))
        })
        .await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        if section::get(at, prior).await?.is_none() {
            return Ok(());
        }
        section::replaced(at, prior, (prior, "delete"), |_| Ok(None)).await
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let path = id.find("projects/").map_or(id, |at| &id[at..]);
        let parts: Vec<&str> = path.split('/').collect();
        let (project, region) = (at.client.project(), at.client.region());
        let (project, region, router, name) = match parts[..] {
            ["projects", project, "regions", region, "routers", router, name] => {
                (Some(project), Some(region), router, name)
            }
            [project, region, router, name] => (Some(project), Some(region), router, name),
            [region, router, name] => (project, Some(region), router, name),
            [router, name] => (project, region, router, name),
            _ => (None, None, "", ""),
        };
        let (Some(project), Some(region)) = (project, region) else {
            let detail = format!("{id:?} names no NAT. Say PROJECT/REGION/ROUTER/NAME.");
            return Err(ProviderError::invalid("Invalid import identifier", detail));
        };
        let id = format!("{project}/{region}/{router}/{name}");
        Ok(fields! { id: id, project: project, region: region, router: router, name: name })
    }
}

fn id_of(object: Given<'_>) -> String {
    let (project, region) = (object.str("project"), last(object.str("region")));
    format!("{project}/{region}/{}/{}", last(object.str("router")), object.str("name"))
}

/// The NAT as the API has it, with paths in place of names.
fn document(wanted: Given<'_>) -> Map<String, Json> {
    let mut nat = MIRROR.document(wanted, ALL);
    if !wanted.texts("initial_nat_ips").is_empty() && !nat.contains_key("natIps") {
        nat.extend(MIRROR.one(wanted, "initial_nat_ips").map(|addresses| ("natIps".to_owned(), addresses)));
    }
    section::with_paths(wanted, &mut nat);
    nat
}

/// Addresses are drained that the NAT had, and has no more.
fn drained(draft: &Draft<'_>) -> Result<(), KindError> {
    let planned = draft.planned();
    let is_among = |all: &[String], one: &str| all.iter().any(|other| same_link(other, one));
    let before = draft.prior.map(|prior| prior.texts("drain_nat_ips")).unwrap_or_default();
    let had = draft.prior.map(|prior| prior.texts("nat_ips")).unwrap_or_default();
    let new: Vec<String> =
        planned.texts("drain_nat_ips").into_iter().filter(|one| !is_among(&before, one)).collect();
    let wrong = |detail: String| {
        Err(ProviderError::invalid("Invalid NAT", detail).at(Path::of_attr("drain_nat_ips")))
    };
    for address in new {
        if !is_among(&had, &address) {
            return wrong(format!(
                "{address:?} can't be drained: it is not among the `nat_ips` that the NAT has."
            ));
        }
        if is_among(&planned.texts("nat_ips"), &address) {
            return wrong(format!("{address:?} can't be drained while it is among `nat_ips`."));
        }
    }
    Ok(())
}

fn is_there_already(wanted: Given<'_>) -> ProviderError {
    let detail = format!(
        "The router {} has a NAT {} already, and it is not this configuration's. Import it as {}, or choose another name.",
        last(wanted.str("router")),
        wanted.str("name"),
        id_of(wanted)
    );
    ProviderError::new(ErrorKind::Conflict, "Object is there already", detail)
}

/// The NAT of a name among those of a router.
fn named<'j>(router: &'j Json, name: &str) -> Option<&'j Json> {
    let nats = router.get("nats").and_then(Json::as_array)?;
    nats.iter().find(|nat| text(nat, "/name") == name)
}
