//! Writing archives. What does not come from the entries is always the same: no times, no owners.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

use flate2::{Compression, GzBuilder};
use zip::write::SimpleFileOptions;

use crate::entries::{Content, Entry};
use crate::request::Kind;

/// Writes an archive of entries.
pub(crate) fn pack(kind: Kind, entries: &[Entry], to: impl Write + Seek) -> io::Result<()> {
    match kind {
        Kind::Zip => zip(entries, to),
        Kind::TarGz => tar_gz(entries, to),
    }
}

fn zip(entries: &[Entry], to: impl Write + Seek) -> io::Result<()> {
    let mut archive = zip::ZipWriter::new(to);
    for entry in entries {
        let (mut content, size) = entry.content.open()?;
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::DEFAULT)
            .large_file(size > u64::from(u32::MAX))
            .unix_permissions(entry.mode);
        archive.start_file(&*entry.name, options)?;
        io::copy(&mut content, &mut archive)?;
    }
    archive.finish()?.flush()
}

fn tar_gz(entries: &[Entry], to: impl Write) -> io::Result<()> {
    let mut archive = tar::Builder::new(GzBuilder::new().write(to, Compression::default()));
    for entry in entries {
        let (content, size) = entry.content.open()?;
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(entry.mode);
        header.set_mtime(0);
        header.set_entry_type(tar::EntryType::Regular);
        // The size was said above: a file that grows meanwhile is cut, so that the archive stays sound.
        archive.append_data(&mut header, &entry.name, content.take(size))?;
    }
    archive.into_inner()?.finish()?.flush()
}

impl Content {
    /// The bytes, with their number.
    fn open(&self) -> io::Result<(Box<dyn Read + '_>, u64)> {
        match self {
            Content::Text(text) => Ok((Box::new(text.as_bytes()), text.len() as u64)),
            Content::File(path) => {
                let file = File::open(path)?;
                let size = file.metadata()?.len();
                Ok((Box::new(file), size))
            }
        }
    }
}
