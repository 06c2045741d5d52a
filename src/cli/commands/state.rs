//! `state list`, `show`, `rm`, `mv`, `replace-provider`, `pull`, `push`, `history`, `restore`
//!
//! The commands that change something hold the lock, fold what an interrupted run left first, and refuse while it is not
//! known what became of an effect.

mod history;
mod list;
mod mv;
mod push;
mod relocation;
mod replace_provider;
mod restore;
mod rm;
mod selection;

use model::{Diagnostic, Diagnostics, InstanceAddr};
use state::{StateError, StateSnapshot};

use super::run::schema_of;
use super::show::decoder;
use super::store::read_snapshot;
use super::terminal::{Terminal, over_standard_streams};
use crate::app::App;
use crate::args::{StateArgs, StateCommand, StateShowArgs};
use crate::render::state::{Shown, instance};
use crate::view::View;

pub(super) use list::list;
#[cfg(test)]
pub(super) use {mv::mv, push::overwritten, replace_provider::replace_provider, rm::rm};

/// Runs the command; the exit status.
pub async fn run(app: &App, args: StateArgs) -> u8 {
    let view = View::new(app);
    let asked = match &args.command {
        StateCommand::List(args) => args.state.clone(),
        StateCommand::Show(StateShowArgs { at: Some(serial), .. }) => {
            return history::show_at(app, &args, *serial).await;
        }
        StateCommand::Show(args) => args.state.clone(),
        StateCommand::History(args) => return history::history(app, args).await,
        StateCommand::Restore(args) => return restore::run(app, args).await,
        StateCommand::Pull(_) => None,
        StateCommand::Rm(args) => return rm::run(app, args).await,
        StateCommand::Mv(args) => return mv::run(app, args).await,
        StateCommand::Push(args) => return push::run(app, args).await,
        StateCommand::ReplaceProvider(args) => return replace_provider::run(app, args).await,
    };
    let Some(snapshot) = read_snapshot(app, &view, asked.as_deref()).await else { return 1 };
    let snapshot = snapshot.as_ref();
    over_standard_streams(app, |t| match &args.command {
        StateCommand::List(args) => list(args, snapshot, t),
        StateCommand::Show(args) => with_schemas(app, snapshot, |s| show(args, snapshot, s, t)),
        StateCommand::Pull(_)
        | StateCommand::History(_)
        | StateCommand::Restore(_)
        | StateCommand::Rm(_)
        | StateCommand::Mv(_)
        | StateCommand::Push(_)
        | StateCommand::ReplaceProvider(_) => Ok(pull(snapshot, t)),
    })
}

/// Looks at a state with the schemas of the built-in providers at hand.
pub(super) fn with_schemas<T>(
    app: &App,
    snapshot: Option<&StateSnapshot>,
    look: impl FnOnce(&Shown) -> T,
) -> T {
    let empty = StateSnapshot::default();
    let registry = &app.equipment.registry;
    let decode = decoder(registry, snapshot.unwrap_or(&empty));
    look(&Shown { decode: &decode, schemas: &|addr, provider| schema_of(registry, addr, provider) })
}

/// Shows what is recorded of one instance.
pub(super) fn show(
    args: &StateShowArgs,
    snapshot: Option<&StateSnapshot>,
    shown: &Shown,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let Some(snapshot) = snapshot else { return no_state(terminal) };
    let one = "One instance is needed here; \"stackwright state list\" shows the addresses of all.\n";
    let Ok(address) = selection::plain(&args.address).parse::<InstanceAddr>() else {
        return terminal.refuse(&format!("Error parsing instance address: {}\n\n{one}", args.address));
    };
    if !snapshot.instances.contains_key(&address) {
        return terminal.refuse(&format!("No instance found for the given address!\n\n{one}"));
    }
    terminal.say(&instance(snapshot, &address, shown, &terminal.screen));
    Ok(0)
}

/// Writes the state in its format.
pub(super) fn pull(snapshot: Option<&StateSnapshot>, terminal: &mut Terminal) -> u8 {
    if let Some(snapshot) = snapshot {
        let bytes = state::format::write(snapshot, state::format::VERSION);
        terminal.say(&String::from_utf8_lossy(&bytes));
    }
    0
}

fn no_state(terminal: &mut Terminal) -> Result<u8, Diagnostics> {
    terminal.refuse(
        "No state file was found!\n\nNothing was ever applied here, or this is not the directory meant; -state=PATH names a \
         state file elsewhere.\n",
    )
}

/// A failure to record a change.
fn unrecorded(e: &StateError) -> Diagnostic {
    Diagnostic::error("The state could not be changed", e.to_string())
}
