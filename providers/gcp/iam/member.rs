//! One member of one role on something: a policy is read, changed and written back, and again where somebody else was faster.

use async_trait::async_trait;
use model::Path;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};
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

/// Something that has a policy.
pub(crate) trait Granted: Send + Sync + 'static {
    /// The resource type's name.
    const NAME: &'static str;

    /// The type's sheet, which [`member_sheet`] makes.
    const SHEET: &'static str;

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

/// The sheet of a type of members, with the lines that say on what.
macro_rules! member_sheet {
    ($place:literal) => {
        concat!(
            "One member of a role on something; other members are left alone.\n\n",
            "etag computed volatile string | The state of the policy.\n",
            "id optional computed string | On what, the role and the member.\n",
            "member required fixed string | Who, as `user:a@example.com` or `serviceAccount:b@p.iam.gserviceaccount.com`.\n",
            "on_destroy optional string | `retain` leaves the member where it is. Only here, and not in Terraform's provider.\n",
            "role required fixed string | The role.\n",
            $place,
            "condition block list 0..1 fixed | When it counts.\n",
            "  description optional string | What it is for.\n",
            "  expression required string | The condition, in CEL.\n",
            "  title required string | Its name.\n"
        )
    };
}

pub(crate) use member_sheet;

/// The resource type of a member on something.
pub(crate) struct Member<G>(pub(crate) G);

