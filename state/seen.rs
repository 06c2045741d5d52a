//! What was last seen of states here: an older one that comes back is noticed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// Remembers in a file of the working directory how far each state had come.
#[derive(Debug)]
pub struct Seen {
    path: PathBuf,
    turn: Mutex<()>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Content {
    /// Serials by place and lineage.
    states: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Seen {
    /// What the file remembers; none is as good as an empty one.
    pub fn at(path: PathBuf) -> Seen {
        Seen { path, turn: Mutex::default() }
    }

    fn read(&self) -> Content {
        std::fs::read(&self.path).ok().and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default()
    }

    /// The highest serial of a state that was seen.
    pub(crate) fn serial(&self, location: &str, lineage: &str) -> Option<u64> {
        self.read().states.get(location)?.get(lineage).copied()
    }

    /// Remembers a serial. That this fails is no reason to stop: it protects the next run, not this one.
    pub(crate) fn note(&self, location: &str, lineage: &str, serial: u64) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut content = self.read();
        let states = content.states.entry(location.to_owned()).or_default();
        if states.insert(lineage.to_owned(), serial) == Some(serial) {
            return;
        }
        let _ = self.write(&content);
    }

    fn write(&self, content: &Content) -> std::io::Result<()> {
        if let Some(directory) = self.path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let new = self.path.with_extension("new");
        std::fs::write(&new, serde_json::to_vec_pretty(content)?)?;
        std::fs::rename(new, &self.path)
    }
}
