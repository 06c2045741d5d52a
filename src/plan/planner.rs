//! The walk over the configuration, each object after what it refers to, many calls at once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use config::{Evaluator, InstId, NodeId, NodeKind, Reading, Statics};
use futures_util::StreamExt;
use futures_util::future::join;
use futures_util::stream::FuturesUnordered;
use graph::{Outcome, Schedule};
use model::{Diagnostic, Diagnostics, InstanceAddr, InstanceKey, ModuleAddr, ResourceMode, Str};
use provider::{Call, Cancel, Client, Ownership, Progress, Warnings};
use state::{InstanceState, StateSnapshot};
use tokio::sync::Semaphore;

use crate::change::{Change, Deferral, Mode, Plan};
use crate::clients::Clients;
use crate::imports::{WithRoot, check_targets};
use crate::inputs::Inputs;
use crate::judging::{Judge, Time};
use crate::listing::Lists;
use crate::renewing::Open;
use crate::results::Results;
use crate::{keeping, moves, retype, still_there, targets};

/// What is planned for one object, with what its place in the order follows from.
#[derive(Clone, Debug)]
pub struct Item {
    /// The change.
    pub change: Change,
    /// The block, its module instance, and the instance; nothing for what is configured no more.
    pub node: Option<(NodeId, InstId, InstanceKey)>,
    /// What its evaluation read.
    pub reading: Reading,
    /// The resources that the recorded object depends on.
    pub recorded: Arc<[Str]>,
}

/// What the walk has found so far.
#[derive(Default)]
pub struct Found {
    /// Planned objects.
    pub items: Vec<Item>,
    /// By managed resource, the module instances in which it has instances that change.
    pub changing: BTreeSet<(NodeId, ModuleAddr)>,
    /// What reading or a move found to differ from what is recorded.
    pub refreshed: BTreeMap<InstanceAddr, Option<InstanceState>>,
    /// Changes from outside.
    pub drift: Vec<Change>,
    /// Instances that the configuration has.
    pub visited: HashSet<InstanceAddr>,
    /// What the instances of blocks of ephemeral resources read.
    pub read_to_open: HashMap<(NodeId, InstId), Vec<Reading>>,
    /// Blocks that were put off.
    pub deferred: BTreeMap<NodeId, Deferral>,
    /// Errors and warnings.
    pub diags: Diagnostics,
}

/// Everything that the walk works with.
pub struct Planner<'a> {
    /// What planning starts from.
    pub inputs: &'a Inputs<'a>,
    /// Values.
    pub evaluator: Evaluator<'a>,
    /// Clients of providers.
    pub clients: Clients<'a>,
    /// What is recorded, under the addresses that the configuration's moves give.
    pub prior: Arc<StateSnapshot>,
    /// The recorded addresses of what was moved, by new address.
    pub moved: BTreeMap<InstanceAddr, InstanceAddr>,
    /// The instances that were last applied with `prevent_destroy`, under the addresses that the moves give.
    pub prevent_destroy: BTreeSet<InstanceAddr>,
    /// The nodes that the plan is limited to.
    pub included: Option<HashSet<NodeId>>,
    /// Resource nodes whose replacements are created first.
    pub create_first: HashSet<NodeId>,
    /// Bounds calls to providers.
    pub permits: Semaphore,
    /// What was read by lists.
    pub lists: Lists,
    /// What was found.
    pub found: RefCell<Found>,
    /// The results of conditions.
    pub results: RefCell<Results>,
    /// The ephemeral resources that are open.
    pub open: Open,
    /// What providers warn about.
    pub warnings: Warnings,
    /// What was put off, with all that depends on it.
    pub left_out: HashSet<NodeId>,
    cancel: Cancel,
}

/// How many blocks are under way at once at most: many more than calls, and few enough to cost no memory.
const AHEAD: usize = 1000;

/// Plans. The diagnostics hold every error; a plan with errors says so itself and is never applied.
pub async fn plan(inputs: &Inputs<'_>) -> (Plan, Diagnostics) {
    let mut planner = Planner::new(inputs);
    let removed = still_there::check_removed(inputs.config);
    if inputs.options.mode == Mode::Normal && removed.has_errors() {
        planner.found.borrow_mut().diags = removed;
    }
    if planner.found.borrow().diags.has_errors() {
        return planner.finish();
    }
    if inputs.options.mode == Mode::Normal {
        let missing = check_targets(inputs.config, WithRoot::Included);
        if planner.report(missing) == Outcome::Failed {
            return planner.finish();
        }
    }
    match inputs.options.mode {
        Mode::Destroy => planner.renewing(planner.plan_destroy()).await,
        Mode::Normal | Mode::RefreshOnly => {
            let left_out = planner.renewing(planner.walk()).await;
            planner.leave_out(left_out);
        }
    }
    planner.renewing(planner.plan_orphans()).await;
    planner.close_ephemerals().await;
    match moves::check_targets(&planner.moved, &inputs.options) {
        Some(diag) => planner.push(diag),
        None => planner.check_moved(),
    }
    planner.check_replaced();
    if let Some(diag) = planner.forgotten() {
        planner.push(diag);
    }
    if !(inputs.options.targets.is_empty() && inputs.options.excludes.is_empty()) {
        planner.push(Diagnostic::warning(
            "Resource targeting is in effect",
            "With -target or -exclude a plan holds only a part of what the configuration asks for. That helps out of \
             a mistake; for every day it is too easy to forget the rest.",
        ));
    }
    planner.finish()
}

