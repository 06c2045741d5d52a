//! What the addresses on a command line mean among the recorded instances.

use model::address::Target;
use model::{Diagnostic, InstanceAddr, InstanceKey, ModuleAddr, Str};
use state::StateSnapshot;

/// The address as state and plan write it; people may write `component.TYPE.NAME`.
pub(super) fn plain(address: &str) -> String {
    stack::address::from_people(address)
}

/// Reads the address of a module, a resource or an instance.
pub(super) fn target(text: &str) -> Result<Target, Diagnostic> {
    plain(text).parse().map_err(|e| Diagnostic::error("Invalid address", format!("{e}")))
}

/// The instances that a target means.
pub(super) fn within<'s>(
    target: &Target,
    snapshot: &'s StateSnapshot,
) -> impl Iterator<Item = &'s InstanceAddr> {
    snapshot.instances.keys().filter(move |address| covers(target, address))
}

/// Whether a target means an instance: everything within a module, all instances of a resource, or the one.
pub(super) fn covers(target: &Target, address: &InstanceAddr) -> bool {
    match target {
        Target::Module(module) => contains(module, &address.module),
        Target::Resource(wanted) => {
            wanted.module == address.module
                && wanted.resource == address.resource
                && (wanted.key == InstanceKey::None || wanted.key == address.key)
        }
    }
}

/// Whether a module lies within another; a call without a key means all its instances.
fn contains(outer: &ModuleAddr, inner: &ModuleAddr) -> bool {
    let same = |(a, b): (&(Str, InstanceKey), &(Str, InstanceKey))| {
        a.0 == b.0 && (a.1 == InstanceKey::None || a.1 == b.1)
    };
    outer.0.len() <= inner.0.len() && outer.0.iter().zip(inner.0.iter()).all(same)
}

/// A recorded address that an address of nothing may have been meant to be.
pub(super) fn meant(address: &str, snapshot: &StateSnapshot) -> String {
    let names: Vec<String> = snapshot.instances.keys().map(ToString::to_string).collect();
    model::diagnostic::did_you_mean(&plain(address), names.iter().map(|n| &**n))
}
