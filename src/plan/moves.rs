//! `moved` blocks: recorded objects under their new addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::{Config, Moved, RelativeAddr};
use model::address::Target;
use model::{Diagnostic, Diagnostics, InstanceAddr, InstanceKey, ModuleAddr, Str};
use state::StateSnapshot;

use crate::inputs::Options;
use crate::move_check::{check_moves, circle};
use crate::targets;

/// A module call on the way to an object, with its key.
type Call = (Str, InstanceKey);

/// The recorded state under the addresses that the moves give, and the old addresses by the new ones.
pub fn apply_moves(
    config: &Config,
    prior: &Arc<StateSnapshot>,
    diags: &mut Diagnostics,
) -> (Arc<StateSnapshot>, BTreeMap<InstanceAddr, InstanceAddr>) {
    let mut origins: BTreeMap<InstanceAddr, InstanceAddr> = BTreeMap::new();
    let has_moves = config.modules.values().any(|m| !m.moved.is_empty());
    let mut implied = Vec::new();
    for addr in prior.instances.keys() {
        if let Some(to) = implied_move(config, prior, addr) {
            implied.push((addr.clone(), to));
        }
    }
    if !has_moves && implied.is_empty() {
        return (prior.clone(), origins);
    }
    let found = check_moves(config);
    let failed = found.has_errors();
    diags.extend(found);
    if failed || circle(config).is_some() {
        return (prior.clone(), origins);
    }
    let mut snapshot = (**prior).clone();
    let blocks: Vec<(&model::ModulePath, &Moved)> =
        config.modules.iter().flat_map(|(p, m)| m.moved.iter().map(move |b| (p, b))).collect();
    for _ in 0..=blocks.len() {
        let mut moved_any = false;
        for (path, block) in &blocks {
            let moves: Vec<(InstanceAddr, InstanceAddr)> = snapshot
                .instances
                .keys()
                .filter_map(|a| Some((a.clone(), moved_to(path, block, a)?)))
                .filter(|(_, to)| !snapshot.instances.contains_key(to))
                .collect();
            for (from, to) in moves {
                rename(&mut snapshot, &mut origins, from, to);
                moved_any = true;
            }
        }
        if !moved_any {
            break;
        }
    }
    for (from, to) in implied {
        if snapshot.instances.contains_key(&from) && !snapshot.instances.contains_key(&to) {
            rename(&mut snapshot, &mut origins, from, to);
        }
    }
    let blocked: BTreeMap<InstanceAddr, InstanceAddr> = blocks
        .iter()
        .flat_map(|(path, block)| {
            let stuck = snapshot.instances.keys();
            stuck.filter_map(|a| Some((a.clone(), moved_to(path, block, a)?))).filter(|(from, to)| from != to)
        })
        .collect();
    if !blocked.is_empty() {
        diags.push(unresolved(&blocked));
    }
    (Arc::new(snapshot), origins)
}

fn unresolved(blocked: &BTreeMap<InstanceAddr, InstanceAddr>) -> Diagnostic {
    let list: String =
        blocked.iter().map(|(from, to)| format!("\n  - {from} could not move to {to}")).collect();
    Diagnostic::warning(
        "Unresolved resource instance address changes",
        format!(
            "The configuration says that recorded objects have new addresses, but at these addresses there are objects \
             already:{list}\n\nThe plan treats those objects as what their old addresses say, which may mean that it \
             destroys them."
        ),
    )
}

/// Objects that moved must be within what is planned, by their old addresses and by their new ones.
pub fn check_targets(moved: &BTreeMap<InstanceAddr, InstanceAddr>, options: &Options) -> Option<Diagnostic> {
    let ends = || moved.iter().flat_map(|(to, from)| [from, to]);
    let named = |targets: &[Target], addr: &InstanceAddr| targets.iter().any(|t| targets::matches(t, addr));
    let (how, list) = match (&options.targets[..], &options.excludes[..]) {
        ([], excludes) => {
            let hit = excludes.iter().filter(|t| ends().any(|a| targets::matches(t, a)));
            ("without these options", hit.map(|t| option_line("exclude", &targets::text(t))).collect())
        }
        (targets, _) => {
            let missing: BTreeSet<&InstanceAddr> = ends().filter(|a| !named(targets, a)).collect();
            let lines = missing.iter().map(|a| option_line("target", &a.to_string())).collect::<String>();
            ("without targets first, or add these options", lines)
        }
    };
    (!list.is_empty()).then(|| {
        Diagnostic::error(
            "Moved resource instances excluded by targeting",
            format!(
                "Recorded objects have moved to new addresses, and a plan must include them to be right, but the options leave \
                 some of them out. Plan {how}:{list}"
            ),
        )
    })
}

fn option_line(option: &str, address: &str) -> String {
    format!("\n  -{option}={address:?}")
}

