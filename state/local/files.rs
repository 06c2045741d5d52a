//! The files of one state, and how each is replaced as a whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::BackendError;

/// The paths of everything that belongs to one state file.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    pub(super) document: PathBuf,
    pub(super) directory: PathBuf,
    pub(super) journal: PathBuf,
    pub(super) sidecar: PathBuf,
    pub(super) backup: PathBuf,
    /// The directory of earlier snapshots.
    pub(super) history: PathBuf,
    /// Our own lock.
    pub(super) lock: PathBuf,
    /// Who holds it, where Terraform looks too.
    pub(super) lock_info: PathBuf,
}

impl Paths {
    pub(super) fn new(document: PathBuf) -> Paths {
        let directory = match document.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        let name = document.file_name().unwrap_or_default();
        let beside = |before: &str, after: &str| {
            let mut file = OsString::from(before);
            file.push(name);
            file.push(after);
            document.with_file_name(file)
        };
        Paths {
            journal: beside("", ".journal"),
            sidecar: beside("", ".sidecar.json"),
            backup: beside("", ".backup"),
            history: beside("", ".history"),
            lock: beside(".", ".lock"),
            lock_info: beside(".", ".lock.info"),
            directory,
            document,
        }
    }
}

/// Says what was attempted when something fails.
pub(super) fn failed(verb: &str, path: &Path) -> impl FnOnce(io::Error) -> BackendError {
    let what = format!("cannot {verb} {}", path.display());
    move |source| BackendError::Io { what, source }
}

/// A file's content, or nothing where there is no such file.
pub(super) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, BackendError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path)(error)),
    }
}

/// Removes a file, if it is there.
pub(super) fn remove_if_there(path: &Path) -> Result<bool, BackendError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed("remove", path)(error)),
    }
}

/// Makes the names in a directory durable.
pub(super) fn sync_directory(path: &Path) -> Result<(), BackendError> {
    if cfg!(unix) {
        File::open(path).and_then(|d| d.sync_all()).map_err(failed("write", path))?;
    }
    Ok(())
}

/// A file that is not yet in its place: written and durable under another name.
pub(super) struct Prepared {
    /// Open for reading and writing.
    pub(super) file: File,
    temporary: PathBuf,
}

/// Writes content under a temporary name beside its place. Only the holder of the lock calls it, so one name suffices,
/// and what a crash left there is overwritten.
pub(super) fn prepare(place: &Path, bytes: &[u8]) -> Result<Prepared, BackendError> {
    let mut name = OsString::from(".");
    name.push(place.file_name().unwrap_or_default());
    name.push(".new");
    let temporary = place.with_file_name(name);
    remove_if_there(&temporary)?;
    let write = || {
        let mut file = private().read(true).write(true).create_new(true).open(&temporary)?;
        if let Ok(old) = fs::metadata(place) {
            file.set_permissions(old.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(file)
    };
    match write() {
        Ok(file) => Ok(Prepared { file, temporary }),
        Err(error) => {
            let _ = fs::remove_file(&temporary);
            Err(failed("write", place)(error))
        }
    }
}

impl Prepared {
    /// Puts the file in its place, durably.
    pub(super) fn publish(self, place: &Path, directory: &Path) -> Result<File, BackendError> {
        fs::rename(&self.temporary, place).map_err(failed("write", place))?;
        sync_directory(directory)?;
        Ok(self.file)
    }

    /// Puts the file in its place, where nothing may be yet. Gives nothing if something is.
    pub(super) fn publish_new(self, place: &Path, directory: &Path) -> Result<Option<File>, BackendError> {
        match fs::hard_link(&self.temporary, place) {
            Ok(()) => remove_if_there(&self.temporary)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                remove_if_there(&self.temporary)?;
                return Ok(None);
            }
            Err(_) => return self.publish(place, directory).map(Some),
        };
        sync_directory(directory)?;
        Ok(Some(self.file))
    }
}

/// Options for files that only their owner may read: states hold secrets.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Keeps a file's content under another name as well. Neither file is ever written in place, so they may share it.
pub(super) fn keep_as(path: &Path, backup: &Path) -> Result<(), BackendError> {
    remove_if_there(backup)?;
    if fs::hard_link(path, backup).is_err() {
        fs::copy(path, backup).map_err(failed("write", backup))?;
    }
    Ok(())
}

/// The file of an earlier snapshot.
pub(super) fn kept(history: &Path, serial: u64) -> PathBuf {
    history.join(format!("{serial}.tfstate"))
}

/// The serials of earlier snapshots, rising.
pub(super) fn kept_serials(history: &Path) -> Result<Vec<u64>, BackendError> {
    let entries = match fs::read_dir(history) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("read", history)(error)),
    };
    let names = entries.flatten().filter_map(|e| e.file_name().into_string().ok());
    let mut serials: Vec<u64> = names.filter_map(|n| n.strip_suffix(".tfstate")?.parse().ok()).collect();
    serials.sort_unstable();
    Ok(serials)
}
