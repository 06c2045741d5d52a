//! Routes: where they lead, and through what.

use aws_sdk_ec2::types::{Route, RouteTable};
use provider::sheet::{At, Fields, Given, KindError};
use provider::{ErrorKind, ProviderError, cidr};
use provider_aws::{Client, OrAbsent, Trouble};

use crate::ec2::{self, Ec2};

/// Through what a route leads; exactly one of them is given.
pub(crate) const TARGETS: [&str; 10] = [
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
];

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Destination {
    /// A range of IPv4 addresses.
    V4(String),
    /// A range of IPv6 addresses.
    V6(String),
    /// A list of ranges.
    Prefixes(String),
}

impl Destination {
    /// The destination among attributes, which `aws_route` calls otherwise than the blocks of a table.
    pub(crate) fn of(given: Given<'_>) -> Option<Destination> {
        let either = |one: &str, other: &str| given.string(one).or_else(|| given.string(other));
        either("destination_cidr_block", "cidr_block")
            .map(Destination::V4)
            .or_else(|| either("destination_ipv6_cidr_block", "ipv6_cidr_block").map(Destination::V6))
            .or_else(|| given.string("destination_prefix_list_id").map(Destination::Prefixes))
    }

    /// As it is written.
    pub(crate) fn text(&self) -> &str {
        let (Destination::V4(text) | Destination::V6(text) | Destination::Prefixes(text)) = self;
        text
    }

    fn is_of(&self, route: &Route) -> bool {
        let (given, wanted) = match self {
            Destination::V4(text) => (&route.destination_cidr_block, text),
            Destination::V6(text) => (&route.destination_ipv6_cidr_block, text),
            Destination::Prefixes(text) => (&route.destination_prefix_list_id, text),
        };
        given.as_ref() == Some(wanted)
    }
}

macro_rules! led {
    ($request:expr, $table:expr, $to:expr, $through:expr) => {{
        let (to, through) = ($to, $through);
        let request = $request.route_table_id($table);
        let request = match to {
            Destination::V4(range) => request.destination_cidr_block(range),
            Destination::V6(range) => request.destination_ipv6_cidr_block(range),
            Destination::Prefixes(list) => request.destination_prefix_list_id(list),
        };
        request
            .set_carrier_gateway_id(through.string("carrier_gateway_id"))
            .set_core_network_arn(through.string("core_network_arn"))
            .set_egress_only_internet_gateway_id(through.string("egress_only_gateway_id"))
            .set_gateway_id(through.string("gateway_id"))
            .set_local_gateway_id(through.string("local_gateway_id"))
            .set_nat_gateway_id(through.string("nat_gateway_id"))
            .set_network_interface_id(through.string("network_interface_id"))
            .set_transit_gateway_id(through.string("transit_gateway_id"))
            .set_vpc_endpoint_id(through.string("vpc_endpoint_id"))
            .set_vpc_peering_connection_id(through.string("vpc_peering_connection_id"))
            .send()
    }};
}

/// Makes a route. One that leads to the same place already is somebody else's.
pub(crate) async fn create(at: &At<'_, Client>, table: &str, route: Given<'_>) -> Result<(), KindError> {
    let to = Destination::of(route).ok_or_else(no_destination)?;
    let what = format!("make the route to {} in the route table {table}", to.text());
    let create = |ec2: Ec2| led!(ec2.create_route(), table, &to, route);
    at.client.send(&what, create).await.map_err(|trouble| taken(table, &to, trouble))?;
    Ok(())
}

/// Leads a route through something else.
pub(crate) async fn replace(at: &At<'_, Client>, table: &str, route: Given<'_>) -> Result<(), KindError> {
    let to = Destination::of(route).ok_or_else(no_destination)?;
    let what = format!("change the route to {} in the route table {table}", to.text());
    at.client.put(&what, |ec2: Ec2| led!(ec2.replace_route(), table, &to, route)).await?;
    Ok(())
}

