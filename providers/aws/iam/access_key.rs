//! `aws_iam_access_key`.

use async_trait::async_trait;
use aws_lc_rs::hmac;
use aws_sdk_iam::types::{AccessKeyMetadata, StatusType};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Path;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::Iam;
use crate::{Client, OrAbsent, checks, rfc3339, when_spread};

/// The resource type.
pub(crate) struct AccessKey;

#[async_trait]
impl Kind for AccessKey {
    type Client = Client;
    const NAME: &'static str = "aws_iam_access_key";
    const CLASS: CreateClass = CreateClass::Fence;
    const SHEET: &'static str = "\
A key with which a user signs requests. Its secret is told once, when it is made, and lies in the state from then on.

create_date computed string | When it was made.
encrypted_secret computed string | Always null: secrets are not encrypted with PGP.
encrypted_ses_smtp_password_v4 computed string | Always null: secrets are not encrypted with PGP.
id optional computed string | The key's identifier.
key_fingerprint computed string | Always null: secrets are not encrypted with PGP.
pgp_key optional fixed string | Is refused. Encrypt the state in place of single secrets.
secret computed sensitive string | The secret. Null after an import.
ses_smtp_password_v4 computed sensitive string | The password for the mail servers of the provider's region.
status optional default=Active string | `Active`, or `Inactive`.
user required fixed string | The user's name.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let pgp = (config.text("pgp_key").is_some() || config.is_unknown("pgp_key")).then(|| {
            let detail = "Secrets are not encrypted with PGP, which is out of date and leaves all other secrets readable. Leave \
                          `pgp_key` out, and encrypt the whole state with a block `encryption`.";
            ProviderError::invalid("PGP is not supported", detail).at(Path::of_attr("pgp_key"))
        });
        pgp.into_iter().chain(checks::one_of(config, "status", &["Active", "Inactive"])).collect()
    }

    fn plan(&self, _: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        if draft.prior.is_none() {
            for name in ["encrypted_secret", "encrypted_ses_smtp_password_v4", "key_fingerprint"] {
                draft.set(name, model::Value::null_of(model::Type::String));
            }
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let user = wanted.str("user");
        let what = format!("make a key of the user {user}");
        let make = |iam: Iam| iam.create_access_key().user_name(user).send();
        let answer = when_spread(at, || at.client.send(&what, make)).await?;
        let Some(key) = answer.access_key else { return Ok(Fields::new()) };
        let made = fields! {
            id: key.access_key_id(),
            create_date: key.create_date().map(rfc3339),
            secret: key.secret_access_key(),
            ses_smtp_password_v4: smtp_password(key.secret_access_key(), at.client.region()),
        };
        at.exists(made.clone());
        if wanted.str("status") == "Inactive" {
            set_status(at, user, key.access_key_id(), "Inactive").await?;
        }
        Ok(made)
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let user = match known.string("user") {
            Some(user) => user,
            None => match owner(at, known.id()).await? {
                Some(user) => user,
                None => return Ok(None),
            },
        };
        let keys = keys(at, &user).await?;
        let key = keys.into_iter().find(|key| key.access_key_id() == Some(known.id()));
        Ok(key.map(|key| {
            fields! {
                id: key.access_key_id(),
                create_date: key.create_date().map(rfc3339),
                status: key.status().map(StatusType::as_str),
                user: user,
            }
        }))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        set_status(at, prior.str("user"), prior.id(), wanted.str("status")).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (user, id) = (prior.str("user"), prior.id());
        let remove = |iam: Iam| iam.delete_access_key().user_name(user).access_key_id(id).send();
        at.client.put(&format!("delete the key {id} of the user {user}"), remove).await.or_absent()?;
        Ok(())
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let before = at.call.attempt.map(|attempt| &attempt.fence[..]).unwrap_or_default();
        let is_known = |id: &str| at.call.known.iter().any(|object| Given::new(&object.value).id() == id);
        let keys = keys(at, wanted.str("user")).await?;
        let ids = keys.iter().filter_map(|key| key.access_key_id());
        let new = ids.into_iter().find(|id| !before.iter().any(|old| old == id) && !is_known(id));
        // Its secret was told to nobody.
        Ok(new.map(|id| fields! { id: id }.incomplete()))
    }

    fn fence_scope(&self, wanted: Given<'_>) -> String {
        wanted.str("user").to_owned()
    }

    async fn fence(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Vec<String>, KindError> {
        let keys = keys(at, wanted.str("user")).await?;
        Ok(keys.into_iter().filter_map(|key| key.access_key_id).collect())
    }
}

/// The user of a key.
async fn owner(at: &At<'_, Client>, id: &str) -> Result<Option<String>, KindError> {
    let ask = |iam: Iam| iam.get_access_key_last_used().access_key_id(id).send();
    let answer = at.client.ask(&format!("find the user of the key {id}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.user_name))
}

/// The keys of a user; none of one that is gone.
async fn keys(at: &At<'_, Client>, user: &str) -> Result<Vec<AccessKeyMetadata>, KindError> {
    let ask = |iam: Iam| iam.list_access_keys().user_name(user).send();
    let answer = at.client.ask(&format!("list the keys of the user {user}"), ask).await.or_absent()?;
    Ok(answer.map(|answer| answer.access_key_metadata).unwrap_or_default())
}

async fn set_status(at: &At<'_, Client>, user: &str, id: &str, status: &str) -> Result<(), KindError> {
    let what = format!("change the key {id} of the user {user}");
    let put = |iam: Iam| {
        let request = iam.update_access_key().user_name(user).access_key_id(id);
        request.status(StatusType::from(status)).send()
    };
    at.client.put(&what, put).await?;
    Ok(())
}

/// The password for the mail servers of a region that a secret makes.
/// <https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html>
fn smtp_password(secret: &str, region: &str) -> String {
    const VERSION: u8 = 4;
    let signed = |key: &[u8], text: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
    };
    let parts = ["11111111", region, "ses", "aws4_request", "SendRawEmail"];
    let signature = parts.iter().fold(format!("AWS4{secret}").into_bytes(), |key, part| signed(&key, part));
    STANDARD.encode([&[VERSION], &signature[..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_for_mail_come_from_the_secret_and_the_region() {
        assert_eq!(
            smtp_password("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "eu-central-1"),
            "BF0/eIJm0ruTHsSjOkRuOGzGF+zeSyE3aiRzrzUQ8LwG"
        );
    }
}
