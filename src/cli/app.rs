//! From the command line to a command, and from its end to the exit status.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use model::{Diagnostic, SourceMap, Stages};
use state::ObjectStatus;

use crate::args::{self, Command, Stop};
use crate::commands;
use crate::profile::Profile;
use crate::project::{Equipment, Place, choose_place};
use crate::render::{Screen, diagnostic};
use crate::view::View;

/// What every command works with.
pub struct App {
    /// What the binary was built with.
    pub equipment: Equipment,
    /// `-env`
    pub env: Option<String>,
    /// `-no-color`
    pub no_color: bool,
    /// `-profile`
    pub profile: Option<Profile>,
}

/// A reader that has gone away is no reason to stop working.
pub(crate) fn say(out: &mut dyn Write, text: &str) {
    let _reader_gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes data to standard output as it is.
pub fn print(text: &str) {
    say(&mut std::io::stdout(), text);
}

/// Ends the program where it cannot go on.
pub(crate) fn give_up(why: &str) -> ! {
    say(&mut std::io::stderr(), &format!("\n{why} {RECORDED}\n"));
    std::process::exit(1)
}

/// The stack of a thread that works, in bytes. Calls of the clouds' crates lie deep in each other, deepest without optimisation;
/// what of it is not used takes no memory.
const STACK: usize = 16 << 20;

/// What holds however the program ends.
const RECORDED: &str =
    "What was done until then is recorded; run the same command again, and it goes on from there.";

/// Tells of a defect of this program without what it says of itself, for that may hold a secret.
fn tell_defects() {
    std::panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        let text = format!("\nThis is a defect of the program{place}, please report it. {RECORDED}\n");
        say(&mut std::io::stderr(), &text);
    }));
}

/// Runs the program: the arguments after its name, and what it was built with.
pub fn run(arguments: impl IntoIterator<Item = String>, equipment: Equipment) -> ExitCode {
    tell_defects();
    let line = match args::parse(arguments, |name| std::env::var(name).ok()) {
        Ok(line) => line,
        Err(Stop::Help { text, status }) => {
            print(&text);
            return ExitCode::from(status);
        }
        Err(Stop::Error(diag)) => {
            say(&mut std::io::stderr(), &diagnostic::human(&diag, &SourceMap::new(), &Screen::stderr(false)));
            return ExitCode::FAILURE;
        }
    };
    let mut app = App { equipment, env: line.env, no_color: line.no_color, profile: None };
    if let Some(dir) = &line.chdir
        && let Err(e) = std::env::set_current_dir(dir)
    {
        let detail = format!("Cannot switch to the directory {}: {e}.", dir.display());
        View::new(&app).tell_one(Diagnostic::error("Error handling -chdir option", detail));
        return ExitCode::FAILURE;
    }
    if let Some(path) = &line.profile {
        match Profile::begin(path) {
            Ok(profile) => app.profile = Some(profile),
            Err(e) => {
                View::new(&app).tell_one(untraced(path, &e));
                return ExitCode::FAILURE;
            }
        }
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = match runtime.worker_threads(2).thread_stack_size(STACK).enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            let detail = format!("The system gives no threads: {e}.");
            View::new(&app).tell_one(Diagnostic::error("Failed to start", detail));
            return ExitCode::FAILURE;
        }
    };
    let status = runtime.block_on(dispatch(&app, line.command));
    match app.profile.take().map(Profile::finish) {
        Some(Ok(table)) => say(&mut std::io::stderr(), &table),
        Some(Err(e)) => {
            View::new(&app).tell_one(untraced(&line.profile.unwrap_or_default(), &e));
            return ExitCode::FAILURE;
        }
        None => {}
    }
    ExitCode::from(status)
}

fn untraced(path: &Path, why: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        "Failed to write the profile",
        format!("The trace that -profile asks for cannot be written to {}: {why}.", path.display()),
    )
}

async fn dispatch(app: &App, command: Command) -> u8 {
    match command {
        Command::Init(args) => commands::init::run(app, args).await,
        Command::Get(args) => commands::get::run(app, args),
        Command::Validate(args) => commands::validate::run(app, args),
        Command::Plan(args) => commands::plan::run(app, args).await,
        Command::Apply(args) => commands::apply::run(app, args).await,
        Command::Destroy(args) => commands::destroy::run(app, args).await,
        Command::Refresh(args) => commands::refresh::run(app, args).await,
        Command::Recover(args) => commands::rebuild::run(app, args).await,
        Command::Import(args) => commands::import::run(app, args).await,
        Command::Show(args) => commands::show::run(app, args).await,
        Command::Output(args) => commands::output::run(app, args).await,
        Command::Graph(args) => commands::graph::run(app, args).await,
        Command::State(args) => commands::state::run(app, args).await,
        Command::Taint(args) => commands::taint::run(app, args, ObjectStatus::Tainted).await,
        Command::Untaint(args) => commands::taint::run(app, args, ObjectStatus::Ready).await,
        Command::Workspace(args) => commands::workspace::run(app, args).await,
        Command::Console(args) => commands::console::run(app, args).await,
        Command::Fmt(args) => commands::fmt::run(app, args),
        Command::Explain(args) => commands::explain::run(app, args),
        Command::Functions(args) => commands::functions::run(app, args),
        Command::Providers(args) => commands::providers::run(app, args).await,
        Command::Schema(args) => commands::schema::run(app, args),
        Command::ForceUnlock(args) => commands::force_unlock::run(app, args).await,
        Command::Completion(args) => commands::completion::run(args),
        Command::Version(args) => commands::version::run(app, args),
    }
}

impl App {
    /// The way to what measures, where something does.
    pub fn stages(&self) -> Stages<'_> {
        self.profile.as_ref().map_or_else(Stages::default, |profile| Stages::measured(profile))
    }

    /// The environment or workspace to work on.
    pub fn place(&self) -> Result<Place, Diagnostic> {
        choose_place(self.env.as_deref())
    }
}
