//! `recover`: settles what interrupted runs left open, or rebuilds a lost state from the marks that objects carry.

use ::apply::{Licence, Rebuilt};
use ::plan::{Action, Change, Mode, Options};
use model::{Diagnostic, Diagnostics};
use state::StateSnapshot;

use super::recover::ask;
use super::run::{Prior, Ready, Telling, apply_plan, lock, make_plan, ready, state_error, timestamp};
use crate::app::App;
use crate::args::{PlanningArgs, RecoverArgs};
use crate::project::lock_info;
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: RecoverArgs) -> u8 {
    let view = View::new(app).compact(args.view.compact_warnings);
    let planning = PlanningArgs::reading_nothing(args.vars.clone());
    let Some(ready) = ready(app, &view, &planning, args.view.input, args.state.places()) else { return 1 };
    match args.from_marks {
        true => rebuild(app, &view, &ready, &args, planning.parallelism).await,
        false => settle(app, &view, &ready, &args).await,
    }
}

/// Finds out what became of everything that interrupted runs began.
async fn settle(app: &App, view: &View, ready: &Ready, args: &RecoverArgs) -> u8 {
    let Some(session) = lock(app, view, ready, &args.lock, "OperationTypeRecover").await else { return 1 };
    match session.close().await {
        Ok(_) => {
            view.print("Nothing is left open.\n");
            0
        }
        Err(e) => {
            view.tell_one(state_error(&e));
            1
        }
    }
}

async fn rebuild(app: &App, view: &View, ready: &Ready, args: &RecoverArgs, parallelism: usize) -> u8 {
    if let Err(diag) = may_replace(ready, args.overwrite).await {
        view.tell_one(diag);
        return 1;
    }
    let rebuilt = match search(app, view, ready, args.lineage.as_deref()).await {
        Ok(rebuilt) => rebuilt,
        Err(diags) => {
            view.tell(&diags, &ready.project.sources.borrow());
            return 1;
        }
    };
    view.tell(&rebuilt.warnings, &ready.project.sources.borrow());
    view.print(&told(&rebuilt));
    let info = lock_info("OperationTypeRecover", &ready.store.backend().location());
    if let Err(e) = ready.store.replace(info, args.lock.lock_timeout, &rebuilt.snapshot).await {
        view.tell_one(state_error(&e));
        return 1;
    }
    record_outputs(app, view, ready, args, parallelism).await
}

/// A state that holds something is replaced only by who says so.
async fn may_replace(ready: &Ready, overwrite: bool) -> Result<(), Diagnostic> {
    let what = match ready.store.read().await {
        _ if overwrite => return Ok(()),
        Ok(folded) => match folded.snapshot {
            Some(snapshot) if !snapshot.instances.is_empty() => {
                format!("holds {} objects", snapshot.instances.len())
            }
            _ if !folded.unresolved.is_empty() => "says that a run was interrupted".to_owned(),
            _ => return Ok(()),
        },
        Err(e) => format!("cannot be read: {e}"),
    };
    Err(Diagnostic::error(
        "There is a state",
        format!(
            "The state {} {what}. To put what the marks tell in its place, use -overwrite; keep a copy of it first.",
            ready.store.backend().location()
        ),
    ))
}

async fn search(
    app: &App,
    view: &View,
    ready: &Ready,
    lineage: Option<&str>,
) -> Result<Rebuilt, Diagnostics> {
    let empty = StateSnapshot {
        terraform_version: crate::TERRAFORM_VERSION.into(),
        ..StateSnapshot::new(crate::world::uuid())
    };
    let prior = Prior { snapshot: empty.clone(), prevent_destroy: Default::default() };
    let options = Options { refresh: false, ..Options::default() };
    let plan = make_plan(app, view, ready, options, prior, &timestamp(), Telling::NotYetOpen).await;
    if plan.errored {
        return Err(Diagnostics::new());
    }
    let is_wanted = |change: &&Change| {
        matches!(change.action, Action::Create)
            && change.address.resource.mode == model::ResourceMode::Managed
    };
    let wanted: Vec<Change> = plan.changes.iter().filter(is_wanted).cloned().collect();
    ask(app, ready, &empty, Licence::Look, async |inputs| ::apply::rebuild(inputs, &wanted, lineage).await)
        .await
}

/// What was found, for people.
fn told(rebuilt: &Rebuilt) -> String {
    let mut text =
        format!("Found {} objects of lineage {}:\n", rebuilt.found.len(), rebuilt.snapshot.lineage);
    for (address, id) in &rebuilt.found {
        text.push_str(&format!("  {address} is {id}\n"));
    }
    if !rebuilt.missing.is_empty() {
        text.push_str("Not found:\n");
        let lines = rebuilt.missing.iter().map(|m| format!("  {} {}\n", m.address, m.why));
        text.extend(lines);
    }
    if !rebuilt.strays.is_empty() {
        text.push_str("Belonging to no address of this configuration, and left alone:\n");
        text.extend(rebuilt.strays.iter().map(|s| format!("  {} {}\n", s.ty, s.id)));
    }
    text
}

/// What else a state holds, outputs and the results of checks, comes from evaluating once.
async fn record_outputs(app: &App, view: &View, ready: &Ready, args: &RecoverArgs, parallelism: usize) -> u8 {
    let options = Options { mode: Mode::RefreshOnly, parallelism, ..Options::default() };
    let Some(session) = lock(app, view, ready, &args.lock, "OperationTypeRecover").await else { return 1 };
    let prior = Prior::of(&session);
    let plan = make_plan(app, view, ready, options, prior, &timestamp(), Telling::All).await;
    if plan.errored {
        let _ = session.close().await;
        return 1;
    }
    apply_plan(app, view, ready, plan, session, parallelism, "recover").await
}
