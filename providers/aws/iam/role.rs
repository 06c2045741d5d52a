//! `aws_iam_role`.

mod contents;

use async_trait::async_trait;
use aws_sdk_iam::types::EntityType;
use contents::Contents;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Lists, ProviderError, fields};

use super::{Iam, SHORT_NAME, tag_list, tags_of};
use crate::tags;
use crate::{Client, OrAbsent, Trouble, checks, marked, names, policies, rfc3339, url_decoded, when_spread};

/// The resource type.
pub(crate) struct Role;

#[async_trait]
impl Kind for Role {
    type Client = Client;
    const NAME: &'static str = "aws_iam_role";
    const CLASS: CreateClass = CreateClass::Name;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
A role: permissions for whoever may assume it.

arn computed string | Its ARN.
assume_role_policy required policy string | The policy that says who may assume it.
create_date computed string | When it was made.
description optional string | What it is for.
force_detach_policies optional default=false bool | Whether policies that others attached are detached when it is removed.
id optional computed string | Its name.
managed_policy_arns optional computed foreign deprecated set(string) | The ARNs of all managed policies attached to it. `aws_iam_role_policy_attachment` says them one by one.
max_session_duration optional default=3600 number | How many seconds it may be assumed for, from 3600 to 43200.
name optional computed fixed string | Its name, unique in the account. Made up where it is left out.
name_prefix optional computed fixed string | How a made-up name begins.
path optional default=/ fixed string | The path before its name.
permissions_boundary optional string | The ARN of the policy that bounds its permissions.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
unique_id computed string | Its unique identifier.
inline_policy block set computed foreign deprecated | All policies that lie in the role; one empty block says that there are none. `aws_iam_role_policy` says them one by one.
  name optional string | Its name.
  policy optional policy string | The policy.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let policy = policies::check(config, "assume_role_policy");
        let inline =
            config.blocks("inline_policy").into_iter().flat_map(|one| policies::check(one, "policy"));
        let duration = checks::within(config, "max_session_duration", 3600, 43_200);
        let boundary = checks::arn(config, "permissions_boundary");
        let faults = policy.into_iter().chain(inline).chain(duration).chain(boundary);
        SHORT_NAME.check(config).into_iter().chain(faults).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = names::wanted(at, wanted, SHORT_NAME.longest);
        let what = format!("make the role {name}");
        let tags = tag_list(&tags::wanted(at, wanted));
        let make = |iam: Iam| {
            iam.create_role()
                .role_name(&name)
                .path(wanted.str("path"))
                .assume_role_policy_document(wanted.str("assume_role_policy"))
                .set_description(wanted.string("description"))
                .set_max_session_duration(wanted.int32("max_session_duration"))
                .set_permissions_boundary(wanted.string("permissions_boundary"))
                .set_tags(tags.clone())
                .send()
        };
        when_spread(at, || at.client.send(&what, make)).await?;
        let made = fields! { id: &name, name: &name };
        at.exists(made.clone());
        contents::set(at, &name, &Contents::default(), &Contents::wanted(wanted)).await?;
        Ok(made)
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = known.text("name").unwrap_or(known.id());
        let Some(role) = fetch(at, name).await? else { return Ok(None) };
        let Some(contents) = contents::read(at, name).await? else { return Ok(None) };
        let told = fields! {
            arn: role.arn(),
            assume_role_policy: role.assume_role_policy_document().map(url_decoded),
            create_date: rfc3339(role.create_date()),
            description: role.description(),
            id: role.role_name(),
            inline_policy: contents.blocks(known),
            managed_policy_arns: contents.managed,
            max_session_duration: role.max_session_duration(),
            name: role.role_name(),
            name_prefix: names::prefix_of(role.role_name()).unwrap_or_default(),
            path: role.path(),
            permissions_boundary: role.permissions_boundary().and_then(|b| b.permissions_boundary_arn()),
            unique_id: role.role_id(),
        };
        Ok(Some(told.and(tags::seen(at.client, known, tags_of(role.tags())))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let name = prior.id();
        update_trust(at, prior, wanted).await?;
        update_settings(at, prior, wanted).await?;
        update_boundary(at, prior, wanted).await?;
        contents::set(at, name, &Contents::wanted(prior), &Contents::wanted(wanted)).await?;
        update_tags(at, name, prior, wanted).await
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        // The only list of roles that tells their tags.
        let after = request.after.map(str::to_owned);
        let ask = |iam: Iam| {
            iam.get_account_authorization_details().filter(EntityType::Role).set_marker(after.clone()).send()
        };
        let page = at.client.ask("list the roles", ask).await?;
        let found = page.role_detail_list().iter();
        let found =
            found.filter_map(|role| marked::entry(role.role_name()?.to_owned(), &tags_of(role.tags())));
        Ok(KindPage { found: found.collect(), next: page.marker.filter(|_| page.is_truncated) })
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.id();
        contents::leave_profiles(at, name).await?;
        let all = match prior.is("force_detach_policies") {
            true => contents::read(at, name).await?.unwrap_or_default(),
            false => Contents::wanted(prior),
        };
        contents::set(at, name, &all, &Contents::default()).await?;
        let remove = |iam: Iam| iam.delete_role().role_name(name).send();
        match at.client.put(&format!("delete the role {name}"), remove).await.or_absent() {
            Err(trouble) if trouble.is(&["DeleteConflict"]) => Err(refusal(at, name, trouble).await),
            result => result.map(|_| ()).map_err(Into::into),
        }
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, name: id, force_detach_policies: false })
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = names::wanted(at, wanted, SHORT_NAME.longest);
        let Some(role) = fetch(at, &name).await? else { return Ok(None) };
        let seen = tags::seen(at.client, wanted, tags_of(role.tags()));
        Ok(Some(fields! { id: &name, name: &name }.and(seen)))
    }
}

