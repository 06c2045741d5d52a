//! A bucket as a store of objects with preconditions.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, ObjectCannedAcl,
    PublicAccessBlockConfiguration, ServerSideEncryption, VersioningConfiguration,
};
use provider::{Budgets, ErrorKind, Surroundings};
use state::{BackendError, Condition, ObjectStore, Stored, Version};
use tokio::sync::OnceCell;

use super::settings::Settings;
use crate::s3::S3;
use crate::{Client, OrAbsent, Trouble};

/// How often a write is tried that another one got in the way of.
const TRIES: u32 = 8;

/// A bucket. It is reached when something is first asked of it.
pub(super) struct Bucket {
    settings: Settings,
    around: Arc<dyn Surroundings>,
    client: OnceCell<Client>,
}

impl Bucket {
    pub(super) fn new(settings: Settings, around: Arc<dyn Surroundings>) -> Bucket {
        Bucket { settings, around, client: OnceCell::new() }
    }

    async fn client(&self) -> Result<&Client, BackendError> {
        let connect = || async {
            let errors = crate::settings::check(self.settings.provider().whole());
            if let Some(error) = errors.into_iter().next() {
                return Err(BackendError::Other(error.detail));
            }
            let client = Client::new(self.settings.provider(), Budgets::default(), self.around.clone());
            client.await.map_err(|e| BackendError::Other(e.detail.trim_end_matches('.').to_owned()))
        };
        self.client.get_or_try_init(connect).await
    }

    fn failed(&self, trouble: Trouble) -> BackendError {
        let detail = provider::ProviderError::from(trouble.clone()).detail;
        let detail = detail.trim_end_matches('.').to_owned();
        if trouble.is(&["NoSuchBucket"]) {
            let bucket = &self.settings.bucket;
            return BackendError::Other(format!(
                "there is no bucket {bucket:?}. \"stackwright init -create-backend\" makes it"
            ));
        }
        BackendError::Other(detail)
    }

    /// Makes the bucket, private, encrypted and with versions, where it is not there.
    pub(super) async fn create(&self) -> Result<bool, BackendError> {
        let (client, bucket) = (self.client().await?, &self.settings.bucket);
        let what = format!("make the bucket {bucket}");
        let look = |s3: S3| s3.head_bucket().bucket(bucket).send();
        if client.ask(&what, look).await.or_absent().map_err(|e| self.failed(e))?.is_some() {
            return Ok(false);
        }
        let region = Some(client.region()).filter(|region| *region != "us-east-1");
        let location = region.map(|region| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(region))
                .build()
        });
        let make = |s3: S3| {
            s3.create_bucket().bucket(bucket).set_create_bucket_configuration(location.clone()).send()
        };
        client.send(&what, make).await.map_err(|e| self.failed(e))?;
        let block = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .block_public_policy(true)
            .ignore_public_acls(true)
            .restrict_public_buckets(true)
            .build();
        let close = |s3: S3| {
            s3.put_public_access_block()
                .bucket(bucket)
                .public_access_block_configuration(block.clone())
                .send()
        };
        client.put(&what, close).await.map_err(|e| self.failed(e))?;
        let versions = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let keep = |s3: S3| {
            s3.put_bucket_versioning().bucket(bucket).versioning_configuration(versions.clone()).send()
        };
        client.put(&what, keep).await.map_err(|e| self.failed(e))?;
        Ok(true)
    }

    /// After a write whose answer was lost: whether what is there is what was written.
    async fn is_there(&self, key: &str, bytes: &[u8]) -> Result<Option<Version>, BackendError> {
        Ok(self.get(key).await?.filter(|stored| stored.bytes == bytes).map(|stored| stored.version))
    }
}

