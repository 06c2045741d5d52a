//! One struct for each command.

use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand};

use super::groups::{InputArgs, LockArgs, PlanningArgs, StatePathArgs, VarArgs};
use super::values;

/// `init`
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// Configures the backend; `-backend=false` leaves it as it is.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", default_value = "true", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub backend: bool,
    /// Accepted for scripts: nothing is remembered of a backend.
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub reconfigure: bool,
    /// Accepted for scripts: nothing is downloaded.
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub upgrade: bool,
    /// Accepted for scripts: nothing is downloaded.
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, value_name = "BOOL", default_value = "true", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub get: bool,
    /// Where provider binaries lie; accepted and not used: providers are built in.
    #[arg(long, value_name = "DIR", hide = true)]
    pub plugin_dir: Vec<PathBuf>,
    /// How to treat the lock file; accepted, it is never changed.
    #[arg(long, value_name = "MODE", hide = true)]
    pub lockfile: Option<String>,
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
    /// Variables.
    #[command(flatten)]
    pub vars: VarArgs,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// How to talk to the user.
    #[command(flatten)]
    pub view: InputArgs,
}

/// `validate`
#[derive(Clone, Debug, Args)]
pub struct ValidateArgs {
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
    /// Variables.
    #[command(flatten)]
    pub vars: VarArgs,
    /// Leaves test files out; accepted.
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub no_tests: bool,
    /// The file of tests; accepted.
    #[arg(long, value_name = "DIR", hide = true)]
    pub test_directory: Option<PathBuf>,
}

/// `plan`
#[derive(Clone, Debug, Args)]
pub struct PlanArgs {
    /// Saves the plan to this file.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exits with 2 where there is something to do.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub detailed_exitcode: bool,
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
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
    /// Does it without asking.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub auto_approve: bool,
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
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

/// `destroy`
#[derive(Clone, Debug, Args)]
pub struct DestroyArgs {
    /// Does it without asking.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub auto_approve: bool,
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
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

/// `refresh`
#[derive(Clone, Debug, Args)]
pub struct RefreshArgs {
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
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

/// `show`
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// A saved plan or a state file; the current state where none is given.
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
}

/// `output`
#[derive(Clone, Debug, Args)]
pub struct OutputArgs {
    /// The output to show; all where none is given.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
    /// Writes a string, number or bool as it is.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub raw: bool,
    /// The local state file to read.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
}

/// `console`
#[derive(Clone, Debug, Args)]
pub struct ConsoleArgs {
    /// The local state file to read.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
    /// Variables.
    #[command(flatten)]
    pub vars: VarArgs,
    /// How to talk to the user.
    #[command(flatten)]
    pub view: InputArgs,
}

/// `fmt`
#[derive(Clone, Debug, Args)]
pub struct FmtArgs {
    /// Files and directories; `-` for standard input. The current directory where none is given.
    #[arg(value_name = "PATH", allow_hyphen_values = true)]
    pub paths: Vec<PathBuf>,
    /// Names the files that changed.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", default_value = "true", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub list: bool,
    /// Writes the files.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", default_value = "true", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub write: bool,
    /// Shows the differences.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub diff: bool,
    /// Writes nothing and exits with 3 where a file would change.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub check: bool,
    /// Goes into subdirectories.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub recursive: bool,
}

/// `explain`
#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// What to explain: a function, a rule, `capabilities`.
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
}

/// `functions`
#[derive(Clone, Debug, Args)]
pub struct FunctionsArgs {
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
}

/// `schema`
#[derive(Clone, Debug, Args)]
pub struct SchemaArgs {
    /// The resource type or data source.
    #[arg(value_name = "TYPE")]
    pub ty: Option<String>,
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
}

/// `force-unlock`
#[derive(Clone, Debug, Args)]
pub struct ForceUnlockArgs {
    /// The lock's id, as the error says it.
    #[arg(value_name = "LOCK_ID")]
    pub id: String,
    /// Does it without asking.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub force: bool,
    /// The local state file.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
}

/// `completion`
#[derive(Clone, Debug, Args)]
pub struct CompletionArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `version`
#[derive(Clone, Debug, Args)]
pub struct VersionArgs {
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
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
}

/// `state rm`
#[derive(Clone, Debug, Args)]
pub struct StateRmArgs {
    /// What to record no more.
    #[arg(value_name = "ADDR", required = true)]
    pub addresses: Vec<String>,
    /// Only says what would be removed.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub dry_run: bool,
    /// Accepted for scripts: what matches nothing is no error.
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub ignore_remote_version: bool,
    /// The lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// The place of the state.
    #[command(flatten)]
    pub state: StatePathArgs,
}

/// `state pull`
#[derive(Clone, Debug, Args)]
pub struct StatePullArgs {}

/// `providers schema`
#[derive(Clone, Debug, Args)]
pub struct ProvidersSchemaArgs {
    /// Writes JSON.
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL", hide_default_value = true, default_value = "false", default_missing_value = "true",
          value_parser = values::boolean, action = ArgAction::Set)]
    pub json: bool,
}

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
    /// Writes the state to standard output.
    Pull(StatePullArgs),
}

/// `providers`
#[derive(Clone, Debug, Args)]
pub struct ProvidersArgs {
    /// What about the providers; the list of them where nothing is given.
    #[command(subcommand)]
    pub command: Option<ProvidersCommand>,
}

/// What about the providers.
#[derive(Clone, Debug, Subcommand)]
pub enum ProvidersCommand {
    /// Writes the schemas of everything that the providers offer.
    Schema(ProvidersSchemaArgs),
}
