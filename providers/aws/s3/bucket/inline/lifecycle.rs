//! What happens to old objects, as a bucket's own block says it.

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus, LifecycleExpiration,
    LifecycleRule, LifecycleRuleAndOperator, LifecycleRuleFilter, NoncurrentVersionExpiration,
    NoncurrentVersionTransition, Tag, Transition, TransitionStorageClass,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use provider::sheet::{At, Fields, Given, KindError};
use provider::{ErrorKind, fields};

use super::LACKING;
use crate::s3::S3;
use crate::tags::Tags;
use crate::{Client, OrAbsent, Trouble, built};

/// The rules of a bucket as blocks.
pub(super) async fn read(at: &At<'_, Client>, bucket: &str) -> Result<Vec<Fields>, KindError> {
    let ask = |s3: S3| s3.get_bucket_lifecycle_configuration().bucket(bucket).send();
    let answer = at.client.ask(&format!("read the lifecycle of the bucket {bucket}"), ask).await;
    let rules = answer.or_absent_for(LACKING)?.and_then(|answer| answer.rules).unwrap_or_default();
    Ok(rules.iter().map(block).collect())
}

fn day(date: Option<&DateTime>) -> Option<String> {
    let text = date?.fmt(Format::DateTime).ok()?;
    text.split_once('T').map(|(day, _)| day.to_owned())
}

fn block(rule: &LifecycleRule) -> Fields {
    let (mut prefix, mut tags) = (None, Tags::new());
    if let Some(filter) = &rule.filter {
        let and = filter.and.as_ref();
        prefix = filter.prefix.clone().or_else(|| and.and_then(|and| and.prefix.clone()));
        let all = and.map(|and| and.tags().to_vec()).unwrap_or_default();
        tags.extend(filter.tag.iter().chain(&all).map(|tag| (tag.key.clone(), tag.value.clone())));
    }
    let expiration = rule.expiration.as_ref().map(|e| {
        fields! {
            date: day(e.date.as_ref()), days: e.days.unwrap_or_default(),
            expired_object_delete_marker: e.expired_object_delete_marker.unwrap_or_default(),
        }
    });
    let earlier = rule.noncurrent_version_expiration.as_ref().map(|e| fields! { days: e.noncurrent_days });
    let earlier_moves = rule.noncurrent_version_transitions().iter().map(|m| fields! {
        days: m.noncurrent_days, storage_class: m.storage_class.as_ref().map(|class| class.as_str().to_owned()),
    });
    let moves = rule.transitions().iter().map(|m| {
        fields! {
            date: day(m.date.as_ref()),
            days: m.days.unwrap_or_default(),
            storage_class: m.storage_class.as_ref().map(|class| class.as_str().to_owned()),
        }
    });
    let uploads =
        rule.abort_incomplete_multipart_upload.as_ref().and_then(|upload| upload.days_after_initiation);
    fields! {
        id: rule.id.clone(),
        enabled: rule.status == ExpirationStatus::Enabled,
        prefix: prefix.unwrap_or_default(),
        tags: tags,
        abort_incomplete_multipart_upload_days: uploads.unwrap_or_default(),
        expiration: expiration.into_iter().collect::<Vec<_>>(),
        noncurrent_version_expiration: earlier.into_iter().collect::<Vec<_>>(),
        noncurrent_version_transition: earlier_moves.collect::<Vec<_>>(),
        transition: moves.collect::<Vec<_>>(),
    }
}

/// Sets the rules of a bucket.
pub(super) async fn put(at: &At<'_, Client>, bucket: &str, rules: &[Given<'_>]) -> Result<(), KindError> {
    let rules =
        rules.iter().enumerate().map(|(i, rule)| self::rule(i, *rule)).collect::<Result<Vec<_>, _>>()?;
    let configuration = built(BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build())?;
    let put = |s3: S3| {
        let request = s3.put_bucket_lifecycle_configuration().bucket(bucket);
        request.lifecycle_configuration(configuration.clone()).send()
    };
    at.client.put(&format!("set the lifecycle of the bucket {bucket}"), put).await?;
    Ok(())
}

fn date(block: Given<'_>) -> Result<Option<DateTime>, Trouble> {
    let read = |text: &str| {
        let wrong = |e| Trouble::new(ErrorKind::Invalid, "read a date", format!("{text:?}: {e}"));
        DateTime::from_str(&format!("{text}T00:00:00Z"), Format::DateTime).map_err(wrong)
    };
    block.text("date").map(read).transpose()
}

fn rule(number: usize, block: Given<'_>) -> Result<LifecycleRule, Trouble> {
    let expiration = |e: Given<'_>| {
        let marker = e.flag("expired_object_delete_marker").filter(|is| *is);
        let made = LifecycleExpiration::builder()
            .set_date(date(e)?)
            .set_days(e.int32("days").filter(|days| *days > 0));
        Ok(made.set_expired_object_delete_marker(marker).build())
    };
    let moved = |m: Given<'_>| {
        let class = TransitionStorageClass::from(m.str("storage_class"));
        let day = date(m)?;
        let days = m.int32("days").filter(|_| day.is_none());
        Ok(Transition::builder().set_date(day).set_days(days).storage_class(class).build())
    };
    let earlier_moved = |m: Given<'_>| {
        let class = TransitionStorageClass::from(m.str("storage_class"));
        NoncurrentVersionTransition::builder()
            .set_noncurrent_days(m.int32("days"))
            .storage_class(class)
            .build()
    };
    let earlier = block.block("noncurrent_version_expiration");
    let earlier =
        earlier.map(|e| NoncurrentVersionExpiration::builder().set_noncurrent_days(e.int32("days")).build());
    let uploads = block.int32("abort_incomplete_multipart_upload_days");
    let uploads =
        uploads.map(|days| AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build());
    let moves = block.blocks("transition").into_iter().map(moved).collect::<Result<Vec<_>, Trouble>>()?;
    let earlier_moves: Vec<_> =
        block.blocks("noncurrent_version_transition").into_iter().map(earlier_moved).collect();
    let status = if block.is("enabled") { ExpirationStatus::Enabled } else { ExpirationStatus::Disabled };
    let rule = LifecycleRule::builder()
        .id(block.string("id").unwrap_or_else(|| format!("rule-{number}")))
        .status(status)
        .filter(filter(block)?)
        .set_expiration(block.block("expiration").map(expiration).transpose()?)
        .set_noncurrent_version_expiration(earlier)
        .set_abort_incomplete_multipart_upload(uploads)
        .set_transitions(Some(moves).filter(|moves| !moves.is_empty()))
        .set_noncurrent_version_transitions(Some(earlier_moves).filter(|moves| !moves.is_empty()));
    built(rule.build())
}

fn filter(block: Given<'_>) -> Result<LifecycleRuleFilter, Trouble> {
    let tag = |(key, value): (&String, &String)| built(Tag::builder().key(key).value(value).build());
    let tags = block.map("tags").iter().map(tag).collect::<Result<Vec<_>, _>>()?;
    if tags.is_empty() {
        return Ok(LifecycleRuleFilter::builder().prefix(block.str("prefix")).build());
    }
    let all = LifecycleRuleAndOperator::builder().prefix(block.str("prefix")).set_tags(Some(tags)).build();
    Ok(LifecycleRuleFilter::builder().and(all).build())
}
