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
mod install;
mod installed;
mod manifest;
mod registry_address;
mod tree;

pub use fetch::Fetcher;
pub use install::Installer;
pub use installed::Installed;
