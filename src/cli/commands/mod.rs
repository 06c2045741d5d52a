//! One file for each command.
//!
//! A command takes its arguments, what it works on, and a [`Terminal`]. It gives an exit status, or the diagnostics
//! that the caller shows before it exits with 1.

pub mod completion;
pub mod console;
pub mod explain;
pub mod fmt;
pub mod force_unlock;
pub mod functions;
pub mod output;
pub mod show;
pub mod state;
mod terminal;
pub mod version;

pub use terminal::Terminal;

#[cfg(test)]
mod tests;
