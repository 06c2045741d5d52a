//! `resource`, `data`, `ephemeral` and `module` blocks: what repeats, orders and treats them.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::ast::{Block, Body, Expr, ExprKind, Ident, StepKind};
use model::{Diagnostics, Path, ResourceAddr, ResourceMode, Value, err};

use super::constant;
use super::provisioner::provisioners;
use super::settings::{self, provider_map_key, without};
use super::shape::{BlockSpec, BodySpec, check_name, natively, reference_list, static_reference, unlabelled};
use super::values::conditions;
use crate::module::{
    IgnoreChanges, Lifecycle, Module, ModuleCall, ProviderKey, ProviderRef, Repetition, Resource,
};
use crate::reference::Reference;

const META_ATTRIBUTES: &[&str] = &["count", "for_each", "depends_on", "provider"];
const META_BLOCKS: &[&str] = &["lifecycle", "connection", "provisioner", "_"];
const RESERVED_BLOCKS: &[&str] = &["locals"];

/// Reads a `resource`, `data` or `ephemeral` block.
pub fn resource(block: &Block, ty: &Ident, name: &Ident, module: &mut Module, diags: &mut Diagnostics) {
    let mode = match &*block.ty.name {
        "data" => ResourceMode::Data,
        "ephemeral" => ResourceMode::Ephemeral,
        _ => ResourceMode::Managed,
    };
    let word = if mode == ResourceMode::Managed { "resource" } else { &*block.ty.name };
    let (bad_type, bad_name) = match mode {
        ResourceMode::Managed => ("Invalid resource type name", "Invalid resource name"),
        ResourceMode::Data => ("Invalid data source name", "Invalid data resource name"),
        ResourceMode::Ephemeral => ("Invalid ephemeral resource type", "Invalid ephemeral resource name"),
    };
    check_name(ty, bad_type, diags);
    check_name(name, bad_name, diags);
    let body = &block.body;
    for reserved in body.blocks.iter().filter(|b| RESERVED_BLOCKS.contains(&&*b.ty.name)) {
        diags.push(err!(
            reserved.ty.span,
            "Reserved block type name in resource block",
            "{:?} is set aside for a later version of the language and cannot be used.",
            reserved.ty.name
        ));
    }
    let addr = ResourceAddr { mode, ty: ty.name.clone(), name: name.name.clone() };
    let lifecycle = lifecycle(body, mode, diags);
    check_own_conditions(&addr, &lifecycle, diags);
    let resource = Resource {
        repetition: repetition(body, diags),
        depends_on: depends_on(body, diags),
        provider: provider_ref(body, diags),
        provisioners: provisioners(body, mode, diags),
        is_generated: false,
        ty_span: ty.span,
        lifecycle,
        body: Arc::new(unescaped(body, without(body, META_ATTRIBUTES, META_BLOCKS))),
        span: block.header,
        addr: addr.clone(),
    };
    if module.resources.contains_key(&addr) {
        diags.push(err!(
            block.header,
            format!("Duplicate {word} {:?} configuration", addr.ty),
            "There is a {} {word} {:?} already. Within a module each resource of one type needs a name of its own.",
            addr.ty,
            addr.name
        ));
        return;
    }
    module.resources.insert(addr, resource);
}

/// The type's own arguments with those that stand in the `_` block, where names of meta-arguments mean arguments.
fn unescaped(body: &Body, mut own: Body) -> Body {
    for escaped in body.blocks_of("_") {
        own.attributes.extend(escaped.body.attributes.iter().cloned());
        own.blocks.extend(escaped.body.blocks.iter().cloned());
    }
    own
}

fn depends_on(body: &Body, diags: &mut Diagnostics) -> Vec<lang::ast::Traversal> {
    body.attribute("depends_on").map(|a| reference_list(&a.expr, diags)).unwrap_or_default()
}

fn provider_ref(body: &Body, diags: &mut Diagnostics) -> Option<ProviderRef> {
    let a = body.attribute("provider")?;
    settings::provider_ref(&a.expr, diags)
}

/// Reads `count`, `for_each`, or `lifecycle { enabled }`.
fn repetition(body: &Body, diags: &mut Diagnostics) -> Repetition {
    let enabled = body.blocks_of("lifecycle").find_map(|b| b.body.attribute("enabled"));
    let many = body.attribute("count").or_else(|| body.attribute("for_each"));
    if let (Some(enabled), Some(many)) = (enabled, many) {
        let word = &many.name.name;
        diags.push(err!(
            enabled.name.span,
            format!("Invalid combination of \"{word}\" and \"enabled\""),
            "{word:?} says how many there are, and \"enabled\" whether there is one at all. Only one of them may be used."
        ));
        return Repetition::Single;
    }
    match (body.attribute("count"), body.attribute("for_each")) {
        (Some(_), Some(for_each)) => {
            diags.push(err!(
                for_each.name.span,
                "Invalid combination of \"count\" and \"for_each\"",
                "Both count and for_each say how many there are. Keep one of them."
            ));
            Repetition::Single
        }
        (Some(count), None) => Repetition::Count(count.expr.clone()),
        (None, Some(for_each)) => Repetition::ForEach(for_each.expr.clone()),
        (None, None) => enabled.map_or(Repetition::Single, |a| Repetition::Enabled(a.expr.clone())),
    }
}

