//! `aws_s3_object`.

mod body;
mod reading;

use async_trait::async_trait;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ObjectCannedAcl, ObjectLockLegalHoldStatus, ObjectLockMode, ServerSideEncryption,
    StorageClass,
};
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::S3;
use crate::{Client, OrAbsent, tags};

/// The resource type.
pub(crate) struct Object;

/// What is written with the object: another value writes it anew.
const WRITTEN: &[&str] = &[
    "bucket_key_enabled",
    "cache_control",
    "checksum_algorithm",
    "content",
    "content_base64",
    "content_disposition",
    "content_encoding",
    "content_language",
    "content_type",
    "etag",
    "kms_key_id",
    "metadata",
    "server_side_encryption",
    "source",
    "source_hash",
    "storage_class",
    "website_redirect",
];

#[async_trait]
impl Kind for Object {
    type Client = Client;
    const NAME: &'static str = "aws_s3_object";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = include_str!("object/sheet.txt");

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let sources = ["source", "content", "content_base64"];
        let given: Vec<&str> = sources.into_iter().filter(|name| config.value(name).is_some()).collect();
        let detail = || format!("`{}` exclude each other: an object has one content.", given.join("` and `"));
        let two = (given.len() > 1).then(|| {
            ProviderError::invalid("Conflicting configuration arguments", detail())
                .at(Path::of_attr(given[1]))
        });
        two.into_iter().collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        let overrides = draft
            .config
            .block("override_provider")
            .is_some_and(|block| block.block("default_tags").is_some());
        if overrides {
            let own = draft.planned().whole().get("tags").filter(|tags| !tags.is_null()).cloned();
            let none = || Value::map(model::Type::String, Vec::<(&str, Value)>::new());
            draft.set("tags_all", own.unwrap_or_else(none));
        } else {
            tags::plan(at, draft);
        }
        if WRITTEN.iter().any(|name| draft.changes(name)) {
            for name in [
                "version_id",
                "etag",
                "checksum_crc32",
                "checksum_crc32c",
                "checksum_crc64nvme",
                "checksum_sha1",
                "checksum_sha256",
            ] {
                draft.forget(name);
            }
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        write(at, wanted).await
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        reading::read(at, known).await
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        if prior.differs_in(wanted, WRITTEN) {
            write(at, wanted).await?;
            return Ok(());
        }
        let (bucket, key) = (wanted.str("bucket"), wanted.str("key"));
        if prior.differs(wanted, "tags_all") {
            reading::put_tags(at, wanted).await?;
        }
        if let Some(acl) = wanted.text("acl").filter(|_| prior.differs(wanted, "acl")) {
            let acl = ObjectCannedAcl::from(acl);
            let put = |s3: S3| s3.put_object_acl().bucket(bucket).key(key).acl(acl.clone()).send();
            at.client.put(&format!("set the list of access of {bucket}/{key}"), put).await?;
        }
        reading::put_locks(at, prior, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (bucket, key) = (prior.str("bucket"), prior.str("key"));
        let what = format!("delete {bucket}/{key}");
        // With versions kept, one delete hides the object; what was put here goes with all of its versions.
        for version in reading::versions(at, bucket, key).await? {
            let bypass = prior.is("force_destroy");
            let remove = |s3: S3| {
                let request = s3.delete_object().bucket(bucket).key(key).set_version_id(version.clone());
                request.set_bypass_governance_retention(bypass.then_some(true)).send()
            };
            at.client.put(&what, remove).await.or_absent()?;
        }
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let path = id.strip_prefix("s3://").unwrap_or(id);
        match path.split_once('/') {
            Some((bucket, key)) if !key.is_empty() => Ok(fields! { id: key, bucket: bucket, key: key }),
            _ => Err(ProviderError::invalid(
                "Unexpected import identifier",
                format!("{id:?} does not name an object. Give `BUCKET/KEY` or `s3://BUCKET/KEY`."),
            )),
        }
    }
}

async fn write(at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
    let (bucket, key) = (wanted.str("bucket"), wanted.str("key"));
    let body = body::of(at, wanted).await?;
    let kms = wanted.string("kms_key_id");
    let method = wanted.text("server_side_encryption").map(ServerSideEncryption::from);
    let method = method.or_else(|| kms.as_ref().map(|_| ServerSideEncryption::AwsKms));
    let all: Vec<String> = tags::wanted(at, wanted)
        .iter()
        .map(|(k, v)| format!("{}={}", body::encoded(k), body::encoded(v)))
        .collect();
    let until = wanted.text("object_lock_retain_until_date").map(body::date).transpose()?;
    let put = |s3: S3| {
        let request = s3.put_object().bucket(bucket).key(key).body(body.stream()).set_content_md5(None);
        let request = request
            .set_acl(wanted.text("acl").map(ObjectCannedAcl::from))
            .set_bucket_key_enabled(wanted.flag("bucket_key_enabled").filter(|is| *is))
            .set_cache_control(wanted.string("cache_control"))
            .set_checksum_algorithm(wanted.text("checksum_algorithm").map(ChecksumAlgorithm::from))
            .set_content_disposition(wanted.string("content_disposition"))
            .set_content_encoding(wanted.string("content_encoding"))
            .set_content_language(wanted.string("content_language"))
            .set_content_type(wanted.string("content_type"))
            .set_metadata(Some(wanted.map("metadata").into_iter().collect()))
            .set_object_lock_legal_hold_status(
                wanted.text("object_lock_legal_hold_status").map(ObjectLockLegalHoldStatus::from),
            )
            .set_object_lock_mode(wanted.text("object_lock_mode").map(ObjectLockMode::from))
            .set_object_lock_retain_until_date(until)
            .set_server_side_encryption(method.clone())
            .set_ssekms_key_id(kms.clone())
            .set_storage_class(wanted.text("storage_class").map(StorageClass::from))
            .set_tagging(Some(all.join("&")).filter(|all| !all.is_empty()))
            .set_website_redirect_location(wanted.string("website_redirect"));
        request.send()
    };
    at.client.put(&format!("write {bucket}/{key}"), put).await?;
    Ok(fields! { id: key })
}