fn rename(
    snapshot: &mut StateSnapshot,
    origins: &mut BTreeMap<InstanceAddr, InstanceAddr>,
    from: InstanceAddr,
    to: InstanceAddr,
) {
    if let Some(state) = snapshot.instances.remove(&from) {
        snapshot.instances.insert(to.clone(), state);
        let origin = origins.remove(&from).unwrap_or(from);
        origins.insert(to, origin);
    }
}

/// Adding or removing `count` alone moves the first instance.
fn implied_move(config: &Config, prior: &StateSnapshot, addr: &InstanceAddr) -> Option<InstanceAddr> {
    let module = config.modules.get(&addr.module.path())?;
    let resource = module.resources.get(&addr.resource)?;
    let key = match (&resource.repetition, &addr.key) {
        (config::Repetition::Count(_), InstanceKey::None) => InstanceKey::Int(0),
        (config::Repetition::Single | config::Repetition::Enabled(_), InstanceKey::Int(0)) => {
            InstanceKey::None
        }
        _ => return None,
    };
    let to = InstanceAddr { key, ..addr.clone() };
    (!prior.instances.contains_key(&to)).then_some(to)
}

/// The addresses that an instance may have had before, by the `moved` blocks and by the ways in which keys come and go.
pub fn former_addresses(config: &Config, address: &InstanceAddr) -> Vec<InstanceAddr> {
    let backward = |m: &Moved| Moved { from: m.to.clone(), to: m.from.clone(), span: m.span };
    let blocks = config.modules.iter().flat_map(|(path, m)| m.moved.iter().map(move |b| (path, backward(b))));
    let blocks: Vec<(&model::ModulePath, Moved)> = blocks.collect();
    let (mut found, mut open) = (Vec::new(), vec![address.clone()]);
    while let Some(addr) = open.pop() {
        let key = match addr.key {
            InstanceKey::None => Some(InstanceKey::Int(0)),
            InstanceKey::Int(0) => Some(InstanceKey::None),
            InstanceKey::Int(_) | InstanceKey::Str(_) => None,
        };
        let other_key = key.map(|key| InstanceAddr { key, ..addr.clone() });
        let moved = blocks.iter().filter_map(|(path, block)| moved_to(path, block, &addr));
        for former in moved.chain(other_key) {
            if former != *address && !found.contains(&former) {
                found.push(former.clone());
                open.push(former);
            }
        }
    }
    found
}

/// The address after a move, if the move concerns it.
fn moved_to(path: &model::ModulePath, block: &Moved, addr: &InstanceAddr) -> Option<InstanceAddr> {
    let depth = path.0.len();
    let outer = addr.module.0.get(..depth)?;
    if !outer.iter().zip(path.0.iter()).all(|((name, _), p)| name == p) {
        return None;
    }
    let inner = &addr.module.0[depth..];
    let (from, to) = (&block.from, &block.to);
    let matched = from.module.len();
    let prefix = inner.get(..matched)?;
    let matches = |(i, (want, have)): (usize, (&Call, &Call))| {
        let to = to.module.get(i).map_or(&InstanceKey::None, |(_, key)| key);
        want.0 == have.0 && key_matches(&want.1, &have.1, to)
    };
    if !from.module.iter().zip(prefix).enumerate().all(matches) {
        return None;
    }
    match (&from.resource, &to.resource) {
        (None, None) => {
            let module = rebase(outer, &to.module, prefix, &inner[matched..], from);
            Some(InstanceAddr { module, ..addr.clone() })
        }
        (Some((resource, key)), Some((new, new_key))) => {
            if inner.len() != matched
                || *resource != addr.resource
                || *key != InstanceKey::None && *key != addr.key
            {
                return None;
            }
            let module = rebase(outer, &to.module, prefix, &[], from);
            let key = match (key, new_key) {
                (InstanceKey::None, InstanceKey::None) => addr.key.clone(),
                (InstanceKey::None, to) if addr.key == InstanceKey::None => to.clone(),
                (InstanceKey::None, _) => return None,
                (_, to) => to.clone(),
            };
            Some(InstanceAddr { module, resource: new.clone(), key })
        }
        _ => None,
    }
}

/// A call without a key stands for all its instances, unless it is to get a key: then for the one without.
fn key_matches(want: &InstanceKey, have: &InstanceKey, to: &InstanceKey) -> bool {
    want == have || *want == InstanceKey::None && *to == InstanceKey::None
}

/// The new module address: the outer part, the new calls with the old keys where none is given, the inner rest.
fn rebase(
    outer: &[(Str, InstanceKey)],
    to: &[(Str, InstanceKey)],
    old: &[(Str, InstanceKey)],
    rest: &[(Str, InstanceKey)],
    from: &RelativeAddr,
) -> ModuleAddr {
    let keyed = to.iter().enumerate().map(|(i, (name, key))| {
        let kept = match (key, old.get(i), from.module.get(i)) {
            (InstanceKey::None, Some((_, have)), Some((_, InstanceKey::None))) => have.clone(),
            (given, _, _) => given.clone(),
        };
        (name.clone(), kept)
    });
    ModuleAddr(outer.iter().cloned().chain(keyed).chain(rest.iter().cloned()).collect())
}
