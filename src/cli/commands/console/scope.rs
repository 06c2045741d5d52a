//! What the console evaluates over: a directory whose instances are what the state records.

use std::collections::BTreeMap;

use model::{Diagnostics, InstanceAddr, Str, Value};
use provider::Registry;
use state::StateSnapshot;

use crate::app::{App, View};
use crate::commands::run::state_error;
use crate::project::{Project, load};

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
    fn provider_function(
        &self,
        provider: &model::ProviderAddr,
        name: &str,
    ) -> Option<&lang::functions::Function> {
        self.outer.provider_function(provider, name)
    }
    fn instance(&self, addr: &InstanceAddr) -> Option<Value> {
        let object = self.snapshot.current(addr)?;
        crate::commands::show::decoder(self.registry, self.snapshot)(addr, object).map(|(value, _)| value)
    }
}
