//! Dependency graphs: an order to work in, cycles as readable paths, and a schedule for concurrent work.
//!
//! Nodes are numbers from 0; what they stand for is the caller's business. An edge leads from a node to what must come
//! before it. Nothing here recurses, so chains may be of any length, and nothing is quadratic: there is no transitive
//! reduction, a node is ready when the count of its open dependencies reaches zero.
//!
//! ```
//! let mut g = graph::Graph::new(2);
//! g.depends(1, 0);
//! assert_eq!(g.order(), Ok(vec![0, 1]));
//! ```

mod schedule;

pub use schedule::{Outcome, Schedule};

use std::collections::HashSet;

use petgraph::graph::{DiGraph, NodeIndex};

/// Who depends on whom.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    dependencies: Vec<Vec<u32>>,
}

impl Graph {
    /// A graph of `nodes` nodes without edges.
    pub fn new(nodes: usize) -> Graph {
        Graph { dependencies: vec![Vec::new(); nodes] }
    }

    /// Adds a node and returns its number.
    pub fn add(&mut self) -> u32 {
        self.dependencies.push(Vec::new());
        self.dependencies.len() as u32 - 1
    }

    /// Says that `dependency` comes before `node`. Repetitions are harmless.
    pub fn depends(&mut self, node: u32, dependency: u32) {
        self.dependencies[node as usize].push(dependency);
    }

    /// Says that `dependency` comes before each of some nodes, but for those that it depends on itself, which come back.
    pub fn depends_unless_circular(&mut self, nodes: &[u32], dependency: u32) -> Vec<u32> {
        let below = self.below(dependency);
        let (refused, fine): (Vec<u32>, Vec<u32>) = nodes.iter().partition(|n| below.contains(n));
        fine.into_iter().for_each(|node| self.depends(node, dependency));
        refused
    }

    /// A node with everything that must come before it.
    fn below(&self, node: u32) -> HashSet<u32> {
        let (mut found, mut stack) = (HashSet::from([node]), vec![node]);
        while let Some(node) = stack.pop() {
            stack.extend(self.dependencies(node).iter().filter(|d| found.insert(**d)));
        }
        found
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.dependencies.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.dependencies.is_empty()
    }

    /// What must come before a node; a node may be named more than once.
    pub fn dependencies(&self, node: u32) -> &[u32] {
        &self.dependencies[node as usize]
    }

    /// For every node, the nodes that depend on it.
    pub fn dependents(&self) -> Vec<Vec<u32>> {
        let mut dependents = vec![Vec::new(); self.len()];
        for (node, dependencies) in self.dependencies.iter().enumerate() {
            for dependency in dependencies {
                dependents[*dependency as usize].push(node as u32);
            }
        }
        dependents
    }

    /// All nodes, each after what it depends on and otherwise in the order of their numbers; or the cycles, each as a
    /// path in which every node depends on the next and the last on the first.
    pub fn order(&self) -> Result<Vec<u32>, Vec<Vec<u32>>> {
        let mut schedule = Schedule::new(self);
        let mut order = Vec::with_capacity(self.len());
        while let Some(node) = schedule.take_ready() {
            order.push(node);
            schedule.finish(node, Outcome::Done);
        }
        if order.len() == self.len() { Ok(order) } else { Err(self.cycles()) }
    }

    /// For every node, the weight of the heaviest chain that begins with it and in which each depends on the one before.
    /// Nodes on cycles count for themselves alone.
    pub fn longest_ahead(&self, weights: &[u64]) -> Vec<u64> {
        let mut ahead = weights.to_vec();
        ahead.resize(self.len(), 0);
        let mut after = vec![0; self.len()];
        for node in self.order().unwrap_or_default().into_iter().rev() {
            let own = &mut ahead[node as usize];
            *own = own.saturating_add(after[node as usize]);
            for dependency in self.dependencies(node) {
                let longest = &mut after[*dependency as usize];
                *longest = (*longest).max(ahead[node as usize]);
            }
        }
        ahead
    }

