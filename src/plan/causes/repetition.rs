//! One instance more or less: `count` and `for_each`, of the resource or of a module that it lies in.

use std::collections::BTreeSet;

use config::{Repetition, Resource};
use model::{InstanceKey, ModuleAddr, PathStep, Value};

use super::trace::{Frame, Within};
use super::{Cause, Causes, Origin, named, whole};
use crate::change::{Change, Plan};

impl<'p> Causes<'p> {
    /// `count` or `for_each` asks for one more or one less.
    pub(super) fn repetition(&self, change: &Change, resource: &'p Resource) -> Cause {
        let Some(expr) = resource.repetition.expr() else {
            return whole(Origin::Written, vec![named(change.address.whole().to_string(), resource.span)]);
        };
        let name = format!("{}.{}", change.address.whole(), repetition_word(&resource.repetition));
        let key: Vec<PathStep> = match &change.address.key {
            InstanceKey::Str(key) => {
                vec![PathStep::Index(Value::string(&**key))]
            }
            InstanceKey::Int(_) | InstanceKey::None => Vec::new(),
        };
        self.trace(change, resource, (name, expr), &key)
    }

    /// `count` or `for_each` of a module call asks for one instance more or less: the outermost that is not among those which
    /// hold something.
    pub(super) fn calls(&self, change: &Change, holding: &BTreeSet<ModuleAddr>) -> Option<Cause> {
        let address = &change.address.module;
        let depth =
            (1..=address.0.len()).find(|depth| !holding.contains(&ModuleAddr(address.0[..*depth].into())))?;
        let (parent, name, key) =
            ModuleAddr(address.0[..depth].into()).parent().map(|(p, n, k)| (p, n.clone(), k.clone()))?;
        let call = self.config.modules.get(&parent.path())?.calls.get(&name)?;
        let expr = call.repetition.expr()?;
        let part = match key {
            InstanceKey::Str(key) => {
                vec![PathStep::Index(Value::string(&*key))]
            }
            InstanceKey::Int(_) | InstanceKey::None => Vec::new(),
        };
        let name =
            format!("{}.{}", parent.child(&name, InstanceKey::None), repetition_word(&call.repetition));
        let within = Within::instance(&parent);
        Some(self.trace_from(
            change,
            Frame { within, expr, part, name, repeated: None, keys_only: true, parent: None },
        ))
    }
}

/// The module instances that hold something, outer ones too.
#[derive(Default)]
pub(super) struct Inhabited {
    /// Before.
    pub before: BTreeSet<ModuleAddr>,
    /// After.
    pub after: BTreeSet<ModuleAddr>,
}

/// Finds out which module instances hold something.
pub(super) fn inhabited(plan: &Plan) -> Inhabited {
    let mut found = Inhabited::default();
    for change in &plan.changes {
        let calls = &change.address.module.0;
        let modules = || (1..=calls.len()).map(|depth| ModuleAddr(calls[..depth].into()));
        if !change.before.is_null() {
            found.before.extend(modules());
        }
        if !change.after.is_null() {
            found.after.extend(modules());
        }
    }
    found
}

/// The argument that says how many there are.
fn repetition_word(repetition: &Repetition) -> &'static str {
    match repetition {
        Repetition::Count(_) => "count",
        Repetition::ForEach(_) => "for_each",
        Repetition::Enabled(_) => "enabled",
        Repetition::Single => "",
    }
}
