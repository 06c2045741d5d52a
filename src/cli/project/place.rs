//! Which environment or workspace a command works on.

use model::Diagnostic;

use super::workspaces::{NAME_RULE, is_workspace_name, overriding, remembered};

/// Which environment or workspace a command works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of `environments/`.
    Environment(String),
    /// A workspace, as in Terraform.
    Workspace(String),
}

impl Place {
    /// The name, which `terraform.workspace` gives.
    pub fn name(&self) -> &str {
        match self {
            Place::Environment(name) | Place::Workspace(name) => name,
        }
    }
}

/// The environments of the current directory, by name.
pub fn environments() -> Vec<String> {
    let entries = std::fs::read_dir("environments").into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|e| Some(e.file_name().to_str()?.strip_suffix(".hcl")?.to_owned()))
        .filter(|n| !n.starts_with('.'))
        .collect();
    names.sort();
    names
}

/// Finds out what the command is to work on. Where there are environments, one must be named unless there is only one.
pub fn choose_place(asked: Option<&str>) -> Result<Place, Diagnostic> {
    let asked =
        asked.map(str::to_owned).or_else(|| std::env::var("STACKWRIGHT_ENV").ok()).filter(|n| !n.is_empty());
    let names = environments();
    if names.is_empty() {
        return match asked {
            None => selected_workspace().map(Place::Workspace),
            Some(name) => Err(no_such_environment(format!(
                "The environment {name:?} was asked for, but this directory has no environments/ folder."
            ))),
        };
    }
    let name = choose_environment(asked, &names)?;
    match overriding() {
        Some(workspace) if workspace != name => Err(workspace_beside_environments(&workspace, &name)),
        Some(_) | None => Ok(Place::Environment(name)),
    }
}

fn choose_environment(asked: Option<String>, names: &[String]) -> Result<String, Diagnostic> {
    let list = names.join(", ");
    match (asked, names) {
        (Some(name), _) if names.contains(&name) => Ok(name),
        (Some(name), _) => Err(no_such_environment(format!(
            "There is no file environments/{name}.hcl. The environments are: {list}.{}",
            model::diagnostic::did_you_mean(&name, names.iter().map(|n| &**n))
        ))),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(Diagnostic::error(
            "No environment chosen",
            format!(
                "This stack has several environments: {list}. Name the one to work on with -env=NAME or in the environment \
                 variable STACKWRIGHT_ENV."
            ),
        )),
    }
}

fn no_such_environment(detail: String) -> Diagnostic {
    Diagnostic::error("No such environment", detail)
}

/// Passing over a workspace that somebody set could change something else than what is meant.
fn workspace_beside_environments(workspace: &str, environment: &str) -> Diagnostic {
    Diagnostic::error(
        "Workspace in a stack with environments",
        format!(
            "The environment variable TF_WORKSPACE says {workspace:?}, but this stack has environments, each with a state \
             of its own, and {environment:?} would be worked on. Unset TF_WORKSPACE, and choose with -env=NAME."
        ),
    )
}

/// The selected workspace, as Terraform keeps it.
pub fn selected_workspace() -> Result<String, Diagnostic> {
    let (name, source) = match overriding() {
        Some(name) => (name, "TF_WORKSPACE".to_owned()),
        None => remembered(),
    };
    if is_workspace_name(&name) {
        return Ok(name);
    }
    let detail = format!("{name:?} cannot be the name of a workspace: {NAME_RULE}.");
    Err(Diagnostic::error(format!("Invalid workspace name set using {source}"), detail))
}