    /// A path around every strongly connected component of more than one node, or of one that depends on itself.
    fn cycles(&self) -> Vec<Vec<u32>> {
        let edges = self.dependencies.iter().enumerate();
        let edges = edges.flat_map(|(from, tos)| tos.iter().map(move |to| (from as u32, *to)));
        let mut petgraph: DiGraph<(), (), u32> = DiGraph::from_edges(edges);
        while petgraph.node_count() < self.len() {
            petgraph.add_node(());
        }
        let mut components: Vec<Vec<u32>> = petgraph::algo::kosaraju_scc(&petgraph)
            .into_iter()
            .map(|c| c.into_iter().map(NodeIndex::index).map(|i| i as u32).collect())
            .filter(|c: &Vec<u32>| c.len() > 1 || self.dependencies(c[0]).contains(&c[0]))
            .collect();
        for component in &mut components {
            *component = self.path_around(component);
        }
        components.sort();
        components
    }

    /// All nodes that lie on some cycle together with a node, in the order of their numbers.
    pub fn circle_of(&self, node: u32) -> Vec<u32> {
        let needed = reachable(node, |at| self.dependencies(at));
        let dependents = self.dependents();
        let needing = reachable(node, |at| &dependents[at as usize]);
        needed.intersection(&needing).copied().collect()
    }

    /// A shortest cycle through the lowest node of a component.
    fn path_around(&self, component: &[u32]) -> Vec<u32> {
        let Some(start) = component.iter().copied().min() else { return Vec::new() };
        let members: std::collections::BTreeSet<u32> = component.iter().copied().collect();
        let mut came_from = std::collections::BTreeMap::new();
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            for next in self.dependencies(node).iter().filter(|n| members.contains(n)) {
                if *next == start {
                    let mut path = vec![node];
                    while let Some(before) = came_from.get(&path[path.len() - 1]) {
                        path.push(*before);
                    }
                    path.reverse();
                    return path;
                }
                if !came_from.contains_key(next) {
                    came_from.insert(*next, node);
                    queue.push_back(*next);
                }
            }
        }
        component.to_vec()
    }
}

/// The nodes that can be reached from one in one step or more.
fn reachable<'g>(from: u32, next: impl Fn(u32) -> &'g [u32]) -> std::collections::BTreeSet<u32> {
    let mut found = std::collections::BTreeSet::new();
    let mut stack = vec![from];
    while let Some(node) = stack.pop() {
        stack.extend(next(node).iter().filter(|n| found.insert(**n)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: usize, edges: &[(u32, u32)]) -> Graph {
        let mut g = Graph::new(nodes);
        edges.iter().for_each(|(n, d)| g.depends(*n, *d));
        g
    }

    #[test]
    fn order_puts_dependencies_first_and_is_stable() {
        assert_eq!(graph(4, &[(0, 2), (1, 0), (1, 2)]).order(), Ok(vec![2, 0, 1, 3]));
    }

    #[test]
    fn cycles_are_paths_in_which_each_depends_on_the_next() {
        assert_eq!(graph(4, &[(0, 1), (1, 2), (2, 0), (3, 0)]).order(), Err(vec![vec![0, 1, 2]]));
        assert_eq!(graph(2, &[(1, 1)]).order(), Err(vec![vec![1]]));
    }

    #[test]
    fn what_would_go_in_a_circle_is_refused() {
        let mut g = graph(4, &[(0, 1), (1, 2)]);
        assert_eq!(g.depends_unless_circular(&[1, 2, 3], 0), [1, 2]);
        assert_eq!(g.depends_unless_circular(&[3], 3), [3]);
        assert_eq!(g.order(), Ok(vec![2, 1, 0, 3]));
    }

    #[test]
    fn a_circle_holds_all_that_is_on_one_of_its_cycles() {
        let g = graph(6, &[(0, 1), (1, 0), (1, 2), (2, 3), (3, 1), (4, 0), (3, 5)]);
        assert_eq!(g.circle_of(0), [0, 1, 2, 3]);
        assert_eq!(g.circle_of(5), Vec::<u32>::new());
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let n = 200_000;
        let edges: Vec<(u32, u32)> = (1..n).map(|i| (i, i - 1)).collect();
        assert_eq!(graph(n as usize, &edges).order().map(|o| o.len()), Ok(n as usize));
    }
}
