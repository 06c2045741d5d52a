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
            paths.iter().fold(config.clone(), |config, (path, _)| keep_prior(&config, prior, &path.0))
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
        IgnoreChanges::Paths(paths) => paths.iter().any(|(ignored, _)| path.0.starts_with(&ignored.0)),
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

/// The configuration with the prior value at a path; where the path leads nowhere in one of them, the element comes or
/// goes as a whole.
fn keep_prior(config: &Value, prior: &Value, path: &[PathStep]) -> Value {
    let Some((step, rest)) = path.split_first() else { return prior.clone() };
    match (step.get(config), step.get(prior)) {
        (Some(c), Some(p)) => {
            let kept = keep_prior(c, p, rest);
            with_child(config, step, Some(kept))
        }
        (None, Some(p)) if rest.is_empty() => with_child(config, step, Some(p.clone())),
        (Some(_), None) if rest.is_empty() => with_child(config, step, None),
        (None, _) | (Some(_), None) => config.clone(),
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
