//! The providers of a binary, and the clients that were made of their configurations.

use std::sync::{Arc, Mutex, PoisonError};

use model::{ProviderAddr, Value};
use tokio::sync::OnceCell;

use crate::{Client, Provider, ProviderError, Provisioner, Surroundings};

/// The providers of a binary, found by address, and its provisioners, found by name.
#[derive(Default, Clone)]
pub struct Registry {
    providers: Vec<Arc<dyn Provider>>,
    provisioners: Vec<Arc<dyn Provisioner>>,
    clients: Clients,
}

/// A client that is being made or was made.
type Making = Arc<OnceCell<Client>>;

/// The clients that were made, with what they were made of; there are few of them.
#[derive(Default, Clone)]
struct Clients(Arc<Mutex<Vec<(ProviderAddr, Value, Making)>>>);

impl Clients {
    fn of(&self, addr: &ProviderAddr, config: &Value) -> Making {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = made.iter().find(|(of, with, _)| of == addr && with == config);
        match same {
            Some((_, _, client)) => client.clone(),
            None => {
                let client = Making::default();
                made.push((addr.clone(), config.clone(), client.clone()));
                client
            }
        }
    }
}

impl Registry {
    /// No provider yet.
    pub fn new() -> Registry {
        Registry::default()
    }

    /// Adds a provider.
    pub fn with(mut self, provider: impl Provider + 'static) -> Registry {
        self.providers.push(Arc::new(provider));
        self
    }

    /// Adds a provisioner.
    pub fn with_provisioner(mut self, provisioner: impl Provisioner + 'static) -> Registry {
        self.provisioners.push(Arc::new(provisioner));
        self
    }

    /// The provisioner of a name.
    pub fn provisioner(&self, name: &str) -> Option<&Arc<dyn Provisioner>> {
        self.provisioners.iter().find(|p| p.name() == name)
    }

    /// All provisioners in the order in which they were added.
    pub fn provisioners(&self) -> &[Arc<dyn Provisioner>] {
        &self.provisioners
    }

    /// The provider of an address, under Terraform's or OpenTofu's registry.
    pub fn get(&self, addr: &ProviderAddr) -> Option<&Arc<dyn Provider>> {
        self.providers.iter().find(|p| p.addr().same_provider(addr))
    }

    /// All providers in the order in which they were added.
    pub fn all(&self) -> &[Arc<dyn Provider>] {
        &self.providers
    }

    /// The client of a provider with a configuration, made when it is first asked for: planning and applying, and all
    /// configurations that say the same, share it. What could not be made is tried again.
    pub async fn client(
        &self,
        provider: &dyn Provider,
        config: &Value,
        around: Arc<dyn Surroundings>,
    ) -> Result<Client, ProviderError> {
        let client = self.clients.of(&provider.addr(), config);
        let make = || crate::caught("take its configuration", provider.configure(config, around));
        client.get_or_try_init(make).await.cloned()
    }
}
