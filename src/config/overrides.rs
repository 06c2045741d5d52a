//! Override files: what they say is merged into the blocks that the other files declare.

use std::sync::Arc;

use lang::ast::{Attribute, Block, Body, Expr, ExprKind};
use lang::typeexpr;
use model::{Diagnostic, Diagnostics, Span, Value, err};

use crate::decode::constant_default;

/// Whether a file of this name overrides others.
pub fn is_override(name: &str) -> bool {
    let name = name.strip_suffix(".json").unwrap_or(name);
    let name = name.strip_suffix(".tf").or_else(|| name.strip_suffix(".hcl")).unwrap_or(name);
    name == "override" || name.ends_with("_override")
}

/// Merges one override file into the bodies of the primary files.
pub fn apply(primary: &mut Vec<Body>, overriding: Body, diags: &mut Diagnostics) {
    for block in &overriding.blocks {
        match &*block.ty.name {
            "locals" => locals(primary, block, diags),
            "terraform" => terraform(primary, block),
            "moved" | "import" | "removed" => diags.push(not_overridable(block)),
            "check" => diags.push(never_overridden(block)),
            _ => merge_block(primary, block, diags),
        }
    }
    // What is wrong with the rest of the file is said as of any other.
    let unknown = Body { blocks: Vec::new(), ..overriding };
    if !unknown.attributes.is_empty() {
        primary.push(unknown);
    }
}

fn not_overridable(block: &Block) -> Diagnostic {
    let (ty, what) = match &*block.ty.name {
        "moved" => ("moved", "Records of moved objects"),
        "import" => ("import", "Import blocks"),
        _ => ("removed", "Removed blocks"),
    };
    err!(
        block.header,
        format!("Cannot override '{ty}' blocks"),
        "{what} have no place in override files. Move them to another file."
    )
}

fn never_overridden(block: &Block) -> Diagnostic {
    let ty = &block.ty.name;
    err!(block.header, format!("Can't override {ty} blocks"), "A block {ty:?} cannot be overridden.")
}

fn merge_block(primary: &mut Vec<Body>, block: &Block, diags: &mut Diagnostics) {
    let found = primary.iter_mut().flat_map(|b| &mut b.blocks).find(|b| same_object(b, block));
    match found {
        Some(base) => merge_into(base, block, diags),
        None => match missing_base(block) {
            Some(missing) => diags.push(missing),
            None => primary.push(only(block)),
        },
    }
}

/// A file that holds one block.
fn only(block: &Block) -> Body {
    Body {
        attributes: Vec::new(),
        blocks: vec![block.clone()],
        span: block.span,
        missing_item: block.span.at_start(),
    }
}

/// Whether two blocks declare the same object.
fn same_object(a: &Block, b: &Block) -> bool {
    let names = |block: &Block| block.labels.iter().map(|l| l.name.clone()).collect::<Vec<_>>();
    a.ty.name == b.ty.name && names(a) == names(b) && (&*a.ty.name != "provider" || alias(a) == alias(b))
}

/// The alias of a provider configuration.
fn alias(block: &Block) -> Option<ExprKind> {
    block.body.attribute("alias").map(|a| a.expr.unwrapped().kind.clone())
}

/// The error for an object that no other file declares; nothing for blocks that are never overridden.
fn missing_base(block: &Block) -> Option<Diagnostic> {
    let label = |i: usize| block.labels.get(i).map_or("", |l| &*l.name);
    let labels = if matches!(&*block.ty.name, "resource" | "data") { 2 } else { 1 };
    if block.labels.len() != labels {
        return None;
    }
    let (summary, object, ending) = match &*block.ty.name {
        "variable" => (
            "Missing base variable declaration to override",
            format!("variable named {:?}", label(0)),
            "a variable that was already declared",
        ),
        "output" => (
            "Missing base output definition to override",
            format!("output named {:?}", label(0)),
            "an output that was already defined",
        ),
        "provider" if block.body.attribute("alias").is_some() => (
            "Missing base provider configuration for override",
            format!("{} provider configuration with this alias", label(0)),
            "a provider configuration that was already defined",
        ),
        "module" => (
            "Missing module call to override",
            format!("module call named {:?}", label(0)),
            "a module call that was defined",
        ),
        "resource" => (
            "Missing resource to override",
            format!("{} resource named {:?}", label(0), label(1)),
            "a resource block defined",
        ),
        "data" => (
            "Missing data resource to override",
            format!("{} data resource named {:?}", label(0), label(1)),
            "a data block defined",
        ),
        _ => return None,
    };
    Some(missing(block.header, summary, &object, ending))
}

