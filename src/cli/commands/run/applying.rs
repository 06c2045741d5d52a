//! Running a plan to its end, and telling how it went.

use std::path::Path;
use std::sync::Arc;

use ::apply::Outcome;
use ::plan::{Plan, StepAction};
use model::{Diagnostic, Diagnostics, Stage};
use provider::Cancel;
use state::{Label, Sealing, Session, StateError, StateSnapshot};

use super::secrets::{check_state, holds_secrets, tell_clear};
use super::{Ready, state_error};
use crate::app::App;
use crate::files;
use crate::project::{self, lock_info};
use crate::render::messages::Counts;
use crate::render::progress::ApplyView;
use crate::render::{self, messages, words};
use crate::view::View;
use crate::world::Outside;

/// Asks a person for `yes`.
pub fn approve(view: &View, question: &str, input: bool) -> bool {
    if !input || !view.is_for_people() {
        return false;
    }
    view.note(&format!("\n{question}\n  Only 'yes' will be accepted.\n\n  Enter a value: "));
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    view.note("\n");
    read.is_ok() && line.trim() == "yes"
}

/// Runs a plan to its end and tells how it went; the exit status.
pub async fn apply_plan(
    app: &App,
    view: &View,
    ready: &Ready,
    plan: Plan,
    session: Session,
    parallelism: usize,
    word: &str,
) -> u8 {
    if holds_secrets(&plan) {
        plan.changes.iter().flat_map(|c| [&c.before, &c.after]).for_each(|value| view.hide(value));
        if let Err(diag) = check_state(&ready.project, &ready.store) {
            let _ = session.close().await;
            view.tell_one(diag);
            return 1;
        }
        tell_clear(view, &ready.store, &session);
    }
    let timestamp = plan.timestamp.clone();
    let outside = Outside::applying(&timestamp);
    let world = ready.project.world(outside.clone(), &app.equipment.registry);
    let cancel = Cancel::new();
    let watcher = watch_interrupts(cancel.clone());
    let events = apply_view(view, &plan);
    let inputs = ::apply::Inputs {
        plan: &plan,
        config: &ready.project.config,
        statics: &ready.project.statics,
        world: &world,
        variables: ready.variables.clone(),
        registry: &app.equipment.registry,
        around: Arc::new(outside),
        ownership: ready.project.ownership(),
        session: &session,
        parallelism,
        events: &events,
        cancel,
        stages: app.stages(),
    };
    let outcome = ::apply::apply(&inputs).await;
    watcher.abort();
    events.finish();
    let counts = Counts {
        add: outcome.created,
        change: outcome.updated,
        remove: outcome.deleted,
        import: outcome.imported,
    };
    session.update_sidecar(|sidecar| sidecar.protect(&plan.prevent_destroy));
    note_run(ready, &session, (&plan.prior, &counts), word);
    let mut diags = outcome.diags.clone();
    if !plan.targets.is_empty() {
        diags.push(limited());
    }
    let sealing = ready.store.keeping().sealing.clone();
    let save = app.stages().enter(Stage::Save, "state");
    let snapshot = close(session, &sealing, &mut diags).await;
    drop(save);
    tell_outcome(view, ready, &outcome, &counts, &diags, snapshot.as_ref(), word);
    u8::from(diags.has_errors() || outcome.cancelled)
}

fn limited() -> Diagnostic {
    Diagnostic::warning(
        "Applied changes may be incomplete",
        "The plan was limited with -target or -exclude, so some changes that the configuration asks for may be missing, \
         and outputs may not be up to date. To see what is left, run: stackwright plan",
    )
}

/// Publishes the state; nothing where that failed, which the diagnostics then say.
async fn close(session: Session, sealing: &Sealing, diags: &mut Diagnostics) -> Option<StateSnapshot> {
    match session.close().await {
        Ok(snapshot) => Some(snapshot),
        Err(StateError::Unsaved { snapshot, cause }) => {
            diags.push(rescue(&snapshot, sealing, &cause));
            None
        }
        Err(e) => {
            diags.push(state_error(&e));
            None
        }
    }
}

