//! Data sources of S3: `aws_s3_bucket` and `aws_s3_object`.

use async_trait::async_trait;
use aws_sdk_s3::types::ChecksumMode;
use aws_smithy_types::date_time::Format;
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError, Source};

use super::bucket::LACKING;
use super::{S3, hosted_zone};
use crate::{Client, OrAbsent, tags};

/// A bucket that is there.
pub(crate) struct Bucket;

#[async_trait]
impl Source for Bucket {
    type Client = Client;
    const NAME: &'static str = "aws_s3_bucket";
    const SHEET: &'static str = "\
A bucket that is there.

arn computed string | Its ARN.
bucket required string | Its name.
bucket_domain_name computed string | The host under which it is reached.
bucket_regional_domain_name computed string | The host under which it is reached in its region.
hosted_zone_id computed string | The zone for aliases in Route 53 of a bucket that is a website.
id optional computed string | Its name.
region computed string | The region that it lies in.
website_domain computed string | The domain of websites in its region.
website_endpoint computed string | Where it is reached as a website.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let (name, client) = (config.str("bucket"), at.client);
        let what = format!("read the bucket {name}");
        let head = client.ask(&what, |s3: S3| s3.head_bucket().bucket(name).send()).await?;
        let region = head.bucket_region.unwrap_or_else(|| client.region().to_owned());
        let (partition, suffix) = (client.partition(), client.dns_suffix());
        let ask = |s3: S3| s3.get_bucket_website().bucket(name).send();
        let site = client.ask(&what, ask).await.or_absent_for(LACKING)?;
        let domain = site.map_or_else(String::new, |_| format!("s3-website.{region}.{suffix}"));
        let endpoint = if domain.is_empty() { String::new() } else { format!("{name}.{domain}") };
        Ok(fields! {
            arn: format!("arn:{partition}:s3:::{name}"),
            bucket_domain_name: format!("{name}.s3.{suffix}"),
            bucket_regional_domain_name: format!("{name}.s3.{region}.{suffix}"),
            hosted_zone_id: hosted_zone(&region),
            id: name,
            region: region,
            website_endpoint: endpoint,
            website_domain: domain,
        })
    }
}

/// An object that is there.
pub(crate) struct Object;

