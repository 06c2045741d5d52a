//! Who refers to whom, before anything is evaluated.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use graph::Graph;
use lang::ast::{Body, Expr, Traversal};
use lang::references::{body_references, references};
use model::diagnostic::did_you_mean;
use model::{Diagnostic, Diagnostics, ModulePath, ResourceAddr, ResourceMode, Span, Str, err};

use crate::import::Import;
use crate::module::{Condition, Config, Local, Module, ModuleCall, ProviderKey, Resource};
use crate::reference::{Reference, is_key, prefix_span};

/// Names a node of [`Statics`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// Something of a configuration that is evaluated as one, in every instance of its module.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeKind {
    /// The instances of a called module.
    Call(Str),
    /// Everything in a called module, for who has to wait until all of it is done.
    Whole(Str),
    /// A variable's value.
    Variable(Str),
    /// A variable's validations.
    Validation(Str),
    /// A local value.
    Local(Str),
    /// A provider configuration.
    Provider(ProviderKey),
    /// The instances of a resource.
    Resource(ResourceAddr),
    /// An output's value.
    Output(Str),
    /// A check's assertions.
    Check(Str),
}

/// A node: what, and in which module.
#[derive(Clone, Debug)]
pub struct Node {
    /// The module.
    pub path: ModulePath,
    /// What it is.
    pub kind: NodeKind,
    /// Where it is written.
    pub span: Span,
    /// Whether it goes in a circle by itself; it is not worth evaluating then.
    pub is_broken: bool,
    /// The first of its `depends_on` that leads nowhere.
    pub lost_dependency: Option<Diagnostic>,
    /// Where a resource's own arguments refer to itself.
    pub self_references: Vec<Span>,
    /// The references in it that lead to nodes, each with the address of its syntax node and the nodes it may lead to.
    pub references: Vec<(usize, Vec<NodeId>)>,
}

/// The static graph of a configuration.
#[derive(Debug, Default)]
pub struct Statics {
    nodes: Vec<Node>,
    ids: HashMap<ModulePath, HashMap<NodeKind, NodeId>>,
    graph: Graph,
    order: Vec<NodeId>,
    /// What is wrong with references that lead nowhere, by the address of their syntax node. Whoever evaluates the
    /// expression reports it: what is never evaluated may refer to what it likes.
    wrong: BTreeMap<usize, Diagnostics>,
    uses_workspace: bool,
}

