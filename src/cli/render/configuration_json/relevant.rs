//! The `relevant_attributes` section: which attributes of resources anything else is made from.

use std::collections::{BTreeMap, BTreeSet};

use config::{Config, Module, Reference, Repetition};
use lang::ast::{Body, Expr, Step, StepKind, Traversal};
use lang::references::{body_references, references};
use model::{InstanceKey, ModuleAddr, ModulePath, Str};
use plan::{Action, Change, Plan};
use serde_json::{Value as Json, json};

use crate::render::shapes;

/// Every attribute that a changing resource, a changing output, or an output of a called module refers to, through
/// variables, locals, outputs of modules and `each`. What a block is counted by is no part of it.
pub fn relevant_attributes(config: &Config, plan: &Plan) -> Vec<Json> {
    let instances = module_instances(&plan.changes);
    let mut walk = Walk { config, keys: keys(&instances), found: BTreeSet::new(), seen: BTreeSet::new() };
    let changing = plan.changes.iter().filter(|c| c.action != Action::NoOp);
    let changing: BTreeSet<_> = changing.map(|c| (c.address.module.clone(), &c.address.resource)).collect();
    for (module, resource) in changing {
        if let Some(block) = config.modules.get(&module.path()).and_then(|m| m.resources.get(resource)) {
            walk.body(&block.body, &Place::of(&module));
            walk.for_each(&block.repetition, &body_references(&block.body), &Place::of(&module));
        }
    }
    let changed = |o: &&config::Output| plan.outputs.get(&o.name).is_some_and(|c| c.action != Action::NoOp);
    for output in config.root().into_iter().flat_map(|m| m.outputs.values()).filter(changed) {
        walk.expr(&output.value, &Place::of(&ModuleAddr::root()));
    }
    for instance in &instances {
        let module = config.modules.get(&instance.path());
        module
            .iter()
            .flat_map(|m| m.outputs.values())
            .for_each(|o| walk.expr(&o.value, &Place::of(instance)));
    }
    let parsed = |(resource, path): (String, String)| {
        let attribute: Json = serde_json::from_str(&path).unwrap_or_default();
        json!({"resource": resource, "attribute": attribute})
    };
    walk.found.into_iter().map(parsed).collect()
}

/// A module, and how the reference that led to it is written.
#[derive(Clone)]
struct Place {
    path: ModulePath,
    shown: String,
}

impl Place {
    fn of(module: &ModuleAddr) -> Place {
        Place { path: module.path(), shown: module.to_string() }
    }
}

struct Walk<'c> {
    config: &'c Config,
    /// The keys of the instances of calls, by the caller's address and the call's name.
    keys: BTreeMap<(String, Str), BTreeSet<InstanceKey>>,
    /// Resource and attribute path, the latter as JSON text.
    found: BTreeSet<(String, String)>,
    /// Variables, locals and outputs that were gone through, with the place they were reached by.
    seen: BTreeSet<(String, Reference)>,
}

impl<'c> Walk<'c> {
    fn body(&mut self, body: &Body, here: &Place) {
        body_references(body).into_iter().for_each(|t| self.reference(t, here));
    }

    fn expr(&mut self, expr: &Expr, here: &Place) {
        references(expr).into_iter().for_each(|t| self.reference(t, here));
    }

    /// `each` is made from what `for_each` is.
    fn for_each(&mut self, repetition: &Repetition, used: &[&Traversal], here: &Place) {
        let Repetition::ForEach(expr) = repetition else { return };
        let is_each = |t: &&&Traversal| {
            matches!(Reference::parse(t), Ok((Reference::EachKey | Reference::EachValue, _)))
        };
        if used.iter().any(|t| is_each(&t)) {
            self.expr(expr, here);
        }
    }

    fn reference(&mut self, traversal: &Traversal, here: &Place) {
        let Ok((reference, consumed)) = Reference::parse(traversal) else { return };
        match &reference {
            Reference::Resource(addr) => {
                let (key, rest) = key_and_rest(&traversal.steps[consumed..]);
                let dot = if here.shown.is_empty() { "" } else { "." };
                let path: Json = rest.iter().map(step_json).collect();
                self.found.insert((format!("{}{dot}{addr}{key}", here.shown), path.to_string()));
            }
            Reference::Variable(name) if self.is_new(here, &reference) => self.variable(name, here),
            Reference::Local(name) if self.is_new(here, &reference) => {
                let local = self.module(here).and_then(|m| m.locals.get(name));
                if let Some(local) = local {
                    self.expr(&local.expr, here);
                }
            }
            Reference::Module(call, output) => self.output(traversal, call, output.as_ref(), here),
            Reference::Variable(_) | Reference::Local(_) => {}
            Reference::CountIndex | Reference::EachKey | Reference::EachValue => {}
            Reference::SelfObject | Reference::Path(_) | Reference::Terraform(_) => {}
        }
    }

