//! What an object holds, and how it is described.

use std::io::Read;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use model::Path;
use provider::sheet::{At, Given, KindError};
use provider::{ErrorKind, ProviderError};

use crate::client::Client;
use crate::storage::contents::{Content, Key, Writing};

/// How much of a content tells what it is.
const BEGINNING: usize = 512;

/// The content that is configured.
pub(super) fn content(at: &At<'_, Client>, wanted: Given<'_>) -> Result<Content, KindError> {
    let Some(source) = wanted.text("source") else {
        return Ok(Content::Bytes(wanted.str("content").as_bytes().to_vec().into()));
    };
    let path = match source.strip_prefix("~/").zip(at.call.around.env("HOME")) {
        Some((rest, home)) => PathBuf::from(home).join(rest),
        None => at.call.around.current_dir().join(source),
    };
    Ok(Content::File(path))
}

/// Hands a content on in pieces, until no more is wanted.
fn pieces(content: &Content, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), KindError> {
    let path = match content {
        Content::Bytes(bytes) => {
            take(bytes);
            return Ok(());
        }
        Content::File(path) => path,
    };
    let failed = |e| {
        let detail = format!("The file {} cannot be read: {e}.", path.display());
        ProviderError::new(ErrorKind::Invalid, "Cannot read file", detail).at(Path::of_attr("source"))
    };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        if read == 0 || !take(&buffer[..read]) {
            return Ok(());
        }
    }
}

/// The MD5 of a content, in base64.
pub(super) fn digest(content: &Content) -> Result<String, KindError> {
    let mut md5 = Md5::new();
    pieces(content, |piece| {
        md5.update(piece);
        true
    })?;
    Ok(STANDARD.encode(md5.finalize()))
}

/// What a content is: as it is said, or by how it begins.
pub(super) fn content_type(wanted: Given<'_>, content: &Content) -> Result<String, KindError> {
    if let Some(told) = wanted.text("content_type") {
        return Ok(told.to_owned());
    }
    let mut is_text = true;
    pieces(content, |piece| {
        is_text = begins_as_text(&piece[..piece.len().min(BEGINNING)]);
        false
    })?;
    Ok(if is_text { "text/plain; charset=utf-8" } else { "application/octet-stream" }.to_owned())
}

/// Whether these are characters, but for one that is cut off at the end, and none of them controls a terminal.
fn begins_as_text(beginning: &[u8]) -> bool {
    let is_whole = match std::str::from_utf8(beginning) {
        Ok(_) => true,
        Err(e) => e.error_len().is_none(),
    };
    is_whole
        && beginning
            .iter()
            .all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | 0x1b))
}

/// The key of one's own that encrypts an object, in base64.
pub(super) fn encryption(object: Given<'_>) -> Option<String> {
    object.blocks("customer_encryption").first()?.string("encryption_key")
}

/// The same, ready for use.
pub(super) fn key(object: Given<'_>) -> Result<Option<Key>, KindError> {
    encryption(object).map(|text| Key::read(&text)).transpose()
}

/// Says of an object that is written what the configuration says of it.
pub(super) fn describe(mut writing: Writing, wanted: Given<'_>, ty: &str) -> Writing {
    writing = writing.set_content_type(ty).set_metadata(wanted.map("metadata"));
    if let Some(text) = wanted.text("cache_control") {
        writing = writing.set_cache_control(text);
    }
    if let Some(text) = wanted.text("content_disposition") {
        writing = writing.set_content_disposition(text);
    }
    if let Some(text) = wanted.text("content_encoding") {
        writing = writing.set_content_encoding(text);
    }
    if let Some(text) = wanted.text("content_language") {
        writing = writing.set_content_language(text);
    }
    if let Some(text) = wanted.text("storage_class") {
        writing = writing.set_storage_class(text);
    }
    if let Some(text) = wanted.text("kms_key_name") {
        writing = writing.set_kms_key(text);
    }
    writing
        .set_event_based_hold(wanted.is("event_based_hold"))
        .set_temporary_hold(wanted.is("temporary_hold"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_as_text_is_text() {
        assert!(begins_as_text(b"") && begins_as_text("Gr\u{fc}\u{df}e\n".as_bytes()));
        assert!(begins_as_text(&"\u{fc}".as_bytes()[..1]));
        assert!(!begins_as_text(b"PK\x03\x04") && !begins_as_text(&[0xff, 0xfe, b'a']));
    }
}
