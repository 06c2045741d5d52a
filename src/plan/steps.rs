//! Changes to steps: what apply runs, and what must come before what.
//!
//! Creates and updates follow what they read, found by evaluating, as soon as that can be used. Deletes go against the
//! dependencies that the state recorded, and wait until what was changed in favour of them is fully done. Where many wait for many, a gate stands between, so that the graph grows with the configuration and not with
//! the pairs.

mod behind;
mod deletes;

use std::collections::{BTreeMap, HashMap, HashSet};

use config::{InstId, NodeId, Reading};
use graph::Graph;
use model::{Diagnostic, Diagnostics, InstanceKey, Str};

use crate::change::{Action, Mode, ReplaceOrder, Step, StepAction, StepId};
use crate::planner::{Found, Item, Planner};

/// The steps of the planned changes, each after what it depends on. Of the unchanged instances, those in `open` have
/// conditions that only apply can judge.
pub fn build(planner: &Planner<'_>, found: &Found, open: &HashSet<String>) -> Result<Vec<Step>, Diagnostics> {
    let mut builder = Builder::new(planner, found, open);
    builder.add_steps();
    builder.order_forward();
    builder.order_deletes();
    builder.finish()
}

/// The steps of one item.
#[derive(Clone, Copy, Default)]
struct Own {
    /// Create, update, read, import: what dependents wait for.
    forward: Option<u32>,
    /// The wait until what was made or changed is fully done, where its type knows one: what deletes wait for.
    stable: Option<u32>,
    /// Delete, or delete of the deposed object.
    delete: Option<u32>,
    /// Whether the delete follows the create.
    create_first: bool,
}

/// How firm an order is that gives way where it would go in a circle; the firmest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Firmness {
    /// A delete comes after the deletes of what depends on the object.
    Dependents,
    /// A delete comes after the changes of what stops using the object.
    Users,
    /// A delete comes after what its provider is configured with.
    Provider,
}

struct Builder<'p, 'a> {
    planner: &'p Planner<'a>,
    found: &'p Found,
    items: &'p [Item],
    open: &'p HashSet<String>,
    own: Vec<Own>,
    actions: Vec<(StepAction, Option<u32>)>,
    graph: Graph,
    /// By a step, the steps that should come after it unless that goes in a circle.
    yielding: BTreeMap<(Firmness, u32), Vec<u32>>,
    /// The items of each block, in the order of their keys, as all items are in that of their addresses.
    by_block: HashMap<(NodeId, InstId), Vec<usize>>,
    gates: HashMap<(NodeId, InstId, bool), Option<u32>>,
}

impl<'p, 'a> Builder<'p, 'a> {
    fn new(planner: &'p Planner<'a>, found: &'p Found, open: &'p HashSet<String>) -> Builder<'p, 'a> {
        let items = &found.items;
        let mut by_block: HashMap<(NodeId, InstId), Vec<usize>> = HashMap::new();
        for (i, item) in items.iter().enumerate() {
            if let Some((node, inst, _)) = &item.node {
                by_block.entry((*node, *inst)).or_default().push(i);
            }
        }
        Builder {
            planner,
            found,
            items,
            open,
            own: vec![Own::default(); items.len()],
            actions: Vec::new(),
            graph: Graph::new(0),
            yielding: BTreeMap::new(),
            by_block,
            gates: HashMap::new(),
        }
    }

    fn step(&mut self, action: StepAction, item: Option<usize>) -> u32 {
        self.actions.push((action, item.map(|i| i as u32)));
        self.graph.add()
    }

    fn add_steps(&mut self) {
        for i in 0..self.items.len() {
            let import = self.items[i].change.importing.is_some();
            let import = import.then(|| self.step(StepAction::Import, Some(i)));
            let first = self.graph.len() as u32;
            let mut own = self.add_own(i);
            if let Some(import) = import {
                (first..self.graph.len() as u32).for_each(|step| self.graph.depends(step, import));
                own.forward = own.forward.or(Some(import));
            }
            self.own[i] = own;
        }
    }

