//! Networks of AWS: what EC2's crate is needed for, in a crate of its own because that one takes long to build.
//!
//! Every type is a file of its own, added in [`catalog`]; what they share is in `ec2`.

mod behind;
mod blockers;
mod combined_rule;
mod data;
mod digest;
mod ec2;
mod eip;
mod internet_gateway;
mod nat_gateway;
mod route;
mod route_table;
mod route_table_association;
mod security_group;
mod security_group_rule;
mod subnet;
mod vpc;
mod vpc_endpoint;
mod ways;

use std::sync::Arc;

use provider::Catalog;
use provider_aws::Behind;

/// Who finds what services in a cluster left behind in its network.
pub fn left_behind() -> Arc<dyn Behind> {
    Arc::new(behind::LeftBehind)
}

/// The types of this crate.
pub fn catalog() -> Catalog {
    Catalog::default()
        .kind(vpc::Vpc)
        .kind(subnet::Subnet::default())
        .kind(internet_gateway::InternetGateway)
        .kind(eip::Eip)
        .kind(nat_gateway::NatGateway)
        .kind(route_table::RouteTable)
        .kind(route::Route)
        .kind(route_table_association::RouteTableAssociation)
        .kind(security_group::SecurityGroup)
        .kind(combined_rule::CombinedRule)
        .kind(security_group_rule::Rule::<security_group_rule::Ingress>::new())
        .kind(security_group_rule::Rule::<security_group_rule::Egress>::new())
        .kind(vpc_endpoint::VpcEndpoint)
        .source(data::availability_zones::AvailabilityZones)
        .source(data::security_group::SecurityGroup)
        .source(data::subnet::Subnet)
        .source(data::subnets::Subnets)
        .source(data::vpc::Vpc)
        .source(data::vpcs::Vpcs)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_sheet_can_be_read() {
        let catalog = super::catalog();
        assert!(catalog.resources.len() > 10);
    }
}
