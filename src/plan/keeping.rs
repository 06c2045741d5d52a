//! `prevent_destroy`: an instance that was applied with it stays protected, whatever becomes of its block.

use std::collections::{BTreeMap, BTreeSet};

use model::{Diagnostic, InstanceAddr, ResourceMode, err};

use crate::change::{Action, Mode};
use crate::planner::{Found, Planner};

impl Planner<'_> {
    /// Refuses to destroy what is protected and is configured no more: where its block is there the block decides, where
    /// a `removed` block names it that one does, and otherwise what was applied last.
    pub fn check_kept(&self, addr: &InstanceAddr, action: Action) {
        let module = self.inputs.config.modules.get(&addr.module.path());
        match module.and_then(|m| m.resources.get(&addr.resource)) {
            Some(resource) if resource.lifecycle.prevent_destroy => {
                self.push(prevented(addr, resource).for_address(addr));
            }
            Some(_) => {}
            None if action == Action::Delete && self.is_kept(addr) => self.push(prevented_still(addr)),
            None => {}
        }
    }

    /// Whether an instance was last applied with `prevent_destroy`, and nothing in the configuration asks for its end.
    fn is_kept(&self, addr: &InstanceAddr) -> bool {
        self.prevent_destroy.contains(addr) && self.removed_block(addr).is_none()
    }

    /// The instances that are protected once the plan is applied: what is configured as its block says, everything else
    /// as before.
    pub fn protected_afterwards(&self, found: &Found) -> BTreeSet<InstanceAddr> {
        let mut protected = self.prevent_destroy.clone();
        if self.inputs.options.mode == Mode::Destroy {
            return protected;
        }
        for item in found.items.iter().filter(|i| i.change.address.resource.mode == ResourceMode::Managed) {
            let Some((node, ..)) = &item.node else { continue };
            let Some((_, resource)) = self.evaluator.resource(*node) else { continue };
            match resource.lifecycle.prevent_destroy {
                true => protected.insert(item.change.address.clone()),
                false => protected.remove(&item.change.address),
            };
        }
        protected
    }
}

/// What is protected, under the addresses that the configuration's moves give.
pub fn under_new_addresses(
    recorded: &BTreeSet<InstanceAddr>,
    moved: &BTreeMap<InstanceAddr, InstanceAddr>,
) -> BTreeSet<InstanceAddr> {
    let new: BTreeMap<&InstanceAddr, &InstanceAddr> = moved.iter().map(|(to, from)| (from, to)).collect();
    recorded.iter().map(|addr| (*new.get(addr).unwrap_or(&addr)).clone()).collect()
}

/// The error for an object that its block does not allow to be destroyed.
pub fn prevented(addr: &InstanceAddr, resource: &config::Resource) -> Diagnostic {
    err!(
        resource.span,
        "Instance cannot be destroyed",
        "{addr} has lifecycle.prevent_destroy set, and this plan would destroy it. Set prevent_destroy = false if \
         that is meant, or leave the object out of the plan with -exclude or -target."
    )
}

/// The error for an object that was protected when it was last applied.
fn prevented_still(addr: &InstanceAddr) -> Diagnostic {
    let resource = addr.resource.in_module(&addr.module.path());
    Diagnostic::error(
        "Instance cannot be destroyed",
        format!(
            "Resource {addr} was last applied with lifecycle.prevent_destroy set, and the configuration does not have it any \
             more, so the plan calls for it to be destroyed. Taking its block away does not lift the protection. To destroy \
             it, write:\n\n  removed {{\n    from = {resource}\n    lifecycle {{\n      destroy = true\n    }}\n  }}\n\nor put \
             the block back with prevent_destroy = false, apply that, and then take it away. With destroy = false in the \
             removed block, the object stays and is only no longer managed."
        ),
    )
    .for_address(addr)
}
