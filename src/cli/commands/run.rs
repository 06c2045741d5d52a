//! What plan, apply, destroy and refresh share: from a directory to a plan, and from a plan to its end.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ::apply::Outcome;
use ::plan::{Mode, Options, Plan};
use model::address::Target;
use model::{Diagnostic, Diagnostics, InstanceAddr, ProviderAddr, Schema, Str, Value};
use provider::{Cancel, Registry};
use state::{Session, StateError, StateSnapshot, Store};

use super::recover::recover;
use crate::app::{App, View};
use crate::args::{LockArgs, PlanningArgs};
use crate::project::{Place, Project, load, lock_info};
use crate::render::messages::Counts;
use crate::render::progress::ApplyView;
use crate::render::{self, messages, stream::Stream, words};
use crate::variables;
use crate::world::{Outside, RunWorld};

/// A loaded directory that is fit to be planned.
pub struct Ready {
    /// The directory.
    pub project: Project,
    /// Its root variables.
    pub variables: BTreeMap<Str, Value>,
    /// Its state.
    pub store: Store,
    /// What is worked on.
    pub place: Place,
}

/// Loads the directory; nothing where it is not fit, which has been told.
pub fn ready(
    app: &App,
    view: &View,
    planning: &PlanningArgs,
    input: bool,
    state: Option<&Path>,
) -> Option<Ready> {
    let place = app.place().map_err(|d| view.tell_one(d)).ok()?;
    let mut project = load(&app.equipment, &place, &planning.vars);
    let mut diags = project.check(&app.equipment.registry, &timestamp());
    if !has_configuration(&project) && !diags.has_errors() && !planning.destroy {
        diags.push(no_configuration());
    }
    let mut variables = BTreeMap::new();
    if !diags.has_errors() {
        if let Some(root) = project.config.root() {
            variables::prompt(root, &mut project.given, input);
        }
        variables = project.variables(&mut diags);
    }
    let failed = diags.has_errors();
    view.tell(&diags, &project.sources.borrow());
    if failed {
        return None;
    }
    let store = project.store(&place, state).map_err(|d| view.tell(&d, &project.sources.borrow())).ok()?;
    Some(Ready { project, variables, store, place })
}

/// Whether there is anything in the directory to plan.
pub fn has_configuration(project: &Project) -> bool {
    project.files.keys().any(|f| !f.contains('/'))
}

/// The error for a directory without configuration.
pub fn no_configuration() -> Diagnostic {
    Diagnostic::error(
        "No configuration files",
        "This directory holds neither a stack (stack.hcl) nor other configuration (*.tf). To remove what is recorded here, \
         use destroy.",
    )
}

/// The options that the command line gives; wrong addresses are told.
pub fn options(view: &View, planning: &PlanningArgs, mode: Mode) -> Option<Options> {
    let bad = |flag: &str, given: &str, e: model::address::AddressError| match flag {
        "replace" => Diagnostic::error(format!("Invalid force-replace address {given:?}"), e.to_string()),
        _ => Diagnostic::error(format!("Invalid target {given:?}"), e.to_string()),
    };
    let mut diags = Diagnostics::new();
    let mut targets = |flag: &str, texts: &[String]| {
        let parsed = texts.iter().map(|t| (t, stack::address::from_people(t).parse::<Target>()));
        parsed.filter_map(|(t, p)| p.map_err(|e| diags.push(bad(flag, t, e))).ok()).collect::<Vec<_>>()
    };
    let (wanted, excludes) = (targets("target", &planning.target), targets("exclude", &planning.exclude));
    let replace =
        planning.replace.iter().map(|t| (t, stack::address::from_people(t).parse::<InstanceAddr>()));
    let replace = replace.filter_map(|(t, p)| p.map_err(|e| diags.push(bad("replace", t, e))).ok()).collect();
    if planning.refresh_only && !planning.refresh {
        diags.push(Diagnostic::error(
            "Incompatible refresh options",
            "-refresh-only does nothing but read, so it cannot be combined with -refresh=false.",
        ));
    }
    if diags.has_errors() {
        view.tell(&diags, &model::SourceMap::new());
        return None;
    }
    Some(Options {
        mode,
        refresh: planning.refresh,
        replace,
        targets: wanted,
        excludes,
        parallelism: planning.parallelism,
    })
}

