//! `google_service_account`.

use async_trait::async_trait;
use model::{Path, Value};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};
use serde_json::{Value as Json, json};

use crate::client::{Api, Client, Request};
use crate::mirror::text;
use crate::{OrAbsent, places};

/// The resource type.
pub(super) struct Account;

#[async_trait]
impl Kind for Account {
    type Client = Client;
    const NAME: &'static str = "google_service_account";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A service account: who programs are.

account_id required fixed string | The part of its address before the `@`, 6 to 30 characters.
create_ignore_already_exists optional bool | Whether one that is there already is taken over.
description optional string | What it is for.
disabled optional default=false bool | Whether it can't be used.
display_name optional string | A name for people.
email computed string | Its address.
id optional computed string | Its full name.
member computed string | How policies call it.
name computed string | Its full name.
project optional computed fixed string | The project.
unique_id computed string | Its number.
timeouts block single | How long operations may take.
  create optional string | As `5m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let is_fine = |id: &str| {
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            (6..=30).contains(&id.len())
                && id.chars().all(allowed)
                && id.starts_with(|c: char| c.is_ascii_lowercase())
                && !id.ends_with('-')
        };
        let wrong = config.text("account_id").filter(|id| !is_fine(id)).map(|id| {
            let detail = format!(
                "`account_id` has 6 to 30 lower-case letters, digits and hyphens, and begins with a letter; {id:?} does not \
                 fit."
            );
            ProviderError::invalid("Invalid account_id", detail).at(Path::of_attr("account_id"))
        });
        wrong.into_iter().collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)?;
        let planned = draft.planned();
        if let (Some(account), Some(project), None) =
            (planned.text("account_id"), planned.text("project"), draft.prior)
        {
            let email = email(account, project);
            draft.set("member", Value::string(format!("serviceAccount:{email}")));
            draft.set("email", Value::string(email));
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (account, project) = (wanted.str("account_id"), wanted.str("project"));
        let what = format!("make the service account {account}");
        let mut about = json!({});
        for (name, field) in [("display_name", "displayName"), ("description", "description")] {
            if let Some(text) = wanted.text(name) {
                about[field] = text.into();
            }
        }
        let body = json!({ "accountId": account, "serviceAccount": about });
        let request = Request::post(Api::Iam, format!("projects/{project}/serviceAccounts")).json(&body);
        let name = format!("projects/{project}/serviceAccounts/{}", email(account, project));
        match at.client.send(&what, &request).await {
            Err(trouble) if trouble.is_conflict() && wanted.is("create_ignore_already_exists") => {
                change(at, &name, wanted).await?;
            }
            Err(trouble) if trouble.is_conflict() => {
                let detail = format!(
                    "The service account {account} is there already, and not this configuration's. Import it as {name}, or \
                     choose another `account_id`."
                );
                return Err(ProviderError::new(
                    ErrorKind::Conflict,
                    "Service account is there already",
                    detail,
                ));
            }
            result => drop(result?),
        }
        at.exists(fields! { id: &name, name: &name });
        if wanted.is("disabled") {
            enable(at, &name, false).await?;
        }
        Ok(fields! { id: &name, name: &name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = match known.text("name") {
            Some(name) => name.to_owned(),
            None => {
                let (account, project) = (known.str("account_id"), known.str("project"));
                format!("projects/{project}/serviceAccounts/{}", email(account, project))
            }
        };
        let request = Request::get(Api::Iam, &*name);
        let account =
            at.client.ask(&format!("read the service account {name}"), &request).await.or_absent()?;
        Ok(account.map(|account| told(&account)))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let name = prior.id();
        if prior.differs_in(wanted, &["description", "display_name"]) {
            change(at, name, wanted).await?;
        }
        if prior.is("disabled") != wanted.is("disabled") {
            enable(at, name, !wanted.is("disabled")).await?;
        }
        Ok(())
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let request = Request::delete(Api::Iam, prior.id());
        at.client.put(&format!("delete the service account {}", prior.id()), &request).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let email = id.rsplit('/').next().unwrap_or(id);
        let mut parts = id.trim_start_matches("projects/").split('/');
        let project = parts.next().filter(|first| *first != email).or(at.client.project()).unwrap_or("-");
        let name = format!("projects/{project}/serviceAccounts/{email}");
        Ok(fields! { id: &name, name: &name, project: project })
    }
}

/// The address of an account. Projects of an organisation's domain are written the other way round in it.
fn email(account: &str, project: &str) -> String {
    match project.split_once(':') {
        Some((domain, project)) => format!("{account}@{project}.{domain}.iam.gserviceaccount.com"),
        None => format!("{account}@{project}.iam.gserviceaccount.com"),
    }
}

/// The attributes of an account that was read.
pub(crate) fn told(account: &Json) -> Fields {
    let (email, name) = (text(account, "/email"), text(account, "/name"));
    fields! {
        account_id: email.split('@').next().unwrap_or_default(),
        description: text(account, "/description"),
        disabled: account.get("disabled").and_then(Json::as_bool).unwrap_or(false),
        display_name: text(account, "/displayName"),
        email: email,
        id: name,
        member: format!("serviceAccount:{email}"),
        name: name,
        project: text(account, "/projectId"),
        unique_id: text(account, "/uniqueId"),
    }
}

async fn change(at: &At<'_, Client>, name: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let about =
        json!({ "displayName": wanted.str("display_name"), "description": wanted.str("description") });
    let body = json!({ "serviceAccount": about, "updateMask": "description,displayName" });
    let request = Request::patch(Api::Iam, name).json(&body);
    at.client.put(&format!("change the service account {name}"), &request).await?;
    Ok(())
}

async fn enable(at: &At<'_, Client>, name: &str, is_enabled: bool) -> Result<(), KindError> {
    let verb = if is_enabled { "enable" } else { "disable" };
    let request = Request::post(Api::Iam, format!("{name}:{verb}")).json(&json!({}));
    at.client.put(&format!("{verb} the service account {name}"), &request).await?;
    Ok(())
}
