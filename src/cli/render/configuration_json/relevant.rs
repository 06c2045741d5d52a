//! The `relevant_attributes` section: which attributes of resources anything else is made from.

use std::collections::{BTreeMap, BTreeSet};

use config::{Config, Module, Reference};
use lang::ast::{Body, Expr, Step, StepKind, Traversal};
use lang::references::{body_references, references};
use model::{InstanceKey, ModulePath, ResourceAddr, Str};
use plan::{Action, Change};
use serde_json::{Value as Json, json};

use crate::render::shapes;

/// Every attribute that a changing resource or an output refers to, through variables, locals and outputs of modules.
pub fn relevant_attributes(config: &Config, changes: &[Change]) -> Vec<Json> {
    let changing: BTreeSet<(ModulePath, &ResourceAddr)> = changes
        .iter()
        .filter(|c| c.action != Action::NoOp)
        .map(|c| (c.address.module.path(), &c.address.resource))
        .collect();
    let mut walk = Walk {
        config,
        keys: instance_keys(changes),
        found: BTreeSet::new(),
        seen: BTreeSet::new(),
        outputs_seen: BTreeSet::new(),
    };
    for module in config.modules.values() {
        let here = Place { path: module.path.clone(), shown: module.path.to_string() };
        let changed = |r: &&config::Resource| changing.contains(&(module.path.clone(), &r.addr));
        for resource in module.resources.values().filter(changed) {
            walk.body(&resource.body, &here);
            if let Some(expr) = resource.repetition.expr() {
                walk.expr(expr, &here);
            }
        }
    }
    if let Some(root) = config.root() {
        let here = Place { path: root.path.clone(), shown: String::new() };
        root.outputs.values().for_each(|o| walk.expr(&o.value, &here));
    }
    for module in config.modules.values().filter(|m| !m.path.is_root()) {
        let here = Place { path: module.path.clone(), shown: module.path.to_string() };
        for output in module.outputs.values() {
            if walk.outputs_seen.insert((module.path.clone(), output.name.clone())) {
                walk.expr(&output.value, &here);
            }
        }
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

struct Walk<'c> {
    config: &'c Config,
    /// The keys of the instances of calls, by the caller's address and the call's name.
    keys: BTreeMap<(String, Str), BTreeSet<InstanceKey>>,
    /// Resource and attribute path, the latter as JSON text.
    found: BTreeSet<(String, String)>,
    /// Variables, locals and outputs that were gone through, with the place they were reached by.
    seen: BTreeSet<(String, Reference)>,
    /// Outputs of modules that something refers to.
    outputs_seen: BTreeSet<(ModulePath, Str)>,
}

impl<'c> Walk<'c> {
    fn body(&mut self, body: &Body, here: &Place) {
        body_references(body).into_iter().for_each(|t| self.reference(t, here));
    }

    fn expr(&mut self, expr: &Expr, here: &Place) {
        references(expr).into_iter().for_each(|t| self.reference(t, here));
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
        let argument = self
            .config
            .modules
            .get(&parent)
            .and_then(|m| m.calls.get(call))
            .and_then(|c| c.arguments.get(name));
        if let Some(argument) = argument {
            let shown =
                here.shown.rsplit_once("module.").map_or("", |(outer, _)| outer.trim_end_matches('.'));
            self.expr(argument, &Place { path: parent, shown: shown.to_owned() });
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
            self.outputs_seen.insert((inner.path.clone(), found.name.clone()));
            if self.is_new(inner, &Reference::Module(call.clone(), Some(found.name.clone()))) {
                self.expr(&found.value, inner);
            }
        }
    }
}

/// The keys of the instances of calls, as far as anything in them shows.
fn instance_keys(changes: &[Change]) -> BTreeMap<(String, Str), BTreeSet<InstanceKey>> {
    let mut found: BTreeMap<(String, Str), BTreeSet<InstanceKey>> = BTreeMap::new();
    for change in changes {
        let mut at = change.address.module.clone();
        while let Some((parent, name, key)) = at.parent() {
            if *key != InstanceKey::None {
                found.entry((parent.to_string(), name.clone())).or_default().insert(key.clone());
            }
            at = parent;
        }
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
