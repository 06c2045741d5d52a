//! `workspace show`, `list`, `new`, `select`, `delete`

mod delete;
mod new;

use model::{Diagnostic, Diagnostics};
use state::Store;

use super::store::open_project;
use super::terminal::{Terminal, over_standard_streams};
use crate::app::App;
use crate::args::{StatePlaces, WorkspaceArgs, WorkspaceCommand, WorkspaceSelectArgs};
use crate::project::{
    NAME_RULE, Place, Project, Workspaces, environments, is_workspace_name, selected_workspace,
};
use crate::view::View;
use delete::run_delete;
use new::run_new;

#[cfg(test)]
pub(super) use delete::{delete, refuse_delete};
#[cfg(test)]
pub(super) use new::new;

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
    let workspaces = match project.workspaces() {
        Ok(workspaces) => workspaces,
        Err(diags) => {
            view.tell(&diags, &project.sources.borrow());
            return 1;
        }
    };
    match args.command {
        WorkspaceCommand::Show(_) => over_standard_streams(app, |t| Ok(show(&workspaces, t))),
        WorkspaceCommand::List(_) => over_standard_streams(app, |t| Ok(list(&workspaces, t))),
        WorkspaceCommand::Select(args) => over_standard_streams(app, |t| select(&args, &workspaces, t)),
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
pub(super) fn show(workspaces: &Workspaces, terminal: &mut Terminal) -> u8 {
    terminal.say(&format!("{}\n", workspaces.selected()));
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

/// Selects a workspace.
pub(super) fn select(
    args: &WorkspaceSelectArgs,
    workspaces: &Workspaces,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let name = &args.name;
    if let Some(overriding) = workspaces.overriding() {
        return terminal.refuse(&format!(
            "The selected workspace is currently overridden using the TF_WORKSPACE environment variable: every command \
             works on {overriding:?}. Change or unset TF_WORKSPACE; then select.\n"
        ));
    }
    if !is_workspace_name(name) {
        return terminal.refuse(&bad_name(name));
    }
    if workspaces.selected() == *name {
        return Ok(0);
    }
    match (workspaces.contains(name), args.or_create) {
        (true, _) => {
            workspaces.select(name)?;
            terminal.say(&format!("Switched to workspace \"{name}\".\n"));
            Ok(0)
        }
        (false, true) => create(name, workspaces, terminal).map(|()| 0),
        (false, false) => terminal.refuse(&no_such_workspace(name)),
    }
}

fn create(name: &str, workspaces: &Workspaces, terminal: &mut Terminal) -> Result<(), Diagnostics> {
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

fn no_such_workspace(name: &str) -> String {
    format!(
        "Workspace \"{name}\" doesn't exist.\n\nMake it with \"stackwright workspace new\", or with \"stackwright workspace \
         select -or-create\".\n"
    )
}
