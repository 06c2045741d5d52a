//! A simulated cloud, as an ordinary provider: `stackwright_sim_*`.
//!
//! A [`Cloud`] holds everything that exists and answers requests; a seed decides all that is left to chance. It is slow,
//! forgetful, throttled and faulty as its [`Settings`] say: objects that take their time and may come to nothing half-way,
//! reads that miss what was just written, answers that are lost, controllers that put things beside what was asked for,
//! people who change things by hand. The resource types cover every way in which an interrupted create is found again.
//!
//! A cloud lies in memory ([`InMemory`], for tests), in a file that all programs of a machine share, or behind HTTP
//! ([`Server`]). It keeps no state of Stackwright's and knows nothing of plans.
//!
//! Start reading at [`Cloud`].

mod api;
mod chance;
mod client;
mod clock;
mod cloud;
mod configure;
mod disk;
mod inventory;
mod item;
mod kind;
mod note;
mod remote;
mod request;
mod resource;
mod server;
mod settings;

pub use api::{Api, InMemory, Moment, Stage};
pub use clock::Clock;
pub use cloud::{Cloud, Entry, PAGE};
pub use disk::OnDisk;
pub use item::Item;
pub use kind::{KINDS, Kind, LOAD_BALANCER, Network};
pub use request::{Body, Filter, Marks, Refusal, Reply, Request, Status, View};
pub use server::Server;
pub use settings::Settings;

use std::sync::Arc;

use async_trait::async_trait;
use model::{ProviderAddr, Schema, Value};
use provider::{Budgets, Catalog, Client, Provider, ProviderError, Surroundings};

use configure::Place;

/// The provider of the simulated cloud.
pub struct SimProvider {
    schema: Schema,
    catalog: Catalog,
    api: Option<Arc<dyn Api>>,
    budgets: Budgets,
}

impl SimProvider {
    /// The provider as configurations use it: each says where its cloud is.
    pub fn new() -> SimProvider {
        let types = Catalog::default().resource("stackwright_sim_note", note::Note::new());
        let add = |catalog: Catalog, kind: &'static Kind| {
            catalog.resource(&format!("stackwright_sim_{}", kind.name), resource::SimType::new(kind))
        };
        let catalog = KINDS.iter().fold(types, add);
        SimProvider { schema: configure::schema(), catalog, api: None, budgets: Budgets::default() }
    }

    /// The provider of one cloud, whatever configurations say.
    pub fn of(api: Arc<dyn Api>) -> SimProvider {
        SimProvider { api: Some(api), ..SimProvider::new() }
    }
}

impl Default for SimProvider {
    fn default() -> SimProvider {
        SimProvider::new()
    }
}

#[async_trait]
impl Provider for SimProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("sim")
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

    fn validate(&self, config: &Value) -> Vec<ProviderError> {
        if self.api.is_some() { Vec::new() } else { configure::check(config) }
    }

    async fn configure(
        &self,
        config: &Value,
        around: Arc<dyn Surroundings>,
    ) -> Result<Client, ProviderError> {
        let place = match &self.api {
            Some(api) => Place { api: api.clone(), name: String::new() },
            None => configure::place(config, &*around)?,
        };
        Ok(Arc::new(client::Client::connect(place, self.budgets.clone(), around).await?))
    }
}

#[cfg(test)]
mod tests;
