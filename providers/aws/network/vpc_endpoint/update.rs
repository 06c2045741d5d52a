//! Changes of an endpoint.

use std::time::Duration;

use aws_sdk_ec2::types::{IpAddressType, VpcEndpoint};
use provider::sheet::{At, Given, KindError};
use provider_aws::{Client, Waiting, wait};

use super::{dns_options, state, subnet_configurations};
use crate::ec2::{self, Ec2};

/// Changes what differs, in one request; says whether there was anything.
pub(super) async fn apply(
    at: &At<'_, Client>,
    prior: Given<'_>,
    wanted: Given<'_>,
) -> Result<bool, KindError> {
    let attributes = [
        "dns_options",
        "ip_address_type",
        "policy",
        "private_dns_enabled",
        "route_table_ids",
        "security_group_ids",
        "subnet_configuration",
        "subnet_ids",
    ];
    if !prior.differs_in(wanted, &attributes) {
        return Ok(false);
    }
    let (id, differs) = (prior.id(), |name: &str| prior.differs(wanted, name));
    let policy = wanted.string("policy").filter(|_| differs("policy"));
    let (tables, groups, subnets) = (
        Moved::between(prior, wanted, "route_table_ids"),
        Moved::between(prior, wanted, "security_group_ids"),
        Moved::between(prior, wanted, "subnet_ids"),
    );
    let modify = |ec2: Ec2| {
        ec2.modify_vpc_endpoint()
            .vpc_endpoint_id(id)
            .set_reset_policy((differs("policy") && policy.is_none()).then_some(true))
            .set_policy_document(policy.clone())
            .set_add_route_table_ids(tables.new.clone())
            .set_remove_route_table_ids(tables.gone.clone())
            .set_add_security_group_ids(groups.new.clone())
            .set_remove_security_group_ids(groups.gone.clone())
            .set_add_subnet_ids(subnets.new.clone())
            .set_remove_subnet_ids(subnets.gone.clone())
            .set_dns_options(dns_options(wanted).filter(|_| differs("dns_options")))
            .set_ip_address_type(
                wanted
                    .text("ip_address_type")
                    .filter(|_| differs("ip_address_type"))
                    .map(IpAddressType::from),
            )
            .set_private_dns_enabled(
                wanted.flag("private_dns_enabled").filter(|_| differs("private_dns_enabled")),
            )
            .set_subnet_configurations(
                subnet_configurations(wanted).filter(|_| differs("subnet_configuration")),
            )
            .send()
    };
    at.client.put(&format!("change the VPC endpoint {id}"), modify).await?;
    Ok(true)
}

/// What comes to a set and what goes from it.
struct Moved {
    new: Option<Vec<String>>,
    gone: Option<Vec<String>>,
}

impl Moved {
    fn between(prior: Given<'_>, wanted: Given<'_>, name: &str) -> Moved {
        let (before, after) = (prior.texts(name), wanted.texts(name));
        let without = |of: &[String], other: &[String]| {
            let rest: Vec<String> = of.iter().filter(|one| !other.contains(one)).cloned().collect();
            Some(rest).filter(|rest| !rest.is_empty())
        };
        Moved { new: without(&after, &before), gone: without(&before, &after) }
    }
}

/// Accepts the connection on behalf of the service, which is the same account's.
pub(super) async fn accept(at: &At<'_, Client>, id: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let what = format!("the VPC endpoint {id} to await acceptance");
    let (every, limit) = (Duration::from_secs(5), Duration::from_secs(10 * 60));
    let look = || async {
        let endpoint = ec2::one::<VpcEndpoint>(at.client, id).await?;
        let state = endpoint.as_ref().map_or("not seen yet".to_owned(), state);
        Ok(if ["pendingAcceptance", "available"].contains(&&*state) { Ok(state) } else { Err(state) })
    };
    let waiting = Waiting { what: &what, every, limit }.limited_by(wanted, "create");
    if wait(at, waiting, look).await? == "available" {
        return Ok(());
    }
    let name = wanted.str("service_name");
    let ask = |ec2: Ec2| ec2.describe_vpc_endpoint_services().service_names(name).send();
    let services = at.client.ask(&format!("read the service {name}"), ask).await?.service_details;
    let service = services.unwrap_or_default().pop().and_then(|service| service.service_id);
    let accept = |ec2: Ec2| {
        ec2.accept_vpc_endpoint_connections().set_service_id(service.clone()).vpc_endpoint_ids(id).send()
    };
    at.client.put(&format!("accept the VPC endpoint {id}"), accept).await?;
    Ok(())
}
