//! The language as its users see it: text in, values and diagnostics out.

mod corpus;
mod eval;
mod references;
mod typeexpr;
mod world;
