//! What lies in a bucket: objects, their versions, and uploads that were begun.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use provider::sheet::{At, KindError};
use provider::{ErrorKind, ProviderError};

use crate::s3::S3;
use crate::{Client, OrAbsent};

/// Removes everything in a bucket.
pub(super) async fn empty(at: &At<'_, Client>, bucket: &str) -> Result<(), KindError> {
    let mut removed = 0;
    loop {
        let found = versions(at, bucket).await?;
        if found.is_empty() {
            break;
        }
        removed += found.len();
        let what = format!("empty the bucket {bucket}");
        let all = Delete::builder().set_objects(Some(found)).quiet(true).build();
        let all =
            all.map_err(|e| ProviderError::new(ErrorKind::Internal, "Provider failed", e.to_string()))?;
        let remove = |s3: S3| {
            s3.delete_objects().bucket(bucket).delete(all.clone()).bypass_governance_retention(true).send()
        };
        let answer = at.client.put(&what, remove).await?;
        if let Some(error) = answer.errors().first() {
            let (key, why) =
                (error.key().unwrap_or("an object"), error.message().unwrap_or("it says no reason"));
            let detail = format!("Cannot remove {key} from the bucket {bucket}: {why}.");
            return Err(ProviderError::new(ErrorKind::Denied, "Bucket cannot be emptied", detail));
        }
        at.call
            .progress
            .report(&format!("emptying the bucket {bucket} ({removed} objects and versions removed)"));
    }
    abort_uploads(at, bucket).await
}

/// The first objects and versions in a bucket, at most 1,000.
async fn versions(at: &At<'_, Client>, bucket: &str) -> Result<Vec<ObjectIdentifier>, KindError> {
    let what = format!("list the bucket {bucket}");
    let ask = |s3: S3| s3.list_object_versions().bucket(bucket).max_keys(1_000).send();
    let Some(page) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(Vec::new()) };
    let versions = page.versions().iter().map(|v| (v.key(), v.version_id()));
    let markers = page.delete_markers().iter().map(|v| (v.key(), v.version_id()));
    let identifier = |(key, version): (Option<&str>, Option<&str>)| {
        ObjectIdentifier::builder().key(key?).set_version_id(version.map(str::to_owned)).build().ok()
    };
    Ok(versions.chain(markers).filter_map(identifier).collect())
}

async fn abort_uploads(at: &At<'_, Client>, bucket: &str) -> Result<(), KindError> {
    let what = format!("end the uploads to the bucket {bucket}");
    loop {
        let ask = |s3: S3| s3.list_multipart_uploads().bucket(bucket).send();
        let Some(page) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(()) };
        for upload in page.uploads() {
            let (key, id) = (upload.key().unwrap_or_default(), upload.upload_id().unwrap_or_default());
            let abort = |s3: S3| s3.abort_multipart_upload().bucket(bucket).key(key).upload_id(id).send();
            at.client.put(&what, abort).await.or_absent()?;
        }
        if page.uploads().is_empty() || page.is_truncated() != Some(true) {
            return Ok(());
        }
    }
}

/// Why a bucket stays that is not empty.
pub(super) async fn refusal(at: &At<'_, Client>, bucket: &str) -> ProviderError {
    let first = versions(at, bucket).await.unwrap_or_default();
    let first = first.first().map(|found| format!(", among other things {:?}", found.key));
    let detail = format!(
        "The bucket {bucket} is not empty{}. Remove what is in it, or set `force_destroy = true` and apply that first: \
         then everything in it is removed with it.",
        first.unwrap_or_default()
    );
    ProviderError::new(ErrorKind::Conflict, "Bucket is not empty", detail)
}