/// A role by its name.
pub(super) async fn fetch(
    at: &At<'_, Client>,
    name: &str,
) -> Result<Option<aws_sdk_iam::types::Role>, Trouble> {
    let ask = |iam: Iam| iam.get_role().role_name(name).send();
    let answer = at.client.ask(&format!("read the role {name}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.role))
}

async fn update_trust(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    if prior.differs(wanted, "assume_role_policy") {
        let name = prior.id();
        let what = format!("change who may assume the role {name}");
        let put = |iam: Iam| {
            let policy = wanted.str("assume_role_policy");
            iam.update_assume_role_policy().role_name(name).policy_document(policy).send()
        };
        when_spread(at, || at.client.put(&what, put)).await?;
    }
    Ok(())
}

async fn update_settings(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    if prior.differs_in(wanted, &["description", "max_session_duration"]) {
        let name = prior.id();
        let put = |iam: Iam| {
            let request = iam.update_role().role_name(name).description(wanted.str("description"));
            request.set_max_session_duration(wanted.int32("max_session_duration")).send()
        };
        at.client.put(&format!("change the role {name}"), put).await?;
    }
    Ok(())
}

async fn update_boundary(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let name = prior.id();
    let what = format!("change the boundary of the role {name}");
    match wanted.text("permissions_boundary") {
        _ if !prior.differs(wanted, "permissions_boundary") => {}
        Some(arn) => {
            let put = |iam: Iam| {
                iam.put_role_permissions_boundary().role_name(name).permissions_boundary(arn).send()
            };
            at.client.put(&what, put).await?;
        }
        None => {
            let remove = |iam: Iam| iam.delete_role_permissions_boundary().role_name(name).send();
            at.client.put(&what, remove).await.or_absent()?;
        }
    }
    Ok(())
}

/// Brings the tags of a role to what is wanted.
pub(super) async fn update_tags(
    at: &At<'_, Client>,
    name: &str,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let (set, gone) = tags::changes(prior, wanted);
    let what = format!("tag the role {name}");
    if !gone.is_empty() {
        let untag = |iam: Iam| iam.untag_role().role_name(name).set_tag_keys(Some(gone.clone())).send();
        at.client.put(&what, untag).await?;
    }
    if let Some(tags) = tag_list(&set) {
        at.client
            .put(&what, |iam: Iam| iam.tag_role().role_name(name).set_tags(Some(tags.clone())).send())
            .await?;
    }
    Ok(())
}

/// Why a role stays.
async fn refusal(at: &At<'_, Client>, name: &str, trouble: Trouble) -> ProviderError {
    let found = contents::read(at, name).await.ok().flatten().unwrap_or_default();
    let attached = found.managed.iter().cloned();
    let inline = found.inline.keys().map(|policy| format!("its own policy {policy}"));
    let all = attached.chain(inline).collect::<Vec<_>>();
    if all.is_empty() {
        return trouble.into();
    }
    let detail = format!(
        "The role {name} still has policies that this configuration does not know: {}. Detach them, or set \
         `force_detach_policies = true` and apply that first: then they are detached with it.",
        all.join(", ")
    );
    ProviderError::new(ErrorKind::Conflict, "Role has policies of others", detail)
}
