//! Who and where one is: `aws_caller_identity`, `aws_region`, `aws_partition`.

mod caller_identity;
mod partition;
mod region;

use provider::Catalog;

/// Adds the data sources.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog.source(caller_identity::CallerIdentity).source(partition::Partition).source(region::Region)
}
