//! `aws_vpc_endpoint`.

mod read;
mod update;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    DnsOptionsSpecification, IpAddressType, ResourceType, SubnetConfiguration, VpcEndpoint as Item,
    VpcEndpointType,
};
use model::Value;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Lists, ProviderError, fields};
use provider_aws::{Client, OrAbsent, Trouble, Waiting, tags, wait};

use crate::ec2::{self, By, Described, Ec2};

/// The resource type.
pub(crate) struct VpcEndpoint;

#[async_trait]
impl Kind for VpcEndpoint {
    type Client = Client;
    const NAME: &'static str = "aws_vpc_endpoint";
    const CLASS: CreateClass = CreateClass::Token;
    const LISTS: Lists = Lists::Identity;
    const SHEET: &'static str = "\
The way from a VPC to a service that does not lead over the internet.

arn computed string | Its ARN.
auto_accept optional bool | Whether the connection is accepted at once; of services of the same account.
cidr_blocks computed list(string) | The ranges of the service; of the kind `Gateway`.
dns_entry computed list(object(dns_name:string,hosted_zone_id:string)) | The names of the service in the VPC.
id optional computed string | Its identifier.
ip_address_type optional computed string | Which addresses it has: `ipv4`, `ipv6`, or `dualstack`.
network_interface_ids computed set(string) | Its network interfaces; of the kind `Interface`.
owner_id computed string | The account that it belongs to.
policy optional computed policy string | What may be done through it, in JSON; by default everything.
prefix_list_id computed string | The list of the ranges of the service; of the kind `Gateway`.
private_dns_enabled optional computed bool | Whether the service's usual name leads to it within the VPC.
requester_managed computed bool | Whether another service manages it.
resource_configuration_arn optional fixed string | The resource that it leads to.
route_table_ids optional computed set(string) | The route tables that lead to it; of the kind `Gateway`.
security_group_ids optional computed set(string) | The security groups of its network interfaces.
service_name optional fixed string | The service: `com.amazonaws.eu-west-1.s3`.
service_network_arn optional fixed string | The network of services that it leads to.
service_region optional computed fixed string | The region of the service.
state computed string | Whether it can be used.
subnet_ids optional computed set(string) | The subnets of its network interfaces.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
vpc_endpoint_type optional fixed default=Gateway string | Its kind: `Gateway`, `GatewayLoadBalancer`, `Interface`, `Resource`, or `ServiceNetwork`.
vpc_id required fixed string | The VPC.
dns_options block computed list 0..1 | Its names.
  dns_record_ip_type optional computed string | Which addresses names lead to: `ipv4`, `ipv6`, `dualstack`, or `service-defined`.
  private_dns_only_for_inbound_resolver_endpoint optional bool | Whether names are for queries from one's own premises alone.
subnet_configuration block set computed | Which addresses its network interfaces have.
  ipv4 optional string | The IPv4 address.
  ipv6 optional string | The IPv6 address.
  subnet_id optional string | The subnet.
timeouts block single | How long operations may take.
  create optional string | As `10m`.
  delete optional string | As `10m`.
  update optional string | As `10m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let services = ["resource_configuration_arn", "service_name", "service_network_arn"];
        let said =
            services.iter().filter(|name| config.text(name).is_some() || config.is_unknown(name)).count();
        let detail = format!("Exactly one of {} is needed.", services.join(", "));
        let wrong = (said != 1).then(|| ProviderError::invalid("Invalid combination of arguments", detail));
        wrong.into_iter().collect()
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        if draft.changes("subnet_ids") || draft.changes("subnet_configuration") {
            ["network_interface_ids", "dns_entry"].iter().for_each(|name| draft.forget(name));
        }
        if draft.changes("subnet_ids")
            && draft.config.blocks("subnet_configuration").is_empty()
            && let Some(ty) = draft.planned().whole().get("subnet_configuration").map(Value::ty)
        {
            draft.set("subnet_configuration", Value::unknown(ty));
        }
        if draft.changes("private_dns_enabled") || draft.changes("ip_address_type") {
            draft.forget("dns_entry");
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let tags = ec2::tagged(at, wanted, ResourceType::VpcEndpoint);
        let (vpc, token) = (wanted.str("vpc_id"), ec2::token(at));
        let make = |ec2: Ec2| {
            ec2.create_vpc_endpoint()
                .vpc_id(vpc)
                .set_client_token(token.clone())
                .set_dns_options(dns_options(wanted))
                .set_ip_address_type(wanted.text("ip_address_type").map(IpAddressType::from))
                .set_policy_document(wanted.string("policy"))
                // Left out it would be yes.
                .private_dns_enabled(wanted.is("private_dns_enabled"))
                .set_resource_configuration_arn(wanted.string("resource_configuration_arn"))
                .set_route_table_ids(wanted.some_texts("route_table_ids"))
                .set_security_group_ids(wanted.some_texts("security_group_ids"))
                .set_service_name(wanted.string("service_name"))
                .set_service_network_arn(wanted.string("service_network_arn"))
                .set_service_region(wanted.string("service_region"))
                .set_subnet_configurations(subnet_configurations(wanted))
                .set_subnet_ids(wanted.some_texts("subnet_ids"))
                .set_tag_specifications(tags.clone())
                .set_vpc_endpoint_type(wanted.text("vpc_endpoint_type").map(VpcEndpointType::from))
                .send()
        };
        let made = at.client.send(&format!("make a VPC endpoint in the VPC {vpc}"), make).await?;
        let id = made.vpc_endpoint.and_then(|endpoint| endpoint.vpc_endpoint_id);
        let id = id.ok_or_else(|| ec2::nameless("VPC endpoint"))?;
        at.exists(fields! { id: &id });
        if wanted.is("auto_accept") {
            update::accept(at, &id, wanted).await?;
        }
        available(at, &id, wanted, "create").await?;
        Ok(fields! { id: &id })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        match ec2::one::<Item>(at.client, known.id()).await? {
            Some(endpoint) => Ok(Some(read::fields(at.client, known, endpoint).await?)),
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
        if wanted.is("auto_accept") && prior.str("state") == "pendingAcceptance" {
            update::accept(at, id, wanted).await?;
        }
        if update::apply(at, prior, wanted).await? {
            available(at, id, wanted, "update").await?;
        }
        ec2::retag(at, prior, wanted, id).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let id = prior.id();
        let what = format!("delete the VPC endpoint {id}");
        let delete = |ec2: Ec2| ec2.delete_vpc_endpoints().vpc_endpoint_ids(id).send();
        let answer = at.client.put(&what, delete).await.or_absent()?;
        let failed = answer.and_then(|answer| answer.unsuccessful).unwrap_or_default().pop();
        if let Some(error) = failed.and_then(|item| item.error) {
            let (code, message) = (error.code.unwrap_or_default(), error.message.unwrap_or_default());
            if !code.ends_with("NotFound") {
                return Err(Trouble::new(ErrorKind::Conflict, &what, format!("{message} ({code})")).into());
            }
        }
        gone(at, id, prior).await
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let item = ec2::marked::<Item>(at).await?;
        Ok(item.map(|item| ec2::found(&item, wanted, at.client)))
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        ec2::page::<Item>(at, request, |endpoint| fields! { id: endpoint.vpc_endpoint_id }).await
    }
}

fn dns_options(wanted: Given<'_>) -> Option<DnsOptionsSpecification> {
    let block = wanted.block("dns_options")?;
    let inbound = block.flag("private_dns_only_for_inbound_resolver_endpoint");
    let options = DnsOptionsSpecification::builder()
        .set_dns_record_ip_type(block.text("dns_record_ip_type").map(Into::into))
        .set_private_dns_only_for_inbound_resolver_endpoint(inbound);
    Some(options.build())
}

fn subnet_configurations(wanted: Given<'_>) -> Option<Vec<SubnetConfiguration>> {
    let one = |block: Given<'_>| {
        SubnetConfiguration::builder()
            .set_ipv4(block.string("ipv4"))
            .set_ipv6(block.string("ipv6"))
            .set_subnet_id(block.string("subnet_id"))
            .build()
    };
    let all: Vec<_> = wanted.blocks("subnet_configuration").into_iter().map(one).collect();
    Some(all).filter(|all| !all.is_empty())
}

/// The state, whose first letter the API writes now so, now so.
fn state(endpoint: &Item) -> String {
    let state = endpoint.state.as_ref().map_or("not seen yet", |state| state.as_str());
    let mut letters = state.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

async fn available(
    at: &At<'_, Client>,
    id: &str,
    wanted: Given<'_>,
    operation: &str,
) -> Result<(), KindError> {
    let what = format!("the VPC endpoint {id} to be available");
    let (every, limit) = (Duration::from_secs(10), Duration::from_secs(10 * 60));
    let look = || async {
        let Some(endpoint) = ec2::one::<Item>(at.client, id).await? else {
            return Ok(Err("not seen yet".to_owned()));
        };
        match &*state(&endpoint) {
            // Somebody else has to accept it, for which nobody waits.
            "available" | "pendingAcceptance" => Ok(Ok(())),
            state @ ("failed" | "rejected" | "expired") => {
                let why = endpoint.last_error.and_then(|error| error.message).unwrap_or_default();
                Err(Trouble::new(
                    ErrorKind::Conflict,
                    &format!("bring up the VPC endpoint {id}"),
                    format!("it is {state}. {why}"),
                ))
            }
            state => Ok(Err(state.to_owned())),
        }
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(wanted, operation), look).await
}

async fn gone(at: &At<'_, Client>, id: &str, prior: Given<'_>) -> Result<(), KindError> {
    let what = format!("the VPC endpoint {id} to be deleted");
    let (every, limit) = (Duration::from_secs(10), Duration::from_secs(10 * 60));
    let look = || async {
        let (found, _) = Item::ask(at.client, &By::Id(id)).await?;
        let left = found.iter().find(|endpoint| endpoint.id() == id && state(endpoint) != "deleted");
        Ok(left.map_or(Ok(()), |endpoint| Err(state(endpoint))))
    };
    wait(at, Waiting { what: &what, every, limit }.limited_by(prior, "delete"), look).await
}
