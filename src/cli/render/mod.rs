//! What people and their tools read: diagnostics, plans, states, progress.
//!
//! Every function here is pure, from data to text or JSON; [`progress`] alone writes, to streams that it is given.

mod address;
mod checks_json;
pub mod diagnostic;
pub mod plan_json;
mod shapes;
mod snippet;
pub mod state_json;
pub mod text;

pub use address::display_address;
pub use text::Screen;
