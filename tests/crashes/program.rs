//! A program that brings a world in line with what is wanted, from taking the lock to giving it back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{Diagnostics, InstanceAddr, Str};
use plan::{Mode, Options, Plan, StepAction};
use provider::Registry;
use provider_sim::{Clock, Cloud, InMemory, SimProvider};
use soak::engine::{self, Project};
use state::{IntentAction, MemoryBackend, Session, StateSnapshot, Store};

use crate::director::Director;
use crate::disk::Disk;

/// Everything that outlives a program.
#[derive(Clone)]
pub struct World {
    /// The cloud.
    pub cloud: Cloud,
    /// The state.
    pub disk: MemoryBackend,
    /// The time.
    pub now_ms: u64,
    /// What the last program that had a plan was to set aside: instances with the keys that it chose.
    pub replacing: Replacing,
}

/// Instances with the keys under which their objects are set aside.
pub type Replacing = Vec<(InstanceAddr, Str)>;

impl World {
    /// A new one.
    pub fn new(cloud: Cloud) -> World {
        World { cloud, disk: MemoryBackend::new(), now_ms: 0, replacing: Replacing::new() }
    }

    /// The same in every respect, and from now on by itself. Locks of dead programs are gone.
    pub fn fork(&self) -> World {
        World { disk: self.disk.copied(), ..self.clone() }
    }
}

/// What a program is to do.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// Makes or destroys.
    pub mode: Mode,
    /// Decides the order of everything and what is random.
    pub seed: u64,
    /// The moment at which it dies.
    pub death: Option<u64>,
    /// How many steps run at once.
    pub parallelism: usize,
    /// Whether the world is kept as it is at each moment.
    pub records: bool,
}

/// How it ended.
#[derive(Debug)]
pub enum End {
    /// It died.
    Died,
    /// It gave up before it began anything; says why.
    Refused(String),
    /// It came to its end: the state, and what did not work.
    Done(StateSnapshot, Diagnostics),
}

/// What came of a program.
pub struct Ended {
    /// How it ended.
    pub end: End,
    /// The world after it.
    pub world: World,
    /// The worlds as they were at each moment, where that was asked for.
    pub moments: Vec<World>,
    /// How many moments there were.
    pub come: u64,
}

/// Runs a program over a world.
pub fn run(world: World, project: &Project, task: Task) -> Result<Ended, String> {
    let runtime = runtime()?;
    let director = Arc::new(Director::new(task.seed, task.death));
    let World { cloud, disk, now_ms, replacing } = world;
    let replacing = Arc::new(Mutex::new(replacing));
    let (end, api) = runtime.block_on(async {
        let api = InMemory::new(cloud, Clock::at(now_ms)).watched(director.clone());
        let kept = task.records.then(|| keep_moments(&director, &api, &disk, &replacing));
        let program =
            Program { project, api: &api, disk: &disk, director: &director, replacing: &replacing, task };
        let end = director.run(program.run()).await.unwrap_or(End::Died);
        (end, (api, kept))
    });
    // Whatever the program left running ends with it.
    drop(runtime);
    let (api, kept) = api;
    let moments = kept.map(|kept| std::mem::take(&mut *locked(&kept)));
    let cloud = api.cloud().clone();
    let replacing = locked(&replacing).clone();
    let world = World { now_ms: cloud.latest_ms(), cloud, disk: disk.reopened(), replacing };
    Ok(Ended { end, world, moments: moments.unwrap_or_default(), come: director.come() })
}

/// What a program would do to a world.
pub fn plan_over(world: &World, project: &Project, prior: &StateSnapshot) -> Result<Plan, String> {
    let runtime = runtime()?;
    runtime.block_on(async {
        let api = InMemory::new(world.cloud.clone(), Clock::at(world.now_ms));
        let registry = Registry::new().with(SimProvider::of(Arc::new(api)));
        let (plan, diags) = engine::plan(project, &registry, prior, Options::default(), 0).await;
        if diags.has_errors() { Err(engine::told(&diags)) } else { Ok(plan) }
    })
}

/// A runtime whose clock jumps to whatever is waited for.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.map_err(|e| format!("no runtime: {e}"))
}

/// The identity of the lock that a program takes.
pub(crate) fn lock_id(task: Task) -> String {
    engine::lock_id(task.seed)
}

type Kept = Arc<Mutex<Vec<World>>>;