impl Statics {
    /// Finds all references, remembers those that lead nowhere, and reports those that go in circles.
    pub fn build(config: &Config) -> (Statics, Diagnostics) {
        let mut builder = Builder { config, statics: Statics::default(), diags: Diagnostics::new() };
        builder.add_nodes();
        builder.add_edges();
        let Builder { mut statics, mut diags, .. } = builder;
        match statics.graph.order() {
            Ok(order) => statics.order = order.into_iter().map(NodeId).collect(),
            Err(cycles) => cycles.iter().for_each(|cycle| diags.push(statics.cycle(cycle))),
        }
        (statics, diags)
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The node of a thing in a module.
    pub fn find(&self, path: &ModulePath, kind: &NodeKind) -> Option<NodeId> {
        self.ids.get(path)?.get(kind).copied()
    }

    /// What is wrong with a reference, if it leads nowhere.
    pub fn wrong(&self, reference: &Traversal) -> Option<&Diagnostics> {
        match self.wrong.is_empty() {
            true => None,
            false => self.wrong.get(&(std::ptr::from_ref(reference) as usize)),
        }
    }

    /// Whether some value may come from the name of the selected workspace.
    pub fn uses_workspace(&self) -> bool {
        self.uses_workspace
    }

    /// All nodes, each after what it depends on. Empty where there is a cycle.
    pub fn order(&self) -> &[NodeId] {
        &self.order
    }

    /// What a node depends on directly; repetitions possible.
    pub fn dependencies(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.graph.dependencies(id.0).iter().copied().map(NodeId)
    }

    /// The graph over [`NodeId`] numbers.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The resources that a node depends on, directly or not, ordered by address: what states record.
    pub fn resource_dependencies(&self, id: NodeId) -> Arc<[Str]> {
        let mut seen = HashSet::new();
        let mut stack: Vec<NodeId> = self.dependencies(id).collect();
        let mut found = BTreeSet::new();
        while let Some(next) = stack.pop() {
            if !seen.insert(next) {
                continue;
            }
            let node = self.node(next);
            if let NodeKind::Resource(addr) = &node.kind
                && addr.mode != ResourceMode::Ephemeral
            {
                found.insert(Str::from(addr.in_module(&node.path)));
            }
            stack.extend(self.dependencies(next));
        }
        found.into_iter().collect()
    }

    /// How the thing is called in messages.
    pub fn describe(&self, id: NodeId) -> String {
        let node = self.node(id);
        let local = match &node.kind {
            NodeKind::Call(name) | NodeKind::Whole(name) => format!("module.{name}"),
            NodeKind::Variable(name) | NodeKind::Validation(name) => format!("var.{name}"),
            NodeKind::Local(name) => format!("local.{name}"),
            NodeKind::Provider(key) => format!("provider.{key}"),
            NodeKind::Resource(addr) => addr.to_string(),
            NodeKind::Output(name) => format!("output.{name}"),
            NodeKind::Check(name) => format!("check.{name}"),
        };
        if node.path.is_root() { local } else { format!("{}.{local}", node.path) }
    }

    /// All that is in the circle, with one way around it and the place of each on that.
    fn cycle(&self, cycle: &[u32]) -> Diagnostic {
        let all = cycle.first().map(|node| self.graph.circle_of(*node)).unwrap_or_default();
        let all: Vec<&u32> = cycle.iter().chain(all.iter().filter(|n| !cycle.contains(n))).collect();
        let mut members: Vec<String> = all.into_iter().map(|n| self.describe(NodeId(*n))).collect();
        members.dedup();
        let names: Vec<String> = cycle.iter().map(|n| self.describe(NodeId(*n))).collect();
        let path = names.iter().chain(names.first()).cloned().collect::<Vec<_>>().join(" -> ");
        let places = cycle.iter().map(|n| (self.describe(NodeId(*n)), self.node(NodeId(*n)).span));
        let detail = format!(
            "These objects refer to each other in a circle, so none can be first: {path}. Remove one of the references."
        );
        Diagnostic {
            related: places.collect(),
            ..Diagnostic::error(format!("Cycle: {}", members.join(", ")), detail)
        }
    }
}

struct Builder<'c> {
    config: &'c Config,
    statics: Statics,
    diags: Diagnostics,
}

impl<'c> Builder<'c> {
    fn add_nodes(&mut self) {
        let config = self.config;
        for (path, module) in &config.modules {
            let mut add = |kind: NodeKind, span: Span| {
                let id = NodeId(self.statics.graph.add());
                self.statics.ids.entry(path.clone()).or_default().insert(kind.clone(), id);
                self.statics.nodes.push(Node {
                    path: path.clone(),
                    kind,
                    span,
                    is_broken: false,
                    lost_dependency: None,
                    self_references: Vec::new(),
                    references: Vec::new(),
                });
            };
            module.calls.values().for_each(|c| add(NodeKind::Call(c.name.clone()), c.span));
            let awaited = awaited_calls(module);
            awaited.iter().for_each(|c| add(NodeKind::Whole(c.name.clone()), c.span));
            for v in module.variables.values() {
                add(NodeKind::Variable(v.name.clone()), v.span);
                if !v.validations.is_empty() {
                    add(NodeKind::Validation(v.name.clone()), v.span);
                }
            }
            module.locals.values().for_each(|l| add(NodeKind::Local(l.name.clone()), l.span));
            module.providers.values().for_each(|p| add(NodeKind::Provider(p.key.clone()), p.span));
            module.resources.values().for_each(|r| add(NodeKind::Resource(r.addr.clone()), r.span));
            module.outputs.values().for_each(|o| add(NodeKind::Output(o.name.clone()), o.span));
            module.checks.values().for_each(|c| add(NodeKind::Check(c.name.clone()), c.span));
        }
    }

