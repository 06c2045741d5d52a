//! `data.aws_subnet`.

use async_trait::async_trait;
use aws_sdk_ec2::types::Subnet as Item;
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider_aws::{Client, tags};

use crate::ec2::{self, Described};
use crate::subnet::ipv6;

/// The data source.
pub(crate) struct Subnet;

/// Attributes that choose a subnet, and what the API calls them.
const NAMES: [(&str, &str); 6] = [
    ("availability_zone", "availability-zone"),
    ("availability_zone_id", "availability-zone-id"),
    ("cidr_block", "cidr-block"),
    ("default_for_az", "default-for-az"),
    ("state", "state"),
    ("vpc_id", "vpc-id"),
];

#[async_trait]
impl Source for Subnet {
    type Client = Client;
    const NAME: &'static str = "aws_subnet";
    const SHEET: &'static str = "\
A part of a virtual network that is there already.

arn computed string | Its ARN.
assign_ipv6_address_on_creation computed bool | Whether interfaces in it get IPv6 addresses.
availability_zone optional computed string | The zone that it lies in.
availability_zone_id optional computed string | The zone by its identifier.
available_ip_address_count computed number | How many IPv4 addresses are free.
cidr_block optional computed string | Its range of IPv4 addresses.
customer_owned_ipv4_pool computed string | The pool of addresses of one's own.
default_for_az optional computed bool | Whether it is the account's own one in its zone.
enable_dns64 computed bool | Whether names of hosts that speak only IPv4 get IPv6 addresses.
enable_lni_at_device_index computed number | The index of interfaces that are local network interfaces.
enable_resource_name_dns_a_record_on_launch computed bool | Whether names of machines lead to IPv4 addresses.
enable_resource_name_dns_aaaa_record_on_launch computed bool | Whether names of machines lead to IPv6 addresses.
id optional computed string | Its identifier.
ipv6_cidr_block optional computed string | Its range of IPv6 addresses.
ipv6_cidr_block_association_id computed string | The association with its range of IPv6 addresses.
ipv6_native computed bool | Whether it has IPv6 addresses alone.
map_customer_owned_ip_on_launch computed bool | Whether interfaces in it get addresses of one's own.
map_public_ip_on_launch computed bool | Whether machines in it get public addresses.
outpost_arn computed string | The outpost that it lies on.
owner_id computed string | The account that it belongs to.
private_dns_hostname_type_on_launch computed string | What names of machines are made of.
state optional computed string | Whether it can be used.
tags optional computed map(string) | Its tags.
vpc_id optional computed string | The VPC that it is a part of.
filter block set | What chooses it.
  name required string | By what.
  values required set(string) | One of these.
timeouts block single | How long operations may take.
  read optional string | As `20m`.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let mut filters = super::filters(config, &NAMES);
        let six = config.text("ipv6_cidr_block");
        filters.extend(six.map(|range| ec2::only("ipv6-cidr-block-association.ipv6-cidr-block", range)));
        let subnet: Item = super::single(at.client, config, filters, "subnet").await?;
        let (block, association) = ipv6(&subnet);
        let more = fields! {
            available_ip_address_count: subnet.available_ip_address_count,
            default_for_az: subnet.default_for_az.unwrap_or(false),
            ipv6_cidr_block: block,
            ipv6_cidr_block_association_id: association,
            state: subnet.state.as_ref().map(|state| state.as_str()),
            tags: tags::told(at.client, subnet.labels()),
        };
        Ok(crate::subnet::told(subnet).and(more))
    }
}
