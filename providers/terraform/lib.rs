//! The built-in provider `terraform.io/builtin/terraform`: `terraform_data` and `terraform_remote_state`;
//! and the provisioners `local-exec`, `file` and `remote-exec`.
//!
//! It makes nothing outside the state. Other states are read through [`RemoteBackend`]s; those for files, HTTP addresses and
//! PostgreSQL are always there, more can be added with [`TerraformProvider::with_backend`].
//!
//! Start reading at [`TerraformProvider`].
//!
//! ```
//! use provider::Provider;
//! let provider = provider_terraform::TerraformProvider::new();
//! assert!(provider.catalog().resources.contains_key("terraform_data"));
//! ```

mod connected;
mod data;
mod elsewhere;
mod local_exec;
mod local_state;
mod remote_state;

pub use connected::Connected;
pub use local_exec::LocalExec;
pub use remote_state::RemoteBackend;

use std::sync::Arc;

use model::{Block, ProviderAddr, Schema};
use provider::{Catalog, Provider};

/// The built-in provider.
pub struct TerraformProvider {
    schema: Schema,
    backends: Vec<Arc<dyn RemoteBackend>>,
    catalog: Catalog,
}

impl TerraformProvider {
    /// The provider with the backends for files, HTTP addresses and PostgreSQL.
    pub fn new() -> TerraformProvider {
        TerraformProvider::over(vec![
            Arc::new(local_state::LocalState::new()),
            Arc::new(elsewhere::Elsewhere::http()),
            Arc::new(elsewhere::Elsewhere::pg()),
        ])
    }

    /// The provider with one more backend for `terraform_remote_state`.
    pub fn with_backend(mut self, backend: impl RemoteBackend + 'static) -> TerraformProvider {
        self.backends.push(Arc::new(backend));
        TerraformProvider::over(self.backends)
    }

    /// The provider with the states of one more type of backend for `terraform_remote_state`.
    #[must_use]
    pub fn with_backend_type(mut self, of: Arc<dyn state::BackendType>) -> TerraformProvider {
        self.backends.push(Arc::new(elsewhere::OfType(of)));
        TerraformProvider::over(self.backends)
    }

    fn over(backends: Vec<Arc<dyn RemoteBackend>>) -> TerraformProvider {
        let catalog = Catalog::default()
            .resource("terraform_data", data::TerraformData::new())
            .data_source("terraform_remote_state", remote_state::RemoteState::new(backends.clone()));
        let schema = Schema::new(Block::new("The built-in provider takes no arguments."));
        TerraformProvider { schema, backends, catalog }
    }
}

impl Default for TerraformProvider {
    fn default() -> TerraformProvider {
        TerraformProvider::new()
    }
}

impl Provider for TerraformProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::builtin_terraform()
    }

    fn mirrored_version(&self) -> &str {
        "1.11.4"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}