    fn add_edges(&mut self) {
        for index in 0..self.statics.nodes.len() {
            let id = NodeId(index as u32);
            let Node { path, kind, .. } = self.statics.nodes[index].clone();
            let Some(module) = self.config.modules.get(&path) else { continue };
            if let Some((parent, name)) = path.parent()
                && let Some(call) = self.statics.find(&parent, &NodeKind::Call(name.clone()))
            {
                self.depend(id, call);
            }
            self.node_edges(id, module, &kind);
        }
    }

    /// A call that counts its own outputs goes in a circle with those, not with itself.
    fn depend(&mut self, node: NodeId, dependency: NodeId) {
        if node == dependency && matches!(self.statics.node(node).kind, NodeKind::Call(_)) {
            return;
        }
        self.statics.graph.depends(node.0, dependency.0);
    }

    fn node_edges(&mut self, id: NodeId, module: &'c Module, kind: &NodeKind) {
        match kind {
            NodeKind::Call(name) => {
                if let Some(call) = module.calls.get(name) {
                    self.call_edges(id, module, call);
                }
            }
            NodeKind::Whole(name) => self.depend_on_all(id, &module.path.child(name)),
            NodeKind::Variable(name) => self.variable_edges(id, module, name),
            NodeKind::Validation(name) => {
                if let Some(variable) = module.variables.get(name) {
                    self.conditions(id, module, &variable.validations);
                }
                if let Some(value) = self.statics.find(&module.path, &NodeKind::Variable(name.clone())) {
                    self.depend(id, value);
                }
            }
            NodeKind::Local(name) => {
                if let Some(local) = module.locals.get(name) {
                    self.local_edges(id, module, local);
                }
            }
            NodeKind::Provider(key) => {
                if let Some(provider) = module.providers.get(key) {
                    self.expr(id, module, provider.for_each.as_ref());
                    self.body(id, module, &provider.body);
                }
            }
            NodeKind::Resource(addr) => {
                if let Some(resource) = module.resources.get(addr) {
                    self.resource_edges(id, module, resource);
                }
            }
            NodeKind::Output(name) => {
                if let Some(output) = module.outputs.get(name) {
                    self.expr(id, module, Some(&output.value));
                    self.depends_on(id, module, &output.depends_on, None);
                    self.conditions(id, module, &output.preconditions);
                }
            }
            NodeKind::Check(name) => {
                if let Some(check) = module.checks.get(name) {
                    self.conditions(id, module, &check.asserts);
                    let data = check.data.as_ref().map(|d| NodeKind::Resource(d.clone()));
                    if let Some(data) = data.and_then(|d| self.statics.find(&module.path, &d)) {
                        self.depend(id, data);
                    }
                }
            }
        }
    }

    fn local_edges(&mut self, id: NodeId, module: &'c Module, local: &'c Local) {
        let own = Reference::Local(local.name.clone());
        let found = references(&local.expr);
        for t in found.iter().filter(|t| Reference::parse(t).is_ok_and(|(r, _)| r == own)) {
            self.diags.push(err!(
                t.span,
                "Self-referencing local value",
                "local.{} is defined by itself.",
                local.name
            ));
            self.statics.nodes[id.0 as usize].is_broken = true;
        }
        self.references(id, module, found, Some(&own));
    }

    fn call_edges(&mut self, id: NodeId, module: &'c Module, call: &'c ModuleCall) {
        self.expr(id, module, call.repetition.expr());
        self.depends_on(id, module, &call.depends_on, None);
        for passed in call.providers.values() {
            self.expr(id, module, passed.instance.as_ref());
            self.provider_edge(id, &module.path, &passed.key);
        }
    }

    /// A child module's variable depends on the argument in the calling module.
    fn variable_edges(&mut self, id: NodeId, module: &'c Module, name: &str) {
        let Some((parent, call_name)) = module.path.parent() else { return };
        let Some(caller) = self.config.modules.get(&parent) else { return };
        let Some(call) = caller.calls.get(call_name) else { return };
        self.expr(id, caller, call.arguments.get(name));
    }

