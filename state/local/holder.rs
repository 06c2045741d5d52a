//! Who holds a local state: the lock's file, and the note beside it.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::files::{self, Paths, failed};
use super::oslock;
use crate::{BackendError, LockInfo};

/// Takes our own lock, or gives nothing where somebody has it. A holder removes the file when done, so what was locked
/// may be no longer the file at that place; then another attempt is due.
pub(super) fn take(path: &Path) -> Result<Option<File>, BackendError> {
    loop {
        let mut options = files::private();
        let open = options.read(true).write(true).create(true).truncate(false).open(path);
        let file = open.map_err(failed("create", path))?;
        if !oslock::try_lock(&file).map_err(failed("lock", path))? {
            return Ok(None);
        }
        if is_at(&file, path) {
            return Ok(Some(file));
        }
    }
}

/// Whether an open file is still the one at a path.
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (Ok(open), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
        (open.dev(), open.ino()) == (there.dev(), there.ino())
    }
    #[cfg(not(unix))]
    {
        file.metadata().is_ok() && fs::metadata(path).is_ok()
    }
}

/// Who holds the state now, Terraform included.
pub(super) fn holder(paths: &Paths) -> Result<Option<LockInfo>, BackendError> {
    for path in [&paths.lock, &paths.document] {
        let file = match File::open(path) {
            Ok(file) => file,
            // Whoever may not read the file may not read the state either, and is told so there.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) =>
            {
                continue;
            }
            Err(error) => return Err(failed("read", path)(error)),
        };
        if oslock::is_locked(&file).map_err(failed("lock", path))? {
            return Ok(Some(announced(paths)));
        }
    }
    Ok(None)
}

/// What the note says, or what little is known where there is none yet.
pub(super) fn announced(paths: &Paths) -> LockInfo {
    read_info(&paths.lock_info).unwrap_or_else(|| LockInfo {
        id: String::new(),
        operation: String::new(),
        who: "another program".into(),
        version: String::new(),
        created: "a moment ago".into(),
        info: String::new(),
        path: paths.document.display().to_string(),
    })
}

/// Reads a note.
pub(super) fn read_info(path: &Path) -> Option<LockInfo> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Leaves the note for others.
pub(super) fn announce(paths: &Paths, info: &LockInfo) -> Result<(), BackendError> {
    let bytes = serde_json::to_vec(info).unwrap_or_default();
    files::prepare(&paths.lock_info, &bytes)?.publish(&paths.lock_info, &paths.directory).map(|_| ())
}
