//! Random values that stay the same once made: mirrors Terraform's provider `hashicorp/random`.
//!
//! Nothing exists outside the state. Every type is a [`recipe::Recipe`]: its arguments, the values that it makes of them,
//! and what an import makes of an identifier; the rest of the contract is the same for all and lies in `recipe`. All
//! randomness comes from the surroundings of a call, or from the `seed` that some types take.
//!
//! Start reading at [`RandomProvider`].
//!
//! ```
//! use provider::Provider;
//! let provider = provider_random::RandomProvider::new();
//! assert!(provider.catalog().resources.contains_key("random_pet"));
//! ```

mod bytes;
mod characters;
mod draw;
mod id;
mod integer;
mod keepers;
mod numbers;
mod password;
mod pet;
mod recipe;
mod shuffle;
mod string;
mod uuid;
mod words;

use model::{Block, ProviderAddr, Schema};
use provider::{Catalog, Provider};

use recipe::Made;

/// Mirrors Terraform's provider `hashicorp/random`.
pub struct RandomProvider {
    schema: Schema,
    catalog: Catalog,
}

impl RandomProvider {
    /// The provider with all its types.
    pub fn new() -> RandomProvider {
        let catalog = Catalog::default()
            .resource("random_bytes", Made::new(bytes::RandomBytes))
            .resource("random_id", Made::new(id::RandomId))
            .resource("random_integer", Made::new(integer::RandomInteger))
            .resource("random_password", Made::new(password::RandomPassword))
            .resource("random_pet", Made::new(pet::RandomPet))
            .resource("random_shuffle", Made::new(shuffle::RandomShuffle))
            .resource("random_string", Made::new(string::RandomString))
            .resource("random_uuid", Made::new(uuid::RandomUuid))
            .ephemeral("random_password", password::EphemeralPassword::new());
        RandomProvider { schema: Schema::new(Block::new("Random values take no settings.")), catalog }
    }
}

impl Default for RandomProvider {
    fn default() -> RandomProvider {
        RandomProvider::new()
    }
}

impl Provider for RandomProvider {
    fn addr(&self) -> ProviderAddr {
        ProviderAddr::implied("random")
    }

    fn mirrored_version(&self) -> &str {
        "3.7.2"
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
