//! `-target` and `-exclude`: what a plan is limited to.

use std::collections::{BTreeSet, HashSet};

use config::{NodeId, NodeKind, Statics};
use model::address::Target;
use model::{Diagnostic, InstanceAddr, InstanceKey, ModulePath};

use crate::change::Mode;
use crate::inputs::Inputs;
use crate::planner::Planner;

/// The nodes that the plan is limited to; nothing where it is not. With targets these are the ones that they name, with
/// all that those depend on; with excludes all but the ones that they name, and but all that depend on those.
pub fn included_nodes(inputs: &Inputs<'_>) -> Option<HashSet<NodeId>> {
    let options = &inputs.options;
    let resources = inputs.statics.order().iter().copied().filter(|id| is_resource(inputs.statics, *id));
    let wanted: Vec<NodeId> = match (&options.targets[..], &options.excludes[..]) {
        ([], []) => return None,
        ([], excludes) => {
            let excluded = excluded_nodes(inputs.statics, excludes);
            resources.filter(|id| !excluded.contains(id)).collect()
        }
        (targets, _) => {
            resources.filter(|id| targets.iter().any(|t| holds(inputs.statics, t, *id))).collect()
        }
    };
    let mut included = HashSet::new();
    for id in wanted {
        include(inputs.statics, id, &mut included);
    }
    include_outputs(inputs.statics, &mut included);
    Some(included)
}

fn is_resource(statics: &Statics, id: NodeId) -> bool {
    matches!(statics.node(id).kind, NodeKind::Resource(_))
}

/// Whether a target names a block, or instances of it.
fn holds(statics: &Statics, target: &Target, id: NodeId) -> bool {
    let node = statics.node(id);
    let NodeKind::Resource(addr) = &node.kind else { return false };
    match target {
        Target::Module(m) => node.path.0.starts_with(&m.path().0),
        Target::Resource(r) => r.module.path() == node.path && r.resource == *addr,
    }
}

/// Whether a target has keys, so that it names only some of the instances of the blocks that it is about.
fn has_keys(target: &Target) -> bool {
    let (module, key) = match target {
        Target::Module(m) => (m, &InstanceKey::None),
        Target::Resource(r) => (&r.module, &r.key),
    };
    *key != InstanceKey::None || module.0.iter().any(|(_, key)| *key != InstanceKey::None)
}

/// The blocks of which nothing is planned: those that an exclude names as a whole, and all that depend on what an exclude
/// names. Which instances of a module depend on which is not told apart, but that the others of an excluded one do not
/// depend on it.
fn excluded_nodes(statics: &Statics, excludes: &[Target]) -> HashSet<NodeId> {
    let mut excluded = HashSet::new();
    for exclude in excludes {
        let named: HashSet<NodeId> =
            statics.order().iter().copied().filter(|id| holds(statics, exclude, *id)).collect();
        let mut reached = named.clone();
        for &id in statics.order() {
            if statics.dependencies(id).any(|d| reached.contains(&d)) {
                reached.insert(id);
            }
        }
        let is_out = |id: &NodeId| is_resource(statics, *id) && !(has_keys(exclude) && named.contains(id));
        excluded.extend(reached.into_iter().filter(is_out));
    }
    excluded
}

/// Adds the root outputs that are made of included resources alone.
fn include_outputs(statics: &Statics, included: &mut HashSet<NodeId>) {
    let outputs: Vec<NodeId> = statics
        .order()
        .iter()
        .copied()
        .filter(|id| {
            let node = statics.node(*id);
            node.path == ModulePath::root()
                && matches!(node.kind, NodeKind::Output(_))
                && is_of_resources(statics, *id, included)
        })
        .collect();
    for output in outputs {
        include(statics, output, included);
    }
}

fn include(statics: &Statics, node: NodeId, included: &mut HashSet<NodeId>) {
    let mut stack = vec![node];
    while let Some(id) = stack.pop() {
        if included.insert(id) {
            stack.extend(statics.dependencies(id));
        }
    }
}

/// Whether a node depends on resources, directly or not, and on none that is left out.
fn is_of_resources(statics: &Statics, node: NodeId, included: &HashSet<NodeId>) -> bool {
    let mut seen = HashSet::new();
    let mut stack: Vec<NodeId> = statics.dependencies(node).collect();
    let mut found = false;
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        if matches!(statics.node(id).kind, NodeKind::Resource(_)) {
            found = true;
            if !included.contains(&id) {
                return false;
            }
            continue;
        }
        stack.extend(statics.dependencies(id));
    }
    found
}

