//! `apply`: makes the changes, of a saved plan or of one made now.

mod converge;

use std::path::Path;

use ::plan::{Deferral, Mode, Options, Plan};
use model::{Diagnostic, Diagnostics};
use state::StateSnapshot;

use crate::app::App;
use crate::args::{ApplyArgs, LockArgs, PlanViewArgs, PlanningArgs, StatePlaces};
use crate::commands::run::{
    Prior, Ready, Telling, apply_plan, approve, lock, make_plan, mode, options, ready, show_plan,
    tell_places, timestamp,
};
use crate::commands::store::read_plan;
use crate::planfile::{self, Saved};
use crate::project::{Place, Sealings, load_kept, selected_workspace};
use crate::render::messages;
use crate::view::View;

/// Runs the command; the exit status.
pub async fn run(app: &App, args: ApplyArgs) -> u8 {
    let Some(view) = View::open(app, &args.stream) else { return 1 };
    let view = view.compact(args.view.compact_warnings);
    if let Err(diag) = converge::check(&args) {
        view.tell_one(diag);
        return 1;
    }
    if let Some(path) = &args.plan_file {
        return apply_saved(app, &view, path, &args).await;
    }
    let request = Request {
        planning: &args.planning,
        shown: &args.shown,
        lock: &args.lock,
        places: args.state.places(),
        input: args.view.input,
        auto_approve: args.auto_approve,
        mode: mode(&args.planning),
        converge: args.converge,
        word: if args.planning.destroy { "destroy" } else { "apply" },
    };
    plan_and_apply(app, &view, &request).await
}

/// What apply, destroy and refresh ask for.
pub struct Request<'a> {
    /// What the plan is made of.
    pub planning: &'a PlanningArgs,
    /// How the plan is shown.
    pub shown: &'a PlanViewArgs,
    /// The lock.
    pub lock: &'a LockArgs,
    /// Other places of the state.
    pub places: StatePlaces<'a>,
    /// Whether somebody can be asked.
    pub input: bool,
    /// Whether nobody needs to be asked.
    pub auto_approve: bool,
    /// What the plan is for.
    pub mode: Mode,
    /// Whether to go on in rounds until nothing is put off.
    pub converge: bool,
    /// `apply`, `destroy` or `refresh`.
    pub word: &'a str,
}

/// Plans under the lock, asks, and applies.
pub async fn plan_and_apply(app: &App, view: &View, request: &Request<'_>) -> u8 {
    tell_places(view, request.places);
    let Some(ready) = ready(app, view, request.planning, request.input, request.places) else { return 1 };
    if let Some(environment) = ready.project.environment.as_ref().filter(|e| e.protected) {
        view.tell(&protected(environment, request.word).into(), &ready.project.sources.borrow());
        return 1;
    }
    if request.converge {
        return converge::run(app, view, request, &ready).await;
    }
    let Some(options) = options(view, request.planning, request.mode) else { return 1 };
    plan_round(app, view, request, &ready, options, &|_| Ok(())).await.status
}

/// How one plan and its application ended.
struct Round {
    status: u8,
    deferred: Vec<Deferral>,
}

impl Round {
    fn failed() -> Round {
        Round { status: 1, deferred: Vec::new() }
    }
}

/// Looks at a plan that was shown; an error keeps it from being applied.
type Look<'l> = &'l dyn Fn(&Plan) -> Result<(), Diagnostics>;

/// Plans under the lock, asks, and applies, once.
async fn plan_round(
    app: &App,
    view: &View,
    request: &Request<'_>,
    ready: &Ready,
    options: Options,
    look: Look<'_>,
) -> Round {
    let parallelism = options.parallelism;
    let Some(session) = lock(app, view, ready, request.lock, &operation(request.word)).await else {
        return Round::failed();
    };
    let prior = Prior::of(&session);
    if let Some(diag) = nothing_to_refresh(request, &prior.snapshot) {
        let _ = session.close().await;
        view.tell_one(diag);
        return Round { status: 0, deferred: Vec::new() };
    }
    let goes_on = request.auto_approve && request.mode == Mode::Normal;
    let telling = if goes_on { Telling::NotYetOpen } else { Telling::All };
    let plan = make_plan(app, view, ready, options, prior, &timestamp(), telling).await;
    if plan.errored {
        let _ = session.close().await;
        return Round::failed();
    }
    if request.word != "refresh" && !show_plan(app, view, &ready.project, &plan, request.shown) {
        let _ = session.close().await;
        return Round::failed();
    }
    let kept = planfile::check_finite(&plan, "Output value cannot be kept");
    if let Err(diags) = kept.map_err(Diagnostics::from).and_then(|()| look(&plan)) {
        let _ = session.close().await;
        view.tell(&diags, &ready.project.sources.borrow());
        return Round::failed();
    }
    if !agreed(view, request, &plan) {
        let _ = session.close().await;
        return Round::failed();
    }
    let deferred = plan.deferred.clone();
    let status = apply_plan(app, view, ready, plan, session, parallelism, request.word).await;
    Round { status, deferred }
}

