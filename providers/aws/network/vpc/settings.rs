//! What of a VPC is set one by one after it was made.

use aws_sdk_ec2::types::AttributeBooleanValue;
use model::Path;
use provider::sheet::{At, Draft, Given, KindError};
use provider::{ProviderError, cidr};
use provider_aws::{Client, OrAbsent};

use crate::ec2::Ec2;

/// What decides the range of IPv6 addresses.
const IPV6: [&str; 3] = ["assign_generated_ipv6_cidr_block", "ipv6_ipam_pool_id", "ipv6_netmask_length"];

/// What is wrong with a configuration.
pub(super) fn faults(config: Given<'_>) -> Vec<ProviderError> {
    let ranges =
        [cidr::fault(config, "cidr_block", 16..=28), cidr::fault(config, "ipv6_cidr_block", 44..=60)];
    let tenancy = config.text("instance_tenancy").filter(|t| !["default", "dedicated"].contains(t));
    let tenancy = tenancy.map(|tenancy| {
        let detail = format!("There is no tenancy {tenancy:?}, only `default` and `dedicated`.");
        ProviderError::invalid("Invalid tenancy", detail).at(Path::of_attr("instance_tenancy"))
    });
    let both = config.is("assign_generated_ipv6_cidr_block") && config.text("ipv6_ipam_pool_id").is_some();
    let both = both.then(|| {
        let detail = "`assign_generated_ipv6_cidr_block` and `ipv6_ipam_pool_id` exclude each other.";
        ProviderError::invalid("Conflicting configuration arguments", detail)
    });
    let says = |name: &str| config.text(name).is_some() || config.is_unknown(name);
    let none = (!says("cidr_block") && !says("ipv4_ipam_pool_id")).then(|| {
        let detail = "One of `cidr_block` and `ipv4_ipam_pool_id` is needed.";
        ProviderError::invalid("Missing required argument", detail)
    });
    ranges.into_iter().flatten().chain(tenancy).chain(both).chain(none).collect()
}

/// Whether another range of IPv6 addresses is wanted.
pub(super) fn has_other_ipv6(draft: &Draft<'_>) -> bool {
    IPV6.iter().any(|name| draft.changes(name))
}

/// Sets what differs from before, or from what a new VPC has.
pub(super) async fn apply(
    at: &At<'_, Client>,
    id: &str,
    prior: Option<Given<'_>>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    let what = format!("change the VPC {id}");
    let changed = |name: &str, usual: bool| {
        let before = prior.map_or(usual, |prior| prior.is(name));
        wanted
            .flag(name)
            .filter(|flag| *flag != before)
            .map(|on| AttributeBooleanValue::builder().value(on).build())
    };
    // Names need a resolver, so it is switched on before them and off after them.
    let names = changed("enable_dns_hostnames", false);
    let resolver = changed("enable_dns_support", true);
    let switches_off = resolver.as_ref().is_some_and(|value| value.value == Some(false));
    let metrics = changed("enable_network_address_usage_metrics", false);
    let order = if switches_off { [names, resolver.clone()] } else { [resolver.clone(), names] };
    for (i, value) in order.into_iter().enumerate() {
        let Some(value) = value else { continue };
        let is_resolver = (i == 1) == switches_off;
        let modify = |ec2: Ec2| {
            let request = ec2.modify_vpc_attribute().vpc_id(id);
            match is_resolver {
                true => request.enable_dns_support(value.clone()).send(),
                false => request.enable_dns_hostnames(value.clone()).send(),
            }
        };
        at.client.put(&what, modify).await?;
    }
    if let Some(value) = metrics {
        let modify = |ec2: Ec2| {
            ec2.modify_vpc_attribute().vpc_id(id).enable_network_address_usage_metrics(value.clone()).send()
        };
        at.client.put(&what, modify).await?;
    }
    Ok(())
}

/// Gives up the range of IPv6 addresses from before, and takes the one that is wanted.
pub(super) async fn renumber(
    at: &At<'_, Client>,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<(), KindError> {
    if !prior.differs_in(wanted, &IPV6) {
        return Ok(());
    }
    let id = prior.id();
    let what = format!("change the range of IPv6 addresses of the VPC {id}");
    if let Some(association) = prior.text("ipv6_association_id") {
        let give_up = |ec2: Ec2| ec2.disassociate_vpc_cidr_block().association_id(association).send();
        at.client.put(&what, give_up).await.or_absent()?;
    }
    if wanted.is("assign_generated_ipv6_cidr_block") || wanted.text("ipv6_ipam_pool_id").is_some() {
        let take = |ec2: Ec2| {
            ec2.associate_vpc_cidr_block()
                .vpc_id(id)
                .set_amazon_provided_ipv6_cidr_block(wanted.flag("assign_generated_ipv6_cidr_block"))
                .set_ipv6_ipam_pool_id(wanted.string("ipv6_ipam_pool_id"))
                .set_ipv6_netmask_length(wanted.int32("ipv6_netmask_length").filter(|bits| *bits > 0))
                .set_ipv6_cidr_block(wanted.string("ipv6_cidr_block"))
                .send()
        };
        at.client.send(&what, take).await?;
    }
    Ok(())
}
