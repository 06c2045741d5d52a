//! The `configuration` section of a plan's document: what was written, as far as tools ask for it.

mod expression;
mod providers;
mod relevant;

use std::collections::BTreeSet;

use config::{Config, Module, ModuleCall, Output, Provisioner, Repetition, Resource, Variable};
use lang::ast::{Block, Body, Traversal};
use model::schema::{self, Nesting};
use model::{InstanceAddr, InstanceKey, ResourceMode};
use serde_json::{Map, Value as Json, json};

use super::plan::Schemas;
use super::{shapes, state_json};
use expression::expression;
use providers::Providers;

pub use relevant::relevant_attributes;

/// The section for a configuration. The resources in `generated` were written by planning itself and are left out.
pub fn configuration(config: &Config, schemas: &Schemas, generated: &BTreeSet<InstanceAddr>) -> Json {
    let mut out = Map::new();
    let providers = Providers::of(config);
    let section = providers.section();
    if !section.is_empty() {
        out.insert("provider_config".into(), Json::Object(section));
    }
    let context = Context { config, schemas, providers: &providers, generated };
    let root = config.root().map(|m| module(context, m)).unwrap_or_default();
    out.insert("root_module".into(), Json::Object(root));
    Json::Object(out)
}

/// What every part of the section is made with.
#[derive(Clone, Copy)]
struct Context<'c> {
    config: &'c Config,
    schemas: &'c Schemas<'c>,
    providers: &'c Providers,
    generated: &'c BTreeSet<InstanceAddr>,
}

impl Context<'_> {
    fn is_generated(&self, module: &Module, resource: &Resource) -> bool {
        let whole = |a: &InstanceAddr| {
            a.module.path() == module.path && a.resource == resource.addr && a.key == InstanceKey::None
        };
        self.generated.iter().any(whole)
    }
}

fn module(context: Context<'_>, module: &Module) -> Map<String, Json> {
    let mut out = Map::new();
    let named = |entries: Vec<(String, Json)>| Json::Object(entries.into_iter().collect());
    if !module.outputs.is_empty() {
        let outputs = module.outputs.values().map(|o| (o.name.to_string(), output(o)));
        out.insert("outputs".into(), named(outputs.collect()));
    }
    let (data, managed): (Vec<&Resource>, Vec<&Resource>) = module
        .resources
        .values()
        .filter(|r| !context.is_generated(module, r))
        .partition(|r| r.addr.mode == ResourceMode::Data);
    let resources = managed.into_iter().filter(|r| r.addr.mode == ResourceMode::Managed).chain(data);
    let resources: Vec<Json> = resources.map(|r| resource(context, module, r)).collect();
    if !resources.is_empty() {
        out.insert("resources".into(), Json::Array(resources));
    }
    if !module.calls.is_empty() {
        let calls = module.calls.values().map(|c| (c.name.to_string(), call(context, module, c)));
        out.insert("module_calls".into(), named(calls.collect()));
    }
    if !module.variables.is_empty() {
        let variables = module.variables.values().map(|v| (v.name.to_string(), variable(v)));
        out.insert("variables".into(), named(variables.collect()));
    }
    out
}

fn output(output: &Output) -> Json {
    let mut out = Map::new();
    if output.sensitive {
        out.insert("sensitive".into(), true.into());
    }
    out.insert("expression".into(), expression(&output.value));
    if let Some(description) = &output.description {
        out.insert("description".into(), description.as_str().into());
    }
    insert_depends_on(&mut out, &output.depends_on);
    Json::Object(out)
}

fn variable(variable: &Variable) -> Json {
    let mut out = Map::new();
    let default = variable.default.as_ref().map(|_| config::default_value(variable));
    if let Some(value) = default {
        out.insert("default".into(), shapes::known_or_null(&value));
    }
    if let Some(description) = &variable.description {
        out.insert("description".into(), description.as_str().into());
    }
    if variable.sensitive {
        out.insert("sensitive".into(), true.into());
    }
    Json::Object(out)
}

