//! Where things are: projects and regions that a resource leaves to the provider.

use model::{Path, Value};
use provider::ProviderError;
use provider::sheet::{At, Draft, KindError};

use crate::Client;

/// Plans the project: the resource's own, or the provider's.
pub fn project(at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
    or_default(draft, "project", at.client.project())
}

/// Plans a location under the name of its attribute: the resource's own, or the provider's region.
pub fn location(at: &At<'_, Client>, draft: &mut Draft<'_>, name: &str) -> Result<(), KindError> {
    or_default(draft, name, at.client.region().or(at.client.zone()))
}

/// A path from the project on, of a name or a link to an object beside another one in the same project.
pub fn reference(link: &str, project: &str, place: &str) -> String {
    match link.find("projects/") {
        Some(at) => link[at..].to_owned(),
        None if link.contains('/') => format!("projects/{project}/{link}"),
        None => format!("projects/{project}/{place}/{link}"),
    }
}

fn or_default(draft: &mut Draft<'_>, name: &str, default: Option<&str>) -> Result<(), KindError> {
    if draft.config.text(name).is_some() || draft.config.is_unknown(name) {
        return Ok(());
    }
    let prior = draft.prior.and_then(|prior| prior.string(name));
    match prior.or_else(|| default.map(str::to_owned)) {
        Some(place) => draft.set(name, Value::string(&place)),
        None => {
            let detail = format!(
                "Neither the resource nor the provider says which `{name}` is meant. Set it in one of them."
            );
            return Err(ProviderError::invalid("Missing argument", detail).at(Path::of_attr(name)));
        }
    }
    Ok(())
}
