//! One file for each command.
//!
//! Commands that only read or write what they are given take their arguments, what they work on, and a [`Terminal`]; they
//! give an exit status, or the diagnostics that the caller shows before it exits with 1. Commands that load the directory,
//! plan or apply take the [`crate::App`] and tell their diagnostics by themselves.

pub mod apply;
pub mod completion;
pub mod console;
pub mod destroy;
pub mod explain;
pub mod fmt;
pub mod force_unlock;
pub mod functions;
mod generated;
pub mod get;
pub mod graph;
pub mod import;
pub mod init;
pub mod output;
pub mod plan;
pub mod providers;
pub mod rebuild;
mod recover;
pub mod refresh;
mod run;
pub mod schema;
pub mod show;
pub mod state;
mod store;
pub mod taint;
mod terminal;
pub mod validate;
pub mod version;
pub mod workspace;

pub use terminal::Terminal;

#[cfg(test)]
mod tests;
