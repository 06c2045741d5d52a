//! Which node may be worked on next, and what a failure keeps from running.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::Graph;

/// How the work on a node ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded: what waits for it may run.
    Done,
    /// It failed or was skipped: whatever depends on it is skipped.
    Failed,
}

/// Counts open dependencies and hands out nodes whose count is zero, lowest number first.
#[derive(Clone, Debug)]
pub struct Schedule {
    dependents: Vec<Vec<u32>>,
    open: Vec<u32>,
    blocked: Vec<bool>,
    ready: BinaryHeap<Reverse<u32>>,
    left: usize,
}

impl Schedule {
    /// A schedule of all nodes of a graph.
    pub fn new(graph: &Graph) -> Schedule {
        let open: Vec<u32> = (0..graph.len() as u32).map(|n| graph.dependencies(n).len() as u32).collect();
        let ready =
            open.iter().enumerate().filter(|(_, n)| **n == 0).map(|(i, _)| Reverse(i as u32)).collect();
        Schedule {
            dependents: graph.dependents(),
            blocked: vec![false; open.len()],
            left: open.len(),
            open,
            ready,
        }
    }

    /// A node that may be worked on now; it is not handed out again.
    pub fn take_ready(&mut self) -> Option<u32> {
        self.ready.pop().map(|Reverse(node)| node)
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
                    self.ready.push(Reverse(dependent));
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