/// Removes a route.
pub(crate) async fn delete(at: &At<'_, Client>, table: &str, to: &Destination) -> Result<(), KindError> {
    let what = format!("delete the route to {} in the route table {table}", to.text());
    let delete = |ec2: Ec2| {
        let request = ec2.delete_route().route_table_id(table);
        match to {
            Destination::V4(range) => request.destination_cidr_block(range),
            Destination::V6(range) => request.destination_ipv6_cidr_block(range),
            Destination::Prefixes(list) => request.destination_prefix_list_id(list),
        }
        .send()
    };
    at.client.put(&what, delete).await.or_absent()?;
    Ok(())
}

/// A route of a table.
pub(crate) async fn find(client: &Client, table: &str, to: &Destination) -> Result<Option<Route>, Trouble> {
    let table = ec2::one::<RouteTable>(client, table).await?;
    Ok(table.and_then(|table| table.routes).unwrap_or_default().into_iter().find(|route| to.is_of(route)))
}

/// Through what a route leads.
pub(crate) fn through(route: &Route) -> Fields {
    let (gateway, endpoint) = match route.gateway_id.as_deref() {
        Some(id) if id.starts_with("vpce-") => ("", id),
        id => (id.unwrap_or_default(), ""),
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Fields::new()
        .with("carrier_gateway_id", text(&route.carrier_gateway_id))
        .with("core_network_arn", text(&route.core_network_arn))
        .with("egress_only_gateway_id", text(&route.egress_only_internet_gateway_id))
        .with("gateway_id", gateway)
        .with("local_gateway_id", text(&route.local_gateway_id))
        .with("nat_gateway_id", text(&route.nat_gateway_id))
        .with("network_interface_id", text(&route.network_interface_id))
        .with("transit_gateway_id", text(&route.transit_gateway_id))
        .with("vpc_endpoint_id", endpoint)
        .with("vpc_peering_connection_id", text(&route.vpc_peering_connection_id))
}

/// What is wrong with a route.
pub(crate) fn faults(route: Given<'_>) -> Vec<ProviderError> {
    let says = |name: &&&str| route.text(name).is_some();
    let is_open = |names: &[&str]| names.iter().any(|name| route.is_unknown(name));
    let count = |names: &[&str]| names.iter().filter(says).count();
    let mut faults = Vec::new();
    if count(&TARGETS) > 1 || count(&TARGETS) == 0 && !is_open(&TARGETS) {
        let detail = format!("A route leads through exactly one of {}.", TARGETS.join(", "));
        faults.push(ProviderError::invalid("Invalid target of a route", detail));
    }
    let destinations = [
        "cidr_block",
        "destination_cidr_block",
        "destination_ipv6_cidr_block",
        "destination_prefix_list_id",
        "ipv6_cidr_block",
    ];
    if count(&destinations) > 1 || count(&destinations) == 0 && !is_open(&destinations) {
        let detail = "A route leads to exactly one range of IPv4 or IPv6 addresses or list of ranges.";
        faults.push(ProviderError::invalid("Invalid destination of a route", detail));
    }
    let ranges = ["cidr_block", "destination_cidr_block", "ipv6_cidr_block", "destination_ipv6_cidr_block"];
    faults.extend(ranges.iter().filter_map(|name| cidr::fault(route, name, 0..=128)));
    faults
}

fn no_destination() -> ProviderError {
    ProviderError::invalid("Invalid destination of a route", "A route needs a destination.")
}

fn taken(table: &str, to: &Destination, trouble: Trouble) -> ProviderError {
    if !trouble.is(&["RouteAlreadyExists"]) {
        return trouble.into();
    }
    let detail = format!(
        "The route table {table} has a route to {} already, which is not this resource's. Remove it from the configuration \
         of the table, or import it: {table}_{}.",
        to.text(),
        to.text()
    );
    ProviderError::new(ErrorKind::Conflict, "Route is there already", detail)
}
