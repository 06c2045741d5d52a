//! `aws_kms_key`.

mod settings;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_kms::types::{KeyMetadata, KeySpec, KeyState, KeyUsageType, OriginType};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Lists, ProviderError, fields};

use super::{Kms, key_id};
use crate::{Client, OrAbsent, Trouble, Waiting, checks, marked, policies, tags, wait, when_spread};

/// The resource type.
pub(crate) struct Key;

#[async_trait]
impl Kind for Key {
    type Client = Client;
    const NAME: &'static str = "aws_kms_key";
    const CLASS: CreateClass = CreateClass::Tag;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
A key that encrypts or signs, and never leaves KMS.

arn computed string | Its ARN.
bypass_policy_lockout_safety_check optional default=false bool | Whether a policy is taken by which one shuts oneself out.
custom_key_store_id optional fixed string | The store that it lies in, where that is not KMS's own.
customer_master_key_spec optional default=SYMMETRIC_DEFAULT fixed string | What kind of key it is: `SYMMETRIC_DEFAULT`, `RSA_2048`, `ECC_NIST_P256`, `HMAC_256`, and so on.
deletion_window_in_days optional number | After how many days it is gone once it is deleted, from 7 to 30; 30 where it is left out.
description optional computed string | What it is for.
enable_key_rotation optional default=false bool | Whether it is renewed from time to time.
id optional computed string | Its identifier.
is_enabled optional default=true bool | Whether it can be used.
key_id computed string | Its identifier.
key_usage optional default=ENCRYPT_DECRYPT fixed string | `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, `GENERATE_VERIFY_MAC` or `KEY_AGREEMENT`.
multi_region optional computed fixed bool | Whether it can have replicas in other regions.
policy optional computed policy string | Who may use it. Without one, the account decides.
rotation_period_in_days optional computed number | After how many days it is renewed, from 90 to 2560.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
xks_key_id optional fixed string | The key in a key store outside AWS.
timeouts block single | How long operations may take.
  create optional string | As `2m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let window = checks::within(config, "deletion_window_in_days", 7, 30);
        let period = checks::within(config, "rotation_period_in_days", 90, 2560);
        let usages = ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"];
        let usage = checks::one_of(config, "key_usage", &usages);
        let alone = config.int("rotation_period_in_days").is_some() && !config.is("enable_key_rotation");
        let alone = (alone && !config.is_unknown("enable_key_rotation")).then(|| {
            checks::fault(
                "rotation_period_in_days",
                "A key is renewed only with `enable_key_rotation = true`.",
            )
        });
        let faults = window.into_iter().chain(period).chain(usage).chain(alone);
        faults.chain(policies::check(config, "policy")).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        if draft.changes("enable_key_rotation") {
            draft.forget("rotation_period_in_days");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let tags = settings::tag_list(&tags::wanted(at, wanted));
        let make = |kms: Kms| {
            let store = wanted.string("custom_key_store_id");
            let origin = match (wanted.text("xks_key_id"), &store) {
                (Some(_), _) => Some(OriginType::ExternalKeyStore),
                (None, Some(_)) => Some(OriginType::AwsCloudhsm),
                (None, None) => None,
            };
            kms.create_key()
                .key_spec(KeySpec::from(wanted.str("customer_master_key_spec")))
                .key_usage(KeyUsageType::from(wanted.str("key_usage")))
                .bypass_policy_lockout_safety_check(wanted.is("bypass_policy_lockout_safety_check"))
                .set_custom_key_store_id(store)
                .set_description(wanted.string("description"))
                .set_multi_region(wanted.flag("multi_region"))
                .set_origin(origin)
                .set_policy(wanted.string("policy"))
                .set_tags(tags.clone())
                .set_xks_key_id(wanted.string("xks_key_id"))
                .send()
        };
        let answer = when_spread(at, || at.client.send("make a key", make)).await?;
        let Some(key) = answer.key_metadata else { return Ok(Fields::new()) };
        let made = fields! { id: key.key_id(), key_id: key.key_id(), arn: key.arn() };
        at.exists(made.clone());
        await_usable(at, wanted, key.key_id()).await?;
        if wanted.is("enable_key_rotation") {
            settings::rotate(at, key.key_id(), wanted).await?;
        }
        if !wanted.flag("is_enabled").unwrap_or(true) {
            settings::enable(at, key.key_id(), wanted).await?;
        }
        Ok(made)
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(key) = fetch(at, known.id(), &[]).await?.filter(is_there) else { return Ok(None) };
        let id = key.key_id();
        let (is_rotated, period) = settings::rotation(at, &key).await?;
        let tags = settings::read_tags(at, id).await?;
        let told = fields! {
            arn: key.arn(),
            custom_key_store_id: key.custom_key_store_id(),
            customer_master_key_spec: key.key_spec().map(KeySpec::as_str),
            description: key.description().unwrap_or_default(),
            enable_key_rotation: is_rotated,
            id: id,
            is_enabled: key.enabled(),
            key_id: id,
            key_usage: key.key_usage().map(KeyUsageType::as_str),
            multi_region: key.multi_region().unwrap_or(false),
            policy: settings::read_policy(at, id).await?,
            rotation_period_in_days: period,
            xks_key_id: key.xks_key_configuration().and_then(|xks| xks.id()),
        };
        Ok(Some(told.and(tags::seen(at.client, known, tags))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        settings::change(at, prior, wanted).await
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        marked::listed(at, "kms:key", request, |arn| key_id(arn).to_owned()).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (id, days) = (prior.id(), prior.int32("deletion_window_in_days"));
        let remove =
            |kms: Kms| kms.schedule_key_deletion().key_id(id).set_pending_window_in_days(days).send();
        match at.client.put(&format!("delete the key {id}"), remove).await.or_absent() {
            // It is on its way out already.
            Err(trouble) if trouble.is(&["KMSInvalidStateException"]) => {
                let gone = fetch(at, id, &[]).await?.is_none_or(|key| !is_there(&key));
                if gone { Ok(()) } else { Err(trouble.into()) }
            }
            result => result.map(|_| ()).map_err(Into::into),
        }
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: key_id(id), key_id: key_id(id), bypass_policy_lockout_safety_check: false })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(own) = at.call.ownership else { return Ok(None) };
        let is_known = |id: &str| at.call.known.iter().any(|object| Given::new(&object.value).id() == id);
        for (arn, tags) in marked::tagged(at, "kms:key", &own.tags()).await? {
            let id = key_id(&arn);
            if !is_known(id) && fetch(at, id, &[]).await?.is_some_and(|key| is_there(&key)) {
                let seen = tags::seen(at.client, wanted, tags);
                return Ok(Some(fields! { id: id, key_id: id, arn: &arn }.and(seen)));
            }
        }
        Ok(None)
    }
}

