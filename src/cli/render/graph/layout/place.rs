//! The height at which everything stands: as level as possible with what it is connected with.

use super::{GAP, Layered, MARGIN};

/// How often the layers are gone through, in both directions.
const SWEEPS: usize = 6;

/// The vertical middle of every item.
pub(super) fn middles(layered: &Layered) -> Vec<f64> {
    let mut middles = stacked(layered);
    let count = layered.layers.len();
    for sweep in 0..SWEEPS {
        let to_right = sweep % 2 == 0;
        for step in 0..count {
            let layer = &layered.layers[if to_right { step } else { count - 1 - step }];
            let neighbours = if to_right { &layered.left } else { &layered.right };
            settle(layered, layer, neighbours, &mut middles);
        }
    }
    let top =
        layered.items.iter().zip(&middles).map(|(i, m)| m - i.height / 2.0).fold(f64::INFINITY, f64::min);
    middles.iter().map(|middle| middle - top + MARGIN).collect()
}

/// Everything below what comes before it in its layer.
fn stacked(layered: &Layered) -> Vec<f64> {
    let mut middles = vec![0.0; layered.items.len()];
    for layer in &layered.layers {
        let mut at = 0.0;
        for item in layer {
            let height = layered.items[*item].height;
            middles[*item] = at + height / 2.0;
            at += height + GAP;
        }
    }
    middles
}

/// Moves the items of a layer to the mean of their neighbours, and those that would lie over each other apart again.
fn settle(layered: &Layered, layer: &[usize], neighbours: &[Vec<usize>], middles: &mut [f64]) {
    let mut offset = 0.0;
    let mut wanted = Vec::with_capacity(layer.len());
    let mut offsets = Vec::with_capacity(layer.len());
    for (position, item) in layer.iter().enumerate() {
        if position > 0 {
            let before = layered.items[layer[position - 1]].height;
            offset += f64::midpoint(before, layered.items[*item].height) + GAP;
        }
        let near = &neighbours[*item];
        let mean = match near.is_empty() {
            true => middles[*item],
            false => near.iter().map(|n| middles[*n]).sum::<f64>() / near.len() as f64,
        };
        wanted.push(mean - offset);
        offsets.push(offset);
    }
    for ((item, place), offset) in layer.iter().zip(rising(&wanted)).zip(offsets) {
        middles[*item] = place + offset;
    }
}

/// The numbers that never fall and are closest to the given ones: where they would fall, a run takes its mean.
fn rising(wanted: &[f64]) -> Vec<f64> {
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for value in wanted {
        let mut run = (*value, 1);
        while let Some((mean, count)) = runs.last().copied().filter(|(mean, _)| *mean > run.0) {
            let together = count + run.1;
            run = ((mean * count as f64 + run.0 * run.1 as f64) / together as f64, together);
            runs.pop();
        }
        runs.push(run);
    }
    runs.into_iter().flat_map(|(mean, count)| std::iter::repeat_n(mean, count)).collect()
}
