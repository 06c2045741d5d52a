//! Sensitive values and where they are kept: encrypted, or not at all where that matters most.

use ::plan::Plan;
use model::Diagnostic;
use state::{Session, StateSnapshot, Store};

use crate::project::Project;
use crate::view::View;

/// Whether anything that a plan puts into the state is secret.
pub fn holds_secrets(plan: &Plan) -> bool {
    let objects = plan.changes.iter().flat_map(|c| [&c.before, &c.after]);
    let outputs = plan.outputs.values();
    objects.chain(outputs.clone().flat_map(|o| [&o.before, &o.after])).any(|v| v.deep_marks().is_sensitive())
        || outputs.into_iter().any(|o| o.sensitive)
}

/// Whether anything in a state is known to be secret without asking its provider.
pub fn is_secret(snapshot: &StateSnapshot) -> bool {
    let objects = snapshot.instances.values().flat_map(|i| i.current.iter().chain(i.deposed.values()));
    snapshot.outputs.values().any(|o| o.sensitive) || { objects }.any(|o| !o.sensitive_paths.is_empty())
}

/// Refuses to keep secrets in the clear outside of this machine, or of an environment that is protected.
pub fn check_state(project: &Project, store: &Store) -> Result<(), Diagnostic> {
    let protected = project.environment.as_ref().filter(|e| e.protected);
    let remote = store.backend().capabilities().remote;
    let place = match (protected, remote) {
        _ if store.keeping().sealing.is_sealing() => return Ok(()),
        (Some(environment), _) => format!("the environment {:?} is protected", &*environment.name),
        (None, true) => format!("the state leaves this machine, for {}", store.backend().location()),
        (None, false) => return Ok(()),
    };
    Err(refused(&format!("the state would hold sensitive values in the clear, and {place}")))
}

/// Refuses to save a plan with secrets in the clear for an environment that is protected.
pub fn check_plan(project: &Project, is_sealing: bool) -> Result<(), Diagnostic> {
    match project.environment.as_ref().filter(|e| e.protected && !is_sealing) {
        None => Ok(()),
        Some(environment) => Err(refused(&format!(
            "the saved plan would hold sensitive values in the clear, and the environment {:?} is protected",
            &*environment.name
        ))),
    }
}

fn refused(why: &str) -> Diagnostic {
    Diagnostic::error(
        "Sensitive values need encryption",
        format!(
            "Nothing was changed: {why}. Encrypt it: set STACKWRIGHT_ENCRYPTION_PASSPHRASE to a passphrase that everybody who \
             applies knows, or write an encryption block into a terraform block."
        ),
    )
}

/// Says once for each state that what is secret is kept in the clear.
pub fn tell_clear(view: &View, store: &Store, session: &Session) {
    if store.keeping().sealing.is_sealing() || session.sidecar().told_clear {
        return;
    }
    session.update_sidecar(|sidecar| sidecar.told_clear = true);
    view.note(&format!(
        "{} holds sensitive values in the clear; only its owner can read it. To encrypt it, set \
         STACKWRIGHT_ENCRYPTION_PASSPHRASE or write an encryption block. This is said once.\n",
        store.backend().location()
    ));
}
