//! `aws_iam_role_policy_attachment`.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};

use super::Iam;
use crate::{Client, OrAbsent, checks, names, when_spread};

/// The resource type.
pub(crate) struct Attachment;

#[async_trait]
impl Kind for Attachment {
    type Client = Client;
    const NAME: &'static str = "aws_iam_role_policy_attachment";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
Attaches a managed policy to a role.

id optional computed string | The role's name, and something made up after it.
policy_arn required fixed string | The policy's ARN.
role required fixed string | The role's name.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        checks::arn(config, "policy_arn").into_iter().collect()
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (role, arn) = (wanted.str("role"), wanted.str("policy_arn"));
        let attach = |iam: Iam| iam.attach_role_policy().role_name(role).policy_arn(arn).send();
        let what = format!("attach the policy {arn} to the role {role}");
        when_spread(at, || at.client.put(&what, attach)).await?;
        Ok(fields! { id: names::made_up(at, &format!("{role}-"), usize::MAX) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (role, arn) = (known.str("role"), known.str("policy_arn"));
        let is_there = is_attached(at, role, arn).await?;
        Ok(is_there.then(|| fields! { role: role, policy_arn: arn }))
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (role, arn) = (prior.str("role"), prior.str("policy_arn"));
        let detach = |iam: Iam| iam.detach_role_policy().role_name(role).policy_arn(arn).send();
        at.client.put(&format!("detach the policy {arn} from the role {role}"), detach).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let (role, arn) = super::two_parts(id, '/', "ROLE/POLICY_ARN")?;
        Ok(fields! { id: format!("{role}-{arn}"), role: role, policy_arn: arn })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let (role, arn) = (wanted.str("role"), wanted.str("policy_arn"));
        let is_there = is_attached(at, role, arn).await?;
        Ok(is_there.then(|| fields! { id: names::made_up(at, &format!("{role}-"), usize::MAX) }))
    }
}

async fn is_attached(at: &At<'_, Client>, role: &str, arn: &str) -> Result<bool, KindError> {
    let what = format!("read the policies of the role {role}");
    let mut marker = None;
    loop {
        let ask =
            |iam: Iam| iam.list_attached_role_policies().role_name(role).set_marker(marker.clone()).send();
        let Some(page) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(false) };
        if page.attached_policies().iter().any(|one| one.policy_arn() == Some(arn)) {
            return Ok(true);
        }
        match page.marker.filter(|_| page.is_truncated) {
            Some(next) => marker = Some(next),
            None => return Ok(false),
        }
    }
}
