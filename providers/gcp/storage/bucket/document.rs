//! A bucket as the API has it, and as the resource does.

use std::sync::LazyLock;

use model::Value;
use provider::fields;
use provider::sheet::{At, Fields, Given, Kind};
use serde_json::{Map, Value as Json, json};

use crate::mirror::{Mirror, text};
use crate::{Client, labels};

static MIRROR: LazyLock<Mirror> = LazyLock::new(|| {
    let texts = &["retention_period", "retention_duration_seconds"];
    Mirror::new(super::Bucket::SHEET, &[], texts)
});

/// What both call the same.
const ALIKE: &[&str] = &[
    "autoclass",
    "cors",
    "custom_placement_config",
    "default_event_based_hold",
    "encryption",
    "hierarchical_namespace",
    "logging",
    "retention_policy",
    "rpo",
    "soft_delete_policy",
    "storage_class",
    "versioning",
    "website",
];

/// What they have in different shapes.
const UNLIKE: &[&str] =
    &["lifecycle_rule", "public_access_prevention", "requester_pays", "uniform_bucket_level_access"];

/// All settings of a wanted bucket.
pub(super) fn of(wanted: Given<'_>) -> Map<String, Json> {
    ALIKE.iter().chain(UNLIKE).fold(Map::new(), |mut body, name| {
        put(&mut body, wanted, name);
        body
    })
}

/// The settings that change; null for what goes.
pub(super) fn changes(prior: Given<'_>, wanted: Given<'_>) -> Map<String, Json> {
    let changed = ALIKE.iter().chain(UNLIKE).filter(|name| prior.differs(wanted, name));
    changed.fold(Map::new(), |mut body, name| {
        if !put(&mut body, wanted, name) {
            body.insert(field(name), Json::Null);
        }
        body
    })
}

/// The field of a setting.
fn field(name: &str) -> String {
    match name {
        "lifecycle_rule" => "lifecycle".to_owned(),
        "requester_pays" => "billing".to_owned(),
        "public_access_prevention" | "uniform_bucket_level_access" => "iamConfiguration".to_owned(),
        _ => MIRROR.field(name),
    }
}

/// Puts a setting into a document, and says whether there was one.
fn put(body: &mut Map<String, Json>, wanted: Given<'_>, name: &str) -> bool {
    let value = match name {
        "lifecycle_rule" => MIRROR.one(wanted, name).map(|rules| json!({ "rule": rules_of(rules) })),
        "requester_pays" => wanted.flag(name).map(|is| json!({ "requesterPays": is })),
        "public_access_prevention" => wanted.text(name).map(|way| json!({ "publicAccessPrevention": way })),
        "uniform_bucket_level_access" => {
            wanted.flag(name).map(|is| json!({ "uniformBucketLevelAccess": { "enabled": is } }))
        }
        _ => MIRROR.one(wanted, name).map(sendable),
    };
    let Some(value) = value else { return false };
    match (body.get_mut(&field(name)), value) {
        (Some(Json::Object(there)), Json::Object(more)) => there.extend(more),
        (_, value) => drop(body.insert(field(name), value)),
    }
    true
}

/// A setting without what only the API says.
fn sendable(mut setting: Json) -> Json {
    if let Some(object) = setting.as_object_mut() {
        object.remove("isLocked");
        object.remove("effectiveTime");
    }
    setting
}

/// Rules as the API has them: whether objects are live is yes, no, or not asked for.
fn rules_of(mut rules: Json) -> Json {
    for rule in rules.as_array_mut().into_iter().flatten() {
        let Some(condition) = rule.get_mut("condition").and_then(Json::as_object_mut) else { continue };
        condition.retain(|name, _| !name.starts_with("send"));
        match condition.remove("withState").as_ref().and_then(Json::as_str) {
            Some("LIVE") => drop(condition.insert("isLive".into(), true.into())),
            Some("ARCHIVED") => drop(condition.insert("isLive".into(), false.into())),
            _ => {}
        }
    }
    rules
}

/// The rules of a bucket, with what the API does not repeat as it is known.
fn rules(known: Given<'_>, bucket: &Json) -> Value {
    let known = known.blocks("lifecycle_rule");
    let rules = bucket.pointer("/lifecycle/rule").cloned().unwrap_or(Json::Null);
    let mut document = json!({ "lifecycleRule": rules });
    let rules = document["lifecycleRule"].as_array_mut().into_iter().flatten();
    for (i, rule) in rules.enumerate() {
        let before = known.get(i).and_then(|rule| rule.block("condition"));
        let Some(condition) = rule.get_mut("condition").and_then(Json::as_object_mut) else { continue };
        let state = match condition.remove("isLive").as_ref().and_then(Json::as_bool) {
            Some(true) => Some("LIVE"),
            Some(false) => Some("ARCHIVED"),
            None => before.and_then(|condition| condition.text("with_state")).filter(|state| *state == "ANY"),
        };
        condition.extend(state.map(|state| ("withState".to_owned(), state.into())));
        for name in ["age", "days_since_custom_time", "days_since_noncurrent_time", "num_newer_versions"] {
            let name = format!("send_{name}_if_zero");
            let said = before.and_then(|condition| condition.flag(&name));
            condition.extend(said.map(|said| (MIRROR.field(&name), said.into())));
        }
    }
    MIRROR.fields(&document, &["lifecycle_rule"]).get("lifecycle_rule").cloned().unwrap_or_else(Value::null)
}

/// The attributes of a bucket that was read.
pub(crate) fn told(at: &At<'_, Client>, known: Given<'_>, bucket: &Json) -> Fields {
    let name = text(bucket, "/name");
    let location = text(bucket, "/location");
    let as_known = |name: &str, seen: &str| match known.text(name) {
        Some(known) if known.eq_ignore_ascii_case(seen) => known.to_owned(),
        _ => seen.to_owned(),
    };
    let flag = |pointer: &str| bucket.pointer(pointer).and_then(Json::as_bool).unwrap_or(false);
    let number = text(bucket, "/projectNumber").parse::<i64>().ok();
    let own = fields! {
        enable_object_retention: text(bucket, "/objectRetention/mode") == "Enabled",
        id: name,
        lifecycle_rule: rules(known, bucket),
        location: as_known("location", location),
        name: name,
        project: known.text("project").or(at.client.project()),
        project_number: number,
        public_access_prevention: text(bucket, "/iamConfiguration/publicAccessPrevention"),
        requester_pays: flag("/billing/requesterPays"),
        self_link: text(bucket, "/selfLink"),
        time_created: text(bucket, "/timeCreated"),
        uniform_bucket_level_access: flag("/iamConfiguration/uniformBucketLevelAccess/enabled"),
        updated: text(bucket, "/updated"),
        url: format!("gs://{name}"),
    };
    let seen = labels::seen(at, known, labels::of(bucket));
    let mut alike = MIRROR.fields(bucket, ALIKE);
    alike.set("storage_class", as_known("storage_class", text(bucket, "/storageClass")));
    if bucket.get("defaultEventBasedHold").is_none() {
        alike.set("default_event_based_hold", false);
    }
    own.and(alike).and(seen)
}
