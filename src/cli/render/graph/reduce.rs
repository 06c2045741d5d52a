//! Edges that say nothing that others do not say already.

use std::collections::BTreeSet;

/// How many steps may be spent. Beyond, the edges that are left stay: the picture is fuller, not wrong.
const BUDGET: usize = 20_000_000;

/// Drops every edge whose end can also be reached through another edge of its beginning. The graph must have no circles,
/// and `order` name every node before all that it leads to.
pub fn reduce(edges: &BTreeSet<(u32, u32)>, order: &[u32]) -> BTreeSet<(u32, u32)> {
    let mut position = vec![0u32; order.len()];
    for (at, node) in order.iter().enumerate() {
        position[*node as usize] = at as u32;
    }
    let mut next: Vec<Vec<u32>> = vec![Vec::new(); order.len()];
    for (from, to) in edges {
        next[*from as usize].push(*to);
    }
    let mut search = Search { seen: vec![0; order.len()], round: 0, spent: 0 };
    let mut kept = BTreeSet::new();
    for from in order {
        let ends = &mut next[*from as usize];
        // Whatever leads to an end stands before that end in the order.
        ends.sort_by_key(|to| position[*to as usize]);
        let ends = ends.clone();
        let last = ends.last().map_or(0, |to| position[*to as usize]);
        search.round += 1;
        for to in ends {
            if search.seen[to as usize] != search.round || search.spent > BUDGET {
                kept.insert((*from, to));
                search.mark(to, last, &next, &position);
            }
        }
    }
    kept
}

struct Search {
    /// In which round a node was last reached.
    seen: Vec<u32>,
    round: u32,
    spent: usize,
}

impl Search {
    /// Marks all that a node leads to, as far as it stands at `last` or before.
    fn mark(&mut self, node: u32, last: u32, next: &[Vec<u32>], position: &[u32]) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            for to in &next[node as usize] {
                self.spent += 1;
                if position[*to as usize] <= last && self.seen[*to as usize] != self.round {
                    self.seen[*to as usize] = self.round;
                    open.push(*to);
                }
            }
        }
    }
}