    /// The steps of an item, but for its import.
    fn add_own(&mut self, i: usize) -> Own {
        let change = &self.items[i].change;
        match change.action {
            Action::NoOp if self.has_open_conditions(i) => self.forward(StepAction::Gate, i),
            Action::NoOp => Own::default(),
            Action::Create => self.make(StepAction::Create, i),
            Action::Read => self.forward(StepAction::Read, i),
            Action::Update => self.make(StepAction::Update, i),
            Action::Forget => {
                self.step(StepAction::Forget, Some(i));
                Own::default()
            }
            Action::Delete => {
                let action = match &change.deposed {
                    Some(key) => StepAction::DeleteDeposed(key.clone()),
                    None => StepAction::Delete,
                };
                Own { delete: Some(self.step(action, Some(i))), ..Own::default() }
            }
            Action::Replace(ReplaceOrder::DeleteFirst) => {
                let delete = self.step(StepAction::Delete, Some(i));
                let (first, made) = (self.graph.len() as u32, self.make(StepAction::Create, i));
                self.graph.depends(first, delete);
                Own { delete: Some(delete), ..made }
            }
            Action::Replace(ReplaceOrder::CreateFirst) => self.create_first(i),
        }
    }

    /// Whether what depends on an unchanged instance has to wait until its conditions are judged.
    fn has_open_conditions(&self, item: usize) -> bool {
        let change = &self.items[item].change;
        let is_made = self.planner.inputs.options.mode != Mode::RefreshOnly;
        is_made
            && change.deposed.is_none()
            && !self.open.is_empty()
            && self.open.contains(&change.address.to_string())
    }

    fn forward(&mut self, action: StepAction, item: usize) -> Own {
        Own { forward: Some(self.step(action, Some(item))), ..Own::default() }
    }

    /// A create or update, and the wait that follows it where the object goes on settling.
    fn make(&mut self, action: StepAction, item: usize) -> Own {
        let own = self.forward(action, item);
        if !self.stabilises(item) {
            return own;
        }
        let stable = self.step(StepAction::Stabilise, Some(item));
        own.forward.into_iter().for_each(|made| self.graph.depends(stable, made));
        Own { stable: Some(stable), ..own }
    }

    fn stabilises(&self, item: usize) -> bool {
        let change = &self.items[item].change;
        let provider = self.planner.inputs.registry.get(&change.provider);
        let ty = provider.and_then(|p| p.catalog().resources.get(&change.address.resource.ty));
        ty.is_some_and(|ty| ty.stabilises())
    }

    fn create_first(&mut self, item: usize) -> Own {
        let key = self.deposed_key();
        let depose = self.step(StepAction::Depose(key.clone()), Some(item));
        let (create, made) = (self.graph.len() as u32, self.make(StepAction::Create, item));
        let delete = self.step(StepAction::DeleteDeposed(key), Some(item));
        self.graph.depends(create, depose);
        self.graph.depends(delete, made.stable.unwrap_or(create));
        Own { delete: Some(delete), create_first: true, ..made }
    }

    /// Eight hexadecimal digits.
    fn deposed_key(&self) -> Str {
        let mut bytes = [0; 4];
        self.planner.inputs.around.random(&mut bytes);
        bytes.iter().map(|b| format!("{b:02x}")).collect::<String>().into()
    }

    /// Creates, updates and reads come after what they read.
    fn order_forward(&mut self) {
        let items = self.items;
        for (i, item) in items.iter().enumerate() {
            let Some(step) = self.own[i].forward else { continue };
            for before in self.sources(&item.reading) {
                if before != step {
                    self.graph.depends(step, before);
                }
            }
        }
    }

    /// The item of an instance.
    fn item(&self, node: NodeId, inst: InstId, key: &InstanceKey) -> Option<usize> {
        let of_block = self.by_block.get(&(node, inst))?;
        let at = of_block.binary_search_by(|item| self.items[*item].change.address.key.cmp(key)).ok()?;
        Some(of_block[at])
    }

    /// The steps that the values of a reading wait for.
    fn sources(&mut self, reading: &Reading) -> Vec<u32> {
        let mut steps = Vec::new();
        for (node, inst, key) in &reading.instances {
            let item = self.item(*node, *inst, key);
            steps.extend(match item {
                Some(item) => self.own[item].forward,
                None if self.found.read_to_open.contains_key(&(*node, *inst)) => {
                    self.block_gate(*node, *inst)
                }
                None => None,
            });
        }
        for (node, inst) in &reading.wholes {
            steps.extend(self.block_gate(*node, *inst));
        }
        for (node, inst) in &reading.through {
            steps.extend(self.value_gate(*node, *inst));
        }
        steps
    }

    /// A step after all instances of a block, or after what they need to be opened; the only step itself where there is but
    /// one.
    fn block_gate(&mut self, node: NodeId, inst: InstId) -> Option<u32> {
        if let Some(gate) = self.gates.get(&(node, inst, true)) {
            return *gate;
        }
        let items = self.by_block.get(&(node, inst)).cloned().unwrap_or_default();
        let mut steps: Vec<u32> = items.iter().filter_map(|i| self.own[*i].forward).collect();
        let read_to_open = self.found.read_to_open.get(&(node, inst));
        for reading in read_to_open.into_iter().flatten() {
            steps.extend(self.sources(reading));
        }
        let gate = self.gate(steps);
        self.gates.insert((node, inst, true), gate);
        gate
    }

