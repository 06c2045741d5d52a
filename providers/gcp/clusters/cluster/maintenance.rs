//! When Google works on a cluster: windows are objects of the API, and exclusions are kept by name.

use provider::fields;
use provider::sheet::{Fields, Given};
use serde_json::{Map, Value as Json, json};

use crate::mirror::text;

/// The policy as the API has it.
pub(super) fn write(wanted: Given<'_>) -> Option<Json> {
    let policy = wanted.block("maintenance_policy")?;
    let mut window = Map::new();
    if let Some(daily) = policy.block("daily_maintenance_window") {
        window.insert("dailyMaintenanceWindow".into(), json!({ "startTime": daily.str("start_time") }));
    }
    if let Some(recurring) = policy.block("recurring_window") {
        let told = json!({ "window": span(recurring), "recurrence": recurring.str("recurrence") });
        window.insert("recurringWindow".into(), told);
    }
    let exclusions = policy.blocks("maintenance_exclusion").into_iter().map(|exclusion| {
        let mut told = span(exclusion);
        if let Some(options) = exclusion.block("exclusion_options") {
            told["maintenanceExclusionOptions"] = json!({ "scope": options.str("scope") });
        }
        (exclusion.str("exclusion_name").to_owned(), told)
    });
    let exclusions: Map<String, Json> = exclusions.collect();
    if !exclusions.is_empty() {
        window.insert("maintenanceExclusions".into(), Json::Object(exclusions));
    }
    Some(json!({ "window": window }))
}

fn span(block: Given<'_>) -> Json {
    json!({ "startTime": block.str("start_time"), "endTime": block.str("end_time") })
}

/// The attributes of a policy that was read.
pub(super) fn read(cluster: &Json) -> Vec<Fields> {
    let Some(window) = cluster.pointer("/maintenancePolicy/window") else { return Vec::new() };
    let daily = window.get("dailyMaintenanceWindow").map(|daily| {
        fields! { start_time: text(daily, "/startTime"), duration: text(daily, "/duration") }
    });
    let recurring = window.get("recurringWindow").map(|recurring| {
        fields! {
            start_time: text(recurring, "/window/startTime"),
            end_time: text(recurring, "/window/endTime"),
            recurrence: text(recurring, "/recurrence"),
        }
    });
    let exclusions = window.get("maintenanceExclusions").and_then(Json::as_object).into_iter().flatten();
    let exclusions: Vec<Fields> = exclusions.map(|(name, exclusion)| excluded(name, exclusion)).collect();
    if daily.is_none() && recurring.is_none() && exclusions.is_empty() {
        return Vec::new();
    }
    vec![fields! {
        daily_maintenance_window: daily.into_iter().collect::<Vec<_>>(),
        recurring_window: recurring.into_iter().collect::<Vec<_>>(),
        maintenance_exclusion: exclusions,
    }]
}

fn excluded(name: &str, exclusion: &Json) -> Fields {
    let scope = exclusion.pointer("/maintenanceExclusionOptions/scope").and_then(Json::as_str);
    fields! {
        exclusion_name: name,
        start_time: text(exclusion, "/startTime"),
        end_time: text(exclusion, "/endTime"),
        exclusion_options: scope.map(|scope| fields! { scope: scope }).into_iter().collect::<Vec<_>>(),
    }
}
