//! Objects of Compute: where they are, how they are made, changed, found again and deleted.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use provider::sheet::{At, Fields, Given, KindError, Waiting, same_link, wait};
use provider::{ErrorKind, ProviderError, fields};
use serde_json::{Map, Value as Json};

use crate::client::{Api, Client, Request, segment};
use crate::mirror::text;
use crate::operations::{Following, USUAL, outcome, unfinished};
use crate::{OrAbsent, Trouble};

/// What an API calls objects of a type, and what people do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Collection {
    /// The part of paths: `subnetworks`.
    pub(super) name: &'static str,
    /// What one of them is: `subnetwork`.
    pub(super) thing: &'static str,
    /// Whether they lie in a region.
    pub(super) is_regional: bool,
}

/// The path of an object, which is its identifier too: `projects/P/regions/R/subnetworks/S`.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) collection: Collection,
    /// `projects/P/regions/R`, or `projects/P/global`.
    pub(super) scope: String,
    /// The object's name.
    pub(super) name: String,
}

impl Collection {
    /// Where the object with an object's attributes is.
    pub(super) fn place(self, object: Given<'_>) -> Place {
        let project = object.str("project");
        let scope = match self.is_regional {
            true => format!("projects/{project}/regions/{}", last(object.str("region"))),
            false => format!("projects/{project}/global"),
        };
        Place { collection: self, scope, name: object.str("name").to_owned() }
    }

    /// Where an object of the whole project is.
    pub(super) fn named(self, project: &str, name: &str) -> Place {
        Place { collection: self, scope: format!("projects/{project}/global"), name: name.to_owned() }
    }

    /// What an import identifier says: a path, an address, or its parts from the end on.
    pub(super) fn import(self, client: &Client, id: &str) -> Result<Fields, KindError> {
        let path = id.find("projects/").map_or(id, |at| &id[at..]);
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (project, region) = (client.project(), client.region());
        let found = match (self.is_regional, &parts[..]) {
            (true, ["projects", project, "regions", region, _, name]) => {
                (Some(*project), Some(*region), *name)
            }
            (true, [project, region, name]) => (Some(*project), Some(*region), *name),
            (true, [region, name]) => (project, Some(*region), *name),
            (true, [name]) => (project, region, *name),
            (false, ["projects", project, "global", _, name]) => (Some(*project), None, *name),
            (false, [project, name]) => (Some(*project), None, *name),
            (false, [name]) => (project, None, *name),
            _ => return Err(self.unreadable(id)),
        };
        let (Some(project), (Some(_), true) | (None, false)) = (found.0, (found.1, self.is_regional)) else {
            return Err(self.unreadable(id));
        };
        let fields = fields! { project: project, name: found.2 };
        let fields = found.1.into_iter().fold(fields, |fields, region| fields.with("region", region));
        let scope = found.1.map_or_else(|| "global".to_owned(), |region| format!("regions/{region}"));
        Ok(fields.with("id", format!("projects/{project}/{scope}/{}/{}", self.name, found.2)))
    }

    fn unreadable(self, id: &str) -> ProviderError {
        let place = if self.is_regional { "regions/REGION" } else { "global" };
        let detail = format!(
            "{id:?} names no {}. Say projects/PROJECT/{place}/{}/NAME; what the provider block says may be left out from \
             the front.",
            self.thing, self.name
        );
        ProviderError::invalid("Invalid import identifier", detail)
    }
}

impl Place {
    /// The path of the object.
    pub(super) fn path(&self) -> String {
        format!("{}/{}/{}", self.scope, self.collection.name, segment(&self.name))
    }

    /// The path of all objects of its kind.
    fn parent(&self) -> String {
        format!("{}/{}", self.scope, self.collection.name)
    }

    /// How people call it: `the network n`.
    pub(super) fn described(&self) -> String {
        format!("the {} {}", self.collection.thing, self.name)
    }

    /// How its operations are looked at.
    fn operation(&self, operation: &Json) -> Request {
        let name = segment(text(operation, "/name"));
        Request::get(Api::Compute, format!("{}/operations/{name}", self.scope))
    }
}

