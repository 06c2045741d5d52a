//! What belongs to a secret: its policy, its replicas, its tags.

use aws_sdk_secretsmanager::types::{ReplicaRegionType, Tag};
use provider::sheet::{At, Given, KindError};

use crate::secretsmanager::{GOING, Secrets};
use crate::tags::{self, Tags};
use crate::{Client, OrAbsent, when_spread};

/// Tags as Secrets Manager takes them; nothing where there are none.
pub(super) fn tag_list(tags: &Tags) -> Option<Vec<Tag>> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let tags: Vec<Tag> = tags.iter().map(tag).collect();
    Some(tags).filter(|tags| !tags.is_empty())
}

/// Tags as Secrets Manager tells them.
pub(super) fn tags_of(tags: &[Tag]) -> Tags {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    tags.iter().map(|tag| (text(tag.key()), text(tag.value()))).collect()
}

/// The replicas that blocks describe.
pub(super) fn replicas(blocks: &[Given<'_>]) -> Vec<ReplicaRegionType> {
    let replica = |block: &Given<'_>| {
        let key = block.string("kms_key_id");
        ReplicaRegionType::builder().region(block.str("region")).set_kms_key_id(key).build()
    };
    blocks.iter().map(replica).collect()
}

/// The policy of a secret.
pub(in crate::secretsmanager) async fn read_policy(
    at: &At<'_, Client>,
    id: &str,
) -> Result<Option<String>, KindError> {
    let ask = |secrets: Secrets| secrets.get_resource_policy().secret_id(id).send();
    let what = format!("read the policy of the secret {id}");
    let answer = at.client.ask(&what, ask).await.or_absent_for(GOING)?;
    Ok(answer.and_then(|answer| answer.resource_policy).filter(|policy| policy != "{}"))
}

/// Sets the policy of a secret.
pub(in crate::secretsmanager) async fn put_policy(
    at: &At<'_, Client>,
    id: &str,
    policy: &str,
    block_public: Option<bool>,
) -> Result<(), KindError> {
    let what = format!("set the policy of the secret {id}");
    let put = |secrets: Secrets| {
        let request = secrets.put_resource_policy().secret_id(id).resource_policy(policy);
        request.set_block_public_policy(block_public).send()
    };
    when_spread(at, || at.client.put(&what, put)).await?;
    Ok(())
}

/// Removes the policy of a secret.
pub(in crate::secretsmanager) async fn remove_policy(at: &At<'_, Client>, id: &str) -> Result<(), KindError> {
    let remove = |secrets: Secrets| secrets.delete_resource_policy().secret_id(id).send();
    let what = format!("remove the policy of the secret {id}");
    at.client.put(&what, remove).await.or_absent_for(GOING)?;
    Ok(())
}

/// Replicas by their region, with the key that each is wanted to have.
fn by_region<'v>(blocks: &[Given<'v>]) -> std::collections::BTreeMap<&'v str, &'v str> {
    blocks.iter().map(|block| (block.str("region"), block.str("kms_key_id"))).collect()
}

/// Removes the replicas that are no longer wanted, or with another key, and makes those that are.
pub(super) async fn change_replicas(
    at: &At<'_, Client>,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let (id, blocks) = (prior.id(), wanted.blocks("replica"));
    let (before, after) = (by_region(&prior.blocks("replica")), by_region(&blocks));
    let is_same =
        |region: &str, key: &str| after.get(region).is_some_and(|new| new.is_empty() || *new == key);
    let gone = before.iter().filter(|(region, key)| !is_same(region, key));
    let gone: Vec<String> = gone.map(|(region, _)| (*region).to_owned()).collect();
    remove_regions(at, id, &gone).await?;
    let is_new = |block: &Given<'_>| {
        let region = block.str("region");
        !before.contains_key(region) || gone.iter().any(|gone| gone == region)
    };
    let new = replicas(&blocks.into_iter().filter(is_new).collect::<Vec<_>>());
    if !new.is_empty() {
        let force = wanted.is("force_overwrite_replica_secret");
        let add = |secrets: Secrets| {
            let request = secrets.replicate_secret_to_regions().secret_id(id);
            request.set_add_replica_regions(Some(new.clone())).force_overwrite_replica_secret(force).send()
        };
        at.client.put(&format!("replicate the secret {id}"), add).await?;
    }
    Ok(())
}

/// Removes all replicas.
pub(super) async fn remove_replicas(
    at: &At<'_, Client>,
    id: &str,
    prior: Given<'_>,
) -> Result<(), KindError> {
    let regions =
        prior.blocks("replica").iter().filter_map(|block| block.string("region")).collect::<Vec<_>>();
    remove_regions(at, id, &regions).await
}

async fn remove_regions(at: &At<'_, Client>, id: &str, regions: &[String]) -> Result<(), KindError> {
    if !regions.is_empty() {
        let remove = |secrets: Secrets| {
            let request = secrets.remove_regions_from_replication().secret_id(id);
            request.set_remove_replica_regions(Some(regions.to_vec())).send()
        };
        let what = format!("remove replicas of the secret {id}");
        at.client.put(&what, remove).await.or_absent_for(GOING)?;
    }
    Ok(())
}

/// Brings the tags of a secret to what is wanted.
pub(super) async fn update_tags(
    at: &At<'_, Client>,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let (id, (set, gone)) = (prior.id(), tags::changes(prior, wanted));
    let what = format!("tag the secret {id}");
    if !gone.is_empty() {
        let untag =
            |secrets: Secrets| secrets.untag_resource().secret_id(id).set_tag_keys(Some(gone.clone())).send();
        at.client.put(&what, untag).await?;
    }
    if let Some(tags) = tag_list(&set) {
        let tag = |secrets: Secrets| secrets.tag_resource().secret_id(id).set_tags(Some(tags.clone())).send();
        at.client.put(&what, tag).await?;
    }
    Ok(())
}
