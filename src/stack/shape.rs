//! What a block of ours may hold, and readers of literal arguments that explain themselves.

use lang::ast::{Block, Body, Expr, ExprKind, Ident, StepKind, Traversal};
use model::diagnostic::did_you_mean;
use model::{Diagnostic, Diagnostics, Str, err};

/// What a kind of block may hold.
pub struct Shape<'a> {
    /// What messages call the block: "an environment".
    pub what: &'a str,
    /// Arguments with whether they are required.
    pub attributes: &'a [(&'a str, bool)],
    /// Types of nested blocks.
    pub blocks: &'a [&'a str],
}

impl Shape<'_> {
    /// Reports what is missing and what is not expected.
    pub fn check(&self, body: &Body, diags: &mut Diagnostics) {
        for (name, required) in self.attributes {
            if *required && body.attribute(name).is_none() {
                diags.push(missing_argument(name, self.what, body));
            }
        }
        let names = || self.attributes.iter().map(|(n, _)| *n);
        for attribute in &body.attributes {
            if !names().any(|n| n == &*attribute.name.name) {
                diags.push(unexpected_argument(
                    &attribute.name,
                    self.what,
                    names().chain(self.blocks.iter().copied()),
                ));
            }
        }
        for block in &body.blocks {
            if !self.blocks.contains(&&*block.ty.name) {
                diags.push(unexpected_block(
                    &block.ty,
                    self.what,
                    names().chain(self.blocks.iter().copied()),
                ));
            }
        }
    }
}

/// The error for an argument that is not there.
fn missing_argument(name: &str, what: &str, body: &Body) -> Diagnostic {
    err!(body.missing_item, "Missing required argument", "The argument {name:?} must be set in {what}.")
}

/// The error for an argument that nobody knows.
pub fn unexpected_argument<'a>(name: &Ident, what: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let hint = did_you_mean(&name.name, known);
    err!(
        name.span,
        "Unsupported argument",
        "An argument named {:?} is not expected in {what}.{hint}",
        name.name
    )
}

/// The error for a nested block that nobody knows.
pub fn unexpected_block<'a>(ty: &Ident, what: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let hint = did_you_mean(&ty.name, known);
    err!(ty.span, "Unsupported block type", "Blocks of type {:?} are not expected in {what}.{hint}", ty.name)
}

/// The labels of a block, whose number is the length of `names`; nothing after an error, which is reported.
pub fn labels<'b, const N: usize>(
    block: &'b Block,
    names: [&str; N],
    diags: &mut Diagnostics,
) -> Option<[&'b Ident; N]> {
    let found: Vec<&Ident> = block.labels.iter().collect();
    match <[&Ident; N]>::try_from(found) {
        Ok(labels) => Some(labels),
        Err(found) => {
            diags.push(err!(
                block.header,
                "Wrong number of labels",
                "A block of type {:?} has {N} label{} ({}), not {}.",
                block.ty.name,
                if N == 1 { "" } else { "s" },
                names.join(", "),
                found.len()
            ));
            None
        }
    }
}

/// Reports a name that cannot be part of an address: not a name of the language, or with `--` in it, which separates a
/// component's type from its name.
pub fn check_name(name: &Ident, diags: &mut Diagnostics) {
    let mut chars = name.name.chars();
    let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    if starts && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-') && !name.name.contains("--") {
        return;
    }
    diags.push(err!(
        name.span,
        "Invalid name",
        "A name must start with a letter or underscore and may contain only letters, digits, underscores and single \
         dashes; {:?} does not.",
        name.name
    ));
}

/// The text of an argument that must be a literal string, where it is given and is one.
pub fn literal_string(body: &Body, name: &str, diags: &mut Diagnostics) -> Option<Str> {
    let expr = &body.attribute(name)?.expr;
    match &expr.unwrapped().kind {
        ExprKind::String(text) => Some(text.clone()),
        _ => not_literal(expr, name, "a string in quotes, without interpolation", diags),
    }
}

/// The value of an argument that must be a literal bool.
pub fn literal_bool(body: &Body, name: &str, diags: &mut Diagnostics) -> Option<bool> {
    let expr = &body.attribute(name)?.expr;
    match &expr.unwrapped().kind {
        ExprKind::Bool(value) => Some(*value),
        _ => not_literal(expr, name, "true or false", diags),
    }
}

/// The texts of an argument that must be a literal list of strings.
pub fn literal_strings(body: &Body, name: &str, diags: &mut Diagnostics) -> Option<Vec<Str>> {
    let expr = &body.attribute(name)?.expr;
    let texts = match &expr.unwrapped().kind {
        ExprKind::Tuple(items) => items.iter().map(|i| match &i.unwrapped().kind {
            ExprKind::String(text) => Some(text.clone()),
            _ => None,
        }),
        _ => return not_literal(expr, name, "a list of strings", diags),
    };
    match texts.collect() {
        Some(texts) => Some(texts),
        None => not_literal(expr, name, "a list of strings", diags),
    }
}

/// Reports an argument that cannot be read from the text alone. Where parsing failed, the message is already there.
pub fn not_literal<T>(expr: &Expr, name: &str, want: &str, diags: &mut Diagnostics) -> Option<T> {
    if !matches!(expr.kind, ExprKind::Invalid) {
        diags.push(err!(
            expr.span,
            "Unsuitable value",
            "The argument {name:?} must be {want}: it is read before anything else is known."
        ));
    }
    None
}

/// Reports a text that is none of those expected; gives it back where it is.
pub fn one_of<'t>(
    text: &'t Str,
    body: &Body,
    name: &str,
    choices: &[&str],
    diags: &mut Diagnostics,
) -> Option<&'t Str> {
    if choices.contains(&&**text) {
        return Some(text);
    }
    let at = body.attribute(name).map_or(body.missing_item, |a| a.expr.span);
    let hint = did_you_mean(text, choices.iter().copied());
    diags.push(err!(
        at,
        "Unsuitable value",
        "The argument {name:?} is one of {}; {text:?} is not.{hint}",
        quoted(choices)
    ));
    None
}

/// `"a", "b", "c"`
pub fn quoted(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("{:?}", n.as_ref())).collect();
    quoted.join(", ")
}

/// The names of `a.b.c` and `a.b["c"]`, as many as lead on without a number.
pub fn names(traversal: &Traversal) -> Vec<&Str> {
    let mut found = vec![&traversal.root.name];
    for step in &traversal.steps {
        match &step.kind {
            StepKind::Attr(name) | StepKind::IndexString(name) => found.push(name),
            StepKind::IndexNumber(_) => break,
        }
    }
    found
}

/// The references in an argument that holds one, or a list of them; what is neither is reported.
pub fn reference_list<'e>(
    expr: &'e Expr,
    name: &str,
    want: &str,
    diags: &mut Diagnostics,
) -> Vec<&'e Traversal> {
    let items = match &expr.unwrapped().kind {
        ExprKind::Tuple(items) => items.iter().collect(),
        _ => vec![expr],
    };
    let mut found = Vec::new();
    for item in items {
        match &item.unwrapped().kind {
            ExprKind::Reference(t) => found.push(t),
            _ => {
                not_literal::<()>(item, name, want, diags);
            }
        }
    }
    found
}
