//! `google_compute_address`.

use std::sync::LazyLock;

use async_trait::async_trait;
use model::Path;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};
use serde_json::json;

use super::misnamed;
use super::object::{self, Collection, Place, last};
use crate::client::{Api, Client, Request};
use crate::labels::{self, Labels};
use crate::mirror::{Mirror, text};
use crate::places::{self, reference};

const ADDRESSES: Collection = Collection { name: "addresses", thing: "address", is_regional: true };

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(Address::SHEET, &[], &[]));

/// What a create says as it is.
const GIVEN: &[&str] = &[
    "address",
    "address_type",
    "description",
    "ip_collection",
    "ip_version",
    "ipv6_endpoint_type",
    "name",
    "network_tier",
    "prefix_length",
    "purpose",
];

/// What the API alone says.
const TOLD: &[&str] =
    &["creation_timestamp", "label_fingerprint", "network", "self_link", "subnetwork", "users"];

/// How often labels are set that somebody else's change came before.
const TRIES: u32 = 8;

/// The resource type.
pub(super) struct Address;

#[async_trait]
impl Kind for Address {
    type Client = Client;
    const NAME: &'static str = "google_compute_address";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
An address that stays.

address optional computed fixed string | The address; the API chooses where it is left out.
address_type optional fixed default=EXTERNAL string | `EXTERNAL` or `INTERNAL`.
creation_timestamp computed string | When it was made.
description optional fixed string | What it is for.
effective_labels computed map(string) | All labels that it has.
id optional computed string | Its path.
ip_collection optional fixed link string | The public prefix that it comes from.
ip_version optional fixed string | `IPV4`, which it is where it is left out, or `IPV6`.
ipv6_endpoint_type optional fixed string | What can have it: `VM` or `NETLB`.
label_fingerprint computed volatile foreign string | The state of the labels.
labels optional map(string) | Its labels.
name required fixed string | Its name.
network optional fixed link string | The network, of a range for peering.
network_tier optional computed fixed string | `PREMIUM` or `STANDARD`.
prefix_length optional computed fixed number | How long the prefix of a range is.
project optional computed fixed string | The project.
purpose optional computed fixed string | What an internal one serves: `GCE_ENDPOINT`, `SHARED_LOADBALANCER_VIP`, `VPC_PEERING`, `IPSEC_INTERCONNECT` or `PRIVATE_SERVICE_CONNECT`.
region optional computed fixed link string | The region; the provider's where it is left out.
self_link computed string | Its address in the API.
subnetwork optional computed fixed link string | The subnetwork, of an internal one.
terraform_labels computed map(string) | Its labels with the provider's `default_labels`.
users computed foreign list(string) | What uses it.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  update optional string | As `20m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let is_internal = config.text("address_type") == Some("INTERNAL");
        let tier = (is_internal && config.text("network_tier").is_some()).then(|| {
            let detail = "An internal address has no `network_tier`.";
            ProviderError::invalid("Invalid address", detail).at(Path::of_attr("network_tier"))
        });
        let is_known = !config.is_unknown("address_type");
        let subnetwork = (!is_internal
            && is_known
            && config.text("subnetwork").is_some()
            && config.text("ip_version") != Some("IPV6"))
        .then(|| {
            let detail = "`subnetwork` needs `address_type = \"INTERNAL\"`, or an address of IPv6.";
            ProviderError::invalid("Invalid address", detail).at(Path::of_attr("subnetwork"))
        });
        misnamed(config, "name").into_iter().chain(tier).chain(subnetwork).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        places::location(at, draft, "region")?;
        labels::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let place = ADDRESSES.place(wanted);
        let mut body = MIRROR.document(wanted, GIVEN);
        let (project, region) = (wanted.str("project"), last(wanted.str("region")));
        if let Some(network) = wanted.text("network") {
            body.insert("network".into(), reference(network, project, "global/networks").into());
        }
        if let Some(subnetwork) = wanted.text("subnetwork") {
            let path = reference(subnetwork, project, &format!("regions/{region}/subnetworks"));
            body.insert("subnetwork".into(), path.into());
        }
        object::insert(at, &place, body, wanted).await?;
        at.exists(fields! { id: place.path() });
        // The API takes labels only of what is there.
        let marked = labels::wanted(at, wanted);
        if !marked.is_empty() {
            label(at, &place, (wanted, "create"), |_| marked.clone()).await?;
        }
        Ok(fields! { id: place.path() })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let place = ADDRESSES.place(known);
        let Some(address) = object::get(at, &place).await? else { return Ok(None) };
        let told = MIRROR.fields(&address, &[GIVEN, TOLD].concat());
        let version = text(&address, "/ipVersion");
        // Who says nothing of the version means the usual one.
        let version = (known.text("ip_version").is_some() || version != "IPV4").then_some(version);
        let own = fields! { id: place.path(), region: last(text(&address, "/region")), ip_version: version };
        Ok(Some(told.and(own).and(labels::seen(at, known, labels::of(&address)))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        if !prior.differs(wanted, "effective_labels") {
            return Ok(());
        }
        let all = |now: Labels| labels::changed(now, prior, wanted);
        label(at, &ADDRESSES.place(prior), (wanted, "update"), all).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        object::remove(at, &ADDRESSES.place(prior), prior).await
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        ADDRESSES.import(at.client, id)
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let place = ADDRESSES.place(wanted);
        if !object::find(at, &place, wanted).await? {
            return Ok(None);
        }
        let Some(address) = object::get(at, &place).await? else { return Ok(None) };
        let seen = labels::seen(at, wanted, labels::of(&address));
        let marked = labels::wanted(at, wanted);
        // A create that was cut off before it set labels is brought to its end.
        if labels::of(&address).is_empty() && !marked.is_empty() {
            label(at, &place, (wanted, "create"), |_| marked.clone()).await?;
            return Ok(Some(fields! { id: place.path() }));
        }
        Ok(Some(seen.with("id", place.path())))
    }
}

/// Sets the labels that are made of those that there are.
async fn label(
    at: &At<'_, Client>,
    place: &Place,
    limit: (Given<'_>, &str),
    all: impl Fn(Labels) -> Labels + Send + Sync,
) -> Result<(), KindError> {
    for _ in 0..TRIES {
        let Some(now) = object::get(at, place).await? else { break };
        let body = json!({
            "labels": all(labels::of(&now)),
            "labelFingerprint": text(&now, "/labelFingerprint"),
        });
        let request = Request::post(Api::Compute, format!("{}/setLabels", place.path())).json(&body);
        match object::attempted(at, place, request, limit).await? {
            Err(trouble) if trouble.is_conflict() => {}
            result => return Ok(result?),
        }
    }
    let detail = format!("The labels of {} are being changed by others all the time.", place.described());
    Err(ProviderError::new(ErrorKind::Conflict, "Object is being changed", detail))
}
