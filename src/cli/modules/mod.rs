//! Modules: where their sources are, how they come here, and where they lie.
//!
//! `init` and `get` install ([`Installer`]): they follow every call, fetch what is not there into a cache that all
//! projects share, copy it into `.terraform/modules`, and write down in `modules.json` what lies where. Every other command
//! only looks there ([`Installed`]) and says what is missing. Modules of flavors are part of the program or of the
//! stack, so they need no installation.

mod address;
mod archive;
mod cache;
mod fetch;
mod git;
mod hosts;
mod http;
mod install;
mod installed;
mod manifest;
mod registry;
mod registry_address;
mod tree;

pub use fetch::Fetcher;
pub use hosts::Hosts;
pub use install::Installer;
pub use installed::Installed;
pub use manifest::path_in as manifest_in;

/// Where fetched packages are kept for all projects of this user.
pub fn cache_dir() -> std::path::PathBuf {
    let named = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(std::path::PathBuf::from);
    let own = named("STACKWRIGHT_CACHE_DIR");
    let base = own.or_else(|| named("XDG_CACHE_HOME").map(|d| d.join("stackwright")));
    let base = base.or_else(|| named("HOME").map(|d| d.join(".cache/stackwright")));
    base.unwrap_or_else(|| crate::project::data_dir().join("cache")).join("modules")
}
