//! The whole policy of something.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};
use serde_json::{Map, Value as Json, json};

use super::granted::{
    Granted, bindings, edit, is_nowhere, members, or_gone, plain, plan_place, policy, warn_of_losers,
};
use crate::client::Client;
use crate::mirror::text;

/// The resource type of something's whole policy.
pub(crate) struct Policy<G>(pub(crate) G);

/// A role with the condition under which it counts.
type Role = (String, Option<[String; 3]>);

/// Who has which role.
type Meaning = BTreeMap<Role, BTreeSet<String>>;

#[async_trait]
impl<G: Granted> Kind for Policy<G> {
    type Client = Client;
    const NAME: &'static str = G::POLICY.0;
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = G::POLICY.1;

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let wrong = |detail: String| {
            ProviderError::invalid("Invalid policy", detail).at(Path::of_attr("policy_data"))
        };
        let Some(written) = config.text("policy_data") else { return Vec::new() };
        match serde_json::from_str::<Json>(written) {
            Ok(Json::Object(_)) => Vec::new(),
            Ok(_) => vec![wrong("`policy_data` is to be a JSON object with `bindings`.".into())],
            Err(e) => vec![wrong(format!("`policy_data` is no JSON: {e}."))],
        }
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        plan_place(&self.0, at, draft)?;
        let Some(prior) = draft.prior.and_then(|prior| prior.text("policy_data")) else { return Ok(()) };
        if draft.planned().text("policy_data").is_some_and(|planned| is_same(planned, prior)) {
            draft.set("policy_data", Value::string(prior));
        }
        Ok(())
    }

    async fn look_ahead(&self, at: &At<'_, Client>, draft: &Draft<'_>) -> Result<(), KindError> {
        let planned = draft.planned();
        if is_nowhere(planned) || planned.is_unknown("policy_data") {
            return Ok(());
        }
        let Some(policy) = policy(&self.0, at, planned).await? else { return Ok(()) };
        let kept = meaning(&document(planned));
        let lost = meaning(&policy).into_iter().flat_map(|(role, members)| {
            let kept = kept.get(&role).cloned().unwrap_or_default();
            let lost: Vec<String> = members.difference(&kept).cloned().collect();
            lost.into_iter().map(move |member| format!("{}: {member}", role.0))
        });
        warn_of_losers(at, &self.0.resource(at.client, planned), &lost.collect::<Vec<_>>());
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        self.replace(at, wanted).await?;
        Ok(fields! { id: self.0.resource(at.client, wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(policy) = policy(&self.0, at, known).await? else { return Ok(None) };
        let written = told(&policy).to_string();
        let data = known.text("policy_data").filter(|known| is_same(known, &written)).unwrap_or(&written);
        let resource = self.0.resource(at.client, known);
        Ok(Some(fields! { etag: text(&policy, "/etag"), id: resource, policy_data: data }))
    }

    async fn update(&self, at: &At<'_, Client>, _: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
        self.replace(at, wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let emptied = |policy: &mut Json| {
            let had = !bindings(policy).is_empty();
            policy["bindings"] = json!([]);
            had
        };
        or_gone(edit(&self.0, at, prior, emptied).await)
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(self.0.told(id))
    }
}

impl<G: Granted> Policy<G> {
    /// Puts the policy in place of the one that there is.
    async fn replace(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<(), KindError> {
        let wanted_policy = document(wanted);
        edit(&self.0, at, wanted, |policy| {
            if is_alike(policy, &wanted_policy) {
                return false;
            }
            policy["bindings"] = wanted_policy.get("bindings").cloned().unwrap_or_else(|| json!([]));
            if let Some(audits) = wanted_policy.get("auditConfigs") {
                policy["auditConfigs"] = audits.clone();
            }
            true
        })
        .await
    }
}

/// The policy that an object has or wants.
fn document(object: Given<'_>) -> Json {
    serde_json::from_str(object.str("policy_data")).unwrap_or_else(|_| json!({}))
}

/// What is told of a policy: who has which role, and what is logged.
fn told(policy: &Json) -> Json {
    let parts = ["auditConfigs", "bindings"].into_iter();
    let parts = parts.filter_map(|name| Some((name.to_owned(), policy.get(name)?.clone())));
    Json::Object(parts.collect::<Map<_, _>>())
}

fn is_same(one: &str, other: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Json>(text).ok();
    matches!((read(one), read(other)), (Some(one), Some(other)) if is_alike(&one, &other))
}

/// Whether two policies give the same to the same, in whatever order they say it. What is logged counts where both say it.
fn is_alike(one: &Json, other: &Json) -> bool {
    let audits = |policy: &Json| policy.get("auditConfigs").filter(|audits| !audits.is_null()).map(logged);
    let same_audits = match (audits(one), audits(other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    meaning(one) == meaning(other) && same_audits
}

fn meaning(policy: &Json) -> Meaning {
    let mut all = Meaning::new();
    for binding in bindings(policy) {
        let condition = binding.get("condition").filter(|condition| !condition.is_null()).map(|condition| {
            ["title", "expression", "description"].map(|name| text(condition, &format!("/{name}")).to_owned())
        });
        let members = members(binding).map(plain);
        all.entry((text(binding, "/role").to_owned(), condition)).or_default().extend(members);
    }
    all.retain(|_, members| !members.is_empty());
    all
}

/// What is logged of each service, with who is left out.
fn logged(audits: &Json) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut all = BTreeMap::<(String, String), BTreeSet<String>>::new();
    for audit in audits.as_array().into_iter().flatten() {
        let logs = audit.get("auditLogConfigs").and_then(Json::as_array);
        for log in logs.into_iter().flatten() {
            let exempted = log.get("exemptedMembers").and_then(Json::as_array).into_iter().flatten();
            let exempted = exempted.filter_map(Json::as_str).map(plain);
            let of = (text(audit, "/service").to_owned(), text(log, "/logType").to_owned());
            all.entry(of).or_default().extend(exempted);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_compared_by_who_has_what() {
        let one = r#"{"bindings":[{"role":"a","members":["user:X@e.com","user:y@e.com"]},{"role":"b","members":[]}]}"#;
        let other = r#"{"bindings":[{"members":["user:y@e.com"],"role":"a"},{"members":["user:x@e.com"],"role":"a"}],"etag":"e"}"#;
        assert!(is_same(one, other));
        assert!(!is_same(one, &other.replace("\"role\":\"a\"}", "\"role\":\"b\"}")));
        let when = |title: &str| {
            format!(
                r#"{{"bindings":[{{"role":"a","members":["allUsers"],"condition":{{"title":"{title}","expression":"true"}}}}]}}"#
            )
        };
        assert!(is_same(&when("t"), &when("t")) && !is_same(&when("t"), &when("u")));
    }

    #[test]
    fn what_is_logged_counts_where_it_is_said() {
        let with = |ty: &str| {
            format!(
                r#"{{"bindings":[],"auditConfigs":[{{"service":"allServices","auditLogConfigs":[{{"logType":"{ty}"}}]}}]}}"#
            )
        };
        assert!(is_same(&with("DATA_READ"), r#"{"bindings":[]}"#));
        assert!(!is_same(&with("DATA_READ"), &with("DATA_WRITE")));
    }
}
