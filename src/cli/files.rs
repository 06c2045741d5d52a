//! Reading files that people wrote: bounded, so that the wrong file is a message and not a machine out of memory.

use std::fs::File;
use std::io::{Error, Read as _, Result, Write as _};
use std::path::Path;

/// The most bytes that are read: ten times the largest configuration that anybody writes.
const LARGEST: u64 = 64 << 20;

/// Reads a file or whatever else is behind the path, a pipe for example.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(too_large()),
        false => Ok(bytes),
    }
}

/// Reads a file of a directory of which all is read: something else than a file is there by mistake, and might never end.
pub fn read_regular(path: &Path) -> Result<Vec<u8>> {
    let kind = std::fs::metadata(path)?;
    if !kind.is_dir() && !kind.is_file() {
        return Err(Error::other("it is neither a file nor a link to one"));
    }
    if kind.len() > LARGEST {
        return Err(too_large());
    }
    read(path)
}

/// Writes a file that only its owner can read.
pub fn write_private(path: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn too_large() -> Error {
    Error::other(format!("it has more than {} MiB, which no configuration needs", LARGEST >> 20))
}