impl<'a> Planner<'a> {
    fn new(inputs: &'a Inputs<'a>) -> Planner<'a> {
        let evaluator = Evaluator::new(inputs.config, inputs.statics, inputs.world, inputs.variables.clone());
        let clients = Clients::new(inputs.config, inputs.registry, inputs.around.clone());
        let mut found = Found::default();
        let (mut prior, moved) = match inputs.options.import {
            None => moves::apply_moves(inputs.config, &inputs.prior, &mut found.diags),
            Some(_) => (inputs.prior.clone(), BTreeMap::new()),
        };
        retype::retype(inputs.config, inputs.registry, &moved, &mut prior, &mut found.diags);
        Planner {
            create_first: create_first_nodes(inputs),
            included: targets::included_nodes(inputs),
            prevent_destroy: keeping::under_new_addresses(&inputs.prevent_destroy, &moved),
            evaluator,
            clients,
            prior,
            moved,
            permits: Semaphore::new(inputs.options.parallelism.max(1)),
            lists: Lists::default(),
            found: RefCell::new(found),
            results: RefCell::new(Results::declared(inputs.config, inputs.statics)),
            open: Open::default(),
            warnings: Warnings::default(),
            left_out: HashSet::new(),
            cancel: Cancel::new(),
            inputs,
        }
    }

    /// Evaluates and plans every node, each after what it depends on. Gives what was left out, because it depends on a failed
    /// node.
    async fn walk(&self) -> HashSet<u32> {
        let ((), left_out) = join(self.make_clients(), self.walk_nodes()).await;
        left_out
    }

    async fn walk_nodes(&self) -> HashSet<u32> {
        let this = self;
        let mut schedule = Schedule::new(this.inputs.statics.graph());
        let mut running = FuturesUnordered::new();
        let mut left_out = HashSet::new();
        while !schedule.is_finished() {
            while running.len() < AHEAD
                && let Some(node) = schedule.take_ready()
            {
                let id = NodeId(node);
                if matches!(this.inputs.statics.node(id).kind, NodeKind::Resource(_)) {
                    running.push(async move { (node, this.plan_resource(id).await) });
                } else {
                    let outcome = this.evaluate_node(id);
                    left_out.extend(schedule.finish(node, outcome));
                }
            }
            match running.next().await {
                Some((node, outcome)) => left_out.extend(schedule.finish(node, outcome)),
                None if schedule.is_finished() => break,
                None => continue,
            }
        }
        left_out
    }

    /// Where blocks were put off, the plan is limited to what does not depend on them.
    fn leave_out(&mut self, skipped: HashSet<u32>) {
        let deferred: Vec<NodeId> = self.found.borrow().deferred.keys().copied().collect();
        if deferred.is_empty() {
            return;
        }
        self.left_out = skipped.into_iter().map(NodeId).chain(deferred).collect();
        let all =
            self.included.take().unwrap_or_else(|| self.inputs.statics.order().iter().copied().collect());
        self.included = Some(all.into_iter().filter(|node| !self.left_out.contains(node)).collect());
    }

    /// Puts a block off, if that was asked for and nothing but unknown values stands in the way; otherwise what was found
    /// is given back.
    pub(crate) fn defer_block(&self, node: NodeId, diags: Diagnostics) -> Result<(), Diagnostics> {
        let only_unknown = diags.iter().filter(|d| d.is_error()).all(|d| d.because_unknown);
        let why = diags.iter().find(|d| d.is_error()).cloned();
        match why.filter(|_| self.inputs.options.converge && only_unknown) {
            Some(why) => {
                let address = self.inputs.statics.describe(node);
                self.found.borrow_mut().deferred.insert(node, Deferral { address, why });
                Ok(())
            }
            None => Err(diags),
        }
    }

    fn evaluate_node(&self, node: NodeId) -> Outcome {
        if self.included.as_ref().is_some_and(|i| !i.contains(&node)) {
            if let NodeKind::Call(_) = self.inputs.statics.node(node).kind {
                let _ = self.evaluator.evaluate(node);
            }
            return Outcome::Done;
        }
        let _evaluate =
            self.inputs.stages.enter(model::Stage::Evaluate, Described(self.inputs.statics, node));
        let mut diags = self.evaluator.evaluate(node);
        match &self.inputs.statics.node(node).kind {
            NodeKind::Output(name) => {
                diags.extend(self.check_marks(node, name));
                diags.extend(self.judge().node(node));
            }
            NodeKind::Validation(_) | NodeKind::Check(_) => diags.extend(self.judge().node(node)),
            NodeKind::Call(_) if diags.has_errors() => {
                let unmet = self.defer_block(node, diags).err().unwrap_or_default();
                self.report(unmet);
                return Outcome::Failed;
            }
            NodeKind::Call(_)
            | NodeKind::Whole(_)
            | NodeKind::Variable(_)
            | NodeKind::Local(_)
            | NodeKind::Provider(_) => {}
            NodeKind::Resource(_) => {}
        }
        self.report(diags)
    }

    /// What judges conditions.
    pub fn judge(&self) -> Judge<'_, 'a> {
        let time = match self.inputs.options.mode {
            Mode::RefreshOnly => Time::Refreshing,
            Mode::Normal | Mode::Destroy => Time::Planning,
        };
        Judge { evaluator: &self.evaluator, results: &self.results, time }
    }

    /// What an output gives must be what it says that it gives.
    fn check_marks(&self, node: NodeId, name: &Str) -> Diagnostics {
        let path = &self.inputs.statics.node(node).path;
        let module = self.inputs.config.modules.get(path);
        let Some(output) = module.and_then(|m| m.outputs.get(name)) else { return Diagnostics::new() };
        let insts = self.evaluator.module_instances(path).into_iter();
        let found = insts.flat_map(|inst| {
            let value = self.evaluator.value(node, inst);
            crate::conditions::check_output_marks(&value, output, path.is_root())
        });
        Diagnostics(found.collect())
    }

    /// Keeps diagnostics; failed where one is an error.
    pub fn report(&self, diags: Diagnostics) -> Outcome {
        let outcome = if diags.has_errors() { Outcome::Failed } else { Outcome::Done };
        self.found.borrow_mut().diags.add_new(diags);
        outcome
    }

    /// Keeps one diagnostic.
    pub fn push(&self, diag: Diagnostic) {
        self.found.borrow_mut().diags.push(diag);
    }

    /// Whether the user asked to stop.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// What accompanies a call of a provider.
    pub fn call<'c>(
        &'c self,
        client: &'c Client,
        address: &'c InstanceAddr,
        ownership: impl Into<Option<&'c Ownership>>,
    ) -> Call<'c> {
        Call {
            client,
            address,
            ownership: ownership.into(),
            known: &[],
            attempt: None,
            around: &*self.inputs.around,
            progress: &Silent,
            warnings: &self.warnings,
            cancel: &self.cancel,
        }
    }

    /// The marks of ownership of an object at an address.
    pub fn ownership(&self, address: &InstanceAddr) -> Ownership {
        ownership_of(&self.inputs.ownership, &self.prior.lineage, address)
    }
}

