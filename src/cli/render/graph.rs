//! Graphs as pictures: DOT for Graphviz and its like, Mermaid for pages that draw it themselves, SVG laid out here.

mod dot;
mod layout;
mod mermaid;
mod reduce;
mod svg;

use std::collections::BTreeSet;

pub use dot::dot;
pub use mermaid::mermaid;
pub use reduce::reduce;
pub use svg::svg;

/// A graph to draw: nodes, and edges from what waits to what it waits for.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// What is drawn, in the order in which texts list it.
    pub nodes: Vec<Node>,
    /// Who waits for whom, by position in `nodes`, ordered.
    pub edges: BTreeSet<(u32, u32)>,
    /// The edges that belong to a circle and are to be shown as such.
    pub circular: BTreeSet<(u32, u32)>,
    /// Whether it shows how an operation works, with everything that takes part, and not only resources.
    pub is_operation: bool,
}

/// Something in a [`Drawing`].
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name, which no other node has.
    pub name: String,
    /// What is written on it.
    pub label: String,
    /// The module that holds it; empty for the root module.
    pub module: String,
    /// What it is.
    pub kind: Kind,
    /// What is done to it, where the drawing is of a plan.
    pub action: Option<&'static str>,
}

/// What a node is, as far as its look says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A resource that is managed, or held for a run.
    Resource,
    /// A resource that is only read.
    Data,
    /// A provider configuration.
    Provider,
    /// An input variable.
    Variable,
    /// Anything else that is evaluated.
    Value,
    /// Where everything ends.
    Root,
}

#[cfg(test)]
mod tests;
