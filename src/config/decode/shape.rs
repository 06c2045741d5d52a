//! What a body may hold, and small readers that explain themselves.

use std::borrow::Cow;

use lang::ast::{Attribute, Block, Body, Expr, ExprKind, Ident, StepKind, Traversal};
use model::diagnostic::did_you_mean;
use model::{Diagnostics, Span, Str, err};

/// A type of block that a body may hold.
pub struct BlockSpec {
    /// The block type.
    pub ty: &'static str,
    /// What its labels are called.
    pub labels: &'static [&'static str],
}

/// What a body may hold.
pub struct BodySpec<'a> {
    /// Attributes with whether they are required.
    pub attributes: &'a [(&'a str, bool)],
    /// Blocks.
    pub blocks: &'a [BlockSpec],
    /// Whether other attributes and blocks belong to somebody else.
    pub open: bool,
}

impl BodySpec<'_> {
    /// Reports what is missing and what is not expected.
    pub fn check(&self, body: &Body, diags: &mut Diagnostics) {
        for (name, required) in self.attributes {
            if *required && body.attribute(name).is_none() {
                diags.push(missing_argument(name, body.missing_item));
            }
        }
        if !self.open {
            self.check_attributes(body, diags);
            self.check_blocks(body, diags);
        }
    }

    fn check_attributes(&self, body: &Body, diags: &mut Diagnostics) {
        for attribute in &body.attributes {
            let name = &*attribute.name.name;
            if self.attributes.iter().any(|(n, _)| *n == name) {
                continue;
            }
            if attribute.is_json() {
                let names = self.attributes.iter().map(|(n, _)| *n).chain(self.blocks.iter().map(|b| b.ty));
                diags.push(extraneous_property(attribute, names));
                continue;
            }
            let hint = if self.blocks.iter().any(|b| b.ty == name) {
                format!(" It is a block: write {name} {{ ... }}.")
            } else {
                did_you_mean(name, self.attributes.iter().map(|(n, _)| *n))
            };
            diags.push(err!(
                attribute.name.span,
                "Unsupported argument",
                "There is no argument {name:?} here.{hint}"
            ));
        }
    }

    fn check_blocks(&self, body: &Body, diags: &mut Diagnostics) {
        for block in &body.blocks {
            let ty = &*block.ty.name;
            if self.blocks.iter().any(|b| b.ty == ty) {
                continue;
            }
            let hint = if self.attributes.iter().any(|(n, _)| *n == ty) {
                format!(" It is an argument: write {ty} = ...")
            } else {
                did_you_mean(ty, self.blocks.iter().map(|b| b.ty))
            };
            diags.push(err!(
                block.ty.span,
                "Unsupported block type",
                "A block {ty:?} has no meaning here.{hint}"
            ));
        }
    }
}

/// The blocks of a type that takes no labels. Those that have some are reported and count for nothing.
pub fn unlabelled<'b>(body: &'b Body, ty: &'static str, diags: &mut Diagnostics) -> Vec<&'b Block> {
    let spec = BlockSpec { ty, labels: &[] };
    body.blocks_of(ty).filter(|block| labels(block, &spec, diags).is_some()).collect()
}

/// The error for a property of JSON that is neither an argument nor a block.
pub fn extraneous_property<'n>(
    attribute: &Attribute,
    names: impl Iterator<Item = &'n str>,
) -> model::Diagnostic {
    let name = &*attribute.name.name;
    let hint = did_you_mean(name, names);
    err!(
        attribute.name.span,
        "Extraneous JSON object property",
        "No argument or block type is named {name:?}.{hint}"
    )
    .within(attribute.span)
}

/// The error for an argument that is not there.
pub fn missing_argument(name: &str, at: Span) -> model::Diagnostic {
    err!(at, "Missing required argument", "The argument {name:?} must be set.")
}

/// The labels of a block, checked for their number.
pub fn labels<'b>(block: &'b Block, spec: &BlockSpec, diags: &mut Diagnostics) -> Option<Vec<&'b Ident>> {
    let (want, ty) = (spec.labels.len(), spec.ty);
    if let Some(extra) = block.labels.get(want) {
        let expected = match want {
            0 => format!("A block {ty} has no labels."),
            _ => format!("A block {ty} has {want} label(s) ({}), not more.", spec.labels.join(", ")),
        };
        diags.push(err!(extra.span, format!("Extraneous label for {ty}"), "{expected}").within(block.header));
        return None;
    }
    if let Some(missing) = spec.labels.get(block.labels.len()) {
        diags.push(
            err!(
                block.opening(),
                format!("Missing {missing} for {ty}"),
                "A block {ty} has {want} label(s): {}.",
                spec.labels.join(", ")
            )
            .within(block.header),
        );
        return None;
    }
    Some(block.labels.iter().collect())
}

