//! A run: what its steps share, what is known before the first of them and recorded after the last.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use config::{Config, Evaluator, Expansion, InstId, NodeId, NodeKind, Statics, World};
use model::{Diagnostic, Diagnostics, InstanceAddr, InstanceKey, ResourceMode, Stage, Stages, Str, Value};
use plan::{Clients, Mode, Plan, Step, StepAction};
use provider::{Cancel, Ownership, Registry, Surroundings, Warnings};
use state::{Change as StateChange, Session, StateSnapshot, Took};

use crate::conditions::Conditions;
use crate::ephemeral::Ephemerals;
use crate::events::Events;
use crate::stabilise::Unstable;
use crate::world::ApplyWorld;

/// Everything that applying needs.
pub struct Inputs<'a> {
    /// What to do.
    pub plan: &'a Plan,
    /// The configuration that the plan was made from.
    pub config: &'a Config,
    /// Its static graph.
    pub statics: &'a Statics,
    /// What evaluation needs of the outside.
    pub world: &'a dyn World,
    /// The root module's variables, ephemeral ones included.
    pub variables: BTreeMap<Str, Value>,
    /// The providers.
    pub registry: &'a Registry,
    /// What providers need of the outside.
    pub around: Arc<dyn Surroundings>,
    /// Stack and environment of the ownership marks.
    pub ownership: Ownership,
    /// The locked state, of the lineage and serial that the plan was made from.
    pub session: &'a Session,
    /// How many steps run at once.
    pub parallelism: usize,
    /// Hears what happens.
    pub events: &'a dyn Events,
    /// When set, no new step begins.
    pub cancel: Cancel,
    /// Measures, where somebody wants to know.
    pub stages: Stages<'a>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Objects made.
    pub created: usize,
    /// Objects changed in place.
    pub updated: usize,
    /// Objects deleted.
    pub deleted: usize,
    /// Objects taken over.
    pub imported: usize,
    /// Addresses of what failed.
    pub failed: Vec<InstanceAddr>,
    /// Addresses of what never began, because something before it failed or the user asked to stop.
    pub skipped: Vec<InstanceAddr>,
    /// Whether the user asked to stop.
    pub cancelled: bool,
    /// Errors and warnings.
    pub diags: Diagnostics,
}

/// One lock for each type and parent under which objects are made one at a time.
type Fences = RefCell<BTreeMap<(Str, String), Arc<tokio::sync::Mutex<()>>>>;

/// What the steps of a run share.
pub struct Run<'a> {
    pub(crate) inputs: &'a Inputs<'a>,
    pub(crate) evaluator: Evaluator<'a>,
    pub(crate) clients: Clients<'a>,
    pub(crate) outcome: RefCell<Outcome>,
    pub(crate) conditions: Conditions,
    pub(crate) ephemerals: Ephemerals,
    nodes: RefCell<HashMap<NodeId, Arc<[Str]>>>,
    pub(crate) started: RefCell<HashSet<u32>>,
    /// The keys of objects that are set aside, by the change that replaces them.
    pub(crate) set_aside: HashMap<u32, Str>,
    /// Who is making an object that others must wait for, by type and parent.
    pub(crate) fences: Fences,
    /// What has not become what was planned, because a step failed or never began.
    pub(crate) unfinished: RefCell<HashSet<InstanceAddr>>,
    /// What was made or changed and is to be waited for until it is fully done.
    pub(crate) unstable: RefCell<BTreeMap<InstanceAddr, Unstable>>,
    /// What providers warn about.
    pub(crate) warnings: Warnings,
    /// How long steps took that succeeded.
    pub(crate) took: RefCell<Vec<Took>>,
}

/// Runs a plan to its end, whatever fails. The session holds all results; closing it is the caller's business.
pub async fn apply(inputs: &Inputs<'_>) -> Outcome {
    let world = ApplyWorld::new(inputs.world, inputs.plan, inputs.registry);
    let evaluator = Evaluator::new(inputs.config, inputs.statics, &world, inputs.variables.clone());
    let clients = Clients::new(inputs.config, inputs.registry, inputs.around.clone());
    let run = Run {
        inputs,
        evaluator,
        clients,
        outcome: RefCell::default(),
        conditions: Conditions::new(inputs),
        ephemerals: Ephemerals::new(inputs.statics),
        nodes: RefCell::default(),
        started: RefCell::default(),
        set_aside: inputs.plan.steps.iter().filter_map(set_aside).collect(),
        fences: RefCell::default(),
        unfinished: RefCell::default(),
        unstable: RefCell::default(),
        warnings: Warnings::default(),
        took: RefCell::default(),
    };
    run.record_refreshed();
    run.prepare();
    run.renewing(async {
        run.steps().await;
        run.open_for_results().await;
    })
    .await;
    run.record_outputs();
    run.record_checks();
    run.close_ephemerals().await;
    inputs.session.update_sidecar(|sidecar| sidecar.durations.record(&run.took.borrow()));
    run.outcome.borrow_mut().diags.add_new(plan::warned(inputs.config, &run.warnings));
    run.outcome.into_inner()
}

