//! The engine as a program drives it, without one: configurations in memory, a state in memory, a clock of its own.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use config::{
    Config, EarlyInputs, FileEntry, Files, ModuleRequest, ModuleSources, Origins, RootValue, Statics, World,
};
use lang::functions::{FileSystem, Function, Nowhere};
use model::{Diagnostic, Diagnostics, FileId, ProviderAddr, SourceMap, Stages, Str, Value};
use plan::{Options, Plan};
use provider::{Cancel, Ownership, Registry};
use state::{LockInfo, MemoryBackend, Session, StateError, StateSnapshot, Store};

use crate::dice::fate;
use crate::provider::{Shared, cloud};

/// The time at which everything happens.
pub const NOW: &str = "2030-01-02T03:04:05Z";

/// A configuration, ready to be planned.
pub struct Project {
    /// The configuration.
    pub config: Config,
    /// Its static graph.
    pub statics: Statics,
    /// Every text.
    pub sources: SourceMap,
    /// The root variables.
    pub variables: BTreeMap<Str, Value>,
}

/// Files by path.
struct Texts<'t>(&'t BTreeMap<String, String>);

impl Files for Texts<'_> {
    fn list(&self, dir: &str) -> Result<Vec<FileEntry>, String> {
        let prefix = if dir == "." { String::new() } else { format!("{dir}/") };
        let names = self.0.keys().filter_map(|p| p.strip_prefix(&prefix)).filter(|n| !n.contains('/'));
        Ok(names.map(|n| FileEntry { name: n.into(), is_dir: false }).collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let text = self.0.get(path).ok_or_else(|| "there is no such file".to_owned())?;
        Ok(text.clone().into_bytes())
    }
}

impl ModuleSources for Texts<'_> {
    fn locate(&self, request: &ModuleRequest<'_>) -> Result<String, Diagnostic> {
        let name = request.call.source.rsplit('/').next().unwrap_or_default();
        Ok(format!("mods/{name}"))
    }
}

/// Loads and checks a configuration. Warnings are left out.
pub fn load(
    files: &BTreeMap<String, String>,
    given: &BTreeMap<String, Value>,
    registry: &Registry,
) -> Result<Project, Diagnostics> {
    let texts = Texts(files);
    let (mut sources, mut diags) = (SourceMap::new(), Diagnostics::new());
    let value = |v: &Value| RootValue { value: v.clone(), span: None, origin: "the test".into() };
    let given: BTreeMap<Str, RootValue> =
        given.iter().map(|(k, v)| (Str::from(k.as_str()), value(v))).collect();
    let root = config::parse_directory(".", &texts, &mut sources, &mut diags, Stages::default());
    let inputs = EarlyInputs { given: &given, workspace: "default", surroundings: &Nowhere };
    let origins = Origins { files: &texts, modules: &texts, inputs, stages: Stages::default() };
    let config = config::build(root, ".", origins, &mut sources, &mut diags);
    let (statics, found) = Statics::build(&config);
    diags.extend(found);
    diags.extend(plan::check_calls(&config));
    let mut variables = BTreeMap::new();
    if let Some(root) = config.root() {
        let (values, found) = config::check_root_variables(root, &given);
        diags.extend(found);
        variables = values;
    }
    if !diags.has_errors() {
        let around = Around::new(0, true);
        let world = SoakWorld { around: &around, sources: RefCell::default() };
        diags.extend(plan::validate(&config, &statics, &world, registry));
    }
    if diags.has_errors() {
        return Err(diags);
    }
    Ok(Project { config, statics, sources, variables })
}

/// What evaluation and providers get of the outside: nothing but randomness that a seed repeats.
pub struct Around {
    seed: u64,
    drawn: AtomicU64,
    planning: bool,
}

impl Around {
    /// The outside of a program; while it plans, some functions tell nothing yet.
    pub fn new(seed: u64, planning: bool) -> Around {
        Around { seed, drawn: AtomicU64::new(0), planning }
    }

    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let n = self.drawn.fetch_add(1, Ordering::SeqCst);
            chunk.copy_from_slice(&fate(self.seed ^ n, &["random"]).to_le_bytes()[..chunk.len()]);
        }
    }
}

impl lang::functions::Surroundings for Around {
    fn files(&self) -> &dyn FileSystem {
        &Nowhere
    }
    fn base_dir(&self) -> &str {
        "."
    }
    fn now_ns(&self) -> i128 {
        1_893_553_445_000_000_000
    }
    fn plan_timestamp(&self) -> Option<String> {
        Some(NOW.into())
    }
    fn defers_impure(&self) -> bool {
        self.planning
    }
    fn random(&self, buffer: &mut [u8]) {
        self.fill(buffer);
    }
}

impl provider::Surroundings for Around {
    fn now_ns(&self) -> i128 {
        1_893_553_445_000_000_000
    }
    fn random(&self, buffer: &mut [u8]) {
        self.fill(buffer);
    }
    fn current_dir(&self) -> PathBuf {
        PathBuf::from("/")
    }
    fn env(&self, _name: &str) -> Option<String> {
        None
    }
}

/// What evaluation gets of the outside.
pub struct SoakWorld<'a> {
    /// Randomness and time.
    pub around: &'a Around,
    /// Every text.
    pub sources: RefCell<SourceMap>,
}

impl World for SoakWorld<'_> {
    fn surroundings(&self) -> &dyn lang::functions::Surroundings {
        self.around
    }
    fn workspace(&self) -> &str {
        "default"
    }
    fn root_dir(&self) -> &str {
        "."
    }
    fn is_applying(&self) -> bool {
        !self.around.planning
    }
    fn add_source(&self, name: &str, text: &str) -> FileId {
        self.sources.borrow_mut().add(name, text)
    }
    fn provider_function(&self, _provider: &ProviderAddr, _name: &str) -> Option<&Function> {
        None
    }
}