/// The mode that the flags ask for.
pub fn mode(planning: &PlanningArgs) -> Mode {
    match (planning.destroy, planning.refresh_only) {
        (true, _) => Mode::Destroy,
        (false, true) => Mode::RefreshOnly,
        (false, false) => Mode::Normal,
    }
}

/// Hears what planning reads and tells it.
struct Reads<'v> {
    view: &'v View,
}

impl ::plan::Watch for Reads<'_> {
    fn refreshing(&self, address: &InstanceAddr, id: Option<&str>) {
        match &self.view.stream {
            Some(stream) => stream.say(&messages::refresh_start(address, id)),
            None => self.view.note(&format!("{}\n", words::refreshing_line(address, id))),
        }
    }
}

/// Makes a plan over a snapshot. What was found is told.
pub async fn make_plan(
    app: &App,
    view: &View,
    ready: &Ready,
    options: Options,
    prior: StateSnapshot,
    timestamp: &str,
) -> Option<Plan> {
    let outside = Outside::planning(timestamp);
    let world = RunWorld::new(outside.clone(), &ready.project.workspace, &ready.project.sources);
    let inputs = ::plan::Inputs {
        config: &ready.project.config,
        statics: &ready.project.statics,
        world: &world,
        variables: ready.variables.clone(),
        prior: Arc::new(prior),
        registry: &app.equipment.registry,
        around: Arc::new(outside),
        ownership: ready.project.ownership(),
        timestamp: timestamp.into(),
        options,
        watch: &Reads { view },
    };
    let (plan, diags) = ::plan::plan(&inputs).await;
    view.tell(&diags, &ready.project.sources.borrow());
    (!diags.has_errors()).then_some(plan)
}

/// The time of a plan, to the second.
pub fn timestamp() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    render::time::rfc3339(now, false)
}

