//! `state mv`: records objects under other addresses, in this state or in another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use model::{Diagnostics, InstanceAddr, Str};
use state::{
    Change, InstanceObject, InstanceState, Keeping, LocalBackend, Session, Sidecar, StateSnapshot, Store,
};

use super::relocation::{Relocation, relocation};
use super::selection::target;
use super::{no_state, unrecorded};
use crate::app::App;
use crate::args::StateMvArgs;
use crate::commands::run::state_error;
use crate::commands::store::{Request, change, check_resolved, open};
use crate::commands::terminal::Terminal;
use crate::project::lock_info;
use crate::view::View;

const OPERATION: &str = "state mv";

pub(super) async fn run(app: &App, args: &StateMvArgs) -> u8 {
    let request = Request::new(OPERATION, &args.lock, args.state.places());
    let Some(path) = &args.state_out else {
        return change(app, &request, |session, terminal| mv(args, session, terminal)).await;
    };
    let view = View::new(app);
    let Some((_, here)) = open(app, &view, request.places()) else { return 1 };
    let there = match open_other(args, path, here.keeping().clone()).await {
        Ok(there) => there,
        Err(diags) => {
            view.tell(&diags, &model::SourceMap::new());
            return 1;
        }
    };
    let status = change(app, &request, |session, terminal| mv_across(args, session, &there, terminal)).await;
    match there.close().await {
        Ok(_) => status,
        Err(e) => {
            view.tell_one(state_error(&e));
            1
        }
    }
}

/// The state that objects move to, where it is another one.
async fn open_other(args: &StateMvArgs, path: &Path, keeping: Keeping) -> Result<Session, Diagnostics> {
    let store = Store::new(Arc::new(LocalBackend::new(path.to_owned()))).with_keeping(keeping);
    let info = lock_info(OPERATION, &store.backend().location());
    let session = store.lock(info, args.lock.lock_timeout).await.map_err(|e| state_error(&e))?;
    check_resolved(&session)?;
    Ok(session)
}

/// Moves within one state. The caller opens the session, and closes it afterwards.
pub(in crate::commands) fn mv(
    args: &StateMvArgs,
    session: &Session,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let snapshot = session.snapshot();
    if snapshot.serial == 0 {
        return no_state(terminal);
    }
    let found = relocation(&target(&args.source)?, &target(&args.destination)?, &snapshot, &snapshot)?;
    if !args.dry_run {
        let moves =
            found.instances.iter().map(|(from, to)| Change::Move { from: from.clone(), to: to.clone() });
        let renamed = renamed_dependencies(&snapshot, &found.instances);
        let changes: Vec<Change> = moves.chain(renamed).collect();
        session.record(None, &changes).map_err(|e| unrecorded(&e))?;
        session.update_sidecar(|sidecar| rename_in_sidecar(sidecar, &found.instances));
    }
    tell(&found, args.dry_run, terminal);
    Ok(0)
}

/// Moves to another state. The objects are durable there before they are taken away here: should the program die
/// between the two, they are recorded twice and not lost.
fn mv_across(
    args: &StateMvArgs,
    session: &Session,
    there: &Session,
    terminal: &mut Terminal,
) -> Result<u8, Diagnostics> {
    let snapshot = session.snapshot();
    if snapshot.serial == 0 {
        return no_state(terminal);
    }
    let (source, destination) = (target(&args.source)?, target(&args.destination)?);
    let found = relocation(&source, &destination, &snapshot, &there.snapshot())?;
    if !args.dry_run {
        let arrivals: Vec<Change> =
            found.instances.iter().flat_map(|(from, to)| arrival(to, &snapshot.instances[from])).collect();
        let departures: Vec<Change> = found
            .instances
            .iter()
            .flat_map(|(from, _)| super::rm::removal(from, &snapshot.instances[from]))
            .collect();
        there.record(None, &arrivals).map_err(|e| unrecorded(&e))?;
        flush(there)?;
        protect_there(&session.sidecar(), there, &found.instances);
        session.record(None, &departures).map_err(|e| unrecorded(&e))?;
    }
    tell(&found, args.dry_run, terminal);
    Ok(0)
}

/// What is not to be destroyed here is not to be destroyed there either.
fn protect_there(here: &Sidecar, there: &Session, moves: &[(InstanceAddr, InstanceAddr)]) {
    let protected = here.protected();
    let arriving = moves.iter().filter(|(from, _)| protected.contains(from)).map(|(_, to)| to.to_string());
    there.update_sidecar(|sidecar| sidecar.prevent_destroy.extend(arriving));
}

