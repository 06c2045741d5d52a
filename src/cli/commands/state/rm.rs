//! `state rm`

use model::{Diagnostic, Diagnostics, InstanceAddr};
use state::{Change, InstanceState, Session, StateSnapshot};

use super::selection::{meant, target, within};
use super::{no_state, unrecorded};
use crate::app::App;
use crate::args::StateRmArgs;
use crate::commands::store::{Request, change};
use crate::commands::terminal::Terminal;

pub(super) async fn run(app: &App, args: &StateRmArgs) -> u8 {
    let request = Request::new("state rm", &args.lock, args.state.places());
    change(app, &request, |session, terminal| rm(args, session, terminal)).await
}

/// Records objects no more. The caller opens the session, and closes it afterwards.
pub(in crate::commands) fn rm(
    args: &StateRmArgs,
    session: &Session,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let snapshot = session.snapshot();
    if snapshot.serial == 0 {
        return no_state(terminal);
    }
    let addresses = selection(&args.addresses, &snapshot)?;
    if !args.dry_run {
        let changes: Vec<Change> =
            addresses.iter().flat_map(|address| removal(address, &snapshot.instances[address])).collect();
        session.record(None, &changes).map_err(|e| unrecorded(&e))?;
    }
    let verb = if args.dry_run { "Would remove" } else { "Removed" };
    terminal.say(&addresses.iter().map(|address| format!("{verb} {address}\n")).collect::<String>());
    if !args.dry_run {
        terminal.say(&format!("Successfully removed {} resource instance(s).\n", addresses.len()));
    }
    Ok(0)
}

/// Finds the instances that the addresses mean; each must mean some.
fn selection(addresses: &[String], snapshot: &StateSnapshot) -> Result<Vec<InstanceAddr>, Diagnostics> {
    let mut problems = Diagnostics::new();
    let mut found = Vec::new();
    for text in addresses {
        let Some(target) = problems.absorb(target(text).map_err(Diagnostics::from)) else { continue };
        let before = found.len();
        found.extend(within(&target, snapshot).cloned());
        if found.len() == before {
            problems.push(not_found(text, snapshot));
        }
    }
    found.sort();
    found.dedup();
    problems.into_result(found)
}

fn not_found(text: &str, snapshot: &StateSnapshot) -> Diagnostic {
    let detail = format!(
        "No matching objects found: the state records nothing at {text}.{} \"stackwright state list\" shows what it \
         records.",
        meant(text, snapshot)
    );
    Diagnostic::error("Invalid target address", detail)
}

/// The changes that make an instance unknown: its object in use, and its deposed ones.
pub(super) fn removal(address: &InstanceAddr, state: &InstanceState) -> Vec<Change> {
    let provider = &state.provider;
    let current = state.current.iter().map(|_| Change::Current {
        address: address.clone(),
        provider: provider.clone(),
        object: None,
    });
    let deposed = state.deposed.keys().map(|key| Change::Deposed {
        address: address.clone(),
        key: key.clone(),
        provider: provider.clone(),
        object: None,
    });
    current.chain(deposed).collect()
}
