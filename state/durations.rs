//! How long the work on objects took, for the order of the next run.

use std::collections::BTreeMap;

use model::InstanceAddr;
use serde::{Deserialize, Serialize};

/// What takes no longer, in ms, is recorded only in place of what took longer before.
const SHORT_MS: u64 = 100;

/// An instance that differs by no more than this from its type, in ms, is not recorded by itself.
const CLOSE_MS: u64 = 500;

/// How many instances are recorded by themselves: those that take longest.
const KEPT: usize = 5_000;

/// How long work took in earlier runs, in ms. It only ever decides what goes first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Durations {
    /// In the middle, by operation and type: `create aws_vpc`.
    types: BTreeMap<String, u64>,
    /// Of instances that differ from that, by operation and address.
    instances: BTreeMap<String, u64>,
}

/// Work on an object that succeeded.
#[derive(Clone, Debug, PartialEq)]
pub struct Took {
    /// `create`, `update`, `delete`, `read`.
    pub operation: &'static str,
    /// Which instance.
    pub address: InstanceAddr,
    /// How long it took, in ms.
    pub ms: u64,
}

impl Durations {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty() && self.instances.is_empty()
    }

    /// How long an operation on an instance may take: as long as the last time, or as others of its type.
    pub fn of(&self, operation: &str, address: &InstanceAddr) -> Option<u64> {
        if self.is_empty() {
            return None;
        }
        let own = || self.instances.get(&format!("{operation} {address}"));
        let others = || self.types.get(&format!("{operation} {}", address.resource.ty));
        own().or_else(others).copied()
    }

    /// Takes in what a run found.
    pub fn record(&mut self, run: &[Took]) {
        let mut by_type: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for took in run {
            by_type.entry(type_key(took)).or_default().push(took.ms);
        }
        for (key, ms) in by_type {
            let middle = median(ms);
            if middle > SHORT_MS || self.types.contains_key(&key) {
                self.types.insert(key, middle);
            }
        }
        run.iter().for_each(|took| self.record_instance(took));
        self.keep_the_longest();
    }

    fn record_instance(&mut self, took: &Took) {
        let of_type = self.types.get(&type_key(took)).copied().unwrap_or(0);
        let key = format!("{} {}", took.operation, took.address);
        if took.ms.abs_diff(of_type) > CLOSE_MS.max(of_type / 4) {
            self.instances.insert(key, took.ms);
        } else {
            self.instances.remove(&key);
        }
    }

    fn keep_the_longest(&mut self) {
        if self.instances.len() <= KEPT {
            return;
        }
        let mut all: Vec<u64> = self.instances.values().copied().collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        let least = all[KEPT];
        self.instances.retain(|_, ms| *ms > least);
    }
}

fn type_key(took: &Took) -> String {
    format!("{} {}", took.operation, took.address.resource.ty)
}

fn median(mut ms: Vec<u64>) -> u64 {
    ms.sort_unstable();
    ms.get(ms.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(address: &str, ms: u64) -> Took {
        Took { operation: "create", address: address.parse().expect("an address"), ms }
    }

    #[test]
    fn instances_are_known_by_themselves_or_by_their_type() {
        let mut known = Durations::default();
        known.record(&[took("a_b.x", 1_000), took("a_b.y", 1_100), took("a_b.z", 9_000), took("a_c.x", 3)]);
        let of = |known: &Durations, address: &str| known.of("create", &address.parse().expect("an address"));
        assert_eq!(of(&known, "a_b.z"), Some(9_000));
        assert_eq!(of(&known, "a_b.new"), Some(1_100));
        assert_eq!(of(&known, "a_c.x"), None, "nothing worth a remark");
        assert_eq!(known.of("delete", &"a_b.x".parse().expect("an address")), None);
        known.record(&[took("a_b.z", 1_200)]);
        assert_eq!((of(&known, "a_b.z"), of(&known, "a_b.x")), (Some(1_200), Some(1_200)));
    }

    #[test]
    fn of_many_instances_the_longest_are_kept() {
        let mut known = Durations::default();
        let run: Vec<Took> = (0..KEPT as u64 * 2).map(|i| took(&format!("a_b.c[{i}]"), i * 1_000)).collect();
        known.record(&run);
        assert!(known.instances.len() <= KEPT);
        assert_eq!(known.of("create", &run[run.len() - 1].address), Some(run[run.len() - 1].ms));
    }
}
