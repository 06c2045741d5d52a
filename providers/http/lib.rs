//! Answers of servers: mirrors Terraform's provider `hashicorp/http`.
//!
//! The data source `http` sends a request and says what the answer is. [`request`] is what is asked for, `client` how the
//! server is reached (TLS, proxies, time limits), `send` the request with its repetitions.
//!
//! Start reading at [`HttpProvider`].
//!
//! ```
//! use provider::Provider;
//! let provider = provider_http::HttpProvider::new();
//! assert!(provider.catalog().data_sources.contains_key("http"));
//! ```

mod client;
mod data;
mod request;
mod schema;
mod send;

use model::{Block, ProviderAddr, Schema};
use provider::{Catalog, Provider};

/// Mirrors Terraform's provider `hashicorp/http`.
pub struct HttpProvider {
    schema: Schema,
    catalog: Catalog,
}

impl HttpProvider {
    /// The provider with its data source.
    pub fn new() -> HttpProvider {
        let catalog = Catalog::default().data_source("http", data::Http::new());
        HttpProvider { schema: Schema::new(Block::new("Requests take no common settings.")), catalog }
    }
}

impl Default for HttpProvider {
    fn default() -> HttpProvider {
        HttpProvider::new()
    }
}

impl Provider for HttpProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("http")
    }

    fn mirrored_version(&self) -> &str {
        "3.6.2"
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
