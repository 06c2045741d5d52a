//! Files and directories: written whole, with permissions, with errors that say what stands in the way.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind as Io, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use model::Value;
use provider::{ErrorKind, ProviderError, text};

/// Reads a permission as people write it: three or four octal digits.
pub(crate) fn mode(text: &str) -> Option<u32> {
    let octal = (3..=4).contains(&text.len()) && text.bytes().all(|b| (b'0'..=b'7').contains(&b));
    if octal { u32::from_str_radix(text, 8).ok() } else { None }
}

/// The permission that an attribute holds.
pub(crate) fn mode_of(object: &Value, name: &str) -> Option<u32> {
    text(object, name).and_then(mode)
}

/// Finds an attribute that is no permission.
pub(crate) fn check_mode(config: &Value, name: &str) -> Option<ProviderError> {
    let given = text(config, name)?;
    if mode(given).is_some() {
        return None;
    }
    let detail =
        format!("{given:?} is not a permission. Write three or four octal digits, for example \"0644\".");
    Some(ProviderError::invalid("Invalid permission", detail).at(model::Path::of_attr(name)))
}

/// The permission of a file or directory as four octal digits.
pub(crate) fn mode_text(permissions: &fs::Permissions) -> String {
    format!("{:04o}", permissions.mode() & 0o7777)
}

/// Sets a permission exactly, whatever the umask.
pub(crate) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Writes a file so that nobody ever sees it half written. The umask applies to its permission.
pub(crate) fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    // A link stays a link; its target is what is written.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Ok(existing) = fs::metadata(&path) {
        if existing.is_dir() {
            return Err(Io::IsADirectory.into());
        }
        // A device or pipe must not be replaced by a file.
        if !existing.is_file() {
            return fs::write(path, bytes);
        }
    }
    let temporary = temporary(&path);
    discard(&path);
    let written = write_new(&temporary, bytes, mode).and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        // The first failure is the one to tell.
        discard(&path);
    }
    written
}

/// Where a file's content stands until it is whole. The name follows from the file's, so that whoever writes or removes
/// the file next also removes what a killed process left.
fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    path.with_file_name(format!(".{name}.stackwright-new"))
}

/// Removes what a killed process left beside a file.
pub(crate) fn discard(path: &Path) {
    // Usually there is none.
    let _none = fs::remove_file(temporary(path));
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(bytes)
}

/// Makes the directories that lead to a path; gives those that were missing, outermost first. The umask applies.
pub(crate) fn make_parents(path: &Path, mode: u32) -> io::Result<Vec<PathBuf>> {
    let missing = path.ancestors().skip(1).take_while(|dir| fs::metadata(dir).is_err());
    let mut missing: Vec<PathBuf> =
        missing.filter(|dir| !dir.as_os_str().is_empty()).map(Path::to_owned).collect();
    missing.reverse();
    let mut made = Vec::new();
    for dir in missing {
        match fs::DirBuilder::new().mode(mode).create(&dir) {
            Ok(()) => made.push(dir),
            // Another resource made it meanwhile; it is not ours.
            Err(error) if error.kind() == Io::AlreadyExists && dir.is_dir() => {}
            Err(error) => {
                remove_empty(&made);
                return Err(error);
            }
        }
    }
    Ok(made)
}

/// Removes directories (outermost first in the list) as far as they are empty.
pub(crate) fn remove_empty(dirs: &[PathBuf]) {
    for dir in dirs.iter().rev() {
        if fs::remove_dir(dir).is_err_and(|error| error.kind() != Io::NotFound) {
            return;
        }
    }
}

/// Whether an error says that nothing is there: neither the file nor a directory on the way.
pub(crate) fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), Io::NotFound | Io::NotADirectory)
}

/// Words a failure: `what` is "write the file", for example.
pub(crate) fn failure(summary: &str, what: &str, path: &Path, error: &io::Error) -> ProviderError {
    let shown = path.display();
    let (kind, why) = match error.kind() {
        Io::IsADirectory => (ErrorKind::Invalid, "it is a directory".into()),
        Io::NotADirectory | Io::AlreadyExists => (ErrorKind::Invalid, obstacle(path)),
        Io::PermissionDenied => {
            (ErrorKind::Denied, "the permissions of the file or its directory forbid it".into())
        }
        Io::ReadOnlyFilesystem => {
            (ErrorKind::Denied, "it lies on a file system that is mounted read-only".into())
        }
        Io::StorageFull | Io::QuotaExceeded => (ErrorKind::Denied, "there is no space left".into()),
        _other => (ErrorKind::Invalid, error.to_string()),
    };
    ProviderError::new(kind, summary, format!("Cannot {what} {shown}: {why}."))
}

/// Names the file that stands where a directory is needed.
fn obstacle(path: &Path) -> String {
    let file = path.ancestors().find(|p| fs::symlink_metadata(p).is_ok_and(|m| !m.is_dir()));
    match file {
        Some(file) => format!("{} exists and is not a directory", file.display()),
        None => "something on the way is not a directory".into(),
    }
}
