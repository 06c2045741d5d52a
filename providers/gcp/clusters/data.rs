//! Data sources of Kubernetes Engine.

use std::collections::BTreeMap;

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, Kind, KindError, Sheet, SheetError, Source};
use provider::{ErrorKind, ProviderError, fields};
use serde_json::Value as Json;

use super::cluster;
use crate::client::{Api, Client, Request};
use crate::mirror::text;

/// A cluster.
pub(super) struct Cluster;

#[async_trait]
impl Source for Cluster {
    type Client = Client;
    const NAME: &'static str = "google_container_cluster";
    const SHEET: &'static str = cluster::Cluster::SHEET;

    fn sheet() -> Result<Sheet, SheetError> {
        Ok(Sheet::parse(Self::SHEET)?.told(&["name", "location", "project"]))
    }

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let (location, name) = (location(at, config)?, config.str("name"));
        let request = Request::get(Api::Clusters, format!("{location}/clusters/{name}"));
        let found = at.client.ask(&format!("read the cluster {name}"), &request).await?;
        let labels = crate::labels::under(&found, "resourceLabels");
        let told = cluster::told(at, config, found);
        let parts: Vec<&str> = location.split('/').collect();
        let own =
            fields! { id: format!("{location}/clusters/{name}"), location: parts[3], project: parts[1] };
        let labels: BTreeMap<String, String> =
            labels.into_iter().filter(|(key, _)| !provider::Ownership::is_mark(key)).collect();
        Ok(told.and(own).with("resource_labels", labels.clone()).with("terraform_labels", labels))
    }
}

/// The versions that there are.
pub(super) struct Versions;

#[async_trait]
impl Source for Versions {
    type Client = Client;
    const NAME: &'static str = "google_container_engine_versions";
    const SHEET: &'static str = "\
The versions of Kubernetes that clusters can have.

default_cluster_version computed string | The one that a cluster has where nothing is said.
id optional computed string | The place.
latest_master_version computed string | The newest of a cluster's API.
latest_node_version computed string | The newest of machines.
location optional string | The region or zone; the provider's where it is left out.
project optional string | The project.
release_channel_default_version computed map(string) | What is usual in each channel.
release_channel_latest_version computed map(string) | The newest in each channel.
release_channel_upgrade_target_version computed map(string) | What clusters of each channel are upgraded to.
valid_master_versions computed list(string) | All of a cluster's API, the newest first.
valid_node_versions computed list(string) | All of machines.
version_prefix optional string | Only those that begin so.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let location = location(at, config)?;
        let request = Request::get(Api::Clusters, format!("{location}/serverConfig"));
        let found = at.client.ask("read the versions of Kubernetes", &request).await?;
        let prefix = config.str("version_prefix");
        let all = |field: &str| -> Vec<String> {
            let versions = found.get(field).and_then(Json::as_array).into_iter().flatten();
            let versions = versions.filter_map(Json::as_str).filter(|version| version.starts_with(prefix));
            versions.map(str::to_owned).collect()
        };
        let (masters, nodes) = (all("validMasterVersions"), all("validNodeVersions"));
        Ok(fields! {
            default_cluster_version: text(&found, "/defaultClusterVersion"),
            id: &location,
            latest_master_version: masters.first(),
            latest_node_version: nodes.first(),
            release_channel_default_version: channels(&found, "/defaultVersion"),
            release_channel_latest_version: channels(&found, "/validVersions/0"),
            release_channel_upgrade_target_version: channels(&found, "/upgradeTargetVersion"),
            valid_master_versions: masters.as_slice(),
            valid_node_versions: nodes.as_slice(),
        })
    }
}

/// A version of each channel.
fn channels(found: &Json, pointer: &str) -> BTreeMap<String, String> {
    let channels = found.get("channels").and_then(Json::as_array).into_iter().flatten();
    channels.map(|one| (text(one, "/channel").to_owned(), text(one, pointer).to_owned())).collect()
}

/// `projects/P/locations/L`.
fn location(at: &At<'_, Client>, config: Given<'_>) -> Result<String, KindError> {
    let missing = |what: &str| {
        let detail = format!("Neither the data source nor the provider says which {what} is meant.");
        ProviderError::new(ErrorKind::Invalid, "Missing argument", detail)
    };
    let project = config.text("project").or(at.client.project()).ok_or_else(|| missing("project"))?;
    let location = config.text("location").or(at.client.region()).or(at.client.zone());
    Ok(format!("projects/{project}/locations/{}", location.ok_or_else(|| missing("location"))?))
}
