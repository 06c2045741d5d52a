//! `moved`, `removed` and `check` blocks.

use lang::ast::{Block, Body, Expr, Ident, StepKind, Traversal};
use model::{Diagnostic, Diagnostics, InstanceKey, ResourceAddr, ResourceMode, Span, Str, err};

use super::constant;
use super::provisioner::removed_provisioners;
use super::resource;
use super::shape::{BlockSpec, BodySpec, bare_reference, check_name, labels, unlabelled};
use super::values::conditions;
use crate::module::{Check, Module, Moved, RelativeAddr, Removed};

/// Reads a `moved` block.
pub fn moved(block: &Block, module: &mut Module, diags: &mut Diagnostics) {
    BodySpec { attributes: &[("from", true), ("to", true)], blocks: &[], open: false }
        .check(&block.body, diags);
    let mut end = |name: &str| block.body.attribute(name).and_then(|a| relative_addr(&a.expr, diags));
    let (from, to) = (end("from"), end("to"));
    let (Some(from), Some(to)) = (from, to) else { return };
    if from.resource.is_some() != to.resource.is_some() {
        diags.push(err!(
            block.header,
            "Invalid \"moved\" addresses",
            "One of \"from\" and \"to\" is a module, the other a resource; only like can move to like."
        ));
        return;
    }
    module.moved.push(Moved { from, to, span: block.header });
}

/// Reads a `removed` block.
pub fn removed(block: &Block, module: &mut Module, diags: &mut Diagnostics) {
    const SPEC: BodySpec<'_> = BodySpec {
        attributes: &[("from", true)],
        blocks: &[
            BlockSpec { ty: "lifecycle", labels: &[] },
            BlockSpec { ty: "provisioner", labels: &["type"] },
            BlockSpec { ty: "connection", labels: &[] },
        ],
        open: false,
    };
    const LIFECYCLE: BodySpec<'_> = BodySpec { attributes: &[("destroy", false)], blocks: &[], open: false };
    SPEC.check(&block.body, diags);
    let lifecycle = unlabelled(&block.body, "lifecycle", diags);
    lifecycle.iter().for_each(|b| LIFECYCLE.check(&b.body, diags));
    let destroy = lifecycle
        .iter()
        .find_map(|b| b.body.attribute("destroy"))
        .and_then(|a| constant::bool(&a.expr, diags))
        .unwrap_or(true);
    let Some(from) = block.body.attribute("from").and_then(|a| removed_addr(&a.expr, diags)) else { return };
    let provisioners = match from.resource {
        Some(_) => removed_provisioners(&block.body, diags),
        None => {
            refuse_provisioners(&block.body, diags);
            Vec::new()
        }
    };
    module.removed.push(Removed { from, destroy, provisioners, span: block.header });
}

/// The address of what is removed: of a block of a managed resource, or of a module call.
fn removed_addr(expr: &Expr, diags: &mut Diagnostics) -> Option<RelativeAddr> {
    let t = bare_reference(expr, diags)?;
    let Some(from) = relative_addr_of(&t) else {
        diags.push(match t.steps.iter().any(|s| !matches!(s.kind, StepKind::Attr(_))) || t.steps.len() > 1 {
            true => resource_keyed(t.span),
            false => no_address(t.span),
        });
        return None;
    };
    match from.resource.as_ref().map(|(resource, _)| resource.mode) {
        Some(ResourceMode::Data) => {
            diags.push(err!(
                t.span,
                "Data source address not allowed",
                "A data source has no object that could be destroyed. To record it no more, take its data block away."
            ));
            None
        }
        Some(ResourceMode::Ephemeral) => {
            diags.push(resource_keyed(t.span));
            None
        }
        Some(ResourceMode::Managed) | None => check_keyless(&from, diags).then_some(from),
    }
}

/// The objects of a module are of many kinds, so nothing can be said of how each ends.
fn refuse_provisioners(body: &Body, diags: &mut Diagnostics) {
    for block in body.blocks.iter().filter(|b| ["provisioner", "connection"].contains(&&*b.ty.name)) {
        diags.push(err!(
            block.header,
            format!("Invalid {} block", block.ty.name),
            "A {} block needs an address of a managed resource in \"from\"; this one is that of a module.",
            block.ty.name
        ));
    }
}

