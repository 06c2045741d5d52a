//! `aws_iam_instance_profile`.

use async_trait::async_trait;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ListRequest, Lists, ProviderError, fields};

use super::{Iam, LONG_NAME, tag_list, tags_of};
use crate::{Client, OrAbsent, Trouble, marked, names, rfc3339, tags, when_spread};

/// The resource type.
pub(crate) struct InstanceProfile;

#[async_trait]
impl Kind for InstanceProfile {
    type Client = Client;
    const NAME: &'static str = "aws_iam_instance_profile";
    const CLASS: CreateClass = CreateClass::Name;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
What hands a role to virtual machines.

arn computed string | Its ARN.
create_date computed string | When it was made.
id optional computed string | Its name.
name optional computed fixed string | Its name, unique in the account. Made up where it is left out.
name_prefix optional computed fixed string | How a made-up name begins.
path optional default=/ fixed string | The path before its name.
role optional string | The role's name.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
unique_id computed string | Its unique identifier.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        LONG_NAME.check(config)
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = names::wanted(at, wanted, LONG_NAME.longest);
        let tags = tag_list(&tags::wanted(at, wanted));
        let make = |iam: Iam| {
            let request = iam.create_instance_profile().instance_profile_name(&name);
            request.path(wanted.str("path")).set_tags(tags.clone()).send()
        };
        at.client.send(&format!("make the instance profile {name}"), make).await?;
        let made = fields! { id: &name, name: &name };
        at.exists(made.clone());
        if let Some(role) = wanted.text("role") {
            take_in(at, &name, role).await?;
        }
        Ok(made)
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(profile) = fetch(at, known.id()).await? else { return Ok(None) };
        let name = profile.instance_profile_name();
        let told = fields! {
            arn: profile.arn(),
            create_date: rfc3339(profile.create_date()),
            id: name,
            name: name,
            name_prefix: names::prefix_of(name).unwrap_or_default(),
            path: profile.path(),
            role: profile.roles().first().map(|role| role.role_name()),
            unique_id: profile.instance_profile_id(),
        };
        Ok(Some(told.and(tags::seen(at.client, known, tags_of(profile.tags())))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let name = prior.id();
        if prior.differs(wanted, "role") {
            leave(at, name, prior.str("role")).await?;
            if let Some(role) = wanted.text("role") {
                take_in(at, name, role).await?;
            }
        }
        update_tags(at, prior, wanted).await
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        let after = request.after.map(str::to_owned);
        let ask = |iam: Iam| iam.list_instance_profiles().set_marker(after.clone()).send();
        let page = at.client.ask("list the instance profiles", ask).await?;
        let mut found = Vec::new();
        // The list tells no tags.
        for name in page.instance_profiles().iter().map(|profile| profile.instance_profile_name()) {
            let profile = fetch(at, name).await?;
            found
                .extend(profile.and_then(|profile| marked::entry(name.to_owned(), &tags_of(profile.tags()))));
        }
        Ok(KindPage { found, next: page.marker.filter(|_| page.is_truncated) })
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.id();
        leave(at, name, prior.str("role")).await?;
        let remove = |iam: Iam| iam.delete_instance_profile().instance_profile_name(name).send();
        at.client.put(&format!("delete the instance profile {name}"), remove).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, name: id })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = names::wanted(at, wanted, LONG_NAME.longest);
        let Some(profile) = fetch(at, &name).await? else { return Ok(None) };
        let seen = tags::seen(at.client, wanted, tags_of(profile.tags()));
        Ok(Some(fields! { id: &name, name: &name }.and(seen)))
    }
}

async fn fetch(
    at: &At<'_, Client>,
    name: &str,
) -> Result<Option<aws_sdk_iam::types::InstanceProfile>, Trouble> {
    let ask = |iam: Iam| iam.get_instance_profile().instance_profile_name(name).send();
    let answer = at.client.ask(&format!("read the instance profile {name}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.instance_profile))
}

async fn take_in(at: &At<'_, Client>, name: &str, role: &str) -> Result<(), KindError> {
    let what = format!("put the role {role} into the instance profile {name}");
    let put =
        |iam: Iam| iam.add_role_to_instance_profile().instance_profile_name(name).role_name(role).send();
    when_spread(at, || at.client.put(&what, put)).await?;
    Ok(())
}

async fn leave(at: &At<'_, Client>, name: &str, role: &str) -> Result<(), KindError> {
    if role.is_empty() {
        return Ok(());
    }
    let what = format!("take the role {role} out of the instance profile {name}");
    let remove =
        |iam: Iam| iam.remove_role_from_instance_profile().instance_profile_name(name).role_name(role).send();
    at.client.put(&what, remove).await.or_absent()?;
    Ok(())
}

async fn update_tags(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let (name, (set, gone)) = (prior.id(), tags::changes(prior, wanted));
    let what = format!("tag the instance profile {name}");
    if !gone.is_empty() {
        let untag = |iam: Iam| {
            let request = iam.untag_instance_profile().instance_profile_name(name);
            request.set_tag_keys(Some(gone.clone())).send()
        };
        at.client.put(&what, untag).await?;
    }
    if let Some(tags) = tag_list(&set) {
        let tag = |iam: Iam| {
            iam.tag_instance_profile().instance_profile_name(name).set_tags(Some(tags.clone())).send()
        };
        at.client.put(&what, tag).await?;
    }
    Ok(())
}
