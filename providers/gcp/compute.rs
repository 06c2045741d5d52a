//! Compute Engine: networks and what lies in them.

mod address;
mod data;
mod firewall;
mod nat;
mod network;
mod object;
mod router;
mod subnetwork;

use model::Path;
use provider::sheet::Given;
use provider::{Catalog, ProviderError};

/// Adds the types of Compute Engine.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog
        .kind(network::Network)
        .kind(subnetwork::Subnetwork)
        .kind(router::Router)
        .kind(nat::Nat)
        .kind(firewall::Firewall)
        .kind(address::Address)
        .source(data::Zones)
        .source(data::Network)
}

/// What is wrong with a name: lower-case letters, digits and hyphens, 63 at most, from a letter to no hyphen.
/// <https://cloud.google.com/compute/docs/naming-resources>
fn misnamed(config: Given<'_>, attribute: &str) -> Option<ProviderError> {
    let name = config.text(attribute).filter(|name| !is_name(name))?;
    let detail = format!(
        "`{attribute}` has up to 63 lower-case letters, digits and hyphens, begins with a letter and does not end with a \
         hyphen; {name:?} does not fit."
    );
    Some(ProviderError::invalid("Invalid name", detail).at(Path::of_attr(attribute)))
}

fn is_name(name: &str) -> bool {
    let is_fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&name.len())
        && name.chars().all(is_fine)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
}