    /// A step after everything that a variable, local or output reads. Works off a stack: such chains may be long.
    fn value_gate(&mut self, node: NodeId, inst: InstId) -> Option<u32> {
        let mut stack = vec![(node, inst)];
        while let Some(&(node, inst)) = stack.last() {
            if self.gates.contains_key(&(node, inst, false)) {
                stack.pop();
                continue;
            }
            let reading = self.planner.evaluator.reading(node, inst);
            let open: Vec<(NodeId, InstId)> = reading
                .through
                .iter()
                .copied()
                .filter(|(n, i)| !self.gates.contains_key(&(*n, *i, false)))
                .collect();
            if !open.is_empty() {
                stack.extend(open);
                continue;
            }
            stack.pop();
            let inner: Vec<u32> = reading
                .through
                .iter()
                .filter_map(|(n, i)| self.gates.get(&(*n, *i, false)).copied().flatten())
                .collect();
            let direct = Reading { through: Vec::new(), ..(*reading).clone() };
            let mut steps = self.sources(&direct);
            steps.extend(inner);
            let gate = self.gate(steps);
            self.gates.insert((node, inst, false), gate);
        }
        self.gates.get(&(node, inst, false)).copied().flatten()
    }

    fn gate(&mut self, mut steps: Vec<u32>) -> Option<u32> {
        steps.sort_unstable();
        steps.dedup();
        match steps[..] {
            [] => None,
            [one] => Some(one),
            _ => {
                let gate = self.step(StepAction::Gate, None);
                steps.iter().for_each(|s| self.graph.depends(gate, *s));
                Some(gate)
            }
        }
    }

    /// Brings the steps into an order in which each stands after what it waits for.
    fn finish(mut self) -> Result<Vec<Step>, Diagnostics> {
        let order = self.settle_order()?;
        let mut position = vec![0u32; order.len()];
        for (at, node) in order.iter().enumerate() {
            position[*node as usize] = at as u32;
        }
        let step = |node: &u32| {
            let (action, change) = &self.actions[*node as usize];
            let mut after: Vec<StepId> =
                self.graph.dependencies(*node).iter().map(|d| StepId(position[*d as usize])).collect();
            after.sort_unstable();
            after.dedup();
            Step { action: action.clone(), change: *change, after }
        };
        Ok(order.iter().map(step).collect())
    }

    /// Adds what yields, but for what would go in a circle: dependencies that were turned round between two applies leave
    /// no order that is right by all. What is firmer keeps its order then.
    fn settle_order(&mut self) -> Result<Vec<u32>, Diagnostics> {
        let yielding = std::mem::take(&mut self.yielding);
        let firm = self.graph.clone();
        for ((_, before), steps) in &yielding {
            steps.iter().for_each(|step| self.graph.depends(*step, *before));
        }
        if let Ok(order) = self.graph.order() {
            return Ok(order);
        }
        self.graph = firm;
        if let Err(cycles) = self.graph.order() {
            return Err(self.circle(&cycles).into());
        }
        for ((_, before), steps) in yielding {
            self.yield_to(before, &steps);
        }
        self.graph.order().map_err(|cycles| self.circle(&cycles).into())
    }

    /// Adds an order as far as it does not go in a circle. Of a gate that cannot be waited for what stands behind it is
    /// waited for as far as that is possible.
    fn yield_to(&mut self, before: u32, steps: &[u32]) {
        let refused = self.graph.depends_unless_circular(steps, before);
        if refused.is_empty() || self.actions[before as usize].0 != StepAction::Gate {
            return;
        }
        for behind in self.graph.dependencies(before).to_vec() {
            self.graph.depends_unless_circular(&refused, behind);
        }
    }

    fn circle(&self, cycles: &[Vec<u32>]) -> Diagnostic {
        let name = |step: &u32| {
            let (action, change) = &self.actions[*step as usize];
            let address =
                change.and_then(|c| self.items.get(c as usize)).map(|i| i.change.address.to_string());
            format!("{} ({action:?})", address.unwrap_or_default())
        };
        let path: Vec<String> = cycles.first().into_iter().flatten().map(name).collect();
        Diagnostic::error(
            "Cycle",
            format!(
                "These steps wait for each other, so none of them could begin: {}. This is a defect of Stackwright; please \
                 report it. Applying a part with -target may be a way around it.",
                path.join(", ")
            ),
        )
    }
}
