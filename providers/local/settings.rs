//! What both providers take: the directory that relative paths start at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use model::{Attribute, Block, Schema, Type, Value};
use provider::{Call, Client, Surroundings, text};

use crate::disk;

/// A configured provider.
struct Settings {
    root: PathBuf,
    /// Directories that were made by resources deleted in this run: to be removed with the last that is in them.
    abandoned: Mutex<BTreeSet<PathBuf>>,
}

/// The arguments of a `provider` block, and of a `connector` block.
pub(crate) fn schema(description: &str) -> Schema {
    let root = "The directory that relative paths start at; the working directory if left out.";
    Schema::new(Block::new(description).attr("root", Attribute::optional(Type::String, root)))
}

/// Makes the client of either provider.
pub(crate) fn client(config: &Value, around: &dyn Surroundings) -> Client {
    let root = around.current_dir().join(text(config, "root").unwrap_or_default());
    Arc::new(Settings { root, abandoned: Mutex::default() })
}

fn root(call: Call<'_>) -> PathBuf {
    match call.client::<Settings>() {
        Some(settings) => settings.root.clone(),
        None => call.around.current_dir(),
    }
}

/// The absolute form of a path that a resource was given.
pub(crate) fn resolve(call: Call<'_>, path: &str) -> PathBuf {
    // Without its dots, so that its parents are really the directories that lead to it.
    root(call).join(path).components().collect()
}

/// The identity and absolute path that a resource at a path will have; unknown as long as the path is.
pub(crate) fn place(call: Call<'_>, path: Option<&Value>) -> [(&'static str, Value); 2] {
    let known = path.and_then(Value::as_str);
    let unknown = || Value::unknown_not_null(Type::String);
    [
        ("id", known.map_or_else(unknown, Value::string)),
        ("absolute_path", known.map_or_else(unknown, |p| Value::string(resolve(call, p).to_string_lossy()))),
    ]
}

/// The form in which a path is recorded: relative where it lies below the root, so that a project can be moved.
pub(crate) fn recorded(call: Call<'_>, paths: &[PathBuf]) -> Value {
    let root = root(call);
    let short = |path: &PathBuf| path.strip_prefix(&root).unwrap_or(path).to_string_lossy().into_owned();
    Value::list(Type::String, paths.iter().map(|path| Value::string(short(path))).collect())
}

/// Removes the directories that a resource made on the way to its path, as far as they are empty. Those that are not are
/// tried again when another resource below them goes.
pub(crate) fn remove_parents(call: Call<'_>, path: &Path, recorded: Option<&Value>) {
    let made = recorded.and_then(Value::as_items).unwrap_or_default().iter();
    let made = made.filter_map(Value::as_str).map(|dir| resolve(call, dir));
    let Some(settings) = call.client::<Settings>() else {
        return disk::remove_empty(&made.collect::<Vec<_>>());
    };
    let mut abandoned = settings.abandoned.lock().unwrap_or_else(PoisonError::into_inner);
    abandoned.extend(made);
    let mut ours: Vec<PathBuf> =
        path.ancestors().skip(1).filter(|dir| abandoned.contains(*dir)).map(Path::to_owned).collect();
    ours.reverse();
    disk::remove_empty(&ours);
}
