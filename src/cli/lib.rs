//! The terminal's side: command lines in, plans, progress and diagnostics out.
//!
//! [`args`] reads command lines, [`project`] loads directories, [`commands`] holds one file per command, [`render`] words
//! and lays out what people and their tools read. Only this layer touches terminal, environment, clock and files; it
//! decides nothing about infrastructure.
//!
//! Start reading at [`run`].

mod app;
pub mod args;
pub mod commands;
mod files;
mod modules;
mod planfile;
mod profile;
pub mod project;
pub mod render;
mod secrets;
mod variables;
mod view;
mod world;

pub use app::{App, run};
pub use project::Equipment;
pub use view::View;
pub use world::surroundings;

/// This program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The version of Terraform whose behaviour and formats this one has; it is what states and documents say.
pub const TERRAFORM_VERSION: &str = "1.11.4";
