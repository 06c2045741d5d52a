//! From which configuration something was done.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Project;

impl Project {
    /// The digest of every file that was read.
    pub fn digest(&self) -> String {
        let mut sha = Sha256::new();
        for (path, text) in &self.files {
            for part in [path.as_bytes(), text.as_bytes()] {
                sha.update((part.len() as u64).to_be_bytes());
                sha.update(part);
            }
        }
        sha.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// The commit that is checked out where a directory lies, if it lies in a git repository.
pub fn commit(directory: &Path) -> Option<String> {
    let directory = directory.canonicalize().ok()?;
    let git = directory.ancestors().map(|d| d.join(".git")).find(|g| g.exists())?;
    let git = match fs::read_to_string(&git) {
        Ok(link) => git.parent()?.join(link.strip_prefix("gitdir:")?.trim()),
        Err(_) => git,
    };
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    let Some(name) = head.trim().strip_prefix("ref: ") else { return plausible(head.trim()) };
    // Work trees keep branches with the repository that they belong to.
    let common = fs::read_to_string(git.join("commondir")).ok().map(|c| git.join(c.trim()));
    let places: Vec<PathBuf> = common.into_iter().chain([git]).collect();
    places.iter().find_map(|place| resolve(place, name))
}

fn resolve(git: &Path, name: &str) -> Option<String> {
    if let Ok(commit) = fs::read_to_string(git.join(name)) {
        return plausible(commit.trim());
    }
    let packed = fs::read_to_string(git.join("packed-refs")).ok()?;
    let line = packed.lines().find(|line| line.split_once(' ').is_some_and(|(_, of)| of == name))?;
    plausible(line.split(' ').next()?)
}

fn plausible(commit: &str) -> Option<String> {
    (commit.len() >= 40 && commit.bytes().all(|b| b.is_ascii_hexdigit())).then(|| commit.to_owned())
}
