//! `aws_secretsmanager_secret`.

mod parts;

pub(super) use parts::{put_policy, read_policy, remove_policy};

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Lists, ProviderError, fields};

use super::Secrets;
use crate::checks::NameForm;
use crate::{Client, OrAbsent, Trouble, Waiting, checks, marked, names, policies, rfc3339, tags, wait};

/// The resource type.
pub(crate) struct Secret;

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
const NAME: NameForm = NameForm { attribute: "name", longest: 512, signs: "/_+=.@-" };

/// The key that encrypts what has none of its own.
const OWN_KEY: &str = "alias/aws/secretsmanager";

#[async_trait]
impl Kind for Secret {
    type Client = Client;
    const NAME: &'static str = "aws_secretsmanager_secret";
    const CLASS: CreateClass = CreateClass::Name;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
A secret; what it holds is a version of it, `aws_secretsmanager_secret_version`.

arn computed string | Its ARN.
description optional string | What it is for.
force_overwrite_replica_secret optional default=false bool | Whether a secret of the same name in a replica's region is written over.
id optional computed string | Its ARN.
kms_key_id optional string | The key that encrypts it; the account's own where it is left out.
name optional computed fixed string | Its name, unique in the region. Made up where it is left out.
name_prefix optional computed fixed string | How a made-up name begins.
policy optional computed policy string | Who beside the account may use it. `aws_secretsmanager_secret_policy` says it on its own.
recovery_window_in_days optional default=30 number | For how many days it can be restored after it is deleted: 7 to 30, or 0 where it is gone at once.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
replica block set | A copy of it in another region.
  kms_key_id optional computed string | The key that encrypts it there.
  last_accessed_date computed string | When it was used last there.
  region required string | The region.
  status computed string | How the copy is.
  status_message computed string | Why it is so.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let days =
            config.int("recovery_window_in_days").filter(|days| *days != 0 && !(7..=30).contains(days));
        let days = days.map(|days| {
            let detail =
                format!("`recovery_window_in_days` is to be 0, or lie between 7 and 30, and is {days}.");
            checks::fault("recovery_window_in_days", detail)
        });
        let policy = policies::check(config, "policy").into_iter().filter(|_| config.str("policy") != "{}");
        NAME.check(config).into_iter().chain(days).chain(policy).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = names::wanted(at, wanted, NAME.longest);
        let arn = make(at, wanted, &name).await?;
        let made = fields! { id: &arn, arn: &arn, name: &name };
        at.exists(made.clone());
        if let Some(policy) = wanted.text("policy") {
            put_policy(at, &arn, policy, None).await?;
        }
        Ok(made)
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let found = fetch(at, known.id()).await?.filter(|found| found.deleted_date().is_none());
        let Some(found) = found else { return Ok(None) };
        let name = found.name().unwrap_or_default();
        let told = fields! {
            arn: found.arn(),
            description: found.description().unwrap_or_default(),
            id: found.arn(),
            kms_key_id: found.kms_key_id().filter(|key| *key != OWN_KEY).unwrap_or_default(),
            name: name,
            name_prefix: names::prefix_of(name).unwrap_or_default(),
            policy: read_policy(at, known.id()).await?.unwrap_or_default(),
            replica: found.replication_status().iter().map(replica).collect::<Vec<_>>(),
        };
        Ok(Some(told.and(tags::seen(at.client, known, parts::tags_of(found.tags())))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let id = prior.id();
        parts::change_replicas(at, prior, wanted).await?;
        if prior.differs_in(wanted, &["description", "kms_key_id"]) {
            let put = |secrets: Secrets| {
                let request = secrets.update_secret().secret_id(id).description(wanted.str("description"));
                request.kms_key_id(wanted.text("kms_key_id").unwrap_or(OWN_KEY)).send()
            };
            at.client.put(&format!("change the secret {id}"), put).await?;
        }
        if prior.differs(wanted, "policy") {
            match wanted.text("policy").filter(|policy| *policy != "{}") {
                Some(policy) => put_policy(at, id, policy, None).await?,
                None => remove_policy(at, id).await?,
            }
        }
        parts::update_tags(at, prior, wanted).await
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        marked::listed(at, "secretsmanager:secret", request, str::to_owned).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let id = prior.id();
        parts::remove_replicas(at, id, prior).await?;
        let days = prior.int("recovery_window_in_days").unwrap_or(30);
        let remove = |secrets: Secrets| {
            let request = secrets.delete_secret().secret_id(id);
            match days {
                0 => request.force_delete_without_recovery(true).send(),
                days => request.recovery_window_in_days(days).send(),
            }
        };
        at.client.put(&format!("delete the secret {id}"), remove).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, force_overwrite_replica_secret: false, recovery_window_in_days: 30 })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = names::wanted(at, wanted, NAME.longest);
        let found = fetch(at, &name).await?.filter(|found| found.deleted_date().is_none());
        let Some(found) = found else { return Ok(None) };
        let seen = tags::seen(at.client, wanted, parts::tags_of(found.tags()));
        Ok(Some(fields! { id: found.arn(), arn: found.arn(), name: &name }.and(seen)))
    }
}