/// The warning of a refresh where the state holds nothing.
fn nothing_to_refresh(request: &Request<'_>, prior: &StateSnapshot) -> Option<Diagnostic> {
    (request.word == "refresh" && prior.instances.is_empty()).then(|| {
        Diagnostic::warning(
            "Empty or non-existent state",
            "The state records no objects, so there is nothing to refresh. Objects are recorded when they are made by apply, \
             or taken over by import.",
        )
    })
}

/// Whether a plan may be applied: it is asked for where there is something to do.
fn agreed(view: &View, request: &Request<'_>, plan: &Plan) -> bool {
    if !plan.is_applyable() || request.auto_approve || request.mode == Mode::RefreshOnly {
        return true;
    }
    let question = match request.word {
        "destroy" => "Do you really want to destroy all of this? There is no undo.",
        _ => "Do you want to perform these actions?",
    };
    let agreed = approve(view, question, request.input);
    if !agreed {
        view.tell_one(Diagnostic::error(
            "Not approved",
            format!(
                "Nothing was changed. Answer 'yes' when asked, or give -auto-approve to {} without a question.",
                request.word
            ),
        ));
    }
    agreed
}

fn operation(word: &str) -> String {
    match word {
        "destroy" => "OperationTypeDestroy".into(),
        _ => "OperationTypeApply".into(),
    }
}

fn protected(environment: &stack::Environment, word: &str) -> Diagnostic {
    let flag = if word == "destroy" { " -destroy" } else { "" };
    model::err!(
        environment.span,
        "Protected environment",
        "The environment {0:?} is protected: {word} takes only a saved plan here, so that what was looked at is what happens. \
         Make one with: stackwright plan{flag} -env={0} -out=FILE, then: stackwright apply -env={0} FILE",
        &*environment.name
    )
}

/// Applies exactly what a saved plan holds.
async fn apply_saved(app: &App, view: &View, path: &Path, args: &ApplyArgs) -> u8 {
    tell_places(view, args.state.places());
    let vars = &args.planning.vars;
    let Some((saved, sealings)) = read_plan(app, view, path, vars) else { return 1 };
    let place = match place_of(app, &saved) {
        Ok(place) => place,
        Err(diag) => {
            view.tell_one(diag);
            return 1;
        }
    };
    let Some(ready) = ready_saved(app, view, &saved, (place, &sealings), args) else { return 1 };
    if let Err(diag) = check_workspace(view, &saved, &ready) {
        view.tell_one(diag);
        return 1;
    }
    let word = "apply";
    if saved.plan.errored {
        view.tell_one(incomplete());
        return 1;
    }
    let Some(session) = lock(app, view, &ready, &args.lock, &operation(word)).await else { return 1 };
    let (lineage, serial) = session.with_snapshot(|s| (s.lineage.clone(), s.serial));
    if let Some(diag) = stale(&saved, &ready.store.backend().location(), &lineage, serial) {
        let _ = session.close().await;
        view.tell_one(diag);
        return 1;
    }
    session.name_lineage(&saved.plan.lineage);
    view.say_all(|| messages::planned_changes(&saved.plan));
    apply_plan(app, view, &ready, saved.plan, session, args.planning.parallelism, word).await
}

/// What a saved plan is applied to: the environment that it was made for, or the selected workspace. Whether it fits that
/// is looked at later.
fn place_of(app: &App, saved: &Saved) -> Result<Place, Diagnostic> {
    let made_for = saved.place.name();
    if let Some(asked) = app.env.as_ref().filter(|e| *e != made_for) {
        return Err(Diagnostic::error(
            "Plan of another environment",
            format!("The plan was made for {made_for:?}, and -env says {asked:?}. Nothing was changed."),
        ));
    }
    if matches!(saved.place, Place::Environment(_)) {
        return Ok(saved.place.clone());
    }
    selected_workspace().map(Place::Workspace)
}

