//! Lists of access, and locks of objects.

use aws_sdk_s3::types::{
    AccessControlPolicy, BucketCannedAcl, DefaultRetention, Grant, Grantee, ObjectLockConfiguration,
    ObjectLockEnabled, ObjectLockRetentionMode, ObjectLockRule, Permission, Type,
};
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError};

use super::LACKING;
use crate::s3::S3;
use crate::{Client, OrAbsent, Trouble, built};

/// The grants of a bucket: one block for each grantee.
pub(super) async fn grants(at: &At<'_, Client>, bucket: &str) -> Result<Vec<Fields>, KindError> {
    let ask = |s3: S3| s3.get_bucket_acl().bucket(bucket).send();
    let answer = at.client.ask(&format!("read the list of access of the bucket {bucket}"), ask).await;
    let grants = answer.or_absent_for(LACKING)?.and_then(|answer| answer.grants).unwrap_or_default();
    let mut found: Vec<((String, String, String), Vec<String>)> = Vec::new();
    for grant in &grants {
        let (Some(grantee), Some(permission)) = (&grant.grantee, &grant.permission) else { continue };
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        let who = (of(&grantee.id), grantee.r#type.as_str().to_owned(), of(&grantee.uri));
        let permission = permission.as_str().to_owned();
        match found.iter_mut().find(|(of, _)| *of == who) {
            Some((_, permissions)) => permissions.push(permission),
            None => found.push((who, vec![permission])),
        }
    }
    let block = |((id, ty, uri), permissions): ((String, String, String), Vec<String>)| {
        fields! { id: id, uri: uri, permissions: permissions }.with("type", ty)
    };
    Ok(found.into_iter().map(block).collect())
}

/// Sets the list of access, from its name or from grants.
pub(super) async fn put(at: &At<'_, Client>, bucket: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("set the list of access of the bucket {bucket}");
    if let Some(acl) = wanted.text("acl") {
        let acl = BucketCannedAcl::from(acl);
        at.client.put(&what, |s3: S3| s3.put_bucket_acl().bucket(bucket).acl(acl.clone()).send()).await?;
        return Ok(());
    }
    let owner = at.client.ask(&what, |s3: S3| s3.get_bucket_acl().bucket(bucket).send()).await?.owner;
    let mut grants = Vec::new();
    for block in wanted.blocks("grant") {
        let grantee = Grantee::builder().r#type(Type::from(block.str("type"))).set_id(block.string("id"));
        let grantee = built(grantee.set_uri(block.string("uri")).build())?;
        let grant = |permission: &String| {
            Grant::builder()
                .grantee(grantee.clone())
                .permission(Permission::from(permission.as_str()))
                .build()
        };
        grants.extend(block.texts("permissions").iter().map(grant));
    }
    let policy = AccessControlPolicy::builder().set_owner(owner).set_grants(Some(grants)).build();
    let put = |s3: S3| s3.put_bucket_acl().bucket(bucket).access_control_policy(policy.clone()).send();
    at.client.put(&what, put).await?;
    Ok(())
}

/// Sets how long new objects are locked.
pub(super) async fn put_lock(at: &At<'_, Client>, bucket: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let retention = wanted
        .block("object_lock_configuration")
        .and_then(|block| block.block("rule"))
        .and_then(|rule| rule.block("default_retention"));
    let Some(retention) = retention else { return Ok(()) };
    let default = DefaultRetention::builder()
        .mode(ObjectLockRetentionMode::from(retention.str("mode")))
        .set_days(retention.int32("days").filter(|days| *days > 0))
        .set_years(retention.int32("years").filter(|years| *years > 0))
        .build();
    let rule = ObjectLockRule::builder().default_retention(default).build();
    let lock =
        ObjectLockConfiguration::builder().object_lock_enabled(ObjectLockEnabled::Enabled).rule(rule).build();
    let put = |s3: S3| {
        s3.put_object_lock_configuration().bucket(bucket).object_lock_configuration(lock.clone()).send()
    };
    at.client.put(&format!("set the object lock of the bucket {bucket}"), put).await?;
    Ok(())
}

/// Whether objects can be locked, and the block for how.
pub(in crate::s3) async fn lock(at: &At<'_, Client>, bucket: &str) -> Result<(bool, Vec<Fields>), Trouble> {
    let ask = |s3: S3| s3.get_object_lock_configuration().bucket(bucket).send();
    let answer = at.client.ask(&format!("read the object lock of the bucket {bucket}"), ask).await;
    let none = ["ObjectLockConfigurationNotFoundError", "NotImplemented", "MethodNotAllowed"];
    let answer = answer.or_absent_for(&none)?.and_then(|answer| answer.object_lock_configuration);
    let Some(lock) = answer.filter(|lock| lock.object_lock_enabled.is_some()) else {
        return Ok((false, Vec::new()));
    };
    let retention = lock.rule.and_then(|rule| rule.default_retention).map(|retention| {
        let mode = retention.mode.map(|mode| mode.as_str().to_owned());
        let block = fields! { mode: mode, days: retention.days, years: retention.years };
        fields! { default_retention: vec![block] }
    });
    let rules: Vec<Fields> = retention.into_iter().collect();
    Ok((true, vec![fields! { object_lock_enabled: "Enabled", rule: rules }]))
}
