//! One member of one role on something.

use async_trait::async_trait;
use model::Path;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};
use serde_json::{Value as Json, json};

use super::granted::{
    Granted, binding, bindings, bindings_mut, condition_told, edit, is_of, members, misspelt, or_gone, plain,
    plan_place, policy, title_of, titled,
};
use crate::client::Client;
use crate::mirror::text;

/// The resource type of a member on something.
pub(crate) struct Member<G>(pub(crate) G);

#[async_trait]
impl<G: Granted> Kind for Member<G> {
    type Client = Client;
    const NAME: &'static str = G::MEMBER.0;
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = G::MEMBER.1;

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong = config.text("member").and_then(misspelt);
        let wrong =
            wrong.map(|detail| ProviderError::invalid("Invalid member", detail).at(Path::of_attr("member")));
        let end = config.text("on_destroy").filter(|end| *end != "retain").map(|end| {
            let detail = format!("`on_destroy` is `retain`, or left out, not {end:?}.");
            ProviderError::invalid("Invalid on_destroy", detail).at(Path::of_attr("on_destroy"))
        });
        wrong.into_iter().chain(end).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        plan_place(&self.0, at, draft)
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        edit(&self.0, at, wanted, |policy| bindings_mut(policy).is_some_and(|all| add(all, wanted))).await?;
        Ok(fields! { id: self.id(at, wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(policy) = policy(&self.0, at, known).await? else { return Ok(None) };
        let is_it = |binding: &&Json| is_of(binding, known) && holds(binding, known);
        let Some(binding) = bindings(&policy).iter().find(is_it) else { return Ok(None) };
        let told = fields! {
            condition: condition_told(binding),
            etag: text(&policy, "/etag"),
            id: self.id(at, known),
            member: known.str("member"),
            role: known.str("role"),
        };
        Ok(Some(told))
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        if prior.str("on_destroy") == "retain" {
            at.call.progress.report("leaving the member where it is, as `on_destroy` says");
            return Ok(());
        }
        let taken = |policy: &mut Json| bindings_mut(policy).is_some_and(|all| remove(all, prior));
        or_gone(edit(&self.0, at, prior, taken).await)
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let mut parts = id.splitn(4, ' ');
        let (Some(resource), Some(role), Some(member)) = (parts.next(), parts.next(), parts.next()) else {
            let detail = format!(
                "{id:?} is not of the form \"RESOURCE ROLE MEMBER\", with the condition's title after them."
            );
            return Err(ProviderError::invalid("Invalid import identifier", detail));
        };
        let own = fields! { member: member, role: role, condition: titled(parts.next()) };
        Ok(own.and(self.0.told(resource)))
    }
}

impl<G: Granted> Member<G> {
    fn id(&self, at: &At<'_, Client>, object: Given<'_>) -> String {
        let (resource, role, member) =
            (self.0.resource(at.client, object), object.str("role"), object.str("member"));
        format!("{resource}/{role}/{}{}", plain(member), title_of(object))
    }
}

fn holds(binding: &Json, wanted: Given<'_>) -> bool {
    let wanted = plain(wanted.str("member"));
    members(binding).any(|member| plain(member) == wanted)
}

fn add(bindings: &mut Vec<Json>, wanted: Given<'_>) -> bool {
    let member = wanted.str("member");
    let Some(own) = bindings.iter_mut().find(|binding| is_of(binding, wanted)) else {
        bindings.push(binding(wanted, &[member.to_owned()]));
        return true;
    };
    if holds(own, wanted) {
        return false;
    }
    match own.get_mut("members").and_then(Json::as_array_mut) {
        Some(members) => members.push(member.into()),
        None => own["members"] = json!([member]),
    }
    true
}

fn remove(bindings: &mut Vec<Json>, prior: Given<'_>) -> bool {
    let gone = plain(prior.str("member"));
    let mut is_changed = false;
    for binding in bindings.iter_mut().filter(|binding| is_of(binding, prior)) {
        let Some(members) = binding.get_mut("members").and_then(Json::as_array_mut) else { continue };
        let before = members.len();
        members.retain(|member| member.as_str().is_none_or(|member| plain(member) != gone));
        is_changed |= members.len() < before;
    }
    bindings.retain(|binding| members(binding).next().is_some());
    is_changed
}
