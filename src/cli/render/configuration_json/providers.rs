//! The provider configurations of all modules, written, required or implied, and which of them a resource uses.
//!
//! A key is the local name with the alias, of a called module with the module's address before it. What a module is given
//! by its caller, or has because its caller has it, is the caller's: it is no entry of its own.

use std::collections::BTreeMap;

use config::{Config, Module, ProviderBlock, ProviderKey};
use model::{ModulePath, ProviderAddr};
use serde_json::{Map, Value as Json};

use super::body;

/// What one key stands for.
struct Entry {
    addr: ProviderAddr,
    shown: Map<String, Json>,
    /// The key of the configuration that this one really is.
    source: Option<String>,
}

/// All provider configurations by key.
pub struct Providers(BTreeMap<String, Entry>);

impl Providers {
    /// Finds the provider configurations of a configuration.
    pub fn of(config: &Config) -> Providers {
        let mut found = Providers(BTreeMap::new());
        // Callers come before what they call.
        for module in config.modules.values() {
            found.own(module);
            found.required(module);
            found.implied(module);
            for call in module.calls.values() {
                let Some(child) = config.modules.get(&module.path.child(&call.name)) else { continue };
                for (inner, outer) in &call.providers {
                    let addr = child.provider_addr(&inner.name);
                    let source = found.source(&module.path, &outer.key.to_string(), &addr);
                    found.add(child, inner, &addr, source);
                }
            }
        }
        found
    }

    /// The section of the document.
    pub fn section(&self) -> Map<String, Json> {
        let own = self.0.iter().filter(|(_, entry)| entry.source.is_none());
        own.map(|(key, entry)| (key.clone(), Json::Object(entry.shown.clone()))).collect()
    }

    /// The key of the configuration that a module's key means.
    pub fn key(&self, module: &Module, key: &ProviderKey) -> String {
        let own = opaque(&module.path, &key.to_string());
        self.0.get(&own).and_then(|entry| entry.source.clone()).unwrap_or(own)
    }

    fn own(&mut self, module: &Module) {
        for block in module.providers.values() {
            let entry = Entry {
                addr: module.provider_addr(&block.key.name),
                shown: shown_block(module, block),
                source: None,
            };
            self.0.insert(opaque(&module.path, &block.key.to_string()), entry);
        }
    }

    fn required(&mut self, module: &Module) {
        for (name, required) in &module.required_providers {
            let plain = ProviderKey { name: name.clone(), alias: None };
            required.aliases.iter().for_each(|alias| self.add_missing(module, alias, &required.addr));
            self.add_missing(module, &plain, &required.addr);
        }
    }

    /// Every provider that a module needs is also there under the name that it has by itself.
    fn implied(&mut self, module: &Module) {
        let required = module.required_providers.values().map(|r| r.addr.clone());
        let used = module.resources.values().map(|r| module.provider_addr(&module.provider_key(r).name));
        for addr in required.chain(used) {
            self.add_missing(module, &ProviderKey { name: addr.ty.clone(), alias: None }, &addr);
        }
    }

    /// Adds what is not there yet; where the caller has it under the same name, it is the caller's.
    fn add_missing(&mut self, module: &Module, key: &ProviderKey, addr: &ProviderAddr) {
        if self.0.contains_key(&opaque(&module.path, &key.to_string())) {
            return;
        }
        let parent = module.path.parent().filter(|_| key.alias.is_none());
        let source = parent.and_then(|(path, _)| self.source(&path, &key.name, addr));
        self.add(module, key, addr, source);
    }

    fn add(&mut self, module: &Module, key: &ProviderKey, addr: &ProviderAddr, source: Option<String>) {
        let shown = shown(module, key, &key.to_string(), addr);
        self.0.insert(opaque(&module.path, &key.to_string()), Entry { addr: addr.clone(), shown, source });
    }

    /// The configuration that a module has under a key, if it is of this provider.
    fn source(&self, path: &ModulePath, key: &str, addr: &ProviderAddr) -> Option<String> {
        let own = opaque(path, key);
        let entry = self.0.get(&own).filter(|entry| entry.addr == *addr)?;
        Some(entry.source.clone().unwrap_or(own))
    }
}

fn opaque(path: &ModulePath, key: &str) -> String {
    if path.is_root() { key.to_owned() } else { format!("{path}:{key}") }
}

fn shown(module: &Module, key: &ProviderKey, name: &str, addr: &ProviderAddr) -> Map<String, Json> {
    let mut out = Map::new();
    out.insert("name".into(), name.into());
    out.insert("full_name".into(), addr.to_string().into());
    if !module.path.is_root() {
        out.insert("module_address".into(), module.path.to_string().into());
    }
    if let Some(version) = module.required_providers.get(&key.name).and_then(|r| r.version.as_ref()) {
        out.insert("version_constraint".into(), version.as_str().into());
    }
    out
}

fn shown_block(module: &Module, block: &ProviderBlock) -> Map<String, Json> {
    let mut out = shown(module, &block.key, &block.key.name, &module.provider_addr(&block.key.name));
    if let Some(alias) = &block.key.alias {
        out.insert("alias".into(), alias.to_string().into());
    }
    let expressions = body(&block.body, None);
    if !expressions.is_empty() {
        out.insert("expressions".into(), Json::Object(expressions));
    }
    out
}
