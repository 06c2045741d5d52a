//! The chosen environment: what its file says.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::ast::{Attribute, Block, Body, Expr, ExprKind};
use model::diagnostic::did_you_mean;
use model::{Diagnostics, Number, Span, Str, err};

use crate::shape::{self, Shape};

/// The sizes that a stack or component can have.
pub const SIZES: &[&str] = &["small", "medium", "large"];

/// The workspace that counts as no environment at all.
const DEFAULT_WORKSPACE: &str = "default";

/// An `environment` block.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name, which is its file's too.
    pub name: Str,
    /// How big things are unless a component says otherwise: one of [`SIZES`].
    pub size: Str,
    /// Whether only a saved plan is applied here.
    pub protected: bool,
    /// What it may cost in a month.
    pub budget: Option<Number>,
    /// Values of the stack's variables; stronger than defaults, weaker than all else.
    pub values: BTreeMap<Str, Arc<Expr>>,
    /// Where its state is kept; takes the place of `terraform { backend }`.
    pub backend: Option<Block>,
    /// The block's header.
    pub span: Span,
}

/// What `environment.name` and `.size` stand for, with or without an environment.
#[derive(Clone, Debug)]
pub struct Setting {
    /// `environment.name`: without an environment the workspace.
    pub name: Str,
    /// `environment.size`
    pub size: Str,
    /// What tells this deployment of the stack from others in names of things; nothing in the default workspace.
    pub label: Option<Str>,
    /// Whether an environment is chosen at all.
    pub is_environment: bool,
}

impl Setting {
    /// The setting of an environment, or else of a workspace.
    pub fn new(environment: Option<&Environment>, workspace: &str) -> Setting {
        match environment {
            Some(e) => Setting {
                name: e.name.clone(),
                size: e.size.clone(),
                label: Some(e.name.clone()),
                is_environment: true,
            },
            None => Setting {
                name: workspace.into(),
                size: SIZES[0].into(),
                label: (workspace != DEFAULT_WORKSPACE).then(|| workspace.into()),
                is_environment: false,
            },
        }
    }

    /// The stack's name with what tells this deployment from others: `churn-dev`.
    pub fn deployment(&self, stack: &str) -> String {
        match &self.label {
            Some(label) => format!("{stack}-{label}"),
            None => stack.to_owned(),
        }
    }
}

const SHAPE: Shape = Shape {
    what: "an environment",
    attributes: &[("size", false), ("protected", false), ("budget", false), ("values", false)],
    blocks: &["backend"],
};

/// Reads the file of the environment `name`; its connectors are read elsewhere.
pub fn decode(name: &str, file: &Body, diags: &mut Diagnostics) -> Option<Environment> {
    for attribute in &file.attributes {
        diags.push(shape::unexpected_argument(
            &attribute.name,
            "an environment's file",
            ["environment"].into_iter(),
        ));
    }
    for block in &file.blocks {
        if !["environment", "connector"].contains(&&*block.ty.name) {
            let known = ["environment", "connector"].into_iter();
            diags.push(shape::unexpected_block(&block.ty, "an environment's file", known));
        }
    }
    let mut blocks = file.blocks_of("environment");
    let Some(block) = blocks.next() else {
        diags.push(err!(
            file.missing_item,
            "Missing environment block",
            "The file of the environment {name:?} must hold one block: environment {name:?} {{ ... }}."
        ));
        return None;
    };
    for other in blocks {
        diags.push(err!(
            other.header,
            "Several environments in one file",
            "The file of an environment holds one environment block; each environment has a file of its own."
        ));
    }
    block_of(name, block, diags)
}

fn block_of(name: &str, block: &Block, diags: &mut Diagnostics) -> Option<Environment> {
    let [label] = shape::labels(block, ["name"], diags)?;
    if &*label.name != name {
        diags.push(err!(
            label.span,
            "Environment in the wrong file",
            "The environment {:?} must lie in environments/{0}.hcl; this is the file of {name:?}.",
            label.name
        ));
    }
    let body = &block.body;
    SHAPE.check(body, diags);
    Some(Environment {
        name: name.into(),
        size: size(body, diags),
        protected: shape::literal_bool(body, "protected", diags).unwrap_or(false),
        budget: budget(body, diags),
        values: values(body, diags),
        backend: backend(body, diags),
        span: block.header,
    })
}

fn size(body: &Body, diags: &mut Diagnostics) -> Str {
    let text = shape::literal_string(body, "size", diags).unwrap_or_else(|| SIZES[0].into());
    shape::one_of(&text, body, "size", SIZES, diags).cloned().unwrap_or_else(|| SIZES[0].into())
}

fn budget(body: &Body, diags: &mut Diagnostics) -> Option<Number> {
    let expr = &body.attribute("budget")?.expr;
    match &expr.unwrapped().kind {
        ExprKind::Number(n) => Some(n.clone()),
        _ => shape::not_literal(expr, "budget", "a number, the costs of a month", diags),
    }
}

fn values(body: &Body, diags: &mut Diagnostics) -> BTreeMap<Str, Arc<Expr>> {
    let Some(Attribute { expr, .. }) = body.attribute("values") else { return BTreeMap::new() };
    let ExprKind::Object(items) = &expr.unwrapped().kind else {
        shape::not_literal::<()>(expr, "values", "an object of values by variable name", diags);
        return BTreeMap::new();
    };
    let mut values = BTreeMap::new();
    for item in items {
        match &item.key.kind {
            ExprKind::String(name) => {
                values.insert(name.clone(), Arc::new(item.value.clone()));
            }
            _ => {
                shape::not_literal::<()>(&item.key, "values", "an object of values by variable name", diags);
            }
        }
    }
    values
}

fn backend(body: &Body, diags: &mut Diagnostics) -> Option<Block> {
    let mut blocks = body.blocks_of("backend");
    let first = blocks.next()?;
    shape::labels(first, ["type"], diags)?;
    for other in blocks {
        diags.push(err!(
            other.header,
            "Several backends",
            "An environment keeps its state in one place, so only one backend block is allowed."
        ));
    }
    Some(first.clone())
}

/// Takes out values for variables that the stack does not have, and reports them.
pub fn check_values(environment: &mut Environment, declared: &[&str], diags: &mut Diagnostics) {
    for (name, expr) in environment.values.iter().filter(|(name, _)| !declared.contains(&&***name)) {
        diags.push(err!(
            expr.span,
            "Value for undeclared variable",
            "The environment {:?} gives a value to {name:?}, but the stack declares no variable of this name.{}",
            environment.name,
            did_you_mean(name, declared.iter().copied())
        ));
    }
    environment.values.retain(|name, _| declared.contains(&&**name));
}
