//! Values of everything that is evaluated, in every instance of its module.
//!
//! The evaluator keeps what it has found. The planner goes through [`Statics::order`] and says what instances will be
//! ([`Evaluator::set_instance`]); apply starts from the planned values and says what they have become. Each evaluation
//! also tells what it read ([`Reading`]), from which the order of effects follows.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use lang::ast::{Body, Expr, Traversal};
use lang::functions::{Function, Surroundings};
use lang::references::references;
use model::{
    Diagnostic, Diagnostics, FileId, InstanceAddr, InstanceKey, Marks, ModuleAddr, ModulePath, ProviderAddr,
    Str, Value, err,
};

use crate::body::decode_body;
use crate::expansion::{EachValue, Expansion, expand_count, expand_enabled, expand_for_each};
use crate::module::{Config, Module, Repetition, RequiredProvider, Resource, Variable};
use crate::scope::ModuleScope;
use crate::statics::{NodeId, NodeKind, Statics};
use crate::unknown;

/// What evaluation needs of the outside.
pub trait World {
    /// Files, clock and randomness for functions.
    fn surroundings(&self) -> &dyn Surroundings;
    /// `terraform.workspace`
    fn workspace(&self) -> &str;
    /// `path.root`
    fn root_dir(&self) -> &str;
    /// `terraform.applying`
    fn is_applying(&self) -> bool;
    /// Makes a text that was read during evaluation known.
    fn add_source(&self, name: &str, text: &str) -> FileId;
    /// A function that a provider offers.
    fn provider_function(&self, provider: &ProviderAddr, name: &str) -> Option<&Function>;
    /// The value of an instance that nobody has set.
    fn instance(&self, _addr: &InstanceAddr) -> Option<Value> {
        None
    }
}

/// Names an instance of a module within one [`Evaluator`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstId(pub u32);

impl InstId {
    /// The root module's only instance.
    pub const ROOT: InstId = InstId(0);
}

/// What an evaluation read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Single instances of resources.
    pub instances: Vec<(NodeId, InstId, InstanceKey)>,
    /// All instances of resources at once.
    pub wholes: Vec<(NodeId, InstId)>,
    /// Variables, locals and outputs that themselves read instances.
    pub through: Vec<(NodeId, InstId)>,
}

impl Reading {
    /// Whether no instance was read, not even through others.
    pub fn is_empty(&self) -> bool {
        self.instances.is_empty() && self.wholes.is_empty() && self.through.is_empty()
    }

    /// Adds what another evaluation read.
    pub fn merge(&mut self, other: Reading) {
        self.instances.extend(other.instances);
        self.wholes.extend(other.wholes);
        self.through.extend(other.through);
    }

    fn settle(mut self) -> Reading {
        self.instances.sort();
        self.instances.dedup();
        self.wholes.sort();
        self.wholes.dedup();
        self.through.sort();
        self.through.dedup();
        self
    }
}

/// The instances of a called module within one instance of its caller.
#[derive(Debug)]
pub struct Children {
    /// Which there are.
    pub expansion: Expansion,
    /// The instances in the order of the expansion's keys.
    pub insts: Vec<InstId>,
}

impl Children {
    /// The instance of a key.
    pub fn get(&self, key: &InstanceKey) -> Option<InstId> {
        let at = match (&self.expansion, key) {
            (Expansion::Single | Expansion::Enabled(true), InstanceKey::None) => 0,
            (Expansion::Count(_), InstanceKey::Int(i)) => usize::try_from(*i).ok()?,
            (Expansion::ForEach(entries), InstanceKey::Str(k)) => {
                entries.binary_search_by(|(name, _)| name.cmp(k)).ok()?
            }
            _ => return None,
        };
        self.insts.get(at).copied()
    }
}

struct ModuleInst {
    addr: ModuleAddr,
    path: ModulePath,
    parent: Option<InstId>,
    each: EachValue,
    children: HashMap<Str, Rc<Children>>,
}

#[derive(Default)]
struct Table {
    expansion: Option<Expansion>,
    values: BTreeMap<InstanceKey, Value>,
    whole: Option<Value>,
}

struct Evaluated {
    value: Value,
    reading: Arc<Reading>,
}

struct Inner {
    insts: Vec<ModuleInst>,
    by_path: HashMap<ModulePath, Vec<InstId>>,
    values: HashMap<(NodeId, InstId), Evaluated>,
    tables: HashMap<(NodeId, InstId), Table>,
}

