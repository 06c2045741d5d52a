//! `import` blocks.

use std::sync::Arc;

use lang::ast::{Block, Expr, ExprKind, Step, StepKind, Traversal};
use model::{Diagnostic, Diagnostics, ResourceAddr, ResourceMode, Span, Str, err};

use super::settings::provider_ref;
use super::shape::{BodySpec, as_reference, natively, not_static};
use crate::import::{Import, ImportTarget};
use crate::module::Module;

/// Words that begin references to something else than resources.
const RESERVED: &[&str] =
    &["var", "local", "each", "count", "path", "self", "terraform", "template", "lazy", "arg"];

/// Reads an `import` block.
pub fn import(block: &Block, module: &mut Module, diags: &mut Diagnostics) {
    const SPEC: BodySpec<'_> = BodySpec {
        attributes: &[("to", true), ("id", true), ("for_each", false), ("provider", false)],
        blocks: &[],
        open: false,
    };
    SPEC.check(&block.body, diags);
    let body = &block.body;
    let provider = body.attribute("provider").and_then(|a| provider_ref(&a.expr, diags));
    let to = body.attribute("to").and_then(|a| target(&a.expr, diags));
    let (Some(to), Some(id)) = (to, body.attribute("id")) else { return };
    let import = Import {
        to,
        id: id.expr.clone(),
        for_each: body.attribute("for_each").map(|a| a.expr.clone()),
        provider,
        span: block.header,
    };
    match module.imports.iter().find(|other| same_target(other, &import)) {
        Some(first) => diags.push(duplicate(first, &import)),
        None => module.imports.push(import),
    }
}

/// Whether two blocks certainly name the same instance.
fn same_target(a: &Import, b: &Import) -> bool {
    a.to.constant_keys().is_some()
        && a.to.constant_keys() == b.to.constant_keys()
        && a.to.resource == b.to.resource
}

fn duplicate(first: &Import, import: &Import) -> Diagnostic {
    let name = import.to.resource.in_module(&import.to.path());
    let diag = err!(
        import.to.span,
        format!("Duplicate import configuration for {name:?}"),
        "Another import block names {name} already. Keep one of them."
    );
    Diagnostic { related: vec![("the first import block".into(), first.span)], ..diag }
}

/// A name on the way to an instance, with its key.
type Part = (Str, Option<Arc<Expr>>);

/// Reads the address of an instance whose keys may be expressions.
fn target(expr: &Expr, diags: &mut Diagnostics) -> Option<ImportTarget> {
    let before = diags.0.len();
    let native = natively(expr, diags);
    let found = match parts(&native) {
        Ok(parts) => address(&parts, expr.span),
        Err(_) if diags.0.len() > before => Err(None),
        Err(diag) => Err(diag),
    };
    match found {
        Ok(target) => Some(target),
        Err(why) => {
            diags.extend(why);
            diags.push(err!(
                expr.span,
                "Invalid import address",
                "Only managed resources can be imported: write the address of an instance, such as aws_s3_bucket.main \
                 or module.network.aws_vpc.main[0]."
            ));
            None
        }
    }
}

/// Why something is no address; nothing where that has been said.
type Why = Option<Diagnostic>;

/// Takes an address apart, the outermost name first.
fn parts(expr: &Expr) -> Result<Vec<Part>, Why> {
    let mut steps = Vec::new();
    let mut at = expr;
    while let ExprKind::GetAttr(object, _) | ExprKind::Index { object, .. } = &at.kind {
        steps.push(&at.kind);
        at = object;
    }
    let mut found = match &at.kind {
        ExprKind::Reference(t) => reference_parts(t)?,
        ExprKind::Invalid => return Err(None),
        _ => match as_reference(at) {
            Some(t) => reference_parts(&t)?,
            None => return Err(Some(not_static(expr))),
        },
    };
    for step in steps.into_iter().rev() {
        match step {
            ExprKind::GetAttr(_, name) => found.push((name.name.clone(), None)),
            ExprKind::Index { key, brackets, .. } => {
                set_key(&mut found, Arc::new((**key).clone()), *brackets)?
            }
            _ => {}
        }
    }
    Ok(found)
}

fn reference_parts(t: &Traversal) -> Result<Vec<Part>, Why> {
    let mut found: Vec<Part> = vec![(t.root.name.clone(), None)];
    for step in &t.steps {
        match &step.kind {
            StepKind::Attr(name) => found.push((name.clone(), None)),
            StepKind::IndexNumber(_) | StepKind::IndexString(_) => {
                set_key(&mut found, key_of(step)?, step.span)?
            }
        }
    }
    Ok(found)
}

fn key_of(step: &Step) -> Result<Arc<Expr>, Why> {
    let kind = match &step.kind {
        StepKind::IndexNumber(n) if n.to_usize().is_some() => ExprKind::Number(n.clone()),
        StepKind::IndexString(s) => ExprKind::String(s.clone()),
        StepKind::IndexNumber(_) | StepKind::Attr(_) => {
            return Err(Some(err!(
                step.span,
                "Invalid address",
                "An instance key is a whole number from 0 or a string."
            )));
        }
    };
    Ok(Arc::new(Expr::new(kind, step.span)))
}

fn set_key(parts: &mut [Part], key: Arc<Expr>, span: Span) -> Result<(), Why> {
    match parts.last_mut() {
        Some((_, slot @ None)) => {
            *slot = Some(key);
            Ok(())
        }
        _ => Err(Some(err!(span, "Invalid address", "An instance has one key only."))),
    }
}

/// The target that the parts name.
fn address(parts: &[Part], span: Span) -> Result<ImportTarget, Why> {
    let invalid = |what: &str| Some(err!(span, "Invalid address", "{what}"));
    let mut rest = parts;
    let mut module = Vec::new();
    while let [(word, None), call, tail @ ..] = rest
        && &**word == "module"
    {
        module.push(call.clone());
        rest = tail;
    }
    match rest {
        [] => Err(invalid(
            "The address of a resource instance is required here; a module alone holds no object.",
        )),
        [(word, None), ..] if matches!(&**word, "data" | "ephemeral") => Err(None),
        [(word, None), (ty, None), (name, key)] if &**word == "resource" => {
            Ok(managed(module, ty, name, key, span))
        }
        [(word, _), ..] if RESERVED.contains(&&**word) => Err(invalid(&format!(
            "The word {word:?} is reserved and cannot begin the address of a resource."
        ))),
        [(ty, None), (name, key)] => Ok(managed(module, ty, name, key, span)),
        [(_, None), (_, _), (extra, _), ..] => Err(invalid(&format!(
            "The address goes on after the resource: {extra:?}. The key of an instance stands in brackets."
        ))),
        _ => Err(invalid("The address of a resource has a resource type and a name.")),
    }
}

fn managed(module: Vec<Part>, ty: &Str, name: &Str, key: &Option<Arc<Expr>>, span: Span) -> ImportTarget {
    let resource = ResourceAddr { mode: ResourceMode::Managed, ty: ty.clone(), name: name.clone() };
    ImportTarget { module, resource, key: key.clone(), span }
}
