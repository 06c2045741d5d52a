//! Commands that plan and apply.

use std::path::PathBuf;

use clap::Args;

use crate::args::groups::{
    InputArgs, LockArgs, PlanViewArgs, PlanningArgs, StateFilesArgs, StatePathArgs, StreamArgs, VarArgs,
};
use crate::args::values::{Switch, identifier};

/// `plan`
#[derive(Clone, Debug, Args)]
pub struct PlanArgs {
    /// Saves the plan to this file.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Writes the configuration of imported objects that have none to this new file.
    #[arg(long, value_name = "FILE")]
    pub generate_config_out: Option<PathBuf>,
    /// Exits with 2 where there is something to do.
    #[arg(long, switch = false)]
    pub detailed_exitcode: bool,
    /// How to talk to tools.
    #[command(flatten)]
    pub stream: StreamArgs,
    /// How the plan is shown.
    #[command(flatten)]
    pub shown: PlanViewArgs,
    /// What the plan is made of.
    #[command(flatten)]
    pub planning: PlanningArgs,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StatePathArgs,
    /// How to talk to the user.
    #[command(flatten)]
    pub view: InputArgs,
}

/// `apply`
#[derive(Clone, Debug, Args)]
pub struct ApplyArgs {
    /// A saved plan; made anew where none is given.
    #[arg(value_name = "PLAN")]
    pub plan_file: Option<PathBuf>,
    /// Puts off what cannot be counted yet, and plans again once it can: each round is shown and asked for.
    #[arg(long, switch = false)]
    pub converge: bool,
    /// Does it without asking.
    #[arg(long, switch = false)]
    pub auto_approve: bool,
    /// How to talk to tools.
    #[command(flatten)]
    pub stream: StreamArgs,
    /// How the plan is shown.
    #[command(flatten)]
    pub shown: PlanViewArgs,
    /// What the plan is made of.
    #[command(flatten)]
    pub planning: PlanningArgs,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StateFilesArgs,
    /// How to talk to the user.
    #[command(flatten)]
    pub view: InputArgs,
}

/// `destroy`
#[derive(Clone, Debug, Args)]
pub struct DestroyArgs {
    /// Does it without asking.
    #[arg(long, switch = false)]
    pub auto_approve: bool,
    /// How to talk to tools.
    #[command(flatten)]
    pub stream: StreamArgs,
    /// How the plan is shown.
    #[command(flatten)]
    pub shown: PlanViewArgs,
    /// What the plan is made of.
    #[command(flatten)]
    pub planning: PlanningArgs,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StateFilesArgs,
    /// How to talk to the user.
    #[command(flatten)]
    pub view: InputArgs,
}

/// `refresh`
#[derive(Clone, Debug, Args)]
pub struct RefreshArgs {
    /// How to talk to tools.
    #[command(flatten)]
    pub stream: StreamArgs,
    /// What the plan is made of.
    #[command(flatten)]
    pub planning: PlanningArgs,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StateFilesArgs,
    /// How to talk to the user.
    #[command(flatten)]
    pub view: InputArgs,
}

/// `import`
#[derive(Clone, Debug, Args)]
pub struct ImportArgs {
    /// The instance that the object becomes.
    #[arg(value_name = "ADDR")]
    pub address: String,
    /// The object's identifier, in the form that its resource type takes.
    #[arg(value_name = "ID", allow_hyphen_values = true, value_parser = identifier)]
    pub id: String,
    /// Variables.
    #[command(flatten)]
    pub vars: VarArgs,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StateFilesArgs,
    /// How to talk to the user.
    #[command(flatten)]
    pub view: InputArgs,
}

/// `recover`
#[derive(Clone, Debug, Args)]
pub struct RecoverArgs {
    /// Rebuilds the state from the marks that objects carry.
    #[arg(long, switch = false)]
    pub from_marks: bool,
    /// Which state the marks are to name, where they name several.
    #[arg(long, value_name = "LINEAGE")]
    pub lineage: Option<String>,
    /// Puts the rebuilt state in place of one that holds something.
    #[arg(long, switch = false)]
    pub overwrite: bool,
    /// Variables.
    #[command(flatten)]
    pub vars: VarArgs,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StateFilesArgs,
    /// How to talk to the user.
    #[command(flatten)]
    pub view: InputArgs,
}
