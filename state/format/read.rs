//! Reading: the version decides, and what cannot be read is explained.

use serde::Deserialize;
use serde_json::error::Category;

use super::{VERSION, VERSION_JOURNALLED, version3, version4};
use crate::{StateError, StateSnapshot};

/// Why a text is no state, as a sentence with its remedy.
pub(super) type Why = String;

/// Reads a state of version 4 or 3. `location` is for the error only.
pub fn read(bytes: &[u8], location: &str) -> Result<StateSnapshot, StateError> {
    match read_published(bytes, location)? {
        (VERSION_JOURNALLED, _) => Err(damaged(
            location,
            "it was published in the middle of a run, and the run's journal completes it. Read it in place, where its \
             journal is; `state pull` gives the complete state."
                .into(),
        )),
        (_, snapshot) => Ok(snapshot),
    }
}

/// Reads a published document, version 5 included, and says which version it has.
pub(crate) fn read_published(bytes: &[u8], location: &str) -> Result<(u64, StateSnapshot), StateError> {
    let text = text_of(bytes).map_err(|why| damaged(location, why))?;
    match version4::read(text) {
        Ok(read @ (VERSION | VERSION_JOURNALLED, _)) => Ok(read),
        Ok((3, _)) => match version3::read(text) {
            Ok(snapshot) => Ok((3, snapshot)),
            Err(why) => Err(damaged(location, why)),
        },
        Ok((version, _)) => Err(damaged(location, unknown_version(version))),
        Err(why) => Err(damaged(location, better_reason(text).unwrap_or(why))),
    }
}

fn damaged(location: &str, why: Why) -> StateError {
    StateError::Damaged { location: location.into(), why }
}

const RESTORE: &str = "Restore it from a backup (a local state has one beside it, ending in .backup).";

fn text_of(bytes: &[u8]) -> Result<&str, Why> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(format!(
            "it is empty, so what it recorded is unknown. {RESTORE} Only if it never held anything, remove it."
        ));
    }
    if bytes.contains(&0) {
        return Err(format!("it contains NUL bytes, as files do after a crash of the machine. {RESTORE}"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(format!("it is a JSON array, and a state is an object. {RESTORE}"));
    }
    std::str::from_utf8(bytes)
        .map_err(|e| format!("byte {} and what follows is not UTF-8 text. {RESTORE}", e.valid_up_to()))
}

/// What a parser's complaint means for the user. The parser's own words may quote a value, so they are left out.
pub(super) fn explain(error: &serde_json::Error) -> Why {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Eof => format!("it ends in the middle (line {line}), so part of it is lost. {RESTORE}"),
        Category::Syntax | Category::Io => {
            format!("it is not valid JSON (line {line}, column {column}). {RESTORE}")
        }
        Category::Data => {
            format!("it does not have the form of a state (line {line}, column {column}). {RESTORE}")
        }
    }
}

fn unknown_version(version: u64) -> Why {
    match version {
        0 => format!("it has no \"version\" attribute, so it is some other JSON document. {RESTORE}"),
        1 | 2 => format!(
            "it has format version {version}, which is too old. Let Terraform 0.11 write it once, then try again."
        ),
        _ => format!(
            "it has format version {version}, and this program reads versions up to {VERSION}. A newer program wrote \
             it; use that one."
        ),
    }
}

/// For a document that does not parse as version 4: whether another version explains it.
fn better_reason(text: &str) -> Option<Why> {
    #[derive(Deserialize)]
    struct Probe {
        version: Option<serde_json::Number>,
    }
    match serde_json::from_str::<Probe>(text).ok()?.version {
        None => Some(unknown_version(0)),
        Some(number) => match number.as_u64() {
            Some(VERSION | VERSION_JOURNALLED | 3) => None,
            version => Some(unknown_version(version.unwrap_or(u64::MAX))),
        },
    }
}
