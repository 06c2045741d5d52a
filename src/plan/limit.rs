//! What `-target` and `-exclude` mean for what is recorded: which of it is read, and which of it may end.

use std::collections::{HashMap, HashSet};

use config::NodeId;
use model::address::Target;
use model::{InstanceAddr, Str};

use crate::change::Mode;
use crate::planner::Planner;
use crate::targets::{includes, is_dependency, is_excluded, matches, node_of};

/// What targets and excludes mean for what is recorded.
pub struct Limit<'p, 'a> {
    planner: &'p Planner<'a>,
    /// Blocks that have to stay, because something depends on them that an exclude keeps.
    needed: HashSet<Str>,
    /// Blocks that depend on what is aimed at, which go with it when it is destroyed.
    dependents: HashSet<Str>,
}

impl<'p, 'a> Limit<'p, 'a> {
    /// The limits of a plan, where it has any.
    pub fn of(planner: &'p Planner<'a>) -> Option<Limit<'p, 'a>> {
        let options = &planner.inputs.options;
        let is_limited = !(options.targets.is_empty() && options.excludes.is_empty());
        is_limited.then(|| Limit { planner, needed: needed(planner), dependents: dependents(planner) })
    }

    /// Whether a recorded instance is read.
    pub fn reads(&self, addr: &InstanceAddr) -> bool {
        let node = node_of(self.planner, addr);
        match node.filter(|_| self.planner.inputs.options.mode != Mode::Destroy) {
            Some(node) => includes(self.planner, node, addr),
            None => self.ends(addr),
        }
    }

    /// Whether the end of an instance that is configured no more is planned.
    pub fn ends(&self, addr: &InstanceAddr) -> bool {
        let planner = self.planner;
        let options = &planner.inputs.options;
        if !options.excludes.is_empty() {
            return !is_excluded(planner, addr) && !self.needed.contains(&*block_of(addr));
        }
        if options.targets.iter().any(|t| matches(t, addr)) {
            return true;
        }
        match options.mode {
            Mode::Destroy => self.dependents.contains(&*block_of(addr)),
            Mode::Normal | Mode::RefreshOnly => {
                let included = |node: NodeId| planner.included.as_ref().is_none_or(|i| i.contains(&node));
                node_of(planner, addr).is_some_and(|node| included(node) && is_dependency(planner, node))
            }
        }
    }
}

/// The block of an instance, as states name it.
fn block_of(addr: &InstanceAddr) -> String {
    addr.resource.in_module(&addr.module.path())
}

/// The blocks that something depends on which stays as it is, so that they have to stay too, with all that they depend on.
fn needed(planner: &Planner<'_>) -> HashSet<Str> {
    let mut needed = HashSet::new();
    if planner.inputs.options.excludes.is_empty() {
        return needed;
    }
    let mut recorded: HashMap<String, Vec<&[Str]>> = HashMap::new();
    let mut stack: Vec<&Str> = Vec::new();
    for (addr, dependencies) in all_recorded(planner) {
        if is_excluded(planner, addr) {
            stack.extend(dependencies);
        }
        recorded.entry(block_of(addr)).or_default().push(dependencies);
    }
    while let Some(block) = stack.pop() {
        if needed.insert(block.clone()) {
            stack.extend(recorded.get(&**block).into_iter().flatten().flat_map(|list| list.iter()));
        }
    }
    needed
}

/// In a destroy, the blocks that depend on a target, directly or by way of others.
fn dependents(planner: &Planner<'_>) -> HashSet<Str> {
    let options = &planner.inputs.options;
    let mut found = HashSet::new();
    if options.mode != Mode::Destroy || options.targets.is_empty() {
        return found;
    }
    let mut users: HashMap<&Str, HashSet<Str>> = HashMap::new();
    for (addr, dependencies) in all_recorded(planner) {
        let block = Str::from(block_of(addr));
        for dependency in dependencies {
            users.entry(dependency).or_default().insert(block.clone());
        }
    }
    let aimed_at = |block: &Str| options.targets.iter().any(|target| names(target, block));
    let mut stack: Vec<&Str> = users.keys().copied().filter(|block| aimed_at(block)).collect();
    while let Some(block) = stack.pop() {
        for user in users.get(block).into_iter().flatten() {
            if found.insert(user.clone()) {
                stack.push(user);
            }
        }
    }
    found
}

/// What the objects in use depend on, as it is recorded.
fn all_recorded<'p>(planner: &'p Planner<'_>) -> impl Iterator<Item = (&'p InstanceAddr, &'p [Str])> {
    let current = |(addr, state): (&'p InstanceAddr, &'p state::InstanceState)| {
        Some((addr, &*state.current.as_ref()?.dependencies))
    };
    planner.prior.instances.iter().filter_map(current)
}

/// Whether a target names a block, as states name it, or something in it.
fn names(target: &Target, block: &str) -> bool {
    match target {
        Target::Module(m) => block.starts_with(&format!("{}.", m.path())),
        Target::Resource(r) => block_of(r) == block,
    }
}
