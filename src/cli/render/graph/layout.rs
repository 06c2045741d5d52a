//! A layered layout: what depends on nothing stands at the left, everything else to the right of all that it depends on.
//!
//! The steps are the usual ones: circles are cut, layers are the depth of dependencies, edges over several layers get
//! points to pass in between, the order within layers is improved where edges cross, and every node moves towards those
//! that it is connected with. All of it is linear in the size of the graph, but for sorting; nothing recurses.

mod order;
mod place;

use std::collections::BTreeSet;

/// The room between two nodes of a layer.
const GAP: f64 = 14.0;
/// The room between two layers, where the edges run.
const CHANNEL: f64 = 72.0;
/// The room around everything.
const MARGIN: f64 = 20.0;
/// How many points edges may pass, for each node and edge; beyond, long edges go straight.
const POINTS: usize = 8;

/// Where everything goes.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The middle of each node.
    pub(super) centres: Vec<(f64, f64)>,
    /// For each edge, the points from what waits to what it waits for.
    pub(super) routes: Vec<Vec<(f64, f64)>>,
}

/// A node, or a point that an edge passes.
#[derive(Clone, Copy)]
struct Item {
    layer: usize,
    width: f64,
    height: f64,
}

/// The graph in layers: every connection joins an item with one of a layer further left.
struct Layered {
    items: Vec<Item>,
    /// For each edge the items from its right end to its left one.
    chains: Vec<Vec<usize>>,
    /// For each item, those that it is connected with further left and further right.
    left: Vec<Vec<usize>>,
    right: Vec<Vec<usize>>,
    /// The items of each layer, from top to bottom.
    layers: Vec<Vec<usize>>,
}

/// Lays out nodes of the given sizes.
pub(super) fn layout(sizes: &[(f64, f64)], edges: &BTreeSet<(u32, u32)>) -> Layout {
    let forward = cut_circles(sizes.len(), edges);
    let depth = depths(sizes.len(), &forward);
    let mut layered = layered(sizes, &forward, &depth);
    order::improve(&mut layered);
    let middles = place::middles(&layered);
    finish(sizes.len(), edges, &layered, &middles)
}

/// The edges with those turned around that would close a circle.
fn cut_circles(nodes: usize, edges: &BTreeSet<(u32, u32)>) -> Vec<(usize, usize)> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (from, to) in edges {
        next[*from as usize].push(*to as usize);
    }
    let mut begun = vec![false; nodes];
    let mut done = vec![false; nodes];
    let mut back = BTreeSet::new();
    for root in 0..nodes {
        if begun[root] {
            continue;
        }
        begun[root] = true;
        let mut stack = vec![(root, 0)];
        while let Some((node, at)) = stack.pop() {
            let Some(to) = next[node].get(at).copied() else {
                done[node] = true;
                continue;
            };
            stack.push((node, at + 1));
            if begun[to] && !done[to] {
                back.insert((node, to));
            } else if !begun[to] {
                begun[to] = true;
                stack.push((to, 0));
            }
        }
    }
    let edge = |(from, to): &(u32, u32)| (*from as usize, *to as usize);
    let turned = |(from, to)| if back.contains(&(from, to)) { (to, from) } else { (from, to) };
    edges.iter().map(edge).map(turned).collect()
}

/// How many edges the longest way from a node takes.
fn depths(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut waiting = vec![0usize; nodes];
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (from, to) in edges.iter().filter(|(from, to)| from != to) {
        waiting[*from] += 1;
        dependents[*to].push(*from);
    }
    let mut depth = vec![0; nodes];
    let mut ready: Vec<usize> = (0..nodes).filter(|n| waiting[*n] == 0).collect();
    while let Some(node) = ready.pop() {
        for dependent in &dependents[node] {
            depth[*dependent] = depth[*dependent].max(depth[node] + 1);
            waiting[*dependent] -= 1;
            if waiting[*dependent] == 0 {
                ready.push(*dependent);
            }
        }
    }
    depth
}

