//! `workspace show`, `list`, `new`, `select`, `delete`

mod delete;
mod new;

use std::time::Duration;

use model::{Diagnostic, Diagnostics};
use state::{StateSnapshot, Store};

use super::run::state_error;
use super::store::open_project;
use super::terminal::{Terminal, over_standard_streams};
use crate::app::App;
use crate::args::{StatePlaces, WorkspaceArgs, WorkspaceCommand, WorkspaceSelectArgs};
use crate::project::{
    NAME_RULE, Place, Project, Workspaces, environments, is_workspace_name, lock_info, selected_workspace,
};
use crate::view::View;
use delete::run_delete;
use new::run_new;

#[cfg(test)]
pub(super) use delete::{delete, refuse_delete};
#[cfg(test)]
pub(super) use new::refuse_new;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: WorkspaceArgs) -> u8 {
    let view = View::new(app);
    if let Err(diag) = check_no_environments(app.env.as_deref(), &environments()) {
        view.tell_one(diag);
        return 1;
    }
    let place = match selected_workspace() {
        Ok(name) => Place::Workspace(name),
        Err(diag) => {
            view.tell_one(diag);
            return 1;
        }
    };
    let Some(project) = open_project(app, &view, &place) else { return 1 };
    if matches!(args.command, WorkspaceCommand::Show(_)) {
        return over_standard_streams(app, |t| Ok(show(place.name(), t)));
    }
    let workspaces = match project.workspaces(&place).await {
        Ok(workspaces) => workspaces,
        Err(diags) => {
            view.tell(&diags, &project.sources.borrow());
            return 1;
        }
    };
    match args.command {
        WorkspaceCommand::Show(_) => 0,
        WorkspaceCommand::List(_) => over_standard_streams(app, |t| Ok(list(&workspaces, t))),
        WorkspaceCommand::Select(args) => run_select(app, &view, &args, &project, &workspaces).await,
        WorkspaceCommand::New(args) => run_new(app, &view, &args, &project, &workspaces).await,
        WorkspaceCommand::Delete(args) => run_delete(app, &view, &args, &project, &workspaces).await,
    }
}

/// A stack keeps the states of its environments apart by itself; workspaces beside them would be a second way to say
/// which state is meant.
pub(super) fn check_no_environments(asked: Option<&str>, environments: &[String]) -> Result<(), Diagnostic> {
    if environments.is_empty() && asked.is_none() {
        return Ok(());
    }
    let detail = match environments.first() {
        Some(first) => format!(
            "This stack has environments ({}). Each has a state, values and objects of its own, so there are no workspaces \
             beside them: choose with -env={first}, and make a new one by adding environments/NAME.hcl.",
            environments.join(", ")
        ),
        None => "The flag -env chooses one of the environments of a stack, and this directory has none. Choose a workspace \
                 with \"stackwright workspace select NAME\"."
            .into(),
    };
    Err(Diagnostic::error("Workspaces and environments do not mix", detail))
}

/// Names the selected workspace.
pub(super) fn show(selected: &str, terminal: &mut Terminal) -> u8 {
    terminal.say(&format!("{selected}\n"));
    0
}

/// Lists all workspaces, the selected one with a star.
pub(super) fn list(workspaces: &Workspaces, terminal: &mut Terminal) -> u8 {
    let selected = workspaces.selected();
    let star = |name: &String| if *name == selected { '*' } else { ' ' };
    let names = workspaces.names();
    terminal.say(&names.iter().map(|name| format!("{} {name}\n", star(name))).collect::<String>());
    terminal.say("\n");
    if workspaces.overriding().is_some() {
        terminal.say(
            "\n\nThe active workspace is being overridden using the TF_WORKSPACE environment\nvariable.\n\n",
        );
    }
    0
}

async fn run_select(
    app: &App,
    view: &View,
    args: &WorkspaceSelectArgs,
    project: &Project,
    workspaces: &Workspaces,
) -> u8 {
    match settled(app, |t| select(args, workspaces, t)) {
        Some(status) => status,
        None => create(app, view, &args.name, None, (project, workspaces)).await,
    }
}

