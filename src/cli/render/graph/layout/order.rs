//! The order within layers: fewer crossings.

use super::Layered;

/// How often the layers are gone through, in both directions.
const SWEEPS: usize = 8;

/// Reorders the layers as long as fewer edges cross.
pub(super) fn improve(layered: &mut Layered) {
    first_order(layered);
    let mut best = layered.layers.clone();
    let mut fewest = crossings(layered);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let to_right = sweep % 2 == 0;
        let mut at = positions(layered);
        let count = layered.layers.len();
        for step in 0..count {
            let layer = if to_right { step } else { count - 1 - step };
            let neighbours = if to_right { &layered.left } else { &layered.right };
            sort_by_middle(&mut layered.layers[layer], neighbours, &mut at);
        }
        let now = crossings(layered);
        if now < fewest {
            fewest = now;
            best.clone_from(&layered.layers);
        }
    }
    layered.layers = best;
}

/// Begins with what is connected close together: depth first, from those that nothing waits for.
fn first_order(layered: &mut Layered) {
    let count = layered.items.len();
    let mut seen = vec![false; count];
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); layered.layers.len()];
    let roots = (0..count).filter(|i| layered.right[*i].is_empty()).chain(0..count);
    for root in roots {
        let mut open = vec![root];
        while let Some(item) = open.pop() {
            if std::mem::replace(&mut seen[item], true) {
                continue;
            }
            layers[layered.items[item].layer].push(item);
            open.extend(layered.left[item].iter().rev().filter(|i| !seen[**i]));
        }
    }
    layered.layers = layers;
}

fn positions(layered: &Layered) -> Vec<f64> {
    let mut at = vec![0.0; layered.items.len()];
    for layer in &layered.layers {
        layer.iter().enumerate().for_each(|(position, item)| at[*item] = position as f64);
    }
    at
}

/// Sorts a layer by the mean position of the neighbours on one side; who has none there stays about where it is.
fn sort_by_middle(layer: &mut [usize], neighbours: &[Vec<usize>], at: &mut [f64]) {
    let middle = |item: usize| {
        let near = &neighbours[item];
        match near.is_empty() {
            true => at[item],
            false => near.iter().map(|n| at[*n]).sum::<f64>() / near.len() as f64,
        }
    };
    let mut keyed: Vec<(f64, usize)> = layer.iter().map(|item| (middle(*item), *item)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (position, (slot, (_, item))) in layer.iter_mut().zip(keyed).enumerate() {
        *slot = item;
        at[item] = position as f64;
    }
}

/// How many pairs of edges between neighbouring layers cross.
fn crossings(layered: &Layered) -> u64 {
    let at = positions(layered);
    layered
        .layers
        .iter()
        .enumerate()
        .skip(1)
        .map(|(index, layer)| between(layered, index - 1, layer, &at))
        .sum()
}

/// Counts pairs that go over each other: of the ends at the left, taken in the order of the beginnings at the right, how
/// many come after a greater one.
fn between(layered: &Layered, below: usize, layer: &[usize], at: &[f64]) -> u64 {
    let size = layered.layers[below].len();
    let mut tree = vec![0u64; size + 1];
    let (mut total, mut crossed) = (0u64, 0u64);
    for item in layer {
        let near = layered.left[*item].iter().filter(|n| layered.items[**n].layer == below);
        let mut ends: Vec<usize> = near.map(|n| at[*n] as usize).collect();
        ends.sort_unstable();
        for end in &ends {
            crossed += total - prefix(&tree, end + 1);
        }
        for end in ends {
            total += 1;
            add(&mut tree, end + 1);
        }
    }
    crossed
}

/// How many were added at or before a place (counted from 1).
fn prefix(tree: &[u64], mut place: usize) -> u64 {
    let mut sum = 0;
    while place > 0 {
        sum += tree[place];
        place &= place - 1;
    }
    sum
}

fn add(tree: &mut [u64], mut place: usize) {
    while place < tree.len() {
        tree[place] += 1;
        place += place & place.wrapping_neg();
    }
}
