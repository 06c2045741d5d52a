//! What is recorded, and in which order it would be destroyed.

use std::collections::{BTreeMap, BTreeSet};

use graph::Graph;
use model::ResourceMode;
use state::StateSnapshot;

use super::resources::node;
use crate::render::graph::{Drawing, Node, reduce};

/// Draws the destruction of what is recorded: each resource waits for all that depend on it.
pub(super) fn drawing(snapshot: &StateSnapshot) -> Drawing {
    let mut nodes: Vec<Node> = Vec::new();
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    let managed = snapshot.instances.iter().filter(|(a, _)| a.resource.mode == ResourceMode::Managed);
    let managed: Vec<_> =
        managed.map(|(a, state)| (a, a.resource.in_module(&a.module.path()), state)).collect();
    for (address, name, _) in &managed {
        numbers.entry(name.clone()).or_insert_with(|| {
            let drawn = node(&address.resource, &address.module.path().to_string());
            let label = crate::render::display_address(&drawn.name);
            let name = format!("{} (destroy)", drawn.name);
            nodes.push(Node { name, label, action: Some("destroy"), ..drawn });
            nodes.len() as u32 - 1
        });
    }
    let mut edges = BTreeSet::new();
    for (_, name, state) in &managed {
        let objects = state.current.iter().chain(state.deposed.values());
        for dependency in objects.flat_map(|object| object.dependencies.iter()) {
            let (Some(from), Some(to)) = (numbers.get(&**dependency), numbers.get(name)) else { continue };
            edges.extend((from != to).then_some((*from, *to)));
        }
    }
    let mut order = Graph::new(nodes.len());
    edges.iter().for_each(|(from, to)| order.depends(*from, *to));
    if let Ok(order) = order.order() {
        edges = reduce(&edges, &order.into_iter().rev().collect::<Vec<u32>>());
    }
    Drawing { nodes, edges, is_operation: true, ..Drawing::default() }
}