    fn resource_edges(&mut self, id: NodeId, module: &'c Module, resource: &'c Resource) {
        let own = Reference::Resource(resource.addr.clone());
        self.expr(id, module, resource.repetition.expr());
        self.depends_on(id, module, &resource.depends_on, Some(&own));
        let body = body_references(&resource.body);
        for t in &body {
            if Reference::parse(t).is_ok_and(|(r, _)| r == own) {
                self.statics.nodes[id.0 as usize].self_references.push(t.span);
            }
        }
        self.references(id, module, body, Some(&own));
        let lifecycle = &resource.lifecycle;
        for trigger in &lifecycle.replace_triggered_by {
            let declared = |t: &&Traversal| match Reference::parse(t) {
                Ok((Reference::Resource(addr), _)) => module.resources.contains_key(&addr),
                _ => true,
            };
            let triggers = references(trigger).into_iter().filter(declared).collect();
            self.references(id, module, triggers, Some(&own));
        }
        for condition in lifecycle.preconditions.iter().chain(&lifecycle.postconditions) {
            for expr in [&condition.condition, &condition.message] {
                self.references(id, module, references(expr), Some(&own));
            }
        }
        for provisioner in &resource.provisioners {
            for body in [Some(&provisioner.body), provisioner.connection.as_ref()].into_iter().flatten() {
                self.references(id, module, body_references(body), Some(&own));
            }
        }
        self.expr(id, module, resource.provider.as_ref().and_then(|p| p.instance.as_ref()));
        self.provider_edge(id, &module.path, &module.provider_key(resource));
        self.import_edges(id, module, resource);
    }

    /// An object is taken over once its identifier is known. What the import block refers to is in the root module.
    fn import_edges(&mut self, id: NodeId, module: &'c Module, resource: &'c Resource) {
        let Some(root) = self.config.root() else { return };
        let own = module.path.is_root().then(|| Reference::Resource(resource.addr.clone()));
        let meant = |i: &&'c Import| i.to.resource == resource.addr && i.to.path() == module.path;
        for import in root.imports.iter().filter(meant) {
            let others = import.for_each.iter().chain(import.to.keys()).flat_map(|e| references(e));
            for t in others.chain(references(&import.id)) {
                let Ok((reference, consumed)) = Reference::parse(t) else { continue };
                match own.as_ref() == Some(&reference) {
                    true => self.reject(id, circular_import(t)),
                    false => {
                        let found = self.refer(id, root, &reference, t, consumed);
                        found.err().into_iter().for_each(|diag| self.reject(id, diag));
                    }
                }
            }
        }
    }

    fn reject(&mut self, id: NodeId, diag: Diagnostic) {
        self.diags.push(diag);
        self.statics.nodes[id.0 as usize].is_broken = true;
    }

    fn provider_edge(&mut self, id: NodeId, path: &ModulePath, key: &ProviderKey) {
        if let Some((path, key)) = resolve_provider(self.config, path, key)
            && let Some(provider) = self.statics.find(&path, &NodeKind::Provider(key))
        {
            self.depend(id, provider);
        }
    }

    fn conditions(&mut self, id: NodeId, module: &'c Module, conditions: &'c [Condition]) {
        let own = match &self.statics.node(id).kind {
            NodeKind::Validation(name) => Some(Reference::Variable(name.clone())),
            _ => None,
        };
        for condition in conditions {
            for expr in [&condition.condition, &condition.message] {
                self.references(id, module, references(expr), own.as_ref());
            }
        }
    }

    fn expr(&mut self, id: NodeId, module: &'c Module, expr: Option<&'c Arc<Expr>>) {
        if let Some(expr) = expr {
            self.references(id, module, references(expr), None);
        }
    }

    fn body(&mut self, id: NodeId, module: &'c Module, body: &'c Body) {
        self.references(id, module, body_references(body), None);
    }

    /// What must be done before: of a module everything that is in it.
    fn depends_on(
        &mut self,
        id: NodeId,
        module: &'c Module,
        traversals: &'c [Traversal],
        own: Option<&Reference>,
    ) {
        for t in traversals {
            match self.whole_module(module, t) {
                Some(whole) => {
                    self.depend(id, whole);
                    let address = std::ptr::from_ref(t) as usize;
                    self.statics.nodes[id.0 as usize].references.push((address, vec![whole]));
                }
                None => self.references(id, module, vec![t], own),
            }
        }
        let lost = traversals.iter().find_map(|t| self.statics.wrong(t)?.iter().next().cloned());
        self.statics.nodes[id.0 as usize].lost_dependency = lost;
    }

