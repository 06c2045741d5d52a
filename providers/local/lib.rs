//! Files and directories of this machine: Terraform's provider `local`, and our own provider `stackwright`.
//!
//! `local_file` and `local_sensitive_file` behave as Terraform's do. `stackwright_file` and `stackwright_directory` are for
//! what a stack keeps on the machine: they change in place, and leave no directories behind that they made. Paths are
//! relative to the provider's `root`, which is the working directory unless it is set. Writes are never seen half done.
//!
//! Start reading at [`LocalProvider`] and [`StackwrightProvider`].
//!
//! ```
//! use provider::Provider;
//! let provider = provider_local::StackwrightProvider::new();
//! assert_eq!(provider.addr().to_string(), "terraform.io/builtin/stackwright");
//! ```

mod connector;
mod content;
mod data_file;
mod directory;
mod disk;
mod file;
pub mod flavors;
mod managed_file;
mod settings;

pub use connector::LocalConnector;

use std::sync::Arc;

use async_trait::async_trait;
use model::{ProviderAddr, Schema, Value};
use provider::{Catalog, Client, Provider, ProviderError, Surroundings};

/// Mirrors Terraform's provider `hashicorp/local`.
pub struct LocalProvider {
    schema: Schema,
    catalog: Catalog,
}

impl LocalProvider {
    /// The provider with all its types.
    pub fn new() -> LocalProvider {
        let catalog = Catalog::default()
            .resource("local_file", file::LocalFile::plain())
            .resource("local_sensitive_file", file::LocalFile::sensitive())
            .data_source("local_file", data_file::FileContent::plain())
            .data_source("local_sensitive_file", data_file::FileContent::sensitive());
        LocalProvider { schema: settings::schema("Files of this machine."), catalog }
    }
}

impl Default for LocalProvider {
    fn default() -> LocalProvider {
        LocalProvider::new()
    }
}

#[async_trait]
impl Provider for LocalProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("local")
    }

    fn mirrored_version(&self) -> &str {
        "2.5.3"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    async fn configure(
        &self,
        config: &Value,
        around: Arc<dyn Surroundings>,
    ) -> Result<Client, ProviderError> {
        Ok(settings::client(config, &*around))
    }
}

/// Our own provider for files and directories, which Terraform lacks.
pub struct StackwrightProvider {
    schema: Schema,
    catalog: Catalog,
}

impl StackwrightProvider {
    /// The provider with all its types.
    pub fn new() -> StackwrightProvider {
        let catalog = Catalog::default()
            .resource("stackwright_directory", directory::Directory::new())
            .resource("stackwright_file", managed_file::ManagedFile::new());
        StackwrightProvider { schema: settings::schema("Files and directories of a stack."), catalog }
    }

    /// The address `terraform.io/builtin/stackwright`.
    pub fn address() -> ProviderAddr {
        ProviderAddr::implied("stackwright")
    }
}

impl Default for StackwrightProvider {
    fn default() -> StackwrightProvider {
        StackwrightProvider::new()
    }
}

#[async_trait]
impl Provider for StackwrightProvider {
    fn addr(&self) -> ProviderAddr {
        StackwrightProvider::address()
    }

    fn mirrored_version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    async fn configure(
        &self,
        config: &Value,
        around: Arc<dyn Surroundings>,
    ) -> Result<Client, ProviderError> {
        Ok(settings::client(config, &*around))
    }
}