#[async_trait]
impl Source for Object {
    type Client = Client;
    const NAME: &'static str = "aws_s3_object";
    const SHEET: &'static str = "\
An object that is there. Its content is read only where it is text.

arn computed string | Its ARN.
body computed string | Its content, where it is text or JSON.
bucket required string | The bucket's name.
bucket_key_enabled computed bool | Whether the bucket's key saves requests to KMS.
cache_control computed string | How caches treat it.
checksum_crc32 computed string | Its CRC-32.
checksum_crc32c computed string | Its CRC-32C.
checksum_crc64nvme computed string | Its CRC-64/NVME.
checksum_mode optional string | `ENABLED` to read checksums.
checksum_sha1 computed string | Its SHA-1.
checksum_sha256 computed string | Its SHA-256.
content_disposition computed string | How browsers present it.
content_encoding computed string | How its content is encoded.
content_language computed string | The language of its content.
content_length computed number | Its size in bytes.
content_type computed string | What its content is.
etag computed string | Its etag.
expiration computed string | When it goes, as a rule says.
expires computed string | Until when caches may keep it.
id optional computed string | Bucket and key.
key required string | Its key.
last_modified computed string | When it was written.
metadata computed map(string) | Data about it.
object_lock_legal_hold_status computed string | `ON` or `OFF`.
object_lock_mode computed string | `GOVERNANCE` or `COMPLIANCE`.
object_lock_retain_until_date computed string | Until when it is kept.
range optional string | Which bytes of it are read, as `bytes=0-99`.
server_side_encryption computed string | How it is encrypted.
sse_kms_key_id computed string | The key that encrypts it.
storage_class computed string | Its class.
tags optional computed map(string) | Its tags.
version_id optional computed string | Its version.
website_redirect_location computed string | Where a website sends those who ask for it.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let (bucket, key) = (config.str("bucket"), config.str("key").trim_start_matches('/'));
        let what = format!("read {bucket}/{key}");
        let (version, range) = (config.string("version_id"), config.string("range"));
        let mode = config.text("checksum_mode").map(ChecksumMode::from);
        let ask = |s3: S3| {
            let request = s3.head_object().bucket(bucket).key(key).set_version_id(version.clone());
            request.set_range(range.clone()).set_checksum_mode(mode.clone()).send()
        };
        let head = at.client.ask(&what, ask).await?;
        let ty = head.content_type().unwrap_or_default().to_owned();
        let body = match is_text(&ty) {
            true => Some(content(at, (bucket, key), version.clone(), range.clone()).await?),
            false => None,
        };
        let ask =
            |s3: S3| s3.get_object_tagging().bucket(bucket).key(key).set_version_id(version.clone()).send();
        let answer = at.client.ask(&what, ask).await.or_absent_for(&["NotImplemented"])?;
        let all = answer.map(|answer| answer.tag_set).unwrap_or_default();
        let all: tags::Tags = all.into_iter().map(|tag| (tag.key, tag.value)).collect();
        let seen = tags::seen(at.client, config, all);
        let moment =
            |date: Option<&aws_smithy_types::DateTime>, format| date.and_then(|date| date.fmt(format).ok());
        let class = head.storage_class().map_or("STANDARD", |class| class.as_str()).to_owned();
        let id = match &version {
            Some(version) => format!("{bucket}/{key}@{version}"),
            None => format!("{bucket}/{key}"),
        };
        Ok(fields! {
            arn: format!("arn:{}:s3:::{bucket}/{key}", at.client.partition()),
            body: body,
            bucket_key_enabled: head.bucket_key_enabled().unwrap_or_default(),
            cache_control: head.cache_control().unwrap_or_default(),
            checksum_crc32: head.checksum_crc32().unwrap_or_default(),
            checksum_crc32c: head.checksum_crc32_c().unwrap_or_default(),
            checksum_crc64nvme: head.checksum_crc64_nvme().unwrap_or_default(),
            checksum_sha1: head.checksum_sha1().unwrap_or_default(),
            checksum_sha256: head.checksum_sha256().unwrap_or_default(),
            content_disposition: head.content_disposition().unwrap_or_default(),
            content_encoding: head.content_encoding().unwrap_or_default(),
            content_language: head.content_language().unwrap_or_default(),
            content_length: head.content_length(),
            content_type: ty,
            etag: head.e_tag().unwrap_or_default().trim_matches('"'),
            expiration: head.expiration().unwrap_or_default(),
            expires: head.expires_string().unwrap_or_default(),
            id: id,
            key: key,
            last_modified: moment(head.last_modified(), Format::HttpDate).map(|date| date.replace("GMT", "UTC")),
            metadata: head.metadata().cloned().unwrap_or_default(),
            object_lock_legal_hold_status: head.object_lock_legal_hold_status().map_or("", |s| s.as_str()),
            object_lock_mode: head.object_lock_mode().map_or("", |mode| mode.as_str()),
            object_lock_retain_until_date: moment(head.object_lock_retain_until_date(), Format::DateTime),
            server_side_encryption: head.server_side_encryption().map_or("", |method| method.as_str()),
            sse_kms_key_id: head.ssekms_key_id().unwrap_or_default(),
            storage_class: class,
            tags: seen.get("tags_all").cloned(),
            version_id: head.version_id().filter(|version| *version != "null").unwrap_or_default(),
            website_redirect_location: head.website_redirect_location().unwrap_or_default(),
        })
    }
}

/// Whether a type of content is text for people and programs.
fn is_text(ty: &str) -> bool {
    let ty = ty.split(';').next().unwrap_or_default().trim();
    ty.starts_with("text/")
        || matches!(
            ty,
            "application/json" | "application/ld+json" | "application/x-httpd-php" | "application/xhtml+xml"
        )
        || matches!(
            ty,
            "application/java-vm" | "application/javascript" | "application/yaml" | "application/x-sql"
        )
}

async fn content(
    at: &At<'_, Client>,
    (bucket, key): (&str, &str),
    version: Option<String>,
    range: Option<String>,
) -> Result<String, KindError> {
    let what = format!("read the content of {bucket}/{key}");
    let read = |s3: S3| {
        let request = s3.get_object().bucket(bucket).key(key).set_version_id(version.clone());
        let request = request.set_range(range.clone());
        async move { Ok(request.send().await?.body.collect().await) }
    };
    let body = at.client.ask(&what, read).await?;
    let lost =
        |e| crate::Trouble::new(provider::ErrorKind::Transient, &what, format!("the content broke off: {e}"));
    let bytes = body.map_err(lost)?.to_vec();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
