//! Data sources.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{Catalog, ErrorKind, ProviderError, fields};
use serde_json::Value as Json;

use crate::client::{Api, Client, Request, segment};
use crate::mirror::{plain, text};
use crate::{iam, secrets};

/// Adds the data sources.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog.source(ClientConfig).source(Project).source(Bucket).source(SecretVersion).source(ServiceAccount)
}

/// What the provider is configured with.
struct ClientConfig;

#[async_trait]
impl Source for ClientConfig {
    type Client = Client;
    const NAME: &'static str = "google_client_config";
    const SHEET: &'static str = "\
What the provider is configured with, and a token.

access_token computed sensitive string | A token, as for other tools.
default_labels computed map(string) | The labels of every resource.
id optional computed string | Project, region and zone.
project computed string | The project.
region computed string | The region.
zone computed string | The zone.
";

    async fn read(&self, at: &At<'_, Client>, _: Given<'_>) -> Result<Fields, KindError> {
        let of = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let (project, region, zone) = (of(at.client.project()), of(at.client.region()), of(at.client.zone()));
        let id = format!("projects/\"{project}\"/regions/\"{region}\"/zones/\"{zone}\"");
        let token = at.client.token().await?;
        let labels = at.client.default_labels().clone();
        Ok(
            fields! { access_token: token, default_labels: labels, id: id, project: project, region: region, zone: zone },
        )
    }
}

/// A project.
struct Project;

#[async_trait]
impl Source for Project {
    type Client = Client;
    const NAME: &'static str = "google_project";
    const SHEET: &'static str = "\
A project.

effective_labels computed map(string) | All labels that it has.
folder_id computed string | The folder that it lies in.
id optional computed string | Its full name.
labels computed map(string) | Its labels.
name computed string | A name for people.
number computed string | Its number.
org_id computed string | The organisation that it lies in.
project_id optional computed string | Its name; the provider's project where it is left out.
tags computed map(string) | Its tags.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let project = config.text("project_id").or(at.client.project()).ok_or_else(no_project)?;
        let request = Request::get(Api::Projects, format!("projects/{project}"));
        let found = at.client.ask(&format!("read the project {project}"), &request).await?;
        let parent = text(&found, "/parent");
        let labels = found.get("labels").map(plain);
        Ok(fields! {
            effective_labels: labels.clone(),
            folder_id: parent.strip_prefix("folders/"),
            id: format!("projects/{}", text(&found, "/projectId")),
            labels: labels,
            name: text(&found, "/displayName"),
            number: text(&found, "/name").trim_start_matches("projects/"),
            org_id: parent.strip_prefix("organizations/"),
            project_id: text(&found, "/projectId"),
        })
    }
}

fn no_project() -> ProviderError {
    let detail = "Neither the data source nor the provider says which project is meant.";
    ProviderError::new(ErrorKind::Invalid, "Missing argument", detail)
}

/// A bucket.
struct Bucket;

#[async_trait]
impl Source for Bucket {
    type Client = Client;
    const NAME: &'static str = "google_storage_bucket";
    const SHEET: &'static str = "\
A bucket that is there.

effective_labels computed map(string) | All labels that it has.
id optional computed string | Its name.
labels computed map(string) | Its labels.
location computed string | Where it lies.
name required string | Its name.
project optional string | The project.
project_number computed number | The number of the project.
public_access_prevention computed string | `inherited` or `enforced`.
self_link computed string | Its URL in the API.
storage_class computed string | The class of new objects.
time_created computed string | When it was made.
uniform_bucket_level_access computed bool | Whether only policies decide who may use it.
updated computed string | When it was last changed.
url computed string | Its URL, `gs://NAME`.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let name = config.str("name");
        let request = Request::get(Api::Storage, format!("b/{}", segment(name))).query("projection", "full");
        let bucket = at.client.ask(&format!("read the bucket {name}"), &request).await?;
        let told = crate::storage::bucket::told(at, config, &bucket);
        let names = [
            "effective_labels",
            "id",
            "location",
            "project_number",
            "public_access_prevention",
            "self_link",
            "storage_class",
            "time_created",
            "uniform_bucket_level_access",
            "updated",
            "url",
        ];
        let take = |fields: Fields, name: &str| match told.get(name) {
            Some(value) => fields.with(name, value),
            None => fields,
        };
        let fields = names.into_iter().fold(Fields::new(), take);
        Ok(match told.get("effective_labels") {
            Some(labels) => fields.with("labels", labels),
            None => fields,
        })
    }
}

