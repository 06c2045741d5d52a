//! `state push`: puts another state in the place of the recorded one.

use std::io::Read;
use std::path::Path;

use model::{Diagnostic, Diagnostics};
use state::{Session, Sidecar, StateError, StateSnapshot, Store};

use crate::app::App;
use crate::args::{StatePlaces, StatePushArgs};
use crate::commands::run::{check_identity, check_state, is_secret, state_error};
use crate::commands::store::{check_resolved, note_change, open, read_state_file};
use crate::project::{Project, lock_info};
use crate::view::View;

const OPERATION: &str = "state push";

pub(super) async fn run(app: &App, args: &StatePushArgs) -> u8 {
    let view = View::new(app);
    match push(app, &view, args).await {
        Ok(status) => status,
        Err(diags) => {
            view.tell(&diags, &model::SourceMap::new());
            1
        }
    }
}

async fn push(app: &App, view: &View, args: &StatePushArgs) -> Result<u8, Diagnostics> {
    let Some((project, store)) = open(app, view, StatePlaces::default()) else { return Ok(1) };
    let pushed = read(&project, &args.path)?;
    let info = lock_info(OPERATION, &store.backend().location());
    let who = info.who.clone();
    let session = match store.lock(info.clone(), args.lock.lock_timeout).await {
        Ok(session) => session,
        // What cannot be read can be replaced all the same, but only by force.
        Err(
            StateError::Damaged { .. }
            | StateError::Journal { .. }
            | StateError::Sealed { .. }
            | StateError::Unexpected { .. },
        ) if args.force => {
            let replaced = store.replace(info, args.lock.lock_timeout, &pushed).await;
            return Ok(replaced.map(|()| 0).map_err(|e| state_error(&e))?);
        }
        Err(e) => return Err(state_error(&e).into()),
    };
    match prepare(args.force, (&project, &store), &session, pushed) {
        Ok(Some(snapshot)) => {
            reset_remarks(&session, &snapshot);
            note_change(&session, OPERATION, who, (&session.snapshot(), &snapshot));
            session.replace(snapshot).await.map_err(|e| state_error(&e))?;
        }
        Ok(None) => drop(session.close().await.map_err(|e| state_error(&e))?),
        Err(diag) => {
            session.close().await.map_err(|e| state_error(&e))?;
            return Err(diag.into());
        }
    }
    Ok(0)
}

/// The state to push: a file's, or standard input's for `-`.
fn read(project: &Project, path: &Path) -> Result<StateSnapshot, Diagnostics> {
    let bytes = match path.to_str() {
        Some("-") => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
        _ => std::fs::read(path),
    };
    let failed = |why: String| {
        Diagnostic::error(
            "Failed to read the state to push",
            format!("{} cannot be read: {why}.", path.display()),
        )
    };
    let bytes = bytes.map_err(|e| failed(e.to_string()))?;
    read_state_file(project, path, &bytes)
}

/// What is to be published; nothing where it is what is recorded already.
fn prepare(
    force: bool,
    (project, store): (&Project, &Store),
    session: &Session,
    pushed: StateSnapshot,
) -> Result<Option<StateSnapshot>, Diagnostic> {
    check_identity(project, &session.sidecar())?;
    if is_secret(&pushed) {
        check_state(project, store)?;
    }
    if !force {
        check_resolved(session)?;
    }
    session.with_snapshot(|recorded| overwritten(recorded, pushed, force))
}

/// What a recorded state becomes when another is pushed over it; nothing where the two are the same. Without force, only a
/// later state of the same lineage is taken.
pub(in crate::commands) fn overwritten(
    recorded: &StateSnapshot,
    pushed: StateSnapshot,
    force: bool,
) -> Result<Option<StateSnapshot>, Diagnostic> {
    let unlike = |why: String| {
        let detail = format!("{why} If that is what you want all the same, give -force.");
        Err(Diagnostic::error("Failed to write state", detail))
    };
    let same = same_content(recorded, &pushed);
    if recorded.serial == 0 {
        return Ok(Some(pushed));
    }
    if same && recorded.serial == pushed.serial && recorded.lineage == pushed.lineage {
        return Ok(None);
    }
    if force {
        let serial = pushed.serial + u64::from(pushed.serial == recorded.serial && !same);
        return Ok(Some(StateSnapshot { serial, ..pushed }));
    }
    if recorded.lineage != pushed.lineage {
        return unlike(format!(
            "The state has lineage {:?}, and the recorded one has {:?}: the two have nothing to do with each other.",
            pushed.lineage, recorded.lineage
        ));
    }
    if pushed.serial < recorded.serial {
        return unlike(format!(
            "The state has serial {}, and the recorded one has {}: it is newer, and what happened since would be forgotten.",
            pushed.serial, recorded.serial
        ));
    }
    if pushed.serial == recorded.serial {
        return unlike(format!(
            "The state has serial {}, as the recorded one has, but not the same content. Raise its serial if it is the newer \
             of the two.",
            pushed.serial
        ));
    }
    Ok(Some(pushed))
}

fn same_content(a: &StateSnapshot, b: &StateSnapshot) -> bool {
    a.instances == b.instances && a.outputs == b.outputs && a.check_results == b.check_results
}

/// What is remarked of a state says nothing of one that has nothing to do with it.
fn reset_remarks(session: &Session, pushed: &StateSnapshot) {
    if session.with_snapshot(|recorded| recorded.lineage == pushed.lineage) {
        return;
    }
    session.update_sidecar(|sidecar| {
        *sidecar = Sidecar {
            stack: sidecar.stack.take(),
            environment: sidecar.environment.take(),
            history: std::mem::take(&mut sidecar.history),
            ..Sidecar::default()
        };
    });
}
