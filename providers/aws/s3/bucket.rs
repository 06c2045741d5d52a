//! `aws_s3_bucket`.

mod inline;
mod purge;

pub(super) use inline::LACKING;

use async_trait::async_trait;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, Tag, Tagging};
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};

use super::S3;
use crate::tags::{self, Tags};
use crate::{Client, OrAbsent, Trouble};

/// The resource type.
pub(crate) struct Bucket;

#[async_trait]
impl Kind for Bucket {
    type Client = Client;
    const NAME: &'static str = "aws_s3_bucket";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = include_str!("bucket/sheet.txt");

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let both = config.text("bucket").is_some() && config.text("bucket_prefix").is_some();
        let detail = "`bucket` and `bucket_prefix` exclude each other.".to_owned();
        let both = both.then(|| ProviderError::invalid("Conflicting configuration arguments", detail));
        let name = config.text("bucket").and_then(|name| Some((name, super::name_fault(name, 63)?)));
        let wrong = name.map(|(name, why)| {
            let detail = format!("{name:?} can't be the name of a bucket: {why}.");
            ProviderError::invalid("Invalid bucket name", detail).at(Path::of_attr("bucket"))
        });
        let ways = ["fail_if_not_empty", "purge", "retain"];
        let way = config.text("on_destroy").filter(|way| !ways.contains(way)).map(|way| {
            let detail = format!("`on_destroy` is `fail_if_not_empty`, `purge` or `retain`, not {way:?}.");
            ProviderError::invalid("Invalid on_destroy", detail).at(Path::of_attr("on_destroy"))
        });
        both.into_iter().chain(wrong).chain(way).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        if draft.prior.is_none()
            && draft.config.text("bucket").is_none()
            && !draft.config.is_unknown("bucket")
        {
            draft.forget("bucket");
        }
        if draft.prior.is_none() && draft.config.value("object_lock_enabled").is_none() {
            let is = is_lockable(draft.config);
            draft.set("object_lock_enabled", Value::bool(is));
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = name_of(at, wanted);
        let what = format!("make the bucket {name}");
        let marked = tags::wanted(at, wanted);
        let location = create_configuration(at.client.region(), &marked);
        let make = |s3: S3| {
            let request = s3.create_bucket().bucket(&name).create_bucket_configuration(location.clone());
            request.object_lock_enabled_for_bucket(is_lockable(wanted)).send()
        };
        at.client.send(&what, make).await.map_err(|trouble| taken(&name, trouble))?;
        at.exists(fields! { id: &name, bucket: &name });
        // Older servers of this protocol take no tags when a bucket is made.
        let there = read_tags(at, &name).await?;
        if there.as_ref() != Some(&marked) && !marked.is_empty() {
            put_tags(at, &name, &marked).await?;
        }
        inline::put(at, &name, None, wanted).await?;
        Ok(fields! { id: &name, bucket: &name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = known.text("bucket").unwrap_or(known.id()).to_owned();
        let what = format!("read the bucket {name}");
        let ask = |s3: S3| s3.head_bucket().bucket(&name).send();
        let Some(head) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(None) };
        let tags = read_tags(at, &name).await?.unwrap_or_default();
        let (is_lockable, lock) = inline::lock(at, &name).await?;
        let settings = inline::read(at, &name).await?;
        let region = head.bucket_region.unwrap_or_else(|| at.client.region().to_owned());
        let (partition, suffix) = (at.client.partition(), at.client.dns_suffix());
        let told = fields! {
            arn: format!("arn:{partition}:s3:::{name}"),
            bucket: &name,
            bucket_domain_name: format!("{name}.s3.{suffix}"),
            bucket_prefix: known.str("bucket_prefix"),
            bucket_regional_domain_name: format!("{name}.s3.{region}.{suffix}"),
            hosted_zone_id: super::hosted_zone(&region),
            id: &name,
            object_lock_configuration: lock,
            object_lock_enabled: is_lockable,
            region: region,
        };
        Ok(Some(told.and(settings).and(tags::seen(at.client, known, tags))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let (set, gone) = tags::changes(prior, wanted);
        let name = prior.id();
        inline::put(at, name, Some(prior), wanted).await?;
        if set.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let mut all = read_tags(at, name).await?.unwrap_or_default();
        all.retain(|key, _| !gone.contains(key));
        all.extend(set);
        put_tags(at, name, &all).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.id();
        if prior.str("on_destroy") == "retain" {
            at.call.progress.report(&format!("keeping the bucket {name}, as `on_destroy` says"));
            return disown(at, name).await;
        }
        let is_purged = prior.is("force_destroy") || prior.str("on_destroy") == "purge";
        let what = format!("delete the bucket {name}");
        let remove = || async {
            at.client.put(&what, |s3: S3| s3.delete_bucket().bucket(name).send()).await.or_absent()
        };
        match remove().await {
            Err(trouble) if trouble.is(&["BucketNotEmpty"]) && is_purged => {
                purge::empty(at, name).await?;
                remove().await?;
            }
            Err(trouble) if trouble.is(&["BucketNotEmpty"]) => return Err(purge::refusal(at, name).await),
            result => drop(result?),
        }
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, bucket: id, force_destroy: false })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = name_of(at, wanted);
        let ask = |s3: S3| s3.head_bucket().bucket(&name).send();
        if at.client.ask(&format!("look for the bucket {name}"), ask).await.or_absent()?.is_none() {
            return Ok(None);
        }
        let tags = read_tags(at, &name).await?.unwrap_or_default();
        let seen = tags::seen(at.client, wanted, tags);
        Ok(Some(fields! { id: &name, bucket: &name }.and(seen)))
    }
}

/// Takes the marks of ownership off a bucket that stays.
async fn disown(at: &At<'_, Client>, name: &str) -> Result<(), KindError> {
    let Some(mut tags) = read_tags(at, name).await? else { return Ok(()) };
    let before = tags.len();
    tags.retain(|key, _| !provider::Ownership::is_mark(key));
    if tags.len() < before { put_tags(at, name, &tags).await } else { Ok(()) }
}

/// Whether objects in it shall be locked, now or later.
fn is_lockable(wanted: Given<'_>) -> bool {
    let block = wanted.block("object_lock_configuration");
    wanted.is("object_lock_enabled")
        || block.is_some_and(|block| block.str("object_lock_enabled") == "Enabled")
}

/// The name that is wanted. A made-up one is the same whenever the same create is asked for.
fn name_of(at: &At<'_, Client>, wanted: Given<'_>) -> String {
    let prefix = wanted.text("bucket_prefix").unwrap_or("terraform-");
    wanted.string("bucket").unwrap_or_else(|| crate::names::made_up(at, prefix, 63))
}

/// Where the bucket goes, and its tags. The oldest region must not be named.
fn create_configuration(region: &str, tags: &Tags) -> CreateBucketConfiguration {
    let region = Some(region).filter(|region| *region != "us-east-1").map(BucketLocationConstraint::from);
    CreateBucketConfiguration::builder().set_location_constraint(region).set_tags(Some(tag_set(tags))).build()
}

/// A name that somebody has already.
fn taken(name: &str, trouble: Trouble) -> ProviderError {
    match &*trouble.code {
        "BucketAlreadyExists" => {
            let detail = format!(
                "The name {name:?} is taken: bucket names are unique in the world. Choose another one."
            );
            ProviderError::new(ErrorKind::Conflict, "Bucket name is taken", detail)
        }
        "BucketAlreadyOwnedByYou" => {
            let detail = format!(
                "The bucket {name:?} is there already, in this account, and not this configuration's. Choose another name, or \
                 import it."
            );
            ProviderError::new(ErrorKind::Conflict, "Bucket is there already", detail)
        }
        _ => trouble.into(),
    }
}

fn tag_set(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build().ok();
    tags.iter().filter_map(tag).collect()
}

async fn read_tags(at: &At<'_, Client>, name: &str) -> Result<Option<Tags>, KindError> {
    let ask = |s3: S3| s3.get_bucket_tagging().bucket(name).send();
    let answer = at.client.ask(&format!("read the tags of the bucket {name}"), ask).await;
    let answer = answer.or_absent_for(&["NoSuchTagSet", "NotImplemented", "MethodNotAllowed"])?;
    Ok(answer.map(|answer| answer.tag_set.into_iter().map(|tag| (tag.key, tag.value)).collect()))
}

async fn put_tags(at: &At<'_, Client>, name: &str, tags: &Tags) -> Result<(), KindError> {
    let what = format!("tag the bucket {name}");
    if tags.is_empty() {
        at.client.put(&what, |s3: S3| s3.delete_bucket_tagging().bucket(name).send()).await?;
    } else {
        let tagging = Tagging::builder().set_tag_set(Some(tag_set(tags))).build();
        let tagging =
            tagging.map_err(|e| ProviderError::new(ErrorKind::Internal, "Provider failed", e.to_string()))?;
        let put = |s3: S3| s3.put_bucket_tagging().bucket(name).tagging(tagging.clone()).send();
        at.client.put(&what, put).await?;
    }
    Ok(())
}
