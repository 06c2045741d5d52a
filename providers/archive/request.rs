//! What an archive is to be, read from arguments.

use std::path::{Path, PathBuf};

use model::Value;
use model::glob::Pattern;
use provider::{Call, ProviderError, text};

use crate::schema;

/// A kind of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `zip`
    Zip,
    /// `tar.gz`
    TarGz,
}

/// What goes into an archive.
pub(crate) enum Source {
    /// Texts with their paths in the archive.
    Texts(Vec<(String, String)>),
    /// One file.
    File(PathBuf),
    /// All files of a directory, but for some.
    Directory {
        /// The directory.
        path: PathBuf,
        /// What is left out.
        excludes: Vec<Pattern>,
        /// Whether what links to directories lead to is part of it.
        follows_directories: bool,
    },
}

/// An archive to be made. Paths are absolute.
pub(crate) struct Request {
    /// Which kind.
    pub(crate) kind: Kind,
    /// Of what.
    pub(crate) source: Source,
    /// The permission of every entry; its own where there is none.
    pub(crate) mode: Option<u32>,
    /// Where to.
    pub(crate) output: PathBuf,
}

impl Request {
    /// Reads arguments that are known; what could not be checked before is now.
    pub(crate) fn of(call: Call<'_>, arguments: &Value) -> Result<Request, ProviderError> {
        if let Some(error) = schema::check(arguments).into_iter().find(|e| !e.warning) {
            return Err(error);
        }
        let base = call.around.current_dir();
        let kind = if text(arguments, "type") == Some("zip") { Kind::Zip } else { Kind::TarGz };
        Ok(Request {
            kind,
            source: source(arguments, &base)?,
            mode: text(arguments, "output_file_mode").and_then(schema::mode),
            output: base.join(text(arguments, "output_path").unwrap_or_default()),
        })
    }
}

fn source(arguments: &Value, base: &Path) -> Result<Source, ProviderError> {
    if let Some(path) = text(arguments, "source_dir") {
        let follows = arguments.get("exclude_symlink_directories").and_then(Value::as_bool) != Some(true);
        let excludes = excludes(arguments)?;
        return Ok(Source::Directory { path: base.join(path), excludes, follows_directories: follows });
    }
    if let Some(path) = text(arguments, "source_file") {
        return Ok(Source::File(base.join(path)));
    }
    let own = |name: &str| text(arguments, name).unwrap_or_default().to_owned();
    let mut texts: Vec<(String, String)> = match text(arguments, "source_content_filename") {
        Some(name) => vec![(name.to_owned(), own("source_content"))],
        None => blocks(arguments),
    };
    texts.sort();
    check_names(&texts)?;
    Ok(Source::Texts(texts))
}

/// The `source` blocks: path and text.
fn blocks(arguments: &Value) -> Vec<(String, String)> {
    let blocks = arguments.get("source").and_then(Value::as_items).unwrap_or_default().iter();
    let part = |block: &Value, name: &str| text(block, name).unwrap_or_default().to_owned();
    blocks.map(|block| (part(block, "filename"), part(block, "content"))).collect()
}

/// Every path has to lead to a place of its own within the archive.
fn check_names(texts: &[(String, String)]) -> Result<(), ProviderError> {
    let refuse = |detail: String| Err(ProviderError::invalid("Invalid path in archive", detail));
    for (name, _) in texts {
        let inside = Path::new(name).components().all(|c| matches!(c, std::path::Component::Normal(_)));
        if name.is_empty() || !inside {
            return refuse(format!(
                "{name:?} is no path within an archive. Give a relative path without \"..\", for example \"src/main.py\"."
            ));
        }
    }
    match texts.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => {
            refuse(format!("Two texts have the path {:?} in the archive. Give each its own.", pair[0].0))
        }
        None => Ok(()),
    }
}

fn excludes(arguments: &Value) -> Result<Vec<Pattern>, ProviderError> {
    let given = arguments.get("excludes").and_then(Value::as_items).unwrap_or_default().iter();
    let patterns = given.filter_map(Value::as_str).filter(|p| !p.is_empty());
    let parse = |pattern: &model::Str| {
        Pattern::parse(pattern.trim_end_matches('/')).ok_or_else(|| {
            let detail = format!("{pattern:?} is not a pattern: a bracket or brace in it has no end.");
            ProviderError::invalid("Invalid pattern", detail).at(model::Path::of_attr("excludes"))
        })
    };
    patterns.map(parse).collect()
}
