//! What can be said of a configuration without state and without calls.

mod conditions;
mod needed;

use std::cell::RefCell;

use config::{Config, EachValue, Evaluator, InstId, NodeId, NodeKind, Resource, Statics, World};
use graph::{Outcome, Schedule};
use model::diagnostic::did_you_mean;
use model::{Diagnostic, Diagnostics, InstanceKey, ResourceMode, Severity, Span, err};
use provider::{Provider, Registry};

use crate::conditions::{Around, check_output_marks};
use crate::imports::{WithRoot, check_targets, resolve};
use crate::judging::{Judge, Time};
use crate::managed::{check_ephemeral, locate};
use crate::provisioners::{check_arguments, check_kinds, check_removed};
use conditions::{Owner, conditions};

pub use needed::{
    check_calls, check_configured, check_types, missing_provider, missing_recorded_provider,
    unknown_recorded_type, unknown_type,
};

/// Checks every block once, with everything unknown that only a run can tell.
pub fn validate(config: &Config, statics: &Statics, world: &dyn World, registry: &Registry) -> Diagnostics {
    let missing = check_kinds(config, registry);
    if missing.has_errors() {
        return missing;
    }
    let mut diags = check_configured(config);
    if diags.has_errors() {
        return diags;
    }
    diags.extend(check_types(config, registry));
    diags.extend(check_targets(config, WithRoot::Excluded));
    let evaluator = Evaluator::for_validation(config, statics, world);
    let mut schedule = Schedule::new(statics.graph());
    while let Some(node) = schedule.take_ready() {
        if statics.node(NodeId(node)).is_broken {
            schedule.finish(node, Outcome::Failed);
            continue;
        }
        let found = validate_node(&evaluator, NodeId(node), registry);
        let outcome = if found.has_errors() { Outcome::Failed } else { Outcome::Done };
        diags.extend(found);
        schedule.finish(node, outcome);
    }
    diags.extend(check_removed(&evaluator, registry));
    diags
}

fn validate_node(evaluator: &Evaluator<'_>, id: NodeId, registry: &Registry) -> Diagnostics {
    let node = evaluator.statics().node(id);
    let mut diags = Diagnostics::new();
    diags.extend(node.lost_dependency.clone());
    match &node.kind {
        NodeKind::Resource(_) => {
            if let Some(inst) = evaluator.module_instances(&node.path).first() {
                diags.extend(validate_resource(evaluator, id, *inst, registry));
            }
        }
        NodeKind::Provider(key) => {
            if let Some(inst) = evaluator.module_instances(&node.path).first() {
                diags.extend(validate_provider(evaluator, id, *inst, key, registry));
            }
        }
        NodeKind::Output(name) => {
            diags.extend(evaluator.evaluate(id));
            let module = evaluator.config().modules.get(&node.path);
            if let Some(output) = module.and_then(|m| m.outputs.get(name)) {
                for inst in evaluator.module_instances(&node.path) {
                    let value = evaluator.value(id, inst);
                    diags.extend(check_output_marks(&value, output, node.path.is_root()));
                    let around = Around::default();
                    let (owner, of) = (Owner::Output, &output.preconditions);
                    diags.extend(conditions(evaluator, (id, inst), owner, of, &around));
                }
            }
        }
        NodeKind::Check(name) => {
            let module = evaluator.config().modules.get(&node.path);
            if let Some(check) = module.and_then(|m| m.checks.get(name)) {
                for inst in evaluator.module_instances(&node.path) {
                    let around = Around::default();
                    diags.extend(conditions(evaluator, (id, inst), Owner::Check, &check.asserts, &around));
                }
            }
        }
        NodeKind::Call(_) | NodeKind::Whole(_) | NodeKind::Variable(_) | NodeKind::Local(_) => {
            diags.extend(evaluator.evaluate(id))
        }
        NodeKind::Validation(_) => {
            let results = RefCell::default();
            diags.extend(Judge { evaluator, results: &results, time: Time::Planning }.node(id));
        }
    }
    diags
}

