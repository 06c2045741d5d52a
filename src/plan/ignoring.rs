//! What of an object stays as it is, whatever its configuration says.

use config::IgnoreChanges;
use model::{Block, Kind, Marks, Path, PathStep, Str, Value};

/// The configuration with what is ignored taken from the object as it is; what the provider alone decides on is never
/// taken for configured.
pub fn ignore_changes(ignore: &IgnoreChanges, prior: Option<&Value>, config: &Value, block: &Block) -> Value {
    let Some(prior) = prior else { return config.clone() };
    match ignore {
        IgnoreChanges::Nothing => config.clone(),
        IgnoreChanges::All => provider::configurable(block, prior),
        IgnoreChanges::Paths(paths) => {
            let keep = |config: Value, path: &Path| match reach(&path.0, &config, prior) {
                Some(path) => keep_prior(&config, prior, path),
                None => config,
            };
            paths.iter().fold(config.clone(), |config, (path, _)| keep(config, path))
        }
    }
}

/// Where an object is secret whose arguments are: what is ignored stays as secret as it was, and so does what was
/// configured once and is left as it is since nothing is.
pub fn kept_secrets(
    block: &Block,
    ignore: &IgnoreChanges,
    config: &Value,
    (prior, planned): (Option<&Value>, &Value),
    secrets: &[Path],
) -> Vec<Path> {
    let Some(prior) = prior else { return secrets.to_vec() };
    let is_ignored = |path: &Path| match ignore {
        IgnoreChanges::Nothing => false,
        IgnoreChanges::All => true,
        IgnoreChanges::Paths(paths) => paths.iter().any(|(ignored, _)| {
            reach(&ignored.0, config, prior).is_some_and(|ignored| path.0.starts_with(ignored))
        }),
    };
    let open = provider::configurable(block, &prior.unmarked_deep());
    let stays = |path: &Path| match (path.get(&open), path.get(planned)) {
        (Some(was), Some(is)) => is_unconfigured(path, config) && model::ops::raw_equals(was, is),
        _ => false,
    };
    let before = prior.marked_paths(Marks::SENSITIVE).into_iter().filter(|p| is_ignored(p) || stays(p));
    before.chain(secrets.iter().filter(|path| !is_ignored(path)).cloned()).collect()
}

/// Whether nothing is written where a path leads, or around it.
fn is_unconfigured(path: &Path, config: &Value) -> bool {
    let mut at = Some(config);
    for step in &path.0 {
        at = match at {
            Some(value) if value.is_null() => return true,
            Some(value) => step.get(value),
            None => return false,
        };
    }
    at.is_some_and(Value::is_null)
}

/// How far a path leads in two values alike; nothing where it leads nowhere in one of them. The key of a map need not be
/// there, and that of anything else stands for the whole of it: so the oracle has it, and so states were made.
fn reach<'p>(path: &'p [PathStep], mut config: &Value, mut prior: &Value) -> Option<&'p [PathStep]> {
    for (at, step) in path.iter().enumerate() {
        let is_last_key =
            at + 1 == path.len() && matches!(step, PathStep::Index(key) if key.as_str().is_some());
        if is_last_key {
            let is_map = matches!(config.kind(), Kind::Map(_));
            return Some(if is_map { path } else { &path[..at] });
        }
        (config, prior) = (child(config, step)?, child(prior, step)?);
    }
    Some(path)
}

/// The child that a step leads to, where it is written as the value's type has it.
fn child<'v>(value: &'v Value, step: &PathStep) -> Option<&'v Value> {
    match (value.kind(), step) {
        (Kind::Object(_), PathStep::Attr(_)) => step.get(value),
        (Kind::Map(_), PathStep::Index(key)) if key.as_str().is_some() => step.get(value),
        (Kind::List(_) | Kind::Tuple(_), PathStep::Index(key)) if key.as_number().is_some() => {
            step.get(value)
        }
        _ => None,
    }
}

/// The configuration with what was there before at a path that leads somewhere in both.
fn keep_prior(config: &Value, prior: &Value, path: &[PathStep]) -> Value {
    match path {
        [] => prior.clone(),
        [step] => with_child(config, step, step.get(prior).cloned()),
        [step, rest @ ..] => match (step.get(config), step.get(prior)) {
            (Some(c), Some(p)) => with_child(config, step, Some(keep_prior(c, p, rest))),
            _ => config.clone(),
        },
    }
}

/// The value with one child replaced, added or removed.
fn with_child(value: &Value, step: &PathStep, child: Option<Value>) -> Value {
    match (value.kind(), step) {
        (Kind::Object(m) | Kind::Map(m), _) => {
            let name: Str = match step {
                PathStep::Attr(name) => name.clone(),
                PathStep::Index(key) => match key.as_str() {
                    Some(key) => key.clone(),
                    None => return value.clone(),
                },
            };
            let others = m.entries().iter().filter(|(k, _)| *k != name).cloned();
            let entries: Vec<(Str, Value)> = others.chain(child.map(|c| (name.clone(), c))).collect();
            match value.ty() {
                model::Type::Map(element) => Value::map((*element).clone(), entries),
                _ => Value::object(entries),
            }
        }
        (Kind::List(s) | Kind::Tuple(s), PathStep::Index(key)) => {
            let Some(at) = key.as_number().and_then(|n| n.to_usize()) else { return value.clone() };
            let mut items = s.items().to_vec();
            match child {
                Some(child) if at < items.len() => items[at] = child,
                _ => return value.clone(),
            }
            match value.ty() {
                model::Type::List(element) => Value::list((*element).clone(), items),
                _ => Value::tuple(items),
            }
        }
        _ => value.clone(),
    }
}
