//! `aws_ecr_lifecycle_policy`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::Ecr;
use crate::{Client, OrAbsent, checks};

/// The resource type.
pub(crate) struct LifecyclePolicy;

#[async_trait]
impl Kind for LifecyclePolicy {
    type Client = Client;
    const NAME: &'static str = "aws_ecr_lifecycle_policy";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Which images of a repository are removed after a while.

id optional computed string | The repository's name.
policy required fixed json string | The rules.
registry_id computed string | The account that the repository lies in.
repository required fixed string | The repository's name.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        checks::json(config, "policy").into_iter().collect()
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (name, policy) = (wanted.str("repository"), wanted.str("policy"));
        let put =
            |ecr: Ecr| ecr.put_lifecycle_policy().repository_name(name).lifecycle_policy_text(policy).send();
        at.client.put(&format!("set the lifecycle of images in the repository {name}"), put).await?;
        Ok(fields! { id: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = known.text("repository").unwrap_or(known.id());
        let ask = |ecr: Ecr| ecr.get_lifecycle_policy().repository_name(name).send();
        let what = format!("read the lifecycle of images in the repository {name}");
        let answer = at.client.ask(&what, ask).await.or_absent()?;
        Ok(answer.map(|answer| {
            let policy = answer.lifecycle_policy_text();
            fields! { id: name, policy: policy, registry_id: answer.registry_id(), repository: name }
        }))
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.id();
        let remove = |ecr: Ecr| ecr.delete_lifecycle_policy().repository_name(name).send();
        at.client
            .put(&format!("remove the lifecycle of images in the repository {name}"), remove)
            .await
            .or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, repository: id })
    }
}
