//! What reading found, noted beside what is planned: drift, moves, and objects in an older form.

use std::sync::Arc;

use model::{InstanceAddr, Str, Value};
use provider::ResourceType;
use state::InstanceState;

use crate::change::{Action, Change, Mode};
use crate::clients::Configured;
use crate::codec;
use crate::managed::Before;
use crate::planner::Planner;

impl Planner<'_> {
    /// Keeps what reading found, and shows it as drift where it differs from what is recorded.
    pub(super) fn note_drift(
        &self,
        addr: &InstanceAddr,
        configured: &Configured,
        ty: &Arc<dyn ResourceType>,
        before: &Before,
    ) {
        let same_private = before.private.as_deref() == before.object.private.as_deref();
        if before.current.as_ref() == Some(&before.recorded) && same_private {
            return;
        }
        let state = as_read(ty, before);
        let keeps_deposed = !before.state.deposed.is_empty();
        let state =
            state.or_else(|| keeps_deposed.then(|| InstanceState { current: None, ..before.state.clone() }));
        let mut found = self.found.borrow_mut();
        found.refreshed.insert(addr.clone(), state);
        if before.current.as_ref() != Some(&before.recorded) {
            let action = if before.current.is_some() { Action::Update } else { Action::Delete };
            found.drift.push(self.drift(addr, configured, before, action));
        }
    }

    /// What an older version recorded is recorded anew in the form of this one, whether anything else happens to the
    /// object or not.
    pub(super) fn note_upgrade(&self, addr: &InstanceAddr, ty: &Arc<dyn ResourceType>, before: &Before) {
        if let Some(object) = codec::renewed(&before.object, &before.recorded, ty.schema()) {
            let state = InstanceState { current: Some(Arc::new(object)), ..before.state.clone() };
            self.found.borrow_mut().refreshed.entry(addr.clone()).or_insert(Some(state));
        }
    }

    /// Refreshing records moves, and shows those of objects that are otherwise as they were.
    pub(super) fn note_move(&self, addr: &InstanceAddr, configured: &Configured, before: &Before) {
        let is_same = before.current.as_ref() == Some(&before.recorded);
        if self.inputs.options.mode == Mode::RefreshOnly && is_same && self.moved.contains_key(addr) {
            let drift = self.drift(addr, configured, before, Action::NoOp);
            self.found.borrow_mut().drift.push(drift);
        }
    }

    fn drift(&self, addr: &InstanceAddr, configured: &Configured, before: &Before, action: Action) -> Change {
        let ty = before.recorded.ty();
        Change {
            address: addr.clone(),
            previous_address: self.moved.get(addr).cloned(),
            deposed: None,
            provider: configured.addr.clone(),
            provider_config: configured.config_text.clone(),
            action,
            reason: None,
            before: before.recorded.clone(),
            after: before.current.clone().unwrap_or_else(|| Value::null_of(ty)),
            replace_paths: Vec::new(),
            importing: None,
            generated_config: None,
            create_before_destroy: before.object.create_before_destroy,
            reads: Arc::from([]),
        }
    }
}

/// The instance as it would be recorded now; nothing where its object is gone.
fn as_read(ty: &Arc<dyn ResourceType>, before: &Before) -> Option<InstanceState> {
    let object = &before.object;
    let private = before.private.as_deref().map(Str::from);
    let (status, dependencies) = (object.status, object.dependencies.clone());
    let first = object.create_before_destroy;
    let encoded = codec::encode(before.current.as_ref()?, ty.schema(), status, private, dependencies, first);
    Some(InstanceState { current: Some(Arc::new(encoded.ok()?)), ..before.state.clone() })
}