/// A secret by its ARN or name.
async fn fetch(at: &At<'_, Client>, id: &str) -> Result<Option<DescribeSecretOutput>, Trouble> {
    let ask = |secrets: Secrets| secrets.describe_secret().secret_id(id).send();
    at.client.ask(&format!("read the secret {id}"), ask).await.or_absent()
}

/// Makes a secret. One of the same name that was deleted for good is gone only after a while, which is waited for.
async fn make(at: &At<'_, Client>, wanted: Given<'_>, name: &str) -> Result<String, ProviderError> {
    let what = format!("make the secret {name}");
    let tags = parts::tag_list(&tags::wanted(at, wanted));
    let replicas = parts::replicas(&wanted.blocks("replica"));
    let token = names::token(at);
    let make = |secrets: Secrets| {
        secrets
            .create_secret()
            .name(name)
            .client_request_token(&token)
            .force_overwrite_replica_secret(wanted.is("force_overwrite_replica_secret"))
            .set_add_replica_regions((!replicas.is_empty()).then(|| replicas.clone()))
            .set_description(wanted.string("description"))
            .set_kms_key_id(wanted.string("kms_key_id"))
            .set_tags(tags.clone())
            .send()
    };
    let waiting = format!("the earlier secret {name} to be gone");
    let waiting = Waiting { what: &waiting, every: Duration::from_secs(5), limit: Duration::from_mins(2) };
    let look = || async {
        match at.client.send(&what, make).await {
            Ok(answer) => Ok(Ok(Ok(answer.arn.unwrap_or_default()))),
            Err(trouble) if is_taken(&trouble) => match last_day(at, name).await? {
                Some(last) => Ok(Ok(Err(last))),
                None if trouble.is(TAKEN) => Err(trouble),
                None => Ok(Err("on its way out".to_owned())),
            },
            Err(trouble) => Err(trouble),
        }
    };
    wait(at, waiting, look).await?.map_err(|last| waits_for_deletion(name, &last))
}

/// The code by which a name is refused that something has.
const TAKEN: &[&str] = &["ResourceExistsException"];

/// Whether a name is refused because a secret has it, be it one that was deleted.
fn is_taken(trouble: &Trouble) -> bool {
    trouble.is(TAKEN) || trouble.message.contains("scheduled for deletion")
}

/// From when on a deleted secret is gone, where that is not about now.
async fn last_day(at: &At<'_, Client>, name: &str) -> Result<Option<String>, Trouble> {
    const SOON: i64 = 3600;
    let deleted = fetch(at, name).await?.and_then(|found| found.deleted_date);
    let now = i64::try_from(at.call.around.now_ns() / 1_000_000_000).unwrap_or(i64::MAX);
    Ok(deleted.filter(|deleted| deleted.secs() > now + SOON).map(|deleted| rfc3339(&deleted)))
}

fn waits_for_deletion(name: &str, last: &str) -> ProviderError {
    let detail = format!(
        "A secret {name} was deleted before and can still be restored, until {last}; so long its name is taken. Restore it \
         (`aws secretsmanager restore-secret --secret-id {name}`) and import it, or remove it for good \
         (`aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {name}`), or choose another name. Secrets \
         with `recovery_window_in_days = 0` are gone at once."
    );
    ProviderError::new(ErrorKind::Conflict, "Secret waits for its deletion", detail)
}

fn replica(found: &aws_sdk_secretsmanager::types::ReplicationStatusType) -> Fields {
    fields! {
        kms_key_id: found.kms_key_id(),
        last_accessed_date: found.last_accessed_date().map(rfc3339),
        region: found.region(),
        status: found.status().map(|status| status.as_str()),
        status_message: found.status_message(),
    }
}
