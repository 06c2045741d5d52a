//! `workspace`

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use state::{MemoryBackend, Store};

use super::{block_on, command, lock_info, on, snapshot};
use crate::args::{Command, WorkspaceCommand};
use crate::commands::workspace::{
    begin, check_no_environments, delete, list, refuse_delete, refuse_new, select, show,
};
use crate::project::Workspaces;

/// Runs a command on the workspaces of a directory whose states are all kept in one store.
fn run(directory: &Path, overriding: Option<&str>, store: &Store, line: &str) -> String {
    let workspaces = Workspaces::within(directory, overriding);
    let Command::Workspace(args) = command(line) else { panic!("{line} is no workspace command") };
    let (out, err) = on("", |t| match &args.command {
        WorkspaceCommand::Show(_) => Ok(show(&workspaces.selected(), t)),
        WorkspaceCommand::List(_) => Ok(list(&workspaces, t)),
        WorkspaceCommand::Select(args) => match select(args, &workspaces, t)? {
            Some(status) => Ok(status),
            None => begin(&args.name, &workspaces, t).map(|()| 0),
        },
        WorkspaceCommand::New(args) => match refuse_new(args, &workspaces, t)? {
            Some(status) => Ok(status),
            None => begin(&args.name, &workspaces, t).map(|()| 0),
        },
        WorkspaceCommand::Delete(args) => match refuse_delete(args, &workspaces, t)? {
            Some(status) => Ok(status),
            None => {
                t.say(&block_on(delete(args, store, &workspaces))?);
                Ok(0)
            }
        },
    });
    out + &err
}

fn empty() -> Store {
    Store::new(Arc::new(MemoryBackend::new()))
}

#[test]
fn workspaces_are_made_selected_listed_and_deleted() {
    let root = tempfile::tempdir().unwrap();
    let run = |line: &str| run(root.path(), None, &empty(), line);
    assert_eq!(run("workspace show"), "default\n");
    assert!(run("workspace new dev").starts_with("Created and switched to workspace \"dev\"!\n"));
    assert_eq!(run("workspace new dev"), "Workspace \"dev\" already exists\nexit 1");
    assert!(run("workspace new 2024.01").starts_with("Created"));
    assert_eq!(run("workspace list"), "  default\n* 2024.01\n  dev\n\n");
    assert_eq!(run("workspace select dev"), "Switched to workspace \"dev\".\n");
    assert_eq!(run("workspace select dev"), "");
    assert!(run("workspace select nope").starts_with("Workspace \"nope\" doesn't exist."));
    assert!(run("workspace select -or-create new").starts_with("Created"));
    assert!(run("workspace delete new").contains("is your active workspace"));
    assert_eq!(run("workspace select default"), "Switched to workspace \"default\".\n");
    assert_eq!(run("workspace delete new"), "Deleted workspace \"new\"!\n");
    assert!(run("workspace delete new").contains("doesn't exist"));
    assert_eq!(run("workspace delete default"), "cannot delete default state\nexit 1");
    assert_eq!(run("workspace list"), "* default\n  2024.01\n  dev\n\n");
}

#[test]
fn names_are_safe_in_paths_and_urls() {
    let root = tempfile::tempdir().unwrap();
    let run = |name: &str| {
        let workspaces = Workspaces::within(root.path(), None);
        let Command::Workspace(args) = command("workspace new x") else { panic!("not workspace") };
        let WorkspaceCommand::New(mut args) = args.command else { panic!("not new") };
        args.name = name.into();
        on("", |t| Ok(refuse_new(&args, &workspaces, t)?.unwrap_or(0))).1
    };
    for good in ["UPPER", "under_score-dash", "x:y", "x@y~z", "..."] {
        assert_eq!(run(good), "", "{good}");
    }
    for bad in ["", ".", "..", "a b", "a/b", "a\\b", "\u{e4}", "a?b", "a#b", "a%20b"] {
        assert!(run(bad).contains("is not allowed"), "{bad}");
    }
}

#[test]
fn an_environment_variable_outweighs_the_selection() {
    let root = tempfile::tempdir().unwrap();
    let run = |line: &str| run(root.path(), Some("dev"), &empty(), line);
    assert_eq!(run("workspace show"), "dev\n");
    assert!(run("workspace list").starts_with("  default\n\n"));
    assert!(run("workspace list").contains("TF_WORKSPACE"));
    assert!(run("workspace select default").contains("TF_WORKSPACE"));
    assert!(run("workspace new other").contains("TF_WORKSPACE"));
    assert!(run("workspace new dev").starts_with("Created"));
    assert!(run("workspace delete dev").contains("active workspace"));
}

#[test]
fn what_a_workspace_records_goes_only_by_force() {
    let root = tempfile::tempdir().unwrap();
    let store = empty();
    block_on(store.replace(lock_info(), Duration::ZERO, &snapshot())).unwrap();
    let run = |line: &str| run(root.path(), None, &store, line);
    run("workspace new full");
    run("workspace select default");
    let refused = run("workspace delete full");
    assert!(
        refused.contains("Workspace is not empty") && refused.contains("  - terraform_data.a[9]\n"),
        "{refused}"
    );
    assert!(block_on(store.read()).unwrap().snapshot.is_some());
    let forced = run("workspace delete -force full");
    assert!(forced.starts_with("Deleted workspace \"full\"!\nWARNING: \"full\" was non-empty."), "{forced}");
    assert_eq!(block_on(store.read()).unwrap().snapshot, None);
    assert_eq!(run("workspace list"), "* default\n\n");
}

#[test]
fn a_stack_with_environments_has_no_workspaces() {
    let names = ["dev".to_owned(), "prod".to_owned()];
    let told = check_no_environments(None, &names).unwrap_err();
    assert!(told.detail.contains("dev, prod") && told.detail.contains("-env=dev"), "{}", told.detail);
    assert!(check_no_environments(Some("dev"), &[]).is_err());
    assert!(check_no_environments(None, &[]).is_ok());
}
