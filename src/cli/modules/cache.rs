//! What was fetched once, for all projects of a user.
//!
//! `content/SHA256` holds trees, each under the digest of what is in it; `sources/SHA256` says which tree a revision of a
//! package is. A tree is made in `rooms/` and moved into its place as a whole. One whose content no longer has its digest
//! is thrown away and fetched again.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::archive::sha256;
use super::fetch::FetchError;
use super::tree;

/// A room that nobody cleared in this time belongs to a process that is gone.
const ROOM_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Trees by content, and packages by revision.
pub struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// A cache in a directory, which is made when something is kept.
    pub fn new(dir: &Path) -> Cache {
        Cache { dir: dir.into() }
    }

    /// A fresh directory for a tree in the making.
    pub fn room(&self) -> Result<tempfile::TempDir, FetchError> {
        let rooms = self.dir.join("rooms");
        std::fs::create_dir_all(&rooms).map_err(|e| FetchError::disk(&rooms, e))?;
        sweep(&rooms);
        tempfile::tempdir_in(&rooms).map_err(|e| FetchError::disk(&rooms, e))
    }

    /// The tree of a revision of a package, if it is here and whole.
    pub fn find(&self, package: &str, revision: &str) -> Option<PathBuf> {
        let digest = self.noted(package, revision)?;
        let tree = self.dir.join("content").join(&digest);
        if tree::digest(&tree).is_ok_and(|found| found == digest) {
            return Some(tree);
        }
        let _damaged = std::fs::remove_file(self.source(package, revision));
        let _damaged = std::fs::remove_dir_all(&tree);
        None
    }

    /// Keeps a tree as a revision of a package; where it lies from now on.
    pub fn keep(
        &self,
        package: &str,
        revision: &str,
        room: tempfile::TempDir,
    ) -> Result<PathBuf, FetchError> {
        let digest = tree::digest(room.path())?;
        let place = self.dir.join("content").join(&digest);
        if !place.is_dir() {
            make_parent(&place)?;
            let made = room.keep();
            if let Err(e) = std::fs::rename(&made, &place) {
                let _leftover = std::fs::remove_dir_all(&made);
                // Somebody else was as quick with the same content.
                if !place.is_dir() {
                    return Err(FetchError::disk(&place, e));
                }
            }
        }
        self.note(package, revision, &digest)?;
        Ok(place)
    }

    /// What was noted about a revision of a package: of one that is kept, the digest of its tree.
    pub fn noted(&self, package: &str, revision: &str) -> Option<String> {
        std::fs::read_to_string(self.source(package, revision)).ok()
    }

    /// Notes a text about a revision of a package, replacing what was noted before.
    pub fn note(&self, package: &str, revision: &str, text: &str) -> Result<(), FetchError> {
        let source = self.source(package, revision);
        make_parent(&source)?;
        let parent = source.parent().unwrap_or(&self.dir);
        let written = tempfile::NamedTempFile::new_in(parent).and_then(|mut file| {
            std::io::Write::write_all(&mut file, text.as_bytes())?;
            file.persist(&source).map_err(|e| e.error)
        });
        written.map(drop).map_err(|e| FetchError::disk(&source, e))
    }

    fn source(&self, package: &str, revision: &str) -> PathBuf {
        self.dir.join("sources").join(sha256(format!("{package}\n{revision}").as_bytes()))
    }
}

fn make_parent(path: &Path) -> Result<(), FetchError> {
    let parent = path.parent().unwrap_or(path);
    std::fs::create_dir_all(parent).map_err(|e| FetchError::disk(parent, e))
}

/// Removes what killed processes left in the making.
fn sweep(rooms: &Path) {
    let entries = std::fs::read_dir(rooms).into_iter().flatten().flatten();
    for entry in entries {
        let modified = entry.metadata().and_then(|m| m.modified());
        let age = modified.ok().and_then(|m| SystemTime::now().duration_since(m).ok());
        if age.is_some_and(|age| age > ROOM_AGE) {
            let _gone = std::fs::remove_dir_all(entry.path());
        }
    }
}
