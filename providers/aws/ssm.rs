//! Systems Manager: parameters that others wrote, such as the newest machine images.

mod parameter;

use provider::Catalog;

/// Adds the data sources of Systems Manager.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog.source(parameter::Parameter)
}