/// What is removed is a block, and so has no instance keys.
fn check_keyless(from: &RelativeAddr, diags: &mut Diagnostics) -> bool {
    let keyed = |key: &InstanceKey| *key != InstanceKey::None;
    if from.module.iter().any(|(_, key)| keyed(key)) {
        diags.push(err!(
            from.span,
            "Module instance keys not allowed",
            "The address must be that of a module call such as module.network, not of one instance of it."
        ));
        return false;
    }
    if from.resource.as_ref().is_some_and(|(_, key)| keyed(key)) {
        diags.push(resource_keyed(from.span));
        return false;
    }
    true
}

fn resource_keyed(span: Span) -> Diagnostic {
    err!(
        span,
        "Resource instance keys not allowed",
        "The address must be that of a managed resource such as aws_s3_bucket.main, not of one instance of it or of \
         something else."
    )
}

/// Reads a `check` block.
pub fn check(block: &Block, name: &Ident, module: &mut Module, diags: &mut Diagnostics) {
    const SPEC: BodySpec<'_> = BodySpec {
        attributes: &[],
        blocks: &[
            BlockSpec { ty: "data", labels: &["type", "name"] },
            BlockSpec { ty: "assert", labels: &[] },
        ],
        open: false,
    };
    SPEC.check(&block.body, diags);
    check_name(name, "Invalid check block name", diags);
    let mut data = None;
    for nested in block.body.blocks_of("data") {
        let names = labels(nested, &SPEC.blocks[0], diags).unwrap_or_default();
        let [ty, data_name] = names[..] else { continue };
        resource::resource(nested, ty, data_name, module, diags);
        data = Some(ResourceAddr {
            mode: ResourceMode::Data,
            ty: ty.name.clone(),
            name: data_name.name.clone(),
        });
    }
    let asserts = conditions(&block.body, "assert", diags);
    if asserts.is_empty() {
        diags.push(err!(
            block.header,
            "Zero assert blocks",
            "A check without an assert block checks nothing."
        ));
    }
    if module.checks.contains_key(&name.name) {
        diags.push(err!(
            block.header,
            format!("Duplicate check {:?} configuration", &*name.name),
            "There is a check {:?} already. Each check of a module needs a name of its own.",
            name.name
        ));
        return;
    }
    module
        .checks
        .insert(name.name.clone(), Check { name: name.name.clone(), data, asserts, span: block.header });
}

/// Reads an address within the module: `aws_x.y`, `module.a["k"]`, `module.a.aws_x.y[0]`.
fn relative_addr(expr: &Expr, diags: &mut Diagnostics) -> Option<RelativeAddr> {
    let t = bare_reference(expr, diags)?;
    let parsed = relative_addr_of(&t);
    if parsed.is_none() {
        diags.push(no_address(t.span));
    }
    parsed
}

fn no_address(span: Span) -> Diagnostic {
    err!(
        span,
        "Invalid address",
        "A resource address such as aws_s3_bucket.main or a module address such as module.network is required."
    )
}

/// The address that a traversal writes, if it writes one.
pub fn relative_addr_of(t: &Traversal) -> Option<RelativeAddr> {
    let mut parts: Vec<(Str, InstanceKey)> = vec![(t.root.name.clone(), InstanceKey::None)];
    for step in &t.steps {
        match &step.kind {
            StepKind::Attr(name) => parts.push((name.clone(), InstanceKey::None)),
            StepKind::IndexNumber(n) => parts.last_mut()?.1 = InstanceKey::Int(n.to_usize()? as u64),
            StepKind::IndexString(s) => parts.last_mut()?.1 = InstanceKey::Str(s.clone()),
        }
    }
    let mut rest = &parts[..];
    let mut module = Vec::new();
    while let [(word, InstanceKey::None), (name, key), tail @ ..] = rest
        && &**word == "module"
    {
        module.push((name.clone(), key.clone()));
        rest = tail;
    }
    let mode = match rest.first().map(|(w, _)| &**w) {
        Some("data") => ResourceMode::Data,
        Some("ephemeral") => ResourceMode::Ephemeral,
        _ => ResourceMode::Managed,
    };
    if mode != ResourceMode::Managed {
        rest = &rest[1..];
    }
    let resource = match rest {
        [] => None,
        [(ty, InstanceKey::None), (name, key)] => {
            Some((ResourceAddr { mode, ty: ty.clone(), name: name.clone() }, key.clone()))
        }
        _ => return None,
    };
    Some(RelativeAddr { module, resource, span: t.span })
}
