//! Flavors: what they are, need and give.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lang::ast::Expr;
use model::{Span, Str};

/// Variables of a flavor that the stack fills, not the component's block.
pub const RESERVED: &[&str] = &["context", "demands", "on_destroy", "size"];

/// A way to realise a component type.
#[derive(Clone, Debug)]
pub struct Flavor {
    /// The component type.
    pub component_type: Str,
    /// Its name.
    pub name: Str,
    /// What it is, in one line.
    pub description: String,
    /// Where it runs or lies.
    pub location: Location,
    /// What it needs of other components.
    pub requires: Vec<Requirement>,
    /// What it offers to other components.
    pub provides: Vec<Provision>,
    /// Who the component is when it acts: an expression over `output`.
    pub identity: Option<Arc<Expr>>,
    /// The access that it can grant to others.
    pub offers: Vec<Offer>,
    /// How ZenML knows it, where ZenML does.
    pub zenml: Option<Zenml>,
    /// The variables of its module by name.
    pub variables: BTreeMap<Str, Parameter>,
    /// The outputs of its module by name, and whether each is sensitive.
    pub outputs: BTreeMap<Str, bool>,
    /// The providers that its module uses, by local name.
    pub providers: BTreeSet<Str>,
    /// The manifest's header.
    pub span: Span,
}

/// Where a component runs or lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// On the machine of whoever uses it: others cannot reach it.
    Local,
    /// Where others can reach it.
    Remote,
}

/// `requires "<capability>" { as = "<variable>" }`
#[derive(Clone, Debug)]
pub struct Requirement {
    /// What is needed.
    pub capability: Str,
    /// The variable that receives the capability's value.
    pub variable: Str,
    /// Whether the component works without it.
    pub optional: bool,
    /// The block's header.
    pub span: Span,
}

/// `provides "<capability>" { value = output.x }`
#[derive(Clone, Debug)]
pub struct Provision {
    /// What is offered.
    pub capability: Str,
    /// Its value: an expression over `output`.
    pub value: Arc<Expr>,
    /// Whether it is there only when somebody asks, through the variable `demands`.
    pub on_demand: bool,
}

/// `offers "<level>" {}`
#[derive(Clone, Debug)]
pub struct Offer {
    /// The level of access, and the folder in `grants/` that grants it.
    pub level: Str,
    /// What access is granted to: an expression over `output`; all outputs where it is left out.
    pub target: Option<Arc<Expr>>,
    /// The block's header.
    pub span: Span,
}

/// `zenml { flavor = "...", config = {...} }`
#[derive(Clone, Debug)]
pub struct Zenml {
    /// ZenML's name of the flavor.
    pub flavor: Str,
    /// Its configuration: an expression over `output`.
    pub config: Option<Arc<Expr>>,
}

/// A variable of a flavor's module.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Whether it has no default.
    pub required: bool,
    /// What it is for.
    pub description: String,
}

impl Flavor {
    /// The variable of a name, unless the stack fills it.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.variables.get(name).filter(|_| !RESERVED.contains(&name))
    }

    /// The provision of a capability.
    pub fn provision(&self, capability: &str) -> Option<&Provision> {
        self.provides.iter().find(|p| &*p.capability == capability)
    }

    /// What it offers at a level.
    pub fn offer(&self, level: &str) -> Option<&Offer> {
        self.offers.iter().find(|o| &*o.level == level)
    }

    /// The arguments that a component's block must give: required variables that nothing else fills.
    pub fn required_arguments(&self) -> impl Iterator<Item = &Str> {
        let bound = |name: &Str| self.requires.iter().any(|r| r.variable == *name);
        self.variables
            .iter()
            .filter(move |(n, v)| v.required && !RESERVED.contains(&&***n) && !bound(n))
            .map(|(n, _)| n)
    }
}
