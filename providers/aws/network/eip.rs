//! `aws_eip`.

use std::net::Ipv4Addr;

use async_trait::async_trait;
use aws_sdk_ec2::types::{Address, AddressAttributeName, DomainType, ResourceType};
use model::Value;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ListRequest, Lists, ProviderError, fields};
use provider_aws::{Client, OrAbsent, Trouble, tags};

use crate::ec2::{self, Described, Ec2};

/// The resource type.
pub(crate) struct Eip;

/// What decides what the address belongs to.
const HOLDER: [&str; 3] = ["associate_with_private_ip", "instance", "network_interface"];

#[async_trait]
impl Kind for Eip {
    type Client = Client;
    const NAME: &'static str = "aws_eip";
    const CLASS: CreateClass = CreateClass::Tag;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
A public address that stays the same.

address optional fixed string | An address out of a pool of one's own.
allocation_id computed string | Its identifier.
arn computed string | Its ARN.
associate_with_private_ip optional string | The private address that it belongs to; by default the first one of the interface.
association_id computed string | The association with what it belongs to.
carrier_ip computed string | The carrier's address.
customer_owned_ip computed string | The address of one's own.
customer_owned_ipv4_pool optional fixed string | The pool of addresses of one's own.
domain optional computed fixed string | Where it is used: `vpc`.
id optional computed string | Its identifier.
instance optional computed string | The machine that it belongs to.
ipam_pool_id optional computed fixed string | The pool of the address manager that it comes from.
network_border_group optional computed fixed string | The group of zones that announces it.
network_interface optional computed string | The network interface that it belongs to.
private_dns computed string | The name of the private address.
private_ip computed string | The private address.
ptr_record computed string | The name that the address leads back to.
public_dns computed string | The name of the address.
public_ip computed string | The address.
public_ipv4_pool optional computed fixed string | The pool that it comes from.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
vpc optional computed deprecated fixed bool | `domain` has taken its place.
timeouts block single | How long operations may take.
  delete optional string | As `3m`.
  read optional string | As `15m`.
  update optional string | As `5m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let both = config.text("domain").is_some() && config.flag("vpc").is_some();
        let detail = "`domain` and `vpc` exclude each other; `domain = \"vpc\"` is the newer one.";
        let both = both.then(|| ProviderError::invalid("Conflicting configuration arguments", detail));
        both.into_iter().collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        if draft.prior.is_some() && HOLDER.iter().any(|name| draft.changes(name)) {
            ["association_id", "private_ip", "private_dns", "instance", "network_interface"]
                .iter()
                .for_each(|name| draft.forget(name));
        }
        if draft.prior.is_none() && draft.config.value("domain").is_none() {
            draft.set("domain", Value::string("vpc"));
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let tags = ec2::tagged(at, wanted, ResourceType::ElasticIp);
        let make = |ec2: Ec2| {
            ec2.allocate_address()
                .domain(DomainType::Vpc)
                .set_address(wanted.string("address"))
                .set_customer_owned_ipv4_pool(wanted.string("customer_owned_ipv4_pool"))
                .set_ipam_pool_id(wanted.string("ipam_pool_id"))
                .set_network_border_group(wanted.string("network_border_group"))
                .set_public_ipv4_pool(wanted.string("public_ipv4_pool"))
                .set_tag_specifications(tags.clone())
                .send()
        };
        let made = at.client.send("take a public address", make).await?;
        let id = made.allocation_id.ok_or_else(|| ec2::nameless("public address"))?;
        at.exists(fields! { id: &id, allocation_id: &id });
        associate(at, &id, wanted).await?;
        Ok(fields! { id: &id, allocation_id: &id })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let Some(address) = ec2::one::<Address>(at.client, known.id()).await? else { return Ok(None) };
        let ptr = ptr_record(at.client, known.id()).await?;
        Ok(Some(read(at.client, known, address).await?.with("ptr_record", ptr)))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        if prior.differs_in(wanted, &HOLDER) {
            dissociate(at, prior).await?;
            associate(at, prior.id(), wanted).await?;
        }
        ec2::retag(at, prior, wanted, prior.id()).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let id = prior.id();
        // What others associated it with is theirs to undo; what is recorded as its own goes with it.
        if prior.text("instance").is_some() || prior.text("network_interface").is_some() {
            dissociate(at, prior).await?;
        }
        let release = |ec2: Ec2| {
            let group = prior.string("network_border_group");
            ec2.release_address().allocation_id(id).set_network_border_group(group).send()
        };
        let what = format!("give back the public address {id}");
        at.client.put(&what, release).await.or_absent()?;
        Ok(())
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let item = ec2::marked::<Address>(at).await?;
        Ok(item.map(|item| ec2::found(&item, wanted, at.client)))
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        ec2::page::<Address>(at, request, |address| fields! { id: address.allocation_id }).await
    }
}