    fn whole_module(&self, module: &Module, t: &Traversal) -> Option<NodeId> {
        let (Reference::Module(name, None), _) = Reference::parse(t).ok()? else { return None };
        self.statics.find(&module.path, &NodeKind::Whole(name))
    }

    fn depend_on_all(&mut self, id: NodeId, module: &ModulePath) {
        let within = self.config.modules.range(module.clone()..).map(|(path, _)| path);
        let within: Vec<&ModulePath> = within.take_while(|path| path.0.starts_with(&module.0)).collect();
        let nodes = within.into_iter().filter_map(|path| self.statics.ids.get(path));
        let mut all: Vec<NodeId> = nodes.flat_map(|nodes| nodes.values().copied()).collect();
        all.sort_unstable();
        all.into_iter().for_each(|node| self.depend(id, node));
    }

    /// Adds edges for references; those to `own`, the object itself, are left out.
    fn references(
        &mut self,
        id: NodeId,
        module: &'c Module,
        found: Vec<&'c Traversal>,
        own: Option<&Reference>,
    ) {
        for t in found {
            let address = std::ptr::from_ref(t) as usize;
            let (reference, consumed) = match Reference::parse(t) {
                Ok(parsed) => parsed,
                Err(diag) => {
                    let found = Reference::nameless(t).into_iter().chain([diag]).collect();
                    self.statics.wrong.insert(address, Diagnostics(found));
                    continue;
                }
            };
            if own == Some(&reference) {
                continue;
            }
            self.statics.uses_workspace |=
                matches!(&reference, Reference::Terraform(name) if &**name == "workspace");
            match self.refer(id, module, &reference, t, consumed) {
                Ok(targets) => self.statics.nodes[id.0 as usize].references.push((address, targets)),
                Err(diag) => drop(self.statics.wrong.insert(address, diag.into())),
            }
        }
    }

    /// Adds the edges of one reference and gives the nodes that it leads to, or says why it leads nowhere.
    fn refer(
        &mut self,
        id: NodeId,
        module: &'c Module,
        reference: &Reference,
        t: &Traversal,
        consumed: usize,
    ) -> Result<Vec<NodeId>, Diagnostic> {
        check_scoped(module, &self.statics.node(id).kind, reference, t)?;
        if let Reference::Resource(addr) = reference
            && let Some(resource) = self.statics.find(&module.path, &NodeKind::Resource(addr.clone()))
        {
            // Also where the key is wrong, so that what follows it is checked with the resource's type at hand.
            self.depend(id, resource);
        }
        let targets = self.targets(module, reference, t, consumed)?;
        targets.iter().for_each(|target| self.depend(id, *target));
        if let Reference::Variable(name) = reference {
            self.depend_on_validation(id, module, name);
        }
        Ok(targets)
    }

    /// Who uses a variable waits until its value is found valid.
    fn depend_on_validation(&mut self, id: NodeId, module: &Module, name: &Str) {
        if let Some(validation) = self.statics.find(&module.path, &NodeKind::Validation(name.clone())) {
            self.depend(id, validation);
        }
    }

    /// The nodes that a reference leads to, or why it leads nowhere.
    fn targets(
        &self,
        module: &Module,
        reference: &Reference,
        t: &Traversal,
        consumed: usize,
    ) -> Result<Vec<NodeId>, Diagnostic> {
        let find = |kind: NodeKind| self.statics.find(&module.path, &kind);
        let found = match reference {
            Reference::Variable(name) => find(NodeKind::Variable(name.clone())),
            Reference::Local(name) => find(NodeKind::Local(name.clone())),
            Reference::Resource(addr) => {
                if let Some(resource) = module.resources.get(addr) {
                    check_key(resource, t, consumed)?;
                }
                find(NodeKind::Resource(addr.clone()))
            }
            Reference::Module(name, output) => return self.module_targets(module, name, output.as_ref(), t),
            Reference::CountIndex | Reference::EachKey | Reference::EachValue => return Ok(Vec::new()),
            Reference::SelfObject | Reference::Path(_) | Reference::Terraform(_) => return Ok(Vec::new()),
        };
        match found {
            Some(id) => Ok(vec![id]),
            None => Err(undeclared(module, reference, t, consumed)),
        }
    }

