//! `aws_secretsmanager_secret_policy`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::secret;
use crate::{Client, policies};

/// The resource type.
pub(crate) struct SecretPolicy;

#[async_trait]
impl Kind for SecretPolicy {
    type Client = Client;
    const NAME: &'static str = "aws_secretsmanager_secret_policy";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Who beside the account may use a secret.

block_public_policy optional bool | Whether a policy is refused that lets everybody in.
id optional computed string | The secret's ARN.
policy required policy string | The policy.
secret_arn required fixed string | The secret's ARN.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        policies::check(config, "policy")
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        put(at, wanted).await?;
        Ok(fields! { id: wanted.str("secret_arn") })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let arn = known.text("secret_arn").unwrap_or(known.id());
        let policy = secret::read_policy(at, arn).await?;
        Ok(policy.map(|policy| fields! { id: arn, policy: policy, secret_arn: arn }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        secret::remove_policy(at, prior.id()).await
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, secret_arn: id })
    }
}

async fn put(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let (arn, policy) = (wanted.str("secret_arn"), wanted.str("policy"));
    secret::put_policy(at, arn, policy, wanted.flag("block_public_policy")).await
}
