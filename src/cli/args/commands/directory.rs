//! Commands on the files of a directory.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::groups::{InputArgs, LockArgs, StreamArgs, VarArgs};
use crate::args::values::Switch;

/// `init`
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// Configures the backend; `-backend=false` leaves it as it is.
    #[arg(long, switch = true)]
    pub backend: bool,
    /// Arguments of the backend beside those of the configuration: `NAME=VALUE`, or a file of them; may be repeated.
    #[arg(long, value_name = "NAME=VALUE|FILE")]
    pub backend_config: Vec<String>,
    /// Takes the state along to another backend.
    #[arg(long, switch = false)]
    pub migrate_state: bool,
    /// Make the place where the backend keeps states, a bucket, where it is not there
    #[arg(long)]
    pub create_backend: bool,
    /// The same, also over another state that is there already.
    #[arg(long, switch = false)]
    pub force_copy: bool,
    /// Works with another backend from now on, and leaves the state of the former one where it is.
    #[arg(long, switch = false)]
    pub reconfigure: bool,
    /// Installs modules anew, each in the newest version that fits.
    #[arg(long, switch = false)]
    pub upgrade: bool,
    /// Installs modules; `-get=false` takes those that are there.
    #[arg(long, switch = true)]
    pub get: bool,
    /// Where provider binaries lie; accepted and not used: providers are built in.
    #[arg(long, value_name = "DIR", hide = true)]
    pub plugin_dir: Vec<PathBuf>,
    /// How to treat the lock file; accepted, it is never changed.
    #[arg(long, value_name = "MODE", hide = true)]
    pub lockfile: Option<String>,
    /// How to talk to tools.
    #[command(flatten)]
    pub stream: StreamArgs,
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

/// `get`
#[derive(Clone, Debug, Args)]
pub struct GetArgs {
    /// Installs modules anew, each in the newest version that fits.
    #[arg(long, switch = false)]
    pub update: bool,
    /// Variables.
    #[command(flatten)]
    pub vars: VarArgs,
}

/// `validate`
#[derive(Clone, Debug, Args)]
pub struct ValidateArgs {
    /// How to talk to tools.
    #[command(flatten)]
    pub stream: StreamArgs,
    /// Variables.
    #[command(flatten)]
    pub vars: VarArgs,
    /// Leaves test files out; accepted.
    #[arg(long, hide = true, switch = false)]
    pub no_tests: bool,
    /// The file of tests; accepted.
    #[arg(long, value_name = "DIR", hide = true)]
    pub test_directory: Option<PathBuf>,
}

/// `fmt`
#[derive(Clone, Debug, Args)]
pub struct FmtArgs {
    /// Files and directories; `-` for standard input. The current directory where none is given.
    #[arg(value_name = "PATH", allow_hyphen_values = true)]
    pub paths: Vec<PathBuf>,
    /// Names the files that changed.
    #[arg(long, switch = true)]
    pub list: bool,
    /// Writes the files.
    #[arg(long, switch = true)]
    pub write: bool,
    /// Shows the differences.
    #[arg(long, switch = false)]
    pub diff: bool,
    /// Writes nothing and exits with 3 where a file would change.
    #[arg(long, switch = false)]
    pub check: bool,
    /// Goes into subdirectories.
    #[arg(long, switch = false)]
    pub recursive: bool,
}

/// `providers schema`
#[derive(Clone, Debug, Args)]
pub struct ProvidersSchemaArgs {
    /// Writes JSON.
    #[arg(long, switch = false)]
    pub json: bool,
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
