//! Which instances a move is about, and where they go.

use std::collections::BTreeSet;

use model::address::Target;
use model::{Diagnostic, InstanceAddr, InstanceKey, ModuleAddr, ResourceMode};
use state::StateSnapshot;

use super::selection::meant;

/// A move, found to be possible.
pub(super) struct Relocation {
    /// What people call it: a line for each module, resource or instance that moves.
    pub(super) named: Vec<(String, String)>,
    /// Every instance with its new address.
    pub(super) instances: Vec<(InstanceAddr, InstanceAddr)>,
}

/// Finds what moves. `from` is recorded in `snapshot`; `there` is the state that it moves to, which may be the same.
pub(super) fn relocation(
    from: &Target,
    to: &Target,
    snapshot: &StateSnapshot,
    there: &StateSnapshot,
) -> Result<Relocation, Diagnostic> {
    match (from, to) {
        (Target::Module(from), Target::Module(to)) => modules(from, to, snapshot, there),
        (Target::Module(from), Target::Resource(to)) => {
            Err(bad_target(format!("Cannot move {from} to {to}: the target must also be a module.")))
        }
        (Target::Resource(from), to) => resource(from, to, snapshot, there),
    }
}

fn modules(
    from: &ModuleAddr,
    to: &ModuleAddr,
    snapshot: &StateSnapshot,
    there: &StateSnapshot,
) -> Result<Relocation, Diagnostic> {
    let inner = |module: &ModuleAddr| module.0.strip_prefix(&*from.0).map(|rest| below(to, rest));
    let instances: Vec<(InstanceAddr, InstanceAddr)> = snapshot
        .instances
        .keys()
        .filter_map(|old| Some((old.clone(), InstanceAddr { module: inner(&old.module)?, ..old.clone() })))
        .collect();
    if instances.is_empty() {
        return Err(nothing_at(&from.to_string(), snapshot));
    }
    let pairs: BTreeSet<(&ModuleAddr, &ModuleAddr)> =
        instances.iter().map(|(old, new)| (&old.module, &new.module)).collect();
    let occupied: BTreeSet<&ModuleAddr> = there.instances.keys().map(|a| &a.module).collect();
    if let Some((_, taken)) = pairs.iter().find(|(_, new)| occupied.contains(new)) {
        return Err(bad_target(format!(
            "Cannot move {from} to {to}: the state already records objects in {taken}. Nothing was changed."
        )));
    }
    let named = pairs.iter().map(|(old, new)| (old.to_string(), new.to_string())).collect();
    Ok(Relocation { named, instances })
}

fn below(outer: &ModuleAddr, rest: &[(model::Str, InstanceKey)]) -> ModuleAddr {
    ModuleAddr(outer.0.iter().chain(rest).cloned().collect())
}

fn resource(
    from: &InstanceAddr,
    to: &Target,
    snapshot: &StateSnapshot,
    there: &StateSnapshot,
) -> Result<Relocation, Diagnostic> {
    let single = snapshot.instances.contains_key(from);
    if !single && from.key != InstanceKey::None {
        let detail =
            format!("The current state does not contain {from}.{}", meant(&from.to_string(), snapshot));
        return Err(bad_source(detail));
    }
    let instances: Vec<&InstanceAddr> = match single {
        true => vec![from],
        false => all_of(from, snapshot).collect(),
    };
    if instances.is_empty() {
        return Err(nothing_at(&from.to_string(), snapshot));
    }
    let to = match to {
        Target::Resource(to) => to,
        Target::Module(to) => {
            let kind = if single { "resource instance" } else { "whole resource" };
            return Err(bad_target(format!("Cannot move {from} to {to}: the target must also be a {kind}.")));
        }
    };
    check_kinds(from, to)?;
    match single {
        true => check_free(there.instances.contains_key(to), to, "resource instance")?,
        false if to.key != InstanceKey::None => {
            return Err(bad_target(format!(
                "Cannot move {from} to {to}: {from} means all instances of a resource, so the target must be a whole \
                 resource too, without an index."
            )));
        }
        false => check_free(all_of(to, there).next().is_some(), to, "resource")?,
    }
    let moved = |old: &InstanceAddr| match single {
        true => to.clone(),
        false => InstanceAddr { key: old.key.clone(), ..to.clone() },
    };
    Ok(Relocation {
        named: vec![(from.to_string(), to.to_string())],
        instances: instances.into_iter().map(|old| (old.clone(), moved(old))).collect(),
    })
}

/// All instances of one resource in one module instance.
fn all_of<'s>(
    whole: &'s InstanceAddr,
    snapshot: &'s StateSnapshot,
) -> impl Iterator<Item = &'s InstanceAddr> + 's {
    let same = |a: &&InstanceAddr| a.module == whole.module && a.resource == whole.resource;
    snapshot.instances.range(whole.whole()..).map(|(address, _)| address).take_while(same)
}

fn check_free(taken: bool, to: &InstanceAddr, what: &str) -> Result<(), Diagnostic> {
    if !taken {
        return Ok(());
    }
    Err(bad_target(format!(
        "Cannot move to {to}: there is already a {what} at that address in the current state."
    )))
}

fn check_kinds(from: &InstanceAddr, to: &InstanceAddr) -> Result<(), Diagnostic> {
    let (old, new) = (&from.resource, &to.resource);
    let kind = |mode: ResourceMode| match mode {
        ResourceMode::Managed => "managed resource",
        ResourceMode::Data => "data resource",
        ResourceMode::Ephemeral => "ephemeral resource",
    };
    let why = if old.mode != new.mode {
        format!("a {0} can be moved only to another {0} address", kind(old.mode))
    } else if old.ty != new.ty {
        "resource types don't match".to_owned()
    } else {
        return Ok(());
    };
    Err(Diagnostic::error("Invalid state move request", format!("Cannot move {from} to {to}: {why}.")))
}

fn nothing_at(from: &str, snapshot: &StateSnapshot) -> Diagnostic {
    bad_source(format!(
        "Cannot move {from}: does not match anything in the current state.{}",
        meant(from, snapshot)
    ))
}

fn bad_source(detail: String) -> Diagnostic {
    Diagnostic::error("Invalid source address", detail)
}

fn bad_target(detail: String) -> Diagnostic {
    Diagnostic::error("Invalid target address", detail)
}
