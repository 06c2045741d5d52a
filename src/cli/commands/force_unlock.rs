//! `force-unlock`

use model::{Diagnostic, Diagnostics, SourceMap};
use state::Store;

use super::store::open;
use super::terminal::{Terminal, with_standard_streams};
use crate::app::App;
use crate::args::{ForceUnlockArgs, StatePlaces};
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: ForceUnlockArgs) -> u8 {
    let view = View::new(app);
    let Some((_, store)) =
        open(app, &view, StatePlaces { state: args.state.as_deref(), ..StatePlaces::default() })
    else {
        return 1;
    };
    if !with_standard_streams(app, |t| is_meant(&args, t)) {
        return 1;
    }
    match unlock(&args, &store).await {
        Ok(said) => {
            view.print(said);
            0
        }
        Err(diags) => {
            view.tell(&diags, &SourceMap::new());
            1
        }
    }
}

/// Whether the lock is really to go.
pub(super) fn is_meant(args: &ForceUnlockArgs, terminal: &mut Terminal) -> bool {
    let question = "Do you really want to force-unlock?\n  Whoever holds the lock may still be at work. Then two \
                    would change the state at once,\n  which can lose what either of them records.\n";
    let meant = args.force || terminal.confirms(question);
    if !meant {
        terminal.say("force-unlock cancelled.\n");
    }
    meant
}

/// Takes a lock away from its holder; what to say then.
pub(super) async fn unlock(args: &ForceUnlockArgs, store: &Store) -> Result<&'static str, Diagnostics> {
    store
        .force_unlock(&args.id)
        .await
        .map_err(|e| Diagnostic::error("Failed to unlock state", format!("{}: {e}.", args.id)))?;
    Ok("The state has been unlocked. It can be changed again.\n")
}
