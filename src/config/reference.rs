//! What a reference refers to.

use lang::ast::{Step, StepKind, Traversal};
use model::diagnostic::did_you_mean;
use model::{Diagnostic, ResourceAddr, ResourceMode, Span, Str, err};

/// The object that a reference names, within its module.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reference {
    /// `var.NAME`
    Variable(Str),
    /// `local.NAME`
    Local(Str),
    /// `TYPE.NAME`, `data.TYPE.NAME`, `ephemeral.TYPE.NAME`
    Resource(ResourceAddr),
    /// `module.NAME`, and the output where one is named at once (an index may stand between).
    Module(Str, Option<Str>),
    /// `count.index`
    CountIndex,
    /// `each.key`
    EachKey,
    /// `each.value`
    EachValue,
    /// `self`
    SelfObject,
    /// `path.NAME`
    Path(Str),
    /// `terraform.NAME`
    Terraform(Str),
}

impl Reference {
    /// Reads what a traversal refers to, and how many of its steps that takes.
    pub fn parse(t: &Traversal) -> Result<(Reference, usize), Diagnostic> {
        let (reference, consumed) = Reference::read(t)?;
        if let Reference::Resource(_) | Reference::Module(..) = reference {
            check_key(&reference, t, consumed)?;
        }
        Ok((reference, consumed))
    }

    fn read(t: &Traversal) -> Result<(Reference, usize), Diagnostic> {
        let name = |index: usize, what: &str| attribute(t, index, what);
        match &*t.root.name {
            "var" => Ok((Reference::Variable(name(0, "var")?), 1)),
            "local" => Ok((Reference::Local(name(0, "local")?), 1)),
            "path" => Ok((Reference::Path(name(0, "path")?), 1)),
            "terraform" => Ok((Reference::Terraform(name(0, "terraform")?), 1)),
            "count" => match &*name(0, "count")? {
                "index" => Ok((Reference::CountIndex, 1)),
                other => Err(err!(
                    prefix_span(t, 1),
                    "Invalid \"count\" attribute",
                    "There is no count.{other}, only count.index, the index of the instance."
                )),
            },
            "each" => match &*name(0, "each")? {
                "key" => Ok((Reference::EachKey, 1)),
                "value" => Ok((Reference::EachValue, 1)),
                other => Err(err!(
                    prefix_span(t, 1),
                    "Invalid \"each\" attribute",
                    "There is no each.{other}, only each.key and each.value of the instance."
                )),
            },
            "self" => Ok((Reference::SelfObject, 0)),
            "module" => Ok((Reference::Module(name(0, "module")?, module_output(&t.steps[1..])), 1)),
            "data" => resource(t, ResourceMode::Data, 0),
            "ephemeral" => resource(t, ResourceMode::Ephemeral, 0),
            "resource" => resource(t, ResourceMode::Managed, 0),
            "template" | "lazy" | "arg" => Err(err!(
                t.root.span,
                "Reserved symbol name",
                "{:?} is set aside for a later version of the language. A resource of this type is named \
                 resource.{0}.NAME.",
                t.root.name
            )),
            _ => managed(t),
        }
    }

    /// What a check of names alone says of a namespace that stands without a name (`local`, `var["x"]`): it looks the
    /// empty name up, and knows no place. Evaluation reports the same mistake where it stands, as an invalid reference.
    pub fn nameless(t: &Traversal) -> Option<Diagnostic> {
        if step_name(t, 0).is_some() {
            return None;
        }
        let summary = match &*t.root.name {
            "var" => "Reference to undeclared input variable",
            "local" => "Reference to undeclared local value",
            "path" => "Invalid \"path\" attribute",
            "terraform" => "Invalid \"terraform\" attribute",
            "count" => "Invalid \"count\" attribute",
            "each" => "Invalid \"each\" attribute",
            _ => return None,
        };
        let detail = format!(
            "{:?} is written somewhere without the name that has to follow it after a dot; the error \"Invalid \
             reference\" shows where.",
            &*t.root.name
        );
        Some(Diagnostic::error(summary, detail))
    }
}

/// The error for a directory that has no name under `path`.
pub(crate) fn no_path(t: &Traversal, name: &str) -> Diagnostic {
    err!(
        prefix_span(t, 1),
        "Invalid \"path\" attribute",
        "There is no path.{name}.{}",
        did_you_mean(name, ["module", "root", "cwd"])
    )
}

