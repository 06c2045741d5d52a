//! Settings that a bucket's own block can hold. They are deprecated in favour of resource types of their own, and existing
//! configurations have them. What a configuration leaves out is left alone and told as it is.

mod access;
mod lifecycle;
mod replication;
mod website;

pub(super) use access::lock;

use aws_sdk_s3::types::{
    AccelerateConfiguration, BucketAccelerateStatus, BucketLoggingStatus, BucketVersioningStatus,
    LoggingEnabled, MfaDelete, Payer, RequestPaymentConfiguration, VersioningConfiguration,
};
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError};

use crate::s3::{S3, cors, encryption, policy, versioning};
use crate::trouble::NOT_UNDERSTOOD;
use crate::{Client, OrAbsent, built};

/// How servers say that they lack a setting.
pub(in crate::s3) const LACKING: &[&str] =
    &["NotImplemented", "MethodNotAllowed", "NotSupported", NOT_UNDERSTOOD];

/// Reads all settings at once.
pub(super) async fn read(at: &At<'_, Client>, bucket: &str) -> Result<Fields, KindError> {
    let (access, policy, cors, website, versioning, encryption, lifecycle, replication, rest) = tokio::try_join!(
        access::grants(at, bucket),
        policy::read(at, bucket),
        cors::rules(at, bucket, None),
        website::read(at, bucket),
        versioning::status(at, bucket, None),
        encryption::rules(at, bucket, None),
        lifecycle::read(at, bucket),
        replication::read(at, bucket),
        rest(at, bucket),
    )?;
    let versions = versioning.map(|(status, mfa)| {
        fields! {
            enabled: status.as_deref() == Some("Enabled"), mfa_delete: mfa.as_deref() == Some("Enabled"),
        }
    });
    let encryption = encryption.map(|rules| fields! { rule: rules });
    Ok(fields! {
        grant: access,
        policy: policy.unwrap_or_default(),
        cors_rule: cors.unwrap_or_default().iter().map(cors::rule_of).collect::<Vec<_>>(),
        versioning: versions.into_iter().collect::<Vec<_>>(),
        server_side_encryption_configuration: encryption.into_iter().collect::<Vec<_>>(),
        lifecycle_rule: lifecycle,
        replication_configuration: replication,
    }
    .and(website)
    .and(rest))
}

/// Who pays, whether transfers are accelerated, and where requests are logged.
async fn rest(at: &At<'_, Client>, bucket: &str) -> Result<Fields, KindError> {
    let what = format!("read the settings of the bucket {bucket}");
    let (payer, speed, logging) = tokio::join!(
        at.client.ask(&what, |s3: S3| s3.get_bucket_request_payment().bucket(bucket).send()),
        at.client.ask(&what, |s3: S3| s3.get_bucket_accelerate_configuration().bucket(bucket).send()),
        at.client.ask(&what, |s3: S3| s3.get_bucket_logging().bucket(bucket).send()),
    );
    let payer = payer.or_absent_for(LACKING)?.and_then(|answer| answer.payer);
    let speed = speed.or_absent_for(LACKING)?.and_then(|answer| answer.status);
    let logging = logging.or_absent_for(LACKING)?.and_then(|answer| answer.logging_enabled);
    let logging =
        logging.map(|to| fields! { target_bucket: &to.target_bucket, target_prefix: &to.target_prefix });
    Ok(fields! {
        request_payer: payer.map_or(String::new(), |payer| payer.as_str().to_owned()),
        acceleration_status: speed.map_or(String::new(), |status| status.as_str().to_owned()),
        logging: logging.into_iter().collect::<Vec<_>>(),
    })
}