fn layered(sizes: &[(f64, f64)], edges: &[(usize, usize)], depth: &[usize]) -> Layered {
    let item = |(node, (width, height)): (usize, &(f64, f64))| Item {
        layer: depth[node],
        width: *width,
        height: *height,
    };
    let mut items: Vec<Item> = sizes.iter().enumerate().map(item).collect();
    let longest = longest_passing(items.len(), edges, depth);
    let mut chains = Vec::with_capacity(edges.len());
    for (from, to) in edges {
        let mut chain = vec![*from];
        if depth[*from] - depth[*to] <= longest {
            for layer in (depth[*to] + 1..depth[*from]).rev() {
                chain.push(items.len());
                items.push(Item { layer, width: 0.0, height: 4.0 });
            }
        }
        chain.push(*to);
        chains.push(chain);
    }
    let mut left = vec![Vec::new(); items.len()];
    let mut right = vec![Vec::new(); items.len()];
    for pair in chains.iter().flat_map(|chain| chain.windows(2)).filter(|pair| pair[0] != pair[1]) {
        left[pair[0]].push(pair[1]);
        right[pair[1]].push(pair[0]);
    }
    let mut layers = vec![Vec::new(); items.iter().map(|i| i.layer + 1).max().unwrap_or(0)];
    items.iter().enumerate().for_each(|(index, item)| layers[item.layer].push(index));
    Layered { items, chains, left, right, layers }
}

/// The greatest number of layers that an edge may span and still get points to pass.
fn longest_passing(nodes: usize, edges: &[(usize, usize)], depth: &[usize]) -> usize {
    let mut spans: Vec<usize> = edges.iter().map(|(from, to)| depth[*from] - depth[*to]).collect();
    spans.sort_unstable();
    let mut left = POINTS * (nodes + edges.len());
    for span in &spans {
        match left.checked_sub(*span) {
            Some(rest) => left = rest,
            None => return span.saturating_sub(1),
        }
    }
    spans.last().copied().unwrap_or(0)
}

fn finish(nodes: usize, edges: &BTreeSet<(u32, u32)>, layered: &Layered, middles: &[f64]) -> Layout {
    let (columns, width) = columns(layered);
    let route = |(chain, (from, _)): (&Vec<usize>, &(u32, u32))| {
        let mut points = route(layered, chain, &columns, middles);
        if chain[0] != *from as usize {
            points.reverse();
        }
        points
    };
    let centre = |item: usize| (columns[layered.items[item].layer].middle(), middles[item]);
    let bottom = layered.items.iter().zip(middles).map(|(i, m)| m + i.height / 2.0).fold(0.0, f64::max);
    Layout {
        width,
        height: bottom + MARGIN,
        centres: (0..nodes).map(centre).collect(),
        routes: layered.chains.iter().zip(edges).map(route).collect(),
    }
}

/// The room that a layer takes, from left to right.
#[derive(Clone, Copy)]
struct Column {
    left: f64,
    right: f64,
}

impl Column {
    fn middle(self) -> f64 {
        f64::midpoint(self.left, self.right)
    }
}

/// The columns of all layers, and how wide everything is.
fn columns(layered: &Layered) -> (Vec<Column>, f64) {
    let mut at = MARGIN;
    let columns: Vec<Column> = layered
        .layers
        .iter()
        .map(|layer| {
            let width = layer.iter().map(|i| layered.items[*i].width).fold(0.0, f64::max);
            let column = Column { left: at, right: at + width };
            at = column.right + CHANNEL;
            column
        })
        .collect();
    (columns, (at - CHANNEL + MARGIN).max(2.0 * MARGIN))
}

/// From the left side of the first item to the right side of the last; between the two, level across each layer.
fn route(layered: &Layered, chain: &[usize], columns: &[Column], middles: &[f64]) -> Vec<(f64, f64)> {
    let mut points = Vec::with_capacity(2 * chain.len());
    for (position, item) in chain.iter().enumerate() {
        let (column, y) = (columns[layered.items[*item].layer], middles[*item]);
        let half = layered.items[*item].width / 2.0;
        if position == 0 {
            points.push((column.middle() - half, y));
        } else if position + 1 == chain.len() {
            points.push((column.middle() + half, y));
        } else {
            points.extend([(column.right, y), (column.left, y)]);
        }
    }
    points
}
