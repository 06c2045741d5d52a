//! `workspace new`

use std::path::Path;

use model::{Diagnostic, Diagnostics};
use state::StateSnapshot;

use super::{bad_name, create, store_of};
use crate::app::App;
use crate::args::WorkspaceNewArgs;
use crate::commands::run::state_error;
use crate::commands::terminal::{Terminal, over_standard_streams};
use crate::project::{Project, Workspaces, is_workspace_name, lock_info};
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
    let status = over_standard_streams(app, |t| new(args, workspaces, t));
    let (Some(copied), 0) = (copied, status) else { return status };
    let Some(store) = store_of(view, project, &args.name) else { return 1 };
    let info = lock_info("workspace new", &store.backend().location());
    match store.replace(info, args.lock.lock_timeout, &copied).await {
        Ok(()) => 0,
        Err(e) => {
            view.tell_one(state_error(&e));
            1
        }
    }
}

/// The state to start from, under a name of its own: the two go apart from here.
fn read_copied(path: &Path) -> Result<StateSnapshot, Diagnostic> {
    let bytes = std::fs::read(path).map_err(|e| {
        Diagnostic::error("Failed to read the given file", format!("{} cannot be read: {e}.", path.display()))
    })?;
    let snapshot = state::format::read(&bytes, &path.to_string_lossy()).map_err(|e| state_error(&e))?;
    Ok(StateSnapshot { lineage: crate::world::uuid(), serial: 1, ..snapshot })
}

/// Makes a workspace and selects it.
pub(in crate::commands) fn new(
    args: &WorkspaceNewArgs,
    workspaces: &Workspaces,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let name = &args.name;
    if !is_workspace_name(name) {
        return terminal.refuse(&bad_name(name));
    }
    if let Some(overriding) = workspaces.overriding().filter(|o| o != name) {
        return terminal.refuse(&format!(
            "The workspace is currently overridden using the TF_WORKSPACE environment variable: every command works on \
             {overriding:?}. Unset TF_WORKSPACE, or set it to {name:?}; then make the workspace.\n"
        ));
    }
    if workspaces.contains(name) {
        return terminal.refuse(&format!("Workspace \"{name}\" already exists\n"));
    }
    create(name, workspaces, terminal).map(|()| 0)
}
