//! Runs the steps of a plan: journals before and after each effect, decides nothing.
//!
//! [`apply`] takes a plan, the configuration that it was made from, and a locked state. It evaluates arguments once more
//! with final values, asks the provider to plan them again, and holds the answer to what was planned: it may narrow a
//! change, never widen it. What fails stops only what depends on it.
//!
//! What a killed run left open, [`recover`] finds out.
//!
//! Start reading at [`apply`] and [`Outcome`].

mod attempt;
mod conditions;
mod data;
mod ephemeral;
mod events;
mod final_plan;
mod forecast;
mod leftovers;
mod outputs;
mod provision;
mod ready;
mod rebuild;
mod recover;
mod refreshed;
mod reports;
mod run;
mod salvage;
mod settle;
mod stabilise;
mod step;
mod steps;
mod world;

pub use events::{Event, Events, Operation};
pub use rebuild::{Missing, Rebuilt, Stray, rebuild};
pub use recover::{Licence, Recovered, Recovering, recover};
pub use run::{Inputs, Outcome, apply};
