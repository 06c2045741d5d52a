//! Evaluation on behalf of a node, and what it read.

use lang::ast::{Body, Expr, Traversal};
use lang::references::references;
use model::{Diagnostic, Diagnostics, ModulePath, Str, Value};

use super::{Evaluator, InstId, Reading};
use crate::body::decode_body;
use crate::expansion::EachValue;
use crate::scope::ModuleScope;
use crate::statics::{NodeId, NodeKind};

impl<'c> Evaluator<'c> {
    /// Evaluates a body against a schema on behalf of a node.
    pub fn eval_body(
        &self,
        body: &Body,
        schema: &model::Block,
        node: NodeId,
        inst: InstId,
        each: EachValue,
        self_value: Option<Value>,
    ) -> (Value, Reading, Diagnostics) {
        let scope = ModuleScope::new(self, inst, each).with_self(self_value);
        let (value, diags) = decode_body(body, schema, &scope);
        (value, self.settle(scope, node, inst), diags)
    }

    /// Evaluates an expression on behalf of a node.
    pub fn eval(
        &self,
        expr: &Expr,
        node: NodeId,
        inst: InstId,
        each: EachValue,
        self_value: Option<Value>,
    ) -> (Value, Reading, Diagnostics) {
        let scope = ModuleScope::new(self, inst, each).with_self(self_value).judging(self.judged(node, inst));
        let (value, diags) = lang::eval(expr, &scope);
        (value, self.settle(scope, node, inst), diags)
    }

    /// The variable of a called module that a node judges, with what it was given. Before anything is planned variables are
    /// unknown to all others.
    fn judged(&self, node: NodeId, inst: InstId) -> Option<(Str, Value)> {
        let NodeKind::Validation(name) = &self.statics.node(node).kind else { return None };
        let given = self.inner.borrow().values.get(&(node, inst)).map(|e| e.value.clone());
        given.map(|value| (name.clone(), value))
    }

    /// Adds to a diagnostic about an expression what its references stand for.
    pub fn explained(
        &self,
        diag: Diagnostic,
        expr: &Expr,
        inst: InstId,
        each: EachValue,
        self_value: Option<Value>,
    ) -> Diagnostic {
        lang::explained(diag, expr, &ModuleScope::new(self, inst, each).with_self(self_value))
    }

    /// The root module's scope, in which the console's own functions may be called.
    pub fn console_scope(&self) -> impl lang::Scope {
        ModuleScope::new(self, InstId::ROOT, EachValue::None).for_console()
    }

    /// The scope of a module instance, for callers that evaluate by themselves.
    pub fn scope(&self, inst: InstId) -> impl lang::Scope {
        ModuleScope::new(self, inst, EachValue::None)
    }

    /// What was read, with the references that evaluation did not come to counted in full: they may be next time.
    pub(super) fn settle(&self, scope: ModuleScope<'_, '_>, node: NodeId, inst: InstId) -> Reading {
        let (mut reading, visited) = scope.into_reading();
        self.read_rest(node, inst, &mut reading, |address| !visited.contains(address));
        if let NodeKind::Resource(_) = self.statics.node(node).kind {
            let is_provider = |n: &NodeId| matches!(self.statics.node(*n).kind, NodeKind::Provider(_));
            let configurations = self.statics.dependencies(node).filter(is_provider);
            configurations.for_each(|n| self.read_in_full(n, inst, &mut reading));
        }
        reading.settle()
    }

    /// The same for an expression that is only a part of the node.
    pub(super) fn settle_within(
        &self,
        expr: &Expr,
        scope: ModuleScope<'_, '_>,
        node: NodeId,
        inst: InstId,
    ) -> Reading {
        let (mut reading, visited) = scope.into_reading();
        let own: Vec<usize> = references(expr).into_iter().map(address).collect();
        self.read_rest(node, inst, &mut reading, |at| own.contains(at) && !visited.contains(at));
        reading.settle()
    }

    /// Reads in full what a node's references lead to, of those whose addresses are wanted.
    pub(super) fn read_rest(
        &self,
        node: NodeId,
        inst: InstId,
        reading: &mut Reading,
        wanted: impl Fn(&usize) -> bool,
    ) {
        let rest = self.statics.node(node).references.iter().filter(|(address, _)| wanted(address));
        rest.flat_map(|(_, targets)| targets).for_each(|target| self.read_in_full(*target, inst, reading));
    }

    pub(super) fn read_in_full(&self, target: NodeId, inst: InstId, reading: &mut Reading) {
        let found = self.statics.node(target);
        for at in self.instances_near(&found.path, inst) {
            match &found.kind {
                NodeKind::Resource(_) => reading.wholes.push((target, at)),
                _ if self.touches_instances(target, at) => reading.through.push((target, at)),
                _ => {}
            }
        }
    }

    /// The instances of a module that one of another can mean: itself, one that encloses it, or those within that.
    pub(super) fn instances_near(&self, path: &ModulePath, inst: InstId) -> Vec<InstId> {
        let inner = self.inner.borrow();
        let mut outer = inst;
        while let (false, Some(parent)) =
            (path.0.starts_with(&inner.insts[outer.0 as usize].path.0), inner.insts[outer.0 as usize].parent)
        {
            outer = parent;
        }
        let depth = inner.insts[outer.0 as usize].path.0.len();
        path.0[depth..].iter().fold(vec![outer], |found, name| {
            let within = |at: InstId| inner.insts[at.0 as usize].children.get(name).map(|c| c.insts.clone());
            found.into_iter().filter_map(within).flatten().collect()
        })
    }
}

/// What a syntax node is known by.
fn address(t: &Traversal) -> usize {
    std::ptr::from_ref(t) as usize
}
