//! `aws_iam_user`.

mod purge;

use async_trait::async_trait;
use aws_sdk_iam::types::EntityType;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ListRequest, Lists, ProviderError, fields};

use super::{Iam, SHORT_NAME, tag_list, tags_of};
use crate::{Client, OrAbsent, Trouble, checks, marked, tags};

/// The resource type.
pub(crate) struct User;

#[async_trait]
impl Kind for User {
    type Client = Client;
    const NAME: &'static str = "aws_iam_user";
    const CLASS: CreateClass = CreateClass::Name;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
A user: somebody or something with credentials that last. A role is better wherever one will do.

arn computed string | Its ARN.
force_destroy optional default=false bool | Whether keys, passwords, devices and policies that others gave it go with it.
id optional computed string | Its name.
name required string | Its name, unique in the account.
path optional default=/ string | The path before its name.
permissions_boundary optional string | The ARN of the policy that bounds its permissions.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
unique_id computed string | Its unique identifier.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        SHORT_NAME.check(config).into_iter().chain(checks::arn(config, "permissions_boundary")).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        if draft.changes("name") {
            draft.forget("id");
        }
        if draft.changes("name") || draft.changes("path") {
            draft.forget("arn");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let name = wanted.str("name");
        let tags = tag_list(&tags::wanted(at, wanted));
        let make = |iam: Iam| {
            iam.create_user()
                .user_name(name)
                .path(wanted.str("path"))
                .set_permissions_boundary(wanted.string("permissions_boundary"))
                .set_tags(tags.clone())
                .send()
        };
        at.client.send(&format!("make the user {name}"), make).await?;
        Ok(fields! { id: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(user) = fetch(at, known.text("name").unwrap_or(known.id())).await? else { return Ok(None) };
        let told = fields! {
            arn: user.arn(),
            id: user.user_name(),
            name: user.user_name(),
            path: user.path(),
            permissions_boundary: user.permissions_boundary().and_then(|b| b.permissions_boundary_arn()),
            unique_id: user.user_id(),
        };
        Ok(Some(told.and(tags::seen(at.client, known, tags_of(user.tags())))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        if prior.differs_in(wanted, &["name", "path"]) {
            let (name, new) = (prior.id(), wanted.str("name"));
            let rename = |iam: Iam| {
                let request = iam.update_user().user_name(name).new_path(wanted.str("path"));
                request.set_new_user_name((new != name).then(|| new.to_owned())).send()
            };
            at.client.send(&format!("rename the user {name}"), rename).await?;
        }
        update_boundary(at, prior, wanted).await?;
        update_tags(at, prior, wanted).await
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        // The only list of users that tells their tags.
        let after = request.after.map(str::to_owned);
        let ask = |iam: Iam| {
            iam.get_account_authorization_details().filter(EntityType::User).set_marker(after.clone()).send()
        };
        let page = at.client.ask("list the users", ask).await?;
        let found = page.user_detail_list().iter();
        let found =
            found.filter_map(|user| marked::entry(user.user_name()?.to_owned(), &tags_of(user.tags())));
        Ok(KindPage { found: found.collect(), next: page.marker.filter(|_| page.is_truncated) })
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let name = prior.id();
        purge::leave_groups(at, name).await?;
        if prior.is("force_destroy") {
            purge::everything(at, name).await?;
        }
        let remove = |iam: Iam| iam.delete_user().user_name(name).send();
        match at.client.put(&format!("delete the user {name}"), remove).await.or_absent() {
            Err(trouble) if trouble.is(&["DeleteConflict"]) => Err(purge::refusal(name, &trouble)),
            result => result.map(|_| ()).map_err(Into::into),
        }
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, name: id, force_destroy: false })
    }
}

async fn fetch(at: &At<'_, Client>, name: &str) -> Result<Option<aws_sdk_iam::types::User>, Trouble> {
    let ask = |iam: Iam| iam.get_user().user_name(name).send();
    let answer = at.client.ask(&format!("read the user {name}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.user))
}

async fn update_boundary(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let name = wanted.str("name");
    let what = format!("change the boundary of the user {name}");
    match wanted.text("permissions_boundary") {
        _ if !prior.differs(wanted, "permissions_boundary") => {}
        Some(arn) => {
            let put = |iam: Iam| {
                iam.put_user_permissions_boundary().user_name(name).permissions_boundary(arn).send()
            };
            at.client.put(&what, put).await?;
        }
        None => {
            let remove = |iam: Iam| iam.delete_user_permissions_boundary().user_name(name).send();
            at.client.put(&what, remove).await.or_absent()?;
        }
    }
    Ok(())
}

async fn update_tags(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let (name, (set, gone)) = (wanted.str("name"), tags::changes(prior, wanted));
    let what = format!("tag the user {name}");
    if !gone.is_empty() {
        let untag = |iam: Iam| iam.untag_user().user_name(name).set_tag_keys(Some(gone.clone())).send();
        at.client.put(&what, untag).await?;
    }
    if let Some(tags) = tag_list(&set) {
        at.client
            .put(&what, |iam: Iam| iam.tag_user().user_name(name).set_tags(Some(tags.clone())).send())
            .await?;
    }
    Ok(())
}
