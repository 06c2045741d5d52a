//! `aws_iam_user_policy`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::{Iam, LONG_NAME};
use crate::{Client, OrAbsent, names, policies, url_decoded, when_spread};

/// The resource type.
pub(crate) struct UserPolicy;

#[async_trait]
impl Kind for UserPolicy {
    type Client = Client;
    const NAME: &'static str = "aws_iam_user_policy";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A policy that lies in a user.

id optional computed string | The user's name, a colon, and the policy's name.
name optional computed fixed string | Its name, unique in the user. Made up where it is left out.
name_prefix optional computed fixed string | How a made-up name begins.
policy required policy string | The policy.
user required fixed string | The user's name.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        LONG_NAME.check(config).into_iter().chain(policies::check(config, "policy")).collect()
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (user, name) = (wanted.str("user"), names::wanted(at, wanted, LONG_NAME.longest));
        put(at, user, &name, wanted.str("policy")).await?;
        Ok(fields! { id: format!("{user}:{name}"), name: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (user, name) = (known.str("user"), known.str("name"));
        let ask = |iam: Iam| iam.get_user_policy().user_name(user).policy_name(name).send();
        let what = format!("read the policy {name} of the user {user}");
        let answer = at.client.ask(&what, ask).await.or_absent()?;
        Ok(answer.map(|answer| {
            fields! {
                id: format!("{user}:{name}"),
                name: name,
                name_prefix: names::prefix_of(name).unwrap_or_default(),
                policy: url_decoded(answer.policy_document()),
                user: user,
            }
        }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted.str("user"), wanted.str("name"), wanted.str("policy")).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (user, name) = (prior.str("user"), prior.str("name"));
        let remove = |iam: Iam| iam.delete_user_policy().user_name(user).policy_name(name).send();
        at.client.put(&format!("delete the policy {name} of the user {user}"), remove).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (user, name) = super::two_parts(id, ':', "USER:POLICY")?;
        Ok(fields! { id: id, user: user, name: name })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (user, name) = (wanted.str("user"), names::wanted(at, wanted, LONG_NAME.longest));
        let ask = |iam: Iam| iam.get_user_policy().user_name(user).policy_name(&name).send();
        let what = format!("look for the policy {name} of the user {user}");
        let answer = at.client.ask(&what, ask).await.or_absent()?;
        Ok(answer.map(|_| fields! { id: format!("{user}:{name}"), name: &name }))
    }
}

async fn put(at: &At<'_, Client>, user: &str, name: &str, policy: &str) -> Result<(), KindError> {
    let what = format!("put the policy {name} into the user {user}");
    let put =
        |iam: Iam| iam.put_user_policy().user_name(user).policy_name(name).policy_document(policy).send();
    when_spread(at, || at.client.put(&what, put)).await?;
    Ok(())
}
