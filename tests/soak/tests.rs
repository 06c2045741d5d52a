//! A fixed sample of seeds.

use crate::run;

/// The seeds of the sample: enough for every kind of step, few enough for a few seconds.
const SAMPLE: u64 = 40;

#[test]
fn a_sample_of_seeds_keeps_the_invariants() {
    let failures: Vec<_> = (0..SAMPLE).filter_map(|seed| run(seed).err()).collect();
    let told: Vec<String> =
        failures.iter().map(|f| format!("seed {}: {}", f.seed, f.wrong.join("; "))).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
