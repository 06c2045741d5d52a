//! Variables, local values, outputs and calls.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use model::{Diagnostics, Marks, Str, Value, err};

use super::{
    Children, Evaluated, Evaluator, InstId, ModuleInst, Purpose, Reading, convert_variable, default_value,
    mark,
};
use crate::expansion::EachValue;
use crate::module::Variable;
use crate::scope::ModuleScope;
use crate::statics::{NodeId, NodeKind};

impl Evaluator<'_> {
    /// Evaluates a node in every instance of its module: calls, variables, locals and outputs. Of provider configurations
    /// only what they read is found. Others have nothing to evaluate by themselves.
    pub fn evaluate(&self, node: NodeId) -> Diagnostics {
        let path = self.statics.node(node).path.clone();
        let mut diags = Diagnostics::new();
        for inst in self.module_instances(&path) {
            diags.extend(self.evaluate_in(node, inst));
        }
        diags
    }

    /// Evaluates a node in one instance of its module.
    pub fn evaluate_in(&self, node: NodeId, inst: InstId) -> Diagnostics {
        match &self.statics.node(node).kind {
            NodeKind::Call(name) => self.evaluate_call(node, inst, name),
            NodeKind::Whole(name) => {
                let mut reading = Reading::default();
                let is_empty = self.children(inst, name).is_none_or(|c| c.insts.is_empty());
                for within in self.statics.dependencies(node) {
                    self.read_in_full(within, inst, &mut reading);
                    if is_empty && matches!(self.statics.node(within).kind, NodeKind::Variable(_)) {
                        // Whoever waits for a module waits for what it is given, also where it has no instance.
                        let given = self.statics.dependencies(within);
                        given.for_each(|n| self.read_in_full(n, inst, &mut reading));
                    }
                }
                self.keep(node, inst, Value::null(), reading.settle());
                Diagnostics::new()
            }
            NodeKind::Variable(name) => self.evaluate_variable(node, inst, name),
            NodeKind::Local(name) => {
                let module = self.module(&self.statics.node(node).path);
                let Some(local) = module.and_then(|m| m.locals.get(name)) else { return Diagnostics::new() };
                let (value, reading, diags) = self.eval(&local.expr, node, inst, EachValue::None, None);
                self.keep(node, inst, value, reading);
                diags
            }
            NodeKind::Output(name) => self.evaluate_output(node, inst, name),
            NodeKind::Provider(_) => {
                let reading = self.settle(ModuleScope::new(self, inst, EachValue::None), node, inst);
                self.keep(node, inst, Value::null(), reading);
                Diagnostics::new()
            }
            NodeKind::Validation(_) | NodeKind::Resource(_) | NodeKind::Check(_) => Diagnostics::new(),
        }
    }

    pub(super) fn keep(&self, node: NodeId, inst: InstId, value: Value, mut reading: Reading) {
        if self.purpose.get() == Purpose::Apply && !value.is_wholly_known() {
            return;
        }
        reading.through.extend(self.own_call(inst));
        let evaluated = Evaluated { value, reading: Arc::new(reading) };
        self.inner.borrow_mut().values.insert((node, inst), evaluated);
    }

    /// The call that a module instance comes from, where it waits for something: so does everything within.
    pub(super) fn own_call(&self, inst: InstId) -> Option<(NodeId, InstId)> {
        let path = self.module_path(inst);
        let (caller, name) = path.parent()?;
        let parent = self.inner.borrow().insts[inst.0 as usize].parent?;
        let node = self.statics.find(&caller, &NodeKind::Call(name.clone()))?;
        self.touches_instances(node, parent).then_some((node, parent))
    }

    /// The value of a variable, local or output; unknown where it has not been evaluated.
    pub fn value(&self, node: NodeId, inst: InstId) -> Value {
        self.inner.borrow().values.get(&(node, inst)).map_or_else(Value::dynamic, |e| e.value.clone())
    }

    /// Whether a variable, local or output has been evaluated.
    pub fn has_value(&self, node: NodeId, inst: InstId) -> bool {
        self.inner.borrow().values.contains_key(&(node, inst))
    }

    /// What the evaluation of a variable, local or output read.
    pub fn reading(&self, node: NodeId, inst: InstId) -> Arc<Reading> {
        self.inner.borrow().values.get(&(node, inst)).map(|e| e.reading.clone()).unwrap_or_default()
    }

    /// Whether a variable, local or output reads instances, directly or not.
    pub fn touches_instances(&self, node: NodeId, inst: InstId) -> bool {
        self.inner.borrow().values.get(&(node, inst)).is_some_and(|e| !e.reading.is_empty())
    }

    pub(super) fn evaluate_call(&self, node: NodeId, inst: InstId, name: &Str) -> Diagnostics {
        let path = self.statics.node(node).path.clone();
        let Some(call) = self.module(&path).and_then(|m| m.calls.get(name)) else {
            return Diagnostics::new();
        };
        if self.inner.borrow().insts[inst.0 as usize].children.contains_key(name) {
            return Diagnostics::new();
        }
        let (expansion, mut reading, diags) = self.expand_repetition(&call.repetition, node, inst);
        if call.repetition.expr().is_none() {
            reading = self.settle(ModuleScope::new(self, inst, EachValue::None), node, inst);
        }
        self.keep(node, inst, Value::null(), reading);
        let mut inner = self.inner.borrow_mut();
        let child_path = path.child(name);
        let parent_addr = inner.insts[inst.0 as usize].addr.clone();
        let mut children = Vec::new();
        for key in expansion.keys() {
            let id = InstId(inner.insts.len() as u32);
            let each = match self.is_validating() {
                // What it is made of is judged only when there is something to call it for.
                true => EachValue::Any,
                false => expansion.each(&key).unwrap_or_default(),
            };
            inner.insts.push(ModuleInst {
                addr: parent_addr.child(name, key),
                path: child_path.clone(),
                parent: Some(inst),
                each,
                children: HashMap::new(),
            });
            inner.by_path.entry(child_path.clone()).or_default().push(id);
            children.push(id);
        }
        inner.insts[inst.0 as usize]
            .children
            .insert(name.clone(), Rc::new(Children { expansion, insts: children }));
        diags
    }

    pub(super) fn evaluate_variable(&self, node: NodeId, inst: InstId, name: &Str) -> Diagnostics {
        let path = &self.statics.node(node).path;
        let Some(variable) = self.module(path).and_then(|m| m.variables.get(name)) else {
            return Diagnostics::new();
        };
        let Some((parent_path, call_name)) = path.parent() else {
            // Ephemeral ones are not in a saved plan.
            let value = self.variables.get(name).cloned().unwrap_or_else(|| default_value(variable));
            self.keep(node, inst, mark(value, variable), Reading::default());
            return Diagnostics::new();
        };
        let call = self.module(&parent_path).and_then(|m| m.calls.get(call_name));
        let parent = self.inner.borrow().insts[inst.0 as usize].parent;
        let (Some(call), Some(parent)) = (call, parent) else { return Diagnostics::new() };
        let Some(expr) = call.arguments.get(name) else {
            self.keep_given((node, inst), variable, default_value(variable), Reading::default());
            return Diagnostics::new();
        };
        let (value, reading, mut diags) = self.eval(expr, node, parent, self.each(inst), None);
        let converted = convert_variable(variable, &value).unwrap_or_else(|why| {
            diags.push(err!(
                expr.span,
                "Invalid value for input variable",
                "The value does not suit the variable {name:?} of the module: {why}."
            ));
            Value::unknown(variable.constraint.ty.without_optional())
        });
        if !variable.ephemeral && converted.deep_marks().is_ephemeral() {
            diags.push(err!(
                expr.span,
                "Ephemeral value not allowed",
                "The value is ephemeral, and this variable does not take such. Declare it with ephemeral = true if \
                 nothing it is used for is stored."
            ));
        }
        self.keep_given((node, inst), variable, converted, reading);
        diags
    }

    /// Keeps what a variable of a called module was given. A module is validated for whatever it may be given, because what
    /// it is given may keep parts of it from ever being used; only the variable's own conditions are judged then.
    fn keep_given(
        &self,
        (node, inst): (NodeId, InstId),
        variable: &Variable,
        given: Value,
        reading: Reading,
    ) {
        if !self.is_validating() {
            return self.keep(node, inst, mark(given, variable), reading);
        }
        let any = Value::unknown(variable.constraint.ty.without_optional());
        self.keep(node, inst, mark(any, variable), reading.clone());
        let path = &self.statics.node(node).path;
        if let Some(validation) = self.statics.find(path, &NodeKind::Validation(variable.name.clone())) {
            self.keep(validation, inst, mark(given, variable), reading);
        }
    }

    pub(super) fn evaluate_output(&self, node: NodeId, inst: InstId, name: &Str) -> Diagnostics {
        let path = &self.statics.node(node).path;
        let Some(output) = self.module(path).and_then(|m| m.outputs.get(name)) else {
            return Diagnostics::new();
        };
        let (value, reading, mut diags) = self.eval(&output.value, node, inst, EachValue::None, None);
        if output.ephemeral && !path.is_root() && !value.marks().is_ephemeral() && !diags.has_errors() {
            diags.push(err!(
                output.value.span,
                "Value not allowed in ephemeral output",
                "This output is declared as ephemeral, so its value must be an ephemeral one as a whole. Leave out ephemeral = \
                 true."
            ));
        }
        // What a called module says of its outputs hides them from people; to the caller the values are what they are.
        let hides = output.sensitive && path.is_root();
        let mut marks = if hides { Marks::SENSITIVE } else { Marks::NONE };
        if output.ephemeral {
            marks |= Marks::EPHEMERAL;
        }
        self.keep(node, inst, value.with_marks(marks), reading);
        diags
    }

    /// Evaluates again, on the way to a node, every variable, local and output whose value was not final before, each
    /// after what it depends on.
    pub fn ensure(&self, node: NodeId, inst: InstId) -> Diagnostics {
        let mut diags = Diagnostics::new();
        let mut stack = vec![(node, inst, false)];
        let mut seen = std::collections::HashSet::new();
        while let Some((at, inst, entered)) = stack.pop() {
            if entered {
                if at != node || self.is_value(at) {
                    diags.extend(self.evaluate_in(at, inst));
                }
                continue;
            }
            if !seen.insert((at, inst)) {
                continue;
            }
            stack.push((at, inst, true));
            for dependency in self.statics.dependencies(at) {
                // What `each` is within a module is told by what its call refers to.
                let is_call = matches!(self.statics.node(dependency).kind, NodeKind::Call(_));
                if !is_call && !self.is_value(dependency) {
                    continue;
                }
                let path = &self.statics.node(dependency).path;
                let open = self
                    .instances_near(path, inst)
                    .into_iter()
                    .filter(|i| is_call || !self.inner.borrow().values.contains_key(&(dependency, *i)));
                stack.extend(open.map(|i| (dependency, i, false)));
            }
        }
        diags
    }

    pub(super) fn is_value(&self, node: NodeId) -> bool {
        matches!(
            self.statics.node(node).kind,
            NodeKind::Variable(_) | NodeKind::Local(_) | NodeKind::Output(_)
        )
    }
}