/// What evaluation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// Everything that can be unknown is, every block is evaluated once.
    Validate,
    /// Values are kept whatever they are.
    Plan,
    /// Only final values are kept; the rest is evaluated again when it is asked for.
    Apply,
}

/// Evaluates a configuration.
pub struct Evaluator<'c> {
    config: &'c Config,
    statics: &'c Statics,
    world: &'c dyn World,
    purpose: Purpose,
    variables: BTreeMap<Str, Value>,
    inner: RefCell<Inner>,
}

impl<'c> Evaluator<'c> {
    /// An evaluator for planning. `variables` holds the root module's, converted and checked.
    pub fn new(
        config: &'c Config,
        statics: &'c Statics,
        world: &'c dyn World,
        variables: BTreeMap<Str, Value>,
    ) -> Evaluator<'c> {
        let root = ModuleInst {
            addr: ModuleAddr::root(),
            path: ModulePath::root(),
            parent: None,
            each: EachValue::None,
            children: HashMap::new(),
        };
        let inner = Inner {
            insts: vec![root],
            by_path: HashMap::from([(ModulePath::root(), vec![InstId::ROOT])]),
            values: HashMap::new(),
            tables: HashMap::new(),
        };
        Evaluator { config, statics, world, purpose: Purpose::Plan, variables, inner: RefCell::new(inner) }
    }

    /// An evaluator for validation: variables are unknown unless given, blocks are not repeated.
    pub fn for_validation(config: &'c Config, statics: &'c Statics, world: &'c dyn World) -> Evaluator<'c> {
        let root = config.root();
        let variables = root.into_iter().flat_map(|m| m.variables.values());
        let variables =
            variables.map(|v| (v.name.clone(), mark(Value::unknown(v.constraint.ty.without_optional()), v)));
        let evaluator = Evaluator::new(config, statics, world, variables.collect());
        Evaluator { purpose: Purpose::Validate, ..evaluator }
    }

    /// An evaluator for apply.
    pub fn for_apply(
        config: &'c Config,
        statics: &'c Statics,
        world: &'c dyn World,
        variables: BTreeMap<Str, Value>,
    ) -> Evaluator<'c> {
        Evaluator { purpose: Purpose::Apply, ..Evaluator::new(config, statics, world, variables) }
    }

    /// The configuration.
    pub fn config(&self) -> &'c Config {
        self.config
    }

    /// The static graph.
    pub fn statics(&self) -> &'c Statics {
        self.statics
    }

    /// The outside.
    pub fn world(&self) -> &'c dyn World {
        self.world
    }

    /// Whether this evaluates for validation.
    pub fn is_validating(&self) -> bool {
        self.purpose == Purpose::Validate
    }

    /// The instances of a module that are known so far, in order.
    pub fn module_instances(&self, path: &ModulePath) -> Vec<InstId> {
        self.inner.borrow().by_path.get(path).cloned().unwrap_or_default()
    }

    /// The module instance of an address, where the configuration has it.
    pub fn find_instance(&self, module: &ModuleAddr) -> Option<InstId> {
        let inner = self.inner.borrow();
        let down = |at: InstId, (name, key): &(Str, InstanceKey)| {
            inner.insts[at.0 as usize].children.get(name)?.get(key)
        };
        module.0.iter().try_fold(InstId::ROOT, down)
    }

    /// The address of a module instance.
    pub fn module_addr(&self, inst: InstId) -> ModuleAddr {
        self.inner.borrow().insts[inst.0 as usize].addr.clone()
    }

    /// The module of an instance.
    pub fn module_path(&self, inst: InstId) -> ModulePath {
        self.inner.borrow().insts[inst.0 as usize].path.clone()
    }

    /// The directory of an instance's module.
    pub fn module_dir(&self, inst: InstId) -> Str {
        self.module(&self.module_path(inst)).map_or_else(|| ".".into(), |m| m.dir.clone())
    }

    /// The instances of a call within a module instance, once [`Evaluator::evaluate`] has seen the call.
    pub fn children(&self, inst: InstId, call: &str) -> Option<Rc<Children>> {
        self.inner.borrow().insts[inst.0 as usize].children.get(call).cloned()
    }

    /// The names of the outputs of an instance's module.
    pub fn output_names(&self, inst: InstId) -> Vec<Str> {
        self.module(&self.module_path(inst)).map_or_else(Vec::new, |m| m.outputs.keys().cloned().collect())
    }

    fn module(&self, path: &ModulePath) -> Option<&'c Module> {
        self.config.modules.get(path)
    }

    fn each(&self, inst: InstId) -> EachValue {
        let each = self.inner.borrow().insts[inst.0 as usize].each.clone();
        if self.purpose == Purpose::Apply && is_open(&each) {
            return self.settled_each(inst).unwrap_or(each);
        }
        each
    }

    /// The caller of a module instance, and what `count` and `each` are in the call for it.
    pub fn caller(&self, inst: InstId) -> Option<(InstId, EachValue)> {
        let parent = self.inner.borrow().insts[inst.0 as usize].parent?;
        Some((parent, self.each(inst)))
    }

    /// What `each` is for a module instance now that more is known.
    fn settled_each(&self, inst: InstId) -> Option<EachValue> {
        let (parent, name, key) = {
            let inner = self.inner.borrow();
            let found = &inner.insts[inst.0 as usize];
            let (_, name, key) = found.addr.parent()?;
            (found.parent?, name.clone(), key.clone())
        };
        let path = self.module_path(parent);
        let node = self.statics.find(&path, &NodeKind::Call(name.clone()))?;
        let call = self.module(&path)?.calls.get(&name)?;
        let (expansion, _, _) = self.expand_repetition(&call.repetition, node, parent);
        let each = expansion.each(&key)?;
        self.inner.borrow_mut().insts[inst.0 as usize].each = each.clone();
        Some(each)
    }

    /// Finds the instances of a resource again where the values of `each` were not final before.
    pub fn settle_expansion(&self, node: NodeId, inst: InstId, key: &InstanceKey) {
        if is_open(&self.each_of(node, inst, key)) {
            let (expansion, _, diags) = match self.resource(node) {
                Some((_, resource)) => self.expand_repetition(&resource.repetition, node, inst),
                None => return,
            };
            if !diags.has_errors() {
                self.set_expansion(node, inst, expansion);
            }
        }
    }

    /// Reports a reference to what an instance's module does not declare.
    pub fn check_reference(
        &self,
        inst: InstId,
        reference: &crate::Reference,
        t: &Traversal,
        consumed: usize,
    ) -> Result<(), Diagnostic> {
        let path = self.module_path(inst);
        crate::statics::check_reference(self.config, self.statics, &path, reference, t, consumed)
    }

    /// What a module says of a provider in `required_providers`.
    pub fn required_provider(&self, inst: InstId, name: &str) -> Option<&'c RequiredProvider> {
        self.module(&self.module_path(inst))?.required_providers.get(name)
    }

    /// How a module call is repeated.
    pub fn call_repetition(&self, inst: InstId, call: &str) -> Option<&'c Repetition> {
        let module = self.module(&self.module_path(inst))?;
        Some(&module.calls.get(call)?.repetition)
    }
}

