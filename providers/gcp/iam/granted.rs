//! What has a policy: it is read, changed and written back, and again where somebody else was faster.

use provider::sheet::{At, Draft, Fields, Given, KindError};
use provider::{ErrorKind, ProviderError, fields};
use serde_json::{Value as Json, json};

use crate::OrAbsent;
use crate::client::{Client, Request};
use crate::mirror::text;

/// The version of policies that has conditions.
pub(crate) const VERSION: u32 = 3;

/// How often a policy is written at most that others write too.
const TRIES: u32 = 20;

/// The attributes that say on what.
const PLACES: &[&str] = &["bucket", "location", "project", "repository", "secret_id", "service_account_id"];

/// A resource type: its name and its sheet.
pub(crate) type Named = (&'static str, &'static str);

/// Something that has a policy. [`granted`] makes the names and sheets of its three types.
pub(crate) trait Granted: Send + Sync + 'static {
    /// One member of a role, `_iam_member`.
    const MEMBER: Named;

    /// All members of a role, `_iam_binding`.
    const BINDING: Named;

    /// The whole policy, `_iam_policy`.
    const POLICY: Named;

    /// What has the policy, as the API calls it: `projects/p/secrets/s`.
    fn resource(&self, client: &Client, object: Given<'_>) -> String;

    /// Asks for the policy.
    fn read(&self, resource: &str) -> Request;

    /// Writes the policy.
    fn write(&self, resource: &str, policy: &Json) -> Request;

    /// The attributes of the place that the resource's name gives.
    fn told(&self, resource: &str) -> Fields;

    /// Plans attributes of the place that the configuration leaves out.
    fn plan(&self, _at: &At<'_, Client>, _draft: &mut Draft<'_>) -> Result<(), KindError> {
        Ok(())
    }
}

/// The lines of a condition.
macro_rules! conditional {
    () => {
        concat!(
            "condition block list 0..1 fixed | When it counts.\n",
            "  description optional string | What it is for.\n",
            "  expression required string | The condition, in CEL.\n",
            "  title required string | Its name.\n"
        )
    };
}

/// The names and sheets of the types of members, bindings and policies, by how their names begin and the lines that say on
/// what.
macro_rules! granted {
    ($thing:literal, $place:literal) => {
        const MEMBER: $crate::iam::Named = (
            concat!($thing, "_iam_member"),
            concat!(
                "One member of a role on something; other members are left alone.\n\n",
                "etag computed volatile string | The state of the policy.\n",
                "id optional computed string | On what, the role and the member.\n",
                "member required fixed string | Who, as `user:a@example.com` or `serviceAccount:b@p.iam.gserviceaccount.com`.\n",
                "on_destroy optional string | `retain` leaves the member where it is. Only here, and not in Terraform's provider.\n",
                "role required fixed string | The role.\n",
                $place,
                $crate::iam::conditional!()
            ),
        );
        const BINDING: $crate::iam::Named = (
            concat!($thing, "_iam_binding"),
            concat!(
                "All members of a role on something: whoever else has the role loses it, and the plan says who. Other roles are left alone.\n\n",
                "etag computed volatile string | The state of the policy.\n",
                "id optional computed string | On what, and the role.\n",
                "members required set(string) | Who, as `user:a@example.com` or `serviceAccount:b@p.iam.gserviceaccount.com`.\n",
                "role required fixed string | The role.\n",
                $place,
                $crate::iam::conditional!()
            ),
        );
        const POLICY: $crate::iam::Named = (
            concat!($thing, "_iam_policy"),
            concat!(
                "The whole policy of something: whoever else has a role on it loses it, and the plan says who.\n\n",
                "etag computed volatile string | The state of the policy.\n",
                "id optional computed string | On what.\n",
                "policy_data required string | The policy as a document, which the data source `google_iam_policy` makes.\n",
                $place
            ),
        );
    };
}

pub(crate) use {conditional, granted};

/// Plans where the policy is. Terraform's provider writes full names into states where the configuration has short ones.
pub(super) fn plan_place<G: Granted>(
    granted: &G,
    at: &At<'_, Client>,
    draft: &mut Draft<'_>,
) -> Result<(), KindError> {
    granted.plan(at, draft)?;
    let Some(prior) = draft.prior else { return Ok(()) };
    let resource = granted.resource(at.client, prior);
    if resource == granted.resource(at.client, draft.planned()) {
        let told = granted.told(&resource);
        let named = PLACES.iter().filter(|name| told.get(name).is_some());
        for (name, value) in named.filter_map(|name| Some((name, prior.value(name)?))) {
            draft.set(name, value.clone());
        }
    }
    Ok(())
}

/// Whether it is not known yet what has the policy.
pub(super) fn is_nowhere(object: Given<'_>) -> bool {
    PLACES.iter().any(|name| object.is_unknown(name))
}

/// The policy as it is; nothing where there is nothing that could have one.
pub(super) async fn policy<G: Granted>(
    granted: &G,
    at: &At<'_, Client>,
    object: Given<'_>,
) -> Result<Option<Json>, KindError> {
    let resource = granted.resource(at.client, object);
    let what = format!("read who may do what on {resource}");
    Ok(at.client.ask(&what, &granted.read(&resource)).await.or_absent()?)
}