fn resource(context: Context<'_>, module: &Module, resource: &Resource) -> Json {
    let instance = resource.addr.instance(&model::ModuleAddr::root(), InstanceKey::None);
    let mut out = state_json::identity(&instance);
    let key = module.provider_key(resource);
    let schema = (context.schemas)(&instance, &module.provider_addr(&key.name));
    out.insert("provider_config_key".into(), context.providers.key(module, &key).into());
    if !resource.provisioners.is_empty() {
        out.insert("provisioners".into(), resource.provisioners.iter().map(provisioner).collect());
    }
    let expressions = body(&resource.body, schema.as_deref().map(|s| &s.block));
    if !expressions.is_empty() {
        out.insert("expressions".into(), Json::Object(expressions));
    }
    out.insert("schema_version".into(), schema.map_or(0, |s| s.version).into());
    insert_repetition(&mut out, &resource.repetition);
    insert_depends_on(&mut out, &resource.depends_on);
    Json::Object(out)
}

fn provisioner(provisioner: &Provisioner) -> Json {
    let mut out = Map::new();
    out.insert("type".into(), provisioner.ty.to_string().into());
    let expressions = body(&provisioner.body, None);
    if !expressions.is_empty() {
        out.insert("expressions".into(), Json::Object(expressions));
    }
    Json::Object(out)
}

fn call(context: Context<'_>, parent: &Module, call: &ModuleCall) -> Json {
    let mut out = Map::new();
    out.insert("source".into(), call.source.as_str().into());
    let arguments = call.arguments.iter().map(|(name, e)| (name.to_string(), expression(e)));
    let arguments: Map<String, Json> = arguments.collect();
    if !arguments.is_empty() {
        out.insert("expressions".into(), Json::Object(arguments));
    }
    insert_repetition(&mut out, &call.repetition);
    let child = context.config.modules.get(&parent.path.child(&call.name));
    out.insert("module".into(), Json::Object(child.map(|m| module(context, m)).unwrap_or_default()));
    if let Some(version) = &call.version {
        out.insert("version_constraint".into(), version.as_str().into());
    }
    insert_depends_on(&mut out, &call.depends_on);
    Json::Object(out)
}

fn insert_repetition(out: &mut Map<String, Json>, repetition: &Repetition) {
    let (name, expr) = match repetition {
        Repetition::Count(expr) => ("count_expression", expr),
        Repetition::ForEach(expr) => ("for_each_expression", expr),
        Repetition::Single | Repetition::Enabled(_) => return,
    };
    let shown = expression(expr);
    if shown.as_object().is_some_and(|e| !e.is_empty()) {
        out.insert(name.into(), shown);
    }
}

fn insert_depends_on(out: &mut Map<String, Json>, depends_on: &[Traversal]) {
    if !depends_on.is_empty() {
        out.insert("depends_on".into(), depends_on.iter().map(|t| t.to_string()).collect());
    }
}

/// The expressions of a body by name; nested blocks as the schema has them, without one as lists.
fn body(body: &Body, schema: Option<&schema::Block>) -> Map<String, Json> {
    let reshaped = schema.and_then(|s| config::json_blocks(body, s));
    let body = reshaped.as_ref().map_or(body, |(body, _)| body);
    let mut found: std::collections::BTreeMap<String, Json> = Default::default();
    for attribute in &body.attributes {
        found.insert(attribute.name.name.to_string(), expression(&attribute.expr));
    }
    for nested in body.blocks.iter().filter(|b| &*b.ty.name != "dynamic") {
        let known = schema.and_then(|s| s.blocks.get(&nested.ty.name));
        let inner = Json::Object(self::body(&nested.body, known.map(|k| &k.block)));
        add_block(&mut found, nested, known.map_or(Nesting::List, |k| k.nesting), inner);
    }
    found.into_iter().collect()
}

fn add_block(
    found: &mut std::collections::BTreeMap<String, Json>,
    block: &Block,
    nesting: Nesting,
    inner: Json,
) {
    let name = block.ty.name.to_string();
    match nesting {
        Nesting::Single | Nesting::Group => {
            found.insert(name, inner);
        }
        Nesting::List | Nesting::Set => {
            let all = found.entry(name).or_insert_with(|| json!([]));
            if let Json::Array(items) = all {
                items.push(inner);
            }
        }
        Nesting::Map => {
            let label = block.labels.first().map_or_else(String::new, |l| l.name.to_string());
            found.entry(name).or_insert_with(|| json!({}))[label] = inner;
        }
    }
}

#[cfg(test)]
mod tests;
