//! What lies in a bucket that is to go.

use futures_util::future::join_all;
use provider::sheet::{At, KindError};
use provider::{ErrorKind, ProviderError};
use serde_json::Value as Json;

use crate::client::{Api, Client, Request, segment};
use crate::mirror::text;
use crate::{OrAbsent, Trouble};

/// How many deletions are under way at once.
const TOGETHER: usize = 16;

/// A page of all versions of all objects.
async fn page(at: &At<'_, Client>, bucket: &str, after: &str, most: u32) -> Result<Json, Trouble> {
    let mut request = Request::get(Api::Storage, format!("b/{}/o", segment(bucket))).query("versions", true);
    request = request.query("maxResults", most);
    if !after.is_empty() {
        request = request.query("pageToken", after);
    }
    let answer = at.client.ask(&format!("list what lies in the bucket {bucket}"), &request).await;
    Ok(answer.or_absent()?.unwrap_or(Json::Null))
}

/// Removes everything from a bucket, earlier versions too.
pub(super) async fn empty(at: &At<'_, Client>, bucket: &str) -> Result<(), KindError> {
    let (mut gone, mut after) = (0, String::new());
    loop {
        let found = page(at, bucket, &after, 1000).await?;
        let items = found.get("items").and_then(Json::as_array).cloned().unwrap_or_default();
        for together in items.chunks(TOGETHER) {
            let removals: Vec<_> = together.iter().map(|item| remove(at, bucket, item)).collect();
            join_all(removals).await.into_iter().collect::<Result<(), Trouble>>()?;
        }
        gone += items.len();
        if !items.is_empty() {
            at.call.progress.report(&format!("emptying the bucket {bucket} ({gone} objects removed)"));
        }
        after = text(&found, "/nextPageToken").to_owned();
        if after.is_empty() {
            return Ok(());
        }
    }
}

async fn remove(at: &At<'_, Client>, bucket: &str, item: &Json) -> Result<(), Trouble> {
    let (name, generation) = (text(item, "/name"), text(item, "/generation"));
    let request = Request::delete(Api::Storage, format!("b/{}/o/{}", segment(bucket), segment(name)));
    let request = request.query("generation", generation);
    at.client.put(&format!("delete gs://{bucket}/{name}"), &request).await.or_absent().map(drop)
}

/// Why a bucket stays, with some of what lies in it.
pub(super) async fn refusal(at: &At<'_, Client>, bucket: &str) -> ProviderError {
    let found = page(at, bucket, "", 5).await.unwrap_or(Json::Null);
    let items = found.get("items").and_then(Json::as_array).cloned().unwrap_or_default();
    let names: Vec<String> = items.iter().map(|item| text(item, "/name").to_owned()).collect();
    let among = if names.is_empty() { String::new() } else { format!(", among it {}", names.join(", ")) };
    let detail = format!(
        "The bucket {bucket} is not empty{among}. Remove what lies in it, or set `force_destroy = true`, apply, and destroy \
         again."
    );
    ProviderError::new(ErrorKind::Conflict, "Bucket is not empty", detail)
}
