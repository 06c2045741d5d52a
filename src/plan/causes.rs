//! Why something is planned: which attribute changes, where it is written, and what it follows.
//!
//! A plan says what happens to each object; the configuration says where every argument is written and what it refers to.
//! Put together they lead from a change back to where it began: to an argument, a local value or a variable, to another
//! object's change, or to what was done outside. No values are in here, only names and places.

mod differences;
mod moves;
mod repetition;
mod trace;
mod waiting;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use config::{Config, Module, Resource};
use model::{InstanceAddr, ModulePath, Path, ResourceAddr, Span, Str};

use crate::change::{Action, Change, Mode, Plan, Reason};
use differences::{changed_attributes, deepest};
use repetition::Inhabited;
use trace::Mark;

/// One reason for what is planned for an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// The part of the object that changes; empty where all of it comes or goes.
    pub path: Path,
    /// Whether this part cannot change in place.
    pub forces: bool,
    /// Whether this part is never shown, nor what is written about it.
    pub is_sensitive: bool,
    /// Where it is written, and what that leads to, up to where the change began.
    pub places: Vec<Place>,
    /// What began it.
    pub origin: Origin,
    /// What else the last place puts together, the nearest first: it may have begun there, too.
    pub places_beyond: Vec<Place>,
    /// The root variables that take part in that.
    pub variables: Vec<Str>,
}

/// A place in the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// What is written there: `terraform_data.a.input`, `local.size`, `module.m.var.size`.
    pub name: String,
    /// Where.
    pub span: Span,
}

/// Where a change began.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// At the last of the places: it says something else than what exists.
    Written,
    /// The value of a root variable.
    Variable(Str),
    /// What happens to another object, or to a part of it.
    Instance(InstanceAddr, Path),
    /// What was changed outside.
    Outside,
    /// The object is tainted.
    Tainted,
    /// `-replace`
    Requested,
    /// Its block or module is in the configuration no more.
    Unconfigured,
    /// Everything is to be destroyed.
    Destroyed,
    /// A replacement was not completed.
    LeftOver,
}

/// Finds the causes of a plan's changes.
pub struct Causes<'p> {
    plan: &'p Plan,
    config: &'p Config,
    changes: OnceCell<BTreeMap<&'p InstanceAddr, &'p Change>>,
    blocks: OnceCell<Blocks<'p>>,
    drift: BTreeMap<&'p InstanceAddr, &'p Change>,
    /// Expressions that lead to no object that changes and to no root variable, in each module instance, with the places that
    /// they lead to.
    barren: RefCell<BTreeMap<Mark, Vec<Place>>>,
    /// The module instances that hold something.
    inhabited: OnceCell<Inhabited>,
}

/// Resource blocks by their places.
type Blocks<'p> = BTreeMap<(ModulePath, &'p ResourceAddr), Block<'p>>;

/// What becomes of a resource block's instances.
#[derive(Default)]
struct Block<'p> {
    /// Whether some exist already.
    exists: bool,
    /// Those to which something happens.
    changing: Vec<&'p Change>,
}

