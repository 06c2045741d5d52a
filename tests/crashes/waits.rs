//! How long runs wait for a cloud, under a clock that jumps to whatever is waited for: calls, refusals, makespans.

mod makespan;

pub use makespan::{Makespan, makespan};

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Diagnostics;
use plan::{Mode, Options, Plan};
use provider::Registry;
use provider_sim::{Clock, Cloud, Entry, InMemory, Settings, SimProvider};
use soak::engine::{self, Project};
use state::{MemoryBackend, StateSnapshot};

/// A project with its cloud and its state.
pub struct Site {
    /// The configuration.
    pub project: Project,
    /// The cloud.
    pub api: InMemory,
    registry: Registry,
    disk: MemoryBackend,
    runs: u64,
}

/// A run that came to its end.
#[derive(Debug)]
pub struct Ran {
    /// How long it took, in ms of the cloud's clock.
    pub took_ms: u64,
    /// Every request.
    pub log: Vec<Entry>,
    /// What was recorded at its end.
    pub snapshot: StateSnapshot,
}

impl Site {
    /// A project over an empty cloud. It must be made where the virtual clock runs.
    pub fn new(text: &str, settings: Settings) -> Result<Site, String> {
        let api = InMemory::new(Cloud::with_log(settings), Clock::at(0));
        let registry = Registry::new().with(SimProvider::of(Arc::new(api.clone())));
        Site::with_registry(text, api, registry)
    }

    /// The same with more than one provider.
    pub fn with_registry(text: &str, api: InMemory, registry: Registry) -> Result<Site, String> {
        let files = BTreeMap::from([("main.tf".to_owned(), text.to_owned())]);
        let project = engine::load(&files, &BTreeMap::new(), &registry);
        let project = project.map_err(|diags| engine::told(&diags))?;
        Ok(Site { project, api, registry, disk: MemoryBackend::new(), runs: 0 })
    }

    /// Takes another configuration for the same cloud and state.
    pub fn becomes(self, text: &str) -> Result<Site, String> {
        let Site { api, registry, disk, runs, .. } = self;
        let site = Site::with_registry(text, api, registry)?;
        Ok(Site { disk, runs, ..site })
    }

    /// The same site for a program that has made no client yet.
    pub fn with_clients_of(self, registry: Registry) -> Site {
        Site { registry, ..self }
    }

    /// What is recorded.
    pub async fn recorded(&self) -> Result<StateSnapshot, String> {
        let read = engine::read(&self.disk).await.map_err(|e| e.to_string())?;
        Ok(read.unwrap_or_else(|| StateSnapshot::new("line")))
    }

    /// Plans.
    pub async fn plan(&self, mode: Mode) -> Result<Plan, String> {
        self.plan_with(Options { mode, ..Options::default() }).await
    }

    /// Plans with other options than usual.
    pub async fn plan_with(&self, options: Options) -> Result<Plan, String> {
        let prior = self.recorded().await?;
        let (plan, diags) = engine::plan(&self.project, &self.registry, &prior, options, self.runs).await;
        failing(&diags).map(|()| plan)
    }

    /// Brings everything in line, or destroys it.
    pub async fn apply(&mut self, mode: Mode, parallelism: usize) -> Result<Ran, String> {
        self.runs += 1;
        let session = engine::lock(&self.disk, self.runs).await.map_err(|e| e.to_string())?;
        let plan = self.plan(mode).await?;
        session.name_lineage(&plan.lineage);
        let (begun, logged) = (self.api.clock().now_ms(), self.logged());
        let (outcome, _told) =
            engine::carry_out(&self.project, &self.registry, &plan, &session, parallelism, self.runs).await;
        let took_ms = self.api.clock().now_ms() - begun;
        let snapshot = session.close().await.map_err(|e| e.to_string())?;
        failing(&outcome.diags)?;
        Ok(Ran { took_ms, log: self.since(logged), snapshot })
    }

    /// How many requests were logged so far.
    pub fn logged(&self) -> usize {
        self.api.cloud().log.as_ref().map_or(0, Vec::len)
    }

    /// The requests after the first so many.
    pub fn since(&self, logged: usize) -> Vec<Entry> {
        let cloud = self.api.cloud();
        cloud.log.iter().flatten().skip(logged).cloned().collect()
    }
}

/// The figures, a line each: makespans beside their bounds, and the calls that reading ten thousand objects takes.
pub fn figures() -> Result<Vec<String>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.map_err(|e| format!("no runtime: {e}"))?;
    runtime.block_on(async {
        let mut lines = Vec::new();
        for (buckets, rate) in [(40, 0.0), (400, 0.0), (400, 10.0), (1_200, 3.0)] {
            let made = makespan(buckets, rate).await?;
            let ratio = made.took_ms as f64 / made.bound_ms() as f64;
            lines.push(format!("{buckets} buckets, rate {rate}: {ratio:.3} of the bound; {made:?}"));
        }
        let buckets = "resource \"stackwright_sim_bucket\" \"b\" {\n  count = 10000\n  name = \"b-${count.index}\"\n}\n";
        let mut site = Site::new(buckets, Settings::default())?;
        site.apply(Mode::Normal, 64).await?;
        let logged = site.logged();
        let plan = site.plan(Mode::Normal).await?;
        lines.push(format!("10,000 objects read by {} calls; {:?}", site.since(logged).len(), plan.lists));
        Ok(lines)
    })
}

fn failing(diags: &Diagnostics) -> Result<(), String> {
    if diags.has_errors() { Err(engine::told(diags)) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