fn flush(session: &Session) -> Result<(), Diagnostics> {
    let flushed = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(session.flush()));
    Ok(flushed.map_err(|e| unrecorded(&e))?)
}

fn arrival(to: &InstanceAddr, state: &InstanceState) -> Vec<Change> {
    let provider = &state.provider;
    let current = state.current.iter().map(|object| Change::Current {
        address: to.clone(),
        provider: provider.clone(),
        object: Some(object.clone()),
    });
    let deposed = state.deposed.iter().map(|(key, object)| Change::Deposed {
        address: to.clone(),
        key: key.clone(),
        provider: provider.clone(),
        object: Some(object.clone()),
    });
    current.chain(deposed).collect()
}

fn tell(found: &Relocation, dry_run: bool, terminal: &mut Terminal) {
    let verb = if dry_run { "Would move" } else { "Move" };
    let line = |(from, to): &(String, String)| format!("{verb} {from:?} to {to:?}\n");
    terminal.say(&found.named.iter().map(line).collect::<String>());
    if !dry_run {
        terminal.say(&format!("Successfully moved {} object(s).\n", found.named.len()));
    }
}

/// Dependencies are recorded by resource. Where all instances of one moved, what depends on them depends on the new
/// address; where some stayed, on both.
fn renamed_dependencies(snapshot: &StateSnapshot, moves: &[(InstanceAddr, InstanceAddr)]) -> Vec<Change> {
    let moved: BTreeMap<&InstanceAddr, &InstanceAddr> = moves.iter().map(|(from, to)| (from, to)).collect();
    let staying: BTreeSet<Str> =
        snapshot.instances.keys().filter(|a| !moved.contains_key(a)).map(recorded_name).collect();
    let mut names: BTreeMap<Str, BTreeSet<Str>> = BTreeMap::new();
    for (from, to) in moves {
        let old = recorded_name(from);
        let new = names.entry(old.clone()).or_default();
        new.insert(recorded_name(to));
        new.extend(staying.get(&old).cloned());
    }
    names.retain(|old, new| new.len() != 1 || !new.contains(old));
    let mut changes = Vec::new();
    for (address, state) in &snapshot.instances {
        let address = moved.get(address).copied().unwrap_or(address);
        changes.extend(state.current.iter().filter_map(|object| {
            let object = Some(Arc::new(renamed(object, &names)?));
            Some(Change::Current { address: address.clone(), provider: state.provider.clone(), object })
        }));
        changes.extend(state.deposed.iter().filter_map(|(key, object)| {
            let object = Some(Arc::new(renamed(object, &names)?));
            let (address, key, provider) = (address.clone(), key.clone(), state.provider.clone());
            Some(Change::Deposed { address, key, provider, object })
        }));
    }
    changes
}

/// The object with the new names of what it depends on; nothing where they are the old ones.
fn renamed(object: &InstanceObject, names: &BTreeMap<Str, BTreeSet<Str>>) -> Option<InstanceObject> {
    if !object.dependencies.iter().any(|d| names.contains_key(d)) {
        return None;
    }
    let mut dependencies = BTreeSet::new();
    for dependency in object.dependencies.iter() {
        match names.get(dependency) {
            Some(new) => dependencies.extend(new.iter().cloned()),
            None => drop(dependencies.insert(dependency.clone())),
        }
    }
    Some(InstanceObject { dependencies: dependencies.into_iter().collect(), ..object.clone() })
}

/// How dependencies name an instance's resource.
fn recorded_name(address: &InstanceAddr) -> Str {
    address.resource.in_module(&address.module.path()).into()
}

/// What is remarked of an instance goes with it.
fn rename_in_sidecar(sidecar: &mut Sidecar, moves: &[(InstanceAddr, InstanceAddr)]) {
    let names: BTreeMap<String, String> =
        moves.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect();
    let new = |old: String| names.get(&old).cloned().unwrap_or(old);
    sidecar.prevent_destroy = std::mem::take(&mut sidecar.prevent_destroy).into_iter().map(new).collect();
    let reads = std::mem::take(&mut sidecar.reads).into_iter();
    sidecar.reads = reads.map(|(a, all)| (new(a), all.into_iter().map(new).collect())).collect();
}
