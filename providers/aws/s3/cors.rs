//! `aws_s3_bucket_cors_configuration`.

use async_trait::async_trait;
use aws_sdk_s3::types::{CorsConfiguration, CorsRule};
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, fields};

use super::S3;
use crate::{Client, OrAbsent, Trouble, built};

/// The resource type.
pub(crate) struct Cors;

#[async_trait]
impl Kind for Cors {
    type Client = Client;
    const NAME: &'static str = "aws_s3_bucket_cors_configuration";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Which pages of other sites may reach a bucket from a browser.

bucket required fixed string | The bucket's name.
expected_bucket_owner optional fixed string | The account that must own the bucket.
id optional computed string | The bucket's name, and after a comma its expected owner.
cors_rule block set 1..100 | The rules.
  allowed_headers optional set(string) | The headers that may be sent.
  allowed_methods required set(string) | `GET`, `PUT`, `HEAD`, `POST` or `DELETE`.
  allowed_origins required set(string) | The sites.
  expose_headers optional set(string) | The headers that pages may read.
  id optional string | A name for the rule.
  max_age_seconds optional number | How long browsers remember the answer.
";

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        put(at, wanted).await?;
        Ok(fields! { id: super::id_with_owner(wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (bucket, owner) = super::bucket_of(known);
        let Some(rules) = rules(at, &bucket, owner.clone()).await? else { return Ok(None) };
        let rules: Vec<Fields> = rules.iter().map(|rule| rule_of(rule).with("id", rule.id.clone())).collect();
        Ok(Some(fields! { bucket: bucket, expected_bucket_owner: owner, cors_rule: rules }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (bucket, owner) = super::bucket_of(prior);
        remove(at, &bucket, owner).await
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(super::from_id(id))
    }
}

/// The rules of a bucket; nothing where it has none.
pub(super) async fn rules(
    at: &At<'_, Client>,
    bucket: &str,
    owner: Option<String>,
) -> Result<Option<Vec<CorsRule>>, KindError> {
    let what = format!("read the CORS rules of the bucket {bucket}");
    let ask = |s3: S3| s3.get_bucket_cors().bucket(bucket).set_expected_bucket_owner(owner.clone()).send();
    let answer = at.client.ask(&what, ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.cors_rules).filter(|rules| !rules.is_empty()))
}

/// A rule as a block, without its name.
pub(super) fn rule_of(rule: &CorsRule) -> Fields {
    fields! {
        allowed_headers: rule.allowed_headers(),
        allowed_methods: rule.allowed_methods(),
        allowed_origins: rule.allowed_origins(),
        expose_headers: rule.expose_headers(),
        max_age_seconds: rule.max_age_seconds.unwrap_or_default(),
    }
}

async fn put(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let (bucket, owner) = super::bucket_of(wanted);
    put_rules(at, &bucket, owner, &wanted.blocks("cors_rule")).await
}

/// Sets the rules of a bucket.
pub(super) async fn put_rules(
    at: &At<'_, Client>,
    bucket: &str,
    owner: Option<String>,
    rules: &[Given<'_>],
) -> Result<(), KindError> {
    let rule = |rule: &Given<'_>| {
        let made = CorsRule::builder()
            .set_id(rule.string("id"))
            .set_allowed_headers(rule.some_texts("allowed_headers"))
            .set_allowed_methods(Some(rule.texts("allowed_methods")))
            .set_allowed_origins(Some(rule.texts("allowed_origins")))
            .set_expose_headers(rule.some_texts("expose_headers"))
            .set_max_age_seconds(rule.int32("max_age_seconds"));
        built(made.build())
    };
    let rules = rules.iter().map(rule).collect::<Result<Vec<_>, Trouble>>()?;
    let configuration = built(CorsConfiguration::builder().set_cors_rules(Some(rules)).build())?;
    let what = format!("set the CORS rules of the bucket {bucket}");
    let put = |s3: S3| {
        let request = s3.put_bucket_cors().bucket(bucket).set_expected_bucket_owner(owner.clone());
        request.cors_configuration(configuration.clone()).send()
    };
    at.client.put(&what, put).await?;
    Ok(())
}

/// Removes the rules of a bucket.
pub(super) async fn remove(
    at: &At<'_, Client>,
    bucket: &str,
    owner: Option<String>,
) -> Result<(), KindError> {
    let what = format!("remove the CORS rules of the bucket {bucket}");
    let remove =
        |s3: S3| s3.delete_bucket_cors().bucket(bucket).set_expected_bucket_owner(owner.clone()).send();
    at.client.put(&what, remove).await.or_absent()?;
    Ok(())
}
