//! The language as its users see it: text in, values and diagnostics out.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod corpus;
mod eval;
mod fuzz;
mod references;
mod typeexpr;
mod world;
