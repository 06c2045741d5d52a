//! `aws_iam_policy`.

use async_trait::async_trait;
use aws_sdk_iam::types::PolicyScopeType;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Lists, ProviderError, fields};

use super::{Iam, LONG_NAME, tag_list, tags_of};
use crate::{Client, OrAbsent, Trouble, marked, names, policies, tags, url_decoded, when_spread};

/// The resource type.
pub(crate) struct Policy;

/// How many versions of a policy are kept.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const VERSIONS: usize = 5;

#[async_trait]
impl Kind for Policy {
    type Client = Client;
    const NAME: &'static str = "aws_iam_policy";
    const CLASS: CreateClass = CreateClass::Name;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
A policy that can be attached to roles, users and groups. Another policy text becomes a new version of it, and the oldest one goes where there are five.

arn computed string | Its ARN.
attachment_count computed foreign number | To how many it is attached.
description optional fixed string | What it is for.
id optional computed string | Its ARN.
name optional computed fixed string | Its name, unique in the account. Made up where it is left out.
name_prefix optional computed fixed string | How a made-up name begins.
path optional default=/ fixed string | The path before its name.
policy required policy string | The policy.
policy_id computed string | Its unique identifier.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        LONG_NAME.check(config).into_iter().chain(policies::check(config, "policy")).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = names::wanted(at, wanted, LONG_NAME.longest);
        let tags = tag_list(&tags::wanted(at, wanted));
        let make = |iam: Iam| {
            iam.create_policy()
                .policy_name(&name)
                .path(wanted.str("path"))
                .policy_document(wanted.str("policy"))
                .set_description(wanted.string("description"))
                .set_tags(tags.clone())
                .send()
        };
        let answer = at.client.send(&format!("make the policy {name}"), make).await?;
        let arn = answer.policy.and_then(|policy| policy.arn);
        Ok(fields! { id: arn.clone(), arn: arn, name: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(policy) = fetch(at, known.id()).await? else { return Ok(None) };
        let Some(document) = document(at, &policy).await? else { return Ok(None) };
        let name = policy.policy_name().unwrap_or_default();
        let told = fields! {
            arn: policy.arn(),
            attachment_count: policy.attachment_count(),
            description: policy.description(),
            id: policy.arn(),
            name: name,
            name_prefix: names::prefix_of(name).unwrap_or_default(),
            path: policy.path(),
            policy: document,
            policy_id: policy.policy_id(),
        };
        Ok(Some(told.and(tags::seen(at.client, known, tags_of(policy.tags())))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        if prior.differs(wanted, "policy") {
            make_room(at, prior.id()).await?;
            let what = format!("change the policy {}", prior.id());
            let document = wanted.str("policy");
            let put = |iam: Iam| {
                let request = iam.create_policy_version().policy_arn(prior.id()).policy_document(document);
                request.set_as_default(true).send()
            };
            when_spread(at, || at.client.send(&what, put)).await?;
        }
        update_tags(at, prior, wanted).await
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        let after = request.after.map(str::to_owned);
        let ask =
            |iam: Iam| iam.list_policies().scope(PolicyScopeType::Local).set_marker(after.clone()).send();
        let page = at.client.ask("list the policies", ask).await?;
        let mut found = Vec::new();
        // The list tells no tags.
        for arn in page.policies().iter().filter_map(|policy| policy.arn()) {
            let policy = fetch(at, arn).await?;
            found.extend(policy.and_then(|policy| marked::entry(arn.to_owned(), &tags_of(policy.tags()))));
        }
        Ok(KindPage { found, next: page.marker.filter(|_| page.is_truncated) })
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let arn = prior.id();
        for (version, _) in other_versions(at, arn).await? {
            remove_version(at, arn, &version).await?;
        }
        let remove = |iam: Iam| iam.delete_policy().policy_arn(arn).send();
        match at.client.put(&format!("delete the policy {arn}"), remove).await.or_absent() {
            Err(trouble) if trouble.is(&["DeleteConflict"]) => Err(refusal(at, arn, trouble).await),
            result => result.map(|_| ()).map_err(Into::into),
        }
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = names::wanted(at, wanted, LONG_NAME.longest);
        let (partition, account) = (at.client.partition(), at.client.account().await?);
        let arn = format!("arn:{partition}:iam::{account}:policy{}{name}", wanted.str("path"));
        let Some(policy) = fetch(at, &arn).await? else { return Ok(None) };
        let seen = tags::seen(at.client, wanted, tags_of(policy.tags()));
        Ok(Some(fields! { id: &arn, arn: &arn, name: name }.and(seen)))
    }
}

/// A policy by its ARN.
pub(super) async fn fetch(
    at: &At<'_, Client>,
    arn: &str,
) -> Result<Option<aws_sdk_iam::types::Policy>, Trouble> {
    let ask = |iam: Iam| iam.get_policy().policy_arn(arn).send();
    let answer = at.client.ask(&format!("read the policy {arn}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.policy))
}

/// The text of a policy's version that counts.
pub(super) async fn document(
    at: &At<'_, Client>,
    policy: &aws_sdk_iam::types::Policy,
) -> Result<Option<String>, Trouble> {
    let (arn, version) = (policy.arn().unwrap_or_default(), policy.default_version_id().unwrap_or_default());
    let ask = |iam: Iam| iam.get_policy_version().policy_arn(arn).version_id(version).send();
    let answer = at.client.ask(&format!("read the policy {arn}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.policy_version?.document).map(|text| url_decoded(&text)))
}

/// The versions that do not count, the oldest first, with the second at which they were made.
async fn other_versions(at: &At<'_, Client>, arn: &str) -> Result<Vec<(String, i64)>, KindError> {
    let (mut found, mut marker) = (Vec::new(), None);
    loop {
        let ask = |iam: Iam| iam.list_policy_versions().policy_arn(arn).set_marker(marker.clone()).send();
        let what = format!("read the versions of the policy {arn}");
        let Some(page) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(Vec::new()) };
        let others = page.versions().iter().filter(|version| !version.is_default_version());
        let version = |version: &aws_sdk_iam::types::PolicyVersion| {
            let made = version.create_date().map_or(0, aws_smithy_types::DateTime::secs);
            Some((version.version_id()?.to_owned(), made))
        };
        found.extend(others.filter_map(version));
        match page.marker.filter(|_| page.is_truncated) {
            Some(next) => marker = Some(next),
            None => break,
        }
    }
    let number = |version: &str| version.trim_start_matches('v').parse::<u32>().unwrap_or(0);
    found.sort_by_key(|(version, made)| (*made, number(version)));
    Ok(found)
}

/// Removes the oldest version where there is no room for another one.
async fn make_room(at: &At<'_, Client>, arn: &str) -> Result<(), KindError> {
    let others = other_versions(at, arn).await?;
    match others.first().filter(|_| others.len() + 1 >= VERSIONS) {
        Some((oldest, _)) => remove_version(at, arn, oldest).await,
        None => Ok(()),
    }
}

async fn remove_version(at: &At<'_, Client>, arn: &str, version: &str) -> Result<(), KindError> {
    let remove = |iam: Iam| iam.delete_policy_version().policy_arn(arn).version_id(version).send();
    at.client.put(&format!("delete the version {version} of the policy {arn}"), remove).await.or_absent()?;
    Ok(())
}

async fn update_tags(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let (arn, (set, gone)) = (prior.id(), tags::changes(prior, wanted));
    let what = format!("tag the policy {arn}");
    if !gone.is_empty() {
        let untag = |iam: Iam| iam.untag_policy().policy_arn(arn).set_tag_keys(Some(gone.clone())).send();
        at.client.put(&what, untag).await?;
    }
    if let Some(tags) = tag_list(&set) {
        let tag = |iam: Iam| iam.tag_policy().policy_arn(arn).set_tags(Some(tags.clone())).send();
        at.client.put(&what, tag).await?;
    }
    Ok(())
}

/// Why a policy stays.
async fn refusal(at: &At<'_, Client>, arn: &str, trouble: Trouble) -> ProviderError {
    let ask = |iam: Iam| iam.list_entities_for_policy().policy_arn(arn).send();
    let Ok(found) = at.client.ask(&format!("find what the policy {arn} is attached to"), ask).await else {
        return trouble.into();
    };
    let named = |kind: &str, name: Option<&str>| format!("the {kind} {}", name.unwrap_or("?"));
    let roles = found.policy_roles().iter().map(|one| named("role", one.role_name()));
    let users = found.policy_users().iter().map(|one| named("user", one.user_name()));
    let groups = found.policy_groups().iter().map(|one| named("group", one.group_name()));
    let all = roles.chain(users).chain(groups).collect::<Vec<_>>();
    if all.is_empty() {
        return trouble.into();
    }
    let detail = format!(
        "The policy {arn} is still attached to {}, by others than this configuration. Detach it there first.",
        all.join(", ")
    );
    ProviderError::new(ErrorKind::Conflict, "Policy is attached", detail)
}
