//! `google_compute_subnetwork`.

mod ranges;
mod update;

use std::sync::LazyLock;

use async_trait::async_trait;
use provider::cidr::Cidr;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};
use serde_json::{Map, Value as Json};

use super::misnamed;
use super::object::{self, Collection, last};
use crate::client::Client;
use crate::mirror::{Mirror, text};
use crate::places::{self, reference};

const SUBNETWORKS: Collection = Collection { name: "subnetworks", thing: "subnetwork", is_regional: true };

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(Subnetwork::SHEET, NAMES, &[]));

/// Attributes whose fields are called otherwise.
const NAMES: &[(&str, &str)] = &[("secondary_ip_range", "secondaryIpRanges")];

/// What a create says as it is.
const GIVEN: &[&str] = &[
    "allow_subnet_cidr_routes_overlap",
    "description",
    "external_ipv6_prefix",
    "ip_cidr_range",
    "ip_collection",
    "ipv6_access_type",
    "log_config",
    "name",
    "private_ip_google_access",
    "private_ipv6_google_access",
    "purpose",
    "reserved_internal_range",
    "role",
    "secondary_ip_range",
    "stack_type",
];

/// What the API alone says.
const TOLD: &[&str] = &[
    "creation_timestamp",
    "gateway_address",
    "internal_ipv6_prefix",
    "ipv6_cidr_range",
    "ipv6_gce_endpoint",
    "network",
    "self_link",
    "state",
];

/// The resource type.
pub(super) struct Subnetwork;

#[async_trait]
impl Kind for Subnetwork {
    type Client = Client;
    const NAME: &'static str = "google_compute_subnetwork";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = include_str!("subnetwork/sheet.txt");

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let missing = || {
            let detail = "`ip_cidr_range` is missing: only a reserved range or a subnetwork with IPv6 alone does without.";
            ProviderError::invalid("Missing argument", detail).at(model::Path::of_attr("ip_cidr_range"))
        };
        let has_range = ["ip_cidr_range", "reserved_internal_range"]
            .iter()
            .any(|name| config.text(name).is_some() || config.is_unknown(name));
        let may_lack = config.text("stack_type") == Some("IPV6_ONLY") || config.is_unknown("stack_type");
        let missing = (!has_range && !may_lack).then(missing);
        misnamed(config, "name").into_iter().chain(missing).chain(ranges::faults(config)).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        places::location(at, draft, "region")?;
        ranges::plan(draft);
        // A range can grow in place, and only grow.
        let range = |given: Given<'_>| given.text("ip_cidr_range").and_then(|text| Cidr::parse(text).ok());
        if let (Some(before), Some(after)) = (draft.prior.and_then(range), range(draft.planned()))
            && !after.holds(before)
        {
            draft.replace("ip_cidr_range");
        }
        if draft.changes("ip_cidr_range") {
            draft.forget("gateway_address");
        }
        if draft.changes("stack_type") || draft.changes("ipv6_access_type") {
            for name in
                ["external_ipv6_prefix", "internal_ipv6_prefix", "ipv6_cidr_range", "ipv6_gce_endpoint"]
            {
                draft.forget(name);
            }
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let place = SUBNETWORKS.place(wanted);
        object::insert(at, &place, document(wanted), wanted).await?;
        Ok(fields! { id: place.path() })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let place = SUBNETWORKS.place(known);
        let Some(subnetwork) = object::get(at, &place).await? else { return Ok(None) };
        Ok(Some(told(known, subnetwork).with("id", place.path())))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        update::apply(at, &SUBNETWORKS.place(prior), prior, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        object::remove(at, &SUBNETWORKS.place(prior), prior).await
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        SUBNETWORKS.import(at.client, id)
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let place = SUBNETWORKS.place(wanted);
        Ok(object::find(at, &place, wanted).await?.then(|| fields! { id: place.path() }))
    }
}

/// The subnetwork as a create says it.
fn document(wanted: Given<'_>) -> Map<String, Json> {
    let mut body = MIRROR.document(wanted, &[GIVEN, &["params"]].concat());
    let network = reference(wanted.str("network"), wanted.str("project"), "global/networks");
    body.insert("network".into(), network.into());
    if let Some(config) = body.get_mut("logConfig") {
        config["enable"] = true.into();
    }
    body
}

/// The attributes of a subnetwork that was read.
fn told(known: Given<'_>, mut subnetwork: Json) -> Fields {
    let logs = subnetwork.pointer("/logConfig/enable").and_then(Json::as_bool).unwrap_or(false);
    if let (false, Some(all)) = (logs, subnetwork.as_object_mut()) {
        all.remove("logConfig");
    }
    ranges::in_order(known, &mut subnetwork);
    let number = text(&subnetwork, "/id").parse::<i64>().ok();
    let told = MIRROR.fields(&subnetwork, &[GIVEN, TOLD].concat());
    told.and(fields! { region: last(text(&subnetwork, "/region")), subnetwork_id: number })
}
