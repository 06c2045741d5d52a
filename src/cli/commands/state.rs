//! `state list`, `state show`, `state rm`, `state pull`

use model::address::Target;
use model::{Diagnostic, Diagnostics, InstanceAddr, InstanceKey, ModuleAddr};
use state::{Change, InstanceState, Session, StateSnapshot};

use super::run::schema_of;
use super::show::decoder;
use super::store::{Request, change, read_snapshot};
use super::terminal::{Terminal, over_standard_streams};
use crate::app::{App, View};
use crate::args::{StateArgs, StateCommand, StateListArgs, StateRmArgs, StateShowArgs};
use crate::render::state::{Shown, instance};

/// Runs the command; the exit status.
pub async fn run(app: &App, args: StateArgs) -> u8 {
    let view = View::new(app, false);
    let asked = match &args.command {
        StateCommand::List(args) => args.state.clone(),
        StateCommand::Show(args) => args.state.clone(),
        StateCommand::Rm(args) => return run_rm(app, args).await,
        StateCommand::Pull(_) => None,
    };
    let Some(snapshot) = read_snapshot(app, &view, asked.as_deref()).await else { return 1 };
    let snapshot = snapshot.as_ref();
    over_standard_streams(app, |t| match &args.command {
        StateCommand::List(args) => list(args, snapshot, t),
        StateCommand::Show(args) => with_schemas(app, snapshot, |s| show(args, snapshot, s, t)),
        StateCommand::Pull(_) | StateCommand::Rm(_) => Ok(pull(snapshot, t)),
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

async fn run_rm(app: &App, args: &StateRmArgs) -> u8 {
    let request = Request { operation: "state rm", state: args.state.state.as_deref(), lock: &args.lock };
    change(app, &request, |session, terminal| rm(args, session, terminal)).await
}

/// Lists the addresses of what is recorded.
pub(super) fn list(
    args: &StateListArgs,
    snapshot: Option<&StateSnapshot>,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let Some(snapshot) = snapshot else { return no_state(terminal) };
    let targets = args.addresses.iter().map(|a| target(a)).collect::<Result<Vec<Target>, Diagnostics>>()?;
    let wanted = |address: &InstanceAddr, state: &InstanceState| {
        (targets.is_empty() || targets.iter().any(|t| covers(t, address)))
            && args.id.as_ref().is_none_or(|id| has_id(state, id))
    };
    let lines = snapshot.instances.iter().filter(|(address, state)| wanted(address, state));
    terminal.say(&lines.map(|(address, _)| format!("{address}\n")).collect::<String>());
    Ok(0)
}

fn has_id(state: &InstanceState, id: &str) -> bool {
    let Some(object) = &state.current else { return false };
    serde_json::from_str::<serde_json::Value>(&object.attributes).is_ok_and(|a| a["id"] == id)
}

/// Shows what is recorded of one instance.
pub(super) fn show(
    args: &StateShowArgs,
    snapshot: Option<&StateSnapshot>,
    shown: &Shown,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let Some(snapshot) = snapshot else { return no_state(terminal) };
    let address: InstanceAddr = plain(&args.address)
        .parse()
        .map_err(|e| Diagnostics::from(Diagnostic::error("Invalid address", format!("{e}"))))?;
    if !snapshot.instances.contains_key(&address) {
        return Err(not_found(&args.address));
    }
    terminal.say(&instance(snapshot, &address, shown, &terminal.screen));
    Ok(0)
}

/// Finds the instances that the addresses mean; each must mean some.
pub fn selection(addresses: &[String], snapshot: &StateSnapshot) -> Result<Vec<InstanceAddr>, Diagnostics> {
    let mut problems = Diagnostics::new();
    let mut found = Vec::new();
    for text in addresses {
        let Some(target) = problems.absorb(target(text)) else { continue };
        let before = found.len();
        found.extend(snapshot.instances.keys().filter(|a| covers(&target, a)).cloned());
        if found.len() == before {
            problems.extend(not_found(text));
        }
    }
    found.sort();
    found.dedup();
    problems.into_result(found)
}

/// Records objects no more. The caller opens the session, and closes it afterwards.
pub(super) fn rm(args: &StateRmArgs, session: &Session, terminal: &mut Terminal) -> Result<u8, Diagnostics> {
    let snapshot = session.snapshot();
    let addresses = selection(&args.addresses, &snapshot)?;
    for address in &addresses {
        let verb = if args.dry_run { "Would remove" } else { "Removed" };
        if !args.dry_run {
            let changes = removal(address, &snapshot.instances[address]);
            session
                .record(None, &changes)
                .map_err(|e| Diagnostic::error("The state could not be changed", e.to_string()))?;
        }
        terminal.say(&format!("{verb} {address}\n"));
    }
    if !args.dry_run {
        terminal.say(&format!("Successfully removed {} resource instance(s).\n", addresses.len()));
    }
    Ok(0)
}

/// The changes that make an instance unknown: its object in use, and its deposed ones.
fn removal(address: &InstanceAddr, state: &InstanceState) -> Vec<Change> {
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

/// Writes the state in its format.
pub(super) fn pull(snapshot: Option<&StateSnapshot>, terminal: &mut Terminal) -> u8 {
    if let Some(snapshot) = snapshot {
        let bytes = state::format::write(snapshot, state::format::VERSION);
        terminal.say(&String::from_utf8_lossy(&bytes));
    }
    0
}

/// The address as state and plan write it; people may write `component.TYPE.NAME`.
fn plain(address: &str) -> String {
    stack::address::from_people(address)
}

fn target(text: &str) -> Result<Target, Diagnostics> {
    plain(text).parse().map_err(|e| Diagnostic::error("Invalid address", format!("{e}")).into())
}

/// Whether a target means an instance: everything within a module, all instances of a resource, or the one.
fn covers(target: &Target, address: &InstanceAddr) -> bool {
    match target {
        Target::Module(module) => contains(module, &address.module),
        Target::Resource(wanted) => {
            wanted.module == address.module
                && wanted.resource == address.resource
                && (wanted.key == InstanceKey::None || wanted.key == address.key)
        }
    }
}

/// Whether a module lies within another; a call without a key means all its instances.
fn contains(outer: &ModuleAddr, inner: &ModuleAddr) -> bool {
    let same = |(a, b): (&(model::Str, InstanceKey), &(model::Str, InstanceKey))| {
        a.0 == b.0 && (a.1 == InstanceKey::None || a.1 == b.1)
    };
    outer.0.len() <= inner.0.len() && outer.0.iter().zip(inner.0.iter()).all(same)
}

fn not_found(address: &str) -> Diagnostics {
    let detail =
        format!("The state records nothing at {address}. \"stackwright state list\" shows what it records.");
    Diagnostic::error("No matching objects found", detail).into()
}

fn no_state(terminal: &mut Terminal) -> Result<u8, Diagnostics> {
    terminal.refuse(
        "No state file was found!\n\nNothing was ever applied here, or this is not the directory meant; -state=PATH names a \
         state file elsewhere.\n",
    )
}
