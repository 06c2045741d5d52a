//! Requests about clusters and pools. While an operation works on a cluster, it takes none that does not go with that: then
//! its end is waited for.

use std::time::Duration;

use provider::sheet::{At, Given, KindError, Waiting, wait};
use provider::{ErrorKind, ProviderError};
use serde_json::Value as Json;

use crate::client::{Api, Client, Request};
use crate::mirror::text;
use crate::operations::{Following, Outcome, outcome};
use crate::{OrAbsent, Trouble};

/// How long clusters take at most.
pub(super) const CLUSTER: Duration = Duration::from_secs(60 * 60);

/// Where a cluster or pool is: `projects/P/locations/L`.
pub(super) fn location_of(object: Given<'_>) -> String {
    format!("projects/{}/locations/{}", object.str("project"), object.str("location"))
}

/// The region of a location, which may be a zone of it.
pub(super) fn region_of(location: &str) -> &str {
    match location.rsplit_once('-') {
        Some((region, zone)) if zone.len() == 1 && region.contains('-') => region,
        _ => location,
    }
}

/// A cluster or pool as it is; nothing where there is none.
pub(super) async fn get(at: &At<'_, Client>, path: &str) -> Result<Option<Json>, KindError> {
    Ok(at.client.ask(&format!("read {path}"), &Request::get(Api::Clusters, path)).await.or_absent()?)
}

/// How often a request may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    /// Once: it makes something.
    Once,
    /// Again where its answer was lost: everything is as after one.
    Again,
}

/// Sends a request that makes something when the cluster takes it, and follows its operation to the end.
pub(super) async fn make(
    at: &At<'_, Client>,
    request: &Request,
    location: &str,
    following: Following<'_>,
) -> Result<Outcome, KindError> {
    begun(at, (request, Sent::Once), location, following).await
}

/// Sends a request that may come twice when the cluster takes it, and follows its operation to the end.
pub(super) async fn operate(
    at: &At<'_, Client>,
    request: &Request,
    location: &str,
    following: Following<'_>,
) -> Result<Outcome, KindError> {
    begun(at, (request, Sent::Again), location, following).await
}

async fn begun(
    at: &At<'_, Client>,
    (request, sent): (&Request, Sent),
    location: &str,
    following: Following<'_>,
) -> Result<Outcome, KindError> {
    let awaited = format!("other work on the cluster to end, to {}", following.what);
    let waiting = Waiting { what: &awaited, every: Duration::from_secs(10), limit: following.usual };
    let begin = || async {
        let answer = match sent {
            Sent::Once => at.client.send(following.what, request).await,
            Sent::Again => at.client.put(following.what, request).await,
        };
        match answer {
            Err(trouble) if is_busy(&trouble) => Ok(Err(trouble.message)),
            answer => Ok::<_, ProviderError>(Ok(answer)),
        }
    };
    match wait(at, waiting.limited_by(following.object, following.timeout), begin).await? {
        Err(trouble) => Ok(Err(trouble)),
        Ok(operation) => {
            let name = text(&operation, "/name");
            let look = Request::get(Api::Clusters, format!("{location}/operations/{name}"));
            outcome(at, &look, operation, following).await
        }
    }
}

/// Whether a cluster refuses work because of other work on it.
fn is_busy(trouble: &Trouble) -> bool {
    trouble.is_conflict() && trouble.status != 409 && trouble.message.contains("operation")
}

/// Whether what failed is an operation, which may leave something, rather than a request.
pub(super) fn has_begun(trouble: &Trouble) -> bool {
    trouble.status == 0 && !matches!(trouble.kind, ErrorKind::Lost | ErrorKind::Transient)
}

/// Waits until a cluster or pool that was found is no longer being made, and gives it; nothing where there is none.
pub(super) async fn made(
    at: &At<'_, Client>,
    path: &str,
    wanted: Given<'_>,
) -> Result<Option<Json>, KindError> {
    let what = format!("{path} to be made");
    let waiting = Waiting { what: &what, every: Duration::from_secs(10), limit: CLUSTER };
    let look = || async {
        let Some(found) = get(at, path).await? else { return Ok(Ok(None)) };
        match text(&found, "/status") {
            status @ ("PROVISIONING" | "STOPPING") => Ok(Err(status.to_lowercase())),
            _ => Ok::<_, KindError>(Ok(Some(found))),
        }
    };
    wait(at, waiting.limited_by(wanted, "create"), look).await
}
