//! `aws_s3_bucket_server_side_encryption_configuration`.

use async_trait::async_trait;
use aws_sdk_s3::types::{
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule,
};
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, fields};

use super::S3;
use crate::{Client, OrAbsent, built};

/// The resource type.
pub(crate) struct Encryption;

/// How the API says that there is none.
const NONE: &[&str] = &["ServerSideEncryptionConfigurationNotFoundError"];

#[async_trait]
impl Kind for Encryption {
    type Client = Client;
    const NAME: &'static str = "aws_s3_bucket_server_side_encryption_configuration";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
How objects are encrypted that come into a bucket. Removing it brings the default back, `AES256`.

bucket required fixed string | The bucket's name.
expected_bucket_owner optional fixed string | The account that must own the bucket.
id optional computed string | The bucket's name, and after a comma its expected owner.
rule block set 1.. | The rule.
  bucket_key_enabled optional bool | Whether a key of the bucket's saves requests to KMS.
  apply_server_side_encryption_by_default block list 0..1 | By which method.
    kms_master_key_id optional string | The key, for `aws:kms`.
    sse_algorithm required string | `AES256`, `aws:kms` or `aws:kms:dsse`.
";

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        put(at, wanted).await?;
        Ok(fields! { id: super::id_with_owner(wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (bucket, owner) = super::bucket_of(known);
        let rules = rules(at, &bucket, owner.clone()).await?;
        Ok(rules.map(|rules| fields! { bucket: bucket, expected_bucket_owner: owner, rule: rules }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (bucket, owner) = super::bucket_of(prior);
        let what = format!("remove the encryption of the bucket {bucket}");
        let remove = |s3: S3| {
            s3.delete_bucket_encryption().bucket(&bucket).set_expected_bucket_owner(owner.clone()).send()
        };
        at.client.put(&what, remove).await.or_absent_for(NONE)?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(super::from_id(id))
    }
}

/// The rules of a bucket as blocks; nothing where it has none.
pub(super) async fn rules(
    at: &At<'_, Client>,
    bucket: &str,
    owner: Option<String>,
) -> Result<Option<Vec<Fields>>, KindError> {
    let what = format!("read the encryption of the bucket {bucket}");
    let ask =
        |s3: S3| s3.get_bucket_encryption().bucket(bucket).set_expected_bucket_owner(owner.clone()).send();
    let answer = at.client.ask(&what, ask).await.or_absent_for(NONE)?;
    let configuration = answer.and_then(|answer| answer.server_side_encryption_configuration);
    Ok(configuration.map(|configuration| configuration.rules.iter().map(rule_of).collect()))
}

fn rule_of(rule: &ServerSideEncryptionRule) -> Fields {
    let default = rule.apply_server_side_encryption_by_default.as_ref().map(|default| {
        fields! {
            sse_algorithm: default.sse_algorithm.as_str(),
            kms_master_key_id: default.kms_master_key_id.as_deref().unwrap_or_default(),
        }
    });
    fields! {
        apply_server_side_encryption_by_default: default.into_iter().collect::<Vec<_>>(),
        bucket_key_enabled: rule.bucket_key_enabled,
    }
}

async fn put(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let (bucket, owner) = super::bucket_of(wanted);
    put_rules(at, &bucket, owner, &wanted.blocks("rule")).await
}

/// Sets the rules of a bucket.
pub(super) async fn put_rules(
    at: &At<'_, Client>,
    bucket: &str,
    owner: Option<String>,
    rules: &[Given<'_>],
) -> Result<(), KindError> {
    let rule = |rule: &Given<'_>| {
        let default = |default: Given<'_>| {
            let algorithm = ServerSideEncryption::from(default.str("sse_algorithm"));
            let method = ServerSideEncryptionByDefault::builder().sse_algorithm(algorithm);
            built(method.set_kms_master_key_id(default.string("kms_master_key_id")).build())
        };
        let default = rule.block("apply_server_side_encryption_by_default").map(default).transpose()?;
        let made = ServerSideEncryptionRule::builder().set_apply_server_side_encryption_by_default(default);
        Ok(made.set_bucket_key_enabled(rule.flag("bucket_key_enabled")).build())
    };
    let rules = rules.iter().map(rule).collect::<Result<Vec<_>, crate::Trouble>>()?;
    let configuration = built(ServerSideEncryptionConfiguration::builder().set_rules(Some(rules)).build())?;
    let what = format!("set the encryption of the bucket {bucket}");
    let put = |s3: S3| {
        let request = s3.put_bucket_encryption().bucket(bucket).set_expected_bucket_owner(owner.clone());
        request.server_side_encryption_configuration(configuration.clone()).send()
    };
    at.client.put(&what, put).await?;
    Ok(())
}