/// The error for what has no name under `terraform`.
pub(crate) fn no_terraform(t: &Traversal, name: &str) -> Diagnostic {
    err!(
        prefix_span(t, 1),
        "Invalid \"terraform\" attribute",
        "There is no terraform.{name}. terraform.workspace is the name of the selected workspace."
    )
}

pub(crate) fn is_key(step: &Step) -> bool {
    matches!(step.kind, StepKind::IndexNumber(_) | StepKind::IndexString(_))
}

/// What stands in brackets behind a resource or module is the key of an instance, and no other key follows it.
fn check_key(reference: &Reference, t: &Traversal, consumed: usize) -> Result<(), Diagnostic> {
    let steps = t.steps.get(consumed..).unwrap_or_default();
    match (steps, t.no_key) {
        ([], Some(span)) => Err(no_instance_key(span)),
        ([Step { kind: StepKind::IndexNumber(n), span }, ..], _)
            if !n.is_integer() || n.to_i64().is_none() =>
        {
            Err(no_instance_key(*span))
        }
        ([key, next, ..], _) if is_key(key) && is_key(next) => Err(keyed_twice(reference, next)),
        _ => Ok(()),
    }
}

fn no_instance_key(span: Span) -> Diagnostic {
    err!(span, "Invalid index key", "The key of an instance is a whole number or a string.")
}

/// What follows the key of an instance is an attribute.
fn keyed_twice(reference: &Reference, step: &Step) -> Diagnostic {
    if matches!(reference, Reference::Module(..)) {
        return err!(
            step.span,
            "Invalid reference",
            "An instance of a module has outputs alone: write a dot and the name of one."
        );
    }
    match &step.kind {
        StepKind::IndexString(name) => err!(
            step.span,
            "Invalid index operation",
            "Only an attribute can follow the key of an instance. Write .{name} if that is meant."
        ),
        StepKind::IndexNumber(_) | StepKind::Attr(_) => err!(
            step.span,
            "Invalid index operation",
            "Only an attribute can follow the key of an instance: write a dot and its name."
        ),
    }
}

/// The output named after `module.NAME` and an optional index.
fn module_output(steps: &[Step]) -> Option<Str> {
    steps.iter().take(2).find_map(|s| match &s.kind {
        StepKind::Attr(name) => Some(name.clone()),
        StepKind::IndexNumber(_) | StepKind::IndexString(_) => None,
    })
}

/// The name in a step of the traversal.
fn attribute(t: &Traversal, index: usize, object: &str) -> Result<Str, Diagnostic> {
    match t.steps.get(index) {
        Some(Step { kind: StepKind::Attr(name), .. }) => Ok(name.clone()),
        Some(step) => Err(err!(
            step.span,
            "Invalid reference",
            "Behind {object} follow a dot and a name: {object}.NAME."
        )),
        None => Err(err!(
            t.span,
            "Invalid reference",
            "{object} alone is no value. Name what is meant: {object}.NAME."
        )),
    }
}

fn resource(t: &Traversal, mode: ResourceMode, at: usize) -> Result<(Reference, usize), Diagnostic> {
    let word = &t.root.name;
    let parts = (step_name(t, at), step_name(t, at + 1));
    let (Some(ty), Some(name)) = parts else {
        return Err(err!(
            t.span,
            "Invalid reference",
            "Behind {word} follow a type and a name: {word}.TYPE.NAME."
        ));
    };
    Ok((Reference::Resource(ResourceAddr { mode, ty, name }), at + 2))
}

fn managed(t: &Traversal) -> Result<(Reference, usize), Diagnostic> {
    let Some(name) = step_name(t, 0) else {
        return Err(err!(
            t.span,
            "Invalid reference",
            "This reads like a resource type, behind which the name of a resource follows: TYPE.NAME. A text is \
             written in quotes."
        ));
    };
    let addr = ResourceAddr { mode: ResourceMode::Managed, ty: t.root.name.clone(), name };
    Ok((Reference::Resource(addr), 1))
}

fn step_name(t: &Traversal, index: usize) -> Option<Str> {
    match &t.steps.get(index)?.kind {
        StepKind::Attr(name) => Some(name.clone()),
        StepKind::IndexNumber(_) | StepKind::IndexString(_) => None,
    }
}

/// The span from the root name through a number of steps.
pub fn prefix_span(t: &Traversal, steps: usize) -> Span {
    match steps.checked_sub(1).and_then(|last| t.steps.get(last)) {
        Some(step) => t.root.span.to(step.span),
        None => t.root.span,
    }
}
