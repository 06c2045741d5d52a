//! Workspaces: states beside each other under one configuration, in the places that Terraform keeps them.

use std::path::{Path, PathBuf};

use model::Diagnostic;

/// The workspace that is always there.
pub const DEFAULT: &str = "default";

/// What a name has to be like, in words.
pub const NAME_RULE: &str = "it is made of letters, digits and -._~ and the like, as a URL takes them, without spaces or \
                             slashes, and is neither \".\" nor \"..\"";

/// Whether a workspace may have this name: it becomes a directory, and a part of URLs.
pub fn is_workspace_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(c);
    !name.is_empty() && name != "." && name != ".." && name.chars().all(fits)
}

/// The workspace that the environment variable asks for, which outweighs the selected one.
pub(super) fn overriding() -> Option<String> {
    std::env::var("TF_WORKSPACE").ok().filter(|name| !name.is_empty())
}

/// The workspace that was selected in this directory, and the file that says so.
pub(super) fn remembered() -> (String, String) {
    let file = selection();
    (read_selection(&file), file.display().to_string())
}

fn read_selection(file: &Path) -> String {
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    if kept.trim().is_empty() { DEFAULT.into() } else { kept.trim().into() }
}

/// The file that keeps the selected workspace.
fn selection() -> PathBuf {
    super::data_dir().join("environment")
}

/// The workspaces of one configuration.
#[derive(Clone, Debug)]
pub struct Workspaces {
    kept: Kept,
    selection: PathBuf,
    overriding: Option<String>,
}

/// Where their states are kept.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    /// In a directory of files, each in a directory of its own.
    Files(PathBuf),
    /// Elsewhere: a workspace is there with its state. These were there when it was asked for.
    Elsewhere(Vec<String>),
}

impl Workspaces {
    /// Workspaces whose states are kept in some way.
    pub(super) fn new(kept: Kept) -> Workspaces {
        Workspaces { kept, selection: selection(), overriding: overriding() }
    }

    /// Workspaces of another directory than the current one.
    #[cfg(test)]
    pub fn within(directory: &Path, overriding: Option<&str>) -> Workspaces {
        Workspaces {
            kept: Kept::Files(directory.join("terraform.tfstate.d")),
            selection: directory.join(".terraform/environment"),
            overriding: overriding.map(str::to_owned),
        }
    }

    /// The workspace that the environment variable `TF_WORKSPACE` asks for.
    pub fn overriding(&self) -> Option<&str> {
        self.overriding.as_deref()
    }

    /// The workspace that commands work on.
    pub fn selected(&self) -> String {
        self.overriding.clone().unwrap_or_else(|| read_selection(&self.selection))
    }

    /// Whether a workspace is there only once it has a state.
    pub fn begin_with_a_state(&self) -> bool {
        matches!(self.kept, Kept::Elsewhere(_))
    }

    /// All names: the default one first, the others in their order.
    pub fn names(&self) -> Vec<String> {
        let mut names = match &self.kept {
            Kept::Files(states) => directories(states),
            Kept::Elsewhere(names) => names.clone(),
        };
        names.retain(|name| name != DEFAULT);
        names.sort();
        names.insert(0, DEFAULT.into());
        names
    }

    /// Whether there is a workspace of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.names().iter().any(|n| n == name)
    }

    /// Makes a place for the workspace's state.
    pub fn create(&self, name: &str) -> Result<(), Diagnostic> {
        let Kept::Files(states) = &self.kept else { return Ok(()) };
        let directory = states.join(name);
        std::fs::create_dir_all(&directory).map_err(|e| failed("made", &directory, &e))
    }

    /// Remembers which workspace to work on from now on.
    pub fn select(&self, name: &str) -> Result<(), Diagnostic> {
        let directory = self.selection.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory)
            .and_then(|()| std::fs::write(&self.selection, name))
            .map_err(|e| failed("written", &self.selection, &e))
    }

    /// Removes the place of the workspace's state, whatever is left there.
    pub fn remove(&self, name: &str) -> Result<(), Diagnostic> {
        let Kept::Files(states) = &self.kept else { return Ok(()) };
        let directory = states.join(name);
        std::fs::remove_dir_all(&directory).map_err(|e| failed("removed", &directory, &e))
    }
}

fn directories(within: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(within).into_iter().flatten().flatten();
    entries.filter(|e| e.path().is_dir()).filter_map(|e| e.file_name().into_string().ok()).collect()
}

fn failed(done: &str, path: &Path, error: &std::io::Error) -> Diagnostic {
    let detail = format!("{} could not be {done}: {error}.", path.display());
    Diagnostic::error("Failed to change the workspaces", detail)
}
