//! What a plan must say, computed apart from the engine.

use std::collections::{BTreeMap, BTreeSet};

use model::{InstanceAddr, ModuleAddr, ModulePath};
use plan::{Action, ReplaceOrder};

use crate::cloud::found;
use crate::kind::{Kind, Shape};
use crate::rules;
use crate::spec::{Ignore, Spec, Test};
use crate::static_order::{Site as Block, StaticOrder};
use crate::val::Val;
use crate::walk::{Actor, Reads, Seen, Site, walk};

/// An object as it is before a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Its attributes as reading gives them; nothing where it is gone.
    pub now: Option<Val>,
    /// Its attributes as recorded.
    pub recorded: Val,
    /// Whether it is to be replaced.
    pub tainted: bool,
}

/// What planning starts from.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The objects, under the addresses that they have moved to.
    pub objects: BTreeMap<InstanceAddr, Known>,
    /// Instances of which only objects are left that were set aside.
    pub remains: BTreeSet<InstanceAddr>,
    /// What was asked to be replaced.
    pub replace: BTreeSet<InstanceAddr>,
    /// How often the world outside has changed.
    pub epoch: u64,
    /// Instances of which nothing changes but what is secret.
    pub secrecy: BTreeSet<InstanceAddr>,
}

/// What is to be done with one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// The action.
    pub action: Action,
    /// The object after it.
    pub after: Val,
}

/// What a plan must say.
#[derive(Debug, Default)]
pub struct Expected {
    /// Every instance that is configured or recorded, but for data sources that are read while planning.
    pub changes: BTreeMap<InstanceAddr, Expect>,
    /// Data sources that are read while planning.
    pub read: BTreeSet<InstanceAddr>,
    /// The root outputs.
    pub outputs: BTreeMap<String, Val>,
    /// What each root output was computed from.
    pub output_reads: BTreeMap<String, Reads>,
    /// What each configured instance was computed from, with what it waits for.
    pub reads: BTreeMap<InstanceAddr, Reads>,
    /// Instances that must not be destroyed and yet would be.
    pub kept: BTreeSet<InstanceAddr>,
    /// Instances whose conditions are known not to hold.
    pub failing: BTreeSet<InstanceAddr>,
    /// Instances whose conditions will turn out not to hold once they have changed.
    pub failing_later: BTreeSet<InstanceAddr>,
}

/// What a plan of a configuration must say.
pub fn expected(spec: &Spec, kinds: &[Kind], start: &Start) -> Expected {
    let order = StaticOrder::of(spec);
    let asks =
        |site: &Block| spec.items().any(|(_, item)| item.life.first && !item.data && item.name == site.1);
    let first = order.down_from(asks);
    let mut planner =
        Planner { kinds, start, first, order, modules: BTreeSet::new(), found: Expected::default() };
    let outputs = walk(spec, kinds, &mut planner);
    let mut found = planner.found;
    for (name, Seen { val, reads }) in outputs {
        found.outputs.insert(name.clone(), val);
        found.output_reads.insert(name, reads);
    }
    for (addr, known) in &start.objects {
        if known.now.is_some() && !found.changes.contains_key(addr) {
            found.end(spec, addr);
        }
    }
    found
}

struct Planner<'p> {
    kinds: &'p [Kind],
    start: &'p Start,
    first: BTreeSet<Block>,
    order: StaticOrder,
    /// The module instances that there are.
    modules: BTreeSet<ModuleAddr>,
    found: Expected,
}

impl Actor for Planner<'_> {
    fn module(&mut self, addr: &ModuleAddr) {
        self.modules.insert(addr.clone());
    }

    fn instance(&mut self, site: &Site<'_>) -> Val {
        let reads = site.reads.union(&site.waits).cloned().collect();
        self.found.reads.insert(site.addr.clone(), reads);
        if site.item.life.before == Some(Test::Fails) {
            self.found.failing.insert(site.addr.clone());
        }
        if site.item.data { self.data(site) } else { self.managed(site) }
    }
}

