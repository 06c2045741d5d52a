//! The vocabulary of Stackwright: what every other layer talks about.
//!
//! Here live positions in source text ([`Span`], [`SourceMap`]), [`Diagnostic`]s, [`Type`]s, [`Value`]s with
//! unknowns and [`Marks`], [`Path`]s into values, addresses, schemas, points in time and the explicit [`json`] codec.
//! Nothing here performs I/O, evaluates expressions or knows a provider.
//!
//! Start reading at [`Value`].
//!
//! ```
//! use model::Value;
//! let tags = Value::object([("team", Value::string("ml"))]);
//! assert!(tags.is_wholly_known());
//! assert_eq!(tags.get("team"), Some(&Value::string("ml")));
//! ```

pub mod address;
mod conform;
pub mod convert;
pub mod diagnostic;
pub mod duration;
mod elements;
pub mod glob;
pub mod instant;
pub mod json;
pub mod marks;
pub mod number;
pub mod ops;
pub mod path;
pub mod quote;
mod refine;
pub mod schema;
pub mod span;
pub mod stage;
pub mod ty;
pub mod unify;
pub mod value;
mod walk;

pub use address::{
    InstanceAddr, InstanceKey, ModuleAddr, ModulePath, ProviderAddr, ResourceAddr, ResourceMode,
};
pub use diagnostic::{Diagnostic, Diagnostics, FunctionCall, Severity};
pub use marks::Marks;
pub use number::Number;
pub use path::{Path, PathStep};
pub use schema::{Attribute, AttributeKind, Block, NestedBlock, Nesting, Schema};
pub use span::{FileId, SourceMap, Span};
pub use stage::{Stage, Stages};
pub use ty::{ObjectType, Type};
pub use value::{Kind, Mapping, Nullness, Refinement, Sequence, Str, UnknownValue, Value};