/// Whether a key is one that can still be had: one that is to be deleted is none.
fn is_there(key: &KeyMetadata) -> bool {
    let going = [KeyState::PendingDeletion, KeyState::PendingReplicaDeletion];
    key.key_state().is_none_or(|state| !going.contains(state))
}

/// A key by its identifier, ARN or alias.
pub(super) async fn fetch(
    at: &At<'_, Client>,
    id: &str,
    grants: &[String],
) -> Result<Option<KeyMetadata>, Trouble> {
    let grants = (!grants.is_empty()).then(|| grants.to_vec());
    let ask = |kms: Kms| kms.describe_key().key_id(id).set_grant_tokens(grants.clone()).send();
    let answer = at.client.ask(&format!("read the key {id}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.key_metadata))
}

/// Waits until a new key can be used.
async fn await_usable(at: &At<'_, Client>, wanted: Given<'_>, id: &str) -> Result<(), ProviderError> {
    let what = format!("the key {id} to be usable");
    let waiting = Waiting { what: &what, every: Duration::from_secs(5), limit: Duration::from_mins(2) };
    let look = || async {
        let state = fetch(at, id, &[]).await?.and_then(|key| key.key_state);
        Ok(match state {
            Some(KeyState::Creating | KeyState::Updating) => Err("being made".to_owned()),
            Some(KeyState::Unavailable) => Ok(Err("its store is not connected")),
            Some(_) => Ok(Ok(())),
            None => Err("not seen yet".to_owned()),
        })
    };
    wait(at, waiting.limited_by(wanted, "create"), look).await?.map_err(|why| {
        ProviderError::new(
            ErrorKind::Conflict,
            "Key cannot be used",
            format!("The key {id} was made, but {why}."),
        )
    })
}
