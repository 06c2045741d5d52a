//! Packages in archives: which kind, whether the digest is right, and unpacking that never leaves its directory.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use sha2::Digest;

use super::address::Package;
use super::fetch::FetchError;
use super::tree::check_link;

/// How many entries an archive may hold. More is taken for a trap.
const MAX_ENTRIES: usize = 100_000;

/// How many bytes an archive may hold in all, and be long.
pub const MAX_BYTES: u64 = 2 << 30;

/// A kind of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Zip.
    Zip,
    /// Tar, compressed in some way.
    Tar(Compression),
}

/// How a tar archive is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip
    Gzip,
    /// bzip2
    Bzip2,
    /// xz
    Xz,
}

const KINDS: &[(&str, Kind)] = &[
    ("zip", Kind::Zip),
    ("tar.gz", Kind::Tar(Compression::Gzip)),
    ("tgz", Kind::Tar(Compression::Gzip)),
    ("tar.bz2", Kind::Tar(Compression::Bzip2)),
    ("tbz2", Kind::Tar(Compression::Bzip2)),
    ("tar.xz", Kind::Tar(Compression::Xz)),
    ("txz", Kind::Tar(Compression::Xz)),
    ("tar", Kind::Tar(Compression::None)),
];

/// The kind of archive that a package is: by its option `archive`, or by its name.
pub fn kind(package: &Package) -> Result<Kind, FetchError> {
    let names = || KINDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    if let Some(asked) = package.option("archive") {
        let found = KINDS.iter().find(|(name, _)| *name == asked).map(|(_, kind)| *kind);
        return found.ok_or_else(|| {
            FetchError::Address(format!("{asked:?} is no kind of archive; there are: {}", names()))
        });
    }
    kind_by_name(&package.url).ok_or_else(|| {
        FetchError::Address(format!(
            "{} is no archive by its name; names end in: {}",
            package.shown(),
            names()
        ))
    })
}

/// The kind of archive that a name ends in.
pub fn kind_by_name(name: &str) -> Option<Kind> {
    KINDS
        .iter()
        .find(|(end, _)| name.strip_suffix(end).is_some_and(|n| n.ends_with('.')))
        .map(|(_, kind)| *kind)
}

/// The SHA-256 digest in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&sha2::Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Holds an archive against the package's option `checksum`: `sha256:...`, or the digits alone.
pub fn check_digest(bytes: &[u8], package: &Package) -> Result<(), FetchError> {
    let Some(asked) = package.option("checksum") else { return Ok(()) };
    let (algorithm, digits) = match asked.split_once(':') {
        Some((algorithm, digits)) => (algorithm, digits),
        None => (algorithm_of(asked.len()), asked),
    };
    let found = match algorithm {
        "md5" => hex(&md5::Md5::digest(bytes)),
        "sha1" => hex(&sha1::Sha1::digest(bytes)),
        "sha256" => sha256(bytes),
        "sha512" => hex(&sha2::Sha512::digest(bytes)),
        _ => {
            return Err(FetchError::Address(format!(
                "{asked:?} is no checksum: write sha256: and the digits"
            )));
        }
    };
    match found.eq_ignore_ascii_case(digits) {
        true => Ok(()),
        false => Err(FetchError::Archive(format!("has the {algorithm} checksum {found}, not {digits}"))),
    }
}

fn algorithm_of(digits: usize) -> &'static str {
    match digits {
        32 => "md5",
        40 => "sha1",
        64 => "sha256",
        128 => "sha512",
        _ => "",
    }
}

/// Unpacks an archive into an empty directory. One that would write anywhere else is refused.
pub fn unpack(bytes: &[u8], kind: Kind, dir: &Path) -> Result<(), FetchError> {
    let mut unpacking = Unpacking { dir, entries: 0, left: MAX_BYTES };
    match kind {
        Kind::Zip => unpack_zip(bytes, &mut unpacking),
        Kind::Tar(Compression::None) => unpack_tar(bytes, &mut unpacking),
        Kind::Tar(Compression::Gzip) => unpack_tar(flate2::read::MultiGzDecoder::new(bytes), &mut unpacking),
        Kind::Tar(Compression::Bzip2) => unpack_tar(bzip2::read::MultiBzDecoder::new(bytes), &mut unpacking),
        Kind::Tar(Compression::Xz) => unpack_tar(lzma_rust2::XzReader::new(bytes, true), &mut unpacking),
    }
}

