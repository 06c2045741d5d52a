//! `aws_nat_gateway`.

mod addresses;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{ConnectivityType, NatGateway as Item, ResourceType};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Lists, ProviderError, fields};
use provider_aws::{Client, OrAbsent, Trouble, Waiting, tags, wait};

use crate::ec2::{self, By, Described, Ec2};

/// The resource type.
pub(crate) struct NatGateway;

#[async_trait]
impl Kind for NatGateway {
    type Client = Client;
    const NAME: &'static str = "aws_nat_gateway";
    const CLASS: CreateClass = CreateClass::Token;
    const LISTS: Lists = Lists::Whole;
    const SHEET: &'static str = "\
The way from private addresses out of a subnet.

allocation_id optional fixed string | The public address under which it appears.
association_id computed string | The association with the public address.
connectivity_type optional fixed default=public string | Where it leads: `public`, the internet, or `private`, other networks.
id optional computed string | Its identifier.
network_interface_id computed string | Its network interface.
private_ip optional computed fixed string | Its private address.
public_ip computed string | Its public address.
secondary_allocation_ids optional set(string) | Further public addresses.
secondary_private_ip_address_count optional computed fixed number | How many further private addresses it has; of private gateways.
secondary_private_ip_addresses optional computed set(string) | Further private addresses.
subnet_id required fixed string | The subnet that it stands in.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
timeouts block single | How long operations may take.
  create optional string | As `10m`.
  delete optional string | As `30m`.
  update optional string | As `10m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        addresses::faults(config)
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        if draft.changes("secondary_allocation_ids") {
            draft.forget("secondary_private_ip_addresses");
        }
        if draft.changes("secondary_allocation_ids") || draft.changes("secondary_private_ip_addresses") {
            draft.forget("secondary_private_ip_address_count");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let tags = ec2::tagged(at, wanted, ResourceType::Natgateway);
        let (subnet, token) = (wanted.str("subnet_id"), ec2::token(at));
        let make = |ec2: Ec2| {
            ec2.create_nat_gateway()
                .subnet_id(subnet)
                .set_client_token(token.clone())
                .set_allocation_id(wanted.string("allocation_id"))
                .set_connectivity_type(wanted.text("connectivity_type").map(ConnectivityType::from))
                .set_private_ip_address(wanted.string("private_ip"))
                .set_secondary_allocation_ids(wanted.some_texts("secondary_allocation_ids"))
                .set_secondary_private_ip_address_count(wanted.int32("secondary_private_ip_address_count"))
                .set_secondary_private_ip_addresses(wanted.some_texts("secondary_private_ip_addresses"))
                .set_tag_specifications(tags.clone())
                .send()
        };
        let made = at.client.send(&format!("make a NAT gateway in the subnet {subnet}"), make).await?;
        let id = made.nat_gateway.and_then(|gateway| gateway.nat_gateway_id);
        let id = id.ok_or_else(|| ec2::nameless("NAT gateway"))?;
        at.exists(fields! { id: &id });
        available(at, &id, wanted).await?;
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
        addresses::apply(at, prior, wanted).await?;
        ec2::retag(at, prior, wanted, prior.id()).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let id = prior.id();
        let delete = |ec2: Ec2| ec2.delete_nat_gateway().nat_gateway_id(id).send();
        at.client.put(&format!("delete the NAT gateway {id}"), delete).await.or_absent()?;
        gone(at, id, prior).await
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

fn state(gateway: &Item) -> &str {
    gateway.state.as_ref().map_or("not seen yet", |state| state.as_str())
}

async fn available(at: &At<'_, Client>, id: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("the NAT gateway {id} to be available");
    let (every, limit) = (Duration::from_secs(10), Duration::from_secs(10 * 60));
    let look = || async {
        let Some(gateway) = ec2::one::<Item>(at.client, id).await? else {
            return Ok(Err("not seen yet".to_owned()));
        };
        match state(&gateway) {
            "available" => Ok(Ok(())),
            "failed" => Err(failure(id, &gateway)),
            state => Ok(Err(state.to_owned())),
        }
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(wanted, "create"), look).await
}

/// Why a gateway did not come up.
fn failure(id: &str, gateway: &Item) -> Trouble {
    let code = gateway.failure_code.as_deref().unwrap_or("no reason is told");
    let message = gateway.failure_message.as_deref().unwrap_or_default().trim_end_matches('.');
    let what = format!("bring up the NAT gateway {id}");
    Trouble::new(ErrorKind::Conflict, &what, format!("{message} ({code})").trim_start().to_owned())
}

/// Waits until a gateway has gone, because its interface and address are in use for as long.
async fn gone(at: &At<'_, Client>, id: &str, prior: Given<'_>) -> Result<(), KindError> {
    let what = format!("the NAT gateway {id} to be deleted");
    let (every, limit) = (Duration::from_secs(10), Duration::from_secs(30 * 60));
    let look = || async {
        let (found, _) = Item::ask(at.client, &By::Id(id)).await?;
        let left = found.iter().find(|gateway| gateway.id() == id && state(gateway) != "deleted");
        Ok(left.map_or(Ok(()), |gateway| Err(state(gateway).to_owned())))
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(prior, "delete"), look).await
}

fn read(client: &Client, known: Given<'_>, gateway: Item) -> Fields {
    let tags = tags::seen(client, known, gateway.labels());
    let connectivity = gateway.connectivity_type.as_ref().map(|kind| kind.as_str().to_owned());
    let told = fields! {
        connectivity_type: connectivity.unwrap_or_else(|| "public".to_owned()),
        id: gateway.nat_gateway_id,
        subnet_id: gateway.subnet_id,
    };
    let addresses = addresses::read(gateway.nat_gateway_addresses.unwrap_or_default());
    told.and(addresses.told_only(&["allocation_id"])).and(tags)
}
