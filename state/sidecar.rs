//! What the state format has no place for. Everything holds without it, only coarser.

use std::collections::{BTreeMap, BTreeSet};

use model::{InstanceAddr, ResourceMode};
use serde::{Deserialize, Serialize};

use crate::durations::Durations;
use crate::{Kind, Label, Sealing, SealingError, StateSnapshot};

/// Remarks beside a state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sidecar {
    /// The stack that the state belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// The environment that the state belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The instances that are not to be destroyed, by address.
    pub prevent_destroy: BTreeSet<String>,
    /// The instances that an instance's arguments were computed from, by address.
    pub reads: BTreeMap<String, Vec<String>>,
    /// The document that was last published with these remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Published>,
    /// Whether anybody was told that the state holds secrets in the clear.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub told_clear: bool,
    /// How long work on objects took.
    #[serde(skip_serializing_if = "Durations::is_empty")]
    pub durations: Durations,
    /// What was done, oldest first.
    pub history: Vec<HistoryEntry>,
    /// What a later version wrote and this one does not know; it is kept.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// A document that was published, so that another one in its place is noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Its lineage.
    pub lineage: String,
    /// Its serial.
    pub serial: u64,
    /// The digest of its bytes.
    pub sha256: String,
}

/// One run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HistoryEntry {
    /// The serial that it ended with; filled in when it is published.
    pub serial: u64,
    /// When it ended, RFC 3339.
    pub time: String,
    /// Who ran it: `user@host`.
    pub who: String,
    /// `apply`, `destroy`, `state mv`.
    pub command: String,
    /// `2 added, 1 changed, 0 destroyed`
    pub summary: String,
    /// The serial that it began with.
    pub from: u64,
    /// The commit of the configuration, where it lies in a repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The digest of the configuration's files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration: Option<String>,
    /// What is recorded since, by address.
    #[serde(skip_serializing_if = "Addresses::is_empty")]
    pub added: Addresses,
    /// What is recorded otherwise since.
    #[serde(skip_serializing_if = "Addresses::is_empty")]
    pub changed: Addresses,
    /// What is recorded no more.
    #[serde(skip_serializing_if = "Addresses::is_empty")]
    pub removed: Addresses,
}

/// How many entries the history has at most.
pub(crate) const ENTRIES: usize = 200;

/// How many addresses are named at most; the others are counted.
const NAMED: usize = 50;

/// Addresses of instances, of many only the first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Addresses {
    /// How many there are.
    pub count: usize,
    /// The first of them.
    pub names: Vec<String>,
}

impl Addresses {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn add(&mut self, address: &InstanceAddr) {
        self.count += 1;
        if self.names.len() < NAMED {
            self.names.push(address.to_string());
        }
    }
}

impl HistoryEntry {
    /// The entry with what tells two snapshots from each other, data sources left out.
    #[must_use]
    pub fn between(mut self, before: &StateSnapshot, after: &StateSnapshot) -> HistoryEntry {
        self.from = before.serial;
        let is_object = |a: &&InstanceAddr| a.resource.mode == ResourceMode::Managed;
        for address in after.instances.keys().filter(is_object) {
            match before.instances.get(address) {
                None => self.added.add(address),
                Some(old) if *old != after.instances[address] => self.changed.add(address),
                Some(_) => {}
            }
        }
        let gone = before.instances.keys().filter(is_object).filter(|a| !after.instances.contains_key(*a));
        gone.for_each(|address| self.removed.add(address));
        self
    }
}

impl Sidecar {
    /// The instances that are not to be destroyed.
    pub fn protected(&self) -> BTreeSet<InstanceAddr> {
        self.prevent_destroy.iter().filter_map(|text| text.parse().ok()).collect()
    }

    /// Remarks that these instances, and no others, are not to be destroyed.
    pub fn protect(&mut self, instances: &BTreeSet<InstanceAddr>) {
        self.prevent_destroy = instances.iter().map(ToString::to_string).collect();
    }

    /// Remarks nothing of instances that a snapshot does not have.
    pub(crate) fn keep_only_recorded(&mut self, snapshot: &StateSnapshot) {
        let is_recorded = |text: &str| text.parse().is_ok_and(|a| snapshot.instances.contains_key(&a));
        self.prevent_destroy.retain(|text| is_recorded(text));
    }

    /// Reads a sidecar. One in the clear that cannot be read is as good as none.
    pub(crate) fn read(bytes: Option<Vec<u8>>, sealing: &Sealing) -> Result<Sidecar, SealingError> {
        let Some(bytes) = bytes else { return Ok(Sidecar::default()) };
        let opened = sealing.open(Kind::Sidecar, &bytes)?;
        let read = serde_json::from_slice(&opened.plain);
        match opened.label {
            Some(_) => read.map_err(|_| SealingError::Changed),
            None => Ok(read.unwrap_or_default()),
        }
    }

    /// The sidecar's text, or nothing where it says nothing.
    pub(crate) fn write(&self, sealing: &Sealing) -> Result<Option<Vec<u8>>, SealingError> {
        if *self == Sidecar::default() {
            return Ok(None);
        }
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|_| SealingError::Failed("it is no text"))?;
        bytes.push(b'\n');
        let lineage = self.document.as_ref().map(|d| d.lineage.clone());
        let label = Label { lineage, serial: self.document.as_ref().map(|d| d.serial), journalled: false };
        sealing.seal(Kind::Sidecar, &label, &bytes).map(Some)
    }
}
