//! What a change does to a snapshot.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{InstanceAddr, Str};

use super::Change;
use crate::{InstanceObject, InstanceState, StateSnapshot};

/// The address whose object a change would silently drop, if there is one.
pub(crate) fn conflict(snapshot: &StateSnapshot, change: &Change) -> Option<InstanceAddr> {
    match change {
        Change::Move { from, to } if from != to => {
            let (old, new) = (snapshot.instances.get(from)?, snapshot.instances.get(to)?);
            let both = old.current.is_some() && new.current.is_some();
            let deposed = old.deposed.keys().any(|key| new.deposed.contains_key(key));
            (both || deposed).then(|| to.clone())
        }
        Change::Restore { address, key } => {
            let state = snapshot.instances.get(address)?;
            (state.current.is_some() && state.deposed.contains_key(key)).then(|| address.clone())
        }
        Change::Depose { address, key } => {
            let state = snapshot.instances.get(address)?;
            (state.current.is_some() && state.deposed.contains_key(key)).then(|| address.clone())
        }
        Change::Current { .. }
        | Change::Deposed { .. }
        | Change::Move { .. }
        | Change::Output { .. }
        | Change::Checks(_) => None,
    }
}

/// Applies a change and says whether it made a difference. A change with a [`conflict`] makes none.
pub(crate) fn apply(snapshot: &mut StateSnapshot, change: &Change) -> bool {
    if conflict(snapshot, change).is_some() {
        return false;
    }
    match change {
        Change::Current { address, provider, object } => set_current(snapshot, address, provider, object),
        Change::Deposed { address, key, provider, object } => match object {
            Some(object) => {
                let state = state_at(snapshot, address, provider);
                let changed = state.deposed.get(key) != Some(object) || state.provider != *provider;
                state.deposed.insert(key.clone(), object.clone());
                state.provider = provider.clone();
                changed
            }
            None => {
                let state = snapshot.instances.get_mut(address);
                let changed = state.is_some_and(|s| s.deposed.remove(key).is_some());
                drop_empty(snapshot, address);
                changed
            }
        },
        Change::Depose { address, key } => swap(snapshot, address, |state| {
            let object = state.current.take()?;
            state.deposed.insert(key.clone(), object);
            Some(())
        }),
        Change::Restore { address, key } => swap(snapshot, address, |state| {
            state.current = Some(state.deposed.remove(key)?);
            Some(())
        }),
        Change::Move { from, to } => relocate(snapshot, from, to),
        Change::Output { name, value } => match value {
            Some(value) => snapshot.outputs.insert(name.clone(), value.clone()).as_ref() != Some(value),
            None => snapshot.outputs.remove(name).is_some(),
        },
        Change::Checks(results) => {
            let changed = snapshot.check_results != *results;
            snapshot.check_results.clone_from(results);
            changed
        }
    }
}

fn set_current(
    snapshot: &mut StateSnapshot,
    address: &InstanceAddr,
    provider: &Str,
    object: &Option<Arc<InstanceObject>>,
) -> bool {
    if object.is_none() {
        let changed = snapshot.instances.get_mut(address).is_some_and(|s| s.current.take().is_some());
        drop_empty(snapshot, address);
        return changed;
    }
    let state = state_at(snapshot, address, provider);
    let changed = state.current != *object || state.provider != *provider;
    state.current.clone_from(object);
    state.provider = provider.clone();
    changed
}

fn state_at<'a>(
    snapshot: &'a mut StateSnapshot,
    address: &InstanceAddr,
    provider: &Str,
) -> &'a mut InstanceState {
    snapshot.instances.entry(address.clone()).or_insert_with(|| InstanceState {
        provider: provider.clone(),
        current: None,
        deposed: BTreeMap::new(),
    })
}

fn drop_empty(snapshot: &mut StateSnapshot, address: &InstanceAddr) {
    if snapshot.instances.get(address).is_some_and(|s| s.current.is_none() && s.deposed.is_empty()) {
        snapshot.instances.remove(address);
    }
}

fn swap(
    snapshot: &mut StateSnapshot,
    address: &InstanceAddr,
    how: impl FnOnce(&mut InstanceState) -> Option<()>,
) -> bool {
    snapshot.instances.get_mut(address).and_then(how).is_some()
}

fn relocate(snapshot: &mut StateSnapshot, from: &InstanceAddr, to: &InstanceAddr) -> bool {
    if from == to {
        return false;
    }
    let Some(mut state) = snapshot.instances.remove(from) else { return false };
    if let Some(there) = snapshot.instances.remove(to) {
        state.current = state.current.or(there.current);
        state.deposed.extend(there.deposed);
    }
    snapshot.instances.insert(to.clone(), state);
    true
}