/// An archive on its way to a directory.
struct Unpacking<'d> {
    dir: &'d Path,
    entries: usize,
    left: u64,
}

impl Unpacking<'_> {
    /// The place of an entry, below the directory; nothing for the directory itself.
    fn place(&mut self, name: &Path) -> Result<Option<PathBuf>, FetchError> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(FetchError::Archive(format!("holds more than {MAX_ENTRIES} entries")));
        }
        let mut clean = PathBuf::new();
        for part in name.components() {
            match part {
                Component::Normal(part) => clean.push(part),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    return Err(FetchError::Archive(format!(
                        "would write outside of its directory, to {}",
                        name.display()
                    )));
                }
            }
        }
        // A link that was unpacked before must not lead this entry elsewhere.
        for parent in clean.ancestors().skip(1) {
            if self.dir.join(parent).is_symlink() {
                return Err(FetchError::Archive(format!(
                    "would write through a link, to {}",
                    name.display()
                )));
            }
        }
        Ok((!clean.as_os_str().is_empty()).then_some(clean))
    }

    fn directory(&self, path: &Path) -> Result<(), FetchError> {
        let place = self.dir.join(path);
        std::fs::create_dir_all(&place).map_err(|e| FetchError::disk(&place, e))
    }

    fn file(&mut self, path: &Path, mode: u32, content: &mut dyn Read) -> Result<(), FetchError> {
        use std::os::unix::fs::OpenOptionsExt;
        self.directory(path.parent().unwrap_or(path))?;
        let place = self.dir.join(path);
        let mode = if mode & 0o111 != 0 { 0o755 } else { 0o644 };
        let mut options = std::fs::OpenOptions::new();
        let opened = options.write(true).create_new(true).mode(mode).open(&place);
        let mut file = opened.map_err(|e| FetchError::disk(&place, e))?;
        let copied = std::io::copy(&mut content.take(self.left + 1), &mut file);
        let copied =
            copied.map_err(|e| FetchError::Archive(format!("is damaged at {}: {e}", path.display())))?;
        self.left = self
            .left
            .checked_sub(copied)
            .ok_or_else(|| FetchError::Archive(format!("holds more than {MAX_BYTES} bytes")))?;
        Ok(())
    }

    fn link(&self, path: &Path, target: &Path) -> Result<(), FetchError> {
        check_link(path, target)?;
        self.directory(path.parent().unwrap_or(path))?;
        let place = self.dir.join(path);
        std::os::unix::fs::symlink(target, &place).map_err(|e| FetchError::disk(&place, e))
    }
}

fn damaged(e: impl std::fmt::Display) -> FetchError {
    FetchError::Archive(format!("cannot be read: {e}"))
}

fn unpack_tar(stream: impl Read, unpacking: &mut Unpacking<'_>) -> Result<(), FetchError> {
    let mut archive = tar::Archive::new(stream);
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = entry.path().map_err(damaged)?.into_owned();
        let kind = entry.header().entry_type();
        if matches!(kind, tar::EntryType::XGlobalHeader) {
            continue;
        }
        let Some(path) = unpacking.place(&name)? else { continue };
        match kind {
            tar::EntryType::Directory => unpacking.directory(&path)?,
            tar::EntryType::Regular | tar::EntryType::Continuous => {
                let mode = entry.header().mode().map_err(damaged)?;
                unpacking.file(&path, mode, &mut entry)?;
            }
            tar::EntryType::Symlink => {
                let target = entry.link_name().map_err(damaged)?.unwrap_or_default().into_owned();
                unpacking.link(&path, &target)?;
            }
            _ => {
                return Err(FetchError::Archive(format!(
                    "holds {}, which is neither file, directory nor link",
                    path.display()
                )));
            }
        }
    }
    Ok(())
}

fn unpack_zip(bytes: &[u8], unpacking: &mut Unpacking<'_>) -> Result<(), FetchError> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(damaged)?;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(damaged)?;
        let name = PathBuf::from(&*entry.name().map_err(damaged)?);
        let Some(path) = unpacking.place(&name)? else { continue };
        if entry.is_dir() {
            unpacking.directory(&path)?;
        } else if entry.is_symlink() {
            let mut target = String::new();
            entry.read_to_string(&mut target).map_err(damaged)?;
            unpacking.link(&path, Path::new(&target))?;
        } else {
            let mode = entry.unix_mode().unwrap_or(0o644);
            unpacking.file(&path, mode, &mut entry)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
