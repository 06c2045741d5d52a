//! `aws_s3_bucket_public_access_block`.

use async_trait::async_trait;
use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, fields};

use super::S3;
use crate::{Client, OrAbsent};

/// The resource type.
pub(crate) struct PublicAccessBlock;

#[async_trait]
impl Kind for PublicAccessBlock {
    type Client = Client;
    const NAME: &'static str = "aws_s3_bucket_public_access_block";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Keeps a bucket from becoming public, whatever its lists and its policy say.

block_public_acls optional default=false bool | Refuses lists of access that are public.
block_public_policy optional default=false bool | Refuses policies that are public.
bucket required fixed string | The bucket's name.
id optional computed string | The bucket's name.
ignore_public_acls optional default=false bool | Ignores lists of access that are public.
restrict_public_buckets optional default=false bool | Lets only services and the owner's account in where a policy is public.
";

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        put(at, wanted).await?;
        Ok(fields! { id: wanted.str("bucket") })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (bucket, _) = super::bucket_of(known);
        let what = format!("read the public access block of the bucket {bucket}");
        let ask = |s3: S3| s3.get_public_access_block().bucket(&bucket).send();
        let Some(answer) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(None) };
        let Some(block) = answer.public_access_block_configuration else { return Ok(None) };
        Ok(Some(fields! {
            bucket: bucket,
            block_public_acls: block.block_public_acls.unwrap_or_default(),
            block_public_policy: block.block_public_policy.unwrap_or_default(),
            ignore_public_acls: block.ignore_public_acls.unwrap_or_default(),
            restrict_public_buckets: block.restrict_public_buckets.unwrap_or_default(),
        }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (bucket, _) = super::bucket_of(prior);
        let what = format!("remove the public access block of the bucket {bucket}");
        let remove = |s3: S3| s3.delete_public_access_block().bucket(&bucket).send();
        at.client.put(&what, remove).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(super::from_id(id))
    }
}

async fn put(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let block = PublicAccessBlockConfiguration::builder()
        .block_public_acls(wanted.is("block_public_acls"))
        .block_public_policy(wanted.is("block_public_policy"))
        .ignore_public_acls(wanted.is("ignore_public_acls"))
        .restrict_public_buckets(wanted.is("restrict_public_buckets"))
        .build();
    let bucket = wanted.str("bucket");
    let what = format!("set the public access block of the bucket {bucket}");
    let put = |s3: S3| {
        s3.put_public_access_block().bucket(bucket).public_access_block_configuration(block.clone()).send()
    };
    at.client.put(&what, put).await?;
    Ok(())
}
