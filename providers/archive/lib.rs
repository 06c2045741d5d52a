//! Archives of files and texts: mirrors Terraform's provider `hashicorp/archive`.
//!
//! The data source `archive_file` makes its archive whenever it is read, while planning as a rule; the resource type of
//! the same name when it is made, and again whenever it is read. The same sources always give the same bytes: entries are
//! in order and have no times. Archives are never seen half written.
//!
//! From arguments to an archive: [`request`] says what is wanted, `entries` finds the files, `pack` writes them, `output`
//! puts the archive in its place and says its digests.
//!
//! Start reading at [`ArchiveProvider`].
//!
//! ```
//! use provider::Provider;
//! let provider = provider_archive::ArchiveProvider::new();
//! assert!(provider.catalog().data_sources.contains_key("archive_file"));
//! ```

mod data;
mod entries;
mod output;
mod pack;
mod request;
mod resource;
mod schema;

use model::{Block, ProviderAddr, Schema};
use provider::{Catalog, Provider};

/// Mirrors Terraform's provider `hashicorp/archive`.
pub struct ArchiveProvider {
    schema: Schema,
    catalog: Catalog,
}

impl ArchiveProvider {
    /// The provider with both of its types.
    pub fn new() -> ArchiveProvider {
        let catalog = Catalog::default()
            .resource("archive_file", resource::ArchiveFile::new())
            .data_source("archive_file", data::ArchiveFile::new());
        ArchiveProvider { schema: Schema::new(Block::new("Archives take no settings.")), catalog }
    }
}

impl Default for ArchiveProvider {
    fn default() -> ArchiveProvider {
        ArchiveProvider::new()
    }
}

impl Provider for ArchiveProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("archive")
    }

    fn mirrored_version(&self) -> &str {
        "2.8.1"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}

#[cfg(test)]
mod tests;