/// Selects a workspace; the exit status, or nothing where it is to be made first.
pub(super) fn select(
    args: &WorkspaceSelectArgs,
    workspaces: &Workspaces,
    terminal: &mut Terminal,
) -> Result<Option<u8>, Diagnostics> {
    let name = &args.name;
    if let Some(overriding) = workspaces.overriding() {
        return terminal.refuse(&format!(
            "The selected workspace is currently overridden using the TF_WORKSPACE environment variable: every command \
             works on {overriding:?}. Change or unset TF_WORKSPACE; then select.\n"
        )).map(Some);
    }
    if !is_workspace_name(name) {
        return terminal.refuse(&bad_name(name)).map(Some);
    }
    if workspaces.selected() == *name {
        return Ok(Some(0));
    }
    match (workspaces.contains(name), args.or_create) {
        (true, _) => {
            workspaces.select(name)?;
            terminal.say(&format!("Switched to workspace \"{name}\".\n"));
            Ok(Some(0))
        }
        (false, true) => Ok(None),
        (false, false) => terminal.refuse(&no_such_workspace(name)).map(Some),
    }
}

/// Runs what may settle a command: the exit status then, or nothing where it goes on.
fn settled(app: &App, ask: impl FnOnce(&mut Terminal) -> Result<Option<u8>, Diagnostics>) -> Option<u8> {
    let mut goes_on = false;
    let status = over_standard_streams(app, |t| {
        let settled = ask(t)?;
        goes_on = settled.is_none();
        Ok(settled.unwrap_or(0))
    });
    (!goes_on).then_some(status)
}

/// Makes a workspace, with a state to begin with if one is given, and selects it; the exit status.
async fn create(
    app: &App,
    view: &View,
    name: &str,
    first: Option<StateSnapshot>,
    (project, workspaces): (&Project, &Workspaces),
) -> u8 {
    let empty = || StateSnapshot { lineage: crate::world::uuid(), serial: 1, ..StateSnapshot::default() };
    let first = first.or_else(|| workspaces.begin_with_a_state().then(empty));
    if let Some(first) = first {
        let Some(store) = store_of(view, project, name) else { return 1 };
        let info = lock_info("workspace new", &store.backend().location());
        match store.publish_first(info, Duration::ZERO, &first).await {
            Ok(true) => {}
            Ok(false) => return over_standard_streams(app, |t| t.refuse(&already_there(name))),
            Err(e) => {
                view.tell_one(state_error(&e));
                return 1;
            }
        }
    }
    over_standard_streams(app, |t| begin(name, workspaces, t).map(|()| 0))
}

/// Makes a place for a workspace and selects it.
pub(super) fn begin(name: &str, workspaces: &Workspaces, terminal: &mut Terminal) -> Result<(), Diagnostics> {
    workspaces.create(name)?;
    workspaces.select(name)?;
    terminal.say(&format!(
        "Created and switched to workspace \"{name}\"!\n\nIt has a state of its own, which is empty: a plan sees nothing of \
         what other workspaces hold.\n"
    ));
    Ok(())
}

/// Where a workspace's state is kept; nothing where that cannot be told, which has been told.
fn store_of(view: &View, project: &Project, name: &str) -> Option<Store> {
    let store = project.store(&Place::Workspace(name.to_owned()), StatePlaces::default());
    store.map_err(|diags| view.tell(&diags, &project.sources.borrow())).ok()
}

fn bad_name(name: &str) -> String {
    format!("The workspace name {name:?} is not allowed: {NAME_RULE}.\n")
}

fn already_there(name: &str) -> String {
    format!("Workspace \"{name}\" already exists\n")
}

fn no_such_workspace(name: &str) -> String {
    format!(
        "Workspace \"{name}\" doesn't exist.\n\nMake it with \"stackwright workspace new\", or with \"stackwright workspace \
         select -or-create\".\n"
    )
}
