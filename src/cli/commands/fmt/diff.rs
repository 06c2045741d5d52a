//! Differences of a text before and after, as `diff -u` shows them.

use crate::render::sequence::{Step, steps};

/// How many unchanged lines stand around a change.
const AROUND: usize = 3;

/// The differences; empty where there is none.
pub(super) fn unified(name: &str, old: &str, new: &str) -> String {
    let old_lines: Vec<&str> = old.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
    let all = steps(&old_lines, &new_lines, |a, b| a == b);
    let changed: Vec<usize> = (0..all.len()).filter(|i| !matches!(all[*i], Step::Keep(..))).collect();
    if changed.is_empty() {
        return String::new();
    }
    let mut out = format!("--- old/{name}\n+++ new/{name}\n");
    for hunk in changed.chunk_by(|a, b| b - a <= 2 * AROUND) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let range = first.saturating_sub(AROUND)..(last + 1 + AROUND).min(all.len());
        out.push_str(&one_hunk(&all, range, &old_lines, &new_lines));
    }
    out
}

fn one_hunk(all: &[Step], range: std::ops::Range<usize>, old: &[&str], new: &[&str]) -> String {
    let (old_before, new_before) = counts(&all[..range.start]);
    let (old_count, new_count) = counts(&all[range.clone()]);
    let mut out = format!("@@ -{} +{} @@\n", lines(old_before, old_count), lines(new_before, new_count));
    for step in &all[range] {
        let (sign, line) = match step {
            Step::Keep(i, _) => (' ', old[*i]),
            Step::Remove(i) => ('-', old[*i]),
            Step::Add(j) => ('+', new[*j]),
        };
        out.push(sign);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
    out
}

/// The first line of a hunk and how many there are; of no lines the one before, a single one alone.
fn lines(before: usize, count: usize) -> String {
    match count {
        0 => format!("{before},0"),
        1 => format!("{}", before + 1),
        _ => format!("{},{count}", before + 1),
    }
}

/// How many old and new lines the steps cover.
fn counts(steps: &[Step]) -> (usize, usize) {
    let old = steps.iter().filter(|s| !matches!(s, Step::Add(_))).count();
    let new = steps.iter().filter(|s| !matches!(s, Step::Remove(_))).count();
    (old, new)
}
