//! Data sources of Compute Engine.

use async_trait::async_trait;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider::{ErrorKind, ProviderError, fields};
use serde_json::Value as Json;

use super::object;
use crate::client::{Api, Client, Request, segment};
use crate::mirror::{plain, text};

/// The zones of a region.
pub(super) struct Zones;

#[async_trait]
impl Source for Zones {
    type Client = Client;
    const NAME: &'static str = "google_compute_zones";
    const SHEET: &'static str = "\
The zones of a region.

id optional computed string | The project and the region.
names computed list(string) | Their names, in order.
project optional computed string | The project.
region optional string | The region; the provider's where it is left out.
status optional string | Only those that are `UP`, or `DOWN`.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let project = project(at, config)?;
        let region = config.text("region").or(at.client.region()).ok_or_else(|| missing("region"))?;
        let region = object::last(region);
        let request = Request::get(Api::Compute, format!("projects/{project}/zones"));
        let zones = object::pages(at, &format!("list the zones of {region}"), request).await?;
        let is_its = |zone: &&Json| object::last(text(zone, "/region")) == region;
        let is_wanted =
            |zone: &&Json| config.text("status").is_none_or(|status| text(zone, "/status") == status);
        let mut names: Vec<&str> =
            zones.iter().filter(is_its).filter(is_wanted).map(|zone| text(zone, "/name")).collect();
        names.sort_unstable();
        Ok(fields! { id: format!("projects/{project}/regions/{region}"), names: names, project: project })
    }
}

/// A network.
pub(super) struct Network;

#[async_trait]
impl Source for Network {
    type Client = Client;
    const NAME: &'static str = "google_compute_network";
    const SHEET: &'static str = "\
A network that is there.

description computed string | What it is for.
gateway_ipv4 computed string | The address of the gateway, of old networks.
id optional computed string | Its path.
internal_ipv6_range computed string | The range of internal IPv6 addresses.
name required string | Its name.
network_id computed number | Its number.
network_profile computed string | The profile that says what can be in it.
numeric_id computed deprecated string | Its number. `network_id` is the same.
project optional string | The project.
self_link computed string | Its address in the API.
subnetworks_self_links computed list(string) | Its subnetworks.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let (project, name) = (project(at, config)?, config.str("name"));
        let path = format!("projects/{project}/global/networks/{}", segment(name));
        let request = Request::get(Api::Compute, &*path);
        let network = at.client.ask(&format!("read the network {name}"), &request).await?;
        let number = text(&network, "/id");
        Ok(fields! {
            description: text(&network, "/description"),
            gateway_ipv4: text(&network, "/gatewayIPv4"),
            id: path,
            internal_ipv6_range: text(&network, "/internalIpv6Range"),
            network_id: number.parse::<i64>().ok(),
            network_profile: text(&network, "/networkProfile"),
            numeric_id: number,
            self_link: text(&network, "/selfLink"),
            subnetworks_self_links: network.get("subnetworks").map(plain),
        })
    }
}

fn project<'a>(at: &'a At<'_, Client>, config: Given<'a>) -> Result<&'a str, KindError> {
    config.text("project").or(at.client.project()).ok_or_else(|| missing("project"))
}

fn missing(what: &str) -> ProviderError {
    let detail = format!("Neither the data source nor the provider says which {what} is meant.");
    ProviderError::new(ErrorKind::Invalid, "Missing argument", detail)
}
