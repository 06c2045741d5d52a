//! `variable` and `output` blocks.

use lang::ast::{Block, Body, Expr, Ident};
use lang::typeexpr::{self, TypeConstraint};
use model::{Diagnostics, Value, err};

use super::constant;
use super::shape::{BlockSpec, BodySpec, check_name, reference_list, unlabelled};
use crate::module::{Condition, Module, Output, Variable};
use crate::reference::Reference;

/// Reads the condition blocks of a type.
pub fn conditions(body: &Body, ty: &'static str, diags: &mut Diagnostics) -> Vec<Condition> {
    let blocks = unlabelled(body, ty, diags);
    blocks.into_iter().filter_map(|block| condition(block, diags)).collect()
}

/// Reads a condition block; both arguments are required.
fn condition(block: &Block, diags: &mut Diagnostics) -> Option<Condition> {
    BodySpec { attributes: &[("condition", true), ("error_message", true)], blocks: &[], open: false }
        .check(&block.body, diags);
    let condition = block.body.attribute("condition")?.expr.clone();
    let message = block.body.attribute("error_message")?.expr.clone();
    if lang::references::references(&condition).is_empty() {
        diags.push(err!(
            condition.span,
            format!("Invalid {} expression", block.ty.name),
            "The condition must refer to at least one object, or else its result is always the same."
        ));
        return None;
    }
    Some(Condition { condition, message, span: block.header })
}

const VARIABLE: BodySpec<'_> = BodySpec {
    attributes: &[
        ("description", false),
        ("default", false),
        ("type", false),
        ("sensitive", false),
        ("ephemeral", false),
        ("nullable", false),
        ("deprecated", false),
    ],
    blocks: &[BlockSpec { ty: "validation", labels: &[] }],
    open: false,
};

const RESERVED_VARIABLES: &[&str] =
    &["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"];

/// Reads a `variable` block.
pub fn variable(block: &Block, name: &Ident, module: &mut Module, diags: &mut Diagnostics) {
    VARIABLE.check(&block.body, diags);
    check_name(name, "Invalid variable name", diags);
    if RESERVED_VARIABLES.contains(&&*name.name) {
        diags.push(err!(
            name.span,
            "Invalid variable name",
            "No variable can be named {:?}: in a module block that is an argument of the call itself.",
            name.name
        ));
    }
    let body = &block.body;
    let flag = |name: &str, default: bool, diags: &mut Diagnostics| {
        body.attribute(name).and_then(|a| constant::bool(&a.expr, diags)).unwrap_or(default)
    };
    let constraint = match body.attribute("type") {
        Some(a) => diags.absorb(typeexpr::parse(&a.expr)).unwrap_or_else(TypeConstraint::any),
        None => TypeConstraint::any(),
    };
    let variable = Variable {
        name: name.name.clone(),
        description: body.attribute("description").and_then(|a| constant::string(&a.expr, diags)),
        sensitive: flag("sensitive", false, diags),
        ephemeral: flag("ephemeral", false, diags),
        nullable: flag("nullable", true, diags),
        default: body.attribute("default").map(|a| a.expr.clone()),
        validations: conditions(body, "validation", diags),
        is_literal: body.attribute("type").is_none() || constraint.ty.is_primitive(),
        constraint,
        span: block.header,
    };
    check_default(&variable, diags);
    for block in body.blocks_of("validation").filter(|block| block.labels.is_empty()) {
        if let Some(condition) = block.body.attribute("condition") {
            check_subject(&variable, &condition.expr, diags);
        }
    }
    if module.variables.contains_key(&name.name) {
        diags.push(err!(
            block.header,
            "Duplicate variable declaration",
            "There is a variable {:?} already. Each variable of a module needs a name of its own.",
            name.name
        ));
        return;
    }
    module.variables.insert(name.name.clone(), variable);
}

/// A validation must be about the variable's own value.
fn check_subject(variable: &Variable, condition: &Expr, diags: &mut Diagnostics) {
    let own = Reference::Variable(variable.name.clone());
    let found = lang::references::references(condition);
    if !found.iter().any(|t| Reference::parse(t).is_ok_and(|(r, _)| r == own)) {
        diags.push(err!(
            condition.span,
            "Invalid variable validation condition",
            "The condition must refer to var.{}, the value that it is to judge.",
            variable.name
        ));
    }
}

fn check_default(variable: &Variable, diags: &mut Diagnostics) {
    let Some(expr) = &variable.default else { return };
    let Some(value) = constant::constant_any(expr, diags) else { return };
    if value.is_null() && !variable.nullable {
        diags.push(err!(
            expr.span,
            "Invalid default value for variable",
            "The default is null, which nullable = false rules out."
        ));
        return;
    }
    let ty_checked = match value == Value::null() {
        true => Ok(value),
        false => variable.constraint.apply(&value),
    };
    if let Err(e) = ty_checked {
        diags.push(err!(
            expr.span,
            "Invalid default value for variable",
            "The default does not suit the type of the variable: {}.",
            e.full()
        ));
    }
}

const OUTPUT: BodySpec<'_> = BodySpec {
    attributes: &[
        ("description", false),
        ("value", true),
        ("depends_on", false),
        ("sensitive", false),
        ("ephemeral", false),
        ("deprecated", false),
    ],
    blocks: &[BlockSpec { ty: "precondition", labels: &[] }, BlockSpec { ty: "postcondition", labels: &[] }],
    open: false,
};

/// Reads an `output` block.
pub fn output(block: &Block, name: &Ident, module: &mut Module, diags: &mut Diagnostics) {
    OUTPUT.check(&block.body, diags);
    check_name(name, "Invalid output name", diags);
    let body = &block.body;
    for postcondition in unlabelled(body, "postcondition", diags) {
        diags.push(err!(
            postcondition.header,
            "Postconditions are not allowed",
            "An output takes preconditions only: there is nothing to check after it."
        ));
    }
    let flag = |name: &str, diags: &mut Diagnostics| {
        body.attribute(name).and_then(|a| constant::bool(&a.expr, diags)).unwrap_or(false)
    };
    let (sensitive, ephemeral) = (flag("sensitive", diags), flag("ephemeral", diags));
    if ephemeral && module.path.is_root() {
        diags.push(err!(
            block.header,
            "Ephemeral output not allowed",
            "Outputs of the root module are stored, so none can be ephemeral."
        ));
    }
    let description = body.attribute("description").and_then(|a| constant::string(&a.expr, diags));
    let depends_on = body.attribute("depends_on").map(|a| reference_list(&a.expr, diags)).unwrap_or_default();
    let preconditions = conditions(body, "precondition", diags);
    if module.outputs.contains_key(&name.name) {
        diags.push(err!(
            block.header,
            "Duplicate output definition",
            "There is an output {:?} already. Each output of a module needs a name of its own.",
            name.name
        ));
        return;
    }
    let Some(value) = body.attribute("value") else { return };
    let output = Output {
        name: name.name.clone(),
        value: value.expr.clone(),
        description,
        sensitive,
        ephemeral,
        depends_on,
        preconditions,
        span: block.header,
    };
    module.outputs.insert(name.name.clone(), output);
}