/// The state as it is, with what an interrupted run left folded in; a new one where there is none. Nothing is written.
pub async fn read_state(app: &App, view: &View, ready: &Ready) -> Option<StateSnapshot> {
    let folded = match ready.store.read().await {
        Ok(folded) => folded,
        Err(e) => {
            view.tell_one(state_error(&e));
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
        match recover(app, ready, intent).await {
            Ok(changes) => changes.iter().for_each(|c| {
                snapshot.apply(c);
            }),
            Err(diag) => {
                view.tell_one(diag);
                return None;
            }
        }
    }
    Some(snapshot)
}

/// The first state of a new lineage.
pub fn new_snapshot() -> StateSnapshot {
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
    let session = match ready.store.lock(info, args.lock_timeout).await {
        Ok(session) => session,
        Err(e) => {
            view.tell_one(state_error(&e));
            return None;
        }
    };
    if let Err(diag) = check_identity(&ready.project, &session.sidecar()) {
        let _ = session.close().await;
        view.tell_one(diag);
        return None;
    }
    for (id, intent) in session.unresolved() {
        let result = recover(app, ready, &intent).await;
        let recorded = match result {
            Ok(changes) => {
                view.note(&format!("Recovered from an interrupted run: {}.\n", intent.address));
                session.resolve(id, &changes)
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
fn check_identity(project: &Project, sidecar: &state::Sidecar) -> Result<(), Diagnostic> {
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
    Diagnostic::error("Failed to use the state", sentence(&e.to_string()))
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

/// The schema of an instance's type.
pub fn schema_of(registry: &Registry, addr: &InstanceAddr, provider: &ProviderAddr) -> Option<Arc<Schema>> {
    let catalog = registry.get(provider)?.catalog();
    let ty = &addr.resource.ty;
    let schema = match addr.resource.mode {
        model::ResourceMode::Managed => catalog.resources.get(ty).map(|t| t.schema()),
        model::ResourceMode::Data => catalog.data_sources.get(ty).map(|t| t.schema()),
        model::ResourceMode::Ephemeral => catalog.ephemerals.get(ty).map(|t| t.schema()),
    };
    schema.cloned().map(Arc::new)
}

/// Shows a plan to a person, or tells it to a tool.
pub fn show_plan(app: &App, view: &View, project: Option<&Project>, plan: &Plan) {
    match &view.stream {
        Some(stream) => stream.say_all(&messages::plan(plan)),
        None => {
            let schemas = |a: &InstanceAddr, p: &ProviderAddr| schema_of(&app.equipment.registry, a, p);
            view.print(&render::plan::human(plan, &schemas, &view.out));
            if let Some(stack) = project.and_then(|p| p.stack.as_ref())
                && plan.mode == Mode::Normal
            {
                view.print(&crate::commands::plan::stack_notes(stack));
            }
        }
    }
}

/// Asks a person for `yes`.
pub fn approve(view: &View, question: &str, input: bool) -> bool {
    if !input || view.stream.is_some() {
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
    let timestamp = plan.timestamp.clone();
    let outside = Outside::applying(&timestamp);
    let world = RunWorld::new(outside.clone(), &ready.project.workspace, &ready.project.sources);
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
    note_run(ready, &session, &counts, word);
    let closed = session.close().await;
    let mut diags = outcome.diags.clone();
    if !plan.targets.is_empty() {
        diags.push(Diagnostic::warning(
            "Applied changes may be incomplete",
            "The plan was limited with -target or -exclude, so some changes that the configuration asks for may be missing, \
             and outputs may not be up to date. To see what is left, run: stackwright plan",
        ));
    }
    let snapshot = match closed {
        Ok(snapshot) => Some(snapshot),
        Err(StateError::Unsaved { snapshot, cause }) => {
            diags.push(rescue(&snapshot, &cause));
            None
        }
        Err(e) => {
            diags.push(state_error(&e));
            None
        }
    };
    tell_outcome(view, ready, &outcome, &counts, &diags, snapshot.as_ref(), word);
    u8::from(diags.has_errors() || outcome.cancelled)
}

/// Writes results that their own place would not take to a file of the current directory.
fn rescue(snapshot: &StateSnapshot, cause: &StateError) -> Diagnostic {
    let bytes = state::format::write(snapshot, state::format::VERSION);
    let kept = match std::fs::write("errored.tfstate", bytes) {
        Ok(()) => "What was done is in errored.tfstate of this directory. Mend the cause, put that file in the place of the \
                   state, and run apply again."
            .to_owned(),
        Err(e) => format!("It could not be written to errored.tfstate either ({e})."),
    };
    Diagnostic::error(
        "Failed to save the state",
        format!("The last results could not be saved: {cause}. {kept}"),
    )
}

fn apply_view(view: &View, plan: &Plan) -> ApplyView {
    let steps = plan.steps.iter().filter(|s| s.action != ::plan::StepAction::Gate).count();
    match &view.stream {
        Some(_) => ApplyView::json(Stream::new(std::io::stdout())),
        None => ApplyView::human(std::io::stderr(), view.err, steps),
    }
}

/// Keeps in the sidecar who ran what.
fn note_run(ready: &Ready, session: &Session, counts: &Counts, word: &str) {
    let info = lock_info(word, "");
    let serial = session.with_snapshot(|s| s.serial);
    let project = &ready.project;
    session.update_sidecar(|sidecar| {
        sidecar.stack = project.stack.as_ref().map(|s| s.name.to_string()).or_else(|| sidecar.stack.take());
        sidecar.environment = project.environment.as_ref().map(|e| e.name.to_string());
        sidecar.history.push(state::HistoryEntry {
            serial: serial + 1,
            time: info.created,
            who: info.who,
            command: word.into(),
            summary: format!("{} added, {} changed, {} destroyed", counts.add, counts.change, counts.remove),
        });
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
    if let Some(stream) = &view.stream {
        view.tell(diags, &ready.project.sources.borrow());
        if !diags.has_errors() {
            stream.say(&messages::change_summary(word, counts));
            if let (Some(snapshot), "apply") = (snapshot, word) {
                stream.say(&messages::outputs(&snapshot.outputs));
            }
        }
        return;
    }
    if !diags.has_errors() && !outcome.cancelled {
        let line =
            if word == "destroy" { words::destroyed_line(counts) } else { words::applied_line(counts) };
        view.print(&format!("\n{line}\n"));
        if let Some(snapshot) = snapshot.filter(|s| !s.outputs.is_empty() && word == "apply") {
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

/// A loaded directory with its state, for commands that only evaluate.
pub struct RunScope {
    /// The directory.
    pub project: Project,
    /// Its root variables; unknown where nobody gave one.
    pub variables: BTreeMap<Str, Value>,
    /// What is recorded.
    pub snapshot: StateSnapshot,
}

/// Loads what the console evaluates over; nothing where that is not fit, which has been told.
pub async fn scope(app: &App, view: &View, args: &crate::args::ConsoleArgs) -> Option<RunScope> {
    let place = app.place().map_err(|d| view.tell_one(d)).ok()?;
    let mut project = load(&app.equipment, &place, &args.vars);
    let diags = std::mem::take(&mut project.diags);
    let failed = diags.has_errors();
    view.tell(&diags, &project.sources.borrow());
    if failed {
        return None;
    }
    let store = project.store(&place, args.state.as_deref());
    let store = store.map_err(|d| view.tell(&d, &project.sources.borrow())).ok()?;
    let folded = store.read().await.map_err(|e| view.tell_one(state_error(&e))).ok()?;
    let variables = project.variables(&mut Diagnostics::new());
    Some(RunScope { snapshot: folded.snapshot.unwrap_or_default(), variables, project })
}

impl RunScope {
    /// An evaluator in which instances are what the state records.
    pub fn evaluator<'s>(&'s self, world: &'s StateWorld<'s>) -> config::Evaluator<'s> {
        let (config, statics) = (&self.project.config, &self.project.statics);
        let evaluator = config::Evaluator::new(config, statics, world, self.variables.clone());
        for &node in statics.order() {
            match &statics.node(node).kind {
                config::NodeKind::Resource(resource) => {
                    for inst in evaluator.module_instances(&statics.node(node).path) {
                        let module = evaluator.module_addr(inst);
                        let first = resource.instance(&module, model::InstanceKey::None);
                        let recorded = self.snapshot.instances.range(first..);
                        let own = recorded.take_while(|(a, _)| a.module == module && a.resource == *resource);
                        let keys: Vec<model::InstanceKey> = own.map(|(a, _)| a.key.clone()).collect();
                        if keys.is_empty() {
                            continue;
                        }
                        evaluator.set_expansion(node, inst, ::plan::expansion_of(&keys));
                    }
                }
                _ => drop(evaluator.evaluate(node)),
            }
        }
        evaluator
    }
}

/// A world in which instances are what the state records.
pub struct StateWorld<'w> {
    outer: &'w dyn config::World,
    snapshot: &'w StateSnapshot,
    registry: &'w Registry,
}

impl<'w> StateWorld<'w> {
    /// A world over a snapshot.
    pub fn new(
        outer: &'w dyn config::World,
        snapshot: &'w StateSnapshot,
        registry: &'w Registry,
    ) -> StateWorld<'w> {
        StateWorld { outer, snapshot, registry }
    }
}

impl config::World for StateWorld<'_> {
    fn surroundings(&self) -> &dyn lang::functions::Surroundings {
        self.outer.surroundings()
    }
    fn workspace(&self) -> &str {
        self.outer.workspace()
    }
    fn root_dir(&self) -> &str {
        self.outer.root_dir()
    }
    fn is_applying(&self) -> bool {
        false
    }
    fn add_source(&self, name: &str, text: &str) -> model::FileId {
        self.outer.add_source(name, text)
    }
    fn instance(&self, addr: &InstanceAddr) -> Option<Value> {
        let object = self.snapshot.current(addr)?;
        crate::commands::show::decoder(self.registry, self.snapshot)(addr, object).map(|(value, _)| value)
    }
}