/// Shows a node as it is described.
pub(crate) struct Described<'s>(pub &'s Statics, pub NodeId);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.describe(self.1))
    }
}

pub(crate) fn with_address(diag: Diagnostic, addr: &InstanceAddr) -> Diagnostic {
    if diag.address.is_some() { diag } else { diag.for_address(addr) }
}

/// Nodes whose replacement is created first: those that say so and everything that they depend on.
fn create_first_nodes(inputs: &Inputs<'_>) -> HashSet<NodeId> {
    let statics = inputs.statics;
    let asks = |path, addr| {
        let module = inputs.config.modules.get(path);
        module
            .and_then(|m| m.resources.get(addr))
            .is_some_and(|r| r.lifecycle.create_before_destroy == Some(true))
    };
    let mut found: HashSet<NodeId> = HashSet::new();
    let mut stack: Vec<NodeId> = Vec::new();
    for &id in statics.order() {
        let node = statics.node(id);
        if let NodeKind::Resource(addr) = &node.kind
            && addr.mode == ResourceMode::Managed
            && asks(&node.path, addr)
        {
            stack.push(id);
        }
    }
    let mut seen = HashSet::new();
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        if matches!(statics.node(id).kind, NodeKind::Resource(_)) {
            found.insert(id);
        }
        stack.extend(statics.dependencies(id));
    }
    found
}

/// The ownership marks of an object: the stack's, with the object's own id.
pub fn ownership_of(stack: &Ownership, lineage: &str, address: &InstanceAddr) -> Ownership {
    stack.of_object(lineage, address)
}

/// Hears no progress: planning is quick, and says by itself what it reads.
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _message: &str) {}
}