    fn module_targets(
        &self,
        module: &Module,
        name: &Str,
        output: Option<&Str>,
        t: &Traversal,
    ) -> Result<Vec<NodeId>, Diagnostic> {
        let reference = Reference::Module(name.clone(), output.cloned());
        let Some(call) = self.statics.find(&module.path, &NodeKind::Call(name.clone())) else {
            return Err(undeclared(module, &reference, t, 1));
        };
        let child = module.path.child(name);
        let Some(called) = self.config.modules.get(&child) else { return Ok(vec![call]) };
        let find = |name: &Str| self.statics.find(&child, &NodeKind::Output(name.clone()));
        match output {
            Some(output) => match find(output) {
                Some(id) => Ok(vec![call, id]),
                // Evaluation finds that the module's object has no such attribute.
                None => Ok(vec![call]),
            },
            None => Ok([call].into_iter().chain(called.outputs.keys().filter_map(find)).collect()),
        }
    }
}

fn circular_import(t: &Traversal) -> Diagnostic {
    err!(
        t.span,
        "Invalid import id argument",
        "The ID comes from the resource that is to be imported, and before the import there is none."
    )
}

/// The calls that something in a module waits for as a whole.
fn awaited_calls(module: &Module) -> Vec<&ModuleCall> {
    let resources = module.resources.values().flat_map(|r| &r.depends_on);
    let outputs = module.outputs.values().flat_map(|o| &o.depends_on);
    let calls = module.calls.values().flat_map(|c| &c.depends_on);
    let names = resources.chain(outputs).chain(calls).filter_map(|t| match Reference::parse(t) {
        Ok((Reference::Module(name, None), _)) => Some(name),
        _ => None,
    });
    let names: BTreeSet<Str> = names.collect();
    names.iter().filter_map(|name| module.calls.get(name)).collect()
}

/// The data source of a check is there for that check only.
fn check_scoped(
    module: &Module,
    from: &NodeKind,
    reference: &Reference,
    t: &Traversal,
) -> Result<(), Diagnostic> {
    let Reference::Resource(addr) = reference else { return Ok(()) };
    let scope = module.checks.values().find(|c| c.data.as_ref() == Some(addr));
    let is_inside = match (scope, from) {
        (Some(check), NodeKind::Check(name)) => check.name == *name,
        (Some(_), NodeKind::Resource(own)) => own == addr,
        (Some(_), _) => false,
        (None, _) => true,
    };
    match is_inside {
        true => Ok(()),
        false => Err(err!(
            prefix_span(t, 2),
            "Reference to scoped resource",
            "The data source {:?} {:?} belongs to a check, and only the assertions of that check can refer to it.",
            addr.ty,
            addr.name
        )),
    }
}

/// Reports a reference to what a module does not declare, for expressions that are no part of it.
pub fn check_reference(
    config: &Config,
    statics: &Statics,
    path: &ModulePath,
    reference: &Reference,
    t: &Traversal,
    consumed: usize,
) -> Result<(), Diagnostic> {
    let Some(module) = config.modules.get(path) else { return Ok(()) };
    let find = |kind: NodeKind| statics.find(path, &kind).is_some();
    let known = match reference {
        Reference::Variable(name) => find(NodeKind::Variable(name.clone())),
        Reference::Local(name) => find(NodeKind::Local(name.clone())),
        Reference::Resource(addr) => find(NodeKind::Resource(addr.clone())),
        Reference::Module(name, _) => find(NodeKind::Call(name.clone())),
        _ => true,
    };
    if known { Ok(()) } else { Err(undeclared(module, reference, t, consumed)) }
}

