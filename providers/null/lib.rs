//! Objects without any effect: mirrors Terraform's provider `hashicorp/null`.
//!
//! Nothing exists outside the state. `null_resource` is a place for provisioners and for values whose change makes it
//! new; `null_data_source` copies its input. For both there are better ways today, which their documentation names.
//!
//! Start reading at [`NullProvider`].
//!
//! ```
//! use provider::Provider;
//! let provider = provider_null::NullProvider::new();
//! assert!(provider.catalog().resources.contains_key("null_resource"));
//! ```

mod copy;
mod resource;

use model::{Block, ProviderAddr, Schema, Value};
use provider::{Catalog, Provider, Surroundings, random};

/// Mirrors Terraform's provider `hashicorp/null`.
pub struct NullProvider {
    schema: Schema,
    catalog: Catalog,
}

impl NullProvider {
    /// The provider with both of its types.
    pub fn new() -> NullProvider {
        let catalog = Catalog::default()
            .resource("null_resource", resource::NullResource::new())
            .data_source("null_data_source", copy::NullDataSource::new());
        NullProvider { schema: Schema::new(Block::new("Objects without effect take no settings.")), catalog }
    }
}

impl Default for NullProvider {
    fn default() -> NullProvider {
        NullProvider::new()
    }
}

impl Provider for NullProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("null")
    }

    fn mirrored_version(&self) -> &str {
        "3.4.0"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}

/// A random number of 63 bits, in decimal digits.
fn number(around: &dyn Surroundings) -> Value {
    Value::string(random::below(|buffer| around.random(buffer), 1 << 63).to_string())
}