/// Writes results that their own place would not take to a file of the current directory.
fn rescue(snapshot: &StateSnapshot, sealing: &Sealing, cause: &StateError) -> Diagnostic {
    let bytes = state::format::write(snapshot, state::format::VERSION);
    let label =
        Label { lineage: Some(snapshot.lineage.clone()), serial: Some(snapshot.serial), journalled: false };
    let sealed = sealing.seal(state::Kind::State, &label, &bytes).map_err(std::io::Error::other);
    let kept = match sealed.and_then(|bytes| files::write_private("errored.tfstate", &bytes)) {
        Ok(()) => "What was done is in errored.tfstate of this directory. Mend the cause, run \"stackwright state push -force \
                   errored.tfstate\", and run apply again."
            .to_owned(),
        Err(e) => format!("It could not be written to errored.tfstate either ({e})."),
    };
    Diagnostic::error(
        "Failed to save the state",
        format!("The last results could not be saved: {cause}. {kept}"),
    )
}

fn apply_view(view: &View, plan: &Plan) -> ApplyView {
    let is_counted = |action: &StepAction| !matches!(action, StepAction::Gate | StepAction::Stabilise);
    let steps = plan.steps.iter().filter(|s| is_counted(&s.action)).count();
    let shown = view.streams().cloned().fold(ApplyView::new(), ApplyView::with_stream);
    match view.is_for_people() {
        true => shown.with_people(std::io::stderr(), view.err, steps),
        false => shown,
    }
}

/// Keeps in the sidecar who ran what.
fn note_run(ready: &Ready, session: &Session, (before, counts): (&StateSnapshot, &Counts), word: &str) {
    let info = lock_info(word, "");
    let project = &ready.project;
    let entry = state::HistoryEntry {
        time: info.created,
        who: info.who,
        command: word.into(),
        summary: words::done(counts),
        commit: project::commit(Path::new(".")),
        configuration: Some(project.digest()),
        ..Default::default()
    };
    let entry = entry.between(before, &session.snapshot());
    session.update_sidecar(|sidecar| {
        sidecar.stack = project.stack.as_ref().map(|s| s.name.to_string()).or_else(|| sidecar.stack.take());
        sidecar.environment = project.environment.as_ref().map(|e| e.name.to_string());
        sidecar.history.push(entry);
    });
}

fn tell_outcome(
    view: &View,
    ready: &Ready,
    outcome: &Outcome,
    counts: &Counts,
    diags: &Diagnostics,
    snapshot: Option<&StateSnapshot>,
    word: &str,
) {
    if !view.is_for_people() {
        view.tell(diags, &ready.project.sources.borrow());
    }
    if !diags.has_errors() {
        if word != "refresh" {
            view.say(|| messages::change_summary(word, counts));
        }
        if let (Some(snapshot), "apply" | "refresh") = (snapshot, word) {
            view.say(|| messages::outputs(&snapshot.outputs));
        }
    }
    if !view.is_for_people() {
        return;
    }
    if !diags.has_errors() && !outcome.cancelled {
        let line = match word {
            "destroy" => words::destroyed_line(counts),
            "import" => words::IMPORTED.to_owned(),
            _ => words::applied_line(counts),
        };
        if word != "refresh" {
            view.print(&format!("\n{line}\n"));
        }
        if let Some(snapshot) =
            snapshot.filter(|s| !s.outputs.is_empty() && matches!(word, "apply" | "refresh"))
        {
            view.print(&render::outputs::section(&snapshot.outputs));
        }
    }
    view.tell(diags, &ready.project.sources.borrow());
    if !outcome.skipped.is_empty() {
        let names: std::collections::BTreeSet<String> =
            outcome.skipped.iter().map(|a| render::display_address(&a.to_string())).collect();
        let list: String = names.iter().take(20).map(|n| format!("  {n}\n")).collect();
        let why = if outcome.cancelled {
            "because you asked to stop"
        } else {
            "because something before it failed"
        };
        view.note(&format!("\nNot begun, {why} ({}):\n{list}", names.len()));
    }
}

/// The first Ctrl-C asks to stop, the second stops.
fn watch_interrupts(cancel: Cancel) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            cancel.cancel();
            let _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                b"\nInterrupted: what is under way is finished and saved, nothing new is begun. Press Ctrl-C again to stop at once.\n",
            );
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    })
}
