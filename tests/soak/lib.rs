//! Random configurations over a fickle provider, from the first apply to the last destroy.
//!
//! A seed decides everything: the resource types ([`kinds`]), a configuration of them ([`compose`]), how it changes
//! ([`change`]), what fails, where the program dies ([`scenario`]). After each step the engine's invariants are checked
//! ([`checks`], [`order`]), against what exists in the provider's [`cloud`] and against what a second, much smaller
//! evaluator and planner says ([`walk`], [`expect`]). One process, no disk, a clock that jumps: some thousand runs a minute.
//!
//! It does not test providers, commands or the language's functions; each of those has its own tests.
//!
//! Start reading at [`run`].

pub mod change;
pub mod checks;
pub mod cloud;
pub mod compose;
pub mod dice;
pub mod engine;
pub mod expect;
pub mod failures;
pub mod kind;
pub mod kinds;
pub mod order;
pub mod play;
pub mod provider;
pub mod recorded;
pub mod repair;
pub mod rules;
pub mod scenario;
pub mod scope;
pub mod spec;
pub mod static_order;
pub mod text;
pub mod val;
pub mod walk;

pub use scenario::{Counts, Failure, replay, run};

#[cfg(test)]
mod breaches;
#[cfg(test)]
mod renewals;
#[cfg(test)]
mod tests;
