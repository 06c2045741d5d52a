//! The data source `aws_kms_key`.

use async_trait::async_trait;
use aws_sdk_kms::types::{MultiRegionConfiguration, MultiRegionKey};
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{ErrorKind, ProviderError, fields};

use super::key;
use crate::{Client, rfc3339};

/// The data source.
pub(crate) struct KeySource;

#[async_trait]
impl Source for KeySource {
    type Client = Client;
    const NAME: &'static str = "aws_kms_key";
    const SHEET: &'static str = "\
A key that is there.

arn computed string | Its ARN.
aws_account_id computed string | The account that it lies in.
cloud_hsm_cluster_id computed string | The cluster of security modules that it lies in.
creation_date computed string | When it was made.
custom_key_store_id computed string | The store that it lies in, where that is not KMS's own.
customer_master_key_spec computed string | What kind of key it is. Has been replaced by `key_spec`.
deletion_date computed string | When it will be gone.
description computed string | What it is for.
enabled computed bool | Whether it can be used.
expiration_model computed string | Whether the key material expires.
grant_tokens optional list(string) | Tokens of grants that are not known everywhere yet.
id optional computed string | Its identifier.
key_id required string | Its identifier or ARN, or an alias.
key_manager computed string | `AWS`, or `CUSTOMER`.
key_spec computed string | What kind of key it is.
key_state computed string | Its state: `Enabled`.
key_usage computed string | What it is used for.
multi_region computed bool | Whether it can have replicas in other regions.
multi_region_configuration computed list(object(multi_region_key_type:string,primary_key:list(object(arn:string,region:string)),replica_keys:list(object(arn:string,region:string)))) | Where its replicas are.
origin computed string | Where its material came from.
pending_deletion_window_in_days computed number | After how many days it is gone once its replicas are.
valid_to computed string | When the key material expires.
xks_key_configuration computed list(object(id:string)) | The key in a key store outside AWS.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let name = config.str("key_id");
        let Some(key) = key::fetch(at, name, &config.texts("grant_tokens")).await? else {
            let detail = format!("There is no key {name} in the region {}.", at.client.region());
            return Err(ProviderError::new(ErrorKind::NotFound, "No such key", detail));
        };
        let xks = key.xks_key_configuration().map(|xks| fields! { id: xks.id() });
        let regions = key.multi_region_configuration().map(multi_region);
        Ok(fields! {
            arn: key.arn(),
            aws_account_id: key.aws_account_id(),
            cloud_hsm_cluster_id: key.cloud_hsm_cluster_id(),
            creation_date: key.creation_date().map(rfc3339),
            custom_key_store_id: key.custom_key_store_id(),
            customer_master_key_spec: key.key_spec().map(|spec| spec.as_str()),
            deletion_date: key.deletion_date().map(rfc3339),
            description: key.description().unwrap_or_default(),
            enabled: key.enabled(),
            expiration_model: key.expiration_model().map(|model| model.as_str()),
            id: key.key_id(),
            key_manager: key.key_manager().map(|manager| manager.as_str()),
            key_spec: key.key_spec().map(|spec| spec.as_str()),
            key_state: key.key_state().map(|state| state.as_str()),
            key_usage: key.key_usage().map(|usage| usage.as_str()),
            multi_region: key.multi_region().unwrap_or(false),
            multi_region_configuration: regions.into_iter().collect::<Vec<_>>(),
            origin: key.origin().map(|origin| origin.as_str()),
            pending_deletion_window_in_days: key.pending_deletion_window_in_days().unwrap_or(0),
            valid_to: key.valid_to().map(rfc3339),
            xks_key_configuration: xks.into_iter().collect::<Vec<_>>(),
        })
    }
}

fn multi_region(found: &MultiRegionConfiguration) -> Fields {
    let key = |key: &MultiRegionKey| fields! { arn: key.arn(), region: key.region() };
    fields! {
        multi_region_key_type: found.multi_region_key_type().map(|ty| ty.as_str()),
        primary_key: found.primary_key().map(key).into_iter().collect::<Vec<_>>(),
        replica_keys: found.replica_keys().iter().map(key).collect::<Vec<_>>(),
    }
}
