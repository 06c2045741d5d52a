//! Lines of a journal, in the clear with a checksum or sealed one by one.
//!
//! A sealed line also holds the digest of the line before it, so that what stands there cannot be another journal's or
//! an older one's.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::record::Entry;
use crate::{Kind, Label, Sealing, SealingError, StateError};

/// Writes lines, each with what ties it to the one before.
pub(crate) struct Scribe {
    sealing: Arc<Sealing>,
    /// The digest of the line before.
    previous: Option<String>,
}

/// A line as it is in the clear.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    sum: String,
    #[serde(borrow)]
    record: &'a RawValue,
}

impl Scribe {
    /// Goes on after a line with this digest.
    pub(crate) fn new(sealing: Arc<Sealing>, previous: Option<String>) -> Scribe {
        Scribe { sealing, previous }
    }

    /// Appends an entry's line; nothing is appended where that fails.
    pub(crate) fn write(&mut self, mut entry: Entry, out: &mut Vec<u8>) -> Result<(), StateError> {
        if self.sealing.is_sealing() {
            entry.previous = self.previous.clone();
        }
        let not_json = |_| StateError::NotJson("a record".into());
        let text = serde_json::value::to_raw_value(&entry).map_err(not_json)?;
        let is_sealing = self.sealing.is_sealing();
        let mut line = match is_sealing {
            true => self.sealing.seal(Kind::Journal, &Label::default(), text.get().as_bytes())?,
            false => serde_json::to_vec(&Line { sum: sum(text.get()), record: &text }).map_err(not_json)?,
        };
        if line.last() != Some(&b'\n') {
            line.push(b'\n');
        }
        self.previous = is_sealing.then(|| digest(&line));
        out.extend_from_slice(&line);
        Ok(())
    }
}

/// The digest of a line, whatever its end.
pub(super) fn digest(line: &[u8]) -> String {
    hex(&Sha256::digest(line.trim_ascii_end())[..16])
}

/// Half a SHA-256 would be more than enough; a quarter is.
fn sum(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Reads a line; nothing where a crash left it incomplete. What was complete once and does not open is an error.
pub(super) fn read(line: &[u8], sealing: &Sealing) -> Result<Option<Entry>, SealingError> {
    if sealing.is_clear(line) {
        return Ok(read_clear(line));
    }
    match whole(line)? {
        None => Ok(None),
        Some(line) => {
            let plain = sealing.open(Kind::Journal, &line)?.plain;
            serde_json::from_slice(&plain).map(Some).map_err(|_| SealingError::Changed)
        }
    }
}

fn read_clear(line: &[u8]) -> Option<Entry> {
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    if sum(line.record.get()) != line.sum {
        return None;
    }
    serde_json::from_str(line.record.get()).ok()
}

/// A sealed line with its end; nothing where it breaks off or has holes, as after a crash. A brace is only at the end.
fn whole(line: &[u8]) -> Result<Option<Cow<'_, [u8]>>, SealingError> {
    if line.contains(&0) {
        return Ok(None);
    }
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    match text.iter().position(|b| *b == b'}') {
        None => Ok(None),
        Some(end) if end + 1 != text.len() => Err(SealingError::Changed),
        Some(_) if text.len() < line.len() => Ok(Some(Cow::Borrowed(line))),
        Some(_) => Ok(Some(Cow::Owned([text, b"\n"].concat()))),
    }
}
