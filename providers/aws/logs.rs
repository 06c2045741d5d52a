//! CloudWatch Logs.

mod log_group;

use provider::Catalog;

/// Adds the types of CloudWatch Logs.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog.kind(log_group::LogGroup)
}