impl<'p> Causes<'p> {
    /// Looks at a plan with the configuration that it was made from.
    pub fn new(plan: &'p Plan, config: &'p Config) -> Causes<'p> {
        Causes {
            plan,
            config,
            changes: OnceCell::new(),
            blocks: OnceCell::new(),
            drift: plan.drift.iter().map(|c| (&c.address, c)).collect(),
            barren: RefCell::default(),
            inhabited: OnceCell::new(),
        }
    }

    /// The change of an instance's object in use.
    pub fn change(&self, address: &InstanceAddr) -> Option<&'p Change> {
        let current = || self.plan.changes.iter().filter(|c| c.deposed.is_none());
        self.changes.get_or_init(|| current().map(|c| (&c.address, c)).collect()).get(address).copied()
    }

    fn blocks(&self) -> &Blocks<'p> {
        self.blocks.get_or_init(|| blocks(self.plan))
    }

    /// Why a change is planned, what forces a replacement first; nothing where nothing happens, not even a move or an import.
    pub fn of(&self, change: &Change) -> Vec<Cause> {
        if change.deposed.is_some() {
            return vec![whole(Origin::LeftOver, Vec::new())];
        }
        match (change.action, change.reason) {
            (Action::NoOp, _) if change.importing.is_some() => self.imported(change),
            (Action::NoOp, _) if change.is_move() => self.moved(change),
            (Action::NoOp, _) => Vec::new(),
            (_, Some(Reason::ReplaceBecauseTainted)) => vec![whole(Origin::Tainted, Vec::new())],
            (_, Some(Reason::ReplaceByRequest)) => vec![whole(Origin::Requested, Vec::new())],
            (Action::Delete | Action::Forget, _) => vec![self.removal(change)],
            (Action::Create, _) => vec![self.creation(change)],
            (_, Some(Reason::ReplaceByTriggers)) => self.triggers(change),
            (Action::Read, _) => self.reading(change),
            (Action::Update | Action::Replace(_), _) => self.attributes(change),
        }
    }

    /// Why one part of an object changes; where that cannot be told, why the object does.
    pub fn of_part(&self, change: &Change, path: &Path) -> Vec<Cause> {
        let all = self.of(change);
        let of_part: Vec<Cause> = all
            .iter()
            .filter(|c| !c.path.is_empty() && (c.path.is_prefix_of(path) || path.is_prefix_of(&c.path)))
            .cloned()
            .collect();
        if of_part.is_empty() || path.is_empty() { all } else { of_part }
    }

    fn inhabited(&self) -> &Inhabited {
        self.inhabited.get_or_init(|| repetition::inhabited(self.plan))
    }

    fn block(&self, address: &InstanceAddr) -> Option<(&'p Module, &'p Resource)> {
        let module = self.config.modules.get(&address.module.path())?;
        Some((module, module.resources.get(&address.resource)?))
    }

    fn creation(&self, change: &Change) -> Cause {
        if self.drift.get(&change.address).is_some_and(|d| d.action == Action::Delete) {
            return whole(Origin::Outside, Vec::new());
        }
        let Some((_, resource)) = self.block(&change.address) else {
            return whole(Origin::Written, Vec::new());
        };
        let block = (change.address.module.path(), &change.address.resource);
        let is_one_more = self.blocks().get(&block).is_some_and(|block| block.exists);
        if is_one_more && let Some(cause) = self.calls(change, &self.inhabited().before) {
            return cause;
        }
        match resource.repetition.expr().filter(|_| is_one_more) {
            Some(_) => self.repetition(change, resource),
            None => whole(Origin::Written, vec![named(change.address.whole().to_string(), resource.span)]),
        }
    }

    fn removal(&self, change: &Change) -> Cause {
        if change.action == Action::Delete && change.reason.is_none() && self.plan.mode == Mode::Destroy {
            return whole(Origin::Destroyed, Vec::new());
        }
        let block = self.block(&change.address).map(|(_, resource)| resource);
        match (change.reason, block) {
            (Some(Reason::DeleteBecauseCountIndex | Reason::DeleteBecauseEachKey), Some(resource)) => {
                self.repetition(change, resource)
            }
            (Some(Reason::DeleteBecauseNoModule), Some(resource)) => {
                self.calls(change, &self.inhabited().after).unwrap_or_else(|| {
                    whole(Origin::Written, vec![named(change.address.whole().to_string(), resource.span)])
                })
            }
            (_, Some(resource)) => {
                whole(Origin::Written, vec![named(change.address.whole().to_string(), resource.span)])
            }
            (_, None) => match self.removed_block(&change.address) {
                Some(span) => whole(Origin::Written, vec![named("removed".into(), span)]),
                None => whole(Origin::Unconfigured, Vec::new()),
            },
        }
    }

    /// The `removed` block that an instance falls under.
    fn removed_block(&self, address: &InstanceAddr) -> Option<Span> {
        let calls: Vec<&Str> = address.module.0.iter().map(|(name, _)| name).collect();
        self.config.modules.iter().find_map(|(path, module)| {
            let inner = calls.strip_prefix(&*path.0.iter().collect::<Vec<_>>())?;
            let covers = |removed: &&config::Removed| {
                let from: Vec<&Str> = removed.from.module.iter().map(|(name, _)| name).collect();
                match &removed.from.resource {
                    Some((addr, _)) => *addr == address.resource && from == inner,
                    None => inner.starts_with(&from),
                }
            };
            module.removed.iter().find(covers).map(|r| r.span)
        })
    }

    fn triggers(&self, change: &Change) -> Vec<Cause> {
        let Some((_, resource)) = self.block(&change.address) else { return Vec::new() };
        let name = format!("{}.replace_triggered_by", change.address.whole());
        let traced = resource
            .lifecycle
            .replace_triggered_by
            .iter()
            .map(|expr| Cause { forces: true, ..self.trace(change, resource, (name.clone(), expr), &[]) });
        let (found, rest): (Vec<Cause>, Vec<Cause>) =
            traced.partition(|c| matches!(c.origin, Origin::Instance(..)));
        if found.is_empty() { rest } else { found }
    }

    /// An object changes with its attributes.
    fn attributes(&self, change: &Change) -> Vec<Cause> {
        let Some((_, resource)) = self.block(&change.address) else { return Vec::new() };
        let mut causes: Vec<Cause> = changed_attributes(change)
            .into_iter()
            .filter_map(|attribute| self.attribute(change, resource, &attribute))
            .collect();
        causes.sort_by_key(|cause| !cause.forces);
        causes
    }

    fn attribute(&self, change: &Change, resource: &'p Resource, attribute: &Str) -> Option<Cause> {
        let path = deepest(change, attribute);
        let forces = change.replace_paths.iter().any(|p| p.is_prefix_of(&path) || path.is_prefix_of(p));
        let is_sensitive = differences::is_sensitive(change, &path);
        let name = format!("{}{path}", change.address);
        let Some(written) = resource.body.attribute(attribute) else {
            let block = resource.body.blocks.iter().find(|block| is_of(block, attribute));
            let unset = differences::is_known(change, attribute);
            let span = block.map(|b| b.header).or_else(|| unset.then_some(resource.span))?;
            let origin = self.unless_outside(change, &path, Origin::Written);
            return Some(Cause { path, forces, is_sensitive, ..whole(origin, vec![named(name, span)]) });
        };
        let traced = self.trace(change, resource, (name, &written.expr), &path.0[1..]);
        let origin = self.unless_outside(change, &path, traced.origin.clone());
        Some(Cause { path, forces, is_sensitive, origin, ..traced })
    }

    /// Where the plan only puts back what was recorded, the change began outside.
    fn unless_outside(&self, change: &Change, path: &Path, origin: Origin) -> Origin {
        let is_put_back = self.drift.get(&change.address).is_some_and(|drift| {
            let (recorded, read) = (path.get(&drift.before), path.get(&drift.after));
            recorded != read && recorded == path.get(&change.after)
        });
        if is_put_back { Origin::Outside } else { origin }
    }
}

