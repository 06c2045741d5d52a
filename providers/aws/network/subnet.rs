//! `aws_subnet`.

mod neighbours;
mod settings;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{PrivateDnsNameOptionsOnLaunch, ResourceType, Subnet as Item};
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ListRequest, Lists, ProviderError, cidr, fields};
use provider_aws::{Client, OrAbsent, Waiting, tags, wait};

pub(crate) use settings::ipv6;

use crate::blockers::{Doomed, remove};
use crate::ec2::{self, Described, Ec2};

/// The resource type, with what is planned of it.
#[derive(Default)]
pub(crate) struct Subnet {
    neighbours: neighbours::Neighbours,
}

#[async_trait]
impl Kind for Subnet {
    type Client = Client;
    const NAME: &'static str = "aws_subnet";
    const VERSION: u64 = 1;
    const CLASS: CreateClass = CreateClass::Tag;
    const LISTS: Lists = Lists::Whole;
    const SHEET: &'static str = "\
A part of a virtual network in one zone.

arn computed string | Its ARN.
assign_ipv6_address_on_creation optional default=false bool | Whether interfaces in it get IPv6 addresses.
availability_zone optional computed fixed string | The zone that it lies in.
availability_zone_id optional computed fixed string | The zone by its identifier, which is the same in every account.
cidr_block optional fixed string | Its range of IPv4 addresses.
customer_owned_ipv4_pool optional string | The pool of addresses of one's own, with `map_customer_owned_ip_on_launch` and `outpost_arn`.
enable_dns64 optional default=false bool | Whether names of hosts that speak only IPv4 get IPv6 addresses.
enable_lni_at_device_index optional default=0 number | The index of interfaces that are local network interfaces.
enable_resource_name_dns_a_record_on_launch optional default=false bool | Whether names of machines lead to IPv4 addresses.
enable_resource_name_dns_aaaa_record_on_launch optional default=false bool | Whether names of machines lead to IPv6 addresses.
id optional computed string | Its identifier.
ipv6_cidr_block optional string | Its range of IPv6 addresses, with a prefix of 64 bits.
ipv6_cidr_block_association_id computed string | The association with its range of IPv6 addresses.
ipv6_native optional fixed default=false bool | Whether it has IPv6 addresses alone.
map_customer_owned_ip_on_launch optional default=false bool | Whether interfaces in it get addresses of one's own.
map_public_ip_on_launch optional default=false bool | Whether machines in it get public addresses.
outpost_arn optional fixed string | The outpost that it lies on.
owner_id computed string | The account that it belongs to.
private_dns_hostname_type_on_launch optional computed string | What names of machines are made of: `ip-name` or `resource-name`.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
vpc_id required fixed string | The VPC that it is a part of.
timeouts block single | How long operations may take.
  create optional string | As `10m`.
  delete optional string | As `20m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let ranges =
            [cidr::fault(config, "cidr_block", 16..=28), cidr::fault(config, "ipv6_cidr_block", 44..=64)];
        let both =
            config.text("availability_zone").is_some() && config.text("availability_zone_id").is_some();
        let both = both.then(|| {
            let detail = "`availability_zone` and `availability_zone_id` exclude each other.";
            ProviderError::invalid("Conflicting configuration arguments", detail)
        });
        ranges.into_iter().flatten().chain(both).collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        if draft.changes("ipv6_cidr_block") {
            draft.forget("ipv6_cidr_block_association_id");
        }
        Ok(())
    }

    async fn look_ahead(&self, at: &At<'_, Client>, draft: &Draft<'_>) -> Result<(), KindError> {
        self.neighbours.look_ahead(at, draft).await
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let tags = ec2::tagged(at, wanted, ResourceType::Subnet);
        let vpc = wanted.str("vpc_id");
        let make = |ec2: Ec2| {
            ec2.create_subnet()
                .vpc_id(vpc)
                .set_availability_zone(wanted.string("availability_zone"))
                .set_availability_zone_id(wanted.string("availability_zone_id"))
                .set_cidr_block(wanted.string("cidr_block"))
                .set_ipv6_cidr_block(wanted.string("ipv6_cidr_block"))
                .set_ipv6_native(wanted.flag("ipv6_native").filter(|native| *native))
                .set_outpost_arn(wanted.string("outpost_arn"))
                .set_tag_specifications(tags.clone())
                .send()
        };
        let made = at.client.send(&format!("make a subnet in the VPC {vpc}"), make).await?;
        let id = made.subnet.and_then(|subnet| subnet.subnet_id).ok_or_else(|| ec2::nameless("subnet"))?;
        at.exists(fields! { id: &id });
        available(at, &id, wanted).await?;
        settings::apply(at, &id, None, wanted).await?;
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
        settings::renumber(at, prior, wanted).await?;
        settings::apply(at, id, Some(prior), wanted).await?;
        ec2::retag(at, prior, wanted, id).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (id, inside) = (prior.id(), ec2::only("subnet-id", prior.id()));
        let what = format!("the subnet {id}");
        let delete = || async {
            let delete = |ec2: Ec2| ec2.delete_subnet().subnet_id(id).send();
            at.client.put(&format!("delete {what}"), delete).await.or_absent()
        };
        remove(at, Doomed { prior, what: &what, inside }, delete).await
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

    fn upgrade(&self, _: u64, stored: &str) -> Result<String, KindError> {
        Ok(stored.to_owned())
    }
}

async fn available(at: &At<'_, Client>, id: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("the subnet {id} to be available");
    let (every, limit) = (Duration::from_secs(3), Duration::from_secs(10 * 60));
    let look = || async {
        let subnet = ec2::one::<Item>(at.client, id).await?;
        let state = subnet.and_then(|subnet| subnet.state);
        let state = state.map_or("not seen yet".to_owned(), |state| state.as_str().to_owned());
        Ok(if state == "available" { Ok(()) } else { Err(state) })
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(wanted, "create"), look).await
}

/// All attributes, of one answer.
fn read(client: &Client, known: Given<'_>, subnet: Item) -> Fields {
    let tags = tags::seen(client, known, subnet.labels());
    let (block, association) = ipv6(&subnet);
    let six = fields! {
        ipv6_cidr_block: block.unwrap_or_default(),
        ipv6_cidr_block_association_id: association.unwrap_or_default(),
    };
    told(subnet).and(six).and(tags)
}

/// What resources and data sources say alike.
pub(crate) fn told(subnet: Item) -> Fields {
    let names = subnet.private_dns_name_options_on_launch;
    let names = names.unwrap_or_else(|| PrivateDnsNameOptionsOnLaunch::builder().build());
    fields! {
        arn: subnet.subnet_arn,
        assign_ipv6_address_on_creation: subnet.assign_ipv6_address_on_creation.unwrap_or(false),
        availability_zone: subnet.availability_zone,
        availability_zone_id: subnet.availability_zone_id,
        cidr_block: subnet.cidr_block,
        customer_owned_ipv4_pool: subnet.customer_owned_ipv4_pool.unwrap_or_default(),
        enable_dns64: subnet.enable_dns64.unwrap_or(false),
        enable_lni_at_device_index: subnet.enable_lni_at_device_index.unwrap_or(0),
        enable_resource_name_dns_a_record_on_launch: names.enable_resource_name_dns_a_record.unwrap_or(false),
        enable_resource_name_dns_aaaa_record_on_launch: names.enable_resource_name_dns_aaaa_record.unwrap_or(false),
        id: subnet.subnet_id,
        ipv6_native: subnet.ipv6_native.unwrap_or(false),
        map_customer_owned_ip_on_launch: subnet.map_customer_owned_ip_on_launch.unwrap_or(false),
        map_public_ip_on_launch: subnet.map_public_ip_on_launch.unwrap_or(false),
        outpost_arn: subnet.outpost_arn.unwrap_or_default(),
        owner_id: subnet.owner_id,
        private_dns_hostname_type_on_launch: names.hostname_type.as_ref().map(|kind| kind.as_str()),
        vpc_id: subnet.vpc_id,
    }
}
