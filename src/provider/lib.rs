//! The contract between Stackwright and whatever makes things exist.
//!
//! A [`Provider`] brings a [`Catalog`]: resource types, data sources and ephemeral resources, each a small object with a
//! schema and async methods over typed [`model::Value`]s. The planner calls `validate`, `read` and `plan`, apply calls
//! `plan`, `create`, `update` and `delete`; `recover` finds again what an interrupted create made. This layer decides
//! no plan and keeps no state; what a provider needs of the outside (clock, randomness, files) comes in a [`Call`].
//!
//! Start reading at [`ResourceType`]. [`kit`] checks that a provider keeps the contract.

mod attributes;
mod budget;
mod call;
pub mod cidr;
pub mod contract;
mod crowd;
mod digests;
mod error;
mod flavors;
mod function;
mod guard;
pub mod kit;
mod listing;
mod patience;
mod propose;
mod provisioner;
pub mod random;
mod registry;
mod resource;
mod retry;
pub mod sheet;

pub use attributes::{changed, changed_entries, config_of, text, with_attributes};
pub use budget::{Budget, Budgets, Rate, Refused};
pub use call::{Attempt, Call, Cancel, Ownership, Progress, Surroundings, Warnings};
pub use crowd::{Crowd, Places};
pub use digests::{Digests, hex};
pub use error::{ErrorKind, ProviderError};
pub use flavors::{EmbeddedFlavor, EmbeddedFlavors};
pub use function::{Function, FunctionError, Parameter, Signature};
pub use guard::caught;
pub use listing::{ListRequest, Listed, Listing, Lists, Page, list_all};
pub use patience::Patience;
pub use propose::{configurable, propose};
pub use provisioner::{Lines, Provisioner, Provisioning};
pub use registry::Registry;
pub use resource::{
    CreateClass, DataSource, Ephemeral, Failed, Imported, Leftover, MovedFrom, Object, Owner, PlanRequest,
    PlannedChange, Recovery, ResourceType, TakenOver,
};
pub use retry::pause;

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use model::{ProviderAddr, Schema, Str, Value};

/// What a provider made of its configuration: connections, credentials, settings. Only the provider looks inside.
pub type Client = Arc<dyn Any + Send + Sync>;

/// A source of resource types under one address.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The address under which Terraform knows it.
    fn addr(&self) -> ProviderAddr;

    /// The version of Terraform's provider that this one mirrors (`5.100.0`), for `required_providers`.
    fn mirrored_version(&self) -> &str;

    /// What a `provider` block may hold.
    fn schema(&self) -> &Schema;

    /// Everything it offers.
    fn catalog(&self) -> &Catalog;

    /// Checks a configuration, which may be unknown in part, without touching anything outside.
    fn validate(&self, _config: &Value) -> Vec<ProviderError> {
        Vec::new()
    }

    /// Makes a client from a configuration. Called once per configuration and run, and only when something needs it. A
    /// provider that takes no settings needs none.
    async fn configure(
        &self,
        _config: &Value,
        _around: Arc<dyn Surroundings>,
    ) -> Result<Client, ProviderError> {
        Ok(Arc::new(()))
    }
}

/// Everything a provider offers, by type name.
#[derive(Default, Clone)]
pub struct Catalog {
    /// Managed resource types.
    pub resources: BTreeMap<Str, Arc<dyn ResourceType>>,
    /// Data sources.
    pub data_sources: BTreeMap<Str, Arc<dyn DataSource>>,
    /// Ephemeral resource types.
    pub ephemerals: BTreeMap<Str, Arc<dyn Ephemeral>>,
    /// Functions.
    pub functions: BTreeMap<Str, Arc<dyn Function>>,
}

impl Catalog {
    /// Adds a resource type.
    pub fn resource(mut self, name: &str, ty: impl ResourceType + 'static) -> Catalog {
        self.resources.insert(name.into(), Arc::new(guard::Guarded(ty)));
        self
    }

    /// Adds a data source.
    pub fn data_source(mut self, name: &str, source: impl DataSource + 'static) -> Catalog {
        self.data_sources.insert(name.into(), Arc::new(guard::Guarded(source)));
        self
    }

    /// Adds an ephemeral resource type.
    pub fn ephemeral(mut self, name: &str, ty: impl Ephemeral + 'static) -> Catalog {
        self.ephemerals.insert(name.into(), Arc::new(guard::Guarded(ty)));
        self
    }

    /// Adds a function.
    pub fn function(mut self, name: &str, function: impl Function + 'static) -> Catalog {
        self.functions.insert(name.into(), Arc::new(function));
        self
    }
}

/// Describes how one kind of `connector` block becomes a `provider` block. A cloud's folder brings one.
pub trait ConnectorType: Send + Sync {
    /// The kind, the block's first label: `aws`.
    fn kind(&self) -> &str;

    /// The provider that it configures.
    fn provider(&self) -> ProviderAddr;

    /// What a `connector` block of this kind may hold beside `environments`.
    fn schema(&self) -> &Schema;

    /// The provider's arguments by the connector's arguments' names; an argument that is not listed goes under its own
    /// name. `expect_account` becomes the provider's own assertion here.
    fn renames(&self) -> &[(&str, &str)] {
        &[]
    }

    /// The provider's arguments that take a list where the connector's take one value.
    fn lists(&self) -> &[&str] {
        &[]
    }
}

/// The files of a flavor: its manifest `flavor.hcl`, its module, its grants.
#[derive(Clone, Debug, Default)]
pub struct FlavorFiles {
    /// Texts by path relative to the flavor's folder.
    pub files: BTreeMap<String, Str>,
}

/// Where flavors come from: embedded in a provider's folder, or a team's own directory.
pub trait FlavorSource: Send + Sync {
    /// The flavors as (component type, flavor), ordered.
    fn list(&self) -> Vec<(String, String)>;

    /// The files of one flavor.
    fn files(&self, component_type: &str, flavor: &str) -> Option<FlavorFiles>;
}