const LIFECYCLE: BodySpec<'_> = BodySpec {
    attributes: &[
        ("create_before_destroy", false),
        ("prevent_destroy", false),
        ("ignore_changes", false),
        ("replace_triggered_by", false),
        ("enabled", false),
    ],
    blocks: &[BlockSpec { ty: "precondition", labels: &[] }, BlockSpec { ty: "postcondition", labels: &[] }],
    open: false,
};

fn lifecycle(body: &Body, mode: ResourceMode, diags: &mut Diagnostics) -> Lifecycle {
    let mut result = Lifecycle::default();
    for block in unlabelled(body, "lifecycle", diags) {
        if result.span.is_some() {
            diags.push(err!(
                block.header,
                "Duplicate lifecycle block",
                "There is a lifecycle block in this resource before."
            ));
            continue;
        }
        LIFECYCLE.check(&block.body, diags);
        result.span = Some(block.header);
        let of = |name: &str| block.body.attribute(name);
        if mode == ResourceMode::Data {
            for name in ["create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"]
            {
                if let Some(a) = of(name) {
                    diags.push(err!(
                        a.name.span,
                        "Invalid data resource lifecycle argument",
                        "{name:?} has a meaning in resource blocks alone: what is only read is neither made nor \
                         destroyed."
                    ));
                }
            }
        }
        result.create_before_destroy =
            of("create_before_destroy").and_then(|a| constant::bool(&a.expr, diags));
        result.prevent_destroy =
            of("prevent_destroy").and_then(|a| constant::bool(&a.expr, diags)).unwrap_or(false);
        result.ignore_changes =
            of("ignore_changes").map(|a| ignore_changes(&a.expr, diags)).unwrap_or_default();
        result.replace_triggered_by =
            of("replace_triggered_by").map(|a| triggers(&a.expr, diags)).unwrap_or_default();
        result.preconditions = conditions(&block.body, "precondition", diags);
        result.postconditions = conditions(&block.body, "postcondition", diags);
    }
    result
}

/// A resource's conditions are about the resource as `self`, if at all.
fn check_own_conditions(addr: &ResourceAddr, lifecycle: &Lifecycle, diags: &mut Diagnostics) {
    let before = lifecycle.preconditions.iter().map(|c| (c, "precondition"));
    for (condition, word) in before.chain(lifecycle.postconditions.iter().map(|c| (c, "postcondition"))) {
        for expr in [&condition.condition, &condition.message] {
            let own = Reference::Resource(addr.clone());
            let is_own = |t: &&lang::ast::Traversal| Reference::parse(t).is_ok_and(|(r, _)| r == own);
            if lang::references::references(expr).iter().any(is_own) {
                let detail =
                    format!("Configuration for {addr} may not refer to itself: what it is, self says.");
                diags.push(err!(expr.span, format!("Invalid reference in {word}"), "{detail}"));
            }
        }
    }
}

/// An element of `replace_triggered_by` is about one resource, of which `count.index` or `each.key` choose an instance.
fn check_trigger(expr: &Expr, diags: &mut Diagnostics) {
    let mut resources = 0;
    for t in lang::references::references(expr) {
        match Reference::parse(t) {
            Ok((Reference::Resource(_), _)) => resources += 1,
            Ok((Reference::CountIndex | Reference::EachKey, _)) => {}
            Ok(_) => diags.push(err!(
                t.span,
                "Invalid reference in replace_triggered_by expression",
                "replace_triggered_by can use resources, count.index and each.key, and nothing else."
            )),
            Err(diag) => diags.push(diag),
        }
    }
    if resources == 0 {
        diags.push(err!(
            expr.span,
            "Invalid replace_triggered_by expression",
            "Each element of replace_triggered_by names a resource."
        ));
    }
}

fn triggers(expr: &Expr, diags: &mut Diagnostics) -> Vec<Expr> {
    let expr = &*natively(expr, diags);
    match &expr.unwrapped().kind {
        ExprKind::Tuple(items) => {
            items.iter().for_each(|item| check_trigger(item, diags));
            items.clone()
        }
        _ => {
            diags.push(err!(expr.span, "Invalid expression", "A static list expression is required."));
            Vec::new()
        }
    }
}

fn ignore_changes(expr: &Expr, diags: &mut Diagnostics) -> IgnoreChanges {
    let expr = &*natively(expr, diags);
    match &expr.unwrapped().kind {
        ExprKind::Reference(t) if t.steps.is_empty() && &*t.root.name == "all" => IgnoreChanges::All,
        ExprKind::Tuple(items) => {
            let paths = items.iter().filter_map(|item| {
                let t = static_reference(item, diags)?;
                let mut path = Path::of_attr(t.root.name.clone());
                for step in &t.steps {
                    path = match &step.kind {
                        StepKind::Attr(name) => path.attr(name.clone()),
                        StepKind::IndexNumber(n) => path.index(Value::number(n.clone())),
                        StepKind::IndexString(s) => path.index(Value::normalized(s.clone())),
                    };
                }
                Some((path, item.span))
            });
            IgnoreChanges::Paths(paths.collect())
        }
        _ => {
            diags.push(err!(
                expr.span,
                "Invalid expression",
                "A list of attribute names as it stands is needed, or the word all."
            ));
            IgnoreChanges::Nothing
        }
    }
}

