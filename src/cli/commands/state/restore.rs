//! `state restore`: an earlier snapshot in the place of the recorded one.

use model::{Diagnostic, Diagnostics};
use state::{Session, StateSnapshot, Store};

use super::history::at;
use crate::app::App;
use crate::args::{StatePlaces, StateRestoreArgs};
use crate::commands::run::{check_identity, check_state, is_secret, state_error};
use crate::commands::store::{check_resolved, note_change, open};
use crate::project::{Project, lock_info};
use crate::view::View;

const OPERATION: &str = "state restore";

pub(super) async fn run(app: &App, args: &StateRestoreArgs) -> u8 {
    let view = View::new(app);
    match restore(app, &view, args).await {
        Ok(status) => status,
        Err(diags) => {
            view.tell(&diags, &model::SourceMap::new());
            1
        }
    }
}

async fn restore(app: &App, view: &View, args: &StateRestoreArgs) -> Result<u8, Diagnostics> {
    let Some((project, store)) = open(app, view, StatePlaces::default()) else { return Ok(1) };
    let info = lock_info(OPERATION, &store.backend().location());
    let who = info.who.clone();
    let session = store.lock(info, args.lock.lock_timeout).await.map_err(|e| state_error(&e))?;
    let earlier = match prepare(&project, &store, &session, args.serial).await {
        Ok(earlier) => earlier,
        Err(diag) => {
            session.close().await.map_err(|e| state_error(&e))?;
            return Err(diag.into());
        }
    };
    let now = session.snapshot();
    let restored = StateSnapshot { serial: now.serial + 1, ..earlier };
    note_change(&session, OPERATION, who, (&now, &restored));
    let serial = restored.serial;
    let forgotten: Vec<String> = now
        .instances
        .keys()
        .filter(|a| !restored.instances.contains_key(*a))
        .map(ToString::to_string)
        .collect();
    session.replace(restored).await.map_err(|e| state_error(&e))?;
    view.print(&format!(
        "The snapshot with serial {} is the recorded one again, now with serial {serial}. The next plan compares it with what \
         really exists.\n",
        args.serial
    ));
    tell_forgotten(view, &forgotten);
    Ok(0)
}

async fn prepare(
    project: &Project,
    store: &Store,
    session: &Session,
    serial: u64,
) -> Result<StateSnapshot, Diagnostic> {
    check_identity(project, &session.sidecar())?;
    check_resolved(session)?;
    let earlier = at(store, serial).await?;
    if session.with_snapshot(|now| now.lineage != earlier.lineage) {
        return Err(Diagnostic::error(
            "Snapshot of another state",
            format!(
                "The snapshot with serial {serial} has another lineage, so it has nothing to do with this state."
            ),
        ));
    }
    if is_secret(&earlier) {
        check_state(project, store)?;
    }
    Ok(earlier)
}

/// What was made since exists still, and nothing records it any more.
fn tell_forgotten(view: &View, forgotten: &[String]) {
    if forgotten.is_empty() {
        return;
    }
    let list: String = forgotten.iter().take(20).map(|a| format!("\n  {a}")).collect();
    view.tell_one(Diagnostic::warning(
        "Objects are recorded no more",
        format!(
            "{} that were recorded until now are not in that snapshot. They are not removed; take over with import those that \
             still exist, before they are made a second time:{list}",
            forgotten.len()
        ),
    ));
}