pub(crate) fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep_moments(
    director: &Director,
    api: &InMemory,
    disk: &MemoryBackend,
    replacing: &Arc<Mutex<Replacing>>,
) -> Kept {
    let kept = Kept::default();
    let (into, api, disk, replacing) = (kept.clone(), api.clone(), disk.clone(), replacing.clone());
    director.heard_by(Arc::new(move || {
        let now_ms = api.clock().now_ms();
        let replacing = locked(&replacing).clone();
        let world = World { cloud: api.cloud().clone(), disk: disk.copied(), now_ms, replacing };
        locked(&into).push(world);
    }));
    kept
}

/// A program and what it works on.
pub(crate) struct Program<'p> {
    pub(crate) project: &'p Project,
    pub(crate) api: &'p InMemory,
    pub(crate) disk: &'p MemoryBackend,
    pub(crate) director: &'p Arc<Director>,
    pub(crate) replacing: &'p Mutex<Replacing>,
    pub(crate) task: Task,
}

impl Program<'_> {
    /// Does what it has to, from taking the lock to giving it back.
    pub(crate) async fn run(&self) -> End {
        let registry = Registry::new().with(SimProvider::of(Arc::new(self.api.clone())));
        let backend = Disk { memory: self.disk.clone(), director: self.director.clone() };
        let store = Store::new(Arc::new(backend));
        let session = match engine::lock_store(&store, self.task.seed).await {
            Ok(session) => session,
            Err(e) => return End::Refused(format!("the state cannot be locked: {e}")),
        };
        let replaced = replaced(&session, &locked(self.replacing));
        let settled = engine::settle(self.project, &registry, &session).await;
        if let Err(why) = settled.and_then(|()| nothing_is_out_of_use(&session, &replaced)) {
            let _closed = session.close().await;
            return End::Refused(format!("recovery failed: {why}"));
        }
        match self.apply(&registry, &session).await {
            Err(diags) => {
                let _closed = session.close().await;
                End::Refused(format!("planning failed: {}", engine::told(&diags)))
            }
            Ok(diags) => match session.close().await {
                Ok(snapshot) => End::Done(snapshot, diags),
                Err(e) => End::Refused(format!("the state cannot be published: {e}")),
            },
        }
    }

    async fn apply(&self, registry: &Registry, session: &Session) -> Result<Diagnostics, Diagnostics> {
        let Task { mode, seed, parallelism, .. } = self.task;
        let options = Options { mode, ..Options::default() };
        let prior = session.snapshot();
        let (plan, diags) = engine::plan(self.project, registry, &prior, options, seed).await;
        if diags.has_errors() {
            return Err(diags);
        }
        *locked(self.replacing) = replacing(&plan);
        session.name_lineage(&plan.lineage);
        let (outcome, _told) =
            engine::carry_out(self.project, registry, &plan, session, parallelism, seed).await;
        Ok(outcome.diags)
    }
}

/// What a plan is to set aside.
fn replacing(plan: &Plan) -> Replacing {
    let set_aside = plan.steps.iter().filter_map(|step| match &step.action {
        StepAction::Depose(key) => {
            Some((plan.changes.get(step.change? as usize)?.address.clone(), key.clone()))
        }
        _ => None,
    });
    set_aside.collect()
}

/// Of the instances whose objects an interrupted run was to set aside those whose creates it did not finish.
fn replaced(session: &Session, replacing: &Replacing) -> Vec<InstanceAddr> {
    let (snapshot, unresolved) = (session.snapshot(), session.unresolved());
    let is_open = |address: &InstanceAddr| {
        unresolved.iter().any(|(_, i)| i.action == IntentAction::Create && i.address == *address)
    };
    let is_set_aside = |(address, key): &&(InstanceAddr, Str)| {
        let state = snapshot.instances.get(address);
        state.is_some_and(|s| s.current.is_none() && s.deposed.contains_key(key)) && is_open(address)
    };
    replacing.iter().filter(is_set_aside).map(|(address, _)| address.clone()).collect()
}

/// Whether each of them has an object in use again: the new one, or the one that it was to replace.
fn nothing_is_out_of_use(session: &Session, replaced: &[InstanceAddr]) -> Result<(), String> {
    let snapshot = session.snapshot();
    let unused = replaced.iter().find(|address| snapshot.current(address).is_none());
    unused.map_or(Ok(()), |address| {
        Err(format!("what {address} had is still set aside, and nothing is in its place"))
    })
}
