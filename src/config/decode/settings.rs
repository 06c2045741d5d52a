//! `terraform` and `provider` blocks.

use std::sync::Arc;

use lang::ast::{Block, Body, Expr, ExprKind, Ident, StepKind};
use model::{Diagnostic, Diagnostics, ProviderAddr, Str, err};

use super::shape::{
    BlockSpec, BodySpec, check_name, is_identifier, labels, natively, plain_names, quoted_reference,
};
use super::{constant, encryption};
use crate::module::{BackendBlock, Module, ProviderBlock, ProviderKey, ProviderRef, RequiredProvider};
use crate::version::satisfies;

const TERRAFORM: BodySpec<'_> = BodySpec {
    attributes: &[("required_version", false), ("experiments", false), ("language", false)],
    blocks: &[
        BlockSpec { ty: "backend", labels: &["type"] },
        BlockSpec { ty: "cloud", labels: &[] },
        BlockSpec { ty: "encryption", labels: &[] },
        BlockSpec { ty: "required_providers", labels: &[] },
        BlockSpec { ty: "provider_meta", labels: &["provider"] },
    ],
    open: false,
};

/// Reads a `terraform` block.
pub fn terraform(block: &Block, module: &mut Module, diags: &mut Diagnostics) {
    TERRAFORM.check(&block.body, diags);
    if let Some(a) = block.body.attribute("required_version")
        && let Some(text) = constant::constant(&a.expr, &model::Type::String, diags)
        && let Some(text) = text.as_str().map(|s| s.to_string())
    {
        module.required_versions.push((text, a.span));
    }
    if let Some(a) = block.body.attribute("experiments")
        && !matches!(&a.expr.unwrapped().kind, ExprKind::Tuple(items) if items.is_empty())
    {
        diags.push(err!(
            a.name.span,
            "Module uses experimental features",
            "There are no experimental features in this version of the language."
        ));
    }
    for nested in &block.body.blocks {
        match &*nested.ty.name {
            "backend" => backend(nested, module, diags),
            "cloud" => diags.push(err!(
                nested.header,
                "Unsupported backend",
                "HCP Terraform is not a state backend of Stackwright. Use a backend block instead."
            )),
            "encryption" => encryption::keep(nested, &mut module.encryption, diags),
            "required_providers" => {
                let spec = BlockSpec { ty: "required_providers", labels: &[] };
                if labels(nested, &spec, diags).is_some() {
                    required_providers(nested, module, diags);
                }
            }
            _ => {}
        }
    }
}

fn backend(block: &Block, module: &mut Module, diags: &mut Diagnostics) {
    let Some(ty) = block.labels.first() else {
        diags.push(err!(
            block.opening(),
            "Missing type for backend",
            "A backend block has one label, the kind of backend."
        ));
        return;
    };
    if module.backend.is_some() {
        diags.push(err!(
            block.header,
            "Duplicate backend configuration",
            "There is a backend block before; a module has one at most."
        ));
        return;
    }
    module.backend = Some(BackendBlock { ty: ty.name.clone(), body: block.body.clone(), span: block.header });
}

fn required_providers(block: &Block, module: &mut Module, diags: &mut Diagnostics) {
    if !module.required_providers.is_empty() {
        diags.push(err!(
            block.header,
            "Duplicate required providers configuration",
            "There is a required_providers block before; a module has one at most."
        ));
        return;
    }
    for attribute in &block.body.attributes {
        if !is_local_name(&attribute.name.name) {
            diags.push(err!(
                attribute.expr.span,
                "Invalid provider local name",
                "{:?} is not a name for a provider: it must consist of lower-case letters, digits and dashes, and neither \
                 begin nor end with a dash.",
                attribute.name.name
            ));
            continue;
        }
        if let Some(required) = required_provider(&attribute.name, &attribute.expr, diags) {
            module.required_providers.insert(attribute.name.name.clone(), required);
        }
    }
}

fn is_local_name(name: &str) -> bool {
    let fits = |c: char| c == '-' || c.is_numeric() || c.is_alphabetic() && !c.is_uppercase();
    !name.starts_with('-') && !name.ends_with('-') && name.chars().all(fits)
}

