//! Commands on what is recorded.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::groups::{LockArgs, StateFileArgs};
use crate::args::values::Switch;

/// `force-unlock`
#[derive(Clone, Debug, Args)]
pub struct ForceUnlockArgs {
    /// The lock's id, as the error says it.
    #[arg(value_name = "LOCK_ID")]
    pub id: String,
    /// Does it without asking.
    #[arg(long, switch = false)]
    pub force: bool,
    /// The local state file.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
}

/// `state list`
#[derive(Clone, Debug, Args)]
pub struct StateListArgs {
    /// Only what lies at or under these addresses.
    #[arg(value_name = "ADDR")]
    pub addresses: Vec<String>,
    /// Only objects with this id.
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// The local state file to read.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
}

/// `state show`
#[derive(Clone, Debug, Args)]
pub struct StateShowArgs {
    /// The instance.
    #[arg(value_name = "ADDR")]
    pub address: String,
    /// The local state file to read.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
    /// Shows it as it was recorded at this serial; `state history` lists them.
    #[arg(long, value_name = "SERIAL")]
    pub at: Option<u64>,
}

/// `state history`
#[derive(Clone, Debug, Args)]
pub struct StateHistoryArgs {
    /// Writes it for tools.
    #[arg(long, switch = false)]
    pub json: bool,
    /// The local state file to read.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
}

/// `state restore`
#[derive(Clone, Debug, Args)]
pub struct StateRestoreArgs {
    /// The serial of the snapshot to bring back; `state history` lists them.
    #[arg(value_name = "SERIAL")]
    pub serial: u64,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
}

/// `state rm`
#[derive(Clone, Debug, Args)]
pub struct StateRmArgs {
    /// What to record no more.
    #[arg(value_name = "ADDR", required = true)]
    pub addresses: Vec<String>,
    /// Only says what would be removed.
    #[arg(long, switch = false)]
    pub dry_run: bool,
    /// Accepted for scripts: versions of states are not compared.
    #[arg(long, hide = true, switch = false)]
    pub ignore_remote_version: bool,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StateFileArgs,
}

/// `state mv`
#[derive(Clone, Debug, Args)]
pub struct StateMvArgs {
    /// What to move: a module, a resource or an instance.
    #[arg(value_name = "SOURCE")]
    pub source: String,
    /// Its new address.
    #[arg(value_name = "DESTINATION")]
    pub destination: String,
    /// Only says what would be moved.
    #[arg(long, switch = false)]
    pub dry_run: bool,
    /// The local state file to move it to, where it is another one.
    #[arg(long, value_name = "PATH")]
    pub state_out: Option<PathBuf>,
    /// Accepted for scripts: versions of states are not compared.
    #[arg(long, hide = true, switch = false)]
    pub ignore_remote_version: bool,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StateFileArgs,
}

/// `state replace-provider`
#[derive(Clone, Debug, Args)]
pub struct StateReplaceProviderArgs {
    /// The provider whose objects are meant, `hashicorp/aws`.
    #[arg(value_name = "FROM")]
    pub from: String,
    /// The provider whose they are from now on.
    #[arg(value_name = "TO")]
    pub to: String,
    /// Does it without asking.
    #[arg(long, switch = false)]
    pub auto_approve: bool,
    /// Accepted for scripts: versions of states are not compared.
    #[arg(long, hide = true, switch = false)]
    pub ignore_remote_version: bool,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StateFileArgs,
}

/// `state push`
#[derive(Clone, Debug, Args)]
pub struct StatePushArgs {
    /// The state file to push; `-` for standard input.
    #[arg(value_name = "PATH", allow_hyphen_values = true)]
    pub path: PathBuf,
    /// Pushes it over a newer state, or one that it has nothing to do with.
    #[arg(long, switch = false)]
    pub force: bool,
    /// Accepted for scripts: versions of states are not compared.
    #[arg(long, hide = true, switch = false)]
    pub ignore_remote_version: bool,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
}

/// `state pull`
#[derive(Clone, Debug, Args)]
pub struct StatePullArgs {}

/// `state`
#[derive(Clone, Debug, Args)]
pub struct StateArgs {
    /// What to do with the state.
    #[command(subcommand)]
    pub command: StateCommand,
}

/// What to do with the state.
#[derive(Clone, Debug, Subcommand)]
pub enum StateCommand {
    /// Lists the addresses of what is recorded.
    List(StateListArgs),
    /// Shows what is recorded of one instance.
    Show(StateShowArgs),
    /// Records objects no more, and leaves them as they are.
    Rm(StateRmArgs),
    /// Records objects under other addresses.
    Mv(StateMvArgs),
    /// Records objects as another provider's.
    ReplaceProvider(StateReplaceProviderArgs),
    /// Writes the state to standard output.
    Pull(StatePullArgs),
    /// Puts another state in the place of the recorded one.
    Push(StatePushArgs),
    /// Lists what was done, and which earlier snapshots are kept.
    History(StateHistoryArgs),
    /// Brings an earlier snapshot back, beside what really exists.
    Restore(StateRestoreArgs),
}
