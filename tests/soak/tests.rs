//! A fixed sample of seeds, and those that once broke an invariant.

use crate::run;

/// The seeds of the sample: enough for every kind of step, few enough for a few seconds.
const SAMPLE: u64 = 40;

/// A seed a line, with what it found; see the file.
const KEPT: &str = include_str!("kept.txt");

#[test]
fn a_sample_of_seeds_keeps_the_invariants() {
    check(0..SAMPLE);
}

#[test]
fn seeds_that_once_failed_keep_the_invariants() {
    let lines = KEPT.lines().filter(|l| !l.starts_with('#'));
    check(lines.map(|l| {
        l.split_whitespace().next().and_then(|s| s.parse().ok()).expect("a line begins with a seed")
    }));
}

fn check(seeds: impl Iterator<Item = u64>) {
    let failures = seeds.filter_map(|seed| run(seed).err());
    let told: Vec<String> = failures.map(|f| format!("seed {}: {}", f.seed, f.wrong.join("; "))).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