/// The last part of a path, which is a name.
pub(super) fn last(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

/// The object as it is; nothing where there is none.
pub(super) async fn get(at: &At<'_, Client>, place: &Place) -> Result<Option<Json>, KindError> {
    let what = format!("read {}", place.described());
    Ok(at.client.ask(&what, &Request::get(Api::Compute, place.path())).await.or_absent()?)
}

/// Makes the object, and waits until it is there.
pub(super) async fn insert(
    at: &At<'_, Client>,
    place: &Place,
    body: Map<String, Json>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let what = format!("make {}", place.described());
    let mut request = Request::post(Api::Compute, place.parent()).json(&Json::Object(body));
    if let Some(id) = request_id(at) {
        request = request.query("requestId", id);
    }
    let taken = |trouble: Trouble| match trouble.is_conflict() && trouble.message.contains("already exists") {
        true => is_there_already(place),
        false => trouble.into(),
    };
    let operation = at.client.send(&what, &request).await.map_err(taken)?;
    let look = place.operation(&operation);
    let following = Following { what: &what, object: wanted, timeout: "create", usual: USUAL };
    outcome(at, &look, operation, following).await.map_err(unfinished)?.map_err(taken)?;
    Ok(())
}

/// The name of the request by which it is known again if it comes twice: the attempt's token as a random UUID.
fn request_id(at: &At<'_, Client>) -> Option<String> {
    let token = &at.call.attempt?.token;
    let parts =
        [token.get(..8)?, token.get(8..12)?, token.get(13..16)?, token.get(17..20)?, token.get(20..32)?];
    let [a, b, c, d, e] = parts;
    Some(format!("{a}-{b}-4{c}-a{d}-{e}"))
}

fn is_there_already(place: &Place) -> ProviderError {
    let detail = format!(
        "{} is there already, and not this configuration's. Import it as {}, or choose another name.",
        place.described(),
        place.path()
    );
    ProviderError::new(ErrorKind::Conflict, "Object is there already", detail)
}

/// Sends a request that may come twice and that changes the object, and follows it to its end. The object is read afterwards.
pub(super) async fn change(
    at: &At<'_, Client>,
    place: &Place,
    request: Request,
    object: (Given<'_>, &str),
) -> Result<(), KindError> {
    Ok(attempted(at, place, request, object).await??)
}

/// Changes some fields of the object, if there are any to change.
pub(super) async fn patch(
    at: &At<'_, Client>,
    place: &Place,
    fields: Map<String, Json>,
    object: (Given<'_>, &str),
) -> Result<(), KindError> {
    if fields.is_empty() {
        return Ok(());
    }
    let request = Request::patch(Api::Compute, place.path()).json(&Json::Object(fields));
    change(at, place, request, object).await
}

/// The same as [`change`], with a refusal told apart from an end that was not seen.
pub(super) async fn attempted(
    at: &At<'_, Client>,
    place: &Place,
    request: Request,
    object: (Given<'_>, &str),
) -> Result<Result<(), Trouble>, KindError> {
    let what = format!("change {}", place.described());
    let awaited = format!("other work on {} to end", place.described());
    let waiting = Waiting { what: &awaited, every: Duration::from_secs(5), limit: USUAL };
    let begin = || async {
        match at.client.put(&what, &request).await {
            Err(trouble) if trouble.is_not_ready() => Ok(Err(trouble.message)),
            answer => Ok::<_, KindError>(Ok(answer)),
        }
    };
    let answer = wait(at, waiting.limited_by(object.0, object.1), begin).await?;
    followed(at, place, &what, answer, object).await
}

async fn followed(
    at: &At<'_, Client>,
    place: &Place,
    what: &str,
    answer: Result<Json, Trouble>,
    object: (Given<'_>, &str),
) -> Result<Result<(), Trouble>, KindError> {
    match answer {
        Err(trouble) => Ok(Err(trouble)),
        Ok(operation) => {
            let look = place.operation(&operation);
            let following = Following { what, object: object.0, timeout: object.1, usual: USUAL };
            Ok(outcome(at, &look, operation, following).await?.map(drop))
        }
    }
}

/// Looks for the object of a create whose answer was lost. What is still being made is waited for.
pub(super) async fn find(at: &At<'_, Client>, place: &Place, wanted: Given<'_>) -> Result<bool, KindError> {
    if let Some(operation) = pending(at, place).await? {
        let what = format!("make {}", place.described());
        at.call.progress.report(&format!("{} is still being made", place.described()));
        let following = Following { what: &what, object: wanted, timeout: "create", usual: USUAL };
        let ended = outcome(at, &place.operation(&operation), operation, following).await?;
        if ended.is_err() {
            return Ok(false);
        }
    }
    Ok(get(at, place).await?.is_some())
}

/// The operation that works on the object, where there is one.
async fn pending(at: &At<'_, Client>, place: &Place) -> Result<Option<Json>, KindError> {
    let what = format!("look for operations on {}", place.described());
    let path = place.path();
    let is_its = |operation: &&Json| {
        same_link(text(operation, "/targetLink"), &path) && text(operation, "/status") != "DONE"
    };
    let request = Request::get(Api::Compute, format!("{}/operations", place.scope));
    let operations = pages(at, &what, request.query("filter", "status != \"DONE\"")).await?;
    Ok(operations.iter().find(is_its).cloned())
}

/// All objects of a list, page after page.
pub(super) async fn pages(at: &At<'_, Client>, what: &str, request: Request) -> Result<Vec<Json>, KindError> {
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let page = match next.is_empty() {
            true => request.clone(),
            false => request.clone().query("pageToken", &next),
        };
        let answer = at.client.ask(what, &page).await?;
        found.extend(answer.get("items").and_then(Json::as_array).into_iter().flatten().cloned());
        next = text(&answer, "/nextPageToken").to_owned();
        if next.is_empty() {
            return Ok(found);
        }
    }
}

/// Deletes the object. What uses it may be about to go: that is waited for, and told if it stays.
pub(super) async fn remove(at: &At<'_, Client>, place: &Place, prior: Given<'_>) -> Result<(), KindError> {
    let what = format!("what uses {} to go", place.described());
    let waiting = Waiting { what: &what, every: Duration::from_secs(10), limit: Duration::from_secs(90) };
    let refused = Mutex::new(None);
    let request = Request::delete(Api::Compute, place.path());
    let attempt = format!("delete {}", place.described());
    let look = || async {
        let answer = at.client.put(&attempt, &request).await;
        match followed(at, place, &attempt, answer, (prior, "delete")).await?.or_absent() {
            Err(trouble) if trouble.is_in_use() => {
                let state = trouble.message.clone();
                *refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
                Ok(Err(state))
            }
            ended => {
                ended?;
                refused.lock().unwrap_or_else(PoisonError::into_inner).take();
                Ok::<_, KindError>(Ok(()))
            }
        }
    };
    let result = wait(at, waiting, look).await;
    match refused.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(trouble) => Err(is_in_use(place, &trouble)),
        None => result,
    }
}

fn is_in_use(place: &Place, trouble: &Trouble) -> ProviderError {
    let detail = format!(
        "{} cannot be deleted: {}. What uses it is not this configuration's, or this configuration does not say that it comes \
         before: delete it, or let it refer to {}.",
        place.described(),
        trouble.message,
        place.name
    );
    ProviderError::new(ErrorKind::Conflict, "Object is in use", detail)
}
