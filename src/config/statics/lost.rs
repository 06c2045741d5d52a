//! References that lead nowhere, or not where they may.

use std::collections::{BTreeMap, BTreeSet};

use lang::ast::Traversal;
use model::diagnostic::did_you_mean;
use model::{Diagnostic, ModulePath, ResourceMode, Span, Str, err};

use super::{NodeKind, Statics};
use crate::module::{Config, Module, ModuleCall, Resource};
use crate::reference::{Reference, is_key, no_path, no_terraform, prefix_span};

pub(super) fn circular_import(t: &Traversal) -> Diagnostic {
    err!(
        t.span,
        "Invalid import id argument",
        "The ID comes from the resource that is to be imported, and before the import there is none."
    )
}

/// The error for what nothing can wait for, because it stands for no object.
pub(super) fn no_object(t: &Traversal) -> Option<Diagnostic> {
    let summary = match Reference::parse(t).ok()?.0 {
        Reference::CountIndex => "Reference to \"count\" in non-counted context",
        Reference::EachKey => "Reference to \"each\" in context without for_each",
        Reference::EachValue => "each.value cannot be used in this context",
        Reference::SelfObject => "Invalid \"self\" reference",
        Reference::Path(name) if !["module", "root", "cwd"].contains(&&*name) => {
            return Some(no_path(t, &name));
        }
        Reference::Terraform(name) if !["workspace", "applying"].contains(&&*name) => {
            return Some(no_terraform(t, &name));
        }
        _ => return None,
    };
    let what = &t.root.name;
    let detail = "depends_on names objects to wait for, and this is none: it stands for something of the instance itself.";
    Some(err!(t.span, summary, "{detail} Remove {what:?} from the list."))
}

/// The calls that something in a module waits for as a whole.
pub(super) fn awaited_calls(module: &Module) -> Vec<&ModuleCall> {
    let resources = module.resources.values().flat_map(|r| &r.depends_on);
    let outputs = module.outputs.values().flat_map(|o| &o.depends_on);
    let calls = module.calls.values().flat_map(|c| &c.depends_on);
    let names = resources.chain(outputs).chain(calls).filter_map(|t| match Reference::parse(t) {
        Ok((Reference::Module(name, None), _)) => Some(name),
        _ => None,
    });
    let names: BTreeSet<Str> = names.collect();
    names.iter().filter_map(|name| module.calls.get(name)).collect()
}

/// The data source of a check is there for that check only.
pub(super) fn check_scoped(
    module: &Module,
    from: &NodeKind,
    reference: &Reference,
    t: &Traversal,
) -> Result<(), Diagnostic> {
    let Reference::Resource(addr) = reference else { return Ok(()) };
    let scope = module.checks.values().find(|c| c.data.as_ref() == Some(addr));
    let is_inside = match (scope, from) {
        (Some(check), NodeKind::Check(name)) => check.name == *name,
        (Some(_), NodeKind::Resource(own)) => own == addr,
        (Some(_), _) => false,
        (None, _) => true,
    };
    match is_inside {
        true => Ok(()),
        false => Err(err!(
            prefix_span(t, 2),
            "Reference to scoped resource",
            "The data source {:?} {:?} belongs to a check, and only the assertions of that check can refer to it.",
            addr.ty,
            addr.name
        )),
    }
}

/// Reports a reference to what a module does not declare, for expressions that are no part of it.
pub fn check_reference(
    config: &Config,
    statics: &Statics,
    path: &ModulePath,
    reference: &Reference,
    t: &Traversal,
    consumed: usize,
) -> Result<(), Diagnostic> {
    let Some(module) = config.modules.get(path) else { return Ok(()) };
    let find = |kind: NodeKind| statics.find(path, &kind).is_some();
    let known = match reference {
        Reference::Variable(name) => find(NodeKind::Variable(name.clone())),
        Reference::Local(name) => find(NodeKind::Local(name.clone())),
        Reference::Resource(addr) => find(NodeKind::Resource(addr.clone())),
        Reference::Module(name, _) => find(NodeKind::Call(name.clone())),
        _ => true,
    };
    if known { Ok(()) } else { Err(undeclared(module, reference, t, consumed)) }
}

