//! `aws_s3_bucket_ownership_controls`.

use async_trait::async_trait;
use aws_sdk_s3::types::{ObjectOwnership, OwnershipControls, OwnershipControlsRule};
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, fields};

use super::S3;
use crate::{Client, OrAbsent, built};

/// The resource type.
pub(crate) struct Ownership;

/// How the API says that there are none.
const NONE: &[&str] = &["OwnershipControlsNotFoundError"];

#[async_trait]
impl Kind for Ownership {
    type Client = Client;
    const NAME: &'static str = "aws_s3_bucket_ownership_controls";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Whose the objects are that others put into a bucket.

bucket required fixed string | The bucket's name.
id optional computed string | The bucket's name.
rule block list 1..1 | The rule.
  object_ownership required string | `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`.
";

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        put(at, wanted).await?;
        Ok(fields! { id: wanted.str("bucket") })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (bucket, _) = super::bucket_of(known);
        let what = format!("read the ownership controls of the bucket {bucket}");
        let ask = |s3: S3| s3.get_bucket_ownership_controls().bucket(&bucket).send();
        let answer = at.client.ask(&what, ask).await.or_absent_for(NONE)?;
        let Some(controls) = answer.and_then(|answer| answer.ownership_controls) else { return Ok(None) };
        let rule =
            |rule: &OwnershipControlsRule| fields! { object_ownership: rule.object_ownership.as_str() };
        let rules: Vec<Fields> = controls.rules.iter().map(rule).collect();
        Ok(Some(fields! { bucket: bucket, rule: rules }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (bucket, _) = super::bucket_of(prior);
        let what = format!("remove the ownership controls of the bucket {bucket}");
        let remove = |s3: S3| s3.delete_bucket_ownership_controls().bucket(&bucket).send();
        at.client.put(&what, remove).await.or_absent_for(NONE)?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(super::from_id(id))
    }
}

async fn put(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let rule = |rule: Given<'_>| {
        let ownership = ObjectOwnership::from(rule.str("object_ownership"));
        built(OwnershipControlsRule::builder().object_ownership(ownership).build())
    };
    let rules = wanted.blocks("rule").into_iter().map(rule).collect::<Result<Vec<_>, _>>()?;
    let controls = built(OwnershipControls::builder().set_rules(Some(rules)).build())?;
    let bucket = wanted.str("bucket");
    let what = format!("set the ownership controls of the bucket {bucket}");
    let put = |s3: S3| {
        s3.put_bucket_ownership_controls().bucket(bucket).ownership_controls(controls.clone()).send()
    };
    at.client.put(&what, put).await?;
    Ok(())
}
