//! The files that go into an archive, in order.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use model::glob::Pattern;

use crate::request::{Request, Source};

/// A file of an archive.
pub(crate) struct Entry {
    /// Its path in the archive.
    pub(crate) name: String,
    /// Its permission.
    pub(crate) mode: u32,
    /// Where its content is.
    pub(crate) content: Content,
}

/// The content of a file of an archive.
pub(crate) enum Content {
    /// A text.
    Text(String),
    /// That of a file.
    File(PathBuf),
}

/// Why the files cannot be had, as a whole sentence.
pub(crate) struct Unusable(pub(crate) String);

/// The permission of texts.
const TEXT_MODE: u32 = 0o644;

/// Finds the files of an archive. Names of each directory are in order, and what lies in a directory stands where it does.
pub(crate) fn entries(request: &Request) -> Result<Vec<Entry>, Unusable> {
    let mut found = match &request.source {
        Source::Texts(texts) => {
            let entry = |(name, text): &(String, String)| Entry {
                name: name.clone(),
                mode: TEXT_MODE,
                content: Content::Text(text.clone()),
            };
            texts.iter().map(entry).collect()
        }
        Source::File(path) => {
            vec![file(path, path.file_name().unwrap_or_default().to_string_lossy().into())?]
        }
        Source::Directory { path, excludes, follows_directories } => {
            let output = fs::canonicalize(&request.output).unwrap_or_else(|_| request.output.clone());
            let mut walk = Walk {
                excludes,
                follows: *follows_directories,
                output,
                within: Vec::new(),
                found: Vec::new(),
            };
            walk.directory(path, "")?;
            walk.found
        }
    };
    if found.is_empty() {
        return Err(Unusable("It would be empty, so it is not made.".into()));
    }
    if let Some(mode) = request.mode {
        found.iter_mut().for_each(|entry| entry.mode = mode);
    }
    Ok(found)
}

fn unusable(path: &Path, why: &io::Error) -> Unusable {
    Unusable(format!("{} cannot be read: {why}.", path.display()))
}

fn file(path: &Path, name: String) -> Result<Entry, Unusable> {
    let meta = fs::metadata(path).map_err(|why| unusable(path, &why))?;
    if !meta.is_file() {
        return Err(Unusable(format!("{} is not a file.", path.display())));
    }
    Ok(Entry { name, mode: meta.permissions().mode() & 0o7777, content: Content::File(path.to_owned()) })
}

/// A walk through a directory.
struct Walk<'r> {
    excludes: &'r [Pattern],
    follows: bool,
    /// The archive itself, which is never part of itself.
    output: PathBuf,
    /// The directories that the walk is in, without links.
    within: Vec<PathBuf>,
    found: Vec<Entry>,
}

impl Walk<'_> {
    /// Adds the files of a directory; `prefix` is its path in the archive.
    fn directory(&mut self, path: &Path, prefix: &str) -> Result<(), Unusable> {
        let real = fs::canonicalize(path).map_err(|why| unusable(path, &why))?;
        if self.within.contains(&real) {
            return Err(Unusable(format!(
                "The link {} leads back to a directory that it lies in. Leave it out with excludes.",
                path.display()
            )));
        }
        let listed = fs::read_dir(&real).map_err(|why| unusable(path, &why))?;
        let mut names: Vec<String> = Vec::new();
        for entry in listed {
            names.push(entry.map_err(|why| unusable(path, &why))?.file_name().to_string_lossy().into());
        }
        names.sort();
        self.within.push(real.clone());
        for name in names {
            let inside = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            self.entry(&real.join(&name), inside)?;
        }
        self.within.pop();
        Ok(())
    }

    fn entry(&mut self, path: &Path, name: String) -> Result<(), Unusable> {
        if self.excludes.iter().any(|pattern| pattern.matches(&name)) || *path == self.output {
            return Ok(());
        }
        let own = fs::symlink_metadata(path).map_err(|why| unusable(path, &why))?;
        let meta = fs::metadata(path).map_err(|why| unusable(path, &why))?;
        match meta.is_dir() {
            true if own.is_symlink() && !self.follows => Ok(()),
            true => self.directory(path, &name),
            false => {
                self.found.push(file(path, name)?);
                Ok(())
            }
        }
    }
}