/// The blocks of what is in use. Instances of one block lie together.
fn blocks(plan: &Plan) -> Blocks<'_> {
    let mut blocks = Blocks::new();
    let is_same = |a: &Change, b: &Change| {
        a.address.resource == b.address.resource && a.address.module == b.address.module
    };
    for changes in plan.changes.chunk_by(is_same) {
        let address = &changes[0].address;
        let mut current = changes.iter().filter(|c| c.deposed.is_none()).peekable();
        if current.peek().is_none() {
            continue;
        }
        let block = blocks.entry((address.module.path(), &address.resource)).or_default();
        for change in current {
            block.exists |= !change.before.is_null();
            block.changing.extend(Some(change).filter(|c| c.action != Action::NoOp));
        }
    }
    blocks
}

/// Whether a block is one of this type, or a `dynamic` block that makes such.
fn is_of(block: &lang::ast::Block, ty: &Str) -> bool {
    let made = block.labels.first().filter(|_| &*block.ty.name == "dynamic");
    made.map_or(&block.ty.name, |label| &label.name) == ty
}

fn named(name: String, span: Span) -> Place {
    Place { name, span }
}

fn whole(origin: Origin, places: Vec<Place>) -> Cause {
    let (places_beyond, variables) = (Vec::new(), Vec::new());
    Cause { path: Path::root(), forces: false, is_sensitive: false, places, origin, places_beyond, variables }
}
