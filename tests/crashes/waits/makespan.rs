//! How long a large stack takes to be made, beside what it must take at least.

use std::collections::BTreeMap;

use graph::{Graph, Outcome, Schedule};
use plan::{Mode, Plan, StepAction};
use provider_sim::{Entry, KINDS, Refusal, Settings};

use super::Site;

/// Networks with gateways, clusters with their machines, databases, services and buckets. Names are such that what takes
/// longest comes late in their order.
const TEXT: &str = r#"
resource "stackwright_sim_network" "a_net" {
  count = 2
  name  = "net-${count.index}"
}

resource "stackwright_sim_bucket" "b_data" {
  count = BUCKETS
  name  = "data-${count.index}"
}

resource "stackwright_sim_database" "c_db" {
  count      = 6
  name       = "db-${count.index}"
  network_id = stackwright_sim_network.a_net[count.index % 2].id
}

resource "stackwright_sim_gateway" "d_nat" {
  count      = 6
  name       = "nat-${count.index}"
  network_id = stackwright_sim_network.a_net[count.index % 2].id
}

resource "stackwright_sim_cluster" "y_eks" {
  count      = 4
  name       = "eks-${count.index}"
  network_id = stackwright_sim_network.a_net[count.index % 2].id
}

resource "stackwright_sim_node_group" "z_nodes" {
  count      = 12
  name       = "nodes-${count.index}"
  network_id = stackwright_sim_network.a_net[count.index % 2].id
  tags       = { cluster = stackwright_sim_cluster.y_eks[count.index % 4].id }
}

resource "stackwright_sim_service" "z_web" {
  count      = 12
  name       = "web-${count.index}"
  network_id = stackwright_sim_network.a_net[count.index % 2].id
  tags = {
    nodes = stackwright_sim_node_group.z_nodes[count.index].id
    db    = stackwright_sim_database.c_db[count.index % 6].id
    nat   = stackwright_sim_gateway.d_nat[count.index % 6].id
  }
}
"#;

/// What making the stack took, in ms, beside what it must take and what others would.
#[derive(Clone, Debug)]
pub struct Makespan {
    /// What it took.
    pub took_ms: u64,
    /// The published durations along the longest chain.
    pub critical_path_ms: u64,
    /// What the requests take at the cloud's rate, for the type of which there are most.
    pub rate_bound_ms: u64,
    /// What a scheduler with ten slots in the order of names takes, by the published durations alone.
    pub ten_slots_ms: u64,
    /// What our own takes with ten slots, by the published durations alone.
    pub ten_slots_longest_first_ms: u64,
    /// How many requests were answered.
    pub answered: usize,
    /// How many came too early.
    pub throttled: usize,
}

impl Makespan {
    /// What nobody can be ahead of.
    pub fn bound_ms(&self) -> u64 {
        self.critical_path_ms.max(self.rate_bound_ms)
    }
}

/// Makes the stack with so many buckets in a cloud that takes so many requests a second of each type.
pub async fn makespan(buckets: usize, rate: f64) -> Result<Makespan, String> {
    let text = TEXT.replace("BUCKETS", &buckets.to_string());
    let settings = Settings { time_scale: 1.0, spread: 0.0, latency_ms: 50.0, rate, ..Settings::default() };
    let burst = settings.burst;
    let mut site = Site::new(&text, settings)?;
    let plan = site.plan(Mode::Normal).await?;
    let ran = site.apply(Mode::Normal, 256).await?;
    let (graph, published) = (order(&plan), published(&plan));
    let throttled = ran.log.iter().filter(|e| e.answer == Err(Refusal::Throttled)).count();
    Ok(Makespan {
        took_ms: ran.took_ms,
        critical_path_ms: graph.longest_ahead(&published).into_iter().max().unwrap_or(0),
        rate_bound_ms: rate_bound_ms(&ran.log, rate, burst),
        ten_slots_ms: with_slots(Schedule::new(&graph), &published, 10),
        ten_slots_longest_first_ms: with_slots(Schedule::longest_first(&graph, &published), &published, 10),
        answered: ran.log.len() - throttled,
        throttled,
    })
}

fn order(plan: &Plan) -> Graph {
    let mut graph = Graph::new(plan.steps.len());
    for (node, step) in plan.steps.iter().enumerate() {
        step.after.iter().for_each(|before| graph.depends(node as u32, before.0));
    }
    graph
}

/// The published duration of each step.
fn published(plan: &Plan) -> Vec<u64> {
    let of = |step: &plan::Step| {
        let change = plan.changes.get(step.change? as usize)?;
        let name = change.address.resource.ty.strip_prefix("stackwright_sim_")?;
        let kind = KINDS.iter().find(|kind| kind.name == name)?;
        match step.action {
            StepAction::Create => Some(kind.creation_ms),
            StepAction::Stabilise => Some(kind.settling_ms),
            _ => None,
        }
    };
    plan.steps.iter().map(|step| of(step).unwrap_or(0)).collect()
}

/// How long the requests that were answered take at least, kind by kind, after what is taken at once.
fn rate_bound_ms(log: &[Entry], rate: f64, burst: f64) -> u64 {
    if rate <= 0.0 {
        return 0;
    }
    let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
    for entry in log.iter().filter(|e| e.answer != Err(Refusal::Throttled)) {
        *counts.entry(entry.request.kind().map_or("", |kind| kind.name)).or_default() += 1.0;
    }
    counts.values().map(|n| ((n - burst).max(0.0) / rate * 1000.0) as u64).max().unwrap_or(0)
}

/// When the last step ends of a schedule with so many slots.
fn with_slots(mut schedule: Schedule, durations: &[u64], slots: usize) -> u64 {
    let (mut now, mut running) = (0, Vec::<(u64, u32)>::new());
    while !schedule.is_finished() {
        while running.len() < slots
            && let Some(node) = schedule.take_ready()
        {
            running.push((now + durations[node as usize], node));
        }
        running.sort_unstable_by(|a, b| b.cmp(a));
        let Some((ends, node)) = running.pop() else { break };
        now = ends;
        schedule.finish(node, Outcome::Done);
    }
    now
}
