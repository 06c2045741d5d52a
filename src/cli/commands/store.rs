//! The state of the current directory, for commands that need nothing else of it.

use std::path::Path;

use state::{StateSnapshot, Store};

use super::run::state_error;
use crate::app::{App, View};
use crate::args::VarArgs;
use crate::project::load;

/// Where the state is kept; nothing where that cannot be told, which has been told. What else is wrong with the
/// configuration does not matter here.
pub(super) fn open(app: &App, view: &View, asked: Option<&Path>) -> Option<Store> {
    let place = app.place().map_err(|diag| view.tell_one(diag)).ok()?;
    let project = load(&app.equipment, &place, &VarArgs::default());
    project.store(&place, asked).map_err(|diags| view.tell(&diags, &project.sources.borrow())).ok()
}

/// The state as recorded, which may be none at all; nothing where it cannot be read, which has been told.
pub(super) async fn read_snapshot(
    app: &App,
    view: &View,
    asked: Option<&Path>,
) -> Option<Option<StateSnapshot>> {
    let store = open(app, view, asked)?;
    match store.read().await {
        Ok(folded) => Some(folded.snapshot),
        Err(e) => {
            view.tell_one(state_error(&e));
            None
        }
    }
}