impl Planner<'_> {
    fn data(&mut self, site: &Site<'_>) -> Val {
        let block = (site.addr.module.path(), site.item.name.clone());
        let mut awaited = self.order.awaited.get(&block).into_iter().flatten();
        if site.args.is_known() && !awaited.any(|block| self.is_pending(block, &site.addr.module)) {
            self.found.read.insert(site.addr.clone());
            return found(&site.args, self.start.epoch);
        }
        let after = site.args.with("found", Val::Unknown).with("id", Val::Unknown);
        self.found.changes.insert(site.addr.clone(), Expect { action: Action::Read, after: after.clone() });
        after
    }

    /// Whether anything of a block changes, as seen from a module instance: what is configured, or what is recorded and
    /// configured no more.
    fn is_pending(&self, (path, name): &Block, from: &ModuleAddr) -> bool {
        let is_near = |module: &ModuleAddr| {
            let mut shared = from.0.iter().zip(module.0.iter()).take_while(|((a, _), (b, _))| a == b);
            shared.all(|((_, a), (_, b))| a == b)
        };
        let is_of = |addr: &InstanceAddr| {
            *addr.resource.name == **name && addr.module.path() == *path && is_near(&addr.module)
        };
        let changes = self.found.changes.iter().filter(|(addr, _)| is_of(addr));
        let recorded = self.start.objects.keys().chain(&self.start.remains).filter(|addr| is_of(addr));
        let is_left = |addr: &InstanceAddr| {
            self.modules.contains(&addr.module) && !self.found.changes.contains_key(addr)
        };
        changes.into_iter().any(|(_, c)| !matches!(c.action, Action::NoOp | Action::Read))
            || recorded.into_iter().any(is_left)
    }

    fn managed(&mut self, site: &Site<'_>) -> Val {
        let change = self.decide(site);
        let life = &site.item.life;
        if life.keep && matches!(change.action, Action::Replace(_)) {
            self.found.kept.insert(site.addr.clone());
        }
        if matches!(life.after, Some(Test::Fails)) {
            self.found.failing.insert(site.addr.clone());
        }
        if matches!(life.after, Some(Test::FailsLater)) {
            let unknown = *change.after.get("id") == Val::Unknown;
            let when = if unknown { &mut self.found.failing_later } else { &mut self.found.failing };
            when.insert(site.addr.clone());
        }
        let after = change.after.clone();
        self.found.changes.insert(site.addr.clone(), change);
        after
    }

    fn decide(&self, site: &Site<'_>) -> Expect {
        let kind = &self.kinds[site.item.kind];
        let known = self.start.objects.get(&site.addr);
        let Some((known, prior)) = known.and_then(|k| Some((k, k.now.as_ref()?))) else {
            let planned = rules::plan(kind, None, &site.args);
            return Expect { action: Action::Create, after: planned.object };
        };
        // Of an object that is no good nothing is worth keeping.
        let config = match known.tainted {
            true => site.args.clone(),
            false => ignored(&site.item.life.ignore, site.shape, prior, &site.args),
        };
        let planned = rules::plan(kind, Some(prior), &config);
        let anew = known.tainted
            || self.start.replace.contains(&site.addr)
            || !planned.replace.is_empty()
            || self.is_triggered(site);
        if anew {
            let block = (site.addr.module.path(), site.item.name.clone());
            let order = if self.first.contains(&block) {
                ReplaceOrder::CreateFirst
            } else {
                ReplaceOrder::DeleteFirst
            };
            let planned = rules::plan(kind, None, &site.args);
            return Expect { action: Action::Replace(order), after: planned.object };
        }
        let same = planned.object == *prior && !self.start.secrecy.contains(&site.addr);
        let action = if same { Action::NoOp } else { Action::Update };
        Expect { action, after: planned.object }
    }

    /// Whether something changes that the instance is to be replaced with.
    fn is_triggered(&self, site: &Site<'_>) -> bool {
        site.item.life.triggers.iter().any(|(name, attr)| {
            let own = self
                .found
                .changes
                .iter()
                .filter(|(addr, _)| addr.module == site.addr.module && *addr.resource.name == **name);
            own.into_iter().any(|(addr, change)| {
                let changes = matches!(change.action, Action::Update | Action::Replace(_));
                let before = self.start.objects.get(addr).and_then(|k| k.now.as_ref());
                let differs = |attr: &String| before.is_none_or(|b| b.get(attr) != change.after.get(attr));
                changes && attr.as_ref().is_none_or(differs)
            })
        })
    }
}

/// The configuration with what is ignored taken from the object.
pub fn ignored(ignore: &Ignore, shape: &Shape, prior: &Val, config: &Val) -> Val {
    match ignore {
        Ignore::Nothing => config.clone(),
        Ignore::All => rules::configurable(shape, prior),
        Ignore::Of(names) => {
            names.iter().fold(config.clone(), |c, name| c.with(name, prior.get(name).clone()))
        }
    }
}

impl Expected {
    /// A recorded object that the configuration does not ask for.
    fn end(&mut self, spec: &Spec, addr: &InstanceAddr) {
        let action = match is_let_go(spec, addr) {
            true => Action::Forget,
            false => Action::Delete,
        };
        let guarded =
            |(_, item): (usize, &crate::spec::Item)| item.life.keep && item.name == *addr.resource.name;
        if spec.items().any(guarded) && is_configured(spec, addr) {
            self.kept.insert(addr.clone());
        }
        self.changes.insert(addr.clone(), Expect { action, after: Val::Null });
    }
}

/// Whether the block of an address is still there.
fn is_configured(spec: &Spec, addr: &InstanceAddr) -> bool {
    module_at(spec, &addr.module.path()).is_some_and(|m| spec.modules[m].item(&addr.resource.name).is_some())
}

/// The number of the module at a path.
pub fn module_at(spec: &Spec, path: &ModulePath) -> Option<usize> {
    path.0.iter().try_fold(0, |at, name| Some(spec.modules[at].call(name)?.module))
}

/// Whether a `removed` block says that the object stays.
fn is_let_go(spec: &Spec, addr: &InstanceAddr) -> bool {
    let path = addr.module.path();
    (0..=path.0.len()).any(|depth| {
        let at = ModulePath(path.0[..depth].into());
        let Some(module) = module_at(spec, &at) else { return false };
        let rest: Vec<String> = path.0[depth..].iter().map(|name| format!("module.{name}")).collect();
        let item = addr.resource.to_string();
        let whole = rest.iter().cloned().chain([item]).collect::<Vec<_>>().join(".");
        spec.modules[module].removed.iter().any(|(from, destroy)| {
            !destroy && (*from == whole || !rest.is_empty() && rest.join(".").starts_with(from.as_str()))
        })
    })
}
