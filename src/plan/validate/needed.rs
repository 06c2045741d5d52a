//! What a configuration or a state needs and is not there: arguments of calls, provider configurations, providers, types.

use std::collections::BTreeSet;

use config::{Config, Resource};
use model::diagnostic::did_you_mean;
use model::{Diagnostic, Diagnostics, InstanceAddr, ProviderAddr, ResourceMode, Span, err};
use provider::{Provider, Registry};

use super::schema_of;

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
