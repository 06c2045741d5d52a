//! Root outputs as people read them, and as documents.

use std::collections::BTreeMap;

use lang::display;
use model::{Str, Value};
use serde_json::{Map, Value as Json};
use state::OutputState;

/// All outputs, one after the other: `name = value`. Sensitive ones are not shown.
pub fn human(outputs: &BTreeMap<Str, OutputState>) -> String {
    outputs.iter().map(|(name, output)| format!("{name} = {}\n", shown(output))).collect()
}

/// All outputs under their title, as they follow an apply; nothing where there are none.
pub fn section(outputs: &BTreeMap<Str, OutputState>) -> String {
    if outputs.is_empty() { String::new() } else { format!("\nOutputs:\n\n{}", human(outputs)) }
}

fn shown(output: &OutputState) -> String {
    if output.sensitive { "<sensitive>".into() } else { one(output) }
}

/// One output's value, sensitive or not, as the console shows it.
pub fn one(output: &OutputState) -> String {
    value(output).map_or_else(|| output.value.to_string(), |v| display::render(&v))
}

/// The value itself; nothing where the record cannot be read.
pub fn value(output: &OutputState) -> Option<Value> {
    let ty = serde_json::from_str::<Json>(&output.ty).ok().and_then(|t| model::json::type_from_json(&t));
    match ty {
        Some(ty) if !ty.has_dynamic() => model::json::read(&output.value, &ty).ok(),
        _ => model::json::read_implied(&output.value).ok(),
    }
}

/// All outputs as a document: `output -json`.
pub fn json(outputs: &BTreeMap<Str, OutputState>) -> Json {
    let parsed = |text: &str| serde_json::from_str::<Json>(text).unwrap_or_default();
    let of = |o: &OutputState| serde_json::json!({"sensitive": o.sensitive, "type": parsed(&o.ty), "value": parsed(&o.value)});
    let all: Map<String, Json> = outputs.iter().map(|(name, o)| (name.to_string(), of(o))).collect();
    Json::Object(all)
}
