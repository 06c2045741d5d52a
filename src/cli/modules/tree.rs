//! Directory trees of packages: their digest, their way into a project, and directories within them.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use super::fetch::{FetchError, Fetched, FetchedKind};

/// What a tree holds, in order.
enum Node {
    Dir,
    File { is_program: bool },
    Link(PathBuf),
}

/// Every directory, file and link of a tree by its path within, ordered. Whatever else there is, and links that lead out,
/// are errors.
fn nodes(root: &Path) -> Result<Vec<(PathBuf, Node)>, FetchError> {
    let mut found = Vec::new();
    let mut stack = vec![PathBuf::new()];
    while let Some(dir) = stack.pop() {
        let place = root.join(&dir);
        let entries = std::fs::read_dir(&place).map_err(|e| FetchError::disk(&place, e))?;
        for entry in entries {
            let entry = entry.map_err(|e| FetchError::disk(&place, e))?;
            let path = dir.join(entry.file_name());
            let meta = entry.metadata().map_err(|e| FetchError::disk(&entry.path(), e))?;
            let node = if meta.is_dir() {
                stack.push(path.clone());
                Node::Dir
            } else if meta.is_file() {
                Node::File { is_program: meta.permissions().mode() & 0o111 != 0 }
            } else if meta.is_symlink() {
                let target =
                    std::fs::read_link(entry.path()).map_err(|e| FetchError::disk(&entry.path(), e))?;
                check_link(&path, &target)?;
                Node::Link(target)
            } else {
                return Err(FetchError::Address(format!(
                    "{} is neither file, directory nor link",
                    path.display()
                )));
            };
            found.push((path, node));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// A link of a package must lead to something within the package.
pub fn check_link(path: &Path, target: &Path) -> Result<(), FetchError> {
    let mut depth = path.components().count() as isize - 1;
    let mut stays = true;
    for part in target.components() {
        match part {
            Component::ParentDir => depth -= 1,
            Component::CurDir => {}
            Component::Normal(_) => depth += 1,
            Component::RootDir | Component::Prefix(_) => stays = false,
        }
        stays &= depth >= 0;
    }
    match stays {
        true => Ok(()),
        false => Err(FetchError::Address(format!(
            "the link {} leads out of the package, to {}",
            path.display(),
            target.display()
        ))),
    }
}

/// The digest of a tree: of all names, contents, links, and whether files are programs.
pub fn digest(root: &Path) -> Result<String, FetchError> {
    let mut all = Sha256::new();
    for (path, node) in nodes(root)? {
        let (word, content) = match node {
            Node::Dir => ("dir", Vec::new()),
            Node::Link(target) => ("link", target.as_os_str().as_encoded_bytes().to_vec()),
            Node::File { is_program } => {
                let place = root.join(&path);
                let bytes = std::fs::read(&place).map_err(|e| FetchError::disk(&place, e))?;
                (if is_program { "program" } else { "file" }, bytes)
            }
        };
        let name = path.as_os_str().as_encoded_bytes();
        all.update(format!("{word} {} {} ", name.len(), content.len()));
        all.update(name);
        all.update(&content);
    }
    Ok(all.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

/// Puts a package into its place, instead of what was there.
pub fn install(fetched: &Fetched, place: &Path) -> Result<(), FetchError> {
    let parent = place.parent().unwrap_or(place);
    std::fs::create_dir_all(parent).map_err(|e| FetchError::disk(parent, e))?;
    let room = tempfile::Builder::new().prefix(".installing-").tempdir_in(parent);
    let room = room.map_err(|e| FetchError::disk(parent, e))?;
    let made = room.path().join("new");
    match fetched.kind() {
        FetchedKind::Link(target) => symlink(target, &made).map_err(|e| FetchError::disk(&made, e))?,
        FetchedKind::Copy(tree) => copy(tree, &made)?,
    }
    if place.symlink_metadata().is_ok() {
        let old = room.path().join("old");
        std::fs::rename(place, &old).map_err(|e| FetchError::disk(place, e))?;
    }
    std::fs::rename(&made, place).map_err(|e| FetchError::disk(place, e))
}

fn copy(from: &Path, to: &Path) -> Result<(), FetchError> {
    std::fs::create_dir(to).map_err(|e| FetchError::disk(to, e))?;
    for (path, node) in nodes(from)? {
        let (source, target) = (from.join(&path), to.join(&path));
        let made = match node {
            Node::Dir => std::fs::create_dir(&target),
            Node::File { .. } => std::fs::copy(&source, &target).map(drop),
            Node::Link(to) => symlink(to, &target),
        };
        made.map_err(|e| FetchError::disk(&target, e))?;
    }
    Ok(())
}

/// The directory of a package that a path with wildcards means, which must be exactly one.
pub fn find(package: &Path, subdir: &str) -> Result<PathBuf, String> {
    let mut found = vec![package.to_owned()];
    for part in subdir.split('/').filter(|p| !p.is_empty()) {
        found = found.iter().flat_map(|dir| matching(dir, part)).collect();
    }
    match &found[..] {
        [one] if one.is_dir() => Ok(one.clone()),
        [] | [_] => Err(format!("the package has no directory {subdir:?}")),
        _ => Err(format!("the package has several directories that {subdir:?} fits")),
    }
}

fn matching(dir: &Path, pattern: &str) -> Vec<PathBuf> {
    if !pattern.contains(['*', '?']) {
        return Some(dir.join(pattern)).filter(|d| d.is_dir()).into_iter().collect();
    }
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let named = entries.filter(|e| e.path().is_dir() && fits(&e.file_name().to_string_lossy(), pattern));
    let mut all: Vec<PathBuf> = named.map(|e| e.path()).collect();
    all.sort();
    all
}

/// Whether a name fits a pattern of `*` and `?`.
fn fits(name: &str, pattern: &str) -> bool {
    let (name, pattern): (Vec<char>, Vec<char>) = (name.chars().collect(), pattern.chars().collect());
    let mut possible = vec![false; name.len() + 1];
    possible[0] = true;
    for p in pattern {
        let before = possible.clone();
        for at in 0..=name.len() {
            possible[at] = match p {
                '*' => before[at] || at > 0 && possible[at - 1],
                '?' => at > 0 && before[at - 1],
                c => at > 0 && before[at - 1] && name[at - 1] == c,
            };
        }
    }
    possible[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_names() {
        for (name, pattern, expected) in [
            ("repo-1a2b", "*", true),
            ("repo-1a2b", "repo-*", true),
            ("repo", "r?po", true),
            ("repo", "r?", false),
            ("a", "a*b", false),
        ] {
            assert_eq!(fits(name, pattern), expected, "{name} {pattern}");
        }
    }

    #[test]
    fn links_stay_within() {
        for (path, target, stays) in [
            ("a/l", "../b", true),
            ("l", "b/../c", true),
            ("l", "../b", false),
            ("a/l", "../../b", false),
            ("l", "/etc", false),
        ] {
            assert_eq!(check_link(Path::new(path), Path::new(target)).is_ok(), stays, "{path} {target}");
        }
    }
}
