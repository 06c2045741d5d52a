//! `aws_iam_role_policy`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::{Iam, LONG_NAME};
use crate::{Client, OrAbsent, names, policies, url_decoded, when_spread};

/// The resource type.
pub(crate) struct RolePolicy;

#[async_trait]
impl Kind for RolePolicy {
    type Client = Client;
    const NAME: &'static str = "aws_iam_role_policy";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A policy that lies in a role.

id optional computed string | The role's name, a colon, and the policy's name.
name optional computed fixed string | Its name, unique in the role. Made up where it is left out.
name_prefix optional computed fixed string | How a made-up name begins.
policy required policy string | The policy.
role required fixed string | The role's name.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        LONG_NAME.check(config).into_iter().chain(policies::check(config, "policy")).collect()
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (role, name) = (wanted.str("role"), names::wanted(at, wanted, LONG_NAME.longest));
        put(at, role, &name, wanted.str("policy")).await?;
        Ok(fields! { id: format!("{role}:{name}"), name: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (role, name) = (known.str("role"), known.str("name"));
        let ask = |iam: Iam| iam.get_role_policy().role_name(role).policy_name(name).send();
        let what = format!("read the policy {name} of the role {role}");
        let answer = at.client.ask(&what, ask).await.or_absent()?;
        Ok(answer.map(|answer| {
            fields! {
                id: format!("{role}:{name}"),
                name: name,
                name_prefix: names::prefix_of(name).unwrap_or_default(),
                policy: url_decoded(answer.policy_document()),
                role: role,
            }
        }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted.str("role"), wanted.str("name"), wanted.str("policy")).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (role, name) = (prior.str("role"), prior.str("name"));
        let remove = |iam: Iam| iam.delete_role_policy().role_name(role).policy_name(name).send();
        at.client.put(&format!("delete the policy {name} of the role {role}"), remove).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (role, name) = super::two_parts(id, ':', "ROLE:POLICY")?;
        Ok(fields! { id: id, role: role, name: name })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (role, name) = (wanted.str("role"), names::wanted(at, wanted, LONG_NAME.longest));
        let ask = |iam: Iam| iam.get_role_policy().role_name(role).policy_name(&name).send();
        let what = format!("look for the policy {name} of the role {role}");
        let answer = at.client.ask(&what, ask).await.or_absent()?;
        Ok(answer.map(|_| fields! { id: format!("{role}:{name}"), name: &name }))
    }
}

async fn put(at: &At<'_, Client>, role: &str, name: &str, policy: &str) -> Result<(), KindError> {
    let what = format!("put the policy {name} into the role {role}");
    let put =
        |iam: Iam| iam.put_role_policy().role_name(role).policy_name(name).policy_document(policy).send();
    when_spread(at, || at.client.put(&what, put)).await?;
    Ok(())
}