/// Resources.
impl<'c> Evaluator<'c> {
    /// The block of a resource node.
    pub fn resource(&self, node: NodeId) -> Option<(&'c Module, &'c Resource)> {
        let found = self.statics.node(node);
        let NodeKind::Resource(addr) = &found.kind else { return None };
        let module = self.module(&found.path)?;
        Some((module, module.resources.get(addr)?))
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

    fn expand_repetition(
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
    fn explain_repetition(&self, expr: &Expr, inst: InstId, reading: &Reading, diags: &mut [Diagnostic]) {
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
    fn validate_repetition(
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
        table.values.insert(key.clone(), value);
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
        if self.purpose == Purpose::Plan || value.is_wholly_known() {
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
        let scope = ModuleScope::new(self, inst, each).with_self(self_value);
        let (value, diags) = lang::eval(expr, &scope);
        (value, self.settle(scope, node, inst), diags)
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
    fn settle(&self, scope: ModuleScope<'_, '_>, node: NodeId, inst: InstId) -> Reading {
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
    fn settle_within(&self, expr: &Expr, scope: ModuleScope<'_, '_>, node: NodeId, inst: InstId) -> Reading {
        let (mut reading, visited) = scope.into_reading();
        let own: Vec<usize> = references(expr).into_iter().map(address).collect();
        self.read_rest(node, inst, &mut reading, |at| own.contains(at) && !visited.contains(at));
        reading.settle()
    }

    /// Reads in full what a node's references lead to, of those whose addresses are wanted.
    fn read_rest(&self, node: NodeId, inst: InstId, reading: &mut Reading, wanted: impl Fn(&usize) -> bool) {
        let rest = self.statics.node(node).references.iter().filter(|(address, _)| wanted(address));
        rest.flat_map(|(_, targets)| targets).for_each(|target| self.read_in_full(*target, inst, reading));
    }

    fn read_in_full(&self, target: NodeId, inst: InstId, reading: &mut Reading) {
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
    fn instances_near(&self, path: &ModulePath, inst: InstId) -> Vec<InstId> {
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

/// Variables, locals, outputs and module calls.
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

    fn keep(&self, node: NodeId, inst: InstId, value: Value, mut reading: Reading) {
        if self.purpose == Purpose::Apply && !value.is_wholly_known() {
            return;
        }
        reading.through.extend(self.own_call(inst));
        let evaluated = Evaluated { value, reading: Arc::new(reading) };
        self.inner.borrow_mut().values.insert((node, inst), evaluated);
    }

    /// The call that a module instance comes from, where it waits for something: so does everything within.
    fn own_call(&self, inst: InstId) -> Option<(NodeId, InstId)> {
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

    fn evaluate_call(&self, node: NodeId, inst: InstId, name: &Str) -> Diagnostics {
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
                true => self.validation_each(&call.repetition),
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

    fn evaluate_variable(&self, node: NodeId, inst: InstId, name: &Str) -> Diagnostics {
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
            let value = default_value(variable);
            self.keep(node, inst, mark(value, variable), Reading::default());
            return Diagnostics::new();
        };
        let (value, reading, mut diags) = self.eval(expr, node, parent, self.each(inst), None);
        let value = match convert_variable(variable, &value) {
            Ok(value) => value,
            Err(why) => {
                diags.push(err!(
                    expr.span,
                    "Invalid value for input variable",
                    "The value does not suit the variable {name:?} of the module: {why}."
                ));
                Value::unknown(variable.constraint.ty.without_optional())
            }
        };
        if !variable.ephemeral && value.deep_marks().is_ephemeral() {
            diags.push(err!(
                expr.span,
                "Ephemeral value not allowed",
                "The value is ephemeral, and this variable does not take such. Declare it with ephemeral = true if \
                 nothing it is used for is stored."
            ));
        }
        self.keep(node, inst, mark(value, variable), reading);
        diags
    }

    fn evaluate_output(&self, node: NodeId, inst: InstId, name: &Str) -> Diagnostics {
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

    fn is_value(&self, node: NodeId) -> bool {
        matches!(
            self.statics.node(node).kind,
            NodeKind::Variable(_) | NodeKind::Local(_) | NodeKind::Output(_)
        )
    }
}

/// Whether the value of `each` is not wholly known.
fn is_open(each: &EachValue) -> bool {
    matches!(each, EachValue::AnyEach)
        || matches!(each, EachValue::Each(_, value) if !value.is_wholly_known())
}

/// The value with the marks that the variable's block asks for.
pub fn mark(value: Value, variable: &Variable) -> Value {
    let mut marks = if variable.sensitive { Marks::SENSITIVE } else { Marks::NONE };
    if variable.ephemeral {
        marks |= Marks::EPHEMERAL;
    }
    value.with_marks(marks)
}

/// The default of a variable, or an unknown where there is none (which was reported before).
pub fn default_value(variable: &Variable) -> Value {
    let mut ignored = Diagnostics::new();
    let value = variable.default.as_ref().and_then(|e| crate::decode::constant_default(e, &mut ignored));
    match value {
        Some(value) => variable.constraint.apply(&value).unwrap_or_else(|_| Value::dynamic()),
        None => Value::dynamic(),
    }
}

/// A given value as the variable takes it: null means the default where the variable is not nullable.
pub fn convert_variable(variable: &Variable, value: &Value) -> Result<Value, String> {
    if value.is_null() && !variable.nullable {
        if variable.default.is_some() {
            return Ok(default_value(variable).with_marks(value.marks()));
        }
        return Err("required variable may not be set to null".into());
    }
    variable.constraint.apply(value).map_err(|e| e.full())
}