/// Gives the address to a machine or an interface, where one is named.
async fn associate(at: &At<'_, Client>, id: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let (instance, interface) = (wanted.string("instance"), wanted.string("network_interface"));
    if instance.is_none() && interface.is_none() {
        return Ok(());
    }
    let associate = |ec2: Ec2| {
        ec2.associate_address()
            .allocation_id(id)
            .set_instance_id(instance.clone().filter(|_| interface.is_none()))
            .set_network_interface_id(interface.clone())
            .set_private_ip_address(wanted.string("associate_with_private_ip"))
            .allow_reassociation(true)
            .send()
    };
    at.client.put(&format!("associate the public address {id}"), associate).await?;
    Ok(())
}

async fn dissociate(at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
    let Some(association) = prior.text("association_id") else { return Ok(()) };
    let what = format!("dissociate the public address {}", prior.id());
    let undo = |ec2: Ec2| ec2.disassociate_address().association_id(association).send();
    at.client.put(&what, undo).await.or_absent()?;
    Ok(())
}

async fn read(client: &Client, known: Given<'_>, address: Address) -> Result<Fields, Trouble> {
    let tags = tags::seen(client, known, address.labels());
    let id = address.allocation_id.unwrap_or_default();
    let domain = address.domain.as_ref().map(|domain| domain.as_str()).unwrap_or_default();
    let told = fields! {
        allocation_id: &id,
        arn: client.arn("ec2", &format!("elastic-ip/{id}")).await?,
        association_id: address.association_id.unwrap_or_default(),
        carrier_ip: address.carrier_ip.unwrap_or_default(),
        customer_owned_ip: address.customer_owned_ip.unwrap_or_default(),
        customer_owned_ipv4_pool: address.customer_owned_ipv4_pool.unwrap_or_default(),
        domain: domain,
        id: &id,
        instance: address.instance_id.unwrap_or_default(),
        network_border_group: address.network_border_group.unwrap_or_default(),
        network_interface: address.network_interface_id.unwrap_or_default(),
        private_dns: name_of(client, "ip", address.private_ip_address.as_deref()),
        private_ip: address.private_ip_address.unwrap_or_default(),
        public_dns: name_of(client, "ec2", address.public_ip.as_deref()),
        public_ip: address.public_ip,
        public_ipv4_pool: address.public_ipv4_pool.unwrap_or_default(),
        vpc: domain == "vpc",
    };
    Ok(told.and(tags))
}

/// The name of an address: `ec2-192-0-2-1.eu-west-1.compute.amazonaws.com`.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html>
fn name_of(client: &Client, kind: &str, address: Option<&str>) -> Option<String> {
    let address: Ipv4Addr = address?.parse().ok()?;
    let [a, b, c, d] = address.octets();
    let (region, is_oldest) = (client.region(), client.region() == "us-east-1");
    let zone = match (kind, is_oldest) {
        ("ip", true) => "ec2.internal".to_owned(),
        ("ip", false) => format!("{region}.compute.internal"),
        (_, true) => format!("compute-1.{}", client.dns_suffix()),
        (_, false) => format!("{region}.compute.{}", client.dns_suffix()),
    };
    Some(format!("{kind}-{a}-{b}-{c}-{d}.{zone}"))
}

/// The name that an address leads back to; not every region tells.
async fn ptr_record(client: &Client, id: &str) -> Result<String, Trouble> {
    let ask = |ec2: Ec2| {
        ec2.describe_addresses_attribute()
            .allocation_ids(id)
            .attribute(AddressAttributeName::DomainName)
            .send()
    };
    let none = ["InvalidAction", "UnsupportedOperation", "UnknownOperation"];
    let answer = client.ask(&format!("read the name of the public address {id}"), ask).await;
    let found = answer.or_absent_for(&none)?.and_then(|answer| answer.addresses).unwrap_or_default();
    Ok(found.into_iter().find_map(|address| address.ptr_record).unwrap_or_default())
}
