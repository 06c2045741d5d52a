//! The data source `aws_ecr_authorization_token`.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{ErrorKind, ProviderError, fields};

use super::Ecr;
use crate::{Client, rfc3339};

/// The data source.
pub(crate) struct AuthorizationToken;

#[async_trait]
impl Source for AuthorizationToken {
    type Client = Client;
    const NAME: &'static str = "aws_ecr_authorization_token";
    const SHEET: &'static str = "\
What one signs in to a registry with, for twelve hours.

authorization_token computed sensitive string | The name and the password with a colon between them, in base64.
expires_at computed string | Until when it is good.
id optional computed string | The region.
password computed sensitive string | The password.
proxy_endpoint computed string | The registry's address.
registry_id optional string | The account of the registry; the provider's own where it is left out.
user_name computed string | The name.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        // Registries other than one's own can only be asked for by a list that is out of date.
        #[expect(deprecated, reason = "the only way to ask for another account's registry")]
        let ask = |ecr: Ecr| {
            ecr.get_authorization_token()
                .set_registry_ids(config.string("registry_id").map(|id| vec![id]))
                .send()
        };
        let answer = at.client.ask("get a token for the registry", ask).await?;
        let token = answer.authorization_data().first();
        let text = token.and_then(|token| token.authorization_token()).unwrap_or_default();
        let plain = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let parts = plain.as_deref().and_then(|plain| plain.split_once(':'));
        let (Some(token), Some((name, password))) = (token, parts) else {
            let detail = "The token that the registry gave is none: it is not a name and a password.";
            return Err(ProviderError::new(ErrorKind::Internal, "Token is not understood", detail));
        };
        Ok(fields! {
            authorization_token: text,
            expires_at: token.expires_at().map(rfc3339),
            id: at.client.region(),
            password: password,
            proxy_endpoint: token.proxy_endpoint(),
            user_name: name,
        })
    }
}