/// Changes the policy, again where somebody else changed it meanwhile. An edit that changes nothing writes nothing.
pub(super) async fn edit<G: Granted>(
    granted: &G,
    at: &At<'_, Client>,
    object: Given<'_>,
    edit: impl Fn(&mut Json) -> bool + Sync,
) -> Result<(), KindError> {
    let resource = granted.resource(at.client, object);
    let _alone = at.client.alone(&resource).await;
    let what = format!("change who may do what on {resource}");
    let mut tried = 1;
    loop {
        let Some(mut policy) = at.client.ask(&what, &granted.read(&resource)).await.or_absent()? else {
            let detail = format!("Cannot {what}: it is not there.");
            return Err(ProviderError::new(ErrorKind::NotFound, "No such object", detail));
        };
        if !edit(&mut policy) {
            return Ok(());
        }
        policy["version"] = json!(VERSION);
        match at.client.send(&what, &granted.write(&resource, &policy)).await {
            Ok(_) => return Ok(()),
            // With the etag, writing again does no harm: what was lost shows when it is read.
            Err(trouble)
                if matches!(trouble.kind, ErrorKind::Conflict | ErrorKind::Transient | ErrorKind::Lost)
                    && tried < TRIES =>
            {
                tried += 1;
                let pause = provider::pause(at.call.around, tried);
                if at.call.cancel.wait(pause).await.is_err() {
                    return Err(trouble.into());
                }
            }
            Err(trouble) => return Err(trouble.into()),
        }
    }
}

/// What is to be taken from what is gone is gone with it.
pub(super) fn or_gone(result: Result<(), KindError>) -> Result<(), KindError> {
    match result {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// The bindings of a policy.
pub(super) fn bindings(policy: &Json) -> &[Json] {
    policy.get("bindings").and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The bindings of a policy, to change.
pub(super) fn bindings_mut(policy: &mut Json) -> Option<&mut Vec<Json>> {
    if !policy.get("bindings").is_some_and(Json::is_array) {
        policy["bindings"] = json!([]);
    }
    policy["bindings"].as_array_mut()
}

/// The members of a binding.
pub(super) fn members(binding: &Json) -> impl Iterator<Item = &str> {
    binding.get("members").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

/// A member as policies write it: what stands for addresses in lower case, identities of pools as they are.
pub(super) fn plain(member: &str) -> String {
    match member.split_once(':') {
        Some((kind @ ("user" | "group" | "serviceAccount" | "domain"), name)) => {
            format!("{kind}:{}", name.to_lowercase())
        }
        _ => member.to_owned(),
    }
}

/// What is wrong with how a member is written.
pub(super) fn misspelt(member: &str) -> Option<String> {
    let is_fine = member.contains(':') || member == "allUsers" || member == "allAuthenticatedUsers";
    (!is_fine).then(|| {
        format!(
            "{member:?} does not say what kind of member it is: write `user:`, `group:`, `serviceAccount:`, `domain:`, \
             `principal:` or `principalSet:` before it."
        )
    })
}

/// Whether a binding is of an object's role and condition.
pub(super) fn is_of(binding: &Json, wanted: Given<'_>) -> bool {
    let condition = wanted.block("condition");
    let (seen, title) =
        (binding.get("condition").filter(|seen| !seen.is_null()), condition.map(|c| c.str("title")));
    let expression = condition.map(|c| c.str("expression")).filter(|text| !text.is_empty());
    let same = match (seen, title) {
        (None, None) => true,
        (Some(seen), Some(title)) => {
            text(seen, "/title") == title
                && expression.is_none_or(|wanted| text(seen, "/expression") == wanted)
        }
        _ => false,
    };
    text(binding, "/role") == wanted.str("role") && same
}

/// A binding of an object's role and condition.
pub(super) fn binding(object: Given<'_>, members: &[String]) -> Json {
    let mut binding = json!({ "role": object.str("role"), "members": members });
    if let Some(condition) = object.block("condition") {
        binding["condition"] =
            json!({ "title": condition.str("title"), "expression": condition.str("expression") });
        if let Some(description) = condition.text("description") {
            binding["condition"]["description"] = description.into();
        }
    }
    binding
}

/// The condition that a binding has, as attributes.
pub(super) fn condition_told(binding: &Json) -> Vec<Fields> {
    let condition = binding.get("condition").filter(|seen| !seen.is_null()).map(|condition| {
        let part = |name: &str| text(condition, &format!("/{name}")).to_owned();
        fields! { description: part("description"), expression: part("expression"), title: part("title") }
    });
    condition.into_iter().collect()
}

/// The part of an identifier that names the condition.
pub(super) fn title_of(object: Given<'_>) -> String {
    object.block("condition").map(|condition| format!("/{}", condition.str("title"))).unwrap_or_default()
}

/// What an import identifier says of the condition: its title.
pub(super) fn titled(title: Option<&str>) -> Vec<Fields> {
    title.map(|title| fields! { title: title, expression: "" }).into_iter().collect()
}

/// Warns that members lose their roles: `roles/viewer: user:a@example.com`.
pub(super) fn warn_of_losers(at: &At<'_, Client>, resource: &str, losers: &[String]) {
    if losers.is_empty() {
        return;
    }
    let detail = format!(
        "This is authoritative: on {resource} these lose their access:\n  - {}\nName them here too if they are to keep it, or \
         use `_iam_member`, which leaves others alone.",
        losers.join("\n  - ")
    );
    at.call.warn(ProviderError::new(ErrorKind::Invalid, "Members lose access", detail));
}
