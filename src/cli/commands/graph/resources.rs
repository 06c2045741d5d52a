//! Resources and what they depend on, through whatever stands between.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use config::{Config, NodeId, NodeKind, Statics};
use model::{ResourceAddr, ResourceMode};

use crate::render::display_address;
use crate::render::graph::{Drawing, Kind, Node, reduce};

/// Draws the resource blocks of a configuration.
pub(super) fn drawing(config: &Config, statics: &Statics) -> Drawing {
    let mut nodes = Vec::new();
    let mut numbers: BTreeMap<NodeId, u32> = BTreeMap::new();
    for (path, module) in &config.modules {
        for addr in module.resources.keys() {
            let Some(id) = statics.find(path, &NodeKind::Resource(addr.clone())) else { continue };
            numbers.insert(id, nodes.len() as u32);
            nodes.push(node(addr, &path.to_string()));
        }
    }
    let (edges, order) = edges(statics, &numbers);
    Drawing { edges: reduce(&edges, &order), nodes, ..Drawing::default() }
}

/// A resource block as something to draw.
pub(super) fn node(addr: &ResourceAddr, module: &str) -> Node {
    let name = if module.is_empty() { addr.to_string() } else { format!("{module}.{addr}") };
    Node {
        name,
        label: addr.to_string(),
        module: display_address(module),
        kind: kind(addr.mode),
        action: None,
    }
}

/// How a resource of this mode looks.
pub(super) fn kind(mode: ResourceMode) -> Kind {
    match mode {
        ResourceMode::Data => Kind::Data,
        ResourceMode::Managed | ResourceMode::Ephemeral => Kind::Resource,
    }
}

/// Who waits for whom among the resources, and all of them in an order in which each comes before what it waits for.
fn edges(statics: &Statics, numbers: &BTreeMap<NodeId, u32>) -> (BTreeSet<(u32, u32)>, Vec<u32>) {
    let mut edges = BTreeSet::new();
    let mut order = Vec::new();
    // What each node leads to: itself if it is a resource, what stands behind it otherwise.
    let mut behind: BTreeMap<NodeId, Rc<BTreeSet<u32>>> = BTreeMap::new();
    for id in statics.order() {
        let mut found: Vec<&Rc<BTreeSet<u32>>> =
            statics.dependencies(*id).filter_map(|d| behind.get(&d)).collect();
        found.dedup();
        let reached = match found[..] {
            [one] => one.clone(),
            _ => Rc::new(found.iter().flat_map(|set| set.iter().copied()).collect()),
        };
        let Some(number) = numbers.get(id) else {
            behind.insert(*id, reached);
            continue;
        };
        edges.extend(reached.iter().filter(|to| *to != number).map(|to| (*number, *to)));
        order.push(*number);
        behind.insert(*id, Rc::new(BTreeSet::from([*number])));
    }
    order.reverse();
    (edges, order)
}
