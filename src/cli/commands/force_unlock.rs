//! `force-unlock`

use model::{Diagnostic, Diagnostics};
use state::Store;

use super::Terminal;
use crate::args::ForceUnlockArgs;

/// Takes a lock away from its holder.
pub async fn run(
    args: &ForceUnlockArgs,
    store: &Store,
    terminal: &mut Terminal<'_>,
) -> Result<u8, Diagnostics> {
    let question = "Do you really want to force-unlock?\n  Whoever holds the lock may still be at work. Then two \
                    would change the state at once,\n  which can lose what either of them records.\n";
    if !args.force && !terminal.confirms(question) {
        terminal.say("force-unlock cancelled.\n");
        return Ok(1);
    }
    store
        .force_unlock(&args.id)
        .await
        .map_err(|e| Diagnostic::error("Failed to unlock state", format!("{}: {e}.", args.id)))?;
    terminal.say("The state has been unlocked. It can be changed again.\n");
    Ok(0)
}
