//! The stack itself: its block, and what belongs to it.

use lang::ast::Block;
use model::{Diagnostics, Span, Str};

use crate::bind::{self, Bindings, Demand};
use crate::component::{ComponentId, Draft};
use crate::grants::Grant;
use crate::{shape, zenml};

/// A `stack` block and what belongs to it.
#[derive(Clone, Debug)]
pub struct Stack {
    /// Its name.
    pub name: Str,
    /// What it is for.
    pub description: Option<Str>,
    /// Who to ask about it.
    pub owner: Option<Str>,
    /// The release of ZenML that its stack file is for.
    pub zenml_version: Str,
    /// Its components with their flavors, in source order.
    pub components: Vec<Component>,
    /// Which component got what it needs from which.
    pub bindings: Vec<bind::Binding>,
    /// Optional parts that are there because a component asked.
    pub demands: Vec<Demand>,
    /// The permissions that components get on each other.
    pub grants: Vec<Grant>,
    /// The block's header.
    pub span: Span,
}

/// A component of a stack.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its type and name.
    pub id: ComponentId,
    /// Its flavor's name.
    pub flavor: Str,
    /// The block's header.
    pub span: Span,
}

/// Reads a `stack` block.
pub fn decode(block: &Block, diags: &mut Diagnostics) -> Option<Stack> {
    let [name] = shape::labels(block, ["name"], diags)?;
    shape::check_name(name, diags);
    let attributes = &[("description", false), ("owner", false), ("zenml_version", false)];
    shape::Shape { what: "a stack", attributes, blocks: &[] }.check(&block.body, diags);
    let version = shape::literal_string(&block.body, "zenml_version", diags);
    Some(Stack {
        name: name.name.clone(),
        description: shape::literal_string(&block.body, "description", diags),
        owner: shape::literal_string(&block.body, "owner", diags),
        zenml_version: version.unwrap_or_else(|| zenml::DEFAULT_VERSION.into()),
        components: Vec::new(),
        bindings: Vec::new(),
        demands: Vec::new(),
        grants: Vec::new(),
        span: block.header,
    })
}

impl Stack {
    /// The stack with what was found out about it.
    pub fn with(self, drafts: &[Draft], bindings: Bindings, grants: Vec<Grant>) -> Stack {
        let component = |d: &Draft| {
            let flavor = d.flavor.as_ref()?.name.clone();
            Some(Component { id: d.id.clone(), flavor, span: d.header() })
        };
        Stack {
            components: drafts.iter().filter_map(component).collect(),
            bindings: bindings.bindings,
            demands: bindings.demands.into_iter().collect(),
            grants,
            ..self
        }
    }
}
