//! The data source `aws_caller_identity`.

use async_trait::async_trait;
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError, Source};

use crate::Client;

/// The data source.
pub(crate) struct CallerIdentity;

#[async_trait]
impl Source for CallerIdentity {
    type Client = Client;
    const NAME: &'static str = "aws_caller_identity";
    const SHEET: &'static str = "\
Whose credentials the provider uses.

account_id computed string | The account's number.
arn computed string | The caller's ARN.
id optional computed string | The account's number.
user_id computed string | The caller's unique identifier.
";

    async fn read(&self, at: &At<'_, Client>, _: Given<'_>) -> Result<Fields, KindError> {
        // Asked anew even where the provider itself was told not to ask.
        let who = at.client.asked_identity().await?;
        Ok(fields! { account_id: &who.account, arn: &who.arn, id: &who.account, user_id: &who.user })
    }
}
