//! `aws_s3_bucket_lifecycle_configuration`.

mod rules;

use async_trait::async_trait;
use aws_sdk_s3::types::{BucketLifecycleConfiguration, TransitionDefaultMinimumObjectSize};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::S3;
use crate::{Client, OrAbsent, built};

/// The resource type.
pub(crate) struct Lifecycle;

/// What the API takes for granted of small objects.
const DEFAULT_MINIMUM: &str = "all_storage_classes_128K";

#[async_trait]
impl Kind for Lifecycle {
    type Client = Client;
    const NAME: &'static str = "aws_s3_bucket_lifecycle_configuration";
    const VERSION: u64 = 1;
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = include_str!("lifecycle/sheet.txt");

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        rules::check(config)
    }

    fn plan(&self, _: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        let name = "transition_default_minimum_object_size";
        if draft.config.value(name).is_none() && !draft.config.is_unknown(name) {
            draft.set(name, model::Value::string(DEFAULT_MINIMUM));
        }
        let owner = "expected_bucket_owner";
        if draft.config.value(owner).is_none() && !draft.config.is_unknown(owner) {
            draft.set(owner, model::Value::string(""));
        }
        rules::plan(draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        put(at, wanted).await?;
        Ok(fields! { id: super::id_with_owner(wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (bucket, owner) = super::bucket_of(known);
        let what = format!("read the lifecycle of the bucket {bucket}");
        let ask = |s3: S3| {
            let request = s3.get_bucket_lifecycle_configuration().bucket(&bucket);
            request.set_expected_bucket_owner(owner.clone()).send()
        };
        let Some(answer) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(None) };
        let minimum =
            answer.transition_default_minimum_object_size.as_ref().map(|size| size.as_str().to_owned());
        let minimum = minimum.or_else(|| known.string("transition_default_minimum_object_size"));
        let rules = rules::blocks(answer.rules(), &known.blocks("rule"));
        Ok(Some(fields! {
            bucket: bucket,
            expected_bucket_owner: owner.unwrap_or_default(),
            transition_default_minimum_object_size: minimum.unwrap_or_else(|| DEFAULT_MINIMUM.to_owned()),
            rule: rules,
        }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (bucket, owner) = super::bucket_of(prior);
        let what = format!("remove the lifecycle of the bucket {bucket}");
        let remove = |s3: S3| {
            s3.delete_bucket_lifecycle().bucket(&bucket).set_expected_bucket_owner(owner.clone()).send()
        };
        at.client.put(&what, remove).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(super::from_id(id))
    }

    fn upgrade(&self, _version: u64, stored: &str) -> Result<String, KindError> {
        Ok(stored.to_owned())
    }
}

async fn put(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let rules = wanted.blocks("rule").into_iter().map(rules::of).collect::<Result<Vec<_>, _>>()?;
    let configuration = built(BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build())?;
    let minimum = wanted.text("transition_default_minimum_object_size");
    let minimum = minimum.map(TransitionDefaultMinimumObjectSize::from);
    let (bucket, owner) = super::bucket_of(wanted);
    let what = format!("set the lifecycle of the bucket {bucket}");
    let put = |s3: S3| {
        let request = s3.put_bucket_lifecycle_configuration().bucket(&bucket);
        let request = request.lifecycle_configuration(configuration.clone());
        let request = request.set_transition_default_minimum_object_size(minimum.clone());
        request.set_expected_bucket_owner(owner.clone()).send()
    };
    at.client.put(&what, put).await?;
    Ok(())
}
