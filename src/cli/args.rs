//! The command line: what may be written, and the plain structs that it becomes.
//!
//! Flags are accepted as people know them from Terraform (`-out=FILE`, `-lock=false`, `-var 'a=b'`) and with two
//! dashes. [`parse`] also honours `TF_CLI_ARGS` and `TF_CLI_ARGS_<command>`. Nothing here reads the environment or
//! writes to the terminal: the caller passes the one in and prints what comes out.

mod commands;
mod errors;
mod groups;
mod normalize;
mod values;

use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::profile;
use values::Switch;

pub use commands::*;
pub use errors::Stop;
pub use groups::{
    InputArgs, LockArgs, PlanViewArgs, PlanningArgs, StateFileArgs, StateFilesArgs, StatePathArgs,
    StatePlaces, StreamArgs, VarArgs, VarOption,
};

/// A whole command line.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "stackwright",
    about = "Turns stack definitions into running infrastructure, and back into nothing.",
    disable_version_flag = true,
    arg_required_else_help = true,
    args_override_self = true,
    max_term_width = 100
)]
pub struct CommandLine {
    /// Switches to another directory before doing anything.
    #[arg(long, value_name = "DIR", global = true)]
    pub chdir: Option<PathBuf>,
    /// The environment to work on, where the stack has `environments/`.
    #[arg(long, value_name = "NAME", global = true)]
    pub env: Option<String>,
    /// Writes without colours.
    #[arg(long, global = true, switch = false)]
    pub no_color: bool,
    /// Says how long each stage took, and writes a trace to this file.
    #[arg(long, value_name = "FILE", global = true, num_args = 0..=1, require_equals = true, default_missing_value = profile::DEFAULT_PATH)]
    pub profile: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do, with everything said about it.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Prepares a directory: modules, providers, backend.
    Init(InitArgs),
    /// Installs the modules that the configuration calls.
    Get(GetArgs),
    /// Checks the configuration without touching anything.
    Validate(ValidateArgs),
    /// Shows what would change.
    Plan(PlanArgs),
    /// Makes the changes.
    Apply(ApplyArgs),
    /// Removes everything that the state records.
    Destroy(DestroyArgs),
    /// Records what was changed from outside.
    Refresh(RefreshArgs),
    /// Takes an object that exists over into the state.
    Import(ImportArgs),
    /// Settles what interrupted runs left open, or rebuilds a lost state from the marks that objects carry.
    Recover(RecoverArgs),
    /// Shows the state, or a saved plan.
    Show(ShowArgs),
    /// Shows the root module's outputs.
    Output(OutputArgs),
    /// Draws who depends on whom.
    Graph(GraphArgs),
    /// Looks into the state, or changes what it records.
    State(StateArgs),
    /// Marks an object as unfit, so that the next apply replaces it.
    Taint(TaintArgs),
    /// Takes such a mark away.
    Untaint(TaintArgs),
    /// Shows, selects, makes and removes workspaces: states beside each other under one configuration.
    Workspace(WorkspaceArgs),
    /// Evaluates expressions.
    Console(ConsoleArgs),
    /// Brings files into the standard layout.
    Fmt(FmtArgs),
    /// Explains a function, a rule, a capability.
    Explain(ExplainArgs),
    /// Lists the functions with their signatures.
    Functions(FunctionsArgs),
    /// Lists the providers that the configuration needs.
    Providers(ProvidersArgs),
    /// Describes the blocks of a resource type.
    Schema(SchemaArgs),
    /// Releases a lock that nobody holds any more.
    ForceUnlock(ForceUnlockArgs),
    /// Writes a completion script for a shell.
    Completion(CompletionArgs),
    /// Says which version this is.
    Version(VersionArgs),
}

/// Reads a command line: the arguments after the program's name, and how to look up an environment variable.
pub fn parse(
    arguments: impl IntoIterator<Item = String>,
    env: impl Fn(&str) -> Option<String>,
) -> Result<CommandLine, Stop> {
    let mut given: Vec<String> = arguments.into_iter().collect();
    normalize::insert_from_environment(&mut given, &env)?;
    let grammar = grammar();
    let normal = normalize::arguments(&given);
    grammar
        .try_get_matches_from(std::iter::once("stackwright".to_owned()).chain(normal))
        .and_then(|matches| CommandLine::from_arg_matches(&matches))
        .map_err(Stop::from_clap)
}

/// The grammar, for help and completions.
pub fn grammar() -> clap::Command {
    CommandLine::command()
}

#[cfg(test)]
mod tests;
