//! The policies of a role: those that lie in it, and managed ones that are attached to it.

use std::collections::{BTreeMap, BTreeSet};

use provider::fields;
use provider::sheet::{At, Fields, Given, KindError, same_policy};

use crate::iam::Iam;
use crate::{Client, OrAbsent, Trouble, url_decoded, when_spread};

/// The policies of a role.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    /// Policies that lie in it, by their names.
    pub inline: BTreeMap<String, String>,
    /// The ARNs of managed policies.
    pub managed: Vec<String>,
}

impl Contents {
    /// The policies that an object has.
    pub(super) fn wanted(object: Given<'_>) -> Contents {
        let inline = object.blocks("inline_policy").into_iter();
        let inline = inline.filter_map(|one| Some((one.string("name")?, one.string("policy")?)));
        Contents { inline: inline.collect(), managed: object.texts("managed_policy_arns") }
    }

    /// The blocks of policies in it. The one empty block that says that there are none stays.
    pub(super) fn blocks(&self, known: Given<'_>) -> Vec<Fields> {
        let before = known.blocks("inline_policy");
        if self.inline.is_empty() && before.len() == 1 && before[0].text("name").is_none() {
            return vec![Fields::new()];
        }
        self.inline.iter().map(|(name, policy)| fields! { name: name, policy: policy }).collect()
    }
}

/// The policies that a role has; nothing where there is no such role.
pub(super) async fn read(at: &At<'_, Client>, role: &str) -> Result<Option<Contents>, Trouble> {
    let what = format!("read the policies of the role {role}");
    let Some(managed) = attached(at, &what, role).await? else { return Ok(None) };
    let mut inline = BTreeMap::new();
    for name in inline_names(at, &what, role).await? {
        let ask = |iam: Iam| iam.get_role_policy().role_name(role).policy_name(&name).send();
        if let Some(answer) = at.client.ask(&what, ask).await.or_absent()? {
            inline.insert(name.clone(), url_decoded(answer.policy_document()));
        }
    }
    Ok(Some(Contents { inline, managed }))
}

async fn attached(at: &At<'_, Client>, what: &str, role: &str) -> Result<Option<Vec<String>>, Trouble> {
    let (mut found, mut marker) = (Vec::new(), None);
    loop {
        let ask =
            |iam: Iam| iam.list_attached_role_policies().role_name(role).set_marker(marker.clone()).send();
        let Some(page) = at.client.ask(what, ask).await.or_absent()? else { return Ok(None) };
        found.extend(page.attached_policies().iter().filter_map(|one| one.policy_arn().map(str::to_owned)));
        match page.marker.filter(|_| page.is_truncated) {
            Some(next) => marker = Some(next),
            None => return Ok(Some(found)),
        }
    }
}

async fn inline_names(at: &At<'_, Client>, what: &str, role: &str) -> Result<Vec<String>, Trouble> {
    let (mut found, mut marker) = (Vec::new(), None);
    loop {
        let ask = |iam: Iam| iam.list_role_policies().role_name(role).set_marker(marker.clone()).send();
        let Some(page) = at.client.ask(what, ask).await.or_absent()? else { return Ok(found) };
        found.extend(page.policy_names);
        match page.marker.filter(|_| page.is_truncated) {
            Some(next) => marker = Some(next),
            None => return Ok(found),
        }
    }
}

/// Brings a role from some policies to others.
pub(super) async fn set(
    at: &At<'_, Client>,
    role: &str,
    before: &Contents,
    after: &Contents,
) -> Result<(), KindError> {
    let what = format!("change the policies of the role {role}");
    let (old, new): (BTreeSet<_>, BTreeSet<_>) =
        (before.managed.iter().collect(), after.managed.iter().collect());
    for arn in new.difference(&old) {
        let attach = |iam: Iam| iam.attach_role_policy().role_name(role).policy_arn(*arn).send();
        when_spread(at, || at.client.put(&what, attach)).await?;
    }
    for arn in old.difference(&new) {
        let detach = |iam: Iam| iam.detach_role_policy().role_name(role).policy_arn(*arn).send();
        at.client.put(&what, detach).await.or_absent()?;
    }
    let is_as_before =
        |name: &str, policy: &str| before.inline.get(name).is_some_and(|before| same_policy(before, policy));
    for (name, policy) in after.inline.iter().filter(|(name, policy)| !is_as_before(name, policy)) {
        let put =
            |iam: Iam| iam.put_role_policy().role_name(role).policy_name(name).policy_document(policy).send();
        when_spread(at, || at.client.put(&what, put)).await?;
    }
    for name in before.inline.keys().filter(|name| !after.inline.contains_key(*name)) {
        let remove = |iam: Iam| iam.delete_role_policy().role_name(role).policy_name(name).send();
        at.client.put(&what, remove).await.or_absent()?;
    }
    Ok(())
}

/// Takes a role out of all instance profiles.
pub(super) async fn leave_profiles(at: &At<'_, Client>, role: &str) -> Result<(), KindError> {
    let what = format!("take the role {role} out of instance profiles");
    let ask = |iam: Iam| iam.list_instance_profiles_for_role().role_name(role).send();
    let Some(page) = at.client.ask(&what, ask).await.or_absent()? else { return Ok(()) };
    for profile in page.instance_profiles() {
        let name = profile.instance_profile_name();
        let leave = |iam: Iam| {
            iam.remove_role_from_instance_profile().instance_profile_name(name).role_name(role).send()
        };
        at.client.put(&what, leave).await.or_absent()?;
    }
    Ok(())
}
