//! The data source and the ephemeral resource `aws_secretsmanager_secret_version`.

use async_trait::async_trait;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{ErrorKind, ProviderError, fields};

use super::secret_version::{content, fetch};
use crate::{Client, rfc3339};

/// The data source.
pub(crate) struct VersionSource;

/// The ephemeral resource.
pub(crate) struct OpenedVersion;

#[async_trait]
impl Source for VersionSource {
    type Client = Client;
    const NAME: &'static str = "aws_secretsmanager_secret_version";
    const SHEET: &'static str = "\
What a secret holds. It lies in the state then; the ephemeral resource of the same name leaves it out.

arn computed string | The secret's ARN.
created_date computed string | When the version was made.
id optional computed string | The secret's ARN or name, a bar, and by what the version is chosen.
secret_binary computed sensitive string | The content, where it is bytes.
secret_id required string | The secret's ARN or name.
secret_string computed sensitive string | The content, where it is a text.
version_id optional computed string | The version's identifier, by which it can be chosen.
version_stage optional default=AWSCURRENT string | The version's label, by which it can be chosen.
version_stages computed set(string) | All labels of the version.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let found = found(at, config).await?;
        let chosen = config.text("version_id").unwrap_or(config.str("version_stage"));
        let id = format!("{}|{chosen}", config.str("secret_id"));
        Ok(told(&found).with("id", id))
    }
}

#[async_trait]
impl Source for OpenedVersion {
    type Client = Client;
    const NAME: &'static str = "aws_secretsmanager_secret_version";
    const SHEET: &'static str = "\
What a secret holds, for as long as the run needs it: it lies in no state and no plan.

arn computed string | The secret's ARN.
created_date computed string | When the version was made.
secret_binary computed sensitive string | The content, where it is bytes.
secret_id required string | The secret's ARN or name.
secret_string computed sensitive string | The content, where it is a text.
version_id optional computed string | The version's identifier, by which it can be chosen.
version_stage optional computed string | The version's label, by which it can be chosen; `AWSCURRENT` where neither is given.
version_stages computed list(string) | All labels of the version.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let found = found(at, config).await?;
        let stage = config.text("version_stage").or(found.version_stages().first().map(String::as_str));
        Ok(told(&found).with("version_stage", stage))
    }
}

fn told(found: &GetSecretValueOutput) -> Fields {
    let told = fields! {
        arn: found.arn(),
        created_date: found.created_date().map(rfc3339),
        version_id: found.version_id(),
        version_stages: found.version_stages().to_vec(),
    };
    told.and(content(found))
}

async fn found(at: &At<'_, Client>, config: Given<'_>) -> Result<GetSecretValueOutput, KindError> {
    let (secret, version) = (config.str("secret_id"), config.text("version_id"));
    // A version is chosen by its identifier before its label.
    let stage = config.text("version_stage").filter(|_| version.is_none());
    fetch(at, secret, version, stage).await?.ok_or_else(|| {
        let detail =
            format!("There is no content in the secret {secret} that is chosen so, or no such secret.");
        ProviderError::new(ErrorKind::NotFound, "No such secret version", detail)
    })
}