#[async_trait]
impl ObjectStore for Bucket {
    fn location(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.settings.bucket)
    }

    async fn get(&self, key: &str) -> Result<Option<Stored>, BackendError> {
        let client = self.client().await?;
        let what = format!("read {}", self.location(key));
        let read = |s3: S3| {
            let request = s3.get_object().bucket(&self.settings.bucket).key(key);
            async move {
                let answer = request.send().await?;
                let version = Version(answer.e_tag.clone().unwrap_or_default());
                Ok((version, answer.body.collect().await))
            }
        };
        let answer = client.ask(&what, read).await;
        let (version, body) = match answer {
            Ok(answer) => answer,
            Err(trouble) if trouble.is(&["NoSuchKey"]) => return Ok(None),
            Err(trouble) if trouble.kind == ErrorKind::NotFound && !trouble.is(&["NoSuchBucket"]) => {
                return Ok(None);
            }
            Err(trouble) => return Err(self.failed(trouble)),
        };
        let body = body.map_err(|e| BackendError::Io { what, source: std::io::Error::other(e) })?;
        Ok(Some(Stored { bytes: body.to_vec(), version }))
    }

    async fn put(&self, key: &str, bytes: &[u8], on: Condition) -> Result<Option<Version>, BackendError> {
        let client = self.client().await?;
        let what = format!("write {}", self.location(key));
        let (absent, matches) = match &on {
            Condition::Absent => (Some("*".to_owned()), None),
            Condition::Matches(version) => (None, Some(version.0.clone())),
        };
        let settings = &self.settings;
        let method = match (&settings.kms_key, settings.encrypt) {
            (Some(_), _) => Some(ServerSideEncryption::AwsKms),
            (None, true) => Some(ServerSideEncryption::Aes256),
            (None, false) => None,
        };
        let write = |s3: S3| {
            let request = s3.put_object().bucket(&settings.bucket).key(key);
            let request = request.body(ByteStream::from(bytes.to_vec())).content_type("application/json");
            let request = request.set_if_none_match(absent.clone()).set_if_match(matches.clone());
            let request = request.set_acl(settings.acl.as_deref().map(ObjectCannedAcl::from));
            request
                .set_server_side_encryption(method.clone())
                .set_ssekms_key_id(settings.kms_key.clone())
                .send()
        };
        let mut tried = 1;
        loop {
            match client.send(&what, write).await {
                Ok(answer) => return Ok(Some(Version(answer.e_tag.unwrap_or_default()))),
                Err(trouble) if trouble.is(&["PreconditionFailed"]) => {
                    // It may be this very write that an answer got lost of.
                    return if tried > 1 { self.is_there(key, bytes).await } else { Ok(None) };
                }
                Err(trouble) if trouble.is(&["NoSuchKey"]) && matches.is_some() => return Ok(None),
                Err(trouble) if may_be_repeated(&trouble) && tried < TRIES => {
                    tried += 1;
                    tokio::time::sleep(std::time::Duration::from_millis(100 * u64::from(tried))).await;
                }
                Err(trouble) => return Err(self.failed(trouble)),
            }
        }
    }

    async fn delete(&self, key: &str, version: Option<&Version>) -> Result<bool, BackendError> {
        let client = self.client().await?;
        let what = format!("delete {}", self.location(key));
        let matches = version.map(|version| version.0.clone());
        let remove = |s3: S3| {
            s3.delete_object().bucket(&self.settings.bucket).key(key).set_if_match(matches.clone()).send()
        };
        match client.put(&what, remove).await {
            Ok(_) => Ok(true),
            Err(trouble) if trouble.is(&["PreconditionFailed", "NoSuchKey"]) => Ok(false),
            Err(trouble) if trouble.kind == ErrorKind::NotFound && !trouble.is(&["NoSuchBucket"]) => {
                Ok(false)
            }
            Err(trouble) => Err(self.failed(trouble)),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, BackendError> {
        let client = self.client().await?;
        let what = format!("list {}", self.location(prefix));
        let (mut found, mut after) = (Vec::new(), None::<String>);
        loop {
            let list = |s3: S3| {
                let request = s3.list_objects_v2().bucket(&self.settings.bucket).prefix(prefix);
                request.set_continuation_token(after.clone()).send()
            };
            let page = client.ask(&what, list).await.map_err(|e| self.failed(e))?;
            found.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
            after = page.next_continuation_token().map(str::to_owned);
            if after.is_none() || page.is_truncated() != Some(true) {
                found.sort();
                return Ok(found);
            }
        }
    }
}

/// Whether a conditional write may be sent again: it did nothing, or what it did shows in its condition.
fn may_be_repeated(trouble: &Trouble) -> bool {
    matches!(trouble.kind, ErrorKind::Transient | ErrorKind::Lost)
        || trouble.is(&["ConditionalRequestConflict"])
}
