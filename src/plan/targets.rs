//! `-target` and `-exclude`: what a plan is limited to.

use std::collections::{BTreeSet, HashSet};

use config::{NodeId, NodeKind, Statics};
use model::address::Target;
use model::{Diagnostic, InstanceAddr, InstanceKey, ModulePath};
use state::StateSnapshot;

use crate::inputs::Inputs;
use crate::planner::Planner;

/// The nodes that the targets name, with all that those depend on; nothing where the plan is not limited.
pub fn included_nodes(inputs: &Inputs<'_>, _prior: &StateSnapshot) -> Option<HashSet<NodeId>> {
    let options = &inputs.options;
    if options.targets.is_empty() {
        return None;
    }
    let statics = inputs.statics;
    let mut stack: Vec<NodeId> = Vec::new();
    for &id in statics.order() {
        let node = statics.node(id);
        let hit = match &node.kind {
            NodeKind::Resource(addr) => options.targets.iter().any(|t| match t {
                Target::Module(m) => node.path.0.starts_with(&m.path().0),
                Target::Resource(r) => r.module.path() == node.path && r.resource == *addr,
            }),
            _ => false,
        };
        if hit {
            stack.push(id);
        }
    }
    let mut included = HashSet::new();
    for id in stack {
        include(statics, id, &mut included);
    }
    let outputs = statics.order().iter().copied().filter(|id| {
        let node = statics.node(*id);
        node.path == ModulePath::root()
            && matches!(node.kind, NodeKind::Output(_))
            && is_of_resources(statics, *id, &included)
    });
    let outputs: Vec<NodeId> = outputs.collect();
    for output in outputs {
        include(statics, output, &mut included);
    }
    Some(included)
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
    let named = options.targets.iter().any(|t| names_block(t, addr));
    !named || options.targets.iter().any(|t| matches(t, addr)) || is_dependency(planner, node)
}

/// Whether another included node depends on this one.
fn is_dependency(planner: &Planner<'_>, node: NodeId) -> bool {
    let statics = planner.inputs.statics;
    let Some(included) = &planner.included else { return true };
    included.iter().any(|id| {
        matches!(statics.node(*id).kind, NodeKind::Resource(_))
            && statics.dependencies(*id).any(|d| d == node)
    })
}

/// Whether the end of an instance that is configured no more is planned.
pub fn includes_orphan(planner: &Planner<'_>, addr: &InstanceAddr) -> bool {
    let options = &planner.inputs.options;
    if options.excludes.iter().any(|t| matches(t, addr)) {
        return false;
    }
    if options.targets.is_empty() || options.targets.iter().any(|t| matches(t, addr)) {
        return true;
    }
    options.mode == crate::Mode::Destroy && depends_on_target(planner, addr)
}

/// In a destroy, what depends on a target goes too.
fn depends_on_target(planner: &Planner<'_>, addr: &InstanceAddr) -> bool {
    let Some(object) = planner.prior.current(addr) else { return false };
    let names = |t: &Target, dependency: &str| match t {
        Target::Module(m) => dependency.starts_with(&format!("{}.", m.path())),
        Target::Resource(r) => r.resource.in_module(&r.module.path()) == dependency,
    };
    object.dependencies.iter().any(|d| planner.inputs.options.targets.iter().any(|t| names(t, d)))
}

fn names_block(target: &Target, addr: &InstanceAddr) -> bool {
    match target {
        Target::Module(m) => addr.module.path().0.starts_with(&m.path().0),
        Target::Resource(r) => r.resource == addr.resource && r.module.path() == addr.module.path(),
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
