//! What people and their tools read: diagnostics, plans, states, progress.
//!
//! Every function here is pure, from data to text or JSON; [`progress`] alone writes, to streams that it is given.

mod address;
pub mod diagnostic;
mod snippet;
pub mod text;

pub use address::display_address;
pub use text::Screen;
