//! What the console evaluates over: a directory whose instances are what the state records, or what a plan would make of
//! them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::{Reference, Repetition};
use model::{
    Diagnostics, FileId, InstanceAddr, InstanceKey, ModuleAddr, ProviderAddr, ResourceAddr, Stages, Str,
    Value,
};
use provider::Registry;
use state::StateSnapshot;

use crate::app::App;
use crate::args::{ConsoleArgs, StatePlaces};
use crate::commands::run::{schema_of, state_error, timestamp};
use crate::project::{Project, load};
use crate::view::View;
use crate::world::Outside;

/// A loaded directory with its instances, for commands that only evaluate.
pub struct RunScope {
    /// The directory.
    pub project: Project,
    /// Its root variables; unknown where nobody gave one.
    pub variables: BTreeMap<Str, Value>,
    /// What is recorded.
    pub snapshot: StateSnapshot,
    /// The instances as a plan leaves them, where one was made.
    planned: Option<BTreeMap<InstanceAddr, Value>>,
    /// What functions get of the outside.
    pub outside: Outside,
}

/// Loads what the console evaluates over; nothing where that is not fit, which has been told.
pub async fn scope(app: &App, view: &View, args: &ConsoleArgs) -> Option<RunScope> {
    let place = app.place().map_err(|d| view.tell_one(d)).ok()?;
    let mut project = load(app, &place, &args.vars);
    let now = timestamp();
    let diags = match args.plan {
        true => project.check(&app.equipment.registry, &now),
        false => std::mem::take(&mut project.diags),
    };
    view.tell(&diags, &project.sources.borrow());
    if diags.has_errors() {
        return None;
    }
    let store = project.store(&place, StatePlaces { state: args.state.as_deref(), ..StatePlaces::default() });
    let store = store.map_err(|d| view.tell(&d, &project.sources.borrow())).ok()?;
    let folded = store.read().await.map_err(|e| view.tell_one(state_error(&e))).ok()?;
    let variables = project.variables(&mut Diagnostics::new());
    let snapshot = folded.snapshot.unwrap_or_default();
    let scope = RunScope { snapshot, variables, project, planned: None, outside: Outside::console() };
    if args.plan { scope.planned(app, view, &now).await } else { Some(scope) }
}

impl RunScope {
    /// The scope with the instances as a plan would leave them.
    async fn planned(self, app: &App, view: &View, now: &str) -> Option<RunScope> {
        let outside = Outside::planning(now);
        let registry = &app.equipment.registry;
        let inputs = ::plan::Inputs {
            config: &self.project.config,
            statics: &self.project.statics,
            world: &self.project.world(outside.clone(), registry),
            variables: self.variables.clone(),
            given: BTreeMap::new(),
            prior: Arc::new(self.snapshot.clone()),
            prevent_destroy: BTreeSet::new(),
            registry,
            around: Arc::new(outside.clone()),
            ownership: self.project.ownership(),
            timestamp: now.into(),
            options: ::plan::Options::default(),
            watch: &::plan::NoWatch,
            stages: Stages::default(),
        };
        let (plan, diags) = ::plan::plan(&inputs).await;
        view.tell(&diags, &self.project.sources.borrow());
        if diags.has_errors() {
            return None;
        }
        let kept = plan.changes.into_iter().filter(|c| c.deposed.is_none() && !c.after.is_null());
        let planned = kept.map(|c| (c.address, c.after)).collect();
        Some(RunScope { planned: Some(planned), outside, ..self })
    }

    /// An evaluator in which instances are what the state records, or the plan made of them.
    pub fn evaluator<'s>(&'s self, world: &'s InstanceWorld<'s>) -> config::Evaluator<'s> {
        let (config, statics) = (&self.project.config, &self.project.statics);
        let evaluator = config::Evaluator::new(config, statics, world, self.variables.clone());
        for &node in statics.order() {
            let config::NodeKind::Resource(resource) = &statics.node(node).kind else {
                evaluator.evaluate(node);
                continue;
            };
            for inst in evaluator.module_instances(&statics.node(node).path) {
                let keys = self.keys(&evaluator.module_addr(inst), resource);
                if !keys.is_empty() {
                    evaluator.set_expansion(node, inst, ::plan::expansion_of(&keys));
                }
            }
        }
        evaluator
    }

    /// The instances that there are of a resource, in order.
    fn keys(&self, module: &ModuleAddr, resource: &ResourceAddr) -> Vec<InstanceKey> {
        let first = resource.instance(module, InstanceKey::None);
        let is_own = |a: &&InstanceAddr| a.module == *module && a.resource == *resource;
        match &self.planned {
            Some(planned) => {
                planned.range(first..).map(|(a, _)| a).take_while(is_own).map(|a| a.key.clone()).collect()
            }
            None => {
                let recorded = self.snapshot.instances.range(first..).map(|(a, _)| a);
                recorded.take_while(is_own).map(|a| a.key.clone()).collect()
            }
        }
    }

    /// An unknown value of the type that a path to a resource's instance has by its schema.
    pub fn by_schema(&self, registry: &Registry, path: &str) -> Option<Value> {
        let t = lang::parse::parse_traversal(FileId(0), path).ok()?;
        let (Reference::Resource(addr), consumed) = Reference::parse(&t).ok()? else { return None };
        let root = self.project.config.root()?;
        let resource = root.resources.get(&addr)?;
        let is_repeated = !matches!(resource.repetition, Repetition::Single | Repetition::Enabled(_));
        if t.steps.len() - consumed != usize::from(is_repeated) {
            return None;
        }
        let provider = root.provider_addr(&root.provider_key(resource).name);
        let schema = schema_of(registry, &addr.instance(&ModuleAddr::root(), InstanceKey::None), &provider)?;
        Some(Value::unknown(schema.block.ty()))
    }

    fn instance(&self, registry: &Registry, addr: &InstanceAddr) -> Option<Value> {
        if let Some(planned) = &self.planned {
            return planned.get(addr).cloned();
        }
        let object = self.snapshot.current(addr)?;
        crate::commands::show::decoder(registry, &self.snapshot)(addr, object).map(|(value, _)| value)
    }
}

/// A world in which instances are what a scope says.
pub struct InstanceWorld<'w> {
    outer: &'w dyn config::World,
    scope: &'w RunScope,
    registry: &'w Registry,
}

impl<'w> InstanceWorld<'w> {
    /// A world over a scope.
    pub fn new(
        outer: &'w dyn config::World,
        scope: &'w RunScope,
        registry: &'w Registry,
    ) -> InstanceWorld<'w> {
        InstanceWorld { outer, scope, registry }
    }
}

impl config::World for InstanceWorld<'_> {
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
    fn add_source(&self, name: &str, text: &str) -> FileId {
        self.outer.add_source(name, text)
    }
    fn provider_function(&self, provider: &ProviderAddr, name: &str) -> Option<&lang::functions::Function> {
        self.outer.provider_function(provider, name)
    }
    fn instance(&self, addr: &InstanceAddr) -> Option<Value> {
        self.scope.instance(self.registry, addr)
    }
}
