//! Plans as `show -json PLAN` writes them (format version 1.2).

use std::collections::HashSet;
use std::sync::Arc;

use model::{InstanceAddr, ProviderAddr, ResourceMode, Str};
use plan::{Action, ByList, Change, Mode, OutputChange, Plan};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json, json};

use super::shapes;
use super::state_json::{self, Decode, Recorded};
use super::streamed::{Each, ModuleTree};

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

/// The document for a plan, made while it is written.
pub fn plan_json<'p>(plan: &'p Plan, context: &'p Context<'p>) -> impl Serialize + 'p {
    PlanForm { plan, context }
}

struct PlanForm<'p> {
    plan: &'p Plan,
    context: &'p Context<'p>,
}

impl Serialize for PlanForm<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PlanForm { plan, context } = self;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("format_version", "1.2")?;
        out.serialize_entry("terraform_version", context.version)?;
        if !plan.variables.is_empty() {
            let variable =
                |(name, value): (&Str, _)| (name.to_string(), json!({"value": shapes::known_or_null(value)}));
            out.serialize_entry("variables", &plan.variables.iter().map(variable).collect::<Map<_, _>>())?;
        }
        out.serialize_entry("planned_values", &PlannedValues(self))?;
        let drift: Vec<&Change> = plan.drift.iter().collect();
        write_unless_empty(&mut out, "resource_drift", &drift, |c| resource_change(c))?;
        let changes: Vec<&Change> = planned(plan).collect();
        write_unless_empty(&mut out, "resource_changes", &changes, |c| resource_change(c))?;
        if !plan.outputs.is_empty() {
            let outputs = plan.outputs.iter().map(|(name, o)| (name.to_string(), output_change(o)));
            out.serialize_entry("output_changes", &outputs.collect::<Map<_, _>>())?;
        }
        if let Some(prior) = prior_state(plan, context) {
            out.serialize_entry("prior_state", &prior)?;
        }
        out.serialize_entry("configuration", &context.configuration)?;
        write_unless_empty(&mut out, "relevant_attributes", &context.relevant_attributes, Json::clone)?;
        write_unless_empty(&mut out, "refreshed_by_list", &plan.lists, by_list)?;
        write_unless_empty(&mut out, "checks", &super::checks_json::of_plan(&plan.checks), Json::clone)?;
        out.serialize_entry("timestamp", plan.timestamp.as_str())?;
        out.serialize_entry("applyable", &plan.is_applyable())?;
        out.serialize_entry("complete", &(plan.complete && !plan.errored))?;
        out.serialize_entry("errored", &plan.errored)?;
        out.end()
    }
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

fn write_unless_empty<M: SerializeMap, T>(
    out: &mut M,
    name: &str,
    items: &[T],
    one: impl Fn(&T) -> Json,
) -> Result<(), M::Error> {
    if items.is_empty() { Ok(()) } else { out.serialize_entry(name, &Each(items, one)) }
}

struct PlannedValues<'p>(&'p PlanForm<'p>);

impl Serialize for PlannedValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PlanForm { plan, context } = self.0;
        let mut out = serializer.serialize_map(None)?;
        let remaining = plan.outputs.iter().filter(|(_, o)| o.action != Action::Delete);
        let outputs: Map<String, Json> =
            remaining.map(|(name, o)| (name.to_string(), planned_output(o))).collect();
        if !outputs.is_empty() {
            out.serialize_entry("outputs", &outputs)?;
        }
        let mut remaining: Vec<&Change> =
            planned(plan).filter(|c| c.action != Action::Delete && c.deposed.is_none()).collect();
        // Here addresses are ordered as texts.
        remaining.sort_by_cached_key(|c| c.address.to_string());
        let mut modules = ModuleTree::new();
        remaining.into_iter().for_each(|change| modules.add(&change.address.module, change));
        out.serialize_entry(
            "root_module",
            &modules.root(|change: &&Change| planned_resource(change, context)),
        )?;
        out.end()
    }
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
fn prior_state<'p>(plan: &'p Plan, context: &'p Context<'p>) -> Option<impl Serialize + 'p> {
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
    let recorded = with_configured_dependencies(plan, context.dependencies);
    let values = state_json::Values { outputs, recorded, decode: context.decode };
    Some(PriorForm { values, version: context.version })
}

struct PriorForm<'p> {
    values: state_json::Values<'p>,
    version: &'p str,
}

impl Serialize for PriorForm<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        self.values.write(self.version, &mut out)?;
        out.end()
    }
}

/// What stays as it is depends on what its configuration says now, whatever was recorded.
fn with_configured_dependencies<'p>(plan: &'p Plan, dependencies: &Dependencies<'_>) -> Recorded<'p> {
    let unchanged = plan.changes.iter().filter(|c| c.action == Action::NoOp && c.deposed.is_none());
    let unchanged: HashSet<&InstanceAddr> = unchanged.map(|c| &c.address).collect();
    let found = |address: &InstanceAddr| dependencies(address).filter(|_| unchanged.contains(address));
    Recorded::with_dependencies(&plan.refreshed, found)
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
