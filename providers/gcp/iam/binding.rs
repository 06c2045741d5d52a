//! All members of one role on something.

use std::collections::BTreeSet;

use async_trait::async_trait;
use model::Path;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};
use serde_json::Value as Json;

use super::granted::{
    Granted, binding, bindings, bindings_mut, condition_told, edit, is_nowhere, is_of, members, misspelt,
    or_gone, plain, plan_place, policy, title_of, titled, warn_of_losers,
};
use crate::client::Client;
use crate::mirror::text;

/// The resource type of a role's members on something.
pub(crate) struct Binding<G>(pub(crate) G);

#[async_trait]
impl<G: Granted> Kind for Binding<G> {
    type Client = Client;
    const NAME: &'static str = G::BINDING.0;
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = G::BINDING.1;

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong = config.texts("members").into_iter().filter_map(|member| misspelt(&member));
        let at = || Path::of_attr("members");
        wrong.map(|detail| ProviderError::invalid("Invalid member", detail).at(at())).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        plan_place(&self.0, at, draft)?;
        let Some(prior) = draft.prior.filter(|_| !draft.planned().is_unknown("members")) else {
            return Ok(());
        };
        if plainly(prior) == plainly(draft.planned())
            && let Some(members) = prior.value("members")
        {
            draft.set("members", members.clone());
        }
        Ok(())
    }

    async fn look_ahead(&self, at: &At<'_, Client>, draft: &Draft<'_>) -> Result<(), KindError> {
        let planned = draft.planned();
        if is_nowhere(planned) || ["members", "role", "condition"].iter().any(|name| planned.is_unknown(name))
        {
            return Ok(());
        }
        let Some(policy) = policy(&self.0, at, planned).await? else { return Ok(()) };
        let kept = plainly(planned);
        let lost = bindings(&policy).iter().filter(|binding| is_of(binding, planned)).flat_map(members);
        let lost = lost.filter(|member| !kept.contains(&plain(member)));
        let losers: Vec<String> = lost.map(|member| format!("{}: {member}", planned.str("role"))).collect();
        warn_of_losers(at, &self.0.resource(at.client, planned), &losers);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        self.replace(at, wanted).await?;
        Ok(fields! { id: self.id(at, wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(policy) = policy(&self.0, at, known).await? else { return Ok(None) };
        let own: Vec<&Json> = bindings(&policy).iter().filter(|binding| is_of(binding, known)).collect();
        let Some(first) = own.first() else { return Ok(None) };
        let written = known.texts("members");
        let as_written = |member: &str| {
            let same = written.iter().find(|written| plain(written) == plain(member));
            same.cloned().unwrap_or_else(|| member.to_owned())
        };
        let found: Vec<String> = own.iter().flat_map(|binding| members(binding)).map(as_written).collect();
        let told = fields! {
            condition: condition_told(first),
            etag: text(&policy, "/etag"),
            id: self.id(at, known),
            members: found,
            role: known.str("role"),
        };
        Ok(Some(told))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        self.replace(at, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let taken = |policy: &mut Json| {
            bindings_mut(policy).is_some_and(|all| {
                let before = all.len();
                all.retain(|binding| !is_of(binding, prior));
                all.len() < before
            })
        };
        or_gone(edit(&self.0, at, prior, taken).await)
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let mut parts = id.splitn(3, ' ');
        let (Some(resource), Some(role)) = (parts.next(), parts.next()) else {
            let detail = format!(
                "{id:?} is not of the form \"RESOURCE ROLE\", with the condition's title after them."
            );
            return Err(ProviderError::invalid("Invalid import identifier", detail));
        };
        let own = fields! { role: role, condition: titled(parts.next()) };
        Ok(own.and(self.0.told(resource)))
    }
}

impl<G: Granted> Binding<G> {
    fn id(&self, at: &At<'_, Client>, object: Given<'_>) -> String {
        format!("{}/{}{}", self.0.resource(at.client, object), object.str("role"), title_of(object))
    }

    /// Puts the role's members in place of those that it has.
    async fn replace(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
        let (names, kept) = (wanted.texts("members"), plainly(wanted));
        edit(&self.0, at, wanted, |policy| {
            let own = bindings(policy).iter().filter(|binding| is_of(binding, wanted)).flat_map(members);
            if own.map(plain).collect::<BTreeSet<_>>() == kept {
                return false;
            }
            let Some(all) = bindings_mut(policy) else { return false };
            all.retain(|binding| !is_of(binding, wanted));
            if !names.is_empty() {
                all.push(binding(wanted, &names));
            }
            true
        })
        .await
    }
}

/// The members as policies write them.
fn plainly(object: Given<'_>) -> BTreeSet<String> {
    object.texts("members").iter().map(|member| plain(member)).collect()
}
