//! A sample of the matrix and of lives, small enough for every day.

use crate::{Counts, lives, matrix};

#[test]
fn a_sample_of_the_crash_matrix_converges() {
    let mut counts = Counts::new();
    for seed in 0..6 {
        let played = matrix::run(seed, 61, &mut counts);
        assert!(played.is_ok(), "{played:?}");
    }
    assert!(counts["crash points"] > 30, "{counts:?}");
}

#[test]
fn a_sample_of_lives_ends_with_nothing_left() {
    let mut counts = Counts::new();
    for seed in 0..20 {
        let lived = lives::run(seed, &mut counts);
        assert!(lived.is_ok(), "{lived:?}");
    }
    for what in ["deaths", "drifts", "destroys", "changes", "refused locks"] {
        assert!(counts.get(what).is_some_and(|n| *n > 0), "{what}: {counts:?}");
    }
}
