//! Objects that have moved to a block of another resource type: that type takes them over.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::Config;
use model::{Diagnostic, Diagnostics, InstanceAddr, ResourceMode, Str};
use provider::{MovedFrom, Registry, ResourceType};
use state::{AttributePath, AttributePathStep, InstanceObject, StateSnapshot};

use crate::clients::parse_config_text;
use crate::managed::provider_diag;

/// Puts the objects that changed type on the way into the form of their new type. What no type takes over is an error.
pub fn retype(
    config: &Config,
    registry: &Registry,
    moved: &BTreeMap<InstanceAddr, InstanceAddr>,
    prior: &mut Arc<StateSnapshot>,
    diags: &mut Diagnostics,
) {
    let is_other = |(to, from): &(&InstanceAddr, &InstanceAddr)| to.resource.ty != from.resource.ty;
    for (to, from) in moved.iter().filter(is_other) {
        let Some(ty) = type_of(config, registry, to) else { continue };
        match taken_over(&*ty, from, to, prior) {
            Ok(Some(state)) => drop(Arc::make_mut(prior).instances.insert(to.clone(), state)),
            Ok(None) => {}
            Err(diag) => diags.push(diag),
        }
    }
}

/// The type of a configured resource, if it is here.
fn type_of(config: &Config, registry: &Registry, addr: &InstanceAddr) -> Option<Arc<dyn ResourceType>> {
    let module = config.modules.get(&addr.module.path())?;
    let resource = module.resources.get(&addr.resource)?;
    let provider = registry.get(&module.provider_addr(&module.provider_key(resource).name))?;
    let is_managed = addr.resource.mode == ResourceMode::Managed;
    provider.catalog().resources.get(&addr.resource.ty).filter(|_| is_managed).cloned()
}

fn taken_over(
    ty: &dyn ResourceType,
    from: &InstanceAddr,
    to: &InstanceAddr,
    prior: &StateSnapshot,
) -> Result<Option<state::InstanceState>, Diagnostic> {
    let Some(state) = prior.instances.get(to) else { return Ok(None) };
    let provider = parse_config_text(&state.provider).map(|found| found.addr);
    let take = |object: &Arc<InstanceObject>| {
        let moved = MovedFrom {
            provider: provider.as_ref(),
            ty: &from.resource.ty,
            version: object.schema_version,
            stored: &object.attributes,
        };
        let taken = ty.take_over(moved).map_err(|e| provider_diag(e).for_address(to))?;
        Ok(Arc::new(InstanceObject {
            attributes: taken.attributes.into(),
            schema_version: ty.schema().version,
            private: None,
            sensitive_paths: object.sensitive_paths.iter().map(|p| renamed(p, &taken.renamed)).collect(),
            ..(**object).clone()
        }))
    };
    let deposed = state.deposed.iter().map(|(key, object)| Ok((key.clone(), take(object)?)));
    Ok(Some(state::InstanceState {
        provider: state.provider.clone(),
        current: state.current.as_ref().map(take).transpose()?,
        deposed: deposed.collect::<Result<_, _>>()?,
    }))
}

/// A path of a secret under the new name of its attribute.
fn renamed(path: &AttributePath, names: &[(&str, &str)]) -> AttributePath {
    let mut path = path.clone();
    if let Some(AttributePathStep::Attr(name)) = path.first_mut()
        && let Some((_, new)) = names.iter().find(|(old, _)| **name == **old)
    {
        *name = Str::from(*new);
    }
    path
}
