//! The state of the current directory, for commands that need nothing else of it.

use std::path::Path;

use model::{Diagnostic, Diagnostics};
use state::{HistoryEntry, Session, StateError, StateSnapshot, Store};

use super::run::{check_identity, state_error};
use super::terminal::{Terminal, over_standard_streams};
use crate::app::App;
use crate::args::{LockArgs, StatePlaces, VarArgs};
use crate::project::{Place, Project, load, lock_info};
use crate::view::View;

/// The current directory as far as it says where its state is kept; nothing where that cannot be told, which has been
/// told. What else is wrong with the configuration does not matter here.
pub(super) fn open_project(app: &App, view: &View, place: &Place) -> Option<Project> {
    let project = load(&app.equipment, place, &VarArgs::default());
    if project.unreadable {
        view.tell(&project.diags, &project.sources.borrow());
        return None;
    }
    Some(project)
}

/// Where the state is kept, with the directory; nothing where that cannot be told, which has been told.
pub(super) fn open(app: &App, view: &View, asked: StatePlaces<'_>) -> Option<(Project, Store)> {
    let place = app.place().map_err(|diag| view.tell_one(diag)).ok()?;
    let project = open_project(app, view, &place)?;
    let store = project.store(&place, asked).map_err(|diags| view.tell(&diags, &project.sources.borrow()));
    Some((project, store.ok()?))
}

/// The state as recorded, which may be none at all; nothing where it cannot be read, which has been told.
pub(super) async fn read_snapshot(
    app: &App,
    view: &View,
    asked: Option<&Path>,
) -> Option<Option<StateSnapshot>> {
    let (_, store) = open(app, view, StatePlaces { state: asked, ..StatePlaces::default() })?;
    match store.read().await {
        Ok(folded) => Some(folded.snapshot),
        Err(e) => {
            view.tell_one(state_error(&e));
            None
        }
    }
}

/// What a command that changes the state asks for.
pub(super) struct Request<'r> {
    /// What the lock and the history call it: `state rm`.
    operation: &'r str,
    lock: &'r LockArgs,
    places: StatePlaces<'r>,
}

impl<'r> Request<'r> {
    pub(super) fn new(operation: &'r str, lock: &'r LockArgs, places: StatePlaces<'r>) -> Request<'r> {
        Request { operation, lock, places }
    }
}

/// Changes what is recorded, with the lock held and every earlier run's results in place; the exit status. What the
/// change records is published only where it succeeds in full.
pub(super) async fn change(
    app: &App,
    request: &Request<'_>,
    change: impl FnOnce(&Session, &mut Terminal) -> Result<u8, Diagnostics>,
) -> u8 {
    let view = View::new(app);
    let Some((project, store)) = open(app, &view, request.places) else { return 1 };
    let info = lock_info(request.operation, &store.backend().location());
    let who = info.who.clone();
    let session = match store.lock(info, request.lock.lock_timeout).await {
        Ok(session) => session,
        Err(e) => {
            view.tell_one(state_error(&e));
            return 1;
        }
    };
    let before = session.snapshot();
    let status = over_standard_streams(app, |terminal| {
        check_identity(&project, &session.sidecar())?;
        check_resolved(&session)?;
        change(&session, terminal)
    });
    if session.with_snapshot(|now| *now != before) {
        note(&session, request.operation, who);
    }
    close(&view, session.close().await, status)
}

fn close(view: &View, closed: Result<StateSnapshot, StateError>, status: u8) -> u8 {
    match closed {
        Ok(_) => status,
        Err(e) => {
            view.tell_one(state_error(&e));
            1
        }
    }
}

/// What an interrupted run began is settled by plan and apply, which know the providers.
pub(super) fn check_resolved(session: &Session) -> Result<(), Diagnostic> {
    if session.unresolved().is_empty() {
        return Ok(());
    }
    let detail = "An earlier run was interrupted, and what became of its last steps is not recorded yet. Run \
                  \"stackwright apply\" or \"stackwright refresh\" first: both find out and record it.";
    Err(Diagnostic::error("Interrupted operation", detail))
}

/// Keeps in the sidecar who changed what is recorded.
pub(super) fn note(session: &Session, operation: &str, who: String) {
    let serial = session.with_snapshot(|s| s.serial);
    session.update_sidecar(|sidecar| {
        sidecar.history.push(HistoryEntry {
            serial,
            time: crate::render::now(),
            who,
            command: operation.into(),
            summary: String::new(),
        });
    });
}
