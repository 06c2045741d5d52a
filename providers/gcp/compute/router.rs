//! `google_compute_router`.

use std::sync::LazyLock;

use async_trait::async_trait;
use model::Path;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};
use serde_json::Value as Json;

use super::misnamed;
use super::object::{self, Collection, last};
use crate::client::Client;
use crate::mirror::{Mirror, text};
use crate::places::{self, reference};

pub(super) const ROUTERS: Collection = Collection { name: "routers", thing: "router", is_regional: true };

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(Router::SHEET, &[], &[]));

/// What a change can change.
const CHANGEABLE: &[&str] = &["bgp", "description"];

/// What only a create says.
const ONCE: &[&str] = &["encrypted_interconnect_router", "name", "params"];

/// The resource type.
pub(super) struct Router;

#[async_trait]
impl Kind for Router {
    type Client = Client;
    const NAME: &'static str = "google_compute_router";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A router: what a network's ways to other networks, and its NATs, are part of.

creation_timestamp computed string | When it was made.
description optional string | What it is for.
encrypted_interconnect_router optional fixed bool | Whether it is for encrypted attachments alone.
id optional computed string | Its path.
name required fixed string | Its name.
network required fixed link string | The network that it is in.
project optional computed fixed string | The project.
region optional computed fixed link string | The region; the provider's where it is left out.
self_link computed string | Its address in the API.
bgp block list 0..1 | How it speaks the Border Gateway Protocol.
  advertise_mode optional default=DEFAULT string | What it tells others: all subnetworks (`DEFAULT`), or what is said here (`CUSTOM`).
  advertised_groups optional list(string) | Kinds of ranges that it tells: `ALL_SUBNETS`.
  asn required number | The number of its system, a private one.
  identifier_range optional computed string | The range that its identifier is from.
  keepalive_interval optional default=20 number | How often it says that it is there, in seconds from 20 to 60.
  advertised_ip_ranges block list | Ranges that it tells.
    description optional string | What it is.
    range required string | The range.
md5_authentication_keys block list 0..1 | Keys with which others are recognised.
  key required sensitive string | The key.
  name required string | Its name.
params block list 0..1 fixed | What counts when it is made.
  resource_manager_tags optional map(string) | Tags, by their keys as `tagKeys/123`.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  update optional string | As `20m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let at = |name: &str| Path::of_attr("bgp").index(model::Value::number(0_i64)).attr(name.to_owned());
        let bgp = config.block("bgp");
        let is_told = |bgp: &Given<'_>| {
            let is_said = ["advertised_groups", "advertised_ip_ranges"];
            is_said.iter().any(|name| !bgp.blocks(name).is_empty())
        };
        let is_default = |bgp: &Given<'_>| {
            !bgp.is_unknown("advertise_mode")
                && bgp.text("advertise_mode").is_none_or(|mode| mode == "DEFAULT")
        };
        let custom = bgp.filter(|bgp| is_default(bgp) && is_told(bgp)).map(|_| {
            let detail = "`advertised_groups` and `advertised_ip_ranges` need `advertise_mode = \"CUSTOM\"`.";
            ProviderError::invalid("Invalid router", detail).at(at("advertise_mode"))
        });
        let is_private =
            |asn: &i64| (64_512..=65_534).contains(asn) || (4_200_000_000..=4_294_967_294).contains(asn);
        let asn = bgp.and_then(|bgp| bgp.int("asn")).filter(|asn| !is_private(asn) && *asn != 16_550);
        let asn = asn.map(|_| {
            let detail =
                "`asn` is a private number: 64512 to 65534, or 4200000000 to 4294967294; or 16550, for partners.";
            ProviderError::invalid("Invalid router", detail).at(at("asn"))
        });
        misnamed(config, "name").into_iter().chain(custom).chain(asn).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        places::location(at, draft, "region")
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let place = ROUTERS.place(wanted);
        let mut body = MIRROR.document(wanted, &[CHANGEABLE, ONCE].concat());
        let network = reference(wanted.str("network"), wanted.str("project"), "global/networks");
        body.insert("network".into(), network.into());
        if let Some(keys) = keys(wanted) {
            body.insert("md5AuthenticationKeys".into(), keys);
        }
        let _alone = at.client.alone(&place.path()).await;
        object::insert(at, &place, body, wanted).await?;
        Ok(fields! { id: place.path() })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let place = ROUTERS.place(known);
        let Some(router) = object::get(at, &place).await? else { return Ok(None) };
        let plain = ["creation_timestamp", "encrypted_interconnect_router", "name", "network", "self_link"];
        let told = MIRROR.fields(&router, &[CHANGEABLE, &plain].concat());
        Ok(Some(told.and(fields! { id: place.path(), region: last(text(&router, "/region")) })))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let mut body = MIRROR.changes(prior, wanted, CHANGEABLE);
        if prior.differs(wanted, "md5_authentication_keys") {
            let none = || Json::Array(Vec::new());
            body.insert("md5AuthenticationKeys".into(), keys(wanted).unwrap_or_else(none));
        }
        let place = ROUTERS.place(prior);
        // Its NATs are changed by reading and writing it.
        let _alone = at.client.alone(&place.path()).await;
        object::patch(at, &place, body, (wanted, "update")).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let place = ROUTERS.place(prior);
        let _alone = at.client.alone(&place.path()).await;
        object::remove(at, &place, prior).await
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        ROUTERS.import(at.client, id)
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let place = ROUTERS.place(wanted);
        Ok(object::find(at, &place, wanted).await?.then(|| fields! { id: place.path() }))
    }
}

/// The keys as the API has them, which is as a list.
fn keys(wanted: Given<'_>) -> Option<Json> {
    MIRROR.one(wanted, "md5_authentication_keys").map(|key| Json::Array(vec![key]))
}
