//! Where objects are copied to, as a bucket's own block says it.

use aws_sdk_s3::types::{
    AccessControlTranslation, DeleteMarkerReplication, DeleteMarkerReplicationStatus, Destination,
    EncryptionConfiguration, Metrics, MetricsStatus, OwnerOverride, ReplicationConfiguration,
    ReplicationRule, ReplicationRuleAndOperator, ReplicationRuleFilter, ReplicationRuleStatus,
    ReplicationTime, ReplicationTimeStatus, ReplicationTimeValue, SourceSelectionCriteria,
    SseKmsEncryptedObjects, SseKmsEncryptedObjectsStatus, StorageClass, Tag,
};
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError};

use super::LACKING;
use crate::s3::S3;
use crate::tags::Tags;
use crate::{Client, OrAbsent, Trouble, built};

/// The code for a bucket whose objects are not copied.
const NONE: &str = "ReplicationConfigurationNotFoundError";

/// The copying of a bucket as a block, where there is any.
pub(super) async fn read(at: &At<'_, Client>, bucket: &str) -> Result<Vec<Fields>, KindError> {
    let ask = |s3: S3| s3.get_bucket_replication().bucket(bucket).send();
    let answer = at.client.ask(&format!("read the replication of the bucket {bucket}"), ask).await;
    let lacking: Vec<&str> = LACKING.iter().copied().chain([NONE]).collect();
    let found = answer.or_absent_for(&lacking)?.and_then(|answer| answer.replication_configuration);
    Ok(found.iter().map(block).collect())
}

fn block(found: &ReplicationConfiguration) -> Fields {
    fields! { role: &found.role, rules: found.rules().iter().map(rule_of).collect::<Vec<_>>() }
}

fn rule_of(rule: &ReplicationRule) -> Fields {
    let markers = rule.delete_marker_replication.as_ref().and_then(|markers| markers.status.as_ref());
    let markers = markers.filter(|status| **status == DeleteMarkerReplicationStatus::Enabled);
    let encrypted = rule.source_selection_criteria.as_ref();
    let encrypted = encrypted.and_then(|criteria| criteria.sse_kms_encrypted_objects.as_ref());
    let encrypted = encrypted.map(|objects| {
        let enabled = objects.status == SseKmsEncryptedObjectsStatus::Enabled;
        fields! { sse_kms_encrypted_objects: vec![fields! { enabled: enabled }] }
    });
    fields! {
        delete_marker_replication_status: markers.map_or(String::new(), |status| status.as_str().to_owned()),
        destination: rule.destination.iter().map(destination_of).collect::<Vec<_>>(),
        filter: rule.filter.as_ref().and_then(filter_of).into_iter().collect::<Vec<_>>(),
        id: rule.id.clone(),
        prefix: prefix_of(rule),
        priority: rule.priority.unwrap_or_default(),
        source_selection_criteria: encrypted.into_iter().collect::<Vec<_>>(),
        status: rule.status.as_str(),
    }
}

/// The prefix of a rule in the first form of rules, which has no filter.
#[expect(deprecated, reason = "what older configurations set is told as they set it")]
fn prefix_of(rule: &ReplicationRule) -> String {
    rule.prefix.clone().unwrap_or_default()
}

fn destination_of(to: &Destination) -> Fields {
    let owner = to.access_control_translation.as_ref().map(|to| fields! { owner: to.owner.as_str() });
    let minutes = |time: Option<&ReplicationTimeValue>| time.and_then(|time| time.minutes);
    let metrics = to.metrics.as_ref().map(|metrics| {
        fields! { minutes: minutes(metrics.event_threshold.as_ref()), status: metrics.status.as_str() }
    });
    let time = to.replication_time.as_ref();
    let time =
        time.map(|time| fields! { minutes: minutes(time.time.as_ref()), status: time.status.as_str() });
    let key = to.encryption_configuration.as_ref().and_then(|by| by.replica_kms_key_id.clone());
    fields! {
        access_control_translation: owner.into_iter().collect::<Vec<_>>(),
        account_id: to.account.clone(),
        bucket: &to.bucket,
        metrics: metrics.into_iter().collect::<Vec<_>>(),
        replica_kms_key_id: key,
        replication_time: time.into_iter().collect::<Vec<_>>(),
        storage_class: to.storage_class.as_ref().map(|class| class.as_str().to_owned()),
    }
}

/// The filter of a rule, where it says anything.
fn filter_of(filter: &ReplicationRuleFilter) -> Option<Fields> {
    let and = filter.and.as_ref();
    let prefix = filter.prefix.clone().or_else(|| and.and_then(|and| and.prefix.clone())).unwrap_or_default();
    let all = and.map(|and| and.tags().to_vec()).unwrap_or_default();
    let tags: Tags = filter.tag.iter().chain(&all).map(|tag| (tag.key.clone(), tag.value.clone())).collect();
    (!prefix.is_empty() || !tags.is_empty()).then(|| fields! { prefix: prefix, tags: tags })
}

