//! Flags that several commands share.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::values::{self, Switch};

/// One `-var` or `-var-file`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VarOption {
    /// `-var 'NAME=VALUE'`, as given.
    Value(String),
    /// `-var-file=PATH`
    File(PathBuf),
}

/// All `-var` and `-var-file`, in the order given: later ones win.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VarArgs(pub Vec<VarOption>);

/// What a plan is made of and for.
#[derive(Clone, Debug, Args)]
pub struct PlanningArgs {
    /// Plans to remove everything.
    #[arg(long, switch = false)]
    pub destroy: bool,
    /// Reads what exists before planning; `-refresh=false` trusts the state.
    #[arg(long, switch = true)]
    pub refresh: bool,
    /// Only records what was changed from outside.
    #[arg(long, switch = false)]
    pub refresh_only: bool,
    /// Replaces this object even if nothing else asks for it; may be repeated.
    #[arg(long, value_name = "ADDR", allow_hyphen_values = true)]
    pub replace: Vec<String>,
    /// Plans only this object and what it depends on; may be repeated.
    #[arg(long, value_name = "ADDR", allow_hyphen_values = true)]
    pub target: Vec<String>,
    /// Leaves this object out, and what depends on it; may be repeated.
    #[arg(long, value_name = "ADDR", allow_hyphen_values = true)]
    pub exclude: Vec<String>,
    /// How many objects are worked on at the same time.
    #[arg(long, value_name = "N", default_value = "10", value_parser = values::positive)]
    pub parallelism: usize,
    /// Variables.
    #[command(flatten)]
    pub vars: VarArgs,
}

impl PlanningArgs {
    /// A plan that trusts the state and changes nothing but it.
    pub fn reading_nothing(vars: VarArgs) -> PlanningArgs {
        PlanningArgs {
            destroy: false,
            refresh: false,
            refresh_only: true,
            replace: Vec::new(),
            target: Vec::new(),
            exclude: Vec::new(),
            parallelism: 10,
            vars,
        }
    }
}

/// Whether and how long to wait for the lock.
#[derive(Clone, Debug, Args)]
pub struct LockArgs {
    /// Accepted for scripts: the lock is taken all the same.
    #[arg(long, hide = true, switch = true)]
    pub lock: bool,
    /// How long to wait for a lock that somebody else holds.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = values::duration)]
    pub lock_timeout: Duration,
}

/// Another place for a local state.
#[derive(Clone, Debug, Default, Args)]
pub struct StatePathArgs {
    /// The local state file to read, and to write unless `-state-out` is given.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
}

impl StatePathArgs {
    /// The places that it names.
    pub fn places(&self) -> StatePlaces<'_> {
        StatePlaces { state: self.state.as_deref(), ..StatePlaces::default() }
    }
}

/// Other places for a local state, for where it is written to, and for what it was before.
#[derive(Clone, Debug, Default, Args)]
pub struct StateFilesArgs {
    /// The local state file to read, and to write unless `-state-out` is given.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
    /// The local state file to write.
    #[arg(long, value_name = "PATH")]
    pub state_out: Option<PathBuf>,
    /// Where to keep what is recorded now, instead of beside the state; `-` keeps nothing.
    #[arg(long, value_name = "PATH", allow_hyphen_values = true)]
    pub backup: Option<PathBuf>,
}

impl StateFilesArgs {
    /// The places that it names.
    pub fn places(&self) -> StatePlaces<'_> {
        let StateFilesArgs { state, state_out, backup } = self;
        StatePlaces { state: state.as_deref(), out: state_out.as_deref(), backup: backup.as_deref() }
    }
}

/// Where the command line says that a local state is; nothing where it does not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatePlaces<'a> {
    /// What is read, and written unless another place is given.
    pub state: Option<&'a Path>,
    /// What is written.
    pub out: Option<&'a Path>,
    /// Where what is there now is kept; `-` for nowhere.
    pub backup: Option<&'a Path>,
}

/// Another place for a local state that a command changes, and for what it was before.
#[derive(Clone, Debug, Default, Args)]
pub struct StateFileArgs {
    /// The local state file to change.
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
    /// Where to keep what is recorded now, instead of beside the state; `-` keeps nothing.
    #[arg(long, value_name = "PATH", allow_hyphen_values = true)]
    pub backup: Option<PathBuf>,
}

impl StateFileArgs {
    /// The places that it names.
    pub fn places(&self) -> StatePlaces<'_> {
        StatePlaces { state: self.state.as_deref(), out: None, backup: self.backup.as_deref() }
    }
}

/// How a plan is shown to a person.
#[derive(Clone, Debug, Default, Args)]
pub struct PlanViewArgs {
    /// Shows changes by what began them, instead of each in full.
    #[arg(long, switch = false)]
    pub concise: bool,
    /// Shows why this object changes, back to the line where it began, instead of all changes; may be repeated.
    #[arg(long, value_name = "ADDR", allow_hyphen_values = true)]
    pub explain: Vec<String>,
}

/// How to talk to tools.
#[derive(Clone, Debug, Default, Args)]
pub struct StreamArgs {
    /// Writes JSON.
    #[arg(long, switch = false)]
    pub json: bool,
    /// Writes the JSON to this file or pipe too, beside text for people.
    #[arg(long, value_name = "FILE")]
    pub json_into: Option<PathBuf>,
}

/// How to talk to the user.
#[derive(Clone, Debug, Args)]
pub struct InputArgs {
    /// Asks for what is missing; `-input=false` fails instead.
    #[arg(long, switch = true)]
    pub input: bool,
    /// Shows warnings by their summaries only, unless there are errors.
    #[arg(long, switch = false)]
    pub compact_warnings: bool,
}

/// Two flags in one list: derived code would keep each in its own and lose the order between them.
impl Args for VarArgs {
    fn augment_args(command: Command) -> Command {
        command.arg(flag("var", "NAME=VALUE", "Sets a variable; may be repeated")).arg(flag(
            "var-file",
            "FILE",
            "Sets variables from a file; may be repeated",
        ))
    }

    fn augment_args_for_update(command: Command) -> Command {
        VarArgs::augment_args(command)
    }
}

fn flag(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help).action(ArgAction::Append).allow_hyphen_values(true)
}

impl FromArgMatches for VarArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<VarArgs, clap::Error> {
        let mut found = positions(matches, "var", VarOption::Value);
        found.extend(positions(matches, "var-file", |path| VarOption::File(path.into())));
        found.sort_by_key(|(position, _)| *position);
        Ok(VarArgs(found.into_iter().map(|(_, option)| option).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.extend(VarArgs::from_arg_matches(matches)?.0);
        Ok(())
    }
}

fn positions(matches: &ArgMatches, id: &str, make: impl Fn(String) -> VarOption) -> Vec<(usize, VarOption)> {
    let indices = matches.indices_of(id).into_iter().flatten();
    let values = matches.get_many::<String>(id).into_iter().flatten();
    indices.zip(values.map(|v| make(v.clone()))).collect()
}