#[async_trait]
impl<G: Granted> Kind for Member<G> {
    type Client = Client;
    const NAME: &'static str = G::NAME;
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = G::SHEET;

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let is_fine =
            |member: &str| member.contains(':') || member == "allUsers" || member == "allAuthenticatedUsers";
        let wrong = config.text("member").filter(|member| !is_fine(member)).map(|member| {
            let detail = format!(
                "{member:?} does not say what kind of member it is: write `user:`, `group:`, `serviceAccount:`, `domain:`, \
                 `principal:` or `principalSet:` before it."
            );
            ProviderError::invalid("Invalid member", detail).at(Path::of_attr("member"))
        });
        let end = config.text("on_destroy").filter(|end| *end != "retain").map(|end| {
            let detail = format!("`on_destroy` is `retain`, or left out, not {end:?}.");
            ProviderError::invalid("Invalid on_destroy", detail).at(Path::of_attr("on_destroy"))
        });
        wrong.into_iter().chain(end).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        self.0.plan(at, draft)?;
        // Terraform's provider writes full names into states where the configuration has short ones.
        let Some(prior) = draft.prior else { return Ok(()) };
        let resource = self.0.resource(at.client, prior);
        if resource == self.0.resource(at.client, draft.planned()) {
            let told = self.0.told(&resource);
            let named = PLACES.iter().filter(|name| told.get(name).is_some());
            for (name, value) in named.filter_map(|name| Some((name, prior.value(name)?))) {
                draft.set(name, value.clone());
            }
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        self.edit(at, wanted, |policy| add(policy, wanted)).await?;
        Ok(fields! { id: self.id(at, wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let resource = self.0.resource(at.client, known);
        let what = format!("read who may do what on {resource}");
        let Some(policy) = at.client.ask(&what, &self.0.read(&resource)).await.or_absent()? else {
            return Ok(None);
        };
        let Some(bindings) = policy.get("bindings").and_then(Json::as_array) else { return Ok(None) };
        let Some(binding) = bindings.iter().find(|binding| is_of(binding, known) && holds(binding, known))
        else {
            return Ok(None);
        };
        let condition = binding.get("condition").map(|condition| {
            let part = |name: &str| text(condition, &format!("/{name}")).to_owned();
            fields! { description: part("description"), expression: part("expression"), title: part("title") }
        });
        let told = fields! {
            condition: condition.into_iter().collect::<Vec<_>>(),
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
        self.edit(at, prior, |policy| remove(policy, prior)).await
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let mut parts = id.splitn(4, ' ');
        let (Some(resource), Some(role), Some(member)) = (parts.next(), parts.next(), parts.next()) else {
            let detail = format!(
                "{id:?} is not of the form \"RESOURCE ROLE MEMBER\", with the condition's title after them."
            );
            return Err(ProviderError::invalid("Invalid import identifier", detail));
        };
        let title = parts.next().map(|title| fields! { title: title, expression: "" });
        let own = fields! { member: member, role: role, condition: title.into_iter().collect::<Vec<_>>() };
        Ok(own.and(self.0.told(resource)))
    }
}

impl<G: Granted> Member<G> {
    fn id(&self, at: &At<'_, Client>, object: Given<'_>) -> String {
        let (resource, role, member) =
            (self.0.resource(at.client, object), object.str("role"), object.str("member"));
        let title = object.block("condition").map(|condition| format!("/{}", condition.str("title")));
        format!("{resource}/{role}/{}{}", plain(member), title.unwrap_or_default())
    }

    /// Changes the policy, again where somebody else changed it meanwhile. An edit that changes nothing writes nothing.
    async fn edit(
        &self,
        at: &At<'_, Client>,
        object: Given<'_>,
        edit: impl Fn(&mut Vec<Json>) -> bool + Sync,
    ) -> Result<(), KindError> {
        let resource = self.0.resource(at.client, object);
        let _alone = at.client.alone(&resource).await;
        let what = format!("change who may do what on {resource}");
        let mut tried = 1;
        loop {
            let Some(mut policy) = at.client.ask(&what, &self.0.read(&resource)).await.or_absent()? else {
                let detail = format!("Cannot {what}: it is not there.");
                return Err(ProviderError::new(ErrorKind::NotFound, "No such object", detail));
            };
            let mut bindings = policy.get("bindings").and_then(Json::as_array).cloned().unwrap_or_default();
            if !edit(&mut bindings) {
                return Ok(());
            }
            policy["bindings"] = Json::Array(bindings);
            policy["version"] = json!(VERSION);
            match at.client.send(&what, &self.0.write(&resource, &policy)).await {
                Ok(_) => return Ok(()),
                // With the etag, writing again does no harm: what was lost shows when it is read.
                Err(trouble)
                    if matches!(
                        trouble.kind,
                        ErrorKind::Conflict | ErrorKind::Transient | ErrorKind::Lost
                    ) && tried < TRIES =>
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
}

/// A member as policies write it: what stands for addresses in lower case, identities of pools as they are.
fn plain(member: &str) -> String {
    match member.split_once(':') {
        Some((kind @ ("user" | "group" | "serviceAccount" | "domain"), name)) => {
            format!("{kind}:{}", name.to_lowercase())
        }
        _ => member.to_owned(),
    }
}

/// Whether a binding is of the role and the condition.
fn is_of(binding: &Json, wanted: Given<'_>) -> bool {
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

fn holds(binding: &Json, wanted: Given<'_>) -> bool {
    let members = binding.get("members").and_then(Json::as_array);
    let wanted = plain(wanted.str("member"));
    members.into_iter().flatten().filter_map(Json::as_str).any(|member| plain(member) == wanted)
}

fn add(bindings: &mut Vec<Json>, wanted: Given<'_>) -> bool {
    let member = Json::from(wanted.str("member"));
    if let Some(binding) = bindings.iter_mut().find(|binding| is_of(binding, wanted)) {
        if holds(binding, wanted) {
            return false;
        }
        match binding.get_mut("members").and_then(Json::as_array_mut) {
            Some(members) => members.push(member),
            None => binding["members"] = json!([member]),
        }
        return true;
    }
    let mut binding = json!({ "role": wanted.str("role"), "members": [member] });
    if let Some(condition) = wanted.block("condition") {
        binding["condition"] =
            json!({ "title": condition.str("title"), "expression": condition.str("expression") });
        if let Some(description) = condition.text("description") {
            binding["condition"]["description"] = description.into();
        }
    }
    bindings.push(binding);
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
    bindings.retain(|binding| binding.get("members").and_then(Json::as_array).is_some_and(|m| !m.is_empty()));
    is_changed
}
