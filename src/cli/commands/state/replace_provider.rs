//! `state replace-provider`: records objects as another provider's.

use std::collections::BTreeSet;

use model::{Diagnostic, Diagnostics, InstanceAddr, ProviderAddr, Str};
use state::{Change, Session, StateSnapshot};

use super::{no_state, unrecorded};
use crate::app::App;
use crate::args::StateReplaceProviderArgs;
use crate::commands::store::{Request, change};
use crate::commands::terminal::Terminal;

pub(super) async fn run(app: &App, args: &StateReplaceProviderArgs) -> u8 {
    let request = Request::new("state replace-provider", &args.lock, args.state.places());
    change(app, &request, |session, terminal| replace_provider(args, session, terminal)).await
}

/// Replaces a provider after asking. The caller opens the session, and closes it afterwards.
pub(in crate::commands) fn replace_provider(
    args: &StateReplaceProviderArgs,
    session: &Session,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let (from, to) = (provider("from", &args.from)?, provider("to", &args.to)?);
    let snapshot = session.snapshot();
    if snapshot.serial == 0 {
        return no_state(terminal);
    }
    let found = replacement(&snapshot, &from, &to);
    if found.resources.is_empty() {
        terminal.say("No matching resources found.\n");
        return Ok(0);
    }
    terminal.say(&announcement(&found, &from, &to));
    if !args.auto_approve {
        let question =
            "\nDo you want to make these changes?\n  Only \"yes\" will be accepted.\n\n  Enter a value: ";
        match terminal.ask(question).as_deref() {
            Some("yes") => {}
            Some(_) => {
                terminal.say("Cancelled replacing providers.\n");
                return Ok(0);
            }
            None => {
                return terminal.refuse("\nNobody answers. Give -auto-approve to do it without asking.\n");
            }
        }
    }
    session.record(None, &found.changes).map_err(|e| unrecorded(&e))?;
    terminal.say(&format!("\nSuccessfully replaced provider for {} resources.\n", found.resources.len()));
    Ok(0)
}

fn provider(which: &str, text: &str) -> Result<ProviderAddr, Diagnostic> {
    text.parse()
        .map_err(|e| Diagnostic::error(format!("Invalid {which:?} provider {text:?}"), format!("{e}")))
}

/// What replacing a provider changes.
struct Replacement {
    /// The resources concerned, those in fewer modules first.
    resources: BTreeSet<(usize, InstanceAddr)>,
    changes: Vec<Change>,
}

fn replacement(snapshot: &StateSnapshot, from: &ProviderAddr, to: &ProviderAddr) -> Replacement {
    let (old, new) = (format!("provider[\"{from}\"]"), format!("provider[\"{to}\"]"));
    let mut found = Replacement { resources: BTreeSet::new(), changes: Vec::new() };
    for (address, state) in snapshot.instances.iter().filter(|(_, state)| state.provider.contains(&old)) {
        let provider: Str = state.provider.replace(&old, &new).into();
        found.resources.insert((address.module.0.len(), address.whole()));
        found.changes.extend(state.current.iter().map(|object| Change::Current {
            address: address.clone(),
            provider: provider.clone(),
            object: Some(object.clone()),
        }));
        found.changes.extend(state.deposed.iter().map(|(key, object)| Change::Deposed {
            address: address.clone(),
            key: key.clone(),
            provider: provider.clone(),
            object: Some(object.clone()),
        }));
    }
    found
}

fn announcement(found: &Replacement, from: &ProviderAddr, to: &ProviderAddr) -> String {
    let resources: String = found.resources.iter().map(|(_, resource)| format!("  {resource}\n")).collect();
    format!(
        "Stackwright will perform the following actions:\n\n  ~ Updating provider:\n    - {from}\n    + {to}\n\nChanging {} \
         resources:\n\n{resources}",
        found.resources.len()
    )
}
