//! Amazon Web Services: resources, data sources, the connector, flavors, and states in S3, over the vendor's own crates.
//!
//! A [`Client`] is an account in a region; a resource type is a [`provider::sheet::Kind`] in a file of its own, by service. What
//! goes wrong is a [`Trouble`], which says what the request did. Networks are a crate of their own beside this one
//! (`network/`), because the crate that they need takes long to build.
//!
//! Names and attributes are those of `hashicorp/aws`.

mod account;
mod backend;
pub mod checks;
mod client;
mod codebuild;
mod connector;
mod credentials;
mod ecr;
mod eks;
mod flavors;
mod iam;
mod kms;
mod logs;
pub mod marked;
mod metadata;
pub mod names;
pub mod policies;
mod s3;
mod secretsmanager;
mod settings;
mod spread;
mod ssm;
pub mod tags;
mod text;
mod transport;
mod trouble;
mod wait;

pub use backend::S3Backend;
pub use client::{Client, Identity, Service};
pub use connector::AwsConnector;
pub use eks::Behind;
pub use flavors::flavors;
pub use provider::sheet::Waiting;
pub use spread::when_spread;
pub use text::{rfc3339, url_decoded};
pub use trouble::{OrAbsent, Trouble, built};
pub use wait::wait;

use std::sync::Arc;

use async_trait::async_trait;
use model::{ProviderAddr, Schema, Value};
use provider::sheet::Given;
use provider::{Budgets, Catalog, Provider, ProviderError, Surroundings};

/// The provider `aws`.
pub struct AwsProvider {
    schema: Schema,
    catalog: Catalog,
    budgets: Budgets,
}

impl AwsProvider {
    /// The provider with the types of this crate, and with those of others over the same client, who know too what clusters leave
    /// behind in networks.
    pub fn with(others: Catalog, behind: Arc<dyn Behind>) -> AwsProvider {
        let catalog = [
            account::add,
            codebuild::add,
            ecr::add,
            iam::add,
            kms::add,
            logs::add,
            s3::add,
            secretsmanager::add,
            ssm::add,
        ]
        .into_iter()
        .fold(others, |all, add| add(all));
        let catalog = eks::add(catalog, behind);
        AwsProvider { schema: settings::schema(), catalog, budgets: Budgets::default() }
    }
}

#[async_trait]
impl Provider for AwsProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("aws")
    }

    fn mirrored_version(&self) -> &str {
        "5.100.0"
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
        Ok(Arc::new(Client::new(Given::new(config), self.budgets.clone(), around).await?))
    }
}

#[cfg(test)]
mod tests;
