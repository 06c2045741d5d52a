//! What is recorded: looking at it, and taking the lock on it.

use std::collections::BTreeSet;

use ::apply::Licence;
use model::{Diagnostic, InstanceAddr, Stage};
use state::{IntentAction, Session, StateError, StateSnapshot};

use super::Ready;
use crate::app::App;
use crate::args::LockArgs;
use crate::commands::recover::recover;
use crate::project::{Project, lock_info};
use crate::view::View;

/// What a plan is made over.
pub struct Prior {
    /// The state.
    pub snapshot: StateSnapshot,
    /// The instances that were last applied with `prevent_destroy`.
    pub prevent_destroy: BTreeSet<InstanceAddr>,
}

impl Prior {
    /// What a session holds.
    pub fn of(session: &Session) -> Prior {
        Prior { snapshot: session.snapshot(), prevent_destroy: session.sidecar().protected() }
    }
}

/// The state as it is, with what an interrupted run left folded in; a new one where there is none. Nothing is written.
pub async fn read_state(app: &App, view: &View, ready: &Ready) -> Option<Prior> {
    let read = app.stages().enter(Stage::Read, "state");
    let folded = ready.store.read().await;
    drop(read);
    let folded = match folded {
        Ok(folded) => folded,
        Err(e) => {
            view.tell_one(locking_error(&e));
            return None;
        }
    };
    if let Err(diag) = check_identity(&ready.project, &folded.sidecar) {
        view.tell_one(diag);
        return None;
    }
    if let Some(holder) = &folded.holder {
        view.note(&format!(
            "{} is at work on this state since {} ({}); this plan starts from what was last published.\n",
            holder.who, holder.created, holder.operation
        ));
    }
    let mut snapshot = folded.snapshot.unwrap_or_else(new_snapshot);
    for (_, intent) in &folded.unresolved {
        match recover(app, ready, &snapshot, intent, Licence::Look).await {
            Ok(recovered) => recovered.changes.iter().for_each(|c| {
                snapshot.apply(c);
            }),
            Err(diag) => {
                view.tell_one(diag);
                return None;
            }
        }
    }
    Some(Prior { snapshot, prevent_destroy: folded.sidecar.protected() })
}

/// The first state of a new lineage.
fn new_snapshot() -> StateSnapshot {
    let snapshot = StateSnapshot::new(crate::world::uuid());
    StateSnapshot { terraform_version: crate::TERRAFORM_VERSION.into(), ..snapshot }
}

/// Takes the lock and settles what an interrupted run left open.
pub async fn lock(
    app: &App,
    view: &View,
    ready: &Ready,
    args: &LockArgs,
    operation: &str,
) -> Option<Session> {
    let info = lock_info(operation, &ready.store.backend().location());
    let read = app.stages().enter(Stage::Read, "state");
    let session = ready.store.lock(info, args.lock_timeout).await;
    drop(read);
    let session = match session {
        Ok(session) => session,
        Err(e) => {
            view.tell_one(locking_error(&e));
            return None;
        }
    };
    if let Err(diag) = check_identity(&ready.project, &session.sidecar()) {
        let _ = session.close().await;
        view.tell_one(diag);
        return None;
    }
    for (id, intent) in session.unresolved() {
        if matches!(intent.action, IntentAction::StabiliseNew | IntentAction::StabiliseChanged) {
            let address = crate::render::display_address(&intent.address.to_string());
            view.note(&format!("{address} was not fully done when a run was interrupted: waiting for it.\n"));
        }
        let result = recover(app, ready, &session.snapshot(), &intent, Licence::Finish).await;
        let recorded = match result {
            Ok(recovered) => {
                view.tell(&recovered.warnings, &ready.project.sources.borrow());
                view.note(&format!("Recovered from an interrupted run: {}.\n", intent.address));
                session.resolve(id, &recovered.changes)
            }
            Err(diag) => {
                view.tell_one(diag);
                let _ = session.close().await;
                return None;
            }
        };
        if let Err(e) = recorded {
            view.tell_one(state_error(&e));
            return None;
        }
    }
    Some(session)
}

/// Two stacks or environments never share a state: what was recorded with it is compared with what is at work now.
pub(in crate::commands) fn check_identity(
    project: &Project,
    sidecar: &state::Sidecar,
) -> Result<(), Diagnostic> {
    let stack = project.stack.as_ref().map(|s| s.name.to_string());
    let environment = project.environment.as_ref().map(|e| e.name.to_string());
    let other = |what: &str, recorded: &Option<String>, own: &Option<String>| {
        let (recorded, own) = (recorded.as_ref()?, own.as_ref()?);
        (recorded != own).then(|| {
            Diagnostic::error(
                format!("State of another {what}"),
                format!(
                    "The state belongs to the {what} {recorded:?}, and this is {own:?}. Nothing was changed. Give each {what} \
                     a state of its own, in its backend block or its directory."
                ),
            )
        })
    };
    let found = other("stack", &sidecar.stack, &stack)
        .or_else(|| other("environment", &sidecar.environment, &environment));
    found.map_or(Ok(()), Err)
}

/// A state that is not fit to be worked on, by itself or because of others, is told under one name, Terraform's.
fn locking_error(e: &StateError) -> Diagnostic {
    match e {
        StateError::Damaged { .. } => {
            Diagnostic { summary: "Error acquiring the state lock".into(), ..state_error(e) }
        }
        other => state_error(other),
    }
}

/// A failure of the state as a diagnostic.
pub fn state_error(e: &StateError) -> Diagnostic {
    if let StateError::Backend(state::BackendError::Locked(info)) = e {
        return Diagnostic::error(
            "Error acquiring the state lock",
            format!(
                "The state is locked by {} since {} for {} ({}). Wait for it with -lock-timeout=DURATION. If that run is \
                 certainly dead, take the lock away with: stackwright force-unlock {}",
                info.who, info.created, info.operation, info.info, info.id
            ),
        );
    }
    let begins_with_its_place = matches!(e, StateError::Damaged { .. } | StateError::Journal { .. });
    let text = e.to_string();
    let detail = if begins_with_its_place { text } else { sentence(&text) };
    Diagnostic::error("Failed to use the state", detail)
}

/// A phrase as a sentence; a path in front keeps its letters.
fn sentence(text: &str) -> String {
    let end = if text.ends_with('.') { "" } else { "." };
    let first_word = text.split(' ').next().unwrap_or_default();
    if first_word.contains(['.', '/']) {
        return format!("{text}{end}");
    }
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}{end}", chars.as_str())
}
