//! Instances of resources and modules: how many there are, and their values.

use lang::ast::Expr;
use model::{Diagnostic, Diagnostics, InstanceAddr, InstanceKey, Value};

use super::{Evaluator, InstId, Purpose, Reading};
use crate::expansion::{EachValue, Expansion, expand_count, expand_enabled, expand_for_each};
use crate::module::{Module, Repetition, Resource};
use crate::scope::ModuleScope;
use crate::statics::{NodeId, NodeKind};
use crate::unknown;

impl<'c> Evaluator<'c> {
    /// The block of a resource node.
    pub fn resource(&self, node: NodeId) -> Option<(&'c Module, &'c Resource)> {
        let find = || {
            let found = self.statics.node(node);
            let NodeKind::Resource(addr) = &found.kind else { return None };
            let module = self.module(&found.path)?;
            Some((module, module.resources.get(addr)?))
        };
        *self.blocks.get(node.0 as usize)?.get_or_init(find)
    }

    /// Whether the block has `count` or `for_each`.
    pub fn is_repeated(&self, node: NodeId) -> bool {
        self.repetition_word(node).is_some()
    }

    /// `count` or `for_each`, whichever the block has.
    pub fn repetition_word(&self, node: NodeId) -> Option<&'static str> {
        match self.resource(node)?.1.repetition {
            Repetition::Count(_) => Some("count"),
            Repetition::ForEach(_) => Some("for_each"),
            Repetition::Single | Repetition::Enabled(_) => None,
        }
    }

    /// Finds the instances of a resource in a module instance, and what that depended on.
    pub fn expand(&self, node: NodeId, inst: InstId) -> (Expansion, Reading, Diagnostics) {
        let Some((_, resource)) = self.resource(node) else {
            return (Expansion::Failed, Reading::default(), Diagnostics::new());
        };
        let (expansion, mut reading, diags) = self.expand_repetition(&resource.repetition, node, inst);
        reading.through.extend(self.own_call(inst));
        let mut inner = self.inner.borrow_mut();
        inner.tables.entry((node, inst)).or_default().expansion = Some(expansion.clone());
        (expansion, reading, diags)
    }

    /// Says which instances a resource has without evaluating it.
    pub fn set_expansion(&self, node: NodeId, inst: InstId, expansion: Expansion) {
        self.inner.borrow_mut().tables.entry((node, inst)).or_default().expansion = Some(expansion);
    }

    pub(super) fn expand_repetition(
        &self,
        repetition: &Repetition,
        node: NodeId,
        inst: InstId,
    ) -> (Expansion, Reading, Diagnostics) {
        let Some(expr) = repetition.expr() else {
            return (Expansion::Single, Reading::default(), Diagnostics::new());
        };
        let scope = ModuleScope::new(self, inst, EachValue::None);
        let (value, mut diags) = lang::eval(expr, &scope);
        let reading = match self.statics.node(node).kind {
            // The rest of the block is evaluated by itself.
            NodeKind::Resource(_) => self.settle_within(expr, scope, node, inst),
            _ => self.settle(scope, node, inst),
        };
        if diags.has_errors() {
            return (Expansion::Failed, reading, diags);
        }
        if self.is_validating() {
            return (self.validate_repetition(repetition, expr, inst, value, &mut diags), reading, diags);
        }
        let first = diags.0.len();
        let expansion = match repetition {
            Repetition::Count(_) => expand_count(expr, value, &mut diags),
            Repetition::ForEach(_) => expand_for_each(expr, value, &mut diags),
            Repetition::Enabled(_) | Repetition::Single => expand_enabled(expr, value, &mut diags),
        };
        self.explain_repetition(expr, inst, &reading, &mut diags.0[first..]);
        (expansion, reading, diags)
    }

    /// Adds what took part in a wrong `count` or `for_each`, and what of it is not known.
    pub(super) fn explain_repetition(
        &self,
        expr: &Expr,
        inst: InstId,
        reading: &Reading,
        diags: &mut [Diagnostic],
    ) {
        for diag in diags {
            if diag.because_unknown {
                diag.detail.push_str(&unknown::explain(self, expr, inst, reading));
            }
            *diag = lang::explained(diag.clone(), expr, &self.scope(inst));
        }
    }

    /// The keys of a provider block with `for_each`.
    pub fn expand_provider(&self, expr: &Expr, node: NodeId, inst: InstId) -> (Expansion, Diagnostics) {
        let (value, _, mut diags) = self.eval(expr, node, inst, EachValue::None, None);
        let expansion = match diags.has_errors() {
            true => Expansion::Failed,
            false => expand_for_each(expr, value, &mut diags),
        };
        (expansion, diags)
    }

    /// During validation a repeated block is looked at once; what is wrong with a known argument is said all the same.
    pub(super) fn validate_repetition(
        &self,
        repetition: &Repetition,
        expr: &Expr,
        inst: InstId,
        value: Value,
        diags: &mut Diagnostics,
    ) -> Expansion {
        let is_for_each = matches!(repetition, Repetition::ForEach(_));
        let is_marked = !value.marks().is_empty();
        if is_marked
            || value.is_wholly_known()
            || is_for_each && !value.is_known() && value.ty() != model::Type::Dynamic
        {
            let mut found = Diagnostics::new();
            match repetition {
                Repetition::Count(_) => drop(expand_count(expr, value, &mut found)),
                Repetition::ForEach(_) => drop(expand_for_each(expr, value, &mut found)),
                Repetition::Enabled(_) => drop(expand_enabled(expr, value, &mut found)),
                Repetition::Single => {}
            }
            let scope = self.scope(inst);
            let found = found.into_iter().filter(|d| !d.because_unknown);
            diags.extend(found.map(|d| lang::explained(d, expr, &scope)));
        }
        Expansion::Single
    }

    /// The instances of a resource in a module instance, as far as they are known.
    pub fn expansion(&self, node: NodeId, inst: InstId) -> Option<Expansion> {
        self.inner.borrow().tables.get(&(node, inst))?.expansion.clone()
    }

    /// Whether a resource has an instance of a key; nothing where its instances are not known yet.
    pub fn has_instance(&self, node: NodeId, inst: InstId, key: &InstanceKey) -> Option<bool> {
        let inner = self.inner.borrow();
        Some(inner.tables.get(&(node, inst))?.expansion.as_ref()?.has(key))
    }

    /// Whether a resource's instances are numbered.
    pub fn is_counted(&self, node: NodeId, inst: InstId) -> bool {
        let inner = self.inner.borrow();
        let table = inner.tables.get(&(node, inst));
        matches!(table.and_then(|t| t.expansion.as_ref()), Some(Expansion::Count(_)))
    }

    /// What `each` and `count` are for an instance.
    pub fn each_of(&self, node: NodeId, inst: InstId, key: &InstanceKey) -> EachValue {
        let inner = self.inner.borrow();
        let table = inner.tables.get(&(node, inst));
        table.and_then(|t| t.expansion.as_ref()?.each(key)).unwrap_or_default()
    }

    /// Says what an instance is, or will be.
    pub fn set_instance(&self, node: NodeId, inst: InstId, key: &InstanceKey, value: Value) {
        let mut inner = self.inner.borrow_mut();
        let table = inner.tables.entry((node, inst)).or_default();
        table.whole = None;
        table.values.set(key, value);
    }

    /// The address of an instance.
    pub fn instance_addr(&self, node: NodeId, inst: InstId, key: &InstanceKey) -> Option<InstanceAddr> {
        let NodeKind::Resource(addr) = &self.statics.node(node).kind else { return None };
        Some(addr.instance(&self.module_addr(inst), key.clone()))
    }

    /// What an instance is, or will be; unknown where nobody has said.
    pub fn instance_value(&self, node: NodeId, inst: InstId, key: &InstanceKey) -> Value {
        if let Some(value) = self.inner.borrow().tables.get(&(node, inst)).and_then(|t| t.values.get(key)) {
            return value.clone();
        }
        let addr = self.instance_addr(node, inst, key);
        addr.and_then(|a| self.world.instance(&a)).unwrap_or_else(Value::dynamic)
    }

    /// The value of a whole resource: an object, a tuple of them (`count`), or an object of them (`for_each`).
    pub fn whole_value(&self, node: NodeId, inst: InstId) -> Value {
        let cached = self.inner.borrow().tables.get(&(node, inst)).and_then(|t| t.whole.clone());
        if let Some(value) = cached {
            return value;
        }
        let Some(expansion) = self.expansion(node, inst) else { return Value::dynamic() };
        let one = |key: &InstanceKey| self.instance_value(node, inst, key);
        let value = match &expansion {
            Expansion::Single | Expansion::Enabled(true) => one(&InstanceKey::None),
            Expansion::Count(_) => Value::tuple(expansion.keys().iter().map(one).collect()),
            Expansion::ForEach(entries) => {
                Value::object(entries.iter().map(|(k, _)| (k.clone(), one(&InstanceKey::Str(k.clone())))))
            }
            Expansion::Enabled(false) => Value::null(),
            Expansion::Failed => return Value::dynamic(),
        };
        if self.purpose.get() == Purpose::Plan || value.is_wholly_known() {
            self.inner.borrow_mut().tables.entry((node, inst)).or_default().whole = Some(value.clone());
        }
        value
    }

    /// Evaluates the body of a resource for one instance, as an object of the schema's type with null for what is not
    /// configured.
    pub fn instance_config(
        &self,
        node: NodeId,
        inst: InstId,
        key: &InstanceKey,
        schema: &model::Block,
    ) -> (Value, Reading, Diagnostics) {
        let Some((_, resource)) = self.resource(node) else {
            return (Value::dynamic(), Reading::default(), Diagnostics::new());
        };
        let each = match self.is_validating() {
            false => self.each_of(node, inst, key),
            true => self.validation_each(&resource.repetition),
        };
        self.eval_body(&resource.body, schema, node, inst, each, None)
    }

    /// During validation `each` and `count` are unknown.
    pub fn validation_each(&self, repetition: &Repetition) -> EachValue {
        match repetition {
            Repetition::Count(_) => EachValue::AnyCount,
            Repetition::ForEach(_) => EachValue::AnyEach,
            Repetition::Single | Repetition::Enabled(_) => EachValue::None,
        }
    }
}
