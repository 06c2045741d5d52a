//! `aws_s3_bucket_policy`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::S3;
use crate::{Client, OrAbsent};

/// The resource type.
pub(crate) struct Policy;

#[async_trait]
impl Kind for Policy {
    type Client = Client;
    const NAME: &'static str = "aws_s3_bucket_policy";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
The policy of a bucket: who may do what with it and its objects.

bucket required fixed string | The bucket's name.
id optional computed string | The bucket's name.
policy required policy string | The policy, in JSON.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        crate::policies::check(config, "policy")
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        put(at, wanted.str("bucket"), wanted.str("policy")).await?;
        Ok(fields! { id: wanted.str("bucket") })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (bucket, _) = super::bucket_of(known);
        let policy = read(at, &bucket).await?;
        Ok(policy.map(|policy| fields! { bucket: &bucket, policy: policy }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted.str("bucket"), wanted.str("policy")).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        remove(at, prior.str("bucket")).await
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(super::from_id(id))
    }
}

/// Reads a bucket's policy.
pub(super) async fn read(at: &At<'_, Client>, bucket: &str) -> Result<Option<String>, KindError> {
    let what = format!("read the policy of the bucket {bucket}");
    let ask = |s3: S3| s3.get_bucket_policy().bucket(bucket).send();
    Ok(at.client.ask(&what, ask).await.or_absent()?.and_then(|answer| answer.policy))
}

/// Sets a bucket's policy. A role that it names may have been made just now.
pub(super) async fn put(at: &At<'_, Client>, bucket: &str, policy: &str) -> Result<(), KindError> {
    let what = format!("set the policy of the bucket {bucket}");
    let put = || at.client.put(&what, |s3: S3| s3.put_bucket_policy().bucket(bucket).policy(policy).send());
    crate::when_spread(at, put).await?;
    Ok(())
}

/// Removes a bucket's policy.
pub(super) async fn remove(at: &At<'_, Client>, bucket: &str) -> Result<(), KindError> {
    let what = format!("remove the policy of the bucket {bucket}");
    at.client.put(&what, |s3: S3| s3.delete_bucket_policy().bucket(bucket).send()).await.or_absent()?;
    Ok(())
}
