//! `aws_route_table`.

mod routes;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{ResourceType, RouteTable as Item};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ListRequest, Lists, ProviderError, fields};
use provider_aws::{Client, OrAbsent, Waiting, tags, wait};

use crate::ec2::{self, Described, Ec2};
use crate::ways;

/// The resource type.
pub(crate) struct RouteTable;

#[async_trait]
impl Kind for RouteTable {
    type Client = Client;
    const NAME: &'static str = "aws_route_table";
    const CLASS: CreateClass = CreateClass::Token;
    const LISTS: Lists = Lists::Whole;
    const SHEET: &'static str = "\
Where traffic of subnets goes.

arn computed string | Its ARN.
id optional computed string | Its identifier.
owner_id computed string | The account that it belongs to.
propagating_vgws optional computed set(string) | The gateways that may add routes to it.
route optional computed set(object(carrier_gateway_id:string,cidr_block:string,core_network_arn:string,destination_prefix_list_id:string,egress_only_gateway_id:string,gateway_id:string,ipv6_cidr_block:string,local_gateway_id:string,nat_gateway_id:string,network_interface_id:string,transit_gateway_id:string,vpc_endpoint_id:string,vpc_peering_connection_id:string)) | Its routes: a range of IPv4 or IPv6 addresses or a list of ranges, and what it leads through. Without any, the routes are left alone.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
vpc_id required fixed string | The VPC.
timeouts block single | How long operations may take.
  create optional string | As `5m`.
  delete optional string | As `5m`.
  update optional string | As `2m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        config.blocks("route").into_iter().flat_map(ways::faults).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let tags = ec2::tagged(at, wanted, ResourceType::RouteTable);
        let (vpc, token) = (wanted.str("vpc_id"), ec2::token(at));
        let make = |ec2: Ec2| {
            let request = ec2.create_route_table().vpc_id(vpc).set_client_token(token.clone());
            request.set_tag_specifications(tags.clone()).send()
        };
        let made = at.client.send(&format!("make a route table in the VPC {vpc}"), make).await?;
        let id = made.route_table.and_then(|table| table.route_table_id);
        let id = id.ok_or_else(|| ec2::nameless("route table"))?;
        at.exists(fields! { id: &id });
        seen(at, &id, wanted).await?;
        routes::propagate(at, &id, &[], &wanted.texts("propagating_vgws")).await?;
        routes::apply(at, &id, &[], &wanted.blocks("route")).await?;
        Ok(fields! { id: &id })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let item = ec2::one::<Item>(at.client, known.id()).await?;
        Ok(item.map(|item| read(at.client, known, item)))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let id = prior.id();
        let gateways = (prior.texts("propagating_vgws"), wanted.texts("propagating_vgws"));
        routes::propagate(at, id, &gateways.0, &gateways.1).await?;
        routes::apply(at, id, &prior.blocks("route"), &wanted.blocks("route")).await?;
        ec2::retag(at, prior, wanted, id).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let id = prior.id();
        let Some(table) = ec2::one::<Item>(at.client, id).await? else { return Ok(()) };
        let own = table.associations.unwrap_or_default().into_iter();
        for association in own.filter_map(|association| association.route_table_association_id) {
            let undo = |ec2: Ec2| ec2.disassociate_route_table().association_id(&association).send();
            at.client.put(&format!("dissociate the route table {id}"), undo).await.or_absent()?;
        }
        let delete = |ec2: Ec2| ec2.delete_route_table().route_table_id(id).send();
        at.client.put(&format!("delete the route table {id}"), delete).await.or_absent()?;
        Ok(())
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let item = ec2::marked::<Item>(at).await?;
        Ok(item.map(|item| ec2::found(&item, wanted, at.client)))
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        let nothing = model::Value::null();
        ec2::page::<Item>(at, request, |item| read(at.client, Given::new(&nothing), item)).await
    }

    fn as_read(&self, prior: Given<'_>, listed: Fields) -> Fields {
        tags::as_read(prior, listed)
    }
}

/// Waits until a new table is seen.
async fn seen(at: &At<'_, Client>, id: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("the route table {id} to be seen");
    let (every, limit) = (Duration::from_secs(3), Duration::from_secs(5 * 60));
    let look = || async {
        let table = ec2::one::<Item>(at.client, id).await?;
        Ok(table.map(drop).ok_or_else(|| "not seen yet".to_owned()))
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(wanted, "create"), look).await
}

/// All attributes, of one answer.
fn read(client: &Client, known: Given<'_>, table: Item) -> Fields {
    let tags = tags::seen(client, known, table.labels());
    let (partition, region) = (client.partition(), client.region());
    let (id, owner) = (table.id().to_owned(), table.owner_id.clone().unwrap_or_default());
    let gateways = table.propagating_vgws.unwrap_or_default().into_iter();
    let told = fields! {
        arn: format!("arn:{partition}:ec2:{region}:{owner}:route-table/{id}"),
        id: id,
        owner_id: owner,
        propagating_vgws: gateways.filter_map(|gateway| gateway.gateway_id).collect::<Vec<_>>(),
        route: table.routes.unwrap_or_default().iter().filter_map(routes::read).collect::<Vec<_>>(),
        vpc_id: table.vpc_id,
    };
    told.and(tags)
}
