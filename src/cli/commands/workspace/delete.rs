//! `workspace delete`

use model::{Diagnostic, Diagnostics, ResourceMode};
use state::{Session, StateSnapshot, Store};

use super::{no_such_workspace, settled, store_of};
use crate::app::App;
use crate::args::WorkspaceDeleteArgs;
use crate::commands::run::state_error;
use crate::commands::store::check_resolved;
use crate::commands::terminal::{Terminal, over_standard_streams};
use crate::project::{DEFAULT, Project, Workspaces, is_workspace_name, lock_info};
use crate::view::View;

pub(super) async fn run_delete(
    app: &App,
    view: &View,
    args: &WorkspaceDeleteArgs,
    project: &Project,
    workspaces: &Workspaces,
) -> u8 {
    if let Some(status) = settled(app, |t| refuse_delete(args, workspaces, t)) {
        return status;
    }
    let Some(store) = store_of(view, project, &args.name) else { return 1 };
    let deleted = delete(args, &store, workspaces).await;
    over_standard_streams(app, |t| {
        t.say(&deleted?);
        Ok(0)
    })
}

/// Why a workspace cannot be deleted whatever its state holds, which has been said: then the exit status.
pub(in crate::commands) fn refuse_delete(
    args: &WorkspaceDeleteArgs,
    workspaces: &Workspaces,
    terminal: &mut Terminal,
) -> Result<Option<u8>, Diagnostics> {
    let name = &args.name;
    let why = if name == DEFAULT {
        "cannot delete default state\n".to_owned()
    } else if !is_workspace_name(name) || !workspaces.contains(name) {
        no_such_workspace(name)
    } else if workspaces.selected() == *name {
        format!("Workspace \"{name}\" is your active workspace. Select another one before you delete it.\n")
    } else {
        return Ok(None);
    };
    terminal.refuse(&why).map(Some)
}

/// Deletes a workspace with its state; what to say then.
pub(in crate::commands) async fn delete(
    args: &WorkspaceDeleteArgs,
    store: &Store,
    workspaces: &Workspaces,
) -> Result<String, Diagnostics> {
    let info = lock_info("workspace delete", &store.backend().location());
    let session = store.lock(info, args.lock.lock_timeout).await.map_err(|e| state_error(&e))?;
    if let Err(diag) = check_deletable(args, &session) {
        let _nothing_recorded = session.close().await;
        return Err(diag.into());
    }
    let left = session.with_snapshot(|s| !managed(s).is_empty());
    session.remove().await.map_err(|e| state_error(&e))?;
    workspaces.remove(&args.name)?;
    let name = &args.name;
    let warning = format!(
        "WARNING: \"{name}\" was non-empty.\nWhat it recorded may still exist, and nothing here knows of it any more.\n"
    );
    Ok(format!("Deleted workspace \"{name}\"!\n{}", if left { &warning } else { "" }))
}

fn check_deletable(args: &WorkspaceDeleteArgs, session: &Session) -> Result<(), Diagnostic> {
    if args.force {
        return Ok(());
    }
    check_resolved(session)?;
    let objects = session.with_snapshot(managed);
    if objects.is_empty() {
        return Ok(());
    }
    let shown: String = objects.iter().take(20).map(|o| format!("  - {o}\n")).collect();
    let more = objects.len().saturating_sub(20);
    let more = if more > 0 { format!("  and {more} more\n") } else { String::new() };
    let detail = format!(
        "Workspace {:?} records objects:\n{shown}{more}\nWith the workspace goes all knowledge of them, and they would have \
         to be deleted by hand. Destroy them first; or leave them as they are and delete the workspace with -force.",
        args.name
    );
    Err(Diagnostic::error("Workspace is not empty", detail))
}

/// The instances that have objects; what was only read is none.
fn managed(snapshot: &StateSnapshot) -> Vec<String> {
    let managed = snapshot.instances.keys().filter(|a| a.resource.mode == ResourceMode::Managed);
    managed.map(ToString::to_string).collect()
}
