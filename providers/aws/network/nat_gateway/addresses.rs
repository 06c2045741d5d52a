//! The addresses of a NAT gateway: the first, and further ones.

use std::time::Duration;

use aws_sdk_ec2::types::{NatGateway, NatGatewayAddress};
use provider::sheet::{At, Fields, Given, KindError};
use provider::{ProviderError, fields};
use provider_aws::{Client, OrAbsent, Waiting, wait};

use crate::ec2::{self, Ec2};

/// What is wrong with a configuration.
pub(super) fn faults(config: Given<'_>) -> Vec<ProviderError> {
    let kind = config.text("connectivity_type").unwrap_or("public");
    let says = |name: &str| config.value(name).is_some();
    let wrong = |summary: &str, detail: &str| vec![ProviderError::invalid(summary, detail)];
    match kind {
        "public" if !config.is_unknown("connectivity_type") => {
            if !says("allocation_id") && !config.is_unknown("allocation_id") {
                return wrong(
                    "Missing required argument",
                    "A public gateway needs `allocation_id`, its address.",
                );
            }
            if says("secondary_private_ip_address_count") {
                let detail = "`secondary_private_ip_address_count` is for private gateways.";
                return wrong("Conflicting configuration arguments", detail);
            }
            Vec::new()
        }
        "private" if says("allocation_id") || says("secondary_allocation_ids") => {
            wrong("Conflicting configuration arguments", "A private gateway has no public addresses.")
        }
        "public" | "private" => Vec::new(),
        other => {
            let detail = format!("There is no connectivity {other:?}, only `public` and `private`.");
            wrong("Invalid connectivity", &detail)
        }
    }
}

/// The attributes of addresses.
pub(super) fn read(addresses: Vec<NatGatewayAddress>) -> Fields {
    let is_primary = |address: &NatGatewayAddress| address.is_primary.unwrap_or(addresses.len() == 1);
    let first = addresses.iter().find(|address| is_primary(address)).or(addresses.first());
    let others: Vec<&NatGatewayAddress> =
        addresses.iter().filter(|address| first.is_none_or(|first| !std::ptr::eq(first, *address))).collect();
    let all = |of: fn(&NatGatewayAddress) -> &Option<String>| -> Vec<String> {
        others.iter().filter_map(|address| of(address).clone()).collect()
    };
    let of = |of: fn(&NatGatewayAddress) -> &Option<String>| first.and_then(|first| of(first).clone());
    fields! {
        allocation_id: of(|address| &address.allocation_id).unwrap_or_default(),
        association_id: of(|address| &address.association_id).unwrap_or_default(),
        network_interface_id: of(|address| &address.network_interface_id).unwrap_or_default(),
        private_ip: of(|address| &address.private_ip).unwrap_or_default(),
        public_ip: of(|address| &address.public_ip).unwrap_or_default(),
        secondary_allocation_ids: all(|address| &address.allocation_id),
        secondary_private_ip_address_count: i64::try_from(others.len()).unwrap_or(0),
        secondary_private_ip_addresses: all(|address| &address.private_ip),
    }
}

/// Takes and gives up further addresses.
pub(super) async fn apply(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let id = prior.id();
    let change = |name: &str| {
        let (before, after) = (prior.texts(name), wanted.texts(name));
        let gone: Vec<String> = before.iter().filter(|one| !after.contains(one)).cloned().collect();
        let new: Vec<String> = after.into_iter().filter(|one| !before.contains(one)).collect();
        (gone, new)
    };
    let what = format!("change the addresses of the NAT gateway {id}");
    if prior.str("connectivity_type") == "private" {
        let (gone, new) = change("secondary_private_ip_addresses");
        if !new.is_empty() {
            let take = |ec2: Ec2| {
                ec2.assign_private_nat_gateway_address()
                    .nat_gateway_id(id)
                    .set_private_ip_addresses(Some(new.clone()))
                    .send()
            };
            at.client.send(&what, take).await?;
        }
        if !gone.is_empty() {
            let give_up = |ec2: Ec2| {
                ec2.unassign_private_nat_gateway_address()
                    .nat_gateway_id(id)
                    .set_private_ip_addresses(Some(gone.clone()))
                    .send()
            };
            at.client.put(&what, give_up).await.or_absent()?;
        }
        return settled(at, id, wanted).await;
    }
    let (gone, new) = change("secondary_allocation_ids");
    if gone.is_empty() && new.is_empty() {
        return Ok(());
    }
    if !gone.is_empty() {
        let gateway = ec2::one::<NatGateway>(at.client, id).await?;
        let addresses = gateway.and_then(|gateway| gateway.nat_gateway_addresses).unwrap_or_default();
        let is_gone = |address: &NatGatewayAddress| {
            address.allocation_id.as_ref().is_some_and(|allocation| gone.contains(allocation))
        };
        let associations: Vec<String> =
            addresses.into_iter().filter(is_gone).filter_map(|address| address.association_id).collect();
        let give_up = |ec2: Ec2| {
            ec2.disassociate_nat_gateway_address()
                .nat_gateway_id(id)
                .set_association_ids(Some(associations.clone()))
                .send()
        };
        at.client.put(&what, give_up).await.or_absent()?;
    }
    if !new.is_empty() {
        let take = |ec2: Ec2| {
            ec2.associate_nat_gateway_address()
                .nat_gateway_id(id)
                .set_allocation_ids(Some(new.clone()))
                .set_private_ip_addresses(wanted.some_texts("secondary_private_ip_addresses"))
                .send()
        };
        at.client.send(&what, take).await?;
    }
    settled(at, id, wanted).await
}

/// Waits until no address comes or goes.
async fn settled(at: &At<'_, Client>, id: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("the addresses of the NAT gateway {id} to be in place");
    let (every, limit) = (Duration::from_secs(10), Duration::from_secs(10 * 60));
    let look = || async {
        let gateway = ec2::one::<NatGateway>(at.client, id).await?;
        let addresses = gateway.and_then(|gateway| gateway.nat_gateway_addresses).unwrap_or_default();
        let state =
            |address: &NatGatewayAddress| address.status.as_ref().map(|status| status.as_str().to_owned());
        let moving =
            addresses.iter().filter_map(state).find(|state| !["succeeded", "failed"].contains(&&**state));
        Ok(moving.map_or(Ok(()), Err))
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(wanted, "update"), look).await
}
