//! Which node may be worked on next, and what a failure keeps from running.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::Graph;

/// How the work on a node ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded: what waits for it may run.
    Done,
    /// It failed or was skipped: whatever depends on it is skipped.
    Failed,
}

/// Counts open dependencies and hands out nodes whose count is zero, the most urgent first and of those the one with the
/// lowest number.
#[derive(Clone, Debug)]
pub struct Schedule {
    dependents: Vec<Vec<u32>>,
    open: Vec<u32>,
    blocked: Vec<bool>,
    ready: BinaryHeap<(u64, Reverse<u32>)>,
    /// The nodes that only wait, which are handed out apart.
    waits: BTreeSet<u32>,
    ready_waits: Vec<u32>,
    /// By node; all are as urgent as each other where there is none.
    urgency: Vec<u64>,
    left: usize,
}

impl Schedule {
    /// A schedule of all nodes of a graph, all of them as urgent as each other.
    pub fn new(graph: &Graph) -> Schedule {
        Schedule::by_urgency(graph, Vec::new())
    }

    /// The same in which the node with the longest way ahead of it comes first, by what each node weighs.
    pub fn longest_first(graph: &Graph, weights: &[u64]) -> Schedule {
        Schedule::by_urgency(graph, graph.longest_ahead(weights))
    }

    fn by_urgency(graph: &Graph, urgency: Vec<u64>) -> Schedule {
        let open: Vec<u32> = (0..graph.len() as u32).map(|n| graph.dependencies(n).len() as u32).collect();
        let mut schedule = Schedule {
            dependents: graph.dependents(),
            blocked: vec![false; open.len()],
            left: open.len(),
            ready: BinaryHeap::new(),
            waits: BTreeSet::new(),
            ready_waits: Vec::new(),
            urgency,
            open,
        };
        (0..graph.len() as u32).filter(|n| graph.dependencies(*n).is_empty()).for_each(|n| schedule.allow(n));
        schedule
    }

    /// The same with nodes that only wait for something, and so take nobody's place. None of them is ready from the start:
    /// each depends on another node.
    #[must_use]
    pub fn with_waits(mut self, waits: impl IntoIterator<Item = u32>) -> Schedule {
        self.waits.extend(waits);
        self
    }

    fn allow(&mut self, node: u32) {
        if self.waits.contains(&node) {
            self.ready_waits.push(node);
            return;
        }
        let urgency = self.urgency.get(node as usize).copied().unwrap_or(0);
        self.ready.push((urgency, Reverse(node)));
    }

    /// A node that may be worked on now; it is not handed out again.
    pub fn take_ready(&mut self) -> Option<u32> {
        self.ready.pop().map(|(_, Reverse(node))| node)
    }

    /// Takes a node back that was handed out and not begun.
    pub fn put_back(&mut self, node: u32) {
        self.allow(node);
    }

    /// A node that only waits and may begin to now; it is not handed out again.
    pub fn take_ready_wait(&mut self) -> Option<u32> {
        self.ready_waits.pop()
    }

    /// Ends the work on a node. Returns the nodes that can never run because of it, in the order found; they count as
    /// ended.
    pub fn finish(&mut self, node: u32, outcome: Outcome) -> Vec<u32> {
        let mut skipped = Vec::new();
        let mut ended = vec![(node, outcome == Outcome::Failed)];
        while let Some((node, failed)) = ended.pop() {
            self.left -= 1;
            for dependent in std::mem::take(&mut self.dependents[node as usize]) {
                let i = dependent as usize;
                self.open[i] -= 1;
                self.blocked[i] |= failed;
                if self.open[i] > 0 {
                    continue;
                }
                if self.blocked[i] {
                    skipped.push(dependent);
                    ended.push((dependent, true));
                } else {
                    self.allow(dependent);
                }
            }
        }
        skipped
    }

    /// Whether every node has ended.
    pub fn is_finished(&self) -> bool {
        self.left == 0
    }

    /// How many nodes have not ended.
    pub fn left(&self) -> usize {
        self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_longest_way_ahead_comes_first() {
        let mut g = Graph::new(5);
        g.depends(3, 1);
        g.depends(4, 3);
        assert_eq!(g.longest_ahead(&[5, 1, 9, 2, 4]), [5, 7, 9, 6, 4]);
        let mut s = Schedule::longest_first(&g, &[5, 1, 9, 2, 4]);
        let order: Vec<u32> = std::iter::from_fn(|| {
            let node = s.take_ready()?;
            s.finish(node, Outcome::Done);
            Some(node)
        })
        .collect();
        assert_eq!(order, [2, 1, 3, 0, 4]);
    }

    #[test]
    fn what_only_waits_is_handed_out_apart() {
        let mut g = Graph::new(3);
        g.depends(1, 0);
        g.depends(2, 1);
        let mut s = Schedule::new(&g).with_waits([1]);
        assert_eq!((s.take_ready(), s.take_ready_wait()), (Some(0), None));
        s.finish(0, Outcome::Done);
        assert_eq!((s.take_ready(), s.take_ready_wait(), s.take_ready_wait()), (None, Some(1), None));
        s.finish(1, Outcome::Done);
        assert_eq!(s.take_ready(), Some(2));
    }

    #[test]
    fn a_failure_skips_what_depends_on_it_and_nothing_else() {
        let mut g = Graph::new(5);
        g.depends(1, 0);
        g.depends(2, 1);
        g.depends(2, 3);
        let mut s = Schedule::new(&g);
        assert_eq!(
            (s.take_ready(), s.take_ready(), s.take_ready(), s.take_ready()),
            (Some(0), Some(3), Some(4), None)
        );
        assert_eq!(s.finish(0, Outcome::Failed), vec![1]);
        assert_eq!(s.finish(3, Outcome::Done), vec![2]);
        assert_eq!(s.finish(4, Outcome::Done), Vec::<u32>::new());
        assert!(s.is_finished());
    }
}
