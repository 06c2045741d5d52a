//! The routes of a table that are configured with it.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::Route;
use provider::sheet::{At, Fields, Given, KindError};
use provider_aws::{Client, OrAbsent};

use crate::ec2::Ec2;
use crate::ways::{self, Destination};

/// A route that somebody made; what a table has by itself, and what gateways add, is none.
pub(super) fn read(route: &Route) -> Option<Fields> {
    let is_made = route.origin.as_ref().is_none_or(|origin| origin.as_str() == "CreateRoute");
    // Endpoints of the kind `Gateway` add their routes by themselves.
    let is_endpoint = route.gateway_id.as_ref().is_some_and(|id| id.starts_with("vpce-"));
    if !is_made || is_endpoint && route.destination_prefix_list_id.is_some() {
        return None;
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let to = Fields::new()
        .with("cidr_block", text(&route.destination_cidr_block))
        .with("destination_prefix_list_id", text(&route.destination_prefix_list_id))
        .with("ipv6_cidr_block", text(&route.destination_ipv6_cidr_block));
    Some(to.and(ways::through(route)))
}

/// Brings the routes from what they were to what is wanted.
pub(super) async fn apply(
    at: &At<'_, Client>,
    table: &str,
    before: &[Given<'_>],
    wanted: &[Given<'_>],
) -> Result<(), KindError> {
    let (before, wanted) = (by_destination(before), by_destination(wanted));
    for to in before.keys().filter(|to| !wanted.contains_key(to)) {
        ways::delete(at, table, to).await?;
    }
    for (to, route) in wanted {
        match before.get(&to) {
            None => ways::create(at, table, route).await?,
            Some(old) if leads_elsewhere(*old, route) => ways::replace(at, table, route).await?,
            Some(_) => {}
        }
    }
    Ok(())
}

fn by_destination<'g>(routes: &[Given<'g>]) -> BTreeMap<Destination, Given<'g>> {
    routes.iter().filter_map(|route| Some((Destination::of(*route)?, *route))).collect()
}

fn leads_elsewhere(old: Given<'_>, new: Given<'_>) -> bool {
    ways::TARGETS.iter().any(|name| old.text(name) != new.text(name))
}

/// Lets gateways add routes to a table, and others no longer.
pub(super) async fn propagate(
    at: &At<'_, Client>,
    table: &str,
    before: &[String],
    wanted: &[String],
) -> Result<(), KindError> {
    for gateway in before.iter().filter(|gateway| !wanted.contains(gateway)) {
        let stop =
            |ec2: Ec2| ec2.disable_vgw_route_propagation().route_table_id(table).gateway_id(gateway).send();
        let what = format!("let the gateway {gateway} add no routes to the table {table}");
        at.client.put(&what, stop).await.or_absent()?;
    }
    for gateway in wanted.iter().filter(|gateway| !before.contains(gateway)) {
        let start =
            |ec2: Ec2| ec2.enable_vgw_route_propagation().route_table_id(table).gateway_id(gateway).send();
        at.client.put(&format!("let the gateway {gateway} add routes to the table {table}"), start).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::RouteOrigin;

    use super::*;

    #[test]
    fn routes_that_nobody_made_are_none_of_the_tables() {
        let local = Route::builder().gateway_id("local").origin(RouteOrigin::CreateRouteTable);
        assert_eq!(read(&local.build()), None);
        let own = Route::builder().gateway_id("igw-1").destination_cidr_block("0.0.0.0/0");
        let route = read(&own.origin(RouteOrigin::CreateRoute).build()).unwrap();
        assert_eq!(route.get("gateway_id").and_then(|id| id.as_str()).map(|id| &**id), Some("igw-1"));
        let endpoint = Route::builder().gateway_id("vpce-1").destination_prefix_list_id("pl-1");
        assert_eq!(read(&endpoint.origin(RouteOrigin::CreateRoute).build()), None);
    }
}
