//! Who refers to whom, before anything is evaluated.

mod edges;
mod lost;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use graph::Graph;
use lang::ast::Traversal;
use model::{Diagnostic, Diagnostics, ModulePath, ResourceAddr, Span, Str};

use crate::module::{Config, ProviderKey};
use edges::Builder;

pub use lost::{check_reference, module_phrase};

/// Of an object that depends on no more resources than this, directly or by way of others, all are recorded. Recording
/// all whatever their number would cost the square of the length of a chain.
const ALL: usize = 128;

/// How many resources an object with more of them records beside those that it refers to itself: the nearest. The rest is
/// found by following what those record.
pub const NEAREST: usize = 16;

/// Names a node of [`Statics`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// Something of a configuration that is evaluated as one, in every instance of its module.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeKind {
    /// The instances of a called module.
    Call(Str),
    /// Everything in a called module, for who has to wait until all of it is done.
    Whole(Str),
    /// A variable's value.
    Variable(Str),
    /// A variable's validations.
    Validation(Str),
    /// A local value.
    Local(Str),
    /// A provider configuration.
    Provider(ProviderKey),
    /// The instances of a resource.
    Resource(ResourceAddr),
    /// An output's value.
    Output(Str),
    /// A check's assertions.
    Check(Str),
}

/// A node: what, and in which module.
#[derive(Clone, Debug)]
pub struct Node {
    /// The module.
    pub path: ModulePath,
    /// What it is.
    pub kind: NodeKind,
    /// The address as states record that something depends on it; nothing for what they do not record.
    pub recorded_as: Option<Str>,
    /// Where it is written.
    pub span: Span,
    /// Whether it goes in a circle by itself; it is not worth evaluating then.
    pub is_broken: bool,
    /// The first of its `depends_on` that leads nowhere.
    pub lost_dependency: Option<Diagnostic>,
    /// Where a resource's own arguments refer to itself.
    pub self_references: Vec<Span>,
    /// The references in it that lead to nodes, each with the address of its syntax node and the nodes it may lead to.
    pub references: Vec<(usize, Vec<NodeId>)>,
}

/// The static graph of a configuration.
#[derive(Debug, Default)]
pub struct Statics {
    nodes: Vec<Node>,
    ids: HashMap<ModulePath, HashMap<NodeKind, NodeId>>,
    graph: Graph,
    order: Vec<NodeId>,
    /// By node, how many resources the longest chain has that it depends on.
    depths: Vec<u32>,
    /// What is wrong with references that lead nowhere, by the address of their syntax node. Whoever evaluates the
    /// expression reports it: what is never evaluated may refer to what it likes.
    wrong: BTreeMap<usize, Diagnostics>,
    uses_workspace: bool,
}

impl Statics {
    /// Finds all references, remembers those that lead nowhere, and reports those that go in circles.
    pub fn build(config: &Config) -> (Statics, Diagnostics) {
        let mut builder = Builder { config, statics: Statics::default(), diags: Diagnostics::new() };
        builder.add_nodes();
        builder.add_edges();
        let Builder { mut statics, mut diags, .. } = builder;
        match statics.graph.order() {
            Ok(order) => {
                statics.order = order.into_iter().map(NodeId).collect();
                statics.depths = statics.depths();
            }
            Err(cycles) => cycles.iter().for_each(|cycle| diags.push(statics.cycle(cycle))),
        }
        (statics, diags)
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The node of a thing in a module.
    pub fn find(&self, path: &ModulePath, kind: &NodeKind) -> Option<NodeId> {
        self.ids.get(path)?.get(kind).copied()
    }

    /// What is wrong with a reference, if it leads nowhere.
    pub fn wrong(&self, reference: &Traversal) -> Option<&Diagnostics> {
        match self.wrong.is_empty() {
            true => None,
            false => self.wrong.get(&(std::ptr::from_ref(reference) as usize)),
        }
    }

    /// Whether some value may come from the name of the selected workspace.
    pub fn uses_workspace(&self) -> bool {
        self.uses_workspace
    }

    /// All nodes, each after what it depends on. Empty where there is a cycle.
    pub fn order(&self) -> &[NodeId] {
        &self.order
    }

    /// What a node depends on directly; repetitions possible.
    pub fn dependencies(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.graph.dependencies(id.0).iter().copied().map(NodeId)
    }

    /// The graph over [`NodeId`] numbers.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    fn depths(&self) -> Vec<u32> {
        let mut depths = vec![0; self.nodes.len()];
        for &id in &self.order {
            let own = |d: NodeId| depths[d.0 as usize] + u32::from(self.is_resource(d));
            depths[id.0 as usize] = self.dependencies(id).map(own).max().unwrap_or(0);
        }
        depths
    }

