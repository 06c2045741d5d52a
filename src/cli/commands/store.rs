//! The state of the current directory, for commands that need nothing else of it.

use std::path::Path;

use model::{Diagnostic, Diagnostics};
use state::{HistoryEntry, Session, StateError, StateSnapshot, Store};

use super::run::{check_identity, state_error};
use super::terminal::{Terminal, over_standard_streams};
use crate::app::App;
use crate::args::{LockArgs, StatePlaces, VarArgs};
use crate::planfile::{self, Saved};
use crate::project::{DEFAULT, Place, Project, Sealings, load, lock_info};
use crate::view::View;

/// The current directory as far as it says where its state is kept; nothing where that cannot be told, which has been
/// told. What else is wrong with the configuration does not matter here.
pub(super) fn open_project(app: &App, view: &View, place: &Place) -> Option<Project> {
    let project = load(app, place, &VarArgs::default());
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

/// A saved plan, and how the documents of the current directory are kept; nothing where it cannot be read, which has been
/// told.
pub(super) fn read_plan(app: &App, view: &View, path: &Path, vars: &VarArgs) -> Option<(Saved, Sealings)> {
    let place = app.place().unwrap_or_else(|_| Place::Workspace(DEFAULT.into()));
    let project = load(app, &place, vars);
    let read = project.sealings().and_then(|s| Ok((planfile::read(path, &s.plan)?, s)));
    read.map_err(|diags| view.tell(&diags, &project.sources.borrow())).ok()
}

/// The snapshot that a file holds, encrypted or not.
pub(super) fn read_state_file(
    project: &Project,
    path: &Path,
    bytes: &[u8],
) -> Result<StateSnapshot, Diagnostics> {
    let location = path.to_string_lossy();
    let opened = project.sealings()?.state.open(state::Kind::State, bytes).map_err(|why| {
        Diagnostic::error("Failed to use the state", format!("{location} cannot be used: {why}."))
    })?;
    Ok(state::format::read(&opened.plain, &location).map_err(|e| state_error(&e))?)
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

    /// Where the state is, as far as the command line says it.
    pub(super) fn places(&self) -> StatePlaces<'r> {
        self.places
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
        note(&session, request.operation, who, &before);
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

/// Keeps in the sidecar who changed what is recorded, and how it was before.
pub(super) fn note(session: &Session, operation: &str, who: String, before: &StateSnapshot) {
    session.with_snapshot(|now| note_change(session, operation, who, (before, now)));
}

/// Keeps in the sidecar who put one snapshot in the place of another.
pub(super) fn note_change(
    session: &Session,
    operation: &str,
    who: String,
    (before, after): (&StateSnapshot, &StateSnapshot),
) {
    let entry =
        HistoryEntry { time: crate::render::now(), who, command: operation.into(), ..Default::default() };
    session.update_sidecar(|sidecar| sidecar.history.push(entry.between(before, after)));
}
