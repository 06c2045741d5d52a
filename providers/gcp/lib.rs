//! Google Cloud: resources, data sources, the connector, flavors, and states in Cloud Storage, over the JSON APIs that Google
//! describes in its discovery documents.
//!
//! A [`Client`] is a project with credentials; a resource type is a [`provider::sheet::Kind`] in a file of its own, by service.
//! What goes wrong is a [`Trouble`], which says what the request did. Where an API's objects are shaped as the resource's
//! attributes are, a [`mirror::Mirror`] carries values from one form to the other.
//!
//! Names and attributes are those of `hashicorp/google`.

mod backend;
mod client;
mod clusters;
mod compute;
mod connector;
mod credentials;
mod data;
mod flavors;
mod iam;
mod labels;
mod mirror;
mod operations;
mod places;
mod registries;
mod secrets;
mod services;
mod settings;
mod storage;
mod trouble;

pub use backend::GcsBackend;
pub use client::{Api, Client, Request};
pub use connector::GcpConnector;
pub use flavors::flavors;
pub use trouble::{OrAbsent, Trouble};

use std::sync::Arc;

use async_trait::async_trait;
use model::{ProviderAddr, Schema, Value};
use provider::sheet::Given;
use provider::{Budgets, Catalog, Provider, ProviderError, Surroundings};

/// The provider `google`.
pub struct GcpProvider {
    schema: Schema,
    catalog: Catalog,
    budgets: Budgets,
}

impl GcpProvider {
    /// The provider with its types.
    pub fn new() -> GcpProvider {
        let catalog = [
            storage::add,
            iam::add,
            services::add,
            registries::add,
            secrets::add,
            compute::add,
            clusters::add,
            data::add,
        ]
        .iter()
        .fold(Catalog::default(), |catalog, add| add(catalog));
        GcpProvider { schema: settings::schema(), catalog, budgets: Budgets::default() }
    }
}

impl Default for GcpProvider {
    fn default() -> GcpProvider {
        GcpProvider::new()
    }
}

#[async_trait]
impl Provider for GcpProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("google")
    }

    fn mirrored_version(&self) -> &str {
        "6.50.0"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        settings::check(config)
    }

    async fn configure(
        &self,
        config: &Value,
        around: Arc<dyn Surroundings>,
    ) -> Result<provider::Client, ProviderError> {
        let config = Given::new(config);
        let client = Client::new(config, self.budgets.clone(), around)?;
        client.check_project(&config.texts("allowed_project_ids")).await?;
        Ok(Arc::new(client))
    }
}
