//! Points in time that stay the same once taken: mirrors Terraform's provider `hashicorp/time`.
//!
//! Nothing exists outside the state. `time_static`, `time_offset` and `time_rotating` take the time when they are made, or
//! one that is given, and keep it; `time_sleep` waits. Three functions take texts and numbers apart. The time comes from
//! the surroundings of a call.
//!
//! Start reading at [`TimeProvider`].
//!
//! ```
//! use provider::Provider;
//! let provider = provider_time::TimeProvider::new();
//! assert!(provider.catalog().resources.contains_key("time_static"));
//! ```

mod arguments;
mod fixed;
mod functions;
mod kept;
mod offset;
mod rotating;
mod sleep;

use model::{Block, ProviderAddr, Schema};
use provider::{Catalog, Provider};

use kept::Kept;

/// Mirrors Terraform's provider `hashicorp/time`.
pub struct TimeProvider {
    schema: Schema,
    catalog: Catalog,
}

impl TimeProvider {
    /// The provider with all its types and functions.
    pub fn new() -> TimeProvider {
        let catalog = Catalog::default()
            .resource("time_offset", Kept::new(offset::TimeOffset))
            .resource("time_rotating", Kept::new(rotating::TimeRotating))
            .resource("time_sleep", sleep::TimeSleep::new())
            .resource("time_static", Kept::new(fixed::TimeStatic))
            .function("duration_parse", functions::duration_parse())
            .function("rfc3339_parse", functions::rfc3339_parse())
            .function("unix_timestamp_parse", functions::unix_timestamp_parse());
        TimeProvider { schema: Schema::new(Block::new("Points in time take no settings.")), catalog }
    }
}

impl Default for TimeProvider {
    fn default() -> TimeProvider {
        TimeProvider::new()
    }
}

impl Provider for TimeProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("time")
    }

    fn mirrored_version(&self) -> &str {
        "0.14.2"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}
