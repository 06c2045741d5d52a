//! Provider configurations on their way from callers to the modules that they call.

use model::{Diagnostic, Diagnostics, ModulePath, ProviderAddr, Severity, Span, err};

use crate::module::{Config, Module, ModuleCall, ProviderKey, ProviderRef};
use crate::statics::{module_phrase, resolve_provider};

/// Checks that calls pass the provider configurations that modules require, and no others.
pub fn check_passed_providers(config: &Config) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for (path, module) in &config.modules {
        for call in module.calls.values() {
            let Some(child) = config.modules.get(&path.child(&call.name)) else { continue };
            for (inner, outer) in &call.providers {
                check_passed(module, child, inner, outer, &mut diags);
            }
            check_required(child, call, &mut diags);
        }
        let passed = module.calls.values().flat_map(|c| c.providers.values());
        let named = module.resources.values().filter_map(|r| r.provider.as_ref());
        diags.extend(passed.chain(named).filter_map(|p| check_instance(config, path, p)));
        if !path.is_root() {
            check_own(module, caller(config, path), &mut diags);
        }
    }
    diags
}

/// One of many configurations is named with its key, a single one without.
fn check_instance(config: &Config, path: &ModulePath, named: &ProviderRef) -> Option<Diagnostic> {
    let (at, key) = resolve_provider(config, path, &named.key)?;
    let block = config.modules.get(&at)?.providers.get(&key)?;
    match (&block.for_each, &named.instance) {
        (Some(_), None) if at == *path => Some(err!(
            named.span,
            "Provider instance key required",
            "The provider block {key} has for_each, so there is one configuration for each key. Say which is meant: {key}[KEY]."
        )),
        (None, Some(_)) => Some(err!(
            named.span,
            "Unexpected provider instance key",
            "The provider block {key} has no for_each, so there is but one configuration. Write {} without a key.",
            named.key
        )),
        (Some(_), Some(_)) if at != *path => Some(err!(
            named.span,
            "Unexpected provider instance key",
            "The caller of this module chooses the configuration that {} is here. Write the key there, in providers.",
            named.key
        )),
        _ => None,
    }
}

fn caller<'c>(config: &'c Config, path: &ModulePath) -> Option<&'c ModuleCall> {
    let (parent, name) = path.parent()?;
    config.modules.get(&parent)?.calls.get(name)
}

/// Whether a module says that it works with a provider configuration.
fn declares(module: &Module, key: &ProviderKey) -> bool {
    let required = module.required_providers.get(&key.name);
    let named = required.is_some_and(|r| key.alias.is_none() || r.aliases.contains(key));
    named || module.providers.contains_key(key)
}

/// The provider that a module means by a local name when it says nothing else.
fn meant(module: &Module, name: &str) -> ProviderAddr {
    let default = || format!("hashicorp/{name}").parse().unwrap_or_else(|_| ProviderAddr::implied(name));
    module.required_providers.get(name).map_or_else(default, |r| r.addr.clone())
}

fn check_passed(
    module: &Module,
    child: &Module,
    inner: &ProviderKey,
    outer: &ProviderRef,
    diags: &mut Diagnostics,
) {
    let (here, there) = (module_phrase(&module.path), module_phrase(&child.path));
    let (given, wanted) = (meant(module, &outer.key.name), meant(child, &inner.name));
    if !declares(child, inner) {
        diags.push(undefined(inner, &there, outer.inner));
        if inner.alias.is_some() {
            return;
        }
    }
    if given != wanted {
        diags.push(err!(
            outer.span,
            "Provider type mismatch",
            "{:?} is {given} in {here}, but {:?} is {wanted} in {there}: a configuration of the one is none of the other. \
             Say in the required_providers blocks of both modules which provider is meant.",
            outer.key.name,
            inner.name
        ));
    }
}

/// An alias must be declared; the plain name of a provider may also be meant without saying so.
fn undefined(inner: &ProviderKey, there: &str, at: Span) -> Diagnostic {
    let severity = if inner.alias.is_some() { Severity::Error } else { Severity::Warning };
    let diag = err!(
        at,
        "Reference to undefined provider",
        "Nothing in {there} declares the provider configuration {inner}. Add an entry for it to that module's \
         required_providers block."
    );
    Diagnostic { severity, ..diag }
}

fn check_required(child: &Module, call: &ModuleCall, diags: &mut Diagnostics) {
    let required = child.required_providers.values().flat_map(|r| r.aliases.iter());
    for alias in required.filter(|a| !call.providers.contains_key(a)) {
        diags.push(err!(
            call.span,
            "Missing required provider configuration",
            "The module needs a configuration of provider {} under the name {alias}. Pass one in the providers argument \
             of this call: providers = {{ {alias} = ... }}.",
            child.provider_addr(&alias.name)
        ));
    }
}

/// A called module should be given configurations, not have its own.
fn check_own(module: &Module, call: Option<&ModuleCall>, diags: &mut Diagnostics) {
    let place = module_phrase(&module.path);
    let (empty, own): (Vec<_>, Vec<_>) =
        module.providers.values().partition(|p| p.body.attributes.is_empty() && p.body.blocks.is_empty());
    for block in empty {
        let diag = err!(
            block.span,
            "Redundant empty provider block",
            "This block says nothing about provider {}. Remove it, and if {place} is to be given a configuration, declare \
             it in required_providers instead.",
            block.key
        );
        diags.push(Diagnostic { severity: Severity::Warning, ..diag });
    }
    let Some(call) = call.filter(|_| !own.is_empty()) else { return };
    let repeated = call.repetition.expr().map(|e| e.span);
    if let Some(at) = repeated.or_else(|| call.depends_on.first().map(|t| t.span)) {
        diags.push(err!(
            at,
            "Module is incompatible with count, for_each, and depends_on",
            "{place} configures providers itself, so it cannot be called with count, for_each or depends_on. Pass \
             configurations to it in the providers argument instead."
        ));
    }
}
