//! CodeBuild: images and other things built in the account.

mod project;

use provider::Catalog;

/// Adds the types of CodeBuild.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog.kind(project::Project)
}
