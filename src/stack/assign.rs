//! Which provider configurations components get: those of the connectors that they name.

use std::collections::BTreeMap;

use model::{Diagnostics, Str, err};

use crate::component::{ComponentId, Draft};
use crate::connector::Connectors;
use crate::environment::Setting;
use crate::shape;

/// The provider configurations of components.
pub struct Assigned(BTreeMap<ComponentId, Vec<(Str, Str)>>);

impl Assigned {
    /// A component's provider configurations, as local name and alias. For other providers it gets the default one.
    pub fn of(&self, component: &ComponentId) -> &[(Str, Str)] {
        self.0.get(component).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Reads the argument `connector` of all components. `configured` are the providers with a default configuration of
/// their own.
pub fn assign(
    drafts: &[Draft],
    connectors: &Connectors,
    setting: &Setting,
    configured: &[&str],
    diags: &mut Diagnostics,
) -> Assigned {
    let mut assigned = BTreeMap::new();
    for draft in drafts {
        let named = named(draft, connectors, setting, diags);
        if !named.is_empty() || !draft.gives("connector") {
            check_others(draft, &named, connectors, configured, diags);
        }
        assigned.insert(draft.id.clone(), used(draft, named));
    }
    Assigned(assigned)
}

/// The configurations that `connector` names.
fn named(
    draft: &Draft,
    connectors: &Connectors,
    setting: &Setting,
    diags: &mut Diagnostics,
) -> Vec<(Str, Str)> {
    let want = "a connector or a list of connectors, such as connector.aws.dev";
    let mut found = Vec::new();
    for traversal in draft.references("connector", want, diags) {
        let names = shape::names(traversal);
        let names = if &**names[0] == "connector" { &names[1..] } else { &names[..] };
        let [kind, name] = names[..] else {
            diags.push(err!(
                traversal.span,
                "Unsuitable value",
                "The argument \"connector\" must be {want}."
            ));
            continue;
        };
        if let Some(c) = connectors.find(kind, name, traversal.span, setting, diags) {
            found.push((c.provider.clone(), c.name.clone()));
        }
    }
    found
}

/// Only what the flavor's module uses can be passed to it.
fn used(draft: &Draft, named: Vec<(Str, Str)>) -> Vec<(Str, Str)> {
    let uses = |provider: &Str| draft.flavor.as_ref().is_some_and(|f| f.providers.contains(provider));
    named.into_iter().filter(|(provider, _)| uses(provider)).collect()
}

/// Of a provider for which it names no connector, a component gets the default configuration: there must be one.
fn check_others(
    draft: &Draft,
    named: &[(Str, Str)],
    connectors: &Connectors,
    configured: &[&str],
    diags: &mut Diagnostics,
) {
    let all = draft.flavor.iter().flat_map(|f| &f.providers);
    for provider in all.filter(|p| named.iter().all(|(n, _)| n != *p) && !configured.contains(&&***p)) {
        let choices: Vec<String> =
            connectors.of_provider(provider).map(|c| format!("connector.{}.{}", c.kind, c.name)).collect();
        if choices.len() > 1 {
            diags.push(err!(
                draft.header(),
                "Several connectors to choose from",
                "{} can use any of {}. Say which: connector = {}",
                draft.id,
                choices.join(", "),
                choices[0]
            ));
        }
    }
}
