//! Whether the `moved` blocks of a configuration can all be true at once.

use std::collections::BTreeMap;

use config::{Config, Module, Moved, RelativeAddr, Repetition};
use model::{Diagnostic, Diagnostics, InstanceKey, ModulePath, ResourceAddr, Str, err};

/// One end of a move, seen from the root module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    calls: Vec<(Str, InstanceKey)>,
    resource: Option<(ResourceAddr, InstanceKey)>,
    /// Whether the move is of one instance. One without a key is not the same as all of them.
    is_instance: bool,
}

impl End {
    /// Both ends of a move.
    fn pair(path: &ModulePath, block: &Moved) -> (End, End) {
        let is_keyed = |addr: &RelativeAddr| {
            let call = addr.module.last().map(|(_, key)| key);
            addr.resource.as_ref().map(|(_, key)| key).or(call).is_some_and(|key| *key != InstanceKey::None)
        };
        let is_instance = is_keyed(&block.from) || is_keyed(&block.to);
        let outer = path.0.iter().map(|name| (name.clone(), InstanceKey::None));
        let end = |addr: &RelativeAddr| End {
            calls: outer.clone().chain(addr.module.iter().cloned()).collect(),
            resource: addr.resource.clone(),
            is_instance,
        };
        (end(&block.from), end(&block.to))
    }

    /// The key of what the address names: of the resource, or of the last module call.
    fn key(&self) -> &InstanceKey {
        let call = self.calls.last().map(|(_, key)| key);
        self.resource.as_ref().map(|(_, key)| key).or(call).unwrap_or(&InstanceKey::None)
    }

    /// What the address names, whatever the instances.
    fn block(&self) -> (ModulePath, Option<&ResourceAddr>) {
        (self.path(), self.resource.as_ref().map(|(addr, _)| addr))
    }

    /// Whether an object of one end may be one of another end of the same block.
    fn overlaps(&self, other: &End) -> bool {
        let fits =
            |a: &InstanceKey, b: &InstanceKey| a == b || *a == InstanceKey::None || *b == InstanceKey::None;
        let all_of = |end: &End| !end.is_instance && *end.key() == InstanceKey::None;
        let around = self.calls.iter().zip(&other.calls).all(|((_, a), (_, b))| fits(a, b));
        around && (self.key() == other.key() || all_of(self) || all_of(other))
    }

    fn path(&self) -> ModulePath {
        ModulePath(self.calls.iter().map(|(name, _)| name.clone()).collect())
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let module = model::ModuleAddr(self.calls.iter().cloned().collect());
        match &self.resource {
            Some((resource, key)) => write!(f, "{}", resource.instance(&module, key.clone())),
            None => write!(f, "{module}"),
        }
    }
}

/// Reports moves to where they come from, of and to the same object, and of blocks that are still declared.
pub fn check_moves(config: &Config) -> Diagnostics {
    let mut diags = Diagnostics::new();
    let mut targets: BTreeMap<End, End> = BTreeMap::new();
    let mut origins: BTreeMap<End, End> = BTreeMap::new();
    for (path, module) in &config.modules {
        for block in &module.moved {
            let (from, to) = End::pair(path, block);
            if from == to {
                diags.push(redundant(block, &from));
                continue;
            }
            let ambiguous = ambiguous(block, &from, &to, &targets, &origins);
            targets.entry(from.clone()).or_insert_with(|| to.clone());
            origins.entry(to.clone()).or_insert_with(|| from.clone());
            if let Some(diag) = ambiguous.or_else(|| still_declared(config, block, &from, &to)) {
                diags.push(diag);
            }
        }
    }
    diags
}

/// The error for moves in a circle.
pub fn circle(config: &Config) -> Option<Diagnostic> {
    let modules = config.modules.iter();
    let blocks = modules.flat_map(|(path, module)| module.moved.iter().map(move |block| (path, block)));
    let targets = blocks.map(|(path, block)| End::pair(path, block));
    cycle(&targets.collect())
}

fn redundant(block: &Moved, end: &End) -> Diagnostic {
    err!(
        block.span,
        "Redundant move statement",
        "This says that {end} has moved to where it is. Remove the block."
    )
}

fn ambiguous(
    block: &Moved,
    from: &End,
    to: &End,
    targets: &BTreeMap<End, End>,
    origins: &BTreeMap<End, End>,
) -> Option<Diagnostic> {
    let detail = match (targets.get(from), origins.get(to)) {
        (Some(other), _) if other != to => {
            format!("{from} cannot have moved to {to}: another block says that it has moved to {other}.")
        }
        (_, Some(other)) if other != from => {
            format!("{from} cannot have moved to {to}: another block says that {other} has moved there.")
        }
        _ => return None,
    };
    Some(err!(block.span, "Ambiguous move statements", "{detail}"))
}

/// What has moved must be declared no more. (Whether one of several instances is left is known only when its block has
/// been evaluated.)
fn still_declared(config: &Config, block: &Moved, from: &End, to: &End) -> Option<Diagnostic> {
    if *from.key() != InstanceKey::None {
        return None;
    }
    let repetition = match &from.resource {
        Some((resource, _)) => &config.modules.get(&from.path())?.resources.get(resource)?.repetition,
        None => call_repetition(config, &from.path())?,
    };
    let instance_only = *to.key() != InstanceKey::None;
    if instance_only && !matches!(repetition, Repetition::Single | Repetition::Enabled(_)) {
        return None;
    }
    Some(err!(
        block.span,
        "Moved object still exists",
        "This says that {from} has moved to {to}, but {from} is still declared. Declare it as {to} instead."
    ))
}

fn call_repetition<'c>(config: &'c Config, path: &ModulePath) -> Option<&'c Repetition> {
    let (parent, name) = path.parent()?;
    let module: &Module = config.modules.get(&parent)?;
    Some(&module.calls.get(name)?.repetition)
}

/// Moves of which each goes on where the one before ended, round and round.
fn cycle(moves: &BTreeMap<End, End>) -> Option<Diagnostic> {
    let all: Vec<(&End, &End)> = moves.iter().collect();
    let mut graph = graph::Graph::new(all.len());
    let mut by_block: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (i, (from, _)) in all.iter().enumerate() {
        by_block.entry(from.block()).or_default().push(i);
    }
    for (i, (_, to)) in all.iter().enumerate() {
        let next = by_block.get(&to.block()).into_iter().flatten().filter(|n| to.overlaps(all[**n].0));
        next.for_each(|n| graph.depends(i as u32, *n as u32));
    }
    let round = graph.order().err()?.into_iter().next()?;
    let round: Vec<String> =
        round.iter().map(|i| all[*i as usize]).map(|(from, to)| format!("{from} -> {to}")).collect();
    Some(Diagnostic::error(
        "Cyclic dependency in move statements",
        format!(
            "These moves go in a circle, so there is no final address for the objects: {}.",
            round.join(", ")
        ),
    ))
}
