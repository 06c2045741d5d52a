//! Crashes at every moment, over a simulated cloud that is slow, forgetful and faulty.
//!
//! A [`director`] decides in which order requests, answers and writes come, and at which of them the program dies: a moment
//! stands before and after each call and each write. The [`matrix`] records the world at each moment of a run over sixty
//! resources, and has another program go on from each of these worlds, which may die too. [`lives`] leads stacks through
//! years: made, changed, failing, dying, meddled with, worked on by two people at once, destroyed.
//!
//! [`waits`] measures instead: how many calls runs make, and how long they take by the cloud's clock.
//!
//! The engine is the real one; what is around it is that of `soak`, with `providers/sim` in place of its provider.
//!
//! Start reading at [`matrix::run`].

pub mod checks;
pub mod director;
pub mod disk;
pub mod lives;
pub mod matrix;
pub mod program;
pub mod stack;
pub mod together;
pub mod waits;

pub use soak::Counts;

#[cfg(test)]
mod tests;
