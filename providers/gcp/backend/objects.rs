//! A bucket as a store of objects with preconditions.

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provider::{Budgets, Digests, ErrorKind, ProviderError, Surroundings};
use serde_json::{Value as Json, json};
use state::{BackendError, Condition, ObjectStore, Stored, Version};
use tokio::sync::OnceCell;

use super::PLAIN_LOCK;
use super::settings::Settings;
use crate::client::{Api, Client, Request, segment};
use crate::mirror::text;
use crate::storage::contents::{self, Content, Key, Upload, Writing, path};
use crate::{OrAbsent, Trouble};

/// A bucket. It is reached when something is first asked of it.
pub(super) struct Bucket {
    settings: Settings,
    around: Arc<dyn Surroundings>,
    client: OnceCell<Client>,
    /// Whether it is known to be there.
    seen: OnceCell<()>,
}

impl Bucket {
    pub(super) fn new(settings: Settings, around: Arc<dyn Surroundings>) -> Bucket {
        Bucket { settings, around, client: OnceCell::new(), seen: OnceCell::new() }
    }

    async fn client(&self) -> Result<&Client, BackendError> {
        let connect = || async {
            let config = self.settings.provider();
            if let Some(error) = crate::settings::check(config.whole()).into_iter().next() {
                return Err(said(error));
            }
            Client::new(config, Budgets::default(), self.around.clone()).map_err(said)
        };
        self.client.get_or_try_init(connect).await
    }

    fn failed(&self, trouble: Trouble) -> BackendError {
        if trouble.kind == ErrorKind::NotFound {
            return self.missing();
        }
        said(trouble.into())
    }

    fn missing(&self) -> BackendError {
        let bucket = &self.settings.bucket;
        BackendError::Other(format!(
            "there is no bucket {bucket:?}. \"stackwright init -create-backend\" makes it"
        ))
    }

    /// Lists a page of what begins so.
    async fn page(&self, prefix: &str, after: &str, most: u32) -> Result<Json, BackendError> {
        let request = Request::get(Api::Storage, format!("b/{}/o", segment(&self.settings.bucket)))
            .query("prefix", prefix)
            .query("maxResults", most)
            .query("fields", "items(name),nextPageToken");
        let request = if after.is_empty() { request } else { request.query("pageToken", after) };
        let what = format!("list {}", self.location(prefix));
        self.client().await?.ask(&what, &request).await.map_err(|e| self.failed(e))
    }

    /// Where an object is not there, the bucket might not be.
    async fn is_there(&self) -> Result<(), BackendError> {
        let look = || async { self.page("", "", 1).await.map(drop) };
        self.seen.get_or_try_init(look).await.map(drop)
    }

    /// The key that encrypts an object. Terraform's lock has none.
    fn key(&self, name: &str) -> Option<&Key> {
        self.settings.key.as_ref().filter(|_| !name.ends_with(PLAIN_LOCK))
    }

    /// Makes the bucket, private and with versions, where it is not there.
    pub(super) async fn create(&self) -> Result<bool, BackendError> {
        let (client, bucket) = (self.client().await?, &self.settings.bucket);
        let what = format!("make the bucket {bucket}");
        let look = Request::get(Api::Storage, format!("b/{}", segment(bucket)));
        if client.ask(&what, &look).await.or_absent().map_err(|e| self.failed(e))?.is_some() {
            return Ok(false);
        }
        let project = client.project().ok_or_else(|| {
            let why = "no project is known to make the bucket in: set GOOGLE_PROJECT";
            BackendError::Other(why.into())
        })?;
        let mut document = json!({
            "name": bucket,
            "versioning": { "enabled": true },
            "iamConfiguration": {
                "publicAccessPrevention": "enforced",
                "uniformBucketLevelAccess": { "enabled": true },
            },
        });
        if let Some(region) = client.region() {
            document["location"] = region.to_uppercase().into();
        }
        if let Some(key) = &self.settings.kms_key {
            document["encryption"] = json!({ "defaultKmsKeyName": key });
        }
        let make = Request::post(Api::Storage, "b").query("project", project).json(&document);
        client.send(&what, &make).await.map_err(|e| said(e.into()))?;
        Ok(true)
    }
}

#[async_trait]
impl ObjectStore for Bucket {
    fn location(&self, key: &str) -> String {
        format!("gs://{}/{key}", self.settings.bucket)
    }

    async fn get(&self, key: &str) -> Result<Option<Stored>, BackendError> {
        let (client, what) = (self.client().await?, format!("read {}", self.location(key)));
        let take = |bytes: &mut Vec<u8>, piece: &[u8]| bytes.extend_from_slice(piece);
        let place = (&*self.settings.bucket, key, self.key(key));
        match contents::read(client, &what, place, (Vec::new, take)).await.map_err(|e| self.failed(e))? {
            Some((bytes, generation)) => Ok(Some(Stored { bytes, version: Version(generation.to_string()) })),
            None => self.is_there().await.map(|()| None),
        }
    }

    async fn put(&self, key: &str, bytes: &[u8], on: Condition) -> Result<Option<Version>, BackendError> {
        let (client, what) = (self.client().await?, format!("write {}", self.location(key)));
        let over = match &on {
            Condition::Absent => Some(0),
            Condition::Matches(version) => version.0.parse().ok(),
        };
        let describe = |writing: Writing| {
            let writing = writing.set_content_type("application/json");
            match &self.settings.kms_key {
                Some(key) => writing.set_kms_key(key),
                None => writing,
            }
        };
        let upload = Upload {
            bucket: &self.settings.bucket,
            name: key,
            content: &Content::Bytes(bytes.to_vec().into()),
            md5: &STANDARD.encode(Digests::of(bytes).md5),
            over,
            key: self.key(key),
            describe: &describe,
        };
        match contents::write(client, &what, &upload).await {
            Ok(generation) => Ok(Some(Version(generation.to_string()))),
            Err(trouble) if trouble.is_conflict() => Ok(None),
            Err(trouble) => Err(self.failed(trouble)),
        }
    }

    async fn delete(&self, key: &str, version: Option<&Version>) -> Result<bool, BackendError> {
        let (client, what) = (self.client().await?, format!("delete {}", self.location(key)));
        let request = Request::delete(Api::Storage, path(&self.settings.bucket, key));
        let request = match version {
            Some(version) => request.query("ifGenerationMatch", &version.0),
            None => request,
        };
        match client.put(&what, &request).await {
            Ok(_) => Ok(true),
            Err(trouble) if trouble.is_conflict() || trouble.kind == ErrorKind::NotFound => Ok(false),
            Err(trouble) => Err(self.failed(trouble)),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, BackendError> {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.page(prefix, &after, 1000).await?;
            let items = page.get("items").and_then(Json::as_array);
            found.extend(items.into_iter().flatten().map(|item| text(item, "/name").to_owned()));
            after = text(&page, "/nextPageToken").to_owned();
            if after.is_empty() {
                found.sort();
                return Ok(found);
            }
        }
    }
}

/// An error of the provider's, as one of the backend's.
fn said(error: ProviderError) -> BackendError {
    BackendError::Other(error.detail.trim_end_matches('.').to_owned())
}
