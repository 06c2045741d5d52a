//! `aws_ecr_repository_policy`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::Ecr;
use crate::{Client, OrAbsent, policies, when_spread};

/// The resource type.
pub(crate) struct RepositoryPolicy;

#[async_trait]
impl Kind for RepositoryPolicy {
    type Client = Client;
    const NAME: &'static str = "aws_ecr_repository_policy";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Who beside the account may use a repository.

id optional computed string | The repository's name.
policy required policy string | The policy.
registry_id computed string | The account that the repository lies in.
repository required fixed string | The repository's name.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        policies::check(config, "policy")
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        put(at, wanted).await?;
        Ok(fields! { id: wanted.str("repository") })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = known.text("repository").unwrap_or(known.id());
        let ask = |ecr: Ecr| ecr.get_repository_policy().repository_name(name).send();
        let answer =
            at.client.ask(&format!("read the policy of the repository {name}"), ask).await.or_absent()?;
        Ok(answer.map(|answer| {
            let policy = answer.policy_text();
            fields! { id: name, policy: policy, registry_id: answer.registry_id(), repository: name }
        }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        put(at, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.id();
        let remove = |ecr: Ecr| ecr.delete_repository_policy().repository_name(name).send();
        at.client.put(&format!("remove the policy of the repository {name}"), remove).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, repository: id })
    }
}

async fn put(at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
    let (name, policy) = (wanted.str("repository"), wanted.str("policy"));
    let what = format!("set the policy of the repository {name}");
    let put = |ecr: Ecr| ecr.set_repository_policy().repository_name(name).policy_text(policy).send();
    when_spread(at, || at.client.put(&what, put)).await?;
    Ok(())
}
