//! Trying changes out before they are recorded.

use model::InstanceAddr;

use super::{Change, apply, conflict};
use crate::{StateError, StateSnapshot};

/// Which of several changes, one after the other, would make a difference; or the address where one would drop an
/// object. Looks at no more of the snapshot than they touch.
pub(crate) fn rehearse(snapshot: &StateSnapshot, changes: &[Change]) -> Result<Vec<Change>, StateError> {
    let mut touched = StateSnapshot { check_results: snapshot.check_results.clone(), ..Default::default() };
    for change in changes {
        for address in addresses(change) {
            if let Some(state) = snapshot.instances.get(address) {
                touched.instances.insert(address.clone(), state.clone());
            }
        }
        if let Change::Output { name, .. } = change
            && let Some(output) = snapshot.outputs.get(name)
        {
            touched.outputs.insert(name.clone(), output.clone());
        }
    }
    let mut effective = Vec::with_capacity(changes.len());
    for change in changes {
        if let Some(address) = conflict(&touched, change) {
            return Err(StateError::Occupied(address));
        }
        if apply(&mut touched, change) {
            effective.push(change.clone());
        }
    }
    Ok(effective)
}

fn addresses(change: &Change) -> impl Iterator<Item = &InstanceAddr> {
    let (first, second) = match change {
        Change::Current { address, .. }
        | Change::Deposed { address, .. }
        | Change::Depose { address, .. }
        | Change::Restore { address, .. } => (Some(address), None),
        Change::Move { from, to } => (Some(from), Some(to)),
        Change::Output { .. } | Change::Checks(_) => (None, None),
    };
    first.into_iter().chain(second)
}
