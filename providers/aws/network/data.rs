//! Data sources of networks.

pub(crate) mod availability_zones;
pub(crate) mod security_group;
pub(crate) mod subnet;
pub(crate) mod subnets;
pub(crate) mod vpc;
pub(crate) mod vpcs;

use aws_sdk_ec2::types::Filter;
use provider::sheet::{Given, KindError};
use provider::{ErrorKind, ProviderError};
use provider_aws::Client;

use crate::ec2::{self, Described};

/// The filters that a configuration says: its attributes by the names that the API has for them, its tags, its own filters.
fn filters(config: Given<'_>, names: &[(&str, &str)]) -> Vec<Filter> {
    let attributes = names.iter().filter_map(|(name, theirs)| {
        let value =
            config.string(name).or_else(|| config.flag(name).filter(|flag| *flag).map(|f| f.to_string()));
        Some(ec2::only(theirs, &value?))
    });
    let tags = config.map("tags").into_iter().map(|(key, value)| ec2::only(&format!("tag:{key}"), &value));
    attributes.chain(tags).chain(own(config)).collect()
}

/// The blocks `filter`.
fn own(config: Given<'_>) -> Vec<Filter> {
    let blocks = config.blocks("filter").into_iter();
    blocks.map(|block| ec2::filter(block.str("name"), block.texts("values"))).collect()
}

/// The only object that a configuration chooses.
async fn single<T: Described>(
    client: &Client,
    config: Given<'_>,
    filters: Vec<Filter>,
    what: &str,
) -> Result<T, KindError> {
    let mut found = match config.text("id") {
        Some(id) if filters.is_empty() => ec2::one::<T>(client, id).await?.into_iter().collect(),
        _ => ec2::all::<T>(client, filters).await?,
    };
    if let Some(id) = config.text("id") {
        found.retain(|item| item.id() == id);
    }
    let count = found.len();
    match (found.pop(), count) {
        (Some(item), 1) => Ok(item),
        (None, _) => {
            let detail = format!("There is no {what} of this kind in this account and region.");
            Err(ProviderError::new(ErrorKind::NotFound, "Nothing found", detail))
        }
        (Some(_), count) => {
            let detail =
                format!("There are {count} of this kind, and one {what} is wanted. Say more about it.");
            Err(ProviderError::invalid("Several found", detail))
        }
    }
}