/// Sets where the objects of a bucket are copied to.
pub(super) async fn put(at: &At<'_, Client>, bucket: &str, block: Given<'_>) -> Result<(), KindError> {
    let rules = block.blocks("rules").into_iter().map(rule).collect::<Result<Vec<_>, _>>()?;
    let configuration = ReplicationConfiguration::builder().role(block.str("role")).set_rules(Some(rules));
    let configuration = built(configuration.build())?;
    let put = |s3: S3| {
        let request = s3.put_bucket_replication().bucket(bucket);
        request.replication_configuration(configuration.clone()).send()
    };
    at.client.put(&format!("set the replication of the bucket {bucket}"), put).await?;
    Ok(())
}

fn rule(block: Given<'_>) -> Result<ReplicationRule, Trouble> {
    let to = block.block("destination").map(destination).transpose()?;
    let encrypted = block.block("source_selection_criteria");
    let encrypted = encrypted.and_then(|criteria| criteria.block("sse_kms_encrypted_objects"));
    let rule = ReplicationRule::builder()
        .set_id(block.string("id"))
        .status(ReplicationRuleStatus::from(block.str("status")))
        .set_destination(to)
        .set_source_selection_criteria(encrypted.map(criteria).transpose()?);
    let Some(filter) = block.block("filter") else { return built(with_prefix(rule, block).build()) };
    // A rule with a filter is of the second form, which says what becomes of markers of deletion.
    let markers = match block.text("delete_marker_replication_status") {
        Some(status) => DeleteMarkerReplicationStatus::from(status),
        None => DeleteMarkerReplicationStatus::Disabled,
    };
    let markers = DeleteMarkerReplication::builder().status(markers).build();
    let rule = rule.priority(block.int32("priority").unwrap_or_default());
    built(rule.filter(self::filter(filter)?).delete_marker_replication(markers).build())
}

#[expect(deprecated, reason = "a rule without a filter takes a prefix only so")]
fn with_prefix(
    rule: aws_sdk_s3::types::builders::ReplicationRuleBuilder,
    block: Given<'_>,
) -> aws_sdk_s3::types::builders::ReplicationRuleBuilder {
    rule.prefix(block.str("prefix"))
}

fn criteria(encrypted: Given<'_>) -> Result<SourceSelectionCriteria, Trouble> {
    let status = match encrypted.is("enabled") {
        true => SseKmsEncryptedObjectsStatus::Enabled,
        false => SseKmsEncryptedObjectsStatus::Disabled,
    };
    let encrypted = built(SseKmsEncryptedObjects::builder().status(status).build())?;
    Ok(SourceSelectionCriteria::builder().sse_kms_encrypted_objects(encrypted).build())
}

fn destination(block: Given<'_>) -> Result<Destination, Trouble> {
    let owner = |to: Given<'_>| {
        built(AccessControlTranslation::builder().owner(OwnerOverride::from(to.str("owner"))).build())
    };
    let minutes = |of: Given<'_>| {
        ReplicationTimeValue::builder()
            .set_minutes(of.int32("minutes").filter(|minutes| *minutes > 0))
            .build()
    };
    let time = |of: Given<'_>| {
        let status = ReplicationTimeStatus::from(of.text("status").unwrap_or("Enabled"));
        built(ReplicationTime::builder().status(status).time(minutes(of)).build())
    };
    let metrics = |of: Given<'_>| {
        let status = MetricsStatus::from(of.text("status").unwrap_or("Enabled"));
        built(Metrics::builder().status(status).event_threshold(minutes(of)).build())
    };
    let key = block.string("replica_kms_key_id");
    let by = key.map(|key| EncryptionConfiguration::builder().replica_kms_key_id(key).build());
    let to = Destination::builder()
        .bucket(block.str("bucket"))
        .set_account(block.string("account_id"))
        .set_storage_class(block.text("storage_class").map(StorageClass::from))
        .set_access_control_translation(block.block("access_control_translation").map(owner).transpose()?)
        .set_encryption_configuration(by)
        .set_metrics(block.block("metrics").map(metrics).transpose()?)
        .set_replication_time(block.block("replication_time").map(time).transpose()?);
    built(to.build())
}

fn filter(block: Given<'_>) -> Result<ReplicationRuleFilter, Trouble> {
    let tag = |(key, value): (&String, &String)| built(Tag::builder().key(key).value(value).build());
    let tags = block.map("tags").iter().map(tag).collect::<Result<Vec<_>, _>>()?;
    let filter = ReplicationRuleFilter::builder();
    if tags.is_empty() {
        return Ok(filter.prefix(block.str("prefix")).build());
    }
    let all = ReplicationRuleAndOperator::builder().prefix(block.str("prefix")).set_tags(Some(tags));
    Ok(filter.and(all.build()).build())
}
