//! Version constraints.

/// Whether a version meets a constraint such as `>= 1.2, < 2.0` or `~> 1.4`; nothing where the constraint is none.
pub fn satisfies(version: &str, constraint: &str) -> Option<bool> {
    let have = numbers(version)?;
    let mut all = true;
    for part in constraint.split(',') {
        let part = part.trim();
        let split = part.find(|c: char| c.is_ascii_digit() || c == 'v')?;
        let (operator, want) = part.split_at(split);
        let want_text = want.trim();
        let want = numbers(want_text)?;
        let order = padded(&have).cmp(&padded(&want));
        all &= match operator.trim() {
            "" | "=" => order.is_eq(),
            "!=" => order.is_ne(),
            ">" => order.is_gt(),
            ">=" => order.is_ge(),
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            "~>" => {
                let fixed = want.len().saturating_sub(1).max(1);
                order.is_ge() && padded(&have)[..fixed] == padded(&want)[..fixed]
            }
            _ => return None,
        };
    }
    Some(all)
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    let core = version.trim_start_matches('v').split(['-', '+']).next()?;
    core.split('.').map(|n| n.trim().parse().ok()).collect()
}

fn padded(numbers: &[u64]) -> [u64; 3] {
    [0, 1, 2].map(|i| numbers.get(i).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::satisfies;

    #[test]
    fn constraints_compare_as_people_expect() {
        let cases = [
            ("1.11.4", ">= 1.5", true),
            ("1.11.4", ">= 1.5, < 1.11.0", false),
            ("1.11.4", "~> 1.9", true),
            ("1.11.4", "~> 1.11.0", true),
            ("1.11.4", "~> 1.10.0", false),
            ("2.5.3", "2.5.3", true),
            ("2.5.3", "!= 2.5.3", false),
        ];
        for (version, constraint, expected) in cases {
            assert_eq!(satisfies(version, constraint), Some(expected), "{version} {constraint}");
        }
        assert_eq!(satisfies("1.0.0", "newest"), None);
    }
}
