//! What `init` does about the backend: it remembers it, and takes the state along where that is asked for.

use model::{Diagnostic, Diagnostics};
use state::{Folded, Store};

use crate::args::InitArgs;
use crate::commands::run::{approve, check_state, is_secret, state_error};
use crate::project::{Chosen, Place, Project, lock_info, remember};
use crate::view::View;

/// Sets the backend of an environment or workspace up; says whether anything is other than before.
pub(super) async fn set_up(
    view: &View,
    project: &Project,
    place: &Place,
    args: &InitArgs,
) -> Result<(), Diagnostics> {
    let configured = project.configured_backend()?;
    let complete = configured.with_options(&args.backend_config, project.backend_types())?;
    if args.create_backend && complete.create(project.backend_types()).await? {
        view.note(&format!("The place of the backend {:?} was not there and was made.\n", complete.ty));
    }
    let former = project.former_backend(place);
    if former != complete && !args.reconfigure {
        let (old, new) = (store(project, &former, place)?, store(project, &complete, place)?);
        move_over(view, project, (&old, &new), args).await?;
    }
    let chosen = store(project, &complete, place)?;
    check_reachable(&chosen).await?;
    tell_promises(view, &complete, &chosen);
    Ok(remember(place, configured, complete)?)
}

fn store(project: &Project, chosen: &Chosen, place: &Place) -> Result<Store, Diagnostics> {
    let own = project.environment.as_ref().is_some_and(|e| e.backend.is_some());
    Ok(Store::new(chosen.open(place, own, project.backend_types())?).with_keeping(project.keeping()?))
}

/// A place elsewhere that cannot be reached is told now, not when there is something to keep.
async fn check_reachable(store: &Store) -> Result<(), Diagnostic> {
    if store.backend().capabilities().remote {
        store.backend().read().await.map_err(|e| state_error(&e.into()))?;
    }
    Ok(())
}

/// Takes the state along, if there is one.
async fn move_over(
    view: &View,
    project: &Project,
    (old, new): (&Store, &Store),
    args: &InitArgs,
) -> Result<(), Diagnostics> {
    if old.backend().location() == new.backend().location() {
        return Ok(());
    }
    let there = old.read().await.map_err(|e| state_error(&e))?;
    let Some(snapshot) = there.snapshot.as_ref().filter(|s| !s.is_empty()) else { return Ok(()) };
    let (from, to) = (old.backend().location(), new.backend().location());
    let question = format!("Do you want to copy the state from {from} to {to}?");
    if !args.migrate_state && !args.force_copy && !approve(view, &question, args.view.input) {
        return Err(Diagnostic::error(
            "Backend configuration changed",
            format!(
                "The state was kept at {from}, and the configuration says {to} now. To take it along, run \"stackwright init \
                 -migrate-state\". To leave it behind, run \"stackwright init -reconfigure\". Nothing was changed."
            ),
        )
        .into());
    }
    check_quiet(&there, &from)?;
    if is_secret(snapshot) {
        check_state(project, new)?;
    }
    copy(new, &there, args).await?;
    view.print(&format!(
        "The state was copied from {from} to {to}. What is at the old place stays there, unused.\n"
    ));
    Ok(())
}

/// A state is taken along only while nobody works on it.
fn check_quiet(there: &Folded, location: &str) -> Result<(), Diagnostic> {
    let why = match (&there.holder, there.unresolved.is_empty()) {
        (None, true) => return Ok(()),
        (Some(holder), _) => format!("{} is at work on it", holder.who),
        (None, false) => {
            "an interrupted run left it unfinished; finish it with the former backend first".to_owned()
        }
    };
    Err(Diagnostic::error(
        "State is not at rest",
        format!("The state at {location} cannot be moved now: {why}."),
    ))
}

async fn copy(new: &Store, there: &Folded, args: &InitArgs) -> Result<(), Diagnostics> {
    let Some(snapshot) = &there.snapshot else { return Ok(()) };
    let info = lock_info("OperationTypeMigrate", &new.backend().location());
    let session = new.lock(info, args.lock.lock_timeout).await.map_err(|e| state_error(&e))?;
    let here = session.snapshot();
    let fits = here.is_empty() || here.lineage == snapshot.lineage && here.serial <= snapshot.serial;
    if !fits && !args.force_copy {
        session.close().await.map_err(|e| state_error(&e))?;
        return Err(Diagnostic::error(
            "The new place holds another state",
            format!(
                "{} holds a state with lineage {:?} and serial {}, and the one to move has {:?} and {}. Nothing was changed. \
                 With -force-copy it is replaced.",
                new.backend().location(),
                here.lineage,
                here.serial,
                snapshot.lineage,
                snapshot.serial
            ),
        )
        .into());
    }
    let sidecar = there.sidecar.clone();
    session.update_sidecar(|remarks| *remarks = sidecar);
    Ok(session.replace(snapshot.clone()).await.map_err(|e| state_error(&e))?)
}

/// Says what a backend cannot promise.
fn tell_promises(view: &View, chosen: &Chosen, store: &Store) {
    let can = store.backend().capabilities();
    if chosen.ty == "local" || can.fencing && can.remote_journal {
        return;
    }
    view.note(&format!(
        "The backend {:?} keeps a state and a lock, and no more:\n\
         - The journal is kept here, in .stackwright/: after a crash, run apply again on this machine.\n\
         - The lock of a program that died stays until force-unlock takes it away, and a write that comes late is not \
         refused.\n",
        chosen.ty
    ));
}
