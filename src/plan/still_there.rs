//! What is said to have moved or to be removed must be declared no more.

use config::{Config, InstId, Moved, RelativeAddr};
use model::{Diagnostic, Diagnostics, InstanceKey, ModuleAddr, ModulePath, Span, err};

use crate::change::Mode;
use crate::move_check::circle;
use crate::planner::Planner;

/// Reports removed blocks over what is still declared.
pub fn check_removed(config: &Config) -> Diagnostics {
    let modules = config.modules.iter();
    let blocks = modules.flat_map(|(path, module)| module.removed.iter().map(move |block| (path, block)));
    Diagnostics(blocks.filter_map(|(path, block)| declaration(config, path, &block.from)).collect())
}

/// The error for what a `removed` block names and the configuration has.
fn declaration(config: &Config, path: &ModulePath, from: &RelativeAddr) -> Option<Diagnostic> {
    let calls = path.0.iter().cloned().chain(from.module.iter().map(|(name, _)| name.clone()));
    let path = ModulePath(calls.collect());
    match &from.resource {
        Some((resource, _)) => {
            let found = config.modules.get(&path)?.resources.get(resource)?;
            Some(removed_still("resource", &resource.in_module(&path), found.span))
        }
        None => {
            let (parent, name) = path.parent()?;
            let call = config.modules.get(&parent)?.calls.get(name)?;
            Some(removed_still("module", &path.to_string(), call.span))
        }
    }
}

impl Planner<'_> {
    /// Reports moves of single instances that are still declared, which is known when everything has been evaluated, and
    /// moves in a circle. Other errors may follow from these, and are not told beside them.
    pub fn check_moved(&self) {
        let mut diags = match self.inputs.options.mode {
            Mode::Destroy => Diagnostics::new(),
            Mode::Normal | Mode::RefreshOnly => self.instances_still_there(),
        };
        if diags.is_empty() {
            diags.extend(circle(self.inputs.config));
        }
        if diags.has_errors() {
            self.found.borrow_mut().diags = diags;
        }
    }

    fn instances_still_there(&self) -> Diagnostics {
        let mut diags = Diagnostics::new();
        for (path, module) in &self.inputs.config.modules {
            for block in module.moved.iter().filter(|m| names_instance(&m.from)) {
                for inst in self.evaluator.module_instances(path) {
                    diags.extend(self.instance_still_there(inst, block));
                }
            }
        }
        diags
    }

    fn instance_still_there(&self, inst: InstId, block: &Moved) -> Option<Diagnostic> {
        let outer = self.evaluator.module_addr(inst);
        let calls = outer.0.iter().chain(&block.from.module).cloned().collect();
        let module = ModuleAddr(calls);
        let found = self.evaluator.find_instance(&module)?;
        let Some((resource, key)) = &block.from.resource else {
            return Some(moved_still(&module.to_string(), block.span));
        };
        let kind = config::NodeKind::Resource(resource.clone());
        let node = self.inputs.statics.find(&module.path(), &kind)?;
        let keys = self.evaluator.expansion(node, found)?.keys();
        let name = resource.instance(&module, key.clone()).to_string();
        keys.contains(key).then(|| moved_still(&name, block.span))
    }
}

/// Whether an address is that of one of several instances.
fn names_instance(from: &RelativeAddr) -> bool {
    let key = match &from.resource {
        Some((_, key)) => Some(key),
        None => from.module.last().map(|(_, key)| key),
    };
    key.is_some_and(|key| *key != InstanceKey::None)
}

fn removed_still(what: &str, name: &str, span: Span) -> Diagnostic {
    err!(
        span,
        format!("Removed {what} still exists"),
        "A removed block says that {name} is removed, and it is still declared here. Take one of the two away."
    )
}

fn moved_still(name: &str, span: Span) -> Diagnostic {
    err!(
        span,
        "Moved object still exists",
        "This says that {name} has moved, but it is still declared. Declare it under its new address instead."
    )
}
