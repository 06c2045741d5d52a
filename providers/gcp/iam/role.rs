//! `google_project_iam_custom_role`.

use async_trait::async_trait;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, fields};
use serde_json::{Value as Json, json};

use crate::client::{Api, Client, Request};
use crate::mirror::{plain, text};
use crate::{OrAbsent, places};

/// The resource type.
pub(super) struct Role;

#[async_trait]
impl Kind for Role {
    type Client = Client;
    const NAME: &'static str = "google_project_iam_custom_role";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A role of a project's own. Its name is taken for 44 days after it was deleted; made again meanwhile, it is undeleted.

deleted computed bool | Whether it was deleted, and can be had back.
description optional string | What it is for.
id optional computed string | Its full name.
name computed string | Its full name.
permissions required set(string) | What it permits.
project optional computed fixed string | The project.
role_id required fixed string | Its name in the project.
stage optional default=GA string | How far it is: `ALPHA`, `BETA`, `GA`, `DEPRECATED`, `DISABLED` or `EAP`.
title required string | A name for people.
";

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        places::project(at, draft)
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (role, project, name) = (wanted.str("role_id"), wanted.str("project"), name_of(wanted));
        let what = format!("make the role {name}");
        let there = get(at, &name).await?;
        if there.as_ref().is_some_and(is_deleted) {
            at.call.progress.report(&format!("the role {name} was deleted before: it is undeleted"));
            let request = Request::post(Api::Iam, format!("{name}:undelete")).json(&json!({}));
            at.client.send(&what, &request).await?;
            at.exists(fields! { id: &name, name: &name });
            change(at, &name, wanted).await?;
        } else {
            let body = json!({ "roleId": role, "role": document(wanted) });
            let request = Request::post(Api::Iam, format!("projects/{project}/roles")).json(&body);
            at.client.send(&what, &request).await?;
        }
        Ok(fields! { id: &name, name: &name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = known.text("name").map_or_else(|| name_of(known), str::to_owned);
        let Some(role) = get(at, &name).await?.filter(|role| !is_deleted(role)) else { return Ok(None) };
        let mut parts = name.split('/').skip(1);
        Ok(Some(fields! {
            deleted: false,
            description: text(&role, "/description"),
            id: &name,
            name: &name,
            permissions: role.get("includedPermissions").map(plain),
            project: parts.next(),
            role_id: name.rsplit('/').next(),
            stage: text(&role, "/stage"),
            title: text(&role, "/title"),
        }))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        change(at, prior.id(), wanted).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let request = Request::delete(Api::Iam, prior.id());
        at.client.put(&format!("delete the role {}", prior.id()), &request).await.or_absent()?;
        Ok(())
    }

    async fn import(&self, at: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let role = id.rsplit('/').next().unwrap_or(id);
        let told = id.trim_start_matches("projects/").split('/').next().filter(|first| *first != role);
        let project = told.or(at.client.project()).unwrap_or_default();
        let name = format!("projects/{project}/roles/{role}");
        Ok(fields! { id: &name, name: &name, project: project, role_id: role })
    }
}

fn name_of(wanted: Given<'_>) -> String {
    format!("projects/{}/roles/{}", wanted.str("project"), wanted.str("role_id"))
}

fn is_deleted(role: &Json) -> bool {
    role.get("deleted").and_then(Json::as_bool) == Some(true)
}

async fn get(at: &At<'_, Client>, name: &str) -> Result<Option<Json>, KindError> {
    Ok(at.client.ask(&format!("read the role {name}"), &Request::get(Api::Iam, name)).await.or_absent()?)
}

fn document(wanted: Given<'_>) -> Json {
    json!({
        "title": wanted.str("title"),
        "description": wanted.str("description"),
        "stage": wanted.str("stage"),
        "includedPermissions": wanted.texts("permissions"),
    })
}

async fn change(at: &At<'_, Client>, name: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let request = Request::patch(Api::Iam, name).json(&document(wanted));
    let request = request.query("updateMask", "description,includedPermissions,stage,title");
    at.client.put(&format!("change the role {name}"), &request).await?;
    Ok(())
}
