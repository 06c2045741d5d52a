//! How the state of a directory is kept, beside where.

use std::path::PathBuf;
use std::sync::Arc;

use model::{Diagnostic, Diagnostics};
use state::{HISTORY, Keeping, Seen};

use super::Project;

/// Where what this program remembers of a directory is kept.
pub fn memory_dir() -> PathBuf {
    PathBuf::from(".stackwright")
}

/// Names the state that is taken although another one was expected.
const ACCEPT: &str = "STACKWRIGHT_ACCEPT_STATE";

/// How many earlier snapshots are kept.
const KEPT: &str = "STACKWRIGHT_HISTORY";

impl Project {
    /// How its state is kept.
    pub fn keeping(&self) -> Result<Keeping, Diagnostics> {
        Ok(Keeping {
            sealing: self.sealings()?.state,
            seen: Some(Arc::new(Seen::at(memory_dir().join("seen.json")))),
            accepted: accepted()?,
            history: history()?,
        })
    }
}

fn accepted() -> Result<Option<(String, u64)>, Diagnostic> {
    let Some(text) = std::env::var(ACCEPT).ok().filter(|t| !t.is_empty()) else { return Ok(None) };
    let parsed =
        text.rsplit_once('/').and_then(|(lineage, serial)| Some((lineage.into(), serial.parse().ok()?)));
    parsed.map(Some).ok_or_else(|| {
        let detail =
            format!("{ACCEPT} names a state as LINEAGE/SERIAL, as the error says it, and not {text:?}.");
        Diagnostic::error("Invalid environment variable", detail)
    })
}

fn history() -> Result<usize, Diagnostic> {
    let Some(text) = std::env::var(KEPT).ok().filter(|t| !t.is_empty()) else { return Ok(HISTORY) };
    text.parse().map_err(|_| {
        let detail =
            format!("{KEPT} says how many earlier snapshots are kept, so it is a number and not {text:?}.");
        Diagnostic::error("Invalid environment variable", detail)
    })
}
