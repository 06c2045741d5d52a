//! Commands on workspaces, and on what is fit for use in one.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::groups::{LockArgs, StateFilesArgs};
use crate::args::values::Switch;

/// `taint` and `untaint`
#[derive(Clone, Debug, Args)]
pub struct TaintArgs {
    /// The instance.
    #[arg(value_name = "ADDR")]
    pub address: String,
    /// Succeeds even where the state records no such instance.
    #[arg(long, switch = false)]
    pub allow_missing: bool,
    /// Accepted for scripts: versions of states are not compared.
    #[arg(long, hide = true, switch = false)]
    pub ignore_remote_version: bool,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StateFilesArgs,
}

/// `workspace`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceArgs {
    /// What to do with workspaces.
    #[command(subcommand)]
    pub command: WorkspaceCommand,
}

/// What to do with workspaces.
#[derive(Clone, Debug, Subcommand)]
pub enum WorkspaceCommand {
    /// Names the selected workspace.
    Show(WorkspaceShowArgs),
    /// Lists all workspaces and marks the selected one.
    List(WorkspaceListArgs),
    /// Makes a workspace and selects it.
    New(WorkspaceNewArgs),
    /// Selects the workspace to work on.
    Select(WorkspaceSelectArgs),
    /// Removes a workspace with its state.
    Delete(WorkspaceDeleteArgs),
}

/// `workspace show`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceShowArgs {}

/// `workspace list`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceListArgs {}

/// `workspace new`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceNewArgs {
    /// The name of the new workspace.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// A state file to start from.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
}

/// `workspace select`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceSelectArgs {
    /// The workspace.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Makes the workspace where there is none of this name.
    #[arg(long, switch = false)]
    pub or_create: bool,
}

/// `workspace delete`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceDeleteArgs {
    /// The workspace.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Removes it even where objects are recorded in it, which are left as they are.
    #[arg(long, switch = false)]
    pub force: bool,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
}
