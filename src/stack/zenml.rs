//! The stack file that `zenml stack import` reads, as a resource that writes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::ast::{Block, Expr, Template, TemplatePart};
use model::{Span, Str};

use crate::component::{ComponentId, Draft};
use crate::emit::over_outputs;
use crate::syntax;

/// The type and name of the resource that writes the file.
pub const RESOURCE: (&str, &str) = ("stackwright_file", "zenml_stack");

/// The release of ZenML that the file is for unless the stack says otherwise.
pub const DEFAULT_VERSION: &str = "0.98.0";

/// The resource that writes `<deployment>.zenml.yaml` beside the stack, where `deployment` is the stack's name with the
/// environment's.
pub fn resource(deployment: &str, version: &Str, drafts: &[Draft], span: Span) -> Block {
    let (ty, name) = RESOURCE;
    let content = syntax::call("yamlencode", vec![document(deployment, version, drafts, span)], span);
    let attributes = vec![
        syntax::attribute("filename", file_name(deployment, span), span),
        syntax::attribute("content", content, span),
    ];
    syntax::block("resource", &[ty, name], attributes, span)
}

/// `"${path.root}/churn-dev.zenml.yaml"`
fn file_name(deployment: &str, span: Span) -> Expr {
    let parts = vec![
        TemplatePart::Interpolation(syntax::reference(&["path", "root"], span)),
        TemplatePart::Literal(format!("/{deployment}.zenml.yaml").into(), span),
    ];
    Expr::new(lang::ast::ExprKind::Template(Template { parts, start: None, is_wrapped: false }), span)
}

fn document(deployment: &str, version: &Str, drafts: &[Draft], span: Span) -> Expr {
    let mut by_type: BTreeMap<Str, Vec<Expr>> = BTreeMap::new();
    for draft in drafts {
        if let Some(entry) = component(deployment, draft) {
            by_type.entry(draft.id.ty.clone()).or_default().push(entry);
        }
    }
    let components = by_type.into_iter().map(|(ty, list)| (ty, syntax::tuple(list, span)));
    let entries = [
        ("stack_name".into(), syntax::string(deployment, span)),
        ("zenml_version".into(), syntax::string(version, span)),
        ("components".into(), syntax::object(components, span)),
    ];
    syntax::object(entries, span)
}

/// A component's entry; nothing for what ZenML does not know.
fn component(deployment: &str, draft: &Draft) -> Option<Expr> {
    let zenml = draft.flavor.as_ref()?.zenml.as_ref()?;
    let span = draft.header();
    let empty = || Arc::new(syntax::object([], span));
    let config = zenml.config.clone().unwrap_or_else(empty);
    let entries = [
        ("name".into(), syntax::string(&component_name(deployment, &draft.id), span)),
        ("type".into(), syntax::string(&draft.id.ty, span)),
        ("flavor".into(), syntax::string(&zenml.flavor, span)),
        ("configuration".into(), (*over_outputs(&config, &draft.id)).clone()),
    ];
    Some(syntax::object(entries, span))
}

/// What ZenML calls a component: it must be the only one of its type with this name on a whole server.
pub fn component_name(deployment: &str, id: &ComponentId) -> String {
    format!("{deployment}-{}", id.name)
}