/// A repeated resource is referred to by index, a single one is not.
pub(super) fn check_key(resource: &Resource, t: &Traversal, consumed: usize) -> Result<(), Diagnostic> {
    let addr = &resource.addr;
    let how = match resource.repetition {
        crate::Repetition::Count(_) => Some("count"),
        crate::Repetition::ForEach(_) => Some("for_each"),
        crate::Repetition::Single | crate::Repetition::Enabled(_) => None,
    };
    let Some(step) = t.steps.get(consumed) else { return Ok(()) };
    match (how, &step.kind) {
        (Some(how), lang::ast::StepKind::Attr(_)) => {
            let key = if how == "count" { "count.index" } else { "each.key" };
            Err(err!(
                prefix_span(t, consumed),
                "Missing resource instance key",
                "{addr} stands for several instances, because {how:?} is set. Name the one that is meant, for example {addr}[{key}], \
                 or take all of them with a for expression."
            ))
        }
        (None, lang::ast::StepKind::IndexNumber(_) | lang::ast::StepKind::IndexString(_)) => Err(err!(
            prefix_span(t, consumed + 1),
            "Unexpected resource instance key",
            "{addr} is a single instance: neither \"count\" nor \"for_each\" is set. Leave out the index."
        )),
        _ => Ok(()),
    }
}

/// How messages call a module.
pub fn module_phrase(path: &ModulePath) -> String {
    if path.is_root() { "the root module".into() } else { path.to_string() }
}

/// The part of a reference that names a module call, its instance, and the output where there is one.
fn module_span(t: &Traversal, has_output: bool) -> Span {
    let is_output = |s: &lang::ast::Step| matches!(s.kind, lang::ast::StepKind::Attr(_));
    let output = t.steps.iter().skip(1).position(is_output).filter(|_| has_output);
    prefix_span(t, output.map_or(1, |at| at + 2))
}

/// The error for a reference to what is not declared.
pub(super) fn undeclared(
    module: &Module,
    reference: &Reference,
    t: &Traversal,
    consumed: usize,
) -> Diagnostic {
    let place = module_phrase(&module.path);
    let names = |names: &mut dyn Iterator<Item = &Str>, name: &str| {
        let names: Vec<&Str> = names.collect();
        did_you_mean(name, names.iter().map(|n| &***n))
    };
    let span = prefix_span(t, consumed);
    match reference {
        Reference::Variable(name) => {
            let hint = names(&mut module.variables.keys(), name);
            let hint = if hint.is_empty() {
                format!(" Declare it with a block variable {name:?} {{}}.")
            } else {
                hint
            };
            err!(span, "Reference to undeclared input variable", "No variable is named {name:?}.{hint}")
        }
        Reference::Local(name) => err!(
            span,
            "Reference to undeclared local value",
            "No local value is named {name:?}.{}",
            names(&mut module.locals.keys(), name)
        ),
        Reference::Module(name, output) => err!(
            module_span(t, output.is_some()),
            "Reference to undeclared module",
            "No module call named {name:?} is declared in {place}.{}",
            names(&mut module.calls.keys(), name)
        ),
        Reference::Resource(addr) => {
            let kind = match addr.mode {
                ResourceMode::Managed => "No managed resource",
                ResourceMode::Data => "No data source",
                ResourceMode::Ephemeral => "No ephemeral resource",
            };
            let others: BTreeMap<String, ()> = module.resources.keys().map(|a| (a.to_string(), ())).collect();
            let has_key = t.steps.get(consumed).is_some_and(is_key);
            err!(
                prefix_span(t, consumed + usize::from(has_key)),
                "Reference to undeclared resource",
                "{kind} {:?} {:?} is declared in {place}.{}",
                addr.ty,
                addr.name,
                did_you_mean(&addr.to_string(), others.keys().map(|k| &**k))
            )
        }
        _ => err!(span, "Invalid reference", "There is no such object."),
    }
}