/// Sets what the configuration gives and was not so before.
pub(super) async fn put(
    at: &At<'_, Client>,
    bucket: &str,
    prior: Option<Given<'_>>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let config = at.config.unwrap_or(wanted);
    let is_given = |name: &str| {
        config.value(name).is_some_and(|value| value.as_items().is_none_or(|items| !items.is_empty()))
    };
    let is_new = |name: &str| is_given(name) && prior.is_none_or(|prior| prior.differs(wanted, name));
    // Versions come first: locks and replication need them.
    if let Some(block) = wanted.block("versioning").filter(|_| is_new("versioning")) {
        put_versioning(at, bucket, block).await?;
    }
    if is_new("acl") || is_new("grant") {
        access::put(at, bucket, wanted).await?;
    }
    if is_new("policy") {
        policy::put(at, bucket, wanted.str("policy")).await?;
    }
    if is_new("cors_rule") {
        cors::put_rules(at, bucket, None, &wanted.blocks("cors_rule")).await?;
    }
    if is_new("website") {
        website::put(at, bucket, wanted).await?;
    }
    if is_new("lifecycle_rule") {
        lifecycle::put(at, bucket, &wanted.blocks("lifecycle_rule")).await?;
    }
    if let Some(block) = wanted.block("replication_configuration")
        && is_new("replication_configuration")
    {
        replication::put(at, bucket, block).await?;
    }
    if let Some(block) = wanted.block("server_side_encryption_configuration")
        && is_new("server_side_encryption_configuration")
    {
        encryption::put_rules(at, bucket, None, &block.blocks("rule")).await?;
    }
    if is_new("object_lock_configuration") {
        access::put_lock(at, bucket, wanted).await?;
    }
    put_rest(at, bucket, wanted, &is_new).await
}

async fn put_versioning(at: &At<'_, Client>, bucket: &str, block: Given<'_>) -> Result<(), KindError> {
    let status = match block.is("enabled") {
        true => BucketVersioningStatus::Enabled,
        false => BucketVersioningStatus::Suspended,
    };
    let mfa = block.flag("mfa_delete").filter(|is| *is).map(|_| MfaDelete::Enabled);
    let setting = VersioningConfiguration::builder().status(status).set_mfa_delete(mfa).build();
    let put =
        |s3: S3| s3.put_bucket_versioning().bucket(bucket).versioning_configuration(setting.clone()).send();
    at.client.put(&format!("set the versioning of the bucket {bucket}"), put).await?;
    Ok(())
}

async fn put_rest(
    at: &At<'_, Client>,
    bucket: &str,
    wanted: Given<'_>,
    is_new: &(dyn Fn(&str) -> bool + Sync),
) -> Result<(), KindError> {
    if let Some(payer) = wanted.text("request_payer").filter(|_| is_new("request_payer")) {
        let setting = built(RequestPaymentConfiguration::builder().payer(Payer::from(payer)).build())?;
        let put = |s3: S3| {
            s3.put_bucket_request_payment()
                .bucket(bucket)
                .request_payment_configuration(setting.clone())
                .send()
        };
        at.client.put(&format!("set who pays for requests to the bucket {bucket}"), put).await?;
    }
    if let Some(status) = wanted.text("acceleration_status").filter(|_| is_new("acceleration_status")) {
        let setting = AccelerateConfiguration::builder().status(BucketAccelerateStatus::from(status)).build();
        let put = |s3: S3| {
            s3.put_bucket_accelerate_configuration()
                .bucket(bucket)
                .accelerate_configuration(setting.clone())
                .send()
        };
        at.client.put(&format!("set the acceleration of the bucket {bucket}"), put).await?;
    }
    if let Some(block) = wanted.block("logging").filter(|_| is_new("logging")) {
        let to = LoggingEnabled::builder();
        let to = to.target_bucket(block.str("target_bucket")).target_prefix(block.str("target_prefix"));
        let status = BucketLoggingStatus::builder().logging_enabled(built(to.build())?).build();
        let put =
            |s3: S3| s3.put_bucket_logging().bucket(bucket).bucket_logging_status(status.clone()).send();
        at.client.put(&format!("set the logging of the bucket {bucket}"), put).await?;
    }
    Ok(())
}