/// A version constraint, checked for its syntax.
fn version_constraint(expr: &Expr, diags: &mut Diagnostics) -> Option<String> {
    let text = constant::string(expr, diags)?;
    if satisfies("1.0.0", &text).is_none() {
        diags.push(err!(
            expr.span,
            "Invalid version constraint",
            "{text:?} is not a version constraint such as \">= 1.5, < 2.0\"."
        ));
        return None;
    }
    Some(text)
}

fn required_provider(name: &Ident, expr: &Expr, diags: &mut Diagnostics) -> Option<RequiredProvider> {
    let mut required = RequiredProvider {
        addr: ProviderAddr::implied(&name.name),
        version: None,
        aliases: Vec::new(),
        span: name.span,
    };
    match &expr.unwrapped().kind {
        ExprKind::String(_) | ExprKind::Number(_) => required.version = version_constraint(expr, diags),
        ExprKind::Object(items) => {
            for item in items {
                let ExprKind::String(key) = &item.key.kind else { continue };
                match &**key {
                    "version" => required.version = version_constraint(&item.value, diags),
                    "source" => {
                        let text = constant::string(&item.value, diags)?;
                        match text.parse() {
                            Ok(addr) => required.addr = addr,
                            Err(e) => {
                                diags.push(err!(item.value.span, "Invalid provider source string", "{e}"));
                            }
                        }
                    }
                    "configuration_aliases" => required.aliases = match &expr.kind {
                        ExprKind::Json(json) => {
                            json.property(key).map(|e| aliases(&e, diags)).unwrap_or_default()
                        }
                        _ => aliases(&item.value, diags),
                    },
                    other => diags.push(err!(
                        item.key.span,
                        "Invalid required_providers object",
                        "An entry of required_providers has a source, a version and configuration_aliases; {other:?} \
                         means nothing there."
                    )),
                }
            }
        }
        ExprKind::Invalid => {}
        _ => diags.push(err!(
            expr.span,
            "Invalid required_providers object",
            "An entry of required_providers is an object with source and version, or a version constraint alone."
        )),
    }
    Some(required)
}

fn aliases(expr: &Expr, diags: &mut Diagnostics) -> Vec<ProviderKey> {
    let expr = &*natively(expr, diags);
    let ExprKind::Tuple(items) = &expr.kind else { return Vec::new() };
    items.iter().filter_map(|item| provider_key(item, diags)).collect()
}

/// Reads `aws` or `aws.eu` on the left of a providers map, where quotes are as good as none.
pub fn provider_map_key(expr: &Expr, diags: &mut Diagnostics) -> Option<ProviderKey> {
    let mut found = Diagnostics::new();
    let key = provider_key(expr, &mut found);
    diags.extend(found.into_iter().filter(|d| d.is_error()));
    key
}

/// Reads `aws`, `aws.eu`, or `aws.by_region[each.key]`.
pub fn provider_ref(expr: &Expr, diags: &mut Diagnostics) -> Option<ProviderRef> {
    let native = natively(expr, diags);
    let (whole, instance) = split_instance(&native);
    let mut found = Diagnostics::new();
    let key = provider_key(whole.as_ref().unwrap_or(&*native), &mut found);
    diags.extend(found.into_iter().map(|d| Diagnostic { subject: Some(expr.span), ..d }));
    let key = key?;
    // Only configurations with an alias can be many.
    if instance.is_some() && key.alias.is_none() {
        diags.push(invalid_reference(expr));
        return None;
    }
    Some(ProviderRef { key, instance, span: expr.span, inner: expr.span })
}

/// The configuration and the key after it: nothing where there is no key.
fn split_instance(expr: &Expr) -> (Option<Expr>, Option<Arc<Expr>>) {
    match &expr.unwrapped().kind {
        ExprKind::Index { object, key, .. } => (Some((**object).clone()), Some(Arc::new((**key).clone()))),
        ExprKind::Reference(t) => {
            let Some(last) = t.steps.last() else { return (None, None) };
            let literal = match &last.kind {
                StepKind::IndexString(text) => ExprKind::String(text.clone()),
                StepKind::IndexNumber(number) => ExprKind::Number(number.clone()),
                StepKind::Attr(_) => return (None, None),
            };
            let mut whole = t.clone();
            let _key = whole.steps.pop();
            let key = Expr::new(literal, last.span);
            (Some(Expr::new(ExprKind::Reference(whole), expr.span)), Some(Arc::new(key)))
        }
        _ => (None, None),
    }
}