/// A repeated resource is referred to by index, a single one is not.
fn check_key(resource: &Resource, t: &Traversal, consumed: usize) -> Result<(), Diagnostic> {
    let addr = &resource.addr;
    let how = match resource.repetition {
        crate::Repetition::Count(_) => Some("count"),
        crate::Repetition::ForEach(_) => Some("for_each"),
        crate::Repetition::Single | crate::Repetition::Enabled(_) => None,
    };
    let Some(step) = t.steps.get(consumed) else { return Ok(()) };
    match (how, &step.kind) {
        (Some(how), lang::ast::StepKind::Attr(_)) => {
            let key = if how == "count" { "count.index" } else { "each.key" };
            Err(err!(
                prefix_span(t, consumed),
                "Missing resource instance key",
                "{addr} stands for several instances, because {how:?} is set. Name the one that is meant, for example {addr}[{key}], \
                 or take all of them with a for expression."
            ))
        }
        (None, lang::ast::StepKind::IndexNumber(_) | lang::ast::StepKind::IndexString(_)) => Err(err!(
            prefix_span(t, consumed + 1),
            "Unexpected resource instance key",
            "{addr} is a single instance: neither \"count\" nor \"for_each\" is set. Leave out the index."
        )),
        _ => Ok(()),
    }
}

/// How messages call a module.
pub fn module_phrase(path: &ModulePath) -> String {
    if path.is_root() { "the root module".into() } else { path.to_string() }
}

/// The part of a reference that names a module call, its instance, and the output where there is one.
fn module_span(t: &Traversal, has_output: bool) -> Span {
    let is_output = |s: &lang::ast::Step| matches!(s.kind, lang::ast::StepKind::Attr(_));
    let output = t.steps.iter().skip(1).position(is_output).filter(|_| has_output);
    prefix_span(t, output.map_or(1, |at| at + 2))
}

/// The error for a reference to what is not declared.
fn undeclared(module: &Module, reference: &Reference, t: &Traversal, consumed: usize) -> Diagnostic {
    let place = module_phrase(&module.path);
    let names = |names: &mut dyn Iterator<Item = &Str>, name: &str| {
        let names: Vec<&Str> = names.collect();
        did_you_mean(name, names.iter().map(|n| &***n))
    };
    let span = prefix_span(t, consumed);
    match reference {
        Reference::Variable(name) => {
            let hint = names(&mut module.variables.keys(), name);
            let hint = if hint.is_empty() {
                format!(" Declare it with a block variable {name:?} {{}}.")
            } else {
                hint
            };
            err!(span, "Reference to undeclared input variable", "No variable is named {name:?}.{hint}")
        }
        Reference::Local(name) => err!(
            span,
            "Reference to undeclared local value",
            "No local value is named {name:?}.{}",
            names(&mut module.locals.keys(), name)
        ),
        Reference::Module(name, output) => err!(
            module_span(t, output.is_some()),
            "Reference to undeclared module",
            "No module call named {name:?} is declared in {place}.{}",
            names(&mut module.calls.keys(), name)
        ),
        Reference::Resource(addr) => {
            let kind = match addr.mode {
                ResourceMode::Managed => "No managed resource",
                ResourceMode::Data => "No data source",
                ResourceMode::Ephemeral => "No ephemeral resource",
            };
            let others: BTreeMap<String, ()> = module.resources.keys().map(|a| (a.to_string(), ())).collect();
            let has_key = t.steps.get(consumed).is_some_and(is_key);
            err!(
                prefix_span(t, consumed + usize::from(has_key)),
                "Reference to undeclared resource",
                "{kind} {:?} {:?} is declared in {place}.{}",
                addr.ty,
                addr.name,
                did_you_mean(&addr.to_string(), others.keys().map(|k| &**k))
            )
        }
        _ => err!(span, "Invalid reference", "There is no such object."),
    }
}

/// The provider configuration that a key means in a module: passed by the caller, inherited, or the module's own.
/// Nothing where there is no block for it.
pub fn resolve_provider(
    config: &Config,
    path: &ModulePath,
    key: &ProviderKey,
) -> Option<(ModulePath, ProviderKey)> {
    let (mut path, mut key) = (path.clone(), key.clone());
    loop {
        let module = config.modules.get(&path)?;
        if module.providers.contains_key(&key) {
            return Some((path, key));
        }
        let (parent, name) = path.parent()?;
        let call = config.modules.get(&parent)?.calls.get(name)?;
        key = match call.providers.get(&key) {
            Some(passed) => passed.key.clone(),
            None if key.alias.is_none() => key,
            None => return None,
        };
        path = parent;
    }
}
