//! Plans as `show -json PLAN` writes them (format version 1.2).

use std::sync::Arc;

use model::{InstanceAddr, ProviderAddr, ResourceMode, Str};
use plan::{Action, ByList, Change, Mode, OutputChange, Plan};
use serde_json::{Map, Value as Json, json};
use state::{InstanceObject, StateSnapshot};

use super::shapes;
use super::state_json::{self, Decode, ModuleTree};

/// The resources that an instance depends on by its configuration; nothing where it is not configured.
pub type Dependencies<'d> = dyn Fn(&InstanceAddr) -> Option<Arc<[Str]>> + 'd;

/// What a plan's document needs beyond the plan.
pub struct Context<'c> {
    /// What `terraform_version` says.
    pub version: &'c str,
    /// Reads recorded objects by their schemas.
    pub decode: &'c Decode<'c>,
    /// The version of the schema of an instance's type.
    pub schema_version: &'c dyn Fn(&InstanceAddr, &ProviderAddr) -> u64,
    /// What a configured instance depends on.
    pub dependencies: &'c Dependencies<'c>,
    /// The `configuration` section.
    pub configuration: Json,
    /// The `relevant_attributes` section; left out where empty.
    pub relevant_attributes: Vec<Json>,
}

/// The document for a plan.
pub fn plan_json(plan: &Plan, context: &Context) -> Json {
    let mut out = Map::new();
    out.insert("format_version".into(), "1.2".into());
    out.insert("terraform_version".into(), context.version.into());
    if !plan.variables.is_empty() {
        let variable =
            |(name, value): (&Str, _)| (name.to_string(), json!({"value": shapes::known_or_null(value)}));
        out.insert("variables".into(), Json::Object(plan.variables.iter().map(variable).collect()));
    }
    out.insert("planned_values".into(), planned_values(plan, context));
    insert_unless_empty(&mut out, "resource_drift", plan.drift.iter().map(resource_change).collect());
    insert_unless_empty(&mut out, "resource_changes", planned(plan).map(resource_change).collect());
    if !plan.outputs.is_empty() {
        let outputs = plan.outputs.iter().map(|(name, o)| (name.to_string(), output_change(o)));
        out.insert("output_changes".into(), Json::Object(outputs.collect()));
    }
    if let Some(prior) = prior_state(plan, context) {
        out.insert("prior_state".into(), prior);
    }
    out.insert("configuration".into(), context.configuration.clone());
    insert_unless_empty(&mut out, "relevant_attributes", context.relevant_attributes.clone());
    insert_unless_empty(&mut out, "refreshed_by_list", plan.lists.iter().map(by_list).collect());
    insert_unless_empty(&mut out, "checks", super::checks_json::of_plan(&plan.checks));
    out.insert("timestamp".into(), plan.timestamp.as_str().into());
    out.insert("applyable".into(), plan.is_applyable().into());
    out.insert("complete".into(), (plan.complete && !plan.errored).into());
    out.insert("errored".into(), plan.errored.into());
    Json::Object(out)
}

/// How the objects of a type were read that were read by a list. Terraform's format has nothing of the kind.
pub(super) fn by_list(list: &ByList) -> Json {
    json!({
        "provider_config": &*list.provider_config,
        "type": &*list.ty,
        "objects": list.objects,
        "list_calls": list.calls,
        "read_singly": list.singly,
    })
}

/// The changes that are planned; a plan that only reads has none, and ephemeral resources are in no document.
fn planned(plan: &Plan) -> impl Iterator<Item = &Change> {
    let is_planned =
        |c: &&Change| plan.mode != Mode::RefreshOnly && c.address.resource.mode != ResourceMode::Ephemeral;
    plan.changes.iter().filter(is_planned)
}

fn insert_unless_empty(out: &mut Map<String, Json>, name: &str, items: Vec<Json>) {
    if !items.is_empty() {
        out.insert(name.into(), Json::Array(items));
    }
}

fn planned_values(plan: &Plan, context: &Context) -> Json {
    let mut out = Map::new();
    let remaining = plan.outputs.iter().filter(|(_, o)| o.action != Action::Delete);
    let outputs: Map<String, Json> =
        remaining.map(|(name, o)| (name.to_string(), planned_output(o))).collect();
    if !outputs.is_empty() {
        out.insert("outputs".into(), Json::Object(outputs));
    }
    let mut modules = ModuleTree::default();
    let mut remaining: Vec<&Change> =
        planned(plan).filter(|c| c.action != Action::Delete && c.deposed.is_none()).collect();
    // Here addresses are ordered as texts.
    remaining.sort_by_cached_key(|c| c.address.to_string());
    for change in remaining {
        modules.add(&change.address.module, planned_resource(change, context));
    }
    out.insert("root_module".into(), modules.root());
    Json::Object(out)
}

fn planned_output(output: &OutputChange) -> Json {
    let mut out = Map::new();
    out.insert("sensitive".into(), output.sensitive.into());
    if output.after.is_wholly_known() {
        // A null as a whole is of no type.
        let ty = if output.after.is_null() { model::Type::Dynamic } else { output.after.ty() };
        out.insert("type".into(), model::json::type_to_json(&ty));
        out.insert("value".into(), shapes::known_or_null(&output.after));
    }
    Json::Object(out)
}

