//! What is told of an endpoint.

use aws_sdk_ec2::types::{DnsEntry, DnsOptions, NetworkInterface, PrefixList, VpcEndpoint};
use provider::fields;
use provider::sheet::{Fields, Given};
use provider_aws::{Client, OrAbsent, Trouble, tags};

use crate::ec2::{self, Described, Ec2};

/// All attributes.
pub(super) async fn fields(
    client: &Client,
    known: Given<'_>,
    endpoint: VpcEndpoint,
) -> Result<Fields, Trouble> {
    let tags = tags::seen(client, known, endpoint.labels());
    let state = super::state(&endpoint);
    let id = endpoint.id().to_owned();
    let service = endpoint.service_name.clone().unwrap_or_default();
    let kind = endpoint.vpc_endpoint_type.as_ref().map_or("Gateway", |kind| kind.as_str()).to_owned();
    let prefixes = match &*kind {
        "Gateway" => prefix_list(client, &service).await?,
        _ => None,
    };
    let interfaces = endpoint.network_interface_ids.clone().unwrap_or_default();
    let ranges = prefixes.as_ref().and_then(|list| list.cidrs.clone()).unwrap_or_default();
    let entry = |entry: DnsEntry| fields! { dns_name: entry.dns_name, hosted_zone_id: entry.hosted_zone_id };
    let groups = endpoint.groups.unwrap_or_default().into_iter().filter_map(|group| group.group_id);
    let told = fields! {
        arn: client.arn("ec2", &format!("vpc-endpoint/{id}")).await?,
        cidr_blocks: ranges,
        dns_entry: endpoint.dns_entries.unwrap_or_default().into_iter().map(entry).collect::<Vec<_>>(),
        dns_options: endpoint.dns_options.map(dns_options).into_iter().collect::<Vec<_>>(),
        id: id,
        ip_address_type: endpoint.ip_address_type.as_ref().map(|ty| ty.as_str().to_owned()).unwrap_or_default(),
        subnet_configuration: addresses(client, &interfaces).await?,
        network_interface_ids: interfaces,
        owner_id: endpoint.owner_id,
        policy: endpoint.policy_document.unwrap_or_default(),
        prefix_list_id: prefixes.and_then(|list| list.prefix_list_id),
        private_dns_enabled: endpoint.private_dns_enabled.unwrap_or(false),
        requester_managed: endpoint.requester_managed.unwrap_or(false),
        resource_configuration_arn: endpoint.resource_configuration_arn,
        route_table_ids: endpoint.route_table_ids.unwrap_or_default(),
        security_group_ids: groups.collect::<Vec<_>>(),
        service_name: service,
        service_network_arn: endpoint.service_network_arn,
        service_region: endpoint.service_region,
        state: state,
        subnet_ids: endpoint.subnet_ids.unwrap_or_default(),
        vpc_endpoint_type: kind,
        vpc_id: endpoint.vpc_id,
    };
    Ok(told.and(tags))
}

fn dns_options(options: DnsOptions) -> Fields {
    fields! {
        dns_record_ip_type: options.dns_record_ip_type.as_ref().map(|ty| ty.as_str()),
        private_dns_only_for_inbound_resolver_endpoint: options.private_dns_only_for_inbound_resolver_endpoint,
    }
}

/// Which addresses network interfaces have in their subnets.
async fn addresses(client: &Client, interfaces: &[String]) -> Result<Vec<Fields>, Trouble> {
    if interfaces.is_empty() {
        return Ok(Vec::new());
    }
    let filter = ec2::filter("network-interface-id", interfaces.iter().cloned());
    let found = ec2::all::<NetworkInterface>(client, vec![filter]).await?;
    let address = |one: NetworkInterface| {
        let six = one.ipv6_addresses.unwrap_or_default().into_iter().find_map(|six| six.ipv6_address);
        fields! { ipv4: one.private_ip_address, ipv6: six, subnet_id: one.subnet_id }
    };
    Ok(found.into_iter().map(address).collect())
}

/// The list of the ranges of a service, which is called as the service is.
async fn prefix_list(client: &Client, service: &str) -> Result<Option<PrefixList>, Trouble> {
    let ask = |ec2: Ec2| ec2.describe_prefix_lists().filters(ec2::only("prefix-list-name", service)).send();
    let answer = client.ask(&format!("read the ranges of the service {service}"), ask).await.or_absent()?;
    Ok(answer.and_then(|answer| answer.prefix_lists).unwrap_or_default().pop())
}
