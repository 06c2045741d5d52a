//! `aws_s3_bucket_versioning`.

use async_trait::async_trait;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_bucket_versioning::{GetBucketVersioningError, GetBucketVersioningOutput};
use aws_sdk_s3::types::{BucketVersioningStatus, MfaDelete, MfaDeleteStatus, VersioningConfiguration};
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, fields};

use super::S3;
use crate::{Client, OrAbsent};

/// A request that was refused, or whose answer was not understood.
type Refusal = SdkError<GetBucketVersioningError>;

/// The resource type.
pub(crate) struct Versioning;

#[async_trait]
impl Kind for Versioning {
    type Client = Client;
    const NAME: &'static str = "aws_s3_bucket_versioning";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Whether a bucket keeps earlier versions of its objects. Removing it suspends versioning.

bucket required fixed string | The bucket's name.
expected_bucket_owner optional fixed string | The account that must own the bucket.
id optional computed string | The bucket's name, and after a comma its expected owner.
mfa optional string | The serial number and the current code of the device, where `mfa_delete` is changed.
versioning_configuration block list 1..1 | The setting.
  mfa_delete optional computed string | `Enabled` where versions are removed only with a second factor.
  status required string | `Enabled`, `Suspended`, or `Disabled` for a bucket that never kept versions.
";

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        put(at, wanted).await?;
        Ok(fields! { id: super::id_with_owner(wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (bucket, owner) = super::bucket_of(known);
        let Some((status, mfa_delete)) = status(at, &bucket, owner.clone()).await? else { return Ok(None) };
        let status = status.unwrap_or_else(|| "Disabled".to_owned());
        let setting = fields! { status: status, mfa_delete: mfa_delete.unwrap_or_default() };
        Ok(Some(
            fields! { bucket: bucket, expected_bucket_owner: owner, versioning_configuration: vec![setting] },
        ))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let setting = prior.block("versioning_configuration");
        // A bucket that never kept versions cannot be suspended, and need not.
        if setting.is_some_and(|setting| setting.str("status") == "Disabled") {
            return Ok(());
        }
        let suspended = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
        let (bucket, owner) = super::bucket_of(prior);
        let what = format!("suspend the versioning of the bucket {bucket}");
        let put = |s3: S3| {
            let request =
                s3.put_bucket_versioning().bucket(&bucket).versioning_configuration(suspended.clone());
            request.set_expected_bucket_owner(owner.clone()).send()
        };
        at.client.put(&what, put).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(super::from_id(id))
    }
}

/// Whether a bucket keeps versions, and whether removing them takes a second factor, in the API's words; nothing where the
/// bucket is gone.
pub(super) async fn status(
    at: &At<'_, Client>,
    bucket: &str,
    owner: Option<String>,
) -> Result<Option<(Option<String>, Option<String>)>, KindError> {
    let ask = |s3: S3| {
        let request = s3.get_bucket_versioning().bucket(bucket).set_expected_bucket_owner(owner.clone());
        async { request.send().await.or_else(understood) }
    };
    let answer =
        at.client.ask(&format!("read the versioning of the bucket {bucket}"), ask).await.or_absent()?;
    let word = |text: &str| text.to_owned();
    Ok(answer.map(|answer| {
        let status = answer.status.as_ref().map(|status| word(status.as_str()));
        (status, answer.mfa_delete.as_ref().map(|mfa| word(mfa.as_str())))
    }))
}

async fn put(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let Some(setting) = wanted.block("versioning_configuration") else { return Ok(()) };
    if setting.str("status") == "Disabled" {
        return Ok(());
    }
    let configuration = VersioningConfiguration::builder()
        .status(BucketVersioningStatus::from(setting.str("status")))
        .set_mfa_delete(setting.text("mfa_delete").map(MfaDelete::from))
        .build();
    let (bucket, owner) = super::bucket_of(wanted);
    let what = format!("set the versioning of the bucket {bucket}");
    let put = |s3: S3| {
        let request =
            s3.put_bucket_versioning().bucket(&bucket).versioning_configuration(configuration.clone());
        request.set_mfa(wanted.string("mfa")).set_expected_bucket_owner(owner.clone()).send()
    };
    at.client.put(&what, put).await?;
    Ok(())
}

/// An answer under another name: some servers that speak S3's protocol call its outermost element otherwise.
fn understood(error: Refusal) -> Result<GetBucketVersioningOutput, Refusal> {
    let raw = error.raw_response().filter(|raw| raw.status().is_success());
    let text = raw.and_then(|raw| std::str::from_utf8(raw.body().bytes()?).ok()).unwrap_or_default();
    if !text.contains("<GetBucketVersioningResponse") {
        return Err(error);
    }
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once("</").map(|(value, _)| value.trim())
    };
    Ok(GetBucketVersioningOutput::builder()
        .set_status(element("Status").map(BucketVersioningStatus::from))
        .set_mfa_delete(element("MfaDelete").map(MfaDeleteStatus::from))
        .build())
}
