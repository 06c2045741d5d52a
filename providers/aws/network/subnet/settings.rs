//! What of a subnet is set one by one after it was made.

use aws_sdk_ec2::types::{AttributeBooleanValue, HostnameType, Subnet};
use provider::sheet::{At, Given, KindError};
use provider_aws::{Client, OrAbsent};

use crate::ec2::Ec2;

/// The settings that are a yes or a no and are no at first.
const FLAGS: [&str; 5] = [
    "assign_ipv6_address_on_creation",
    "enable_dns64",
    "enable_resource_name_dns_a_record_on_launch",
    "enable_resource_name_dns_aaaa_record_on_launch",
    "map_public_ip_on_launch",
];

/// Sets what differs from before, or from what a new subnet has; the API takes one setting at a time.
pub(super) async fn apply(
    at: &At<'_, Client>,
    id: &str,
    prior: Option<Given<'_>>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let what = format!("change the subnet {id}");
    let value = |on: bool| AttributeBooleanValue::builder().value(on).build();
    for name in FLAGS {
        let before = prior.is_some_and(|prior| prior.is(name));
        let Some(on) = wanted.flag(name).filter(|on| *on != before) else { continue };
        let modify = |ec2: Ec2| {
            let request = ec2.modify_subnet_attribute().subnet_id(id);
            match name {
                "assign_ipv6_address_on_creation" => request.assign_ipv6_address_on_creation(value(on)),
                "enable_dns64" => request.enable_dns64(value(on)),
                "map_public_ip_on_launch" => request.map_public_ip_on_launch(value(on)),
                "enable_resource_name_dns_a_record_on_launch" => {
                    request.enable_resource_name_dns_a_record_on_launch(value(on))
                }
                _ => request.enable_resource_name_dns_aaaa_record_on_launch(value(on)),
            }
            .send()
        };
        at.client.put(&what, modify).await?;
    }
    let differs = |name: &str| prior.is_none_or(|prior| prior.differs(wanted, name));
    if let Some(kind) = wanted
        .text("private_dns_hostname_type_on_launch")
        .filter(|_| differs("private_dns_hostname_type_on_launch"))
    {
        let kind = HostnameType::from(kind);
        let modify = |ec2: Ec2| {
            ec2.modify_subnet_attribute()
                .subnet_id(id)
                .private_dns_hostname_type_on_launch(kind.clone())
                .send()
        };
        at.client.put(&what, modify).await?;
    }
    if let Some(pool) = wanted
        .text("customer_owned_ipv4_pool")
        .filter(|_| differs("customer_owned_ipv4_pool") || differs("map_customer_owned_ip_on_launch"))
    {
        let on = wanted.is("map_customer_owned_ip_on_launch");
        let modify = |ec2: Ec2| {
            let request = ec2.modify_subnet_attribute().subnet_id(id).customer_owned_ipv4_pool(pool);
            request.map_customer_owned_ip_on_launch(value(on)).send()
        };
        at.client.put(&what, modify).await?;
    }
    let before = prior.and_then(|prior| prior.int32("enable_lni_at_device_index")).unwrap_or(0);
    match wanted.int32("enable_lni_at_device_index") {
        Some(index) if index != before => {
            let modify = |ec2: Ec2| {
                let request = ec2.modify_subnet_attribute().subnet_id(id);
                match index {
                    0 => request.disable_lni_at_device_index(value(true)).send(),
                    _ => request.enable_lni_at_device_index(index).send(),
                }
            };
            at.client.put(&what, modify).await.map(drop)?;
        }
        _ => {}
    }
    Ok(())
}

/// Gives up the range of IPv6 addresses from before, and takes the one that is wanted.
pub(super) async fn renumber(
    at: &At<'_, Client>,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    if !prior.differs(wanted, "ipv6_cidr_block") {
        return Ok(());
    }
    let id = prior.id();
    let what = format!("change the range of IPv6 addresses of the subnet {id}");
    if let Some(association) = prior.text("ipv6_cidr_block_association_id") {
        let give_up = |ec2: Ec2| ec2.disassociate_subnet_cidr_block().association_id(association).send();
        at.client.put(&what, give_up).await.or_absent()?;
    }
    if let Some(block) = wanted.text("ipv6_cidr_block") {
        let take = |ec2: Ec2| ec2.associate_subnet_cidr_block().subnet_id(id).ipv6_cidr_block(block).send();
        at.client.send(&what, take).await?;
    }
    Ok(())
}

/// The range of IPv6 addresses, and the association with it.
pub(crate) fn ipv6(subnet: &Subnet) -> (Option<String>, Option<String>) {
    let ranges = subnet.ipv6_cidr_block_association_set.as_deref().unwrap_or_default();
    let associated = ranges.iter().find(|range| {
        let state = range.ipv6_cidr_block_state.as_ref().and_then(|state| state.state.as_ref());
        let is_going = |state: &str| state.starts_with("disassociat") || state.starts_with("fail");
        !state.is_some_and(|state| is_going(state.as_str()))
    });
    associated.map_or((None, None), |range| (range.ipv6_cidr_block.clone(), range.association_id.clone()))
}
