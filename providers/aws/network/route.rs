//! `aws_route`.

use async_trait::async_trait;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};
use provider_aws::Client;

use crate::digest::crc32;
use crate::ways::{self, Destination};

/// The resource type.
pub(crate) struct Route;

#[async_trait]
impl Kind for Route {
    type Client = Client;
    const NAME: &'static str = "aws_route";
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A route of a route table.

carrier_gateway_id optional string | The carrier's gateway that it leads through.
core_network_arn optional string | The core network that it leads through.
destination_cidr_block optional fixed string | The range of IPv4 addresses that it leads to.
destination_ipv6_cidr_block optional fixed string | The range of IPv6 addresses that it leads to.
destination_prefix_list_id optional fixed string | The list of ranges that it leads to.
egress_only_gateway_id optional string | The gateway, which lets nothing in, that it leads through.
gateway_id optional string | The gateway that it leads through; `local` is the VPC itself.
id optional computed string | Its identifier, made of table and destination.
instance_id computed string | The machine that it leads through.
instance_owner_id computed string | The account of that machine.
local_gateway_id optional string | The local gateway that it leads through.
nat_gateway_id optional string | The NAT gateway that it leads through.
network_interface_id optional computed string | The network interface that it leads through.
origin computed string | How it came about.
route_table_id required fixed string | The route table.
state computed string | Whether it can be used.
transit_gateway_id optional string | The transit gateway that it leads through.
vpc_endpoint_id optional string | The VPC endpoint that it leads through.
vpc_peering_connection_id optional string | The connection between VPCs that it leads through.
timeouts block single | How long operations may take.
  create optional string | As `5m`.
  delete optional string | As `5m`.
  update optional string | As `2m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        ways::faults(config)
    }

    fn plan(&self, _: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        if draft.prior.is_some() && ways::TARGETS.iter().any(|name| draft.changes(name)) {
            ["instance_id", "instance_owner_id", "network_interface_id", "state"]
                .iter()
                .for_each(|name| draft.forget(name));
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        ways::create(at, wanted.str("route_table_id"), wanted).await?;
        Ok(fields! { id: id_of(wanted) })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(to) = Destination::of(known) else { return Ok(None) };
        let table = known.str("route_table_id");
        let Some(route) = ways::find(at.client, table, &to).await? else { return Ok(None) };
        let told = fields! {
            destination_cidr_block: route.destination_cidr_block.clone().unwrap_or_default(),
            destination_ipv6_cidr_block: route.destination_ipv6_cidr_block.clone().unwrap_or_default(),
            destination_prefix_list_id: route.destination_prefix_list_id.clone().unwrap_or_default(),
            id: id_of(known),
            instance_id: route.instance_id.clone().unwrap_or_default(),
            instance_owner_id: route.instance_owner_id.clone().unwrap_or_default(),
            origin: route.origin.as_ref().map(|origin| origin.as_str()),
            route_table_id: table,
            state: route.state.as_ref().map(|state| state.as_str()),
        };
        Ok(Some(told.and(ways::through(&route))))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        // A new target is what the configuration says; the interface of the old one is known beside it.
        let config = at.config.unwrap_or(wanted);
        if prior.differs_in(wanted, &ways::TARGETS) {
            ways::replace(at, wanted.str("route_table_id"), config).await?;
        }
        Ok(())
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        match Destination::of(prior) {
            Some(to) => ways::delete(at, prior.str("route_table_id"), &to).await,
            None => Ok(()),
        }
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        let parts = id.split_once('_').filter(|(table, to)| !table.is_empty() && !to.is_empty());
        let (table, to) = parts.ok_or_else(|| {
            let detail = format!("{id:?} is not ROUTE-TABLE_DESTINATION, as rtb-1_10.42.0.0/16.");
            ProviderError::invalid("Invalid import identifier", detail)
        })?;
        let name = match to {
            _ if to.starts_with("pl-") => "destination_prefix_list_id",
            _ if to.contains(':') => "destination_ipv6_cidr_block",
            _ => "destination_cidr_block",
        };
        let fields = fields! { route_table_id: table }.with(name, to);
        let digest = format!("r-{table}{}", crc32(to.as_bytes()));
        Ok(fields.with("id", digest))
    }
}

/// The identifier that everybody knows a route by: the table, and a sum of the destination.
fn id_of(route: Given<'_>) -> String {
    let to = Destination::of(route);
    let sum = crc32(to.as_ref().map_or("", |to| to.text()).as_bytes());
    format!("r-{}{sum}", route.str("route_table_id"))
}
