//! What can be said of a configuration without state and without calls.

use std::cell::RefCell;
use std::collections::BTreeSet;

use config::{Config, EachValue, Evaluator, InstId, NodeId, NodeKind, Resource, Statics, World};
use graph::{Outcome, Schedule};
use lang::ast::{Expr, Traversal};
use lang::references::references;
use model::diagnostic::did_you_mean;
use model::{
    Diagnostic, Diagnostics, InstanceAddr, InstanceKey, ProviderAddr, ResourceMode, Severity, Span, err,
};
use provider::{Provider, Registry};

use crate::conditions::{Around, check_output_marks, failures, judge};
use crate::imports::{WithRoot, check_targets, resolve};
use crate::judging::{Judge, OUTPUT_FAILED, Time};
use crate::managed::{check_ephemeral, locate};
use crate::provisioners::{check_arguments, check_kinds, check_removed};

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

/// Where conditions stand, which decides how much of them is looked at before anything is planned.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    Resource,
    Output,
    Check,
}

/// Errors in conditions themselves; whether they hold is a run's business, but for outputs whose conditions can't.
fn conditions(
    evaluator: &Evaluator<'_>,
    (id, inst): (NodeId, InstId),
    owner: Owner,
    conditions: &[config::Condition],
    around: &Around,
) -> Diagnostics {
    let eval = |expr: &Expr| evaluator.eval(expr, id, inst, around.each.clone(), around.own.clone()).2;
    let mut diags = Diagnostics::new();
    for c in conditions {
        let mut found = eval(&c.condition);
        let of_condition = found.iter().any(is_lost);
        let message = eval(&c.message);
        let lost = of_condition || message.iter().any(is_lost);
        let named: Vec<&Expr> = match owner {
            Owner::Resource => {
                let both = [(&c.condition, of_condition), (&c.message, message.iter().any(is_lost))];
                both.into_iter().filter(|(_, lost)| *lost).map(|(expr, _)| &**expr).collect()
            }
            Owner::Output if lost => vec![&c.condition, &c.message],
            Owner::Check if lost => vec![&c.message],
            Owner::Output | Owner::Check => Vec::new(),
        };
        // What hides what other names miss hides it in the message, too.
        let hidden = owner == Owner::Check && of_condition;
        found.extend(message.0.into_iter().filter(|_| !hidden));
        found.extend(named.into_iter().flat_map(nameless));
        if owner != Owner::Resource && !found.has_errors() {
            found.extend(judged(evaluator, c, (id, inst), owner, around));
        }
        diags.extend(found);
    }
    diags
}

/// What is wrong with the values of a condition and its message.
fn judged(
    evaluator: &Evaluator<'_>,
    c: &config::Condition,
    (id, inst): (NodeId, InstId),
    owner: Owner,
    around: &Around,
) -> Diagnostics {
    let verdict = judge(evaluator, c, id, inst, around);
    let found = match owner {
        Owner::Output => failures(std::slice::from_ref(c), vec![verdict], OUTPUT_FAILED, Severity::Error),
        Owner::Resource | Owner::Check => {
            let wrong = verdict.diags.0.into_iter().filter(|d| d.summary != "Invalid condition result");
            Diagnostics(wrong.collect())
        }
    };
    Diagnostics(found.0.into_iter().filter(|d| d.severity == Severity::Error).collect())
}

/// Whether a reference leads to an object that is not there, or not in that way.
fn is_lost(diag: &Diagnostic) -> bool {
    matches!(
        &*diag.summary,
        "Reference to undeclared resource"
            | "Reference to undeclared module"
            | "Missing resource instance key"
            | "Unexpected resource instance key"
    )
}

/// As the oracle does: where a reference leads to no object, none of the names beside it has a meaning.
fn nameless(expr: &Expr) -> Vec<Diagnostic> {
    let unknown = |t: &Traversal| {
        let name = &t.root.name;
        err!(t.root.span, "Unknown variable", "{name:?} cannot be looked up: another reference is wrong.")
    };
    references(expr).into_iter().map(unknown).collect()
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

/// Every call gives what its module requires, and nothing that the module does not take.
pub fn check_calls(config: &Config) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for (path, module) in &config.modules {
        for call in module.calls.values() {
            let Some(child) = config.modules.get(&path.child(&call.name)) else { continue };
            for variable in child.variables.values() {
                if variable.default.is_none() && !call.arguments.contains_key(&variable.name) {
                    diags.push(err!(
                        call.missing_item,
                        "Missing required argument",
                        "The argument {:?} must be set.",
                        variable.name
                    ));
                }
            }
            for stray in &call.strays {
                let (ty, span) = (&stray.name, stray.span);
                diags.push(err!(span, "Unsupported block type", "A block {ty:?} has no meaning here."));
            }
            for (name, span) in &call.argument_spans {
                if !child.variables.contains_key(name) {
                    diags.push(err!(
                        *span,
                        "Unsupported argument",
                        "There is no argument {name:?} here.{}",
                        did_you_mean(name, child.variables.keys().map(|k| &**k))
                    ));
                }
            }
        }
    }
    diags
}