/// Reads `aws` or `aws.eu`.
pub fn provider_key(expr: &Expr, diags: &mut Diagnostics) -> Option<ProviderKey> {
    let expr = &*natively(expr, diags);
    let names = match &expr.unwrapped().kind {
        ExprKind::Reference(_) | ExprKind::Null | ExprKind::GetAttr(..) => names(expr),
        ExprKind::String(text) => {
            let parts: Vec<Str> = text.split('.').map(Str::from).collect();
            let named = parts.iter().all(|p| is_identifier(p));
            named.then(|| diags.push(quoted_reference(text, expr.span)));
            named.then_some(parts)
        }
        _ => None,
    };
    match names.as_deref() {
        Some([name]) => Some(ProviderKey { name: name.clone(), alias: None }),
        Some([name, alias]) => Some(ProviderKey { name: name.clone(), alias: Some(alias.clone()) }),
        _ => {
            diags.push(invalid_reference(expr));
            None
        }
    }
}

fn invalid_reference(expr: &Expr) -> Diagnostic {
    err!(
        expr.span,
        "Invalid provider configuration reference",
        "A provider configuration is written as the provider's name, or as name and alias with a dot between them, and with \
         a key in brackets where the block of that alias has for_each."
    )
}

/// Names with dots between them; where names stand, `null` is the provider of that name.
fn names(expr: &Expr) -> Option<Vec<Str>> {
    match &expr.unwrapped().kind {
        ExprKind::Reference(t) => plain_names(t),
        ExprKind::Null => Some(vec!["null".into()]),
        ExprKind::GetAttr(inner, name) => {
            let mut found = names(inner)?;
            found.push(name.name.clone());
            Some(found)
        }
        _ => None,
    }
}

/// Reads a `provider` block.
pub fn provider(block: &Block, name: &Ident, module: &mut Module, diags: &mut Diagnostics) {
    check_name(name, "Invalid provider name", diags);
    let alias = match block.body.attribute("alias") {
        Some(a) => match constant::string(&a.expr, diags) {
            Some(text) if is_identifier(&text) => Some(Str::from(text)),
            Some(text) => {
                diags.push(Diagnostic::error(
                    "Invalid provider configuration alias",
                    format!(
                        "The alias {text:?} of provider {:?} is no name: a name starts with a letter or underscore and \
                         has only letters, digits, underscores and dashes.",
                        name.name
                    ),
                ));
                return;
            }
            None => return,
        },
        None => None,
    };
    if let Some(version) = block.body.attribute("version") {
        diags.push(Diagnostic {
            severity: model::Severity::Warning,
            ..err!(
                version.expr.span,
                "Version constraints inside provider configuration blocks are deprecated",
                "The version belongs into required_providers."
            )
        });
    }
    let key = ProviderKey { name: name.name.clone(), alias };
    if module.providers.contains_key(&key) {
        diags.push(err!(
            block.header,
            "Duplicate provider configuration",
            "There is a configuration of {key} already. Give this one an alias of its own."
        ));
        return;
    }
    let for_each = block.body.attribute("for_each");
    if let Some(a) = for_each.filter(|_| key.alias.is_none()) {
        diags.push(err!(
            a.name.span,
            "Alias required when using \"for_each\"",
            "Several configurations of one provider are told apart by the alias and a key: add an alias to this block, and \
             refer to one of them as {}.ALIAS[KEY].",
            key.name
        ));
    }
    let body = without(&block.body, &["alias", "version", "for_each"], &[]);
    let block = ProviderBlock {
        key: key.clone(),
        for_each: for_each.map(|a| a.expr.clone()),
        body: body.into(),
        span: block.header,
    };
    module.providers.insert(key, block);
}

/// The body without some of its attributes and blocks.
pub fn without(body: &Body, attributes: &[&str], blocks: &[&str]) -> Body {
    Body {
        attributes: body
            .attributes
            .iter()
            .filter(|a| !attributes.contains(&&*a.name.name))
            .cloned()
            .collect(),
        blocks: body.blocks.iter().filter(|b| !blocks.contains(&&*b.ty.name)).cloned().collect(),
        span: body.span,
        missing_item: body.missing_item,
    }
}