fn planned_resource(change: &Change, context: &Context) -> Json {
    let mut out = state_json::identity(&change.address);
    out.insert("provider_name".into(), change.provider.to_string().into());
    let version = (context.schema_version)(&change.address, &change.provider);
    out.insert("schema_version".into(), version.into());
    let values = shapes::known_or_null(&change.after);
    if values.as_object().is_some_and(|v| !v.is_empty()) {
        out.insert("values".into(), values);
    }
    out.insert("sensitive_values".into(), shapes::sensitive(&change.after));
    Json::Object(out)
}

/// One entry of `resource_changes` or `resource_drift`.
pub fn resource_change(change: &Change) -> Json {
    let mut out = Map::new();
    let mut identity = state_json::identity(&change.address).into_iter();
    out.extend(identity.by_ref().take(1));
    if let Some(previous) = change.previous_address.as_ref().filter(|_| change.is_move()) {
        out.insert("previous_address".into(), previous.to_string().into());
    }
    if !change.address.module.is_root() {
        out.insert("module_address".into(), change.address.module.to_string().into());
    }
    out.extend(identity);
    out.insert("provider_name".into(), change.provider.to_string().into());
    if let Some(key) = &change.deposed {
        out.insert("deposed".into(), key.to_string().into());
    }
    out.insert("change".into(), change_json(change));
    if let Some(reason) = change.reason {
        out.insert("action_reason".into(), reason.as_str().into());
    }
    Json::Object(out)
}

fn change_json(change: &Change) -> Json {
    let mut out = Map::new();
    out.insert("actions".into(), change.action.json_names().into());
    out.insert("before".into(), shapes::known_or_null(&change.before));
    out.insert("after".into(), shapes::known_or_null(&change.after));
    let all_known = change.after.is_wholly_known();
    let unknown = if all_known { json!({}) } else { shapes::unknown(&change.after) };
    out.insert("after_unknown".into(), unknown);
    out.insert("before_sensitive".into(), shapes::sensitive(&change.before));
    out.insert("after_sensitive".into(), shapes::sensitive(&change.after));
    if !change.replace_paths.is_empty() {
        out.insert("replace_paths".into(), change.replace_paths.iter().map(shapes::path).collect());
    }
    if let Some(importing) = &change.importing {
        out.insert("importing".into(), json!({"id": importing.id}));
    }
    if let Some(config) = &change.generated_config {
        out.insert("generated_config".into(), config.as_str().into());
    }
    Json::Object(out)
}

fn output_change(output: &OutputChange) -> Json {
    let mut out = Map::new();
    out.insert("actions".into(), output.action.json_names().into());
    out.insert("before".into(), shapes::known_or_null(&output.before));
    if let Some(after) = shapes::known(&output.after) {
        out.insert("after".into(), after);
    }
    let all_known = output.after.is_wholly_known();
    let unknown = if all_known { Json::Bool(false) } else { shapes::unknown(&output.after) };
    out.insert("after_unknown".into(), unknown);
    out.insert("before_sensitive".into(), output.sensitive.into());
    out.insert("after_sensitive".into(), output.sensitive.into());
    Json::Object(out)
}

/// The state after reading. The outputs that are known already count as part of it; nothing where it is all empty.
fn prior_state(plan: &Plan, context: &Context) -> Option<Json> {
    let recorded = plan.refreshed.outputs.iter();
    let mut outputs: Map<String, Json> =
        recorded.map(|(name, o)| (name.to_string(), state_json::output(o))).collect();
    let known = plan.outputs.iter().filter(|(_, o)| o.action != Action::Delete && o.after.is_wholly_known());
    for (name, output) in known {
        match output.after.is_null() {
            true => drop(outputs.remove(&**name)),
            false => drop(outputs.insert(name.to_string(), prior_output(output))),
        }
    }
    outputs.sort_keys();
    if outputs.is_empty() && plan.refreshed.instances.is_empty() {
        return None;
    }
    let refreshed = with_configured_dependencies(plan, context.dependencies);
    let document = state_json::document(&refreshed, outputs, context.version, context.decode);
    Some(Json::Object(document))
}

/// What stays as it is depends on what its configuration says now, whatever was recorded.
fn with_configured_dependencies(plan: &Plan, dependencies: &Dependencies<'_>) -> StateSnapshot {
    let mut snapshot = (*plan.refreshed).clone();
    for change in plan.changes.iter().filter(|c| c.action == Action::NoOp && c.deposed.is_none()) {
        let Some(state) = snapshot.instances.get_mut(&change.address) else { continue };
        let (Some(found), Some(object)) = (dependencies(&change.address), &state.current) else { continue };
        if object.dependencies != found {
            state.current = Some(Arc::new(InstanceObject { dependencies: found, ..(**object).clone() }));
        }
    }
    snapshot
}

fn prior_output(output: &OutputChange) -> Json {
    json!({
        "sensitive": output.sensitive,
        "value": shapes::known_or_null(&output.after),
        "type": model::json::type_to_json(&output.after.ty()),
    })
}

#[cfg(test)]
mod tests;
