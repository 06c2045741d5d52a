//! `workspace new`

use std::path::Path;

use model::{Diagnostic, Diagnostics};
use state::StateSnapshot;

use super::{already_there, bad_name, create, settled};
use crate::app::App;
use crate::args::WorkspaceNewArgs;
use crate::commands::run::state_error;
use crate::commands::terminal::Terminal;
use crate::project::{Project, Workspaces, is_workspace_name};
use crate::view::View;

pub(super) async fn run_new(
    app: &App,
    view: &View,
    args: &WorkspaceNewArgs,
    project: &Project,
    workspaces: &Workspaces,
) -> u8 {
    let copied = match args.state.as_deref().map(read_copied).transpose() {
        Ok(copied) => copied,
        Err(diag) => {
            view.tell_one(diag);
            return 1;
        }
    };
    if let Some(status) = settled(app, |t| refuse_new(args, workspaces, t)) {
        return status;
    }
    create(app, view, &args.name, copied, (project, workspaces)).await
}

/// The state to start from, under a name of its own: the two go apart from here.
fn read_copied(path: &Path) -> Result<StateSnapshot, Diagnostic> {
    let bytes = std::fs::read(path).map_err(|e| {
        Diagnostic::error("Failed to read the given file", format!("{} cannot be read: {e}.", path.display()))
    })?;
    let snapshot = state::format::read(&bytes, &path.to_string_lossy()).map_err(|e| state_error(&e))?;
    Ok(StateSnapshot { lineage: crate::world::uuid(), serial: 1, ..snapshot })
}

/// Why a workspace cannot be made, which has been said: then the exit status.
pub(in crate::commands) fn refuse_new(
    args: &WorkspaceNewArgs,
    workspaces: &Workspaces,
    terminal: &mut Terminal,
) -> Result<Option<u8>, Diagnostics> {
    let name = &args.name;
    let why = if !is_workspace_name(name) {
        bad_name(name)
    } else if let Some(overriding) = workspaces.overriding().filter(|o| o != name) {
        format!(
            "The workspace is currently overridden using the TF_WORKSPACE environment variable: every command works on \
             {overriding:?}. Unset TF_WORKSPACE, or set it to {name:?}; then make the workspace.\n"
        )
    } else if workspaces.contains(name) {
        already_there(name)
    } else {
        return Ok(None);
    };
    terminal.refuse(&why).map(Some)
}
