//! Commands that show what is there.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::args::groups::{InputArgs, PlanViewArgs, VarArgs};
use crate::args::values::Switch;

/// `show`
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// A saved plan or a state file; the current state where none is given.
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Writes JSON.
    #[arg(long, switch = false)]
    pub json: bool,
    /// Writes a saved plan as a comment for a pull request: risky changes first, at most 65,536 characters.
    #[arg(long, switch = false)]
    pub markdown: bool,
    /// How a plan is shown.
    #[command(flatten)]
    pub shown: PlanViewArgs,
}

/// `output`
#[derive(Clone, Debug, Args)]
pub struct OutputArgs {
    /// The output to show; all where none is given.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Writes JSON.
    #[arg(long, switch = false)]
    pub json: bool,
    /// Writes a string, number or bool as it is.
    #[arg(long, switch = false)]
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
    /// Evaluates over what a plan would make of the recorded objects.
    #[arg(long, switch = false)]
    pub plan: bool,
    /// Variables.
    #[command(flatten)]
    pub vars: VarArgs,
    /// How to talk to the user.
    #[command(flatten)]
    pub view: InputArgs,
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
    #[arg(long, switch = false)]
    pub json: bool,
}

/// `schema`
#[derive(Clone, Debug, Args)]
pub struct SchemaArgs {
    /// The resource type or data source.
    #[arg(value_name = "TYPE")]
    pub ty: Option<String>,
    /// Writes JSON.
    #[arg(long, switch = false)]
    pub json: bool,
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
    #[arg(long, switch = false)]
    pub json: bool,
}

/// `graph`
#[derive(Clone, Debug, Args)]
pub struct GraphArgs {
    /// The operation to show with all that takes part in it: plan, plan-refresh-only, plan-destroy or apply. Without it:
    /// the resources.
    #[arg(long = "type", value_name = "TYPE")]
    pub ty: Option<String>,
    /// Shows what applying this saved plan does.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Draws references that go in circles, and marks them; only with -type.
    #[arg(long, switch = false)]
    pub draw_cycles: bool,
    /// What to write.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "dot")]
    pub format: GraphFormat,
    /// Accepted for scripts: modules are always shown.
    #[arg(long, hide = true, value_name = "N", allow_hyphen_values = true)]
    pub module_depth: Option<String>,
}

/// What `graph` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For Graphviz and programs like it.
    Dot,
    /// For pages that draw Mermaid.
    Mermaid,
    /// A picture.
    Svg,
}
