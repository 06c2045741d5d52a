//! What an object is like now, and what of it is set without writing it anew.

use aws_sdk_s3::types::{
    ChecksumMode, ObjectLockLegalHold, ObjectLockLegalHoldStatus, ObjectLockMode, ObjectLockRetention,
    ObjectLockRetentionMode, Tag, Tagging,
};
use aws_smithy_types::date_time::Format;
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError};

use super::body;
use crate::s3::S3;
use crate::tags::{self, Tags};
use crate::{Client, OrAbsent, built};

pub(super) async fn read(at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
    let (bucket, key) = (known.str("bucket"), known.str("key"));
    let what = format!("read {bucket}/{key}");
    let ask = |s3: S3| s3.head_object().bucket(bucket).key(key).checksum_mode(ChecksumMode::Enabled).send();
    let Some(head) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(None) };
    let tags = read_tags(at, bucket, key).await?;
    let class = head.storage_class().map_or("STANDARD", |class| class.as_str()).to_owned();
    let until = head.object_lock_retain_until_date().and_then(|until| until.fmt(Format::DateTime).ok());
    let kms = head.ssekms_key_id().map(str::to_owned);
    let metadata = head.metadata().cloned().unwrap_or_default();
    let told = fields! {
        arn: format!("arn:{}:s3:::{bucket}/{key}", at.client.partition()),
        bucket_key_enabled: head.bucket_key_enabled().unwrap_or_default(),
        cache_control: head.cache_control(),
        checksum_crc32: head.checksum_crc32().unwrap_or_default(),
        checksum_crc32c: head.checksum_crc32_c().unwrap_or_default(),
        checksum_crc64nvme: head.checksum_crc64_nvme().unwrap_or_default(),
        checksum_sha1: head.checksum_sha1().unwrap_or_default(),
        checksum_sha256: head.checksum_sha256().unwrap_or_default(),
        content_disposition: head.content_disposition(),
        content_encoding: head.content_encoding().filter(|encoding| *encoding != "aws-chunked"),
        content_language: head.content_language(),
        content_type: head.content_type().unwrap_or_default(),
        etag: head.e_tag().unwrap_or_default().trim_matches('"'),
        id: key,
        kms_key_id: kms,
        metadata: metadata,
        object_lock_legal_hold_status: head.object_lock_legal_hold_status().map(|status| status.as_str()),
        object_lock_mode: head.object_lock_mode().map(|mode| mode.as_str()),
        object_lock_retain_until_date: until,
        server_side_encryption: head.server_side_encryption().map_or("", |method| method.as_str()),
        storage_class: class,
        version_id: head.version_id().filter(|version| *version != "null").unwrap_or_default(),
        website_redirect: head.website_redirect_location(),
    };
    Ok(Some(told.and(tags::seen(at.client, known, tags))))
}

async fn read_tags(at: &At<'_, Client>, bucket: &str, key: &str) -> Result<Tags, KindError> {
    let ask = |s3: S3| s3.get_object_tagging().bucket(bucket).key(key).send();
    let answer = at.client.ask(&format!("read the tags of {bucket}/{key}"), ask).await;
    let answer = answer.or_absent_for(&["NotImplemented"])?;
    let tags = answer.map(|answer| answer.tag_set).unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

pub(super) async fn put_tags(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let (bucket, key) = (wanted.str("bucket"), wanted.str("key"));
    let before = read_tags(at, bucket, key).await?;
    let keeps = |key: &str| provider::Ownership::is_mark(key) || at.client.ignores_tag(key);
    let mut all: Tags = before.into_iter().filter(|(key, _)| keeps(key)).collect();
    all.extend(wanted.map("tags_all"));
    let tag = |(key, value): (&String, &String)| built(Tag::builder().key(key).value(value).build());
    let all = all.iter().map(tag).collect::<Result<Vec<_>, _>>()?;
    let tagging = built(Tagging::builder().set_tag_set(Some(all)).build())?;
    let put = |s3: S3| s3.put_object_tagging().bucket(bucket).key(key).tagging(tagging.clone()).send();
    at.client.put(&format!("tag {bucket}/{key}"), put).await?;
    Ok(())
}

/// Sets the locks of an object that changed.
pub(super) async fn put_locks(
    at: &At<'_, Client>,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let (bucket, key) = (wanted.str("bucket"), wanted.str("key"));
    let what = format!("lock {bucket}/{key}");
    if prior.differs(wanted, "object_lock_legal_hold_status") {
        let status =
            ObjectLockLegalHoldStatus::from(wanted.text("object_lock_legal_hold_status").unwrap_or("OFF"));
        let hold = ObjectLockLegalHold::builder().status(status).build();
        let put = |s3: S3| s3.put_object_legal_hold().bucket(bucket).key(key).legal_hold(hold.clone()).send();
        at.client.put(&what, put).await?;
    }
    if prior.differs_in(wanted, &["object_lock_mode", "object_lock_retain_until_date"]) {
        let mode = wanted.text("object_lock_mode").map(ObjectLockMode::from);
        let mode = mode.map(|mode| ObjectLockRetentionMode::from(mode.as_str()));
        let until = wanted.text("object_lock_retain_until_date").map(body::date).transpose()?;
        let retention = ObjectLockRetention::builder().set_mode(mode).set_retain_until_date(until).build();
        let bypass = wanted.is("force_destroy").then_some(true);
        let put = |s3: S3| {
            let request = s3.put_object_retention().bucket(bucket).key(key).retention(retention.clone());
            request.set_bypass_governance_retention(bypass).send()
        };
        at.client.put(&what, put).await?;
    }
    Ok(())
}

/// The versions of an object, newest first; one without a name where the bucket keeps none.
pub(super) async fn versions(
    at: &At<'_, Client>,
    bucket: &str,
    key: &str,
) -> Result<Vec<Option<String>>, KindError> {
    let what = format!("list the versions of {bucket}/{key}");
    let (mut found, mut marker) = (Vec::new(), None::<(Option<String>, Option<String>)>);
    loop {
        let (after_key, after) = marker.clone().unwrap_or_default();
        let ask = |s3: S3| {
            let request = s3.list_object_versions().bucket(bucket).prefix(key);
            request.set_key_marker(after_key.clone()).set_version_id_marker(after.clone()).send()
        };
        let Some(page) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(found) };
        let versions = page.versions().iter().map(|v| (v.key(), v.version_id()));
        let markers = page.delete_markers().iter().map(|v| (v.key(), v.version_id()));
        let own = versions.chain(markers).filter(|(of, _)| *of == Some(key));
        found.extend(own.map(|(_, version)| version.map(str::to_owned)));
        if page.is_truncated() != Some(true) {
            return Ok(found);
        }
        marker = Some((page.next_key_marker.clone(), page.next_version_id_marker.clone()));
    }
}
