//! What the walk has found as a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::Config;
use model::{Diagnostics, InstanceAddr, Str};
use provider::Warnings;
use state::{InstanceState, StateSnapshot};

use crate::change::{Change, Plan};
use crate::inputs::Inputs;
use crate::managed::{placed, provider_diag};
use crate::planner::Planner;
use crate::{outputs, steps, targets};

impl Planner<'_> {
    /// The plan, with everything that was told.
    pub(crate) fn finish(self) -> (Plan, Diagnostics) {
        self.report(warned(self.inputs.config, &self.warnings));
        let outputs = outputs::plan_outputs(&self);
        let mut found = std::mem::take(&mut *self.found.borrow_mut());
        found.items.sort_by(|a, b| order_key(&a.change).cmp(&order_key(&b.change)));
        let refreshed = match found.refreshed.is_empty() && self.moved.is_empty() {
            true => self.inputs.prior.clone(),
            false => Arc::new(fold_refreshed(&self.prior, &found.refreshed)),
        };
        let results = self.results.take();
        let mut steps = Vec::new();
        if !found.diags.has_errors() {
            let _order = self.inputs.stages.enter(model::Stage::Order, "steps");
            match steps::build(&self, &found, &results.open_resources()) {
                Ok(built) => steps = built,
                Err(circle) => found.diags.extend(circle),
            }
        }
        let errored = found.diags.has_errors();
        let prevent_destroy = self.protected_afterwards(&found);
        found.drift.sort_by(|a, b| a.address.cmp(&b.address));
        let options = &self.inputs.options;
        let plan = Plan {
            mode: options.mode,
            lineage: self.inputs.prior.lineage.clone(),
            serial: self.inputs.prior.serial,
            timestamp: self.inputs.timestamp.clone(),
            variables: stored_variables(self.inputs),
            drift: found.drift,
            changes: found.items.into_iter().map(|i| i.change).collect(),
            outputs,
            checks: results.into_list(),
            steps,
            refreshed,
            prior: self.inputs.prior.clone(),
            prevent_destroy,
            targets: options.targets.iter().chain(&options.excludes).map(targets::text).collect(),
            errored,
            complete: options.targets.is_empty()
                && options.excludes.is_empty()
                && found.deferred.is_empty()
                && !errored,
            deferred: found.deferred.into_values().collect(),
            findings: found.diags.iter().cloned().collect(),
            lists: self.lists.summary(),
        };
        (plan, found.diags)
    }
}

/// What providers warned about, at the blocks of the instances that it is about.
pub fn warned(config: &Config, warnings: &Warnings) -> Diagnostics {
    let told = warnings.take().into_iter().map(|(address, warning)| {
        let diag = provider_diag(warning).for_address(&address);
        match config.resource(&address) {
            Some(resource) => placed(diag, resource),
            None => diag,
        }
    });
    Diagnostics(told.collect())
}

/// The variables that a plan keeps: all but ephemeral ones, and as they were given.
fn stored_variables(inputs: &Inputs<'_>) -> BTreeMap<Str, model::Value> {
    let root = inputs.config.root();
    let ephemeral = |name: &Str| root.and_then(|r| r.variables.get(name)).is_some_and(|v| v.ephemeral);
    inputs
        .variables
        .iter()
        .filter(|(name, _)| !ephemeral(name))
        .map(|(n, v)| (n.clone(), inputs.given.get(n).unwrap_or(v).clone()))
        .collect()
}

/// Outer modules come before what they call.
fn order_key(change: &Change) -> (usize, &InstanceAddr, bool, Option<&Str>) {
    let address = &change.address;
    (address.module.0.len(), address, change.deposed.is_some(), change.deposed.as_ref())
}

fn fold_refreshed(
    prior: &StateSnapshot,
    found: &BTreeMap<InstanceAddr, Option<InstanceState>>,
) -> StateSnapshot {
    let mut snapshot = prior.clone();
    for (addr, state) in found {
        match state {
            Some(state) => drop(snapshot.instances.insert(addr.clone(), state.clone())),
            None => drop(snapshot.instances.remove(addr)),
        }
    }
    snapshot
}
