//! `google_compute_firewall`.

use std::sync::LazyLock;

use async_trait::async_trait;
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};
use serde_json::{Map, Value as Json, json};

use super::misnamed;
use super::object::{self, Collection};
use crate::client::Client;
use crate::mirror::{Mirror, text};
use crate::places::{self, reference};

const FIREWALLS: Collection = Collection { name: "firewalls", thing: "firewall rule", is_regional: false };

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(Firewall::SHEET, NAMES, &[]));

/// Attributes whose fields are called otherwise.
const NAMES: &[(&str, &str)] = &[("allow", "allowed"), ("deny", "denied"), ("protocol", "IPProtocol")];

/// What a change can change, beside logging.
const CHANGEABLE: &[&str] = &[
    "allow",
    "deny",
    "description",
    "destination_ranges",
    "disabled",
    "priority",
    "source_ranges",
    "source_service_accounts",
    "source_tags",
    "target_service_accounts",
    "target_tags",
];

/// Where traffic can be said to come from.
const SOURCES: &[&str] = &["source_ranges", "source_tags", "source_service_accounts"];

/// The resource type.
pub(super) struct Firewall;

#[async_trait]
impl Kind for Firewall {
    type Client = Client;
    const NAME: &'static str = "google_compute_firewall";
    const VERSION: u64 = 1;
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
What traffic a network lets through, or does not.

creation_timestamp computed string | When it was made.
description optional string | What it is for.
destination_ranges optional computed set(string) | To where, as ranges of addresses.
direction optional computed fixed string | `INGRESS`, which it is where it is left out, or `EGRESS`.
disabled optional bool | Whether it does not count.
enable_logging optional computed deprecated bool | Whether connections are logged. Use `log_config`.
id optional computed string | Its path.
name required fixed string | Its name.
network required fixed link string | The network.
priority optional default=1000 number | From 0 to 65535; the lowest comes first.
project optional computed fixed string | The project.
self_link computed string | Its address in the API.
source_ranges optional set(string) | From where, as ranges of addresses.
source_service_accounts optional set(string) | From where, by the accounts of machines.
source_tags optional set(string) | From where, by the tags of machines.
target_service_accounts optional set(string) | For which machines, by their accounts.
target_tags optional set(string) | For which machines, by their tags.
allow block set | What is let through.
  ports optional list(string) | Ports and ranges of them, as `80` or `8000-8100`.
  protocol required caseless string | `tcp`, `udp`, `icmp`, `esp`, `ah`, `sctp`, `ipip`, `all`, or a number.
deny block set | What is not.
  ports optional list(string) | Ports and ranges of them.
  protocol required caseless string | The protocol, as in `allow`.
log_config block list 0..1 | How connections are logged.
  metadata required string | Whether everything is said of them: `INCLUDE_ALL_METADATA` or `EXCLUDE_ALL_METADATA`.
params block list 0..1 fixed | What counts when it is made.
  resource_manager_tags optional map(string) | Tags, by their keys as `tagKeys/123`.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  update optional string | As `20m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong = |name: &str, detail: &str| {
            ProviderError::invalid("Invalid firewall rule", detail).at(Path::of_attr(name))
        };
        let is_said = |name: &str| !config.blocks(name).is_empty() || config.is_unknown(name);
        let both = (is_said("allow") == is_said("deny")).then(|| {
            wrong("allow", "A rule has either `allow` or `deny` blocks: one of them, and not both.")
        });
        let is_given = |name: &&str| config.whole().get(name).is_some_and(|value| !value.is_null());
        let is_egress = config.text("direction") == Some("EGRESS") || config.is_unknown("direction");
        let source = (!is_egress && !SOURCES.iter().any(is_given)).then(|| {
            let detail =
                "A rule for what comes in has `source_ranges`, `source_tags` or `source_service_accounts`.";
            wrong("source_ranges", detail)
        });
        let priority = config.int("priority").filter(|number| !(0..=65_535).contains(number));
        let priority = priority.map(|_| wrong("priority", "`priority` is between 0 and 65535."));
        let mixed = [
            ("source_tags", "source_service_accounts"),
            ("source_tags", "target_service_accounts"),
            ("target_tags", "source_service_accounts"),
            ("target_tags", "target_service_accounts"),
        ];
        let mixed = mixed
            .into_iter()
            .find(|(tags, accounts)| !config.texts(tags).is_empty() && !config.texts(accounts).is_empty());
        let mixed = mixed.map(|(tags, _)| {
            wrong(tags, "A rule names machines by tags or by service accounts, not by both.")
        });
        let logs = config.flag("enable_logging") == Some(false) && !config.blocks("log_config").is_empty();
        let logs = logs
            .then(|| wrong("log_config", "`log_config` and `enable_logging = false` exclude each other."));
        misnamed(config, "name")
            .into_iter()
            .chain(both)
            .chain(source)
            .chain(priority)
            .chain(mixed)
            .chain(logs)
            .collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        if draft.config.flag("enable_logging").is_none() && !draft.config.is_unknown("enable_logging") {
            let logs = !draft.planned().blocks("log_config").is_empty();
            draft.set("enable_logging", Value::bool(logs));
        }
        if draft.prior.is_none()
            && draft.config.text("direction").is_none()
            && !draft.config.is_unknown("direction")
        {
            draft.set("direction", Value::string("INGRESS"));
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let place = FIREWALLS.place(wanted);
        let mut body = MIRROR.document(wanted, &[CHANGEABLE, &["direction", "name", "params"]].concat());
        let network = reference(wanted.str("network"), wanted.str("project"), "global/networks");
        body.insert("network".into(), network.into());
        body.insert("logConfig".into(), logging(wanted));
        object::insert(at, &place, body, wanted).await?;
        Ok(fields! { id: place.path() })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let place = FIREWALLS.place(known);
        let Some(firewall) = object::get(at, &place).await? else { return Ok(None) };
        Ok(Some(told(known, firewall).with("id", place.path())))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let mut body: Map<String, Json> = MIRROR.changes(prior, wanted, CHANGEABLE);
        if prior.differs_in(wanted, &["log_config", "enable_logging"]) {
            body.insert("logConfig".into(), logging(wanted));
        }
        object::patch(at, &FIREWALLS.place(prior), body, (wanted, "update")).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        object::remove(at, &FIREWALLS.place(prior), prior).await
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        FIREWALLS.import(at.client, id)
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let place = FIREWALLS.place(wanted);
        Ok(object::find(at, &place, wanted).await?.then(|| fields! { id: place.path() }))
    }

    fn upgrade(&self, _: u64, stored: &str) -> Result<String, KindError> {
        Ok(stored.to_owned())
    }
}

/// How connections are logged, as the API has it.
fn logging(wanted: Given<'_>) -> Json {
    match wanted.block("log_config") {
        Some(config) => json!({ "enable": true, "metadata": config.str("metadata") }),
        None => json!({ "enable": wanted.is("enable_logging") }),
    }
}

/// The attributes of a rule that was read.
fn told(known: Given<'_>, mut firewall: Json) -> Fields {
    let logs = firewall.pointer("/logConfig/enable").and_then(Json::as_bool).unwrap_or(false);
    // Whoever only said that there are logs said nothing of what is in them.
    let is_bare = known.is("enable_logging") && known.blocks("log_config").is_empty();
    let is_told = logs && (!is_bare || text(&firewall, "/logConfig/metadata").starts_with("EXCLUDE"));
    if let (false, Some(fields)) = (is_told, firewall.as_object_mut()) {
        fields.remove("logConfig");
    }
    // Without any source, everywhere is one.
    let everywhere = json!(["0.0.0.0/0"]);
    if known.texts("source_ranges").is_empty()
        && firewall.get("sourceRanges") == Some(&everywhere)
        && let (Some(fields), true) = (firewall.as_object_mut(), known.text("self_link").is_some())
    {
        fields.remove("sourceRanges");
    }
    let plain = ["creation_timestamp", "direction", "log_config", "name", "network", "self_link"];
    MIRROR.fields(&firewall, &[CHANGEABLE, &plain].concat()).with("enable_logging", logs)
}
