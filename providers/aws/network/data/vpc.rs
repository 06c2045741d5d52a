//! `data.aws_vpc`.

use async_trait::async_trait;
use aws_sdk_ec2::types::{Vpc as Item, VpcAttributeName, VpcCidrBlockAssociation};
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError, Source};
use provider_aws::{Client, tags};

use crate::ec2::Described;
use crate::vpc::{attribute, main_route_table};

/// The data source.
pub(crate) struct Vpc;

/// Attributes that choose a VPC, and what the API calls them.
const NAMES: [(&str, &str); 4] = [
    ("cidr_block", "cidr"),
    ("default", "isDefault"),
    ("dhcp_options_id", "dhcp-options-id"),
    ("state", "state"),
];

#[async_trait]
impl Source for Vpc {
    type Client = Client;
    const NAME: &'static str = "aws_vpc";
    const SHEET: &'static str = "\
A virtual network that is there already.

arn computed string | Its ARN.
cidr_block optional computed string | Its first range of IPv4 addresses.
cidr_block_associations computed list(object(association_id:string,cidr_block:string,state:string)) | Its ranges of IPv4 addresses.
default optional computed bool | Whether it is the account's own one.
dhcp_options_id optional computed string | What its machines are told by DHCP.
enable_dns_hostnames computed bool | Whether machines with public addresses get names.
enable_dns_support computed bool | Whether names are resolved in it.
enable_network_address_usage_metrics computed bool | Whether the use of addresses is measured.
id optional computed string | Its identifier.
instance_tenancy computed string | Whether machines in it share hardware.
ipv6_association_id computed string | The association with its range of IPv6 addresses.
ipv6_cidr_block computed string | Its range of IPv6 addresses.
main_route_table_id computed string | The route table of subnets that have none of their own.
owner_id computed string | The account that it belongs to.
state optional computed string | Whether it can be used.
tags optional computed map(string) | Its tags.
filter block set | What chooses it.
  name required string | By what.
  values required set(string) | One of these.
timeouts block single | How long operations may take.
  read optional string | As `20m`.
";

    async fn read(&self, at: &At<'_, Client>, config: Given<'_>) -> Result<Fields, KindError> {
        let client = at.client;
        let vpc: Item = super::single(client, config, super::filters(config, &NAMES), "VPC").await?;
        let tags = tags::told(client, vpc.labels());
        let (id, owner) = (vpc.id().to_owned(), vpc.owner_id.unwrap_or_default());
        let (partition, region) = (client.partition(), client.region());
        let range = |range: VpcCidrBlockAssociation| {
            let state = range.cidr_block_state.and_then(|state| state.state);
            fields! {
                association_id: range.association_id,
                cidr_block: range.cidr_block,
                state: state.as_ref().map(|state| state.as_str()),
            }
        };
        let six = vpc.ipv6_cidr_block_association_set.unwrap_or_default().into_iter().next();
        Ok(fields! {
            arn: format!("arn:{partition}:ec2:{region}:{owner}:vpc/{id}"),
            cidr_block: vpc.cidr_block,
            cidr_block_associations:
                vpc.cidr_block_association_set.unwrap_or_default().into_iter().map(range).collect::<Vec<_>>(),
            default: vpc.is_default.unwrap_or(false),
            dhcp_options_id: vpc.dhcp_options_id,
            enable_dns_hostnames: attribute(client, &id, VpcAttributeName::EnableDnsHostnames).await?,
            enable_dns_support: attribute(client, &id, VpcAttributeName::EnableDnsSupport).await?,
            enable_network_address_usage_metrics:
                attribute(client, &id, VpcAttributeName::EnableNetworkAddressUsageMetrics).await?,
            instance_tenancy: vpc.instance_tenancy.as_ref().map(|tenancy| tenancy.as_str()),
            ipv6_association_id: six.as_ref().and_then(|six| six.association_id.clone()),
            ipv6_cidr_block: six.and_then(|six| six.ipv6_cidr_block),
            main_route_table_id: main_route_table(client, &id).await?,
            id: id,
            owner_id: owner,
            state: vpc.state.as_ref().map(|state| state.as_str()),
            tags: tags,
        })
    }
}
