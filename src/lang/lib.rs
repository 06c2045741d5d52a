//! The language: text to syntax tree to values.
//!
//! [`parse`] turns text into an [`ast::Body`] and collects every syntax error it can find. [`mod@eval`] turns an
//! [`ast::Expr`] into a [`model::Value`], asking a [`Scope`] for whatever a name stands for. [`functions`] is the table
//! of functions. [`mod@fmt`] brings text into the canonical style. This layer knows neither blocks' meaning nor state
//! nor providers, and reads no file by itself.
//!
//! Start reading at [`ast`], then [`mod@eval`].
//!
//! ```
//! use lang::{eval_constant, parse::parse_expr};
//! use model::{FileId, Value};
//! let expr = parse_expr(FileId(0), "[for x in [1, 2] : x * 2][1]").expect("no syntax error");
//! assert_eq!(eval_constant(&expr).0, Value::number(4));
//! ```

pub mod ast;
pub mod display;
pub mod eval;
pub mod fmt;
pub mod functions;
pub mod json;
pub mod outline;
pub mod parse;
pub mod references;
mod scope;
pub mod typeexpr;

pub use eval::{eval, eval_checked, eval_constant, eval_template, explained};
pub use scope::{Resolved, Scope};
