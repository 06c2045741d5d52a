//! `moved`, `removed` and `check` blocks.

use lang::ast::{Block, Expr, Ident, StepKind, Traversal};
use model::{Diagnostics, InstanceKey, ResourceAddr, ResourceMode, Str, err};

use super::constant;
use super::provisioner::removed_provisioners;
use super::resource;
use super::shape::{BlockSpec, BodySpec, bare_reference, check_name};
use super::values::condition;
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
            "The \"from\" and \"to\" addresses must either both refer to resources or both refer to modules."
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
    SPEC.check(&block.body, diags);
    let Some(from) = block.body.attribute("from").and_then(|a| relative_addr(&a.expr, diags)) else { return };
    if !check_keyless(&from, diags) {
        return;
    }
    let destroy = block
        .body
        .blocks_of("lifecycle")
        .find_map(|b| b.body.attribute("destroy"))
        .and_then(|a| constant::bool(&a.expr, diags))
        .unwrap_or(true);
    let provisioners = removed_provisioners(&block.body, diags);
    module.removed.push(Removed { from, destroy, provisioners, span: block.header });
}

/// What is removed is a block, and so has no instance keys.
fn check_keyless(from: &RelativeAddr, diags: &mut Diagnostics) -> bool {
    let keyed = |key: &InstanceKey| *key != InstanceKey::None;
    let (summary, what) = if from.module.iter().any(|(_, key)| keyed(key)) {
        ("Module instance keys not allowed", "module call such as module.network")
    } else if from.resource.as_ref().is_some_and(|(_, key)| keyed(key)) {
        ("Resource instance keys not allowed", "resource such as aws_s3_bucket.main")
    } else {
        return true;
    };
    diags.push(err!(from.span, summary, "The address must be that of a {what}, not of one instance of it."));
    false
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
        let [ty, data_name] = &nested.labels[..] else { continue };
        resource::resource(nested, ty, data_name, module, diags);
        data = Some(ResourceAddr {
            mode: ResourceMode::Data,
            ty: ty.name.clone(),
            name: data_name.name.clone(),
        });
    }
    let asserts: Vec<_> = block.body.blocks_of("assert").filter_map(|b| condition(b, diags)).collect();
    if asserts.is_empty() {
        diags.push(err!(
            block.header,
            "Zero assert blocks",
            "Check blocks must have at least one assert block."
        ));
    }
    if module.checks.contains_key(&name.name) {
        diags.push(err!(
            block.header,
            "Duplicate check block configuration",
            "A check block named {:?} was already declared. Check block names must be unique in each module.",
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
        diags.push(err!(
            t.span,
            "Invalid address",
            "A resource address such as aws_s3_bucket.main or a module address such as module.network is required."
        ));
    }
    parsed
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
