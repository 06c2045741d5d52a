//! Values of everything that is evaluated, in every instance of its module.
//!
//! The evaluator keeps what it has found. The planner goes through [`Statics::order`] and says what instances will be
//! ([`Evaluator::set_instance`]); apply starts from the planned values and says what they have become. Each evaluation
//! also tells what it read ([`Reading`]), from which the order of effects follows.

mod by_key;
mod passing_in;
mod reading;
mod resources;
mod values;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use lang::ast::Traversal;
use lang::functions::{Function, Surroundings};
use model::{
    Diagnostic, FileId, InstanceAddr, InstanceKey, ModuleAddr, ModulePath, ProviderAddr, Str, Value,
};

use crate::expansion::{EachValue, Expansion};
use crate::module::{Config, Module, Repetition, RequiredProvider, Resource};
use crate::statics::{NodeId, NodeKind, Statics};

use by_key::ByKey;
use passing_in::is_open;

pub use passing_in::{convert_variable, default_value, mark};

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
    values: ByKey,
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
    purpose: Cell<Purpose>,
    variables: BTreeMap<Str, Value>,
    /// The blocks of resource nodes, once they were looked for.
    blocks: Vec<OnceCell<Option<(&'c Module, &'c Resource)>>>,
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
        let blocks = vec![OnceCell::new(); statics.graph().len()];
        Evaluator {
            config,
            statics,
            world,
            purpose: Cell::new(Purpose::Plan),
            variables,
            blocks,
            inner: RefCell::new(inner),
        }
    }

    /// An evaluator for validation: variables are unknown unless given, blocks are not repeated.
    pub fn for_validation(config: &'c Config, statics: &'c Statics, world: &'c dyn World) -> Evaluator<'c> {
        let root = config.root();
        let variables = root.into_iter().flat_map(|m| m.variables.values());
        let variables =
            variables.map(|v| (v.name.clone(), mark(Value::unknown(v.constraint.ty.without_optional()), v)));
        let evaluator = Evaluator::new(config, statics, world, variables.collect());
        Evaluator { purpose: Cell::new(Purpose::Validate), ..evaluator }
    }

    /// From now on only final values are kept, and of those kept so far what is final.
    pub fn keep_final_values_only(&self) {
        self.purpose.set(Purpose::Apply);
        let mut inner = self.inner.borrow_mut();
        inner.values.retain(|_, evaluated| evaluated.value.is_wholly_known());
        for table in inner.tables.values_mut() {
            table.whole.take_if(|whole| !whole.is_wholly_known());
        }
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
        self.purpose.get() == Purpose::Validate
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
        if self.purpose.get() == Purpose::Apply && is_open(&each) {
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
