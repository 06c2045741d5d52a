//! Writing: straight from the snapshot into bytes.

use model::{InstanceAddr, InstanceKey, ModuleAddr, ResourceMode, Str};

use super::json::Printer;
use super::paths::print_sensitive_paths;
use crate::{InstanceObject, InstanceState, ObjectStatus, OutputState, StateSnapshot};

/// Writes a state as Terraform does. Version 5 instead of 4 says that a journal belongs to it.
pub fn write(snapshot: &StateSnapshot, version: u64) -> Vec<u8> {
    let mut p = Printer::new(1024 + snapshot.instances.len() * 700);
    p.open(b'{');
    p.number_field("version", version);
    p.string_field("terraform_version", &snapshot.terraform_version);
    p.number_field("serial", snapshot.serial);
    p.string_field("lineage", &snapshot.lineage);
    p.key("outputs");
    p.open(b'{');
    for (name, output) in &snapshot.outputs {
        p.key(name);
        print_output(&mut p, output);
    }
    p.close(b'}');
    p.key("resources");
    p.open(b'[');
    for (module, instances) in modules_in_order(snapshot) {
        print_module(&mut p, &module, &instances);
    }
    p.close(b']');
    p.raw_field("check_results", snapshot.check_results.as_deref().unwrap_or("null"));
    p.close(b'}');
    p.finish()
}

type Entry<'a> = (&'a InstanceAddr, &'a InstanceState);

/// The instances by module, in the order of the modules' texts.
fn modules_in_order(snapshot: &StateSnapshot) -> Vec<(String, Vec<Entry<'_>>)> {
    let mut modules: Vec<(&ModuleAddr, Vec<Entry<'_>>)> = Vec::new();
    for entry in &snapshot.instances {
        match modules.last_mut() {
            Some((module, list)) if **module == entry.0.module => list.push(entry),
            _ => modules.push((&entry.0.module, vec![entry])),
        }
    }
    let mut named: Vec<_> = modules.into_iter().map(|(m, list)| (m.to_string(), list)).collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    named
}

fn print_output(p: &mut Printer, output: &OutputState) {
    p.open(b'{');
    p.raw_field("value", &output.value);
    p.raw_field("type", &output.ty);
    if output.sensitive {
        p.true_field("sensitive");
    }
    p.close(b'}');
}

fn print_module(p: &mut Printer, module: &str, instances: &[Entry<'_>]) {
    for resource in instances.chunk_by(|a, b| a.0.resource == b.0.resource) {
        let mut providers: Vec<Option<&Str>> = Vec::new();
        for (_, state) in resource {
            let provider = shared(&state.provider);
            if !providers.contains(&provider) {
                providers.push(provider);
            }
        }
        for provider in providers {
            print_resource(p, module, provider, resource);
        }
    }
}

/// A provider configuration as a whole resource names it. One of many, `provider["..."].alias["key"]`, is named by each
/// instance instead, as OpenTofu does.
fn shared(provider: &Str) -> Option<&Str> {
    let (_, after) = provider.split_once("\"]")?;
    (!after.contains('[')).then_some(provider)
}

/// Prints those instances of a resource that one provider configuration looks after, or each its own; that is all of them,
/// but for a state between two providers.
fn print_resource(p: &mut Printer, module: &str, provider: Option<&Str>, instances: &[Entry<'_>]) {
    let resource = &instances[0].0.resource;
    p.item();
    p.open(b'{');
    if !module.is_empty() {
        p.string_field("module", module);
    }
    p.string_field("mode", mode_name(resource.mode));
    p.string_field("type", &resource.ty);
    p.string_field("name", &resource.name);
    if let Some(provider) = provider {
        p.string_field("provider", provider);
    }
    p.key("instances");
    p.open(b'[');
    for (addr, state) in instances.iter().filter(|(_, s)| shared(&s.provider) == provider) {
        let own = provider.is_none().then_some(&state.provider);
        if let Some(object) = &state.current {
            print_object(p, &addr.key, (None, own), object);
        }
        for (deposed, object) in &state.deposed {
            print_object(p, &addr.key, (Some(deposed), own), object);
        }
    }
    p.close(b']');
    p.close(b'}');
}

fn mode_name(mode: ResourceMode) -> &'static str {
    match mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    }
}

fn print_object(
    p: &mut Printer,
    key: &InstanceKey,
    (deposed, provider): (Option<&Str>, Option<&Str>),
    object: &InstanceObject,
) {
    p.item();
    p.open(b'{');
    match key {
        InstanceKey::None => {}
        InstanceKey::Int(i) => p.number_field("index_key", *i),
        InstanceKey::Str(s) => p.string_field("index_key", s),
    }
    if object.status == ObjectStatus::Tainted {
        p.string_field("status", "tainted");
    }
    if let Some(deposed) = deposed {
        p.string_field("deposed", deposed);
    }
    if let Some(provider) = provider {
        p.string_field("provider", provider);
    }
    p.number_field("schema_version", object.schema_version);
    p.raw_field("attributes", &object.attributes);
    p.key("sensitive_attributes");
    print_sensitive_paths(p, &object.sensitive_paths);
    if let Some(private) = &object.private {
        p.string_field("private", private);
    }
    if !object.dependencies.is_empty() {
        p.key("dependencies");
        p.open(b'[');
        for dependency in object.dependencies.iter() {
            p.item();
            p.string(dependency);
        }
        p.close(b']');
    }
    if object.create_before_destroy {
        p.true_field("create_before_destroy");
    }
    p.close(b'}');
}