/// Whether a text is a name of the language.
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    let start = |c: char| c.is_alphabetic() || c == '_';
    chars.next().is_some_and(start) && chars.all(|c| start(c) || c.is_numeric() || c == '-')
}

/// Reports a name that the language cannot refer to.
pub fn check_name(name: &Ident, summary: &'static str, diags: &mut Diagnostics) -> bool {
    if is_identifier(&name.name) {
        return true;
    }
    diags.push(err!(
        name.span,
        summary,
        "{:?} is no name: a letter or \"_\" comes first, then letters, digits, \"_\" and \"-\".",
        name.name
    ));
    false
}

/// The elements of a literal list of references (`depends_on`).
pub fn reference_list(expr: &Expr, diags: &mut Diagnostics) -> Vec<Traversal> {
    let expr = &*natively(expr, diags);
    let ExprKind::Tuple(items) = &expr.unwrapped().kind else {
        if expr.kind != ExprKind::Invalid {
            diags.push(err!(expr.span, "Invalid expression", "A static list expression is required."));
        }
        return Vec::new();
    };
    items.iter().filter_map(|item| static_reference(item, diags)).collect()
}

/// A reference written as such; where quotes never were allowed.
pub fn bare_reference(expr: &Expr, diags: &mut Diagnostics) -> Option<Traversal> {
    let expr = &*natively(expr, diags);
    let found = as_reference(expr);
    if found.is_none() && expr.unwrapped().kind != ExprKind::Invalid {
        diags.push(not_static(expr));
    }
    found
}

/// The reference that an expression is; where only one can stand, `true`, `false` and `null` are names as well.
pub fn as_reference(expr: &Expr) -> Option<Traversal> {
    let word = match &expr.unwrapped().kind {
        ExprKind::Reference(t) => return Some(t.clone()),
        ExprKind::Bool(true) => "true",
        ExprKind::Bool(false) => "false",
        ExprKind::Null => "null",
        _ => return None,
    };
    let root = Ident { name: word.into(), span: expr.span };
    Some(Traversal { root, steps: Vec::new(), no_key: None, span: expr.span })
}

/// The error for an expression where a plain reference is required.
pub fn not_static(expr: &Expr) -> model::Diagnostic {
    err!(
        expr.span,
        "Invalid expression",
        "A plain reference is needed here, made of names and constant indexes; nothing can be computed."
    )
}

/// The warning for a reference in quotes.
pub fn quoted_reference(text: &str, at: Span) -> model::Diagnostic {
    model::Diagnostic {
        severity: model::Severity::Warning,
        ..err!(at, "Quoted references are deprecated", "This reference is written without quotes: {text}.")
    }
}

/// What native syntax would have in the place of an expression: JSON writes references as strings.
pub fn natively<'e>(expr: &'e Expr, diags: &mut Diagnostics) -> Cow<'e, Expr> {
    match lang::json::native(expr) {
        Ok(native) => native,
        Err(_) => {
            diags.push(not_static(expr));
            Cow::Owned(Expr::new(ExprKind::Invalid, expr.span))
        }
    }
}

/// A reference written as such, or in legacy quotes.
pub fn static_reference(expr: &Expr, diags: &mut Diagnostics) -> Option<Traversal> {
    let expr = &*natively(expr, diags);
    if let Some(found) = as_reference(expr) {
        return Some(found);
    }
    match &expr.unwrapped().kind {
        ExprKind::String(text) => {
            let parsed = lang::parse::parse_traversal(expr.span.file, text);
            match parsed {
                Ok(t) => {
                    diags.push(quoted_reference(text, expr.span));
                    Some(at_span(t, expr.span))
                }
                Err(_) => {
                    diags.push(err!(
                        expr.span,
                        "Invalid expression",
                        "A reference to another object is required here, such as aws_s3_bucket.main."
                    ));
                    None
                }
            }
        }
        ExprKind::Invalid => None,
        _ => {
            diags.push(not_static(expr));
            None
        }
    }
}

fn at_span(mut t: Traversal, span: Span) -> Traversal {
    t.span = span;
    t.root.span = span;
    for step in &mut t.steps {
        step.span = span;
    }
    t
}

/// The name and attribute names of a traversal that has nothing else: `aws.eu` is `["aws", "eu"]`.
pub fn plain_names(t: &Traversal) -> Option<Vec<Str>> {
    let mut names = vec![t.root.name.clone()];
    for step in &t.steps {
        match &step.kind {
            StepKind::Attr(name) => names.push(name.clone()),
            StepKind::IndexNumber(_) | StepKind::IndexString(_) => return None,
        }
    }
    Some(names)
}
