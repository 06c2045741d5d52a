//! Everything that planning evaluates, and what waits for what.

use std::collections::{BTreeMap, BTreeSet};

use config::{Config, NodeId, NodeKind, Statics};
use graph::Graph;
use model::ModulePath;

use super::resources::kind;
use crate::render::display_address;
use crate::render::graph::{Drawing, Kind, Node, reduce};

/// Draws the nodes of a configuration; where it goes in circles, those are marked.
pub(super) fn drawing(config: &Config, statics: &Statics, with_circles: bool) -> Drawing {
    let graph = statics.graph();
    let count = graph.len() as u32;
    let nodes = (0..count).map(|id| node(config, statics, NodeId(id))).collect();
    let all = (0..count).flat_map(|from| graph.dependencies(from).iter().map(move |to| (from, *to)));
    let mut drawing = Drawing { nodes, edges: all.collect(), is_operation: true, ..Drawing::default() };
    add_providers(config, statics, &mut drawing);
    add_module_ends(config, statics, &mut drawing);
    if with_circles {
        drawing.circular = circles(statics);
    }
    let mut order = Graph::new(drawing.nodes.len());
    drawing.edges.iter().for_each(|(from, to)| order.depends(*from, *to));
    if let Ok(order) = order.order() {
        drawing.edges = reduce(&drawing.edges, &order.into_iter().rev().collect::<Vec<u32>>());
    }
    drawing
}

/// Adds the providers that no block configures, and for each provider the moment from which on nothing needs it.
fn add_providers(config: &Config, statics: &Statics, drawing: &mut Drawing) {
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    for (path, module) in &config.modules {
        for (addr, resource) in &module.resources {
            let Some(id) = statics.find(path, &NodeKind::Resource(addr.clone())) else { continue };
            let is_provider = |to: &u32| drawing.nodes[*to as usize].kind == Kind::Provider;
            let own = statics.dependencies(id).map(|to| to.0).find(is_provider);
            let key = module.provider_key(resource);
            let name = match own {
                Some(own) => drawing.nodes[own as usize].name.clone(),
                None => format!("provider[\"{}\"]", module.provider_addr(&key.name)),
            };
            let provider = own.unwrap_or_else(|| numbered(&name, Kind::Provider, &mut numbers, drawing));
            let end = numbered(&format!("{name} (close)"), Kind::Value, &mut numbers, drawing);
            drawing.edges.extend([(id.0, provider), (end, id.0), (end, provider)]);
        }
    }
}

/// Adds, for each module that nothing waits for as a whole, the moment at which all in it is done.
fn add_module_ends(config: &Config, statics: &Statics, drawing: &mut Drawing) {
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    let mut end_of = |path: &ModulePath, drawing: &mut Drawing| {
        let (parent, call) = path.parent()?;
        match statics.find(&parent, &NodeKind::Whole(call.clone())) {
            Some(id) => Some(id.0),
            None => Some(numbered(&format!("{path} (close)"), Kind::Value, &mut numbers, drawing)),
        }
    };
    for path in config.modules.keys() {
        let Some(end) = end_of(path, drawing) else { continue };
        let outer = path.parent().and_then(|(parent, _)| end_of(&parent, drawing));
        drawing.edges.extend(outer.map(|outer| (outer, end)));
    }
    for id in 0..statics.graph().len() as u32 {
        let end = end_of(&statics.node(NodeId(id)).path, drawing).filter(|end| *end != id);
        drawing.edges.extend(end.map(|end| (end, id)));
    }
}

fn numbered(name: &str, kind: Kind, numbers: &mut BTreeMap<String, u32>, drawing: &mut Drawing) -> u32 {
    *numbers.entry(name.to_owned()).or_insert_with(|| {
        let (name, label, module) = (name.to_owned(), name.to_owned(), String::new());
        drawing.nodes.push(Node { name, label, module, kind, action: None });
        drawing.nodes.len() as u32 - 1
    })
}

/// Adds what waits for everything that nothing else waits for, as programs that read such graphs expect it.
pub(super) fn add_root(drawing: &mut Drawing) {
    let awaited: BTreeSet<u32> = drawing.edges.iter().map(|(_, to)| *to).collect();
    let root = drawing.nodes.len() as u32;
    drawing.edges.extend((0..root).filter(|id| !awaited.contains(id)).map(|id| (root, id)));
    let (name, label, module) = ("root".to_owned(), "root".to_owned(), String::new());
    drawing.nodes.push(Node { name, label, module, kind: Kind::Root, action: None });
}

fn node(config: &Config, statics: &Statics, id: NodeId) -> Node {
    let found = statics.node(id);
    let module = display_address(&found.path.to_string());
    let plain = statics.describe(id);
    let (name, kind) = match &found.kind {
        NodeKind::Resource(addr) => (format!("{plain} (expand)"), kind(addr.mode)),
        NodeKind::Provider(key) => {
            let addr = config.modules.get(&found.path).map(|m| m.provider_addr(&key.name).to_string());
            let addr = addr.unwrap_or_else(|| key.name.to_string());
            let alias = key.alias.as_ref().map(|alias| format!(".{alias}")).unwrap_or_default();
            let prefix = if found.path.is_root() { String::new() } else { format!("{}.", found.path) };
            (format!("{prefix}provider[\"{addr}\"]{alias}"), Kind::Provider)
        }
        NodeKind::Variable(_) if found.path.is_root() => (plain.clone(), Kind::Variable),
        NodeKind::Variable(_) => (format!("{plain} (expand)"), Kind::Variable),
        NodeKind::Validation(_) => (format!("{plain} (validation)"), Kind::Value),
        NodeKind::Whole(_) => (format!("{plain} (close)"), Kind::Value),
        NodeKind::Call(_) | NodeKind::Local(_) | NodeKind::Output(_) | NodeKind::Check(_) => {
            (format!("{plain} (expand)"), Kind::Value)
        }
    };
    let label = match found.kind {
        NodeKind::Provider(_) => name.clone(),
        _ => plain,
    };
    Node { name, label, module, kind, action: None }
}

/// The edges of all circles.
fn circles(statics: &Statics) -> BTreeSet<(u32, u32)> {
    let cycles = statics.graph().order().err().unwrap_or_default();
    let edges = |cycle: &Vec<u32>| {
        let next = cycle.iter().cycle().skip(1);
        cycle.iter().copied().zip(next.copied()).collect::<Vec<(u32, u32)>>()
    };
    cycles.iter().flat_map(edges).collect()
}
