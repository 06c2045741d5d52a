//! The language: text to syntax tree to values.
//!
//! [`parse`] turns text into an [`ast::Body`] and collects every syntax error it can find. [`mod@eval`] turns an
//! [`ast::Expr`] into a [`model::Value`], asking a [`Scope`] for whatever a name stands for. [`functions`] is the table
//! of functions. [`mod@fmt`] brings text into the canonical style. This layer knows neither blocks' meaning nor state
//! nor providers, and reads no file by itself.
//!
//! Start reading at [`ast`], then [`mod@eval`].

pub mod ast;
pub mod display;
pub mod eval;
pub mod fmt;
pub mod functions;
pub mod parse;
pub mod references;
mod scope;
pub mod typeexpr;

pub use eval::{eval, eval_constant, eval_template};
pub use scope::{Resolved, Scope};
