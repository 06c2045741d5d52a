//! The data source `aws_ssm_parameter`.

use async_trait::async_trait;
use aws_sdk_ssm::Client as Ssm;
use aws_sdk_ssm::types::ParameterType;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{ErrorKind, ProviderError, fields};

use crate::{Client, OrAbsent};

/// The data source.
pub(crate) struct Parameter;

#[async_trait]
impl Source for Parameter {
    type Client = Client;
    const NAME: &'static str = "aws_ssm_parameter";
    const SHEET: &'static str = "\
A parameter that is there, one's own or one of AWS's.

arn computed string | Its ARN.
id optional computed string | Its name.
insecure_value computed string | What it holds, where that is no secret.
name required string | Its name, or its ARN.
type computed string | `String`, `StringList` or `SecureString`.
value computed sensitive string | What it holds.
version computed number | Its version.
with_decryption optional default=true bool | Whether a secret is decrypted.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let name = config.str("name");
        let decrypt = config.flag("with_decryption").unwrap_or(true);
        let ask = |ssm: Ssm| ssm.get_parameter().name(name).with_decryption(decrypt).send();
        let answer = at.client.ask(&format!("read the parameter {name}"), ask).await;
        let answer = answer.or_absent_for(&["ParameterNotFound", "ParameterVersionNotFound"])?;
        let Some(found) = answer.and_then(|answer| answer.parameter) else {
            let detail = format!("There is no parameter {name} in the region {}.", at.client.region());
            return Err(ProviderError::new(ErrorKind::NotFound, "No such parameter", detail));
        };
        let is_secret = found.r#type() == Some(&ParameterType::SecureString);
        Ok(fields! {
            arn: found.arn(),
            id: found.name(),
            insecure_value: found.value().filter(|_| !is_secret),
            value: found.value(),
            version: found.version(),
        }
        .with("type", found.r#type().map(ParameterType::as_str)))
    }
}