impl<'a> Run<'a> {
    pub(crate) fn keep(&self, changes: &[StateChange]) {
        if changes.is_empty() {
            return;
        }
        if let Err(e) = self.inputs.session.record(None, changes) {
            self.state_failure(&e);
        }
    }

    pub(crate) fn state_failure(&self, e: &state::StateError) {
        self.inputs.cancel.cancel();
        self.outcome.borrow_mut().diags.push(Diagnostic::error(
            "Failed to record a result",
            format!("What was done could not be written down: {e}. No new step was begun. Make room or mend the place where the state is kept, then run apply again."),
        ));
    }

    /// Finds module instances and resource instances, as planned values tell them, and every value that is final already.
    fn prepare(&self) {
        let _evaluate = self.inputs.stages.enter(Stage::Evaluate, "final values");
        let statics = self.inputs.statics;
        for &node in statics.order() {
            match &statics.node(node).kind {
                NodeKind::Resource(resource) => {
                    for inst in self.evaluator.module_instances(&statics.node(node).path) {
                        match self.recorded_expansion(node, inst, resource) {
                            Some(recorded) => self.evaluator.set_expansion(node, inst, recorded),
                            None => drop(self.evaluator.expand(node, inst)),
                        }
                    }
                }
                NodeKind::Call(_)
                | NodeKind::Whole(_)
                | NodeKind::Variable(_)
                | NodeKind::Local(_)
                | NodeKind::Output(_) => {
                    let _ = self.evaluator.evaluate(node);
                }
                NodeKind::Provider(_) | NodeKind::Validation(_) | NodeKind::Check(_) => {}
            }
        }
        self.evaluator.keep_final_values_only();
    }

    /// The instances that are recorded, where a resource has those, whatever its block says: where all goes, and where
    /// nothing but reading happens.
    fn recorded_expansion(
        &self,
        node: NodeId,
        inst: InstId,
        resource: &model::ResourceAddr,
    ) -> Option<Expansion> {
        let plan = self.inputs.plan;
        let keys = || self.recorded_keys(inst, resource);
        match plan.mode {
            Mode::Destroy if resource.mode != ResourceMode::Ephemeral => Some(plan::expansion_of(&keys())),
            Mode::RefreshOnly if resource.mode == ResourceMode::Managed && !plan.imports() => {
                plan::recorded_expansion(&self.evaluator.resource(node)?.1.repetition, keys())
            }
            Mode::Normal | Mode::Destroy | Mode::RefreshOnly => None,
        }
    }

    /// The keys of the instances that are recorded. While nothing but reading happens, also of those that reading found
    /// gone: what refers to them was planned with them.
    fn recorded_keys(&self, inst: InstId, resource: &model::ResourceAddr) -> Vec<InstanceKey> {
        let (plan, module) = (self.inputs.plan, self.evaluator.module_addr(inst));
        let first = resource.instance(&module, InstanceKey::None);
        let of = |state: &StateSnapshot| {
            let recorded = state.instances.range(first.clone()..);
            let own = recorded.take_while(|(a, _)| a.module == module && a.resource == *resource);
            own.map(|(a, _)| a.key.clone()).collect::<BTreeSet<_>>()
        };
        let mut keys = of(&plan.refreshed);
        if plan.mode == Mode::RefreshOnly {
            keys.extend(of(&plan.prior));
        }
        keys.into_iter().collect()
    }

    /// The resources that a block's objects depend on, as states record them.
    pub(crate) fn dependencies(&self, node: NodeId) -> Arc<[Str]> {
        if let Some(known) = self.nodes.borrow().get(&node) {
            return known.clone();
        }
        let found = self.inputs.statics.resource_dependencies(node);
        self.nodes.borrow_mut().insert(node, found.clone());
        found
    }
}

fn set_aside(step: &Step) -> Option<(u32, Str)> {
    match &step.action {
        StepAction::Depose(key) => Some((step.change?, key.clone())),
        _ => None,
    }
}
