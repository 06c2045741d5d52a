//! Stacks: what a machine-learning stack is, lowered into plain configuration.
//!
//! A directory with a `stack` block holds components, each realised by a flavor, and environments with connectors.
//! [`lower`] checks all of it (arguments, requirements, rules of composition) and gives back a root module that knows only
//! modules, providers, resources and outputs. The layers after it know nothing of stacks; people see addresses through
//! [`address`]. Nothing here reads a file, evaluates more than a few constants, or knows state and plan.
//!
//! Start reading at [`lower`].
//!
//! ```
//! use model::SourceMap;
//!
//! let mut sources = SourceMap::new();
//! let (body, _) = lang::parse::parse_body(sources.add("main.tf", "x = 1"), "x = 1");
//! let (lowered, diags) = stack::lower(stack::Inputs {
//!     root: vec![body.clone()],
//!     environment: None,
//!     workspace: "default",
//!     variables: Default::default(),
//!     flavors: &[],
//!     connectors: &[],
//!     sources: &mut sources,
//! });
//! assert!(diags.is_empty());
//! assert_eq!(lowered.root, [body], "what is no stack stays as it is");
//! ```

pub mod address;
mod assign;
mod bind;
mod component;
mod connector;
mod constant;
mod emit;
mod environment;
mod explain;
mod flavor;
mod grants;
mod kinds;
mod library;
mod lower;
mod manifest;
mod names;
mod paste;
mod rewrite;
mod rules;
mod shape;
mod stack;
mod syntax;
mod zenml;

#[cfg(test)]
mod tests;

pub use bind::{Binding, Demand};
pub use component::ComponentId;
pub use environment::{Environment, SIZES};
pub use explain::{explain, explain_topics};
pub use flavor::{Flavor, Location, Offer, Parameter, Provision, Requirement, Zenml};
pub use grants::{CONTRACT, Grant};
pub use kinds::{CAPABILITIES, COMPONENT_TYPES, Capability, ComponentType};
pub use lower::{Inputs, Lowered, lower};
pub use stack::{Component, Stack};
