//! What two sequences have in common.

/// One step from an old sequence to a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Both have it: positions in the old and the new one.
    Keep(usize, usize),
    /// Only the old one has it.
    Remove(usize),
    /// Only the new one has it.
    Add(usize),
}

/// More differences than this are not looked for: the middle then counts as removed and added anew. It bounds the
/// cost to a multiple of the length.
const MOST_DIFFERENCES: usize = 400;

/// The fewest steps from `old` to `new` (Myers' greedy search). Where something is replaced, removals come first.
pub(crate) fn steps<T>(old: &[T], new: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<Step> {
    let prefix = old.iter().zip(new).take_while(|(a, b)| same(a, b)).count();
    let rest = (&old[prefix..], &new[prefix..]);
    let suffix = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let (old_mid, new_mid) = (&rest.0[..rest.0.len() - suffix], &rest.1[..rest.1.len() - suffix]);
    let mut all: Vec<Step> = (0..prefix).map(|i| Step::Keep(i, i)).collect();
    match search(old_mid, new_mid, &same) {
        Some(trace) => all.extend(walk_back(&trace, old_mid.len(), new_mid.len(), prefix)),
        None => {
            all.extend((0..old_mid.len()).map(|i| Step::Remove(prefix + i)));
            all.extend((0..new_mid.len()).map(|i| Step::Add(prefix + i)));
        }
    }
    let (old_end, new_end) = (old.len() - suffix, new.len() - suffix);
    all.extend((0..suffix).map(|i| Step::Keep(old_end + i, new_end + i)));
    removals_first(&mut all);
    all
}

/// The furthest positions in `old` on every diagonal, for each number of differences; nothing if there are too many.
fn search<T>(old: &[T], new: &[T], same: &impl Fn(&T, &T) -> bool) -> Option<Vec<Vec<usize>>> {
    let (n, m) = (old.len() as isize, new.len() as isize);
    let most = MOST_DIFFERENCES.min(old.len() + new.len()) as isize;
    let mut trace = Vec::new();
    // Diagonals from -most - 1 to most + 1, so that neighbours always exist.
    let offset = most + 1;
    let mut furthest = vec![0usize; 2 * offset as usize + 1];
    for d in 0..=most {
        trace.push(furthest[(offset - d) as usize..=(offset + d) as usize].to_vec());
        for k in (-d..=d).step_by(2) {
            let (below, above) = (furthest[(offset + k - 1) as usize], furthest[(offset + k + 1) as usize]);
            let mut x = if k == -d || k != d && below < above { above } else { below + 1 } as isize;
            while x < n && x - k < m && same(&old[x as usize], &new[(x - k) as usize]) {
                x += 1;
            }
            furthest[(offset + k) as usize] = x as usize;
            if x >= n && x - k >= m {
                return Some(trace);
            }
        }
    }
    None
}

fn walk_back(trace: &[Vec<usize>], n: usize, m: usize, shift: usize) -> Vec<Step> {
    let mut found = Vec::new();
    let (mut x, mut y) = (n as isize, m as isize);
    let base = shift as isize;
    for (d, before) in trace.iter().enumerate().rev() {
        let d = d as isize;
        let at = |k: isize| if (-d..=d).contains(&k) { before[(k + d) as usize] as isize } else { 0 };
        let k = x - y;
        let came_down = k == -d || k != d && at(k - 1) < at(k + 1);
        let previous_k = if came_down { k + 1 } else { k - 1 };
        let (px, py) = if d == 0 { (0, 0) } else { (at(previous_k), at(previous_k) - previous_k) };
        while x > px && y > py {
            (x, y) = (x - 1, y - 1);
            found.push(Step::Keep((base + x) as usize, (base + y) as usize));
        }
        if d > 0 {
            found.push(if came_down {
                Step::Add((base + py) as usize)
            } else {
                Step::Remove((base + px) as usize)
            });
            (x, y) = (px, py);
        }
    }
    found.reverse();
    found
}

/// Between kept elements, removals before additions.
fn removals_first(steps: &mut [Step]) {
    for gap in steps.split_mut(|s| matches!(s, Step::Keep(..))) {
        gap.sort_by_key(|s| matches!(s, Step::Add(_)));
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, steps};

    fn show(old: &str, new: &str) -> String {
        let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
        let each = steps(&old, &new, |a, b| a == b).into_iter().map(|s| match s {
            Step::Keep(i, j) => {
                assert_eq!(old[i], new[j]);
                old[i].to_string()
            }
            Step::Remove(i) => format!("-{}", old[i]),
            Step::Add(j) => format!("+{}", new[j]),
        });
        each.collect()
    }

    #[test]
    fn the_fewest_steps_are_found() {
        let cases = [
            ("", "", ""),
            ("abc", "abc", "abc"),
            ("", "ab", "+a+b"),
            ("ab", "", "-a-b"),
            ("abcdefg", "abXcdeg", "ab+Xcde-fg"),
            ("abcabba", "cbabac", "-a-bc+bab-ba+c"),
            ("abc", "xyz", "-a-b-c+x+y+z"),
            ("ab", "ba", "-ab+a"),
        ];
        for (old, new, expected) in cases {
            assert_eq!(show(old, new), expected, "{old} -> {new}");
        }
    }

    #[test]
    fn very_different_sequences_cost_no_more_than_their_length() {
        let old: Vec<u32> = (0..20_000).collect();
        let new: Vec<u32> = (20_000..40_000).collect();
        assert_eq!(steps(&old, &new, |a, b| a == b).len(), 40_000);
    }

    #[test]
    fn every_pair_of_short_texts_leads_from_old_to_new() {
        let texts: Vec<String> = (0..81u32)
            .map(|n| (0..4).map(|i| ['a', 'b', 'c'][(n / 3u32.pow(i) % 3) as usize]).collect())
            .collect();
        for old in &texts {
            for new in &texts {
                let script = show(old, new);
                let kept: String = script.replace('-', "-\u{0}").replace('+', "\u{0}+");
                assert!(!kept.is_empty());
                let (mut was, mut is) = (String::new(), String::new());
                let mut sign = ' ';
                for c in script.chars() {
                    match (sign, c) {
                        (_, '-' | '+') => sign = c,
                        ('-', c) => {
                            was.push(c);
                            sign = ' ';
                        }
                        ('+', c) => {
                            is.push(c);
                            sign = ' ';
                        }
                        (_, c) => {
                            was.push(c);
                            is.push(c);
                        }
                    }
                }
                assert_eq!((&was, &is), (old, new));
            }
        }
    }
}
