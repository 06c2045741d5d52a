//! Keys and certificates: mirrors Terraform's provider `hashicorp/tls`.
//!
//! Nothing exists outside the state, which therefore holds private keys; the ephemeral resources hold them only for a run.
//! `key` makes, reads and writes keys, `cert` certificates; each type is a [`recipe::Recipe`] over them. `connect` asks
//! servers for their certificates.
//!
//! Start reading at [`TlsProvider`].
//!
//! ```
//! use provider::Provider;
//! let provider = provider_tls::TlsProvider::new();
//! assert!(provider.catalog().resources.contains_key("tls_private_key"));
//! ```

mod arguments;
mod cert;
mod cert_request;
mod certificates;
mod connect;
mod ephemeral;
mod issuing;
mod key;
mod locally_signed;
mod private_key;
mod public_key;
mod recipe;
mod self_signed;

use std::sync::Arc;

use async_trait::async_trait;
use model::{ProviderAddr, Schema, Value};
use provider::{Catalog, Client, Provider, ProviderError, Surroundings};

use recipe::Made;

/// Mirrors Terraform's provider `hashicorp/tls`.
pub struct TlsProvider {
    schema: Schema,
    catalog: Catalog,
}

impl TlsProvider {
    /// The provider with all its types.
    pub fn new() -> TlsProvider {
        let catalog = Catalog::default()
            .resource("tls_cert_request", Made::new(cert_request::CertRequest))
            .resource("tls_locally_signed_cert", Made::new(locally_signed::LocallySigned))
            .resource("tls_private_key", Made::new(private_key::Key))
            .resource("tls_self_signed_cert", Made::new(self_signed::SelfSigned))
            .data_source("tls_certificate", certificates::Certificates::new())
            .data_source("tls_public_key", public_key::PublicPart::new())
            .ephemeral("tls_private_key", ephemeral::EphemeralKey::new())
            .ephemeral("tls_public_key", public_key::PublicPart::new());
        TlsProvider { schema: connect::settings(), catalog }
    }
}

impl Default for TlsProvider {
    fn default() -> TlsProvider {
        TlsProvider::new()
    }
}

#[async_trait]
impl Provider for TlsProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("tls")
    }

    fn mirrored_version(&self) -> &str {
        "4.5.0"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        connect::check_settings(config)
    }

    async fn configure(
        &self,
        config: &Value,
        around: Arc<dyn Surroundings>,
    ) -> Result<Client, ProviderError> {
        Ok(Arc::new(connect::Proxies::of(config, &*around)))
    }
}

#[cfg(test)]
mod tests;
