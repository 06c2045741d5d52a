//! Names that stay taken after a deletion: what had them is undeleted, and made what is wanted.

use provider::sheet::{At, Fields, Given, KindError};
use provider::{ErrorKind, ProviderError};
use serde_json::{Map, Value as Json, json};

use crate::client::{Api, Client, Request};
use crate::mirror::{Mirror, text};
use crate::operations::{self, unfinished};
use crate::{OrAbsent, Trouble};

/// What is made, or had back.
pub(super) struct Wanted<'w> {
    /// What it is, for people: `identity pool`.
    pub(super) thing: &'static str,
    /// Its full name.
    pub(super) name: String,
    /// The parameter of a create that says the last part of the name.
    pub(super) parameter: &'static str,
    /// Its settings.
    pub(super) body: Map<String, Json>,
    /// The fields of all settings that it can have.
    pub(super) mask: String,
    /// The object with its timeouts.
    pub(super) object: Given<'w>,
}

/// Makes what is wanted. What has its name and was deleted is undeleted, and changed to what is wanted.
pub(super) async fn make(at: &At<'_, Client>, wanted: Wanted<'_>) -> Result<(), KindError> {
    let (thing, name) = (wanted.thing, &*wanted.name);
    let what = format!("make the {thing} {name}");
    if found(at, thing, name).await?.is_some_and(|there| is_deleted(&there)) {
        at.call.progress.report(&format!("the {thing} {name} was deleted before: it is undeleted"));
        let request = Request::post(Api::Pools, format!("{name}:undelete")).json(&json!({}));
        let operation = at.client.send(&what, &request).await?;
        let ended = operations::follow(at, Api::Pools, operation, &what, (wanted.object, "create")).await;
        ended.map_err(unfinished)?;
        let body = Json::Object(wanted.body);
        return change(at, thing, name, (&wanted.mask, &body), (wanted.object, "create")).await;
    }
    let (parent, id) = name.rsplit_once('/').unwrap_or_default();
    let request = Request::post(Api::Pools, parent).query(wanted.parameter, id);
    let request = request.json(&Json::Object(wanted.body));
    let taken = |trouble: Trouble| match trouble.status == 409 {
        true => is_there_already(thing, name),
        false => trouble.into(),
    };
    let operation = at.client.send(&what, &request).await.map_err(taken)?;
    let ended = operations::follow(at, Api::Pools, operation, &what, (wanted.object, "create")).await;
    ended.map_err(|error| if error.kind == ErrorKind::Internal { unfinished(error) } else { error })?;
    Ok(())
}

/// Changes settings.
async fn change(
    at: &At<'_, Client>,
    thing: &str,
    name: &str,
    (mask, body): (&str, &Json),
    limit: (Given<'_>, &str),
) -> Result<(), KindError> {
    let what = format!("change the {thing} {name}");
    let request = Request::patch(Api::Pools, name).query("updateMask", mask).json(body);
    let operation = at.client.put(&what, &request).await?;
    operations::follow(at, Api::Pools, operation, &what, limit).await?;
    Ok(())
}

/// What has a name, deleted or not.
async fn found(at: &At<'_, Client>, thing: &str, name: &str) -> Result<Option<Json>, KindError> {
    let what = format!("read the {thing} {name}");
    Ok(at.client.ask(&what, &Request::get(Api::Pools, name)).await.or_absent()?)
}

/// What is told of what has a name, unless it was deleted.
pub(super) async fn told(
    at: &At<'_, Client>,
    thing: &str,
    name: String,
    (mirror, settings): (&Mirror, &[&str]),
) -> Result<Option<Fields>, KindError> {
    let found = read(at, thing, &name).await?;
    let told = |there: Json| mirror.fields(&there, &[settings, &["name", "state"]].concat());
    Ok(found.map(|there| told(there).with("id", name)))
}

/// Changes the settings that differ. What is in the mask and not in the document is emptied.
pub(super) async fn update(
    at: &At<'_, Client>,
    thing: &str,
    name: &str,
    (mirror, settings): (&Mirror, &[&str]),
    (prior, wanted): (Given<'_>, Given<'_>),
) -> Result<(), KindError> {
    let changes = mirror.changes(prior, wanted, settings);
    let mask = changes.keys().cloned().collect::<Vec<_>>().join(",");
    let body: Map<String, Json> = changes.into_iter().filter(|(_, value)| !value.is_null()).collect();
    change(at, thing, name, (&mask, &Json::Object(body)), (wanted, "update")).await
}

/// What has a name, unless it was deleted.
async fn read(at: &At<'_, Client>, thing: &str, name: &str) -> Result<Option<Json>, KindError> {
    Ok(found(at, thing, name).await?.filter(|there| !is_deleted(there)))
}

/// Deletes what has a name, which can be had back for thirty days.
pub(super) async fn delete(
    at: &At<'_, Client>,
    thing: &str,
    name: &str,
    prior: Given<'_>,
) -> Result<(), KindError> {
    if read(at, thing, name).await?.is_none() {
        return Ok(());
    }
    let what = format!("delete the {thing} {name}");
    let request = Request::delete(Api::Pools, name);
    let Some(operation) = at.client.put(&what, &request).await.or_absent()? else { return Ok(()) };
    operations::follow(at, Api::Pools, operation, &what, (prior, "delete")).await?;
    Ok(())
}

fn is_deleted(there: &Json) -> bool {
    text(there, "/state") == "DELETED"
}

fn is_there_already(thing: &str, name: &str) -> ProviderError {
    let detail = format!(
        "The {thing} {name} is there already, and not this configuration's. Import it by this name, or choose another one."
    );
    ProviderError::new(ErrorKind::Conflict, "Object is there already", detail)
}

/// What is wrong with the last part of a name: 4 to 32 lower-case letters, digits and hyphens.
pub(super) fn misnamed(config: Given<'_>, attribute: &str) -> Option<ProviderError> {
    let is_fine = |id: &str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (4..=32).contains(&id.len()) && id.chars().all(allowed) && !id.starts_with("gcp-")
    };
    let id = config.text(attribute).filter(|id| !is_fine(id))?;
    let detail = format!(
        "`{attribute}` has 4 to 32 lower-case letters, digits and hyphens, and does not begin with `gcp-`; {id:?} does not \
         fit."
    );
    Some(ProviderError::invalid("Invalid name", detail).at(model::Path::of_attr(attribute)))
}