fn validate_resource(
    evaluator: &Evaluator<'_>,
    id: NodeId,
    inst: InstId,
    registry: &Registry,
) -> Diagnostics {
    let Some((module, resource)) = evaluator.resource(id) else { return Diagnostics::new() };
    let (_, _, mut diags) = evaluator.expand(id, inst);
    diags.extend(resolve(evaluator, id).1);
    let Some(provider) = registry.get(&module.provider_addr(&module.provider_key(resource).name)) else {
        return diags;
    };
    let Some(schema) = schema_of(&**provider, resource) else { return diags };
    let (value, _, found) = evaluator.instance_config(id, inst, &InstanceKey::None, &schema.block);
    let failed = found.has_errors();
    diags.extend(found);
    if !failed {
        diags.extend(check_ignored(resource, &schema.block));
        if resource.addr.mode != ResourceMode::Ephemeral {
            diags.extend(check_ephemeral(&value, &schema.block, resource).err().unwrap_or_default());
        }
        let bare = value.unmarked_deep();
        let errors = match resource.addr.mode {
            ResourceMode::Managed => {
                provider.catalog().resources.get(&resource.addr.ty).map(|t| t.validate(&bare))
            }
            ResourceMode::Data => {
                provider.catalog().data_sources.get(&resource.addr.ty).map(|t| t.validate(&bare))
            }
            ResourceMode::Ephemeral => {
                provider.catalog().ephemerals.get(&resource.addr.ty).map(|t| t.validate(&bare))
            }
        };
        diags.extend(locate(errors.unwrap_or_default(), resource));
    }
    diags.extend(schema.block.deprecated.as_deref().map(|why| deprecated(resource, why)));
    let value = model::Value::unknown_not_null(schema.block.ty());
    let each = evaluator.validation_each(&resource.repetition);
    let (at, owner, mut around) = ((id, inst), Owner::Resource, Around { each: each.clone(), own: None });
    diags.extend(conditions(evaluator, at, owner, &resource.lifecycle.preconditions, &around));
    around.own = Some(value.clone());
    diags.extend(conditions(evaluator, at, owner, &resource.lifecycle.postconditions, &around));
    diags.extend(check_arguments(evaluator, (id, inst), resource, &each, &value, registry));
    evaluator.set_instance(id, inst, &InstanceKey::None, value);
    diags
}

/// The warning about a type that is not to be used any more.
fn deprecated(resource: &Resource, why: &str) -> Diagnostic {
    let what = if resource.addr.mode == ResourceMode::Data { "data source" } else { "resource type" };
    let diag =
        err!(resource.span, "Deprecated resource", "The {what} {:?} is deprecated. {why}", resource.addr.ty);
    Diagnostic { severity: Severity::Warning, ..diag }
}

/// `ignore_changes` must name what the type has.
fn check_ignored(resource: &Resource, block: &model::Block) -> Diagnostics {
    let mut diags = Diagnostics::new();
    let config::IgnoreChanges::Paths(paths) = &resource.lifecycle.ignore_changes else { return diags };
    for (path, span) in paths {
        let Some(model::PathStep::Attr(name)) = path.0.first() else { continue };
        if !block.attributes.contains_key(name) && !block.blocks.contains_key(name) {
            diags.push(unsupported_attribute(name, *span, block));
        }
        if path.0.len() == 1 && block.attributes.get(name).is_some_and(|a| !a.is_configurable()) {
            diags.push(redundant_ignore(name, resource.ty_span));
        }
    }
    diags
}

fn redundant_ignore(name: &str, at: Span) -> Diagnostic {
    let diag = err!(
        at,
        "Redundant ignore_changes element",
        "ignore_changes keeps what the configuration says from changing an object, but the provider alone decides on \
         {name:?}, so naming it has no effect. Remove it."
    );
    Diagnostic { severity: Severity::Warning, ..diag }
}

/// The error for an attribute that a type does not have.
pub fn unsupported_attribute(name: &str, span: Span, block: &model::Block) -> Diagnostic {
    let names = block.attributes.keys().chain(block.blocks.keys()).map(|k| &**k);
    err!(
        span,
        "Unsupported attribute",
        "Nothing here is named {name:?}, neither an argument nor a block nor an attribute.{}",
        did_you_mean(name, names)
    )
}

fn schema_of<'p>(provider: &'p dyn Provider, resource: &Resource) -> Option<&'p model::Schema> {
    let catalog = provider.catalog();
    match resource.addr.mode {
        ResourceMode::Managed => catalog.resources.get(&resource.addr.ty).map(|t| t.schema()),
        ResourceMode::Data => catalog.data_sources.get(&resource.addr.ty).map(|t| t.schema()),
        ResourceMode::Ephemeral => catalog.ephemerals.get(&resource.addr.ty).map(|t| t.schema()),
    }
}

fn validate_provider(
    evaluator: &Evaluator<'_>,
    id: NodeId,
    inst: InstId,
    key: &config::ProviderKey,
    registry: &Registry,
) -> Diagnostics {
    let path = &evaluator.statics().node(id).path;
    let Some(module) = evaluator.config().modules.get(path) else { return Diagnostics::new() };
    let Some(block) = module.providers.get(key) else { return Diagnostics::new() };
    let addr = module.provider_addr(&key.name);
    let Some(provider) = registry.get(&addr) else { return Diagnostics::new() };
    let schema = &provider.schema().block;
    let (each, found) = match &block.for_each {
        Some(expr) => {
            (EachValue::Each("".into(), model::Value::dynamic()), evaluator.expand_provider(expr, id, inst).1)
        }
        None => (EachValue::None, Diagnostics::new()),
    };
    let (value, _, mut diags) = evaluator.eval_body(&block.body, schema, id, inst, each, None);
    diags.extend(found.into_iter().filter(|d| !d.because_unknown));
    if !diags.has_errors() {
        let errors = provider.validate(&value.unmarked_deep());
        diags.extend(errors.into_iter().map(|e| crate::managed::provider_diag(e).at(block.span)));
    }
    diags
}
