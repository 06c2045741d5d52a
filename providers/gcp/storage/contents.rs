//! What objects hold, through Google's own crate for Cloud Storage: written and read in pieces, never as a whole in memory.
//!
//! Only contents go this way. For everything else (buckets, lists, deletions, what describes an object) the crate speaks gRPC,
//! which the emulators of Cloud Storage and what checks requests against its description do not: that goes over
//! [`Client::ask`]. The crate's own patience is bounded on every call: what goes up at once is sent once and again by the API's
//! budget like any other request; what goes up in parts is taken up where it broke off, for a time that its size decides.

mod chunks;
mod key;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use google_cloud_gax::error::Error;
use google_cloud_gax::retry_policy::{NeverRetry, RetryPolicyExt};
use google_cloud_storage::builder::storage::WriteObject;
use google_cloud_storage::client::Storage;
use google_cloud_storage::read_resume_policy::{ReadResumePolicyExt, Recommended};
use google_cloud_storage::retry_policy::RetryableErrors;
use provider::ErrorKind;

use crate::client::{Api, Client, Request, segment};
use crate::credentials::Bearer;
use crate::mirror::text;
use crate::trouble::causes;
use crate::{OrAbsent, Trouble};
pub(crate) use chunks::{Chunks, Content};
pub(crate) use key::Key;

/// From how many bytes on an object goes up in parts of as many.
const PART: usize = 8 << 20;

/// How often an upload in parts is taken up again, and a download.
const AGAIN: u32 = 8;

/// The slowest line that is waited for, in bytes a second.
const SLOWEST: u64 = 64 << 10;

/// The crate's client, which is made when it is first needed.
pub(crate) async fn connect(client: &Client) -> Result<Storage, Trouble> {
    let base = client.base(Api::Storage);
    let root = base.trim_end_matches('/').trim_end_matches("/storage/v1");
    let builder = Storage::builder()
        .with_endpoint(root)
        .with_credentials(Bearer::new(client))
        .with_universe_domain(client.universe())
        .with_retry_policy(NeverRetry)
        .with_read_resume_policy(Recommended.with_attempt_limit(AGAIN))
        .with_resumable_upload_threshold(PART)
        .with_resumable_upload_buffer_size(PART);
    let failed = |e| Trouble::new(ErrorKind::Internal, "prepare Cloud Storage", format!("{e}"));
    builder.build().await.map_err(failed)
}

/// An object to be written.
pub(crate) struct Upload<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) name: &'a str,
    pub(crate) content: &'a Content,
    /// The MD5 of the content; what arrives otherwise is refused.
    pub(crate) md5: &'a str,
    /// The generation that must be there, 0 for none at all.
    pub(crate) over: Option<i64>,
    pub(crate) key: Option<&'a Key>,
    /// Says what else there is to say of the object.
    pub(crate) describe: &'a (dyn Fn(Writing) -> Writing + Send + Sync),
}

/// A request of the crate's that writes an object.
pub(crate) type Writing = WriteObject<Chunks>;

/// Writes an object, and gives its generation. A conflict says that something else is there than must be.
pub(crate) async fn write(client: &Client, what: &str, upload: &Upload<'_>) -> Result<i64, Trouble> {
    let tried = AtomicU32::new(0);
    let once = || async {
        tried.fetch_add(1, Ordering::Relaxed);
        write_once(client, what, upload).await
    };
    match client.repeated(Api::Storage, once).await {
        // What is in the way may be what was written before an answer got lost.
        Err(trouble) if trouble.is_conflict() && tried.load(Ordering::Relaxed) > 1 => {
            let request = Request::get(Api::Storage, path(upload.bucket, upload.name)).key(upload.key);
            let found = client.ask(what, &request).await.or_absent()?;
            let ours = found.filter(|found| text(found, "/md5Hash") == upload.md5);
            ours.and_then(|found| text(&found, "/generation").parse().ok()).ok_or(trouble)
        }
        other => other,
    }
}

async fn write_once(client: &Client, what: &str, upload: &Upload<'_>) -> Result<i64, Trouble> {
    let (storage, unreadable) = (client.storage().await?, |e: std::io::Error| unreadable(what, &e));
    let (chunks, size) = upload.content.open().await.map_err(unreadable)?;
    let limit = limit(client, size);
    let mut request = storage.write_object(long(upload.bucket), upload.name, chunks);
    request = (upload.describe)(request);
    if let Some(md5) = key::decoded(upload.md5) {
        request = request.set_md5_hash(md5);
    }
    if let Some(generation) = upload.over {
        request = request.set_if_generation_match(generation);
    }
    if let Some(key) = upload.key {
        request = request.set_key(key.aes(what)?);
    }
    if size >= PART as u64 {
        request = request
            .with_retry_policy(RetryableErrors.with_attempt_limit(AGAIN).with_time_limit(limit))
            .with_idempotency(true);
    }
    let object = in_time(what, limit, request.send_buffered()).await?;
    Ok(object.generation)
}

/// Reads an object piece by piece, and gives its generation; nothing where it is not there. A read that is made again begins
/// with another sink.
pub(crate) async fn read<S: Send>(
    client: &Client,
    what: &str,
    (bucket, name, key): (&str, &str, Option<&Key>),
    (sink, take): (impl Fn() -> S + Send + Sync, impl Fn(&mut S, &[u8]) + Send + Sync),
) -> Result<Option<(S, i64)>, Trouble> {
    let once = || async {
        let storage = client.storage().await?;
        let mut request = storage.read_object(long(bucket), name).with_automatic_decompression(false);
        if let Some(key) = key {
            request = request.set_key(key.aes(what)?);
        }
        let mut answer = in_time(what, client.timeout(), request.send()).await?;
        let (generation, mut sink) = (answer.object().generation, sink());
        while let Some(piece) =
            in_time(what, client.timeout(), async { answer.next().await.transpose() }).await?
        {
            take(&mut sink, &piece);
        }
        Ok((sink, generation))
    };
    client.repeated(Api::Storage, once).await.or_absent()
}

/// A call of the crate's that ends in time.
async fn in_time<T>(
    what: &str,
    limit: Duration,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Trouble> {
    match tokio::time::timeout(limit, call).await {
        Ok(answer) => answer.map_err(|e| trouble(what, &e)),
        Err(_) => Err(Trouble::new(ErrorKind::Lost, what, "there was no answer in time")),
    }
}

/// How long a call may take that carries so many bytes.
fn limit(client: &Client, size: u64) -> Duration {
    client.timeout() + Duration::from_secs(size / SLOWEST)
}

/// What an error of the crate's says: the API's words where it answered, else how far the request came.
fn trouble(what: &str, error: &Error) -> Trouble {
    if let Some(status) = error.http_status_code() {
        return Trouble::of(what, status, error.http_payload().map_or(&[][..], |payload| payload));
    }
    let kind = match () {
        () if error.is_connect() => ErrorKind::Transient,
        () if error.is_authentication() => ErrorKind::Denied,
        () if error.is_serialization() || error.is_binding() => ErrorKind::Invalid,
        () => ErrorKind::Lost,
    };
    Trouble::new(kind, what, causes(error))
}

fn unreadable(what: &str, error: &std::io::Error) -> Trouble {
    Trouble::new(ErrorKind::Invalid, what, format!("the file cannot be read: {error}"))
}

/// An object's place in the API.
pub(crate) fn path(bucket: &str, name: &str) -> String {
    format!("b/{}/o/{}", segment(bucket), segment(name))
}

/// A bucket's full name, as the crate has it.
fn long(bucket: &str) -> String {
    format!("projects/_/buckets/{bucket}")
}
