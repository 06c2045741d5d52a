//! What a data source waits for.

use config::{Reference, Resource};
use lang::ast::Traversal;
use model::{InstanceAddr, ModuleAddr, ModulePath, Path};

use super::{Block, Cause, Causes, Origin, named, whole};
use crate::change::Change;

impl<'p> Causes<'p> {
    /// A data source waits for what its arguments refer to.
    pub(super) fn reading(&self, change: &Change) -> Vec<Cause> {
        let Some((_, resource)) = self.block(&change.address) else { return Vec::new() };
        let traced = resource.body.attributes.iter().map(|attribute| {
            let name = format!("{}.{}", change.address, attribute.name.name);
            let path = Path::of_attr(attribute.name.name.clone());
            Cause { path, ..self.trace(change, resource, (name, &attribute.expr), &[]) }
        });
        let waits: Vec<Cause> = traced.filter(|c| matches!(c.origin, Origin::Instance(..))).collect();
        if waits.is_empty() {
            let named = || whole(Origin::Written, vec![named(change.address.to_string(), resource.span)]);
            return vec![self.awaited(change, resource).unwrap_or_else(named)];
        }
        waits
    }

    /// What `depends_on` makes a data source wait for, its own or that of a module call that it lies in.
    fn awaited(&self, change: &Change, resource: &'p Resource) -> Option<Cause> {
        let own = (change.address.module.path(), change.address.whole().to_string(), &resource.depends_on);
        let calls = (1..=change.address.module.0.len()).rev().filter_map(|depth| {
            let module = ModuleAddr(change.address.module.0[..depth].into());
            let (parent, name, _) = module.parent()?;
            let call = self.config.modules.get(&parent.path())?.calls.get(name)?;
            Some((parent.path(), module.path().to_string(), &call.depends_on))
        });
        let mut all = std::iter::once(own).chain(calls);
        all.find_map(|(path, name, depends_on)| {
            depends_on.iter().find_map(|traversal| {
                let found = self.changing_within(&path, traversal, &change.address)?;
                let origin = Origin::Instance(found.address.clone(), Path::root());
                Some(whole(origin, vec![named(format!("{name}.depends_on"), traversal.span)]))
            })
        })
    }

    /// An object that changes of the resource or module that a reference names.
    fn changing_within(
        &self,
        path: &ModulePath,
        traversal: &Traversal,
        not: &InstanceAddr,
    ) -> Option<&'p Change> {
        let first = |block: &Block<'p>| block.changing.iter().copied().find(|c| c.address != *not);
        match Reference::parse(traversal).ok()?.0 {
            Reference::Resource(addr) => first(self.blocks().get(&(path.clone(), &addr))?),
            Reference::Module(call, _) => {
                let child = path.child(&call);
                let inside = self.blocks().iter().filter(|((path, _), _)| path.0.starts_with(&child.0));
                inside.filter_map(|(_, block)| first(block)).next()
            }
            _ => None,
        }
    }
}
