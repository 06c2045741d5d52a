//! Nodes and edges: who refers to whom.

use std::sync::Arc;

use lang::ast::{Body, Expr, Traversal};
use lang::references::{body_references, references};
use model::{Diagnostic, Diagnostics, ModulePath, ResourceMode, Span, Str, err};

use super::lost::{awaited_calls, check_key, check_scoped, circular_import, no_object, undeclared};
use super::{Node, NodeId, NodeKind, Statics, resolve_provider};
use crate::import::Import;
use crate::module::{Condition, Config, Local, Module, ModuleCall, ProviderKey, Resource};
use crate::reference::Reference;

pub(super) struct Builder<'c> {
    pub(super) config: &'c Config,
    pub(super) statics: Statics,
    pub(super) diags: Diagnostics,
}

impl<'c> Builder<'c> {
    pub(super) fn add_nodes(&mut self) {
        let config = self.config;
        for (path, module) in &config.modules {
            let mut add = |kind: NodeKind, span: Span| {
                let id = NodeId(self.statics.graph.add());
                self.statics.ids.entry(path.clone()).or_default().insert(kind.clone(), id);
                self.statics.nodes.push(Node {
                    path: path.clone(),
                    recorded_as: recorded_as(path, &kind),
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

    pub(super) fn add_edges(&mut self) {
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
            if let Some(wrong) = no_object(t) {
                self.statics.wrong.insert(std::ptr::from_ref(t) as usize, wrong.into());
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

/// How states call what something depends on; ephemeral resources are in no state.
fn recorded_as(path: &ModulePath, kind: &NodeKind) -> Option<Str> {
    match kind {
        NodeKind::Resource(addr) if addr.mode != ResourceMode::Ephemeral => Some(addr.in_module(path).into()),
        _ => None,
    }
}