/// Stack and environment of the ownership marks.
pub fn ownership() -> Ownership {
    Ownership { lineage: String::new(), stack: "soak".into(), environment: "test".into(), id: String::new() }
}

/// Hears everything that apply tells.
#[derive(Default)]
pub struct Ears(RefCell<Vec<apply::Event>>);

impl Ears {
    /// What was heard.
    pub fn heard(self) -> Vec<apply::Event> {
        self.0.into_inner()
    }
}

impl apply::Events for Ears {
    fn event(&self, event: apply::Event) {
        self.0.borrow_mut().push(event);
    }
}

/// Plans.
pub async fn plan(
    project: &Project,
    registry: &Registry,
    prior: &StateSnapshot,
    options: Options,
    seed: u64,
) -> (Plan, Diagnostics) {
    let around = Arc::new(Around::new(seed, true));
    let world = SoakWorld { around: &around, sources: RefCell::new(project.sources.clone()) };
    let inputs = plan::Inputs {
        config: &project.config,
        statics: &project.statics,
        world: &world,
        variables: project.variables.clone(),
        given: BTreeMap::new(),
        prior: Arc::new(prior.clone()),
        prevent_destroy: BTreeSet::new(),
        registry,
        around: around.clone(),
        ownership: ownership(),
        timestamp: NOW.into(),
        options,
        watch: &plan::NoWatch,
        stages: Stages::default(),
    };
    plan::plan(&inputs).await
}

/// Takes the lock.
pub async fn lock(backend: &MemoryBackend, run: u64) -> Result<Session, StateError> {
    lock_store(&Store::new(Arc::new(backend.clone())), run).await
}

/// The identity of the lock that a run takes.
pub fn lock_id(run: u64) -> String {
    format!("run-{run}")
}

/// Takes the lock of any store.
pub async fn lock_store(store: &Store, run: u64) -> Result<Session, StateError> {
    let info = LockInfo {
        id: lock_id(run),
        operation: "OperationTypeApply".into(),
        who: "soak@test".into(),
        version: "0".into(),
        created: NOW.into(),
        info: String::new(),
        path: "memory".into(),
    };
    store.lock(info, Duration::ZERO).await
}

/// How an apply ended.
pub enum End {
    /// By itself: what came of it, and what was told.
    Done(apply::Outcome, Vec<apply::Event>),
    /// The program died.
    Died,
}

/// Applies a plan to the end: what came of it, and what was told.
pub async fn carry_out(
    project: &Project,
    registry: &Registry,
    plan: &Plan,
    session: &Session,
    parallelism: usize,
    seed: u64,
) -> (apply::Outcome, Vec<apply::Event>) {
    let around = Arc::new(Around::new(seed, false));
    let world = SoakWorld { around: &around, sources: RefCell::new(project.sources.clone()) };
    let ears = Ears::default();
    let inputs = apply::Inputs {
        plan,
        config: &project.config,
        statics: &project.statics,
        world: &world,
        variables: project.variables.clone(),
        registry,
        around: around.clone(),
        ownership: ownership(),
        session,
        parallelism,
        events: &ears,
        cancel: Cancel::new(),
        stages: Stages::default(),
    };
    let outcome = apply::apply(&inputs).await;
    (outcome, ears.heard())
}

/// Applies a plan, unless the program dies before it is through.
pub async fn apply(
    project: &Project,
    registry: &Registry,
    plan: &Plan,
    session: &Session,
    (backend, shared): (&MemoryBackend, &Shared),
    parallelism: usize,
    seed: u64,
) -> End {
    let mut run = std::pin::pin!(carry_out(project, registry, plan, session, parallelism, seed));
    let ended = std::future::poll_fn(|cx| {
        let done = if died(backend, shared) { Poll::Pending } else { run.as_mut().poll(cx) };
        match done {
            _ if died(backend, shared) => Poll::Ready(None),
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending => Poll::Pending,
        }
    });
    match ended.await {
        Some((outcome, told)) => End::Done(outcome, told),
        None => {
            backend.die();
            End::Died
        }
    }
}

fn died(backend: &MemoryBackend, shared: &Shared) -> bool {
    backend.is_dead() || cloud(shared).dead
}

/// Settles what a run that died left open. The message says why that cannot be.
pub async fn settle(project: &Project, registry: &Registry, session: &Session) -> Result<(), String> {
    let around = Arc::new(Around::new(0, false));
    let world = SoakWorld { around: &around, sources: RefCell::new(project.sources.clone()) };
    for (id, intent) in session.unresolved() {
        let snapshot = session.snapshot();
        let inputs = apply::Recovering {
            config: &project.config,
            statics: &project.statics,
            world: &world,
            variables: project.variables.clone(),
            registry,
            around: around.clone(),
            ownership: ownership(),
            snapshot: &snapshot,
            licence: apply::Licence::Finish,
        };
        let recovered =
            apply::recover(&inputs, &intent).await.map_err(|d| format!("{}: {}", d.summary, d.detail))?;
        session.resolve(id, &recovered.changes).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// The published state.
pub async fn read(backend: &MemoryBackend) -> Result<Option<StateSnapshot>, StateError> {
    Ok(Store::new(Arc::new(backend.clone())).read().await?.snapshot)
}

/// Errors, one after another.
pub fn told(diags: &Diagnostics) -> String {
    let one = |d: &Diagnostic| {
        let at = d.address.as_ref().map(|a| format!("{a}: ")).unwrap_or_default();
        format!("{at}{}: {}", d.summary, d.detail)
    };
    diags.iter().filter(|d| d.is_error()).map(one).collect::<Vec<_>>().join(" | ")
}
