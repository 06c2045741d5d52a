//! `aws_secretsmanager_secret_version`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_smithy_types::Blob;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{Type, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::{GOING, Secrets};
use crate::{Client, OrAbsent, Trouble, checks, names};

/// The resource type.
pub(crate) struct SecretVersion;

/// The label of the version that counts.
const CURRENT: &str = "AWSCURRENT";

#[async_trait]
impl Kind for SecretVersion {
    type Client = Client;
    const NAME: &'static str = "aws_secretsmanager_secret_version";
    const CLASS: CreateClass = CreateClass::Token;
    const SHEET: &'static str = "\
What a secret holds. Another content is another version; the earlier one stays as the previous one for a while.

arn computed string | The secret's ARN.
has_secret_string_wo computed bool | Whether the content was given by `secret_string_wo`, and lies in no state.
id optional computed string | The secret's ARN or name, a bar, and the version's identifier.
secret_binary optional fixed sensitive string | The content, bytes in base64.
secret_id required fixed string | The secret's ARN or name.
secret_string optional fixed sensitive string | The content, a text.
secret_string_wo optional writeonly sensitive string | The content, a text that lies in no state. Another one is written when `secret_string_wo_version` changes.
secret_string_wo_version optional fixed number | A number that changes whenever `secret_string_wo` is to be written again.
version_id computed string | The version's identifier.
version_stages optional computed set(string) | The labels of the version; `AWSCURRENT` where they are left out.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let all = ["secret_string", "secret_string_wo", "secret_binary"];
        let pairs = [(0, 1), (0, 2), (1, 2)];
        let both = pairs.iter().filter_map(|(one, other)| checks::exclusive(config, all[*one], all[*other]));
        let binary = config.text("secret_binary").filter(|text| STANDARD.decode(text).is_err());
        let binary =
            binary.map(|_| checks::fault("secret_binary", "`secret_binary` is to be bytes in base64."));
        let alone = config.value("secret_string_wo_version").is_some()
            && config.whole().get("secret_string_wo").is_none_or(Value::is_null);
        let alone = alone.then(|| {
            checks::fault(
                "secret_string_wo_version",
                "`secret_string_wo_version` goes with `secret_string_wo`.",
            )
        });
        both.chain(binary).chain(alone).collect()
    }

    fn plan(&self, _: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        let content = draft.config.whole().get("secret_string_wo");
        let is_unstored = content.is_some_and(|content| !content.is_null());
        let has = if is_unstored { Value::bool(true) } else { Value::null_of(Type::Bool) };
        draft.set("has_secret_string_wo", has);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (secret, token) = (wanted.str("secret_id"), names::token(at));
        let unstored = at.config.and_then(|config| config.string("secret_string_wo"));
        let text = wanted.string("secret_string").or(unstored);
        let bytes = wanted.text("secret_binary").and_then(|text| STANDARD.decode(text).ok()).map(Blob::new);
        let text = text.or_else(|| bytes.is_none().then(String::new));
        let put = |secrets: Secrets| {
            secrets
                .put_secret_value()
                .secret_id(secret)
                .client_request_token(&token)
                .set_secret_string(text.clone())
                .set_secret_binary(bytes.clone())
                .set_version_stages(wanted.some_texts("version_stages"))
                .send()
        };
        let answer = at.client.put(&format!("put content into the secret {secret}"), put).await?;
        let version = answer.version_id.unwrap_or(token);
        Ok(fields! { id: format!("{secret}|{version}"), version_id: version })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (secret, version) = (known.str("secret_id"), known.str("version_id"));
        let Some(found) = fetch(at, secret, Some(version), None).await? else { return Ok(None) };
        let told = fields! {
            arn: found.arn(),
            id: format!("{secret}|{version}"),
            secret_id: secret,
            version_id: found.version_id(),
            version_stages: found.version_stages().to_vec(),
        };
        Ok(Some(match known.is("has_secret_string_wo") {
            true => told,
            false => told.and(content(&found)).with("has_secret_string_wo", Value::null()),
        }))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let stages = |object: Given<'_>| object.texts("version_stages").into_iter().collect::<BTreeSet<_>>();
        let (before, after) = (stages(prior), stages(wanted));
        for stage in after.difference(&before) {
            let (secret, holder) = (prior.str("secret_id"), holder(at, prior, stage).await?);
            let put = |secrets: Secrets| {
                let request = secrets.update_secret_version_stage().secret_id(secret).version_stage(stage);
                request
                    .move_to_version_id(prior.str("version_id"))
                    .set_remove_from_version_id(holder.clone())
                    .send()
            };
            at.client.put(&format!("label a version of the secret {secret}"), put).await?;
        }
        for stage in before.difference(&after).filter(|stage| *stage != CURRENT) {
            remove_stage(at, prior, stage).await?;
        }
        Ok(())
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        // A version goes by itself once it has no label; the current one goes with its secret, or when another one takes its place.
        for stage in prior.texts("version_stages").iter().filter(|stage| *stage != CURRENT) {
            remove_stage(at, prior, stage).await?;
        }
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (secret, version) = id.split_once('|').ok_or_else(|| {
            let detail = format!("The identifier is to have the form SECRET_ARN|VERSION_ID, and is {id:?}.");
            ProviderError::invalid("Invalid import identifier", detail)
        })?;
        Ok(fields! { id: id, secret_id: secret, version_id: version })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (secret, version) = (wanted.str("secret_id"), names::token(at));
        let found = fetch(at, secret, Some(&version), None).await?;
        Ok(found.map(|_| fields! { id: format!("{secret}|{version}"), version_id: version }))
    }
}

/// The content of a version, by its identifier or its label.
pub(super) async fn fetch(
    at: &At<'_, Client>,
    secret: &str,
    version: Option<&str>,
    stage: Option<&str>,
) -> Result<Option<GetSecretValueOutput>, Trouble> {
    let (version, stage) = (version.map(str::to_owned), stage.map(str::to_owned));
    let ask = |secrets: Secrets| {
        let request = secrets.get_secret_value().secret_id(secret);
        request.set_version_id(version.clone()).set_version_stage(stage.clone()).send()
    };
    at.client.ask(&format!("read the content of the secret {secret}"), ask).await.or_absent_for(GOING)
}

/// The attributes of a version that hold its content.
pub(super) fn content(found: &GetSecretValueOutput) -> Fields {
    let bytes = found.secret_binary().map(|bytes| STANDARD.encode(bytes.as_ref()));
    fields! {
        secret_binary: bytes.unwrap_or_default(),
        secret_string: found.secret_string().unwrap_or_default(),
    }
}

/// The version that has a label now.
async fn holder(at: &At<'_, Client>, prior: Given<'_>, stage: &str) -> Result<Option<String>, KindError> {
    let found = fetch(at, prior.str("secret_id"), None, Some(stage)).await?;
    Ok(found.and_then(|found| found.version_id))
}

async fn remove_stage(at: &At<'_, Client>, prior: Given<'_>, stage: &str) -> Result<(), KindError> {
    let (secret, version) = (prior.str("secret_id"), prior.str("version_id"));
    let remove = |secrets: Secrets| {
        let request = secrets.update_secret_version_stage().secret_id(secret).version_stage(stage);
        request.remove_from_version_id(version).send()
    };
    let what = format!("take the label {stage} from a version of the secret {secret}");
    // A label that went elsewhere meanwhile is gone from here.
    at.client
        .put(&what, remove)
        .await
        .or_absent_for(&["InvalidRequestException", "InvalidParameterException"])?;
    Ok(())
}
