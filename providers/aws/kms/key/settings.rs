//! What can be changed of a key.

use aws_sdk_kms::types::{KeyMetadata, KeySpec, Tag};
use provider::sheet::{At, Given, KindError};

use crate::kms::Kms;
use crate::tags::{self, Tags};
use crate::{Client, OrAbsent, Trouble, when_spread};

/// The only name that a key's policy can have.
const POLICY: &str = "default";

/// Tags as KMS takes them; nothing where there are none.
pub(super) fn tag_list(tags: &Tags) -> Option<Vec<Tag>> {
    let tag = |(key, value): (&String, &String)| Tag::builder().tag_key(key).tag_value(value).build().ok();
    let tags: Vec<Tag> = tags.iter().filter_map(tag).collect();
    Some(tags).filter(|tags| !tags.is_empty())
}

pub(super) async fn read_tags(at: &At<'_, Client>, id: &str) -> Result<Tags, KindError> {
    let (mut found, mut marker) = (Tags::new(), None);
    loop {
        let ask = |kms: Kms| kms.list_resource_tags().key_id(id).set_marker(marker.clone()).send();
        let page = at.client.ask(&format!("read the tags of the key {id}"), ask).await.or_absent()?;
        let Some(page) = page else { return Ok(found) };
        found.extend(page.tags.unwrap_or_default().into_iter().map(|tag| (tag.tag_key, tag.tag_value)));
        match page.next_marker.filter(|_| page.truncated) {
            Some(next) => marker = Some(next),
            None => return Ok(found),
        }
    }
}

pub(super) async fn read_policy(at: &At<'_, Client>, id: &str) -> Result<Option<String>, KindError> {
    let ask = |kms: Kms| kms.get_key_policy().key_id(id).policy_name(POLICY).send();
    let answer = at.client.ask(&format!("read the policy of the key {id}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.policy))
}

/// Whether a key is renewed, and after how many days. Only symmetric ones that KMS keeps itself can be.
pub(super) async fn rotation(at: &At<'_, Client>, key: &KeyMetadata) -> Result<(bool, i32), KindError> {
    if key.key_spec() != Some(&KeySpec::SymmetricDefault) {
        return Ok((false, 0));
    }
    let ask = |kms: Kms| kms.get_key_rotation_status().key_id(key.key_id()).send();
    let answer = at.client.ask(&format!("read the rotation of the key {}", key.key_id()), ask).await;
    let answer = answer.or_absent_for(&["UnsupportedOperationException"])?;
    Ok(answer.map_or((false, 0), |answer| {
        (answer.key_rotation_enabled(), answer.rotation_period_in_days().unwrap_or(0))
    }))
}

/// Starts or stops the renewal of a key.
pub(super) async fn rotate(at: &At<'_, Client>, id: &str, wanted: Given<'_>) -> Result<(), Trouble> {
    let what = format!("change the rotation of the key {id}");
    if wanted.is("enable_key_rotation") {
        let days = wanted.int32("rotation_period_in_days");
        let start = |kms: Kms| kms.enable_key_rotation().key_id(id).set_rotation_period_in_days(days).send();
        at.client.put(&what, start).await?;
    } else {
        at.client.put(&what, |kms: Kms| kms.disable_key_rotation().key_id(id).send()).await?;
    }
    Ok(())
}

/// Makes a key usable or unusable.
pub(super) async fn enable(at: &At<'_, Client>, id: &str, wanted: Given<'_>) -> Result<(), Trouble> {
    if wanted.is("is_enabled") {
        at.client.put(&format!("enable the key {id}"), |kms: Kms| kms.enable_key().key_id(id).send()).await?;
    } else {
        at.client
            .put(&format!("disable the key {id}"), |kms: Kms| kms.disable_key().key_id(id).send())
            .await?;
    }
    Ok(())
}

/// Brings a key from what it was to what is wanted. It is enabled first and disabled last: one that is disabled takes no change
/// of its rotation.
pub(super) async fn change(
    at: &At<'_, Client>,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let id = prior.id();
    let is_switched = prior.differs(wanted, "is_enabled");
    if is_switched && wanted.is("is_enabled") {
        enable(at, id, wanted).await?;
    }
    if prior.differs_in(wanted, &["enable_key_rotation", "rotation_period_in_days"]) {
        rotate(at, id, wanted).await?;
    }
    if prior.differs(wanted, "description") {
        let put =
            |kms: Kms| kms.update_key_description().key_id(id).description(wanted.str("description")).send();
        at.client.put(&format!("describe the key {id}"), put).await?;
    }
    if let Some(policy) = wanted.text("policy").filter(|_| prior.differs(wanted, "policy")) {
        let bypass = wanted.is("bypass_policy_lockout_safety_check");
        let put = |kms: Kms| {
            let request = kms.put_key_policy().key_id(id).policy_name(POLICY).policy(policy);
            request.bypass_policy_lockout_safety_check(bypass).send()
        };
        let what = format!("change the policy of the key {id}");
        when_spread(at, || at.client.put(&what, put)).await?;
    }
    update_tags(at, prior, wanted).await?;
    if is_switched && !wanted.is("is_enabled") {
        enable(at, id, wanted).await?;
    }
    Ok(())
}

async fn update_tags(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let (id, (set, gone)) = (prior.id(), tags::changes(prior, wanted));
    let what = format!("tag the key {id}");
    if !gone.is_empty() {
        let untag = |kms: Kms| kms.untag_resource().key_id(id).set_tag_keys(Some(gone.clone())).send();
        at.client.put(&what, untag).await?;
    }
    if let Some(tags) = tag_list(&set) {
        at.client
            .put(&what, |kms: Kms| kms.tag_resource().key_id(id).set_tags(Some(tags.clone())).send())
            .await?;
    }
    Ok(())
}
