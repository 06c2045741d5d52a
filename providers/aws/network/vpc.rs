//! `aws_vpc`.

mod read;
mod settings;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{ResourceType, Tenancy, Vpc as Item};
use model::Value;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ListRequest, Lists, ProviderError, fields};
use provider_aws::{Client, OrAbsent, Waiting, tags, wait};

pub(crate) use read::{attribute, main_route_table};

use crate::blockers::{Doomed, remove};
use crate::ec2::{self, Ec2};

/// The resource type.
pub(crate) struct Vpc;

#[async_trait]
impl Kind for Vpc {
    type Client = Client;
    const NAME: &'static str = "aws_vpc";
    const VERSION: u64 = 1;
    const CLASS: CreateClass = CreateClass::Tag;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
A virtual network.

arn computed string | Its ARN.
assign_generated_ipv6_cidr_block optional default=false bool | Whether it gets a range of IPv6 addresses from Amazon, with a prefix of 56 bits.
cidr_block optional computed fixed string | Its range of IPv4 addresses.
default_network_acl_id computed string | The access list that it was made with.
default_route_table_id computed string | The route table that it was made with.
default_security_group_id computed string | The security group that it was made with.
dhcp_options_id computed string | What its machines are told by DHCP.
enable_dns_hostnames optional computed bool | Whether machines with public addresses get names.
enable_dns_support optional default=true bool | Whether names are resolved in it.
enable_network_address_usage_metrics optional computed bool | Whether the use of addresses is measured.
id optional computed string | Its identifier.
instance_tenancy optional default=default string | Whether machines in it share hardware: `default`, or `dedicated`.
ipv4_ipam_pool_id optional fixed string | The pool that its range of IPv4 addresses comes from.
ipv4_netmask_length optional fixed number | The length of the prefix that is taken from the pool.
ipv6_association_id computed string | The association with its range of IPv6 addresses.
ipv6_cidr_block optional computed string | Its range of IPv6 addresses.
ipv6_cidr_block_network_border_group optional computed string | The group of zones that announces the range of IPv6 addresses.
ipv6_ipam_pool_id optional string | The pool that its range of IPv6 addresses comes from.
ipv6_netmask_length optional default=0 number | The length of the prefix that is taken from the pool.
main_route_table_id computed string | The route table of subnets that have none of their own.
owner_id computed string | The account that it belongs to.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        settings::faults(config)
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        if draft.prior.is_none() {
            for name in ["enable_dns_hostnames", "enable_network_address_usage_metrics"] {
                if draft.config.value(name).is_none() && !draft.config.is_unknown(name) {
                    draft.set(name, Value::bool(false));
                }
            }
        } else if settings::has_other_ipv6(draft) {
            ["ipv6_association_id", "ipv6_cidr_block", "ipv6_cidr_block_network_border_group"]
                .iter()
                .for_each(|name| draft.forget(name));
        }
        // From shared to dedicated hardware there is no way but anew; back there is one.
        if draft.changes("instance_tenancy") && draft.planned().str("instance_tenancy") == "dedicated" {
            draft.replace("instance_tenancy");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let tags = ec2::tagged(at, wanted, ResourceType::Vpc);
        let make = |ec2: Ec2| {
            ec2.create_vpc()
                .set_cidr_block(wanted.string("cidr_block"))
                .set_amazon_provided_ipv6_cidr_block(wanted.flag("assign_generated_ipv6_cidr_block"))
                .set_instance_tenancy(wanted.text("instance_tenancy").map(Tenancy::from))
                .set_ipv4_ipam_pool_id(wanted.string("ipv4_ipam_pool_id"))
                .set_ipv4_netmask_length(wanted.int32("ipv4_netmask_length"))
                .set_ipv6_ipam_pool_id(wanted.string("ipv6_ipam_pool_id"))
                .set_ipv6_netmask_length(wanted.int32("ipv6_netmask_length").filter(|bits| *bits > 0))
                .set_ipv6_cidr_block(wanted.string("ipv6_cidr_block"))
                .set_ipv6_cidr_block_network_border_group(
                    wanted.string("ipv6_cidr_block_network_border_group"),
                )
                .set_tag_specifications(tags.clone())
                .send()
        };
        let made = at.client.send("make a VPC", make).await?;
        let id = made.vpc.and_then(|vpc| vpc.vpc_id).ok_or_else(|| ec2::nameless("VPC"))?;
        at.exists(fields! { id: &id });
        available(at, &id).await?;
        settings::apply(at, &id, None, wanted).await?;
        Ok(fields! { id: &id })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        match ec2::one::<Item>(at.client, known.id()).await? {
            Some(vpc) => read::fields(at, known, vpc).await.map(Some),
            None => Ok(None),
        }
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let id = prior.id();
        settings::apply(at, id, Some(prior), wanted).await?;
        settings::renumber(at, prior, wanted).await?;
        if prior.differs(wanted, "instance_tenancy") {
            let modify =
                |ec2: Ec2| ec2.modify_vpc_tenancy().vpc_id(id).instance_tenancy("default".into()).send();
            at.client.put(&format!("change the tenancy of the VPC {id}"), modify).await?;
        }
        ec2::retag(at, prior, wanted, id).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (id, inside) = (prior.id(), ec2::only("vpc-id", prior.id()));
        let what = format!("the VPC {id}");
        let delete = || async {
            let delete = |ec2: Ec2| ec2.delete_vpc().vpc_id(id).send();
            at.client.put(&format!("delete {what}"), delete).await.or_absent()
        };
        remove(at, Doomed { prior, what: &what, inside }, delete).await
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let item = ec2::marked::<Item>(at).await?;
        Ok(item.map(|item| ec2::found(&item, wanted, at.client)))
    }

    async fn list(
        &self,
        at: &At<'_, Client>,
        request: ListRequest<'_>,
    ) -> Result<provider::sheet::KindPage, KindError> {
        ec2::page::<Item>(at, request, |vpc| fields! { id: vpc.vpc_id }).await
    }

    fn upgrade(&self, _: u64, stored: &str) -> Result<String, KindError> {
        Ok(stored.to_owned())
    }
}

async fn available(at: &At<'_, Client>, id: &str) -> Result<(), KindError> {
    let what = format!("the VPC {id} to be available");
    let waiting = Waiting { what: &what, every: Duration::from_secs(3), limit: Duration::from_secs(10 * 60) };
    let look = || async {
        let vpc = ec2::one::<Item>(at.client, id).await?;
        let state =
            vpc.and_then(|vpc| vpc.state).map_or("not seen yet".to_owned(), |s| s.as_str().to_owned());
        Ok(if state == "available" { Ok(()) } else { Err(state) })
    };
    wait(at, waiting, look).await
}
