//! Runs the steps of a plan: journals before and after each effect, decides nothing.
//!
//! Start reading at [`Outcome`] and [`Events`].

mod events;

pub use events::{Event, Events, Operation};
