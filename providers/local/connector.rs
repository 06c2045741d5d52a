//! The connector `local`: this machine.

use model::{ProviderAddr, Schema};
use provider::ConnectorType;

use crate::{StackwrightProvider, settings};

/// `connector "local"` configures the provider `stackwright`: its `root` is where the stack's files lie.
pub struct LocalConnector {
    schema: Schema,
}

impl LocalConnector {
    /// The connector type.
    pub fn new() -> LocalConnector {
        LocalConnector { schema: settings::schema("Puts the stack's files on this machine.") }
    }
}

impl Default for LocalConnector {
    fn default() -> LocalConnector {
        LocalConnector::new()
    }
}

impl ConnectorType for LocalConnector {
    fn kind(&self) -> &str {
        "local"
    }

    fn provider(&self) -> ProviderAddr {
        StackwrightProvider::address()
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }
}