/// A plan that was made for another workspace fits where no value in it can come from that workspace's name.
fn check_workspace(view: &View, saved: &Saved, ready: &Ready) -> Result<(), Diagnostic> {
    let (made_for, selected) = (saved.place.name(), ready.place.name());
    if selected == made_for {
        return Ok(());
    }
    if ready.project.statics.uses_workspace() {
        return Err(Diagnostic::error(
            "Plan of another workspace",
            format!(
                "The plan was made for the workspace {made_for:?}, whose name its configuration uses, and {selected:?} is \
                 selected. Nothing was changed. To apply it, run: stackwright workspace select {made_for}"
            ),
        ));
    }
    view.note(&format!("The plan was made for the workspace {made_for:?}; it is applied to {selected:?}.\n"));
    Ok(())
}

fn ready_saved(
    app: &App,
    view: &View,
    saved: &Saved,
    (place, sealings): (Place, &Sealings),
    args: &ApplyArgs,
) -> Option<Ready> {
    let vars = &args.planning.vars;
    let mut project = load_kept(app, &place, saved.files.clone(), &saved.plan.variables, vars);
    project.adopt_sealings(sealings);
    let mut diags = std::mem::take(&mut project.diags);
    let places = args.state.places();
    let state = places.state.or(saved.state_path.as_deref().map(Path::new));
    let store = project.store(&place, StatePlaces { state, ..places });
    let missing = saved.ephemeral.iter().filter(|name| !project.given.contains_key(name.as_str()));
    let missing: Vec<Diagnostic> = missing.map(|name| set_again(name)).collect();
    let mut unset = Diagnostics::new();
    let variables = project.variables(&mut unset);
    variables.values().for_each(|value| view.hide(value));
    diags.extend(if missing.is_empty() { unset } else { Diagnostics(missing) });
    let new = project.ephemeral_given().into_iter().filter(|name| !saved.ephemeral.contains(name));
    diags.extend(new.map(|name| set_anew(&name)));
    let store = store.map_err(|d| diags.extend(d)).ok();
    let errors = Diagnostics(diags.into_iter().filter(|d| d.is_error()).collect());
    if errors.has_errors() {
        view.tell(&errors, &project.sources.borrow());
        return None;
    }
    Some(Ready { project, variables, store: store?, place, generated: None })
}

fn incomplete() -> Diagnostic {
    Diagnostic::error(
        "Cannot apply incomplete plan",
        "Planning failed over this plan, so it holds only what was planned until then. Mend what planning complained of, and \
         make the plan anew.",
    )
}

fn set_again(name: &str) -> Diagnostic {
    Diagnostic::error(
        "No value for required variable",
        format!(
            "The ephemeral variable {name:?} was set when the plan was made. A saved plan does not keep such values, so give \
             it again, with -var '{name}=...' or in the environment as TF_VAR_{name}."
        ),
    )
}

fn set_anew(name: &str) -> Diagnostic {
    Diagnostic::error(
        "Ephemeral variable was not set during planning",
        format!(
            "The ephemeral variable {name:?} had its default when the plan was made, so it cannot have another value when \
             the plan is applied. Leave it unset, or make another plan."
        ),
    )
}

/// A plan is applied only to the state that it was made from.
fn stale(saved: &Saved, location: &str, lineage: &str, serial: u64) -> Option<Diagnostic> {
    let plan = &saved.plan;
    if serial == 0 && plan.serial == 0 {
        return None;
    }
    if plan.serial > 0 && plan.lineage != lineage {
        return Some(Diagnostic::error(
            "Saved plan does not match the given state",
            format!(
                "The plan was made from the state at {} (lineage {}). The one that it would be applied to, at {location}, has \
                 lineage {lineage}, so the two have nothing to do with each other.",
                saved.location, plan.lineage
            ),
        ));
    }
    (serial != plan.serial).then(|| {
        Diagnostic::error(
            "Saved plan is stale",
            format!(
                "The state was changed after the plan was made: its serial is {serial}, the plan's is {}. Make the plan anew.",
                plan.serial
            ),
        )
    })
}