    fn is_new(&mut self, here: &Place, reference: &Reference) -> bool {
        self.seen.insert((format!("{} {}", here.shown, here.path), reference.clone()))
    }

    fn module(&self, here: &Place) -> Option<&'c Module> {
        self.config.modules.get(&here.path)
    }

    /// A variable of a module is what its call gives.
    fn variable(&mut self, name: &Str, here: &Place) {
        let Some((parent, call)) = here.path.parent() else { return };
        let call = self.config.modules.get(&parent).and_then(|m| m.calls.get(call));
        if let Some((call, argument)) = call.and_then(|c| Some((c, c.arguments.get(name)?))) {
            let shown =
                here.shown.rsplit_once("module.").map_or("", |(outer, _)| outer.trim_end_matches('.'));
            let outer = Place { path: parent, shown: shown.to_owned() };
            self.expr(argument, &outer);
            self.for_each(&call.repetition, &references(argument), &outer);
        }
    }

    fn output(&mut self, traversal: &Traversal, call: &Str, output: Option<&Str>, here: &Place) {
        let (key, _) = key_and_rest(traversal.steps.get(1..).unwrap_or_default());
        let all = self.keys.get(&(here.shown.clone(), call.clone())).filter(|_| key.is_empty());
        let all: Vec<String> = all.into_iter().flatten().map(ToString::to_string).collect();
        for key in all.into_iter().chain([key]) {
            let dot = if here.shown.is_empty() { "" } else { "." };
            let shown = format!("{}{dot}module.{call}{key}", here.shown);
            self.output_of(&Place { path: here.path.child(call), shown }, call, output);
        }
    }

    fn output_of(&mut self, inner: &Place, call: &Str, output: Option<&Str>) {
        let Some(module) = self.module(inner) else { return };
        let wanted = module.outputs.values().filter(|o| output.is_none_or(|name| o.name == *name));
        for found in wanted {
            if self.is_new(inner, &Reference::Module(call.clone(), Some(found.name.clone()))) {
                self.expr(&found.value, inner);
            }
        }
    }
}

/// The instances of called modules that are to be, as far as any object in them shows.
fn module_instances(changes: &[Change]) -> BTreeSet<ModuleAddr> {
    let mut found = BTreeSet::new();
    for change in changes.iter().filter(|c| !matches!(c.action, Action::Delete | Action::Forget)) {
        let mut at = change.address.module.clone();
        while let Some((parent, ..)) = at.parent() {
            found.insert(at);
            at = parent;
        }
    }
    found
}

/// The keys of the instances of calls.
fn keys(instances: &BTreeSet<ModuleAddr>) -> BTreeMap<(String, Str), BTreeSet<InstanceKey>> {
    let mut found: BTreeMap<(String, Str), BTreeSet<InstanceKey>> = BTreeMap::new();
    let keyed =
        instances.iter().filter_map(ModuleAddr::parent).filter(|(_, _, key)| **key != InstanceKey::None);
    for (parent, name, key) in keyed {
        found.entry((parent.to_string(), name.clone())).or_default().insert(key.clone());
    }
    found
}

/// The instance key that follows a resource or a call, and what follows it.
fn key_and_rest(steps: &[Step]) -> (String, &[Step]) {
    match steps.first().map(|s| &s.kind) {
        Some(StepKind::IndexNumber(n)) => (format!("[{n}]"), &steps[1..]),
        Some(StepKind::IndexString(s)) => (format!("[{}]", model::address::quote(s)), &steps[1..]),
        Some(StepKind::Attr(_)) | None => (String::new(), steps),
    }
}

fn step_json(step: &Step) -> Json {
    match &step.kind {
        StepKind::Attr(name) => name.to_string().into(),
        StepKind::IndexNumber(n) => shapes::number(n),
        StepKind::IndexString(s) => s.to_string().into(),
    }
}
