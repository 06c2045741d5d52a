//! `google_secret_manager_secret_version`.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Path;
use provider::sheet::{At, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ErrorKind, ProviderError, fields};
use serde_json::{Value as Json, json};

use crate::client::{Api, Client, Request};
use crate::mirror::text;
use crate::{OrAbsent, Trouble};

/// The resource type.
pub(super) struct Version;

#[async_trait]
impl Kind for Version {
    type Client = Client;
    const NAME: &'static str = "google_secret_manager_secret_version";
    // Versions are numbered by the API: what is new beside those that were there is it.
    const CLASS: CreateClass = CreateClass::Fence;
    const SHEET: &'static str = "\
What a secret holds, in a version.

create_time computed string | When it was made.
deletion_policy optional default=DELETE string | What destroying does: `DELETE`, `DISABLE` or `ABANDON`.
destroy_time computed string | When it was destroyed.
enabled optional default=true bool | Whether it can be read.
id optional computed string | Its full name.
is_secret_data_base64 optional fixed default=false bool | Whether the content is given in base64.
name computed string | Its full name.
secret required fixed string | The secret, by its full name.
secret_data optional sensitive fixed string | The content. It lies in the state.
secret_data_wo optional sensitive writeonly string | The content, which no state holds.
secret_data_wo_version optional fixed default=0 number | Another number writes `secret_data_wo` again, as another version.
version computed string | Its number.
timeouts block single | How long operations may take.
  create optional string | As `20m`.
  delete optional string | As `20m`.
  update optional string | As `20m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let given = |name: &str| config.value(name).is_some();
        let is_unknown = config.is_unknown("secret_data") || config.is_unknown("secret_data_wo");
        if is_unknown || given("secret_data") != given("secret_data_wo") {
            return Vec::new();
        }
        let detail = "Exactly one of `secret_data` and `secret_data_wo` says what the secret holds.";
        vec![
            ProviderError::invalid("Invalid combination of arguments", detail)
                .at(Path::of_attr("secret_data")),
        ]
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let secret = wanted.str("secret");
        let given = at.config.and_then(|config| config.text("secret_data_wo")).or(wanted.text("secret_data"));
        let data = given.unwrap_or_default();
        let data = match wanted.is("is_secret_data_base64") {
            true => data.to_owned(),
            false => STANDARD.encode(data),
        };
        let request = Request::post(Api::Secrets, format!("{secret}:addVersion"));
        let request = request.json(&json!({ "payload": { "data": data } }));
        let made = at.client.send(&format!("add a version to {secret}"), &request).await?;
        let name = text(&made, "/name");
        at.exists(fields! { id: name, name: name });
        if !wanted.is("enabled") {
            switch(at, name, "disable").await?;
        }
        Ok(fields! { id: name, name: name })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let name = known.text("name").unwrap_or(known.id());
        let request = Request::get(Api::Secrets, name);
        let version = at.client.ask(&format!("read {name}"), &request).await.or_absent()?;
        let Some(version) = version.filter(|version| text(version, "/state") != "DESTROYED") else {
            return Ok(None);
        };
        let is_enabled = text(&version, "/state") == "ENABLED";
        let mut told = fields! {
            create_time: text(&version, "/createTime"),
            destroy_time: text(&version, "/destroyTime"),
            enabled: is_enabled,
            id: name,
            name: name,
            version: name.rsplit('/').next(),
        };
        let is_write_only = known.int("secret_data_wo_version").is_some_and(|version| version != 0);
        if is_enabled
            && !is_write_only
            && (known.text("secret_data").is_some() || known.text("secret").is_none())
        {
            told.set("secret_data", access(at, name, known.is("is_secret_data_base64")).await?.1);
        }
        if known.text("secret").is_none() {
            told.set("secret", name.split("/versions/").next());
        }
        Ok(Some(told))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        if prior.is("enabled") == wanted.is("enabled") {
            return Ok(());
        }
        switch(at, prior.id(), if wanted.is("enabled") { "enable" } else { "disable" }).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        match prior.str("deletion_policy") {
            "ABANDON" => Ok(()),
            "DISABLE" => switch(at, prior.id(), "disable").await,
            _ => switch(at, prior.id(), "destroy").await,
        }
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        Ok(fields! { id: id, name: id })
    }

    fn fence_scope(&self, wanted: Given<'_>) -> String {
        wanted.str("secret").to_owned()
    }

    async fn fence(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Vec<String>, KindError> {
        Ok(versions(at, wanted.str("secret")).await?)
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let before = at.call.attempt.map(|attempt| attempt.fence.clone()).unwrap_or_default();
        let known: Vec<&str> = at.call.known.iter().filter_map(|o| Given::new(&o.value).text("id")).collect();
        let mut new = versions(at, wanted.str("secret")).await?;
        new.retain(|name| !before.contains(name) && !known.contains(&&**name));
        Ok(new.first().map(|name| fields! { id: name, name: name }))
    }
}

async fn versions(at: &At<'_, Client>, secret: &str) -> Result<Vec<String>, Trouble> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let mut request = Request::get(Api::Secrets, format!("{secret}/versions")).query("pageSize", 250);
        if !after.is_empty() {
            request = request.query("pageToken", &after);
        }
        let page = at.client.ask(&format!("list the versions of {secret}"), &request).await.or_absent()?;
        let page = page.unwrap_or(Json::Null);
        let versions = page.get("versions").and_then(Json::as_array).into_iter().flatten();
        found.extend(versions.map(|version| text(version, "/name").to_owned()));
        after = text(&page, "/nextPageToken").to_owned();
        if after.is_empty() {
            return Ok(found);
        }
    }
}

async fn switch(at: &At<'_, Client>, name: &str, verb: &str) -> Result<(), KindError> {
    let request = Request::post(Api::Secrets, format!("{name}:{verb}")).json(&json!({}));
    at.client.put(&format!("{verb} {name}"), &request).await.or_absent()?;
    Ok(())
}

/// The full name of a version and its content, as text or in base64.
pub(crate) async fn access(
    at: &At<'_, Client>,
    name: &str,
    in_base64: bool,
) -> Result<(String, String), KindError> {
    let answer =
        at.client.ask(&format!("read {name}"), &Request::get(Api::Secrets, format!("{name}:access"))).await?;
    let (full, data) = (text(&answer, "/name").to_owned(), text(&answer, "/payload/data"));
    if in_base64 {
        return Ok((full, data.to_owned()));
    }
    let content = STANDARD.decode(data).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let detail = || format!("{name} is not text in UTF-8. Set `is_secret_data_base64`.");
    let content =
        content.ok_or_else(|| ProviderError::new(ErrorKind::Invalid, "Secret is no text", detail()));
    Ok((full, content?))
}