/// What a secret holds.
struct SecretVersion;

#[async_trait]
impl Source for SecretVersion {
    type Client = Client;
    const NAME: &'static str = "google_secret_manager_secret_version";
    const SHEET: &'static str = "\
What a secret holds, in a version.

create_time computed string | When it was made.
destroy_time computed string | When it was destroyed.
enabled computed bool | Whether it can be read.
fetch_secret_data optional default=true bool | Whether the content is read.
id optional computed string | Its full name.
is_secret_data_base64 optional default=false bool | Whether the content is given in base64.
name computed string | Its full name.
project optional computed string | The project.
secret required string | The secret.
secret_data computed sensitive string | The content.
version optional computed string | Its number; the newest where it is left out.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let project = config.text("project").or(at.client.project());
        let secret = match config.str("secret") {
            full if full.starts_with("projects/") => full.to_owned(),
            short => format!("projects/{}/secrets/{short}", project.ok_or_else(no_project)?),
        };
        let name = format!("{secret}/versions/{}", config.text("version").unwrap_or("latest"));
        let version = at.client.ask(&format!("read {name}"), &Request::get(Api::Secrets, &*name)).await?;
        let full = text(&version, "/name");
        let data = match config.flag("fetch_secret_data") {
            Some(false) => None,
            _ => Some(secrets::access(at, full, config.is("is_secret_data_base64")).await?.1),
        };
        Ok(fields! {
            create_time: text(&version, "/createTime"),
            destroy_time: text(&version, "/destroyTime"),
            enabled: text(&version, "/state") == "ENABLED",
            fetch_secret_data: config.flag("fetch_secret_data").unwrap_or(true),
            id: full,
            is_secret_data_base64: config.is("is_secret_data_base64"),
            name: full,
            project: secret.split('/').nth(1),
            secret_data: data,
            version: full.rsplit('/').next(),
        })
    }
}

/// A service account.
struct ServiceAccount;

#[async_trait]
impl Source for ServiceAccount {
    type Client = Client;
    const NAME: &'static str = "google_service_account";
    const SHEET: &'static str = "\
A service account that is there.

account_id required string | Its address, its full name, or the part before the `@`.
disabled computed bool | Whether it can't be used.
display_name computed string | A name for people.
email computed string | Its address.
id optional computed string | Its full name.
member computed string | How policies call it.
name computed string | Its full name.
project optional string | The project.
unique_id computed string | Its number.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let (told, project) = (config.str("account_id"), config.text("project").or(at.client.project()));
        let name = match (told.contains('/'), told.contains('@')) {
            (true, _) => told.to_owned(),
            (false, true) => format!("projects/{}/serviceAccounts/{told}", project.unwrap_or("-")),
            (false, false) => {
                let project = project.ok_or_else(no_project)?;
                format!("projects/{project}/serviceAccounts/{told}@{project}.iam.gserviceaccount.com")
            }
        };
        let account: Json = at
            .client
            .ask(&format!("read the service account {name}"), &Request::get(Api::Iam, &*name))
            .await?;
        let told = iam::account_told(&account);
        let names = ["disabled", "display_name", "email", "id", "member", "name", "unique_id"];
        Ok(names.into_iter().fold(Fields::new(), |fields, name| match told.get(name) {
            Some(value) => fields.with(name, value),
            None => fields,
        }))
    }
}