impl Planner<'_> {
    /// Says where `-replace` names a resource that has keyed instances only.
    pub fn check_replaced(&self) {
        let mut found = self.found.borrow_mut();
        let visited = &found.visited;
        let missed = self.inputs.options.replace.iter().filter(|a| !visited.contains(*a));
        let warnings: Vec<Diagnostic> = missed.filter_map(|addr| incomplete(addr, visited)).collect();
        found.diags.extend(warnings);
    }
}

fn incomplete(addr: &InstanceAddr, visited: &HashSet<InstanceAddr>) -> Option<Diagnostic> {
    let meant: BTreeSet<&InstanceAddr> = visited.iter().filter(|v| v.whole() == *addr).collect();
    let options: String = meant.iter().map(|a| format!("\n  -replace={:?}", a.to_string())).collect();
    (!meant.is_empty()).then(|| {
        Diagnostic::warning(
            "Incompletely-matched force-replace resource instance",
            format!(
                "{addr} has instances with keys, so -replace={addr} names none of them and nothing is replaced. To replace \
                 instances, use one or more of these options:{options}"
            ),
        )
    })
}

/// Whether an instance is planned.
pub fn includes(planner: &Planner<'_>, node: NodeId, addr: &InstanceAddr) -> bool {
    let options = &planner.inputs.options;
    if options.excludes.iter().any(|t| matches(t, addr)) {
        return false;
    }
    let Some(included) = &planner.included else { return true };
    if !included.contains(&node) {
        return false;
    }
    if options.targets.is_empty() {
        return true;
    }
    let named = options.targets.iter().any(|t| names_block(t, addr));
    !named || options.targets.iter().any(|t| matches(t, addr)) || is_dependency(planner, node)
}

/// Whether another included node depends on this one.
pub fn is_dependency(planner: &Planner<'_>, node: NodeId) -> bool {
    let statics = planner.inputs.statics;
    let Some(included) = &planner.included else { return true };
    included.iter().any(|id| {
        matches!(statics.node(*id).kind, NodeKind::Resource(_))
            && statics.dependencies(*id).any(|d| d == node)
    })
}

/// The node of the block that an instance belongs to.
pub fn node_of(planner: &Planner<'_>, addr: &InstanceAddr) -> Option<NodeId> {
    planner.inputs.statics.find(&addr.module.path(), &NodeKind::Resource(addr.resource.clone()))
}

/// Whether an instance stays as it is: an exclude names it, or its block depends on what one names.
pub fn is_excluded(planner: &Planner<'_>, addr: &InstanceAddr) -> bool {
    let options = &planner.inputs.options;
    let left_out = |node: NodeId| planner.included.as_ref().is_some_and(|i| !i.contains(&node));
    options.excludes.iter().any(|t| matches(t, addr))
        || options.mode != Mode::Destroy && node_of(planner, addr).is_some_and(left_out)
}

fn names_block(target: &Target, addr: &InstanceAddr) -> bool {
    match target {
        Target::Module(m) => addr.module.path().0.starts_with(&m.path().0),
        Target::Resource(r) => r.resource == addr.resource && r.module.path() == addr.module.path(),
    }
}

/// A target as it is written.
pub fn text(target: &Target) -> String {
    match target {
        Target::Module(m) => m.to_string(),
        Target::Resource(r) => r.to_string(),
    }
}

/// Whether a target names an instance: itself, all instances of its block, or everything in its module.
pub fn matches(target: &Target, addr: &InstanceAddr) -> bool {
    let module_matches = |want: &model::ModuleAddr, exact: bool| {
        let have = &addr.module.0;
        (if exact { have.len() == want.0.len() } else { have.len() >= want.0.len() })
            && want
                .0
                .iter()
                .zip(have.iter())
                .all(|(w, h)| w.0 == h.0 && (w.1 == InstanceKey::None || w.1 == h.1))
    };
    match target {
        Target::Module(m) => module_matches(m, false),
        Target::Resource(r) => {
            module_matches(&r.module, true)
                && r.resource == addr.resource
                && (r.key == InstanceKey::None || r.key == addr.key)
        }
    }
}
