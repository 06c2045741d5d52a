//! `taint` and `untaint`: say of an object that it is not, or is after all, fit for use.

use std::sync::Arc;

use model::{Diagnostic, Diagnostics, InstanceAddr, ResourceMode};
use state::{Change, InstanceObject, ObjectStatus, Session, StateSnapshot};

use super::store::{Request, change};
use super::terminal::Terminal;
use crate::app::App;
use crate::args::TaintArgs;
use crate::render::display_address;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: TaintArgs, wanted: ObjectStatus) -> u8 {
    let operation = match wanted {
        ObjectStatus::Tainted => "taint",
        ObjectStatus::Ready => "untaint",
    };
    let request = Request::new(operation, &args.lock, args.state.places());
    change(app, &request, |session, terminal| mark(&args, wanted, session, terminal)).await
}

/// Records another status of an object. The caller opens the session, and closes it afterwards.
pub(super) fn mark(
    args: &TaintArgs,
    wanted: ObjectStatus,
    session: &Session,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let address: InstanceAddr = stack::address::from_people(&args.address)
        .parse()
        .map_err(|e| Diagnostic::error("Invalid address", format!("{e}")))?;
    let name = display_address(&address.to_string());
    if wanted == ObjectStatus::Tainted && address.resource.mode != ResourceMode::Managed {
        return terminal.refuse(&format!("Resource instance {name} cannot be tainted\n"));
    }
    let snapshot = session.snapshot();
    let Some(state) = snapshot.instances.get(&address) else {
        return missing(args, &name, &snapshot, terminal);
    };
    let object = state.current.as_ref().ok_or_else(|| half_replaced(&name))?;
    if wanted == ObjectStatus::Ready && object.status == ObjectStatus::Ready {
        return Err(not_tainted(&name).into());
    }
    let object = Some(Arc::new(InstanceObject { status: wanted, ..(**object).clone() }));
    let marked = Change::Current { address, provider: state.provider.clone(), object };
    session
        .record(None, &[marked])
        .map_err(|e| Diagnostic::error("The state could not be changed", e.to_string()))?;
    terminal.say(&match wanted {
        ObjectStatus::Tainted => format!("Resource instance {name} has been marked as tainted.\n"),
        ObjectStatus::Ready => format!("Resource instance {name} has been successfully untainted.\n"),
    });
    Ok(0)
}

fn missing(
    args: &TaintArgs,
    name: &str,
    snapshot: &StateSnapshot,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    const SUMMARY: &str = "No such resource instance";
    if args.allow_missing {
        let detail = format!("The state records no {name}, which is no error with -allow-missing.");
        terminal.warn(&Diagnostic::warning(SUMMARY, detail));
        return Ok(0);
    }
    if snapshot.instances.is_empty() {
        let detail = "The state records no resource instances at all: either nothing was applied yet, or everything was \
                      destroyed.";
        return Err(Diagnostic::error(SUMMARY, detail).into());
    }
    let names: Vec<String> = snapshot.instances.keys().map(|a| display_address(&a.to_string())).collect();
    let meant = model::diagnostic::did_you_mean(name, names.iter().map(|n| &**n));
    let detail = format!(
        "The state records no {name}.{meant} What is new in the configuration is recorded by \"stackwright apply\"; \
         \"stackwright state list\" shows what is recorded now."
    );
    Err(Diagnostic::error(SUMMARY, detail).into())
}

fn half_replaced(name: &str) -> Diagnostic {
    let detail = format!(
        "A replacement of {name} was interrupted: only objects that are still to be deleted are left of it. Run \
         \"stackwright apply\" first, which finishes the replacement."
    );
    Diagnostic::error("No such resource instance", detail)
}

fn not_tainted(name: &str) -> Diagnostic {
    let detail = format!("{name} is not tainted, so there is nothing to take away.");
    Diagnostic::error("Resource instance is not tainted", detail)
}