    fn is_resource(&self, id: NodeId) -> bool {
        matches!(self.node(id).kind, NodeKind::Resource(_))
    }

    /// The resources that a node depends on, ordered by address: what states record. All where there are not too many;
    /// otherwise those that it refers to itself, and the [`NEAREST`] behind them.
    pub fn resource_dependencies(&self, id: NodeId) -> Arc<[Str]> {
        let is_deep = self.depths.get(id.0 as usize).is_some_and(|depth| *depth as usize > ALL);
        let mut seen = HashSet::from([id]);
        let mut found = self.next_resources(&[id], &mut seen, usize::MAX);
        let (near, mut from) = (found.len() + NEAREST, 0);
        let enough = if is_deep { near } else { near.max(ALL + 1) };
        while from < found.len() && found.len() < enough {
            let level = self.next_resources(&found[from..], &mut seen, enough - found.len());
            from = found.len();
            found.extend(level);
        }
        if is_deep || found.len() > ALL {
            found.truncate(near);
        }
        let mut names: Vec<&Str> =
            found.iter().filter_map(|id| self.node(*id).recorded_as.as_ref()).collect();
        names.sort_unstable();
        names.into_iter().cloned().collect()
    }

    /// The resources that are reached from some nodes without passing by others, in the order in which they are found, and
    /// no more than asked for.
    fn next_resources(&self, from: &[NodeId], seen: &mut HashSet<NodeId>, limit: usize) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut stack: Vec<NodeId> = from.iter().flat_map(|id| self.dependencies(*id)).collect();
        while let Some(next) = stack.pop().filter(|_| found.len() < limit) {
            if !seen.insert(next) {
                continue;
            }
            match self.is_resource(next) {
                true => found.push(next),
                false => stack.extend(self.dependencies(next)),
            }
        }
        found
    }

    /// How the thing is called in messages.
    pub fn describe(&self, id: NodeId) -> String {
        let node = self.node(id);
        let local = match &node.kind {
            NodeKind::Call(name) | NodeKind::Whole(name) => format!("module.{name}"),
            NodeKind::Variable(name) | NodeKind::Validation(name) => format!("var.{name}"),
            NodeKind::Local(name) => format!("local.{name}"),
            NodeKind::Provider(key) => format!("provider.{key}"),
            NodeKind::Resource(addr) => addr.to_string(),
            NodeKind::Output(name) => format!("output.{name}"),
            NodeKind::Check(name) => format!("check.{name}"),
        };
        if node.path.is_root() { local } else { format!("{}.{local}", node.path) }
    }

    /// All that is in the circle, with one way around it and the place of each on that.
    fn cycle(&self, cycle: &[u32]) -> Diagnostic {
        let all = cycle.first().map(|node| self.graph.circle_of(*node)).unwrap_or_default();
        let all: Vec<&u32> = cycle.iter().chain(all.iter().filter(|n| !cycle.contains(n))).collect();
        let mut members: Vec<String> = all.into_iter().map(|n| self.describe(NodeId(*n))).collect();
        members.dedup();
        let names: Vec<String> = cycle.iter().map(|n| self.describe(NodeId(*n))).collect();
        let path = names.iter().chain(names.first()).cloned().collect::<Vec<_>>().join(" -> ");
        let places = cycle.iter().map(|n| (self.describe(NodeId(*n)), self.node(NodeId(*n)).span));
        let detail = format!(
            "These objects refer to each other in a circle, so none can be first: {path}. Remove one of the references."
        );
        Diagnostic {
            related: places.collect(),
            ..Diagnostic::error(format!("Cycle: {}", members.join(", ")), detail)
        }
    }
}

/// The provider configuration that a key means in a module: passed by the caller, inherited, or the module's own.
/// Nothing where there is no block for it.
pub fn resolve_provider(
    config: &Config,
    path: &ModulePath,
    key: &ProviderKey,
) -> Option<(ModulePath, ProviderKey)> {
    let (mut path, mut key) = (path.clone(), key.clone());
    loop {
        let module = config.modules.get(&path)?;
        if module.providers.contains_key(&key) {
            return Some((path, key));
        }
        let (parent, name) = path.parent()?;
        let call = config.modules.get(&parent)?.calls.get(name)?;
        key = match call.providers.get(&key) {
            Some(passed) => passed.key.clone(),
            None if key.alias.is_none() => key,
            None => return None,
        };
        path = parent;
    }
}