fn missing(at: Span, summary: &'static str, object: &str, ending: &str) -> Diagnostic {
    err!(at, summary, "There is no {object}, and an override file only changes {ending} in another file.")
}

fn locals(primary: &mut [Body], block: &Block, diags: &mut Diagnostics) {
    for attribute in &block.body.attributes {
        let name = &attribute.name.name;
        let base = primary
            .iter_mut()
            .flat_map(|b| &mut b.blocks)
            .find(|b| &*b.ty.name == "locals" && b.body.attribute(name).is_some());
        match base {
            Some(base) => set_attribute(Arc::make_mut(&mut base.body), attribute),
            None => diags.push(missing(
                attribute.span,
                "Missing base local value definition to override",
                &format!("local value named {name:?}"),
                "a local value that was already defined",
            )),
        }
    }
}

fn set_attribute(body: &mut Body, attribute: &Attribute) {
    match body.attributes.iter_mut().find(|a| a.name.name == attribute.name.name) {
        Some(old) => *old = attribute.clone(),
        None => body.attributes.push(attribute.clone()),
    }
}

/// Versions, the backend and encryption replace those of all other files; required providers do so entry by entry.
fn terraform(primary: &mut Vec<Body>, block: &Block) {
    let is_settings = |b: &&mut Block| &*b.ty.name == "terraform";
    let has_backend = block.body.blocks.iter().any(is_backend);
    let is_encryption = |b: &Block| &*b.ty.name == "encryption";
    let has_encryption = block.body.blocks.iter().any(is_encryption);
    let required: Vec<&Block> = block.body.blocks_of("required_providers").collect();
    let mut rest = (*block.body).clone();
    let mut is_required_merged = false;
    for base in primary.iter_mut().flat_map(|b| &mut b.blocks).filter(is_settings) {
        let body = Arc::make_mut(&mut base.body);
        body.attributes.retain(|a| block.body.attribute(&a.name.name).is_none());
        body.blocks.retain(|b| !(has_backend && is_backend(b) || has_encryption && is_encryption(b)));
        for old in body.blocks.iter_mut().filter(|b| &*b.ty.name == "required_providers") {
            let entries = required.iter().flat_map(|b| &b.body.attributes);
            entries.for_each(|entry| set_attribute(Arc::make_mut(&mut old.body), entry));
            is_required_merged = true;
        }
    }
    if is_required_merged {
        rest.blocks.retain(|b| &*b.ty.name != "required_providers");
    }
    primary.push(only(&Block { body: Arc::new(rest), ..block.clone() }));
}

fn is_backend(block: &Block) -> bool {
    matches!(&*block.ty.name, "backend" | "cloud")
}

fn merge_into(base: &mut Block, over: &Block, diags: &mut Diagnostics) {
    let lifecycles = over.body.blocks_of("lifecycle").flat_map(|b| &b.body.blocks);
    let conditions: Vec<&Block> =
        over.body.blocks.iter().chain(lifecycles).filter(|b| is_condition(b)).collect();
    if !conditions.is_empty() {
        diags.extend(conditions.into_iter().map(never_overridden));
        return;
    }
    match &*over.ty.name {
        "variable" => {
            merge_bodies(&mut base.body, &over.body);
            check_variable(base, over, diags);
        }
        "resource" | "data" | "ephemeral" | "module" | "output" => {
            if let Some(a) = over.body.attribute("depends_on") {
                diags.push(err!(a.name.span, "Unsupported override", "depends_on cannot be overridden."));
            }
            merge_bodies(&mut base.body, &over.body);
            prefer_count(&mut base.body, &over.body);
        }
        _ => merge_bodies(&mut base.body, &over.body),
    }
}