/// Every configuration under an alias is there: those that resources name, and those that calls pass.
pub fn check_configured(config: &Config) -> Diagnostics {
    let mut diags = Diagnostics::new();
    let is_there = |path, key: &config::ProviderKey| {
        key.alias.is_none() || config::resolve_provider(config, path, key).is_some()
    };
    for (path, module) in &config.modules {
        let passed = module.calls.values().flat_map(|c| c.providers.values());
        for outer in passed.filter(|p| !is_there(path, &p.key)) {
            diags.push(missing_configuration(&module.provider_addr(&outer.key.name), &outer.key));
        }
        for resource in module.resources.values() {
            let key = module.provider_key(resource);
            if !is_there(path, &key) {
                let provider = format!("provider[\"{}\"].{}", module.provider_addr(&key.name), alias(&key));
                diags.push(missing_recorded_configuration(&resource.addr.in_module(path), &provider));
            }
        }
    }
    diags
}

fn alias(key: &config::ProviderKey) -> &str {
    key.alias.as_deref().unwrap_or_default()
}

fn missing_configuration(addr: &ProviderAddr, key: &config::ProviderKey) -> Diagnostic {
    Diagnostic::error(
        format!("missing provider provider[\"{addr}\"].{}", alias(key)),
        format!(
            "A module call passes the provider configuration {key}, but there is no such provider block."
        ),
    )
}

fn missing_recorded_configuration(addr: &str, provider: &str) -> Diagnostic {
    Diagnostic::error(
        "Provider configuration not present",
        format!(
            "{addr} works with the provider configuration {provider}, but there is no such provider block. Add it, or \
             name another one in the resource's provider argument."
        ),
    )
    .for_address(addr)
}

/// Every resource's provider is built in and has its type.
pub fn check_types(config: &Config, registry: &Registry) -> Diagnostics {
    let mut diags = Diagnostics::new();
    let mut missing = BTreeSet::new();
    for module in config.modules.values() {
        for resource in module.resources.values() {
            let addr = module.provider_addr(&module.provider_key(resource).name);
            match registry.get(&addr) {
                None if missing.insert(addr.clone()) => {
                    diags.push(missing_provider(&addr, resource.span, registry));
                }
                None => {}
                Some(provider) if schema_of(&**provider, resource).is_none() => {
                    diags.push(unknown_type(resource, &addr, &**provider));
                }
                Some(_) => {}
            }
        }
    }
    diags
}

/// The error for a provider that is not built in.
pub fn missing_provider(addr: &ProviderAddr, span: Span, registry: &Registry) -> Diagnostic {
    let native: Vec<String> = registry.all().iter().map(|p| p.addr().to_string()).collect();
    err!(
        span,
        "Missing required provider",
        "This configuration requires provider {addr}, which is not built into this program. Built in are: {}.",
        native.join(", ")
    )
}

/// The error for a type that a provider does not have.
pub fn unknown_type(resource: &Resource, addr: &ProviderAddr, provider: &dyn Provider) -> Diagnostic {
    let ty = &resource.addr.ty;
    let catalog = provider.catalog();
    let (summary, what, names): (_, _, Vec<&str>) = match resource.addr.mode {
        ResourceMode::Managed => {
            ("Invalid resource type", "resource type", catalog.resources.keys().map(|k| &**k).collect())
        }
        ResourceMode::Data => {
            ("Invalid data source", "data source", catalog.data_sources.keys().map(|k| &**k).collect())
        }
        ResourceMode::Ephemeral => (
            "Invalid ephemeral resource",
            "ephemeral resource type",
            catalog.ephemerals.keys().map(|k| &**k).collect(),
        ),
    };
    let elsewhere = match resource.addr.mode {
        ResourceMode::Managed if catalog.data_sources.contains_key(ty) => {
            format!(" There is a data source {ty:?}: write data in place of resource if it is meant.")
        }
        ResourceMode::Data if catalog.resources.contains_key(ty) => {
            format!(" There is a resource type {ty:?}: write resource in place of data if it is meant.")
        }
        _ => did_you_mean(ty, names),
    };
    err!(
        resource.ty_span,
        summary,
        "The provider {addr} has no {what} {ty:?}, or none that is covered here yet.{elsewhere}"
    )
}

/// The error for a recorded object whose provider is not built in.
pub fn missing_recorded_provider(addr: &InstanceAddr, provider: &str) -> Diagnostic {
    Diagnostic::error(
        "Provider configuration not present",
        format!(
            "{addr} was made with the provider configuration {provider}, which is not here any more. Put it back \
             until {addr} is destroyed, or forget the object with: stackwright state rm '{addr}'."
        ),
    )
    .for_address(addr)
}

/// The error for a recorded object whose type its provider does not have.
pub fn unknown_recorded_type(addr: &InstanceAddr, provider: &ProviderAddr) -> Diagnostic {
    Diagnostic::error(
        "Invalid resource type",
        format!(
            "The state has an object at {addr} whose type {:?} the provider {provider} does not know.",
            addr.resource.ty
        ),
    )
    .for_address(addr)
}
