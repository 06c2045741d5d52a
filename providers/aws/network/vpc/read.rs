//! What is told of a VPC, which several questions are needed for.

use aws_sdk_ec2::types::{
    Filter, NetworkAcl, RouteTable, SecurityGroup, Vpc, VpcAttributeName, VpcIpv6CidrBlockAssociation,
};
use provider::fields;
use provider::sheet::{At, Fields, Given, KindError};
use provider_aws::{Client, OrAbsent, Trouble, tags};

use crate::ec2::{self, Described, Ec2};

/// All attributes.
pub(super) async fn fields(at: &At<'_, Client>, known: Given<'_>, vpc: Vpc) -> Result<Fields, KindError> {
    let (client, labels) = (at.client, vpc.labels());
    let id = vpc.vpc_id.unwrap_or_default();
    let main = main_route_table(client, &id).await?;
    let group = vec![ec2::only("group-name", "default"), ec2::only("vpc-id", &id)];
    let group = ec2::all::<SecurityGroup>(client, group).await?.pop();
    let acl = default_acl(client, &id).await?.and_then(|acl| acl.network_acl_id);
    let first = known.text("default_route_table_id").map(str::to_owned).or_else(|| main.clone());
    let told = fields! {
        arn: client.arn("ec2", &format!("vpc/{id}")).await?,
        cidr_block: vpc.cidr_block,
        default_network_acl_id: acl,
        default_route_table_id: first,
        default_security_group_id: group.and_then(|group| group.group_id),
        dhcp_options_id: vpc.dhcp_options_id.filter(|id| id != "default").unwrap_or_else(|| "default".into()),
        enable_dns_hostnames: attribute(client, &id, VpcAttributeName::EnableDnsHostnames).await?,
        enable_dns_support: attribute(client, &id, VpcAttributeName::EnableDnsSupport).await?,
        enable_network_address_usage_metrics:
            attribute(client, &id, VpcAttributeName::EnableNetworkAddressUsageMetrics).await?,
        id: &id,
        instance_tenancy: vpc.instance_tenancy.as_ref().map(|tenancy| tenancy.as_str()),
        main_route_table_id: main,
        owner_id: vpc.owner_id,
    };
    let sixes = vpc.ipv6_cidr_block_association_set.unwrap_or_default();
    Ok(told.and(ipv6(known, sixes)).and(tags::seen(client, known, labels)))
}

/// What is told of the range of IPv6 addresses.
fn ipv6(known: Given<'_>, ranges: Vec<VpcIpv6CidrBlockAssociation>) -> Fields {
    let is_there = |range: &VpcIpv6CidrBlockAssociation| {
        let state = range.ipv6_cidr_block_state.as_ref().and_then(|state| state.state.as_ref());
        state.is_some_and(|state| state.as_str() == "associated")
    };
    let mut ranges: Vec<_> = ranges.into_iter().filter(is_there).collect();
    let wanted = known.str("ipv6_association_id");
    let at = ranges.iter().position(|range| range.association_id.as_deref() == Some(wanted)).unwrap_or(0);
    let range = if ranges.is_empty() { None } else { Some(ranges.swap_remove(at)) };
    let is_amazons = range.as_ref().is_some_and(|r| r.ipv6_pool.as_deref() == Some("Amazon"));
    let pool = range.as_ref().and_then(|r| r.ipv6_pool.clone()).filter(|_| !is_amazons);
    let (id, block, group) = match range {
        Some(range) => (range.association_id, range.ipv6_cidr_block, range.network_border_group),
        None => (None, None, None),
    };
    fields! {
        assign_generated_ipv6_cidr_block: is_amazons,
        ipv6_association_id: id.unwrap_or_default(),
        ipv6_cidr_block: block.unwrap_or_default(),
        ipv6_cidr_block_network_border_group: group.unwrap_or_default(),
        ipv6_ipam_pool_id: pool,
    }
}

/// A setting of a VPC.
pub(crate) async fn attribute(
    client: &Client,
    id: &str,
    name: VpcAttributeName,
) -> Result<Option<bool>, Trouble> {
    let what = format!("read the settings of the VPC {id}");
    let ask = |ec2: Ec2| ec2.describe_vpc_attribute().vpc_id(id).attribute(name.clone()).send();
    let unknown = ["InvalidParameterValue", "InvalidAction", "UnknownOperation"];
    let Some(answer) = client.ask(&what, ask).await.or_absent_for(&unknown)? else { return Ok(None) };
    let value = match name {
        VpcAttributeName::EnableDnsHostnames => answer.enable_dns_hostnames,
        VpcAttributeName::EnableDnsSupport => answer.enable_dns_support,
        _ => answer.enable_network_address_usage_metrics,
    };
    Ok(Some(value.and_then(|value| value.value).unwrap_or(false)))
}

/// The route table of subnets that have none.
pub(crate) async fn main_route_table(client: &Client, vpc: &str) -> Result<Option<String>, Trouble> {
    let filters = vec![ec2::only("association.main", "true"), ec2::only("vpc-id", vpc)];
    let table = ec2::all::<RouteTable>(client, filters).await?.pop();
    Ok(table.and_then(|table| table.route_table_id))
}

async fn default_acl(client: &Client, vpc: &str) -> Result<Option<NetworkAcl>, Trouble> {
    let filters: Vec<Filter> = vec![ec2::only("default", "true"), ec2::only("vpc-id", vpc)];
    let ask = |ec2: Ec2| ec2.describe_network_acls().set_filters(Some(filters.clone())).send();
    let answer = client.ask(&format!("read the access lists of the VPC {vpc}"), ask).await?;
    Ok(answer.network_acls.unwrap_or_default().pop())
}
