//! What people and their tools read: diagnostics, plans, states, progress.
//!
//! Everything here goes from data to text or JSON; [`stream`] and [`progress`] also write it, to writers that they are
//! given. People see components by their own names ([`display_address`]), tools see plain addresses.

mod address;
mod body;
mod checks_json;
pub mod configuration_json;
pub mod diagnostic;
mod difference;
pub mod ephemeral;
pub mod graph;
pub mod markdown;
pub mod messages;
pub mod outputs;
pub mod plan;
pub mod plan_json;
pub mod progress;
pub mod schema_json;
pub(crate) mod sequence;
mod shapes;
mod snippet;
pub mod state;
pub mod state_json;
pub mod stream;
pub mod streamed;
pub mod text;
pub mod time;
pub mod why;
pub mod words;

pub use address::display_address;
pub use text::Screen;
pub use time::now;
