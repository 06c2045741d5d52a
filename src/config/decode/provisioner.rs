//! `provisioner` and `connection` blocks.

use std::sync::Arc;

use lang::ast::{Block, Body, ExprKind};
use lang::references::references;
use model::{Diagnostic, Diagnostics, ResourceMode, Span, Str, err};

use super::settings::without;
use super::shape::{BlockSpec, labels, unlabelled};
use crate::module::Provisioner;
use crate::reference::Reference;

const META_ATTRIBUTES: &[&str] = &["when", "on_failure"];
const META_BLOCKS: &[&str] = &["connection", "lifecycle", "locals"];

/// Provisioners that there were once.
const REMOVED: &[&str] = &["chef", "habitat", "puppet", "salt-masterless"];

/// Reads the `provisioner` blocks of a resource block.
pub fn provisioners(body: &Body, mode: ResourceMode, diags: &mut Diagnostics) -> Vec<Provisioner> {
    let connection = connection(body, "resource", diags);
    if mode != ResourceMode::Managed {
        for block in body.blocks.iter().filter(|b| ["provisioner", "connection"].contains(&&*b.ty.name)) {
            diags.push(err!(
                block.ty.span,
                "Unsupported block type",
                "A block {:?} has no meaning here.",
                block.ty.name
            ));
        }
        return Vec::new();
    }
    let shared = connection.map(|c| c.body.clone());
    let found: Vec<Provisioner> =
        body.blocks_of("provisioner").filter_map(|b| provisioner(b, shared.as_ref(), diags)).collect();
    if let Some(connection) = &shared
        && found.iter().any(|p| p.on_destroy)
    {
        check_farewell(connection, diags);
    }
    found
}

/// Reads the `provisioner` blocks of a `removed` block: they run before its objects are destroyed.
pub fn removed_provisioners(body: &Body, diags: &mut Diagnostics) -> Vec<Provisioner> {
    let shared = connection(body, "removed", diags).map(|c| c.body.clone());
    let found: Vec<Provisioner> =
        body.blocks_of("provisioner").filter_map(|b| provisioner(b, shared.as_ref(), diags)).collect();
    for provisioner in found.iter().filter(|p| !p.on_destroy) {
        diags.push(err!(
            provisioner.span,
            "Invalid provisioner block",
            "A removed block can only run provisioners when something is destroyed. Write in this one:\n    when = \
             destroy"
        ));
    }
    found
}

fn provisioner(block: &Block, shared: Option<&Arc<Body>>, diags: &mut Diagnostics) -> Option<Provisioner> {
    const SPEC: BlockSpec = BlockSpec { ty: "provisioner", labels: &["type"] };
    let names = labels(block, &SPEC, diags)?;
    let on_destroy = keyword(block, "when", ["create", "destroy"], diags) == Some(1);
    let continue_on_failure = keyword(block, "on_failure", ["continue", "fail"], diags) == Some(0);
    if REMOVED.contains(&&*names[0].name) {
        diags.push(err!(
            block.header,
            format!("The {:?} provisioner has been removed", &*names[0].name),
            "Terraform has had no provisioner {:?} since version 1.0. Use the tool's own way to set up machines, or run it with \
             \"local-exec\".",
            &*names[0].name
        ));
        return None;
    }
    let own = connection(&block.body, "provisioner", diags);
    for reserved in block.body.blocks.iter().filter(|b| ["lifecycle", "locals"].contains(&&*b.ty.name)) {
        diags.push(err!(
            reserved.ty.span,
            "Reserved block type name in provisioner block",
            "{:?} is set aside for a later version of the language and cannot be used.",
            reserved.ty.name
        ));
    }
    let body = without(&block.body, META_ATTRIBUTES, META_BLOCKS);
    if on_destroy {
        check_farewell(&body, diags);
        own.iter().for_each(|c| check_farewell(&c.body, diags));
    }
    Some(Provisioner {
        ty: names[0].name.clone(),
        on_destroy,
        continue_on_failure,
        body: Arc::new(body),
        // What the resource's own lacks, the provisioner's may not add.
        connection: shared.cloned().or_else(|| own.map(|c| c.body.clone())),
        span: block.header,
    })
}

/// Which of two keywords an argument is.
fn keyword(block: &Block, name: &str, allowed: [&str; 2], diags: &mut Diagnostics) -> Option<usize> {
    let argument = block.body.attribute(name)?;
    let text = match &argument.expr.unwrapped().kind {
        ExprKind::String(s) if argument.is_json() => s.clone(),
        ExprKind::String(s) => {
            diags.push(quoted(argument.expr.span));
            s.clone()
        }
        _ => Str::from(argument.expr.as_keyword().unwrap_or_default()),
    };
    let found = allowed.iter().position(|a| *a == &*text);
    if found.is_none() {
        diags.push(err!(
            argument.expr.span,
            format!("Invalid {name:?} keyword"),
            "{name:?} is one of the words {} and {}.",
            allowed[0],
            allowed[1]
        ));
    }
    found
}

fn quoted(span: Span) -> Diagnostic {
    Diagnostic::warning("Quoted keywords are deprecated", "This word is written without quotes.").at(span)
}

/// The `connection` block, of which there may be one.
fn connection<'b>(body: &'b Body, owner: &str, diags: &mut Diagnostics) -> Option<&'b Block> {
    let mut blocks = unlabelled(body, "connection", diags).into_iter();
    let first = blocks.next();
    for again in blocks {
        diags.push(err!(
            again.header,
            "Duplicate connection block",
            "There is a connection block in this {owner} before."
        ));
    }
    first
}

/// When an object goes, what it refers to may be gone already: only the object itself and its key can be used.
fn check_farewell(body: &Body, diags: &mut Diagnostics) {
    for attribute in &body.attributes {
        for t in references(&attribute.expr) {
            let allowed = match Reference::parse(t) {
                Ok((reference, _)) => matches!(
                    reference,
                    Reference::SelfObject
                        | Reference::EachKey
                        | Reference::CountIndex
                        | Reference::Path(_)
                        | Reference::Terraform(_)
                ),
                Err(_) => true,
            };
            if !allowed {
                diags.push(err!(
                    attribute.expr.span,
                    "Invalid reference from destroy provisioner",
                    "When an object is destroyed, others that its provisioners name may be gone already. Such a \
                     provisioner and its connection can use self, count.index and each.key, and nothing else."
                ));
            }
        }
    }
}
