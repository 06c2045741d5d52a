//! The `encryption` block: how states and plans are encrypted, in OpenTofu's words.

use std::sync::Arc;

use lang::ast::{Block, Body, Expr, ExprKind, Traversal};
use model::{Diagnostics, FileId, Str, err};

use super::constant;
use super::shape::{BlockSpec, BodySpec, plain_names, static_reference};
use crate::json;
use crate::module::{Encryption, EncryptionTarget, KeyProvider, SealingMethod};

const ENCRYPTION: BodySpec<'_> = BodySpec {
    attributes: &[],
    blocks: &[
        BlockSpec { ty: "key_provider", labels: &["type", "name"] },
        BlockSpec { ty: "method", labels: &["type", "name"] },
        BlockSpec { ty: "state", labels: &[] },
        BlockSpec { ty: "plan", labels: &[] },
        BlockSpec { ty: "remote_state_data_sources", labels: &[] },
    ],
    open: false,
};

const TARGET: BodySpec<'_> = BodySpec {
    attributes: &[("method", true), ("enforced", false)],
    blocks: &[BlockSpec { ty: "fallback", labels: &[] }],
    open: false,
};

const FALLBACK: BodySpec<'_> = BodySpec {
    attributes: &[("method", true)],
    blocks: &[BlockSpec { ty: "fallback", labels: &[] }],
    open: false,
};

/// Parses what the environment says of encryption: the content of an `encryption` block, as HCL or JSON.
pub fn parse_encryption(file: FileId, text: &str) -> (Body, Diagnostics) {
    match text.trim_start().starts_with('{') {
        true => json::parse_encryption(file, text),
        false => lang::parse::parse_body(file, text),
    }
}

/// Reads an `encryption` block's body, with blocks from the environment in place of those of the same name.
pub fn read_encryption(
    body: Option<&Body>,
    over: Option<&Body>,
    diags: &mut Diagnostics,
) -> Option<Encryption> {
    let names = |b: &Block| (b.ty.name.clone(), b.labels.iter().map(|l| l.name.clone()).collect::<Vec<_>>());
    let over_blocks = over.map(|b| &b.blocks[..]).unwrap_or_default();
    let is_replaced = |block: &Block| over_blocks.iter().any(|o| names(o) == names(block));
    let own = body.into_iter().flat_map(|b| &b.blocks).filter(|b| !is_replaced(b));
    let blocks: Vec<Block> = own.chain(over_blocks).cloned().collect();
    for body in body.into_iter().chain(over) {
        ENCRYPTION.check(body, diags);
    }
    body.or(over)?;
    let reader = Reader { blocks: &blocks };
    Some(Encryption { state: reader.target("state", diags), plan: reader.target("plan", diags) })
}

struct Reader<'b> {
    blocks: &'b [Block],
}

impl Reader<'_> {
    fn target(&self, ty: &str, diags: &mut Diagnostics) -> Option<EncryptionTarget> {
        let block = self.blocks.iter().rfind(|b| *b.ty.name == *ty)?;
        TARGET.check(&block.body, diags);
        let mut methods = vec![self.method(block.body.attribute("method").map(|a| &*a.expr)?, diags)?];
        let mut body = &block.body;
        while let Some(fallback) = body.blocks_of("fallback").next() {
            FALLBACK.check(&fallback.body, diags);
            let expr = fallback.body.attribute("method").map(|a| &*a.expr)?;
            methods.push(self.method(expr, diags)?);
            body = &fallback.body;
        }
        let enforced = block.body.attribute("enforced");
        let enforced = enforced.and_then(|a| constant::bool(&a.expr, diags)).unwrap_or(false);
        if enforced && methods.iter().any(|m| matches!(m, SealingMethod::Unencrypted)) {
            diags.push(err!(
                block.header,
                "Encryption is enforced",
                "With enforced = true nothing in the clear is written or read, so method.unencrypted has no place here."
            ));
        }
        Some(EncryptionTarget { methods, enforced, span: block.header })
    }

    fn method(&self, expr: &Expr, diags: &mut Diagnostics) -> Option<SealingMethod> {
        let block = self.named(expr, "method", diags)?;
        match &*block.labels.first()?.name {
            "unencrypted" => Some(SealingMethod::Unencrypted),
            "aes_gcm" => {
                let keys = block.body.attribute("keys");
                BodySpec { attributes: &[("keys", true)], blocks: &[], open: false }
                    .check(&block.body, diags);
                let provider = self.named(&keys?.expr, "key_provider", diags)?;
                Some(SealingMethod::Sealed(self.key_provider(provider)?))
            }
            other => {
                diags.push(err!(
                    block.header,
                    "Unsupported encryption method",
                    "There is no encryption method {other:?} here; there are aes_gcm and unencrypted."
                ));
                None
            }
        }
    }

    fn key_provider(&self, block: &Block) -> Option<KeyProvider> {
        Some(KeyProvider {
            ty: block.labels.first()?.name.clone(),
            name: block.labels.get(1)?.name.clone(),
            body: block.body.clone(),
            span: block.header,
        })
    }

    /// The block that `method.TYPE.NAME` or `key_provider.TYPE.NAME` names.
    fn named(&self, expr: &Expr, kind: &str, diags: &mut Diagnostics) -> Option<&Block> {
        let names = reference(expr, diags).and_then(|t| plain_names(&t));
        let found = names.as_deref().and_then(|names| match names {
            [root, ty, name] if **root == *kind => self.find(kind, [ty, name]),
            _ => None,
        });
        if found.is_none() {
            let there: Vec<String> = self
                .blocks
                .iter()
                .filter(|b| *b.ty.name == *kind)
                .map(|b| b.labels.iter().fold(kind.to_owned(), |all, l| format!("{all}.{}", l.name)))
                .collect();
            let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
            diags.push(err!(
                expr.span,
                "Invalid reference in encryption",
                "A {kind} block is named here, as {kind}.TYPE.NAME. There is: {there}."
            ));
        }
        found
    }

    fn find(&self, kind: &str, labels: [&Str; 2]) -> Option<&Block> {
        self.blocks.iter().find(|b| {
            *b.ty.name == *kind && b.labels.len() == 2 && b.labels.iter().map(|l| &l.name).eq(labels)
        })
    }
}

/// A reference, which JSON also writes as `${method.TYPE.NAME}`.
fn reference(expr: &Expr, diags: &mut Diagnostics) -> Option<Traversal> {
    match &lang::json::plain(expr).0.kind {
        ExprKind::Reference(traversal) => Some(traversal.clone()),
        _ => static_reference(expr, diags),
    }
}

/// Keeps the block of a `terraform` block.
pub(super) fn keep(block: &Block, kept: &mut Option<Arc<Body>>, diags: &mut Diagnostics) {
    match kept {
        None => *kept = Some(block.body.clone()),
        Some(_) => diags.push(err!(
            block.header,
            "Duplicate encryption configuration",
            "A module may have only one encryption block."
        )),
    }
}
