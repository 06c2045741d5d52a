//! Blocks to their meaning, one file per topic.

mod constant;
mod encryption;
mod import;
mod provisioner;
mod refactor;
mod resource;
mod settings;
mod shape;
mod values;

use lang::ast::{Block, Body};
use model::{Diagnostics, err};

use crate::module::{Local, Module};

pub use encryption::{parse_encryption, read_encryption};
pub use resource::check_source;
pub use shape::extraneous_property;
use shape::{BlockSpec, BodySpec, labels};

const TOP_LEVEL: &[BlockSpec] = &[
    BlockSpec { ty: "terraform", labels: &[] },
    BlockSpec { ty: "required_providers", labels: &[] },
    BlockSpec { ty: "provider", labels: &["name"] },
    BlockSpec { ty: "variable", labels: &["name"] },
    BlockSpec { ty: "locals", labels: &[] },
    BlockSpec { ty: "output", labels: &["name"] },
    BlockSpec { ty: "module", labels: &["name"] },
    BlockSpec { ty: "resource", labels: &["type", "name"] },
    BlockSpec { ty: "data", labels: &["type", "name"] },
    BlockSpec { ty: "ephemeral", labels: &["type", "name"] },
    BlockSpec { ty: "moved", labels: &[] },
    BlockSpec { ty: "removed", labels: &[] },
    BlockSpec { ty: "import", labels: &[] },
    BlockSpec { ty: "check", labels: &["name"] },
];

/// Adds what the body of one file says to its module.
pub fn decode_file(body: &Body, module: &mut Module, diags: &mut Diagnostics) {
    BodySpec { attributes: &[], blocks: TOP_LEVEL, open: false }.check(body, diags);
    for block in &body.blocks {
        decode_block(block, module, diags);
    }
}

fn decode_block(block: &Block, module: &mut Module, diags: &mut Diagnostics) {
    let Some(spec) = TOP_LEVEL.iter().find(|s| s.ty == &*block.ty.name) else { return };
    let Some(names) = labels(block, spec, diags) else { return };
    match spec.ty {
        "terraform" => settings::terraform(block, module, diags),
        "provider" => settings::provider(block, names[0], module, diags),
        "variable" => values::variable(block, names[0], module, diags),
        "locals" => locals(block, module, diags),
        "output" => values::output(block, names[0], module, diags),
        "module" => resource::module_call(block, names[0], module, diags),
        "resource" | "data" | "ephemeral" => resource::resource(block, names[0], names[1], module, diags),
        "moved" => refactor::moved(block, module, diags),
        "removed" => refactor::removed(block, module, diags),
        "import" => import::import(block, module, diags),
        "check" => refactor::check(block, names[0], module, diags),
        _ => {}
    }
}

fn locals(block: &Block, module: &mut Module, diags: &mut Diagnostics) {
    if let Some(nested) = block.body.blocks.first() {
        diags.push(err!(
            nested.ty.span,
            format!("Unexpected {:?} block", &*nested.ty.name),
            "In \"locals\" there are only arguments. To define a value named {0:?}, write {0} = ... instead.",
            nested.ty.name
        ));
    }
    for attribute in &block.body.attributes {
        let name = attribute.name.name.clone();
        let span = attribute.span;
        if module.locals.contains_key(&name) {
            diags.push(err!(
                span,
                "Duplicate local value definition",
                "There is a local value {name:?} already. Each local value of a module needs a name of its own."
            ));
            continue;
        }
        module.locals.insert(name.clone(), Local { name, expr: attribute.expr.clone(), span });
    }
}

/// The value of a variable's default, which is constant.
pub fn constant_default(expr: &lang::ast::Expr, diags: &mut Diagnostics) -> Option<model::Value> {
    constant::constant_any(expr, diags)
}
