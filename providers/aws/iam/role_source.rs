//! The data source `aws_iam_role`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{ErrorKind, ProviderError, fields};

use super::{role, tags_of};
use crate::{Client, rfc3339, tags, url_decoded};

/// The data source.
pub(crate) struct RoleSource;

#[async_trait]
impl Source for RoleSource {
    type Client = Client;
    const NAME: &'static str = "aws_iam_role";
    const SHEET: &'static str = "\
A role that is there.

arn computed string | Its ARN.
assume_role_policy computed string | The policy that says who may assume it.
create_date computed string | When it was made.
description computed string | What it is for.
id optional computed string | Its name.
max_session_duration computed number | How many seconds it may be assumed for.
name required string | Its name.
path computed string | The path before its name.
permissions_boundary computed string | The ARN of the policy that bounds its permissions.
role_last_used computed list(object(last_used_date:string,region:string)) | When and where it was used last.
tags optional computed map(string) | Its tags.
unique_id computed string | Its unique identifier.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let name = config.str("name");
        let Some(role) = role::fetch(at, name).await? else {
            let detail = format!("There is no role {name} in this account.");
            return Err(ProviderError::new(ErrorKind::NotFound, "No such role", detail));
        };
        let used = role.role_last_used();
        let used = used.map(
            |used| fields! { last_used_date: used.last_used_date().map(rfc3339), region: used.region() },
        );
        Ok(fields! {
            arn: role.arn(),
            assume_role_policy: role.assume_role_policy_document().map(url_decoded),
            create_date: rfc3339(role.create_date()),
            description: role.description().unwrap_or_default(),
            id: role.role_name(),
            max_session_duration: role.max_session_duration(),
            path: role.path(),
            permissions_boundary: role.permissions_boundary().and_then(|b| b.permissions_boundary_arn()).unwrap_or_default(),
            role_last_used: used.into_iter().collect::<Vec<_>>(),
            tags: tags::others(at.client, tags_of(role.tags())),
            unique_id: role.role_id(),
        })
    }
}
