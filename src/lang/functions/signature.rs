//! The table as the JSON document that editors read.

use model::json::type_to_json;
use serde_json::{Map, Value as Json, json};

use super::{Function, Param};

/// All signatures as JSON, in the form of `terraform metadata functions -json` (format version 1.0): each function
/// also under its `core::` name. Functions of providers are in their schemas instead.
pub fn signature_json() -> String {
    let mut entries: Vec<(String, Json)> = Vec::new();
    for function in super::all().iter().filter(|f| !f.hidden && !f.name.contains("::")) {
        let entry = signature(function);
        entries.push((format!("core::{}", function.name), entry.clone()));
        entries.push((function.name.to_string(), entry));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    let signatures: Map<String, Json> = entries.into_iter().collect();
    json!({"format_version": "1.0", "function_signatures": signatures}).to_string()
}

/// The signatures of the functions that belong to the built-in provider `terraform`, as its schema has them.
pub fn builtin_provider_signatures() -> Map<String, Json> {
    let own = super::all().iter().filter_map(|f| Some((f.name.strip_prefix("provider::terraform::")?, f)));
    let entry = |(name, function): (&str, &Function)| {
        let mut entry = signature(function);
        entry["summary"] = (*function.description).into();
        (name.to_owned(), entry)
    };
    own.map(entry).collect()
}

fn signature(function: &Function) -> Json {
    let mut entry = Map::new();
    entry.insert("description".into(), (*function.description).into());
    entry.insert("return_type".into(), type_to_json(&function.documented));
    if !function.params.is_empty() {
        entry.insert("parameters".into(), function.params.iter().map(parameter).collect());
    }
    if let Some(variadic) = &function.variadic {
        entry.insert("variadic_parameter".into(), parameter(variadic));
    }
    Json::Object(entry)
}

fn parameter(param: &Param) -> Json {
    let mut entry = Map::new();
    entry.insert("name".into(), (*param.name).into());
    entry.insert("description".into(), (*param.description).into());
    if param.allow_null {
        entry.insert("is_nullable".into(), true.into());
    }
    entry.insert("type".into(), type_to_json(&param.ty));
    Json::Object(entry)
}
