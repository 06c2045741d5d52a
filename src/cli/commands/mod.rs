//! One file per command.

pub mod apply;
pub mod completion;
pub mod console;
pub mod destroy;
pub mod explain;
pub mod fmt;
pub mod force_unlock;
pub mod functions;
pub mod init;
pub mod output;
pub mod plan;
pub mod providers;
pub mod refresh;
mod run;
pub mod schema;
pub mod show;
pub mod state;
pub mod validate;
pub mod version;