const CALL_META: &[&str] = &["source", "version", "count", "for_each", "depends_on", "providers"];

/// Reads a `module` block.
pub fn module_call(block: &Block, name: &Ident, module: &mut Module, diags: &mut Diagnostics) {
    check_name(name, "Invalid module instance name", diags);
    let body = &block.body;
    BodySpec { attributes: &[("source", true)], blocks: &[], open: true }.check(body, diags);
    let blocks = body.blocks.iter().filter(|b| !only_enables(b)).map(|b| &b.ty);
    let (reserved, strays): (Vec<_>, Vec<_>) =
        blocks.partition(|ty| RESERVED_CALL_BLOCKS.contains(&&*ty.name));
    for ty in reserved {
        diags.push(err!(
            ty.span,
            "Reserved block type name in module block",
            "{:?} is set aside for a later version of the language and cannot be used.",
            ty.name
        ));
    }
    let inputs = body.attributes.iter().filter(|a| !CALL_META.contains(&&*a.name.name));
    let Some(source) = body.attribute("source") else { return };
    let call = ModuleCall {
        name: name.name.clone(),
        repetition: repetition(body, diags),
        depends_on: depends_on(body, diags),
        providers: body.attribute("providers").map(|a| passed_providers(&a.expr, diags)).unwrap_or_default(),
        arguments: inputs.clone().map(|a| (a.name.name.clone(), a.expr.clone())).collect(),
        argument_spans: inputs.map(|a| (a.name.name.clone(), a.name.span)).collect(),
        strays: strays.into_iter().cloned().collect(),
        source_expr: source.expr.clone(),
        source: String::new(),
        version_expr: body.attribute("version").map(|a| a.expr.clone()),
        version: None,
        span: block.header,
        missing_item: body.missing_item,
    };
    if module.calls.contains_key(&name.name) {
        diags.push(err!(
            block.header,
            "Duplicate module call",
            "There is a call of a module {:?} already. Each call needs a name of its own.",
            name.name
        ));
        return;
    }
    module.calls.insert(name.name.clone(), call);
}

/// OpenTofu's `lifecycle { enabled = ... }`, the only thing that a lifecycle of a call may say.
fn only_enables(block: &Block) -> bool {
    let body = &block.body;
    let only = body.attributes.iter().all(|a| &*a.name.name == "enabled") && body.blocks.is_empty();
    &*block.ty.name == "lifecycle" && !body.attributes.is_empty() && only
}

const RESERVED_CALL_BLOCKS: &[&str] = &["lifecycle", "locals", "provider"];

/// Whether the `source` of a call names a module at all: a path, a registry's module, or a place on the network.
pub fn check_source(source: &str, call: &ModuleCall) -> Result<(), model::Diagnostic> {
    let span = call.source_expr.span;
    let is_local = source.starts_with("./") || source.starts_with("../");
    if is_local && call.version.is_some() {
        return Err(err!(
            span,
            "Invalid registry module source address",
            "{source:?} is a local directory, which has no versions: the argument \"version\" belongs to modules of a \
             registry. Remove it."
        ));
    }
    if !is_local && !is_remote_source(source) {
        return Err(err!(
            span,
            "Invalid module source address",
            "{source:?} names no module. If a path relative to this module is meant, start it with \"./\"."
        ));
    }
    Ok(())
}

/// `host/namespace/name/system`, `github.com/...`, `git@...`, `scheme://...`, `getter::...`, or an absolute path.
fn is_remote_source(source: &str) -> bool {
    let parts = source.split("//").next().unwrap_or_default().split('/');
    let parts: Vec<&str> = parts.collect();
    let named = parts.iter().all(|p| !p.is_empty());
    source.contains("::")
        || source.contains("://")
        || source.starts_with("git@")
        || source.starts_with('/')
        || named && parts.len() >= 3
}

fn passed_providers(expr: &Expr, diags: &mut Diagnostics) -> BTreeMap<ProviderKey, ProviderRef> {
    let expr = &*natively(expr, diags);
    let ExprKind::Object(items) = &expr.unwrapped().kind else {
        diags.push(err!(
            expr.span,
            "Invalid expression",
            "The providers argument is written {{ name = name.alias }}."
        ));
        return BTreeMap::new();
    };
    let mut passed = BTreeMap::new();
    for item in items {
        if let (Some(inner), Some(outer)) =
            (provider_map_key(&item.key, diags), settings::provider_ref(&item.value, diags))
        {
            passed.insert(inner, ProviderRef { inner: item.key.span, ..outer });
        }
    }
    passed
}