fn is_condition(block: &Block) -> bool {
    matches!(&*block.ty.name, "validation" | "precondition" | "postcondition")
}

/// Arguments replace arguments of the same name, blocks all blocks of their type; only `lifecycle` is merged itself.
fn merge_bodies(base: &mut Arc<Body>, over: &Body) {
    let body = Arc::make_mut(base);
    let types: Vec<&str> = over.blocks.iter().map(block_type).collect();
    let replaced = |name: &str| types.contains(&name);
    for attribute in &over.attributes {
        set_attribute(body, attribute);
        if attribute.is_json() {
            body.blocks.retain(|b| block_type(b) != &*attribute.name.name);
        }
    }
    body.attributes.retain(|a| !(a.is_json() && replaced(&a.name.name)));
    let is_merged = |b: &Block| &*b.ty.name == "lifecycle";
    body.blocks.retain(|b| is_merged(b) || !replaced(block_type(b)));
    for block in &over.blocks {
        match body.blocks.iter_mut().find(|b| is_merged(b) && is_merged(block)) {
            Some(old) => merge_bodies(&mut old.body, &block.body),
            None => body.blocks.push(block.clone()),
        }
    }
}

/// The type of the blocks that a block stands for.
fn block_type(block: &Block) -> &str {
    match block.labels.first() {
        Some(label) if &*block.ty.name == "dynamic" => &label.name,
        _ => &block.ty.name,
    }
}

/// Where an override adds the other way to repeat, `count` decides.
fn prefer_count(base: &mut Arc<Body>, over: &Body) {
    let is_own = over.attribute("count").is_some() && over.attribute("for_each").is_some();
    if base.attribute("count").is_some() && !is_own {
        Arc::make_mut(base).attributes.retain(|a| &*a.name.name != "for_each");
    }
}

/// Reports a default that no longer fits what the override says, and takes it out.
fn check_variable(base: &mut Block, over: &Block, diags: &mut Diagnostics) {
    let names = ["type", "default", "nullable"];
    let overridden: Vec<&str> = names.into_iter().filter(|n| over.body.attribute(n).is_some()).collect();
    let Some(default) = base.body.attribute("default").filter(|_| !overridden.is_empty()) else { return };
    let Some(value) = constant_default(&default.expr, &mut Diagnostics::new()) else { return };
    let what = match overridden.contains(&"type") {
        true => "Overriding this variable's type constraint has made its default value invalid",
        false => "The default from the override file does not suit the type of the variable",
    };
    let detail = if value.is_null() {
        let is_nullable = base.body.attribute("nullable").is_none_or(|a| !is_false(&a.expr));
        (!is_nullable).then(|| "The default is null, which nullable = false rules out.".to_owned())
    } else {
        let ty = base.body.attribute("type");
        ty.and_then(|a| misfit(&a.expr, &value)).map(|why| format!("{what}: {why}."))
    };
    if let Some(detail) = detail {
        diags.push(err!(over.header, "Invalid default value for variable", "{detail}"));
        Arc::make_mut(&mut base.body).attributes.retain(|a| &*a.name.name != "default");
    }
}

fn is_false(expr: &Expr) -> bool {
    constant_default(expr, &mut Diagnostics::new()) == Some(Value::bool(false))
}

/// Why a default is not of a type; nothing where the type itself is wrong.
fn misfit(ty: &Expr, default: &Value) -> Option<String> {
    let constraint = typeexpr::parse(ty).ok()?;
    constraint.apply(default).err().map(|e| e.full())
}
