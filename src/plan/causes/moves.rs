//! Why an object is known under another address, or known at all from now on.

use config::RelativeAddr;
use model::{InstanceAddr, InstanceKey, ModulePath};

use super::{Cause, Causes, Origin, named, whole};
use crate::change::Change;

impl Causes<'_> {
    /// The `moved` block that leads to the new address, or else `count` and the like, which came or went.
    pub(super) fn moved(&self, change: &Change) -> Vec<Cause> {
        let leads = |(path, module): (&ModulePath, &config::Module)| {
            module.moved.iter().find(|moved| covers(path, &moved.to, &change.address)).map(|moved| moved.span)
        };
        let block = self.config.modules.iter().find_map(leads).map(|span| named("moved".into(), span));
        let written = || {
            let (_, resource) = self.block(&change.address)?;
            let span = resource.repetition.expr().map_or(resource.span, |expr| expr.span);
            Some(named(change.address.whole().to_string(), span))
        };
        block.or_else(written).map(|place| whole(Origin::Written, vec![place])).into_iter().collect()
    }
}

impl Causes<'_> {
    /// The `import` block that takes an object over.
    pub(super) fn imported(&self, change: &Change) -> Vec<Cause> {
        let address = &change.address;
        let fits = |import: &&config::Import| {
            let keys = import.to.constant_keys();
            import.to.resource == address.resource
                && import.to.path() == address.module.path()
                && keys.is_none_or(|(module, key)| module == address.module && key == address.key)
        };
        let found = self.config.root().and_then(|root| root.imports.iter().find(fits));
        let cause =
            |import: &config::Import| whole(Origin::Written, vec![named("import".into(), import.span)]);
        found.map(cause).into_iter().collect()
    }
}

/// Whether an instance lies at an address of a module, or within it.
fn covers(path: &ModulePath, to: &RelativeAddr, address: &InstanceAddr) -> bool {
    let same_key = |wanted: &InstanceKey, key: &InstanceKey| *wanted == InstanceKey::None || wanted == key;
    let (calls, base) = (&address.module.0, path.0.len());
    if calls.len() < base + to.module.len()
        || !calls.iter().zip(path.0.iter()).all(|((name, _), p)| name == p)
    {
        return false;
    }
    let inner = &calls[base..];
    let calls_fit = to.module.iter().zip(inner).all(|((n, k), (name, key))| n == name && same_key(k, key));
    calls_fit
        && match &to.resource {
            None => true,
            Some((resource, key)) => {
                inner.len() == to.module.len() && *resource == address.resource && same_key(key, &address.key)
            }
        }
}
