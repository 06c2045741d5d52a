//! Nodes to bodies, by the blocks that are expected.

use model::{Diagnostic, Diagnostics, Span, err};

use super::{Node, NodeKind, Property};
use crate::ast::{Attribute, Block, Body, ExprKind, Ident};

/// The blocks that a body may hold; every other property is an argument.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'s> {
    /// The blocks.
    pub blocks: &'s [BlockShape<'s>],
    /// Whether the body is a single object of arguments, as `locals` is.
    pub is_flat: bool,
}

/// A type of block.
#[derive(Clone, Copy, Debug)]
pub struct BlockShape<'s> {
    /// The block type.
    pub ty: &'s str,
    /// What its labels are called.
    pub labels: &'s [&'s str],
    /// What its body holds.
    pub body: &'s Shape<'s>,
}

impl Shape<'_> {
    /// A body of arguments only, or one whose blocks somebody else knows.
    pub const OPEN: Shape<'static> = Shape { blocks: &[], is_flat: false };

    fn block(&self, ty: &str) -> Option<&BlockShape<'_>> {
        self.blocks.iter().find(|b| b.ty == ty)
    }
}

/// The body of a file whose root value is given.
pub fn file_body(root: &Node, shape: &Shape<'_>) -> (Body, Diagnostics) {
    let mut diags = Diagnostics::new();
    if !matches!(root.kind, NodeKind::Array(_) | NodeKind::Object(_)) {
        diags.push(err!(
            root.start(),
            "Root value must be object",
            "A configuration in JSON is one object, or an array of objects."
        ));
        return (empty(root), diags);
    }
    let body = body(root, shape, &mut diags);
    (body, diags)
}

/// The body with those arguments that JSON gave and that are blocks by the shape as blocks, behind the others; nothing
/// where there are none.
pub fn reshape(body: &Body, shape: &Shape<'_>) -> Option<(Body, Diagnostics)> {
    let is_block = |a: &Attribute| a.is_json() && shape.block(&a.name.name).is_some();
    if !body.attributes.iter().any(is_block) {
        return None;
    }
    let mut diags = Diagnostics::new();
    let mut reshaped = Body { attributes: Vec::new(), ..body.clone() };
    for attribute in &body.attributes {
        match (&attribute.expr.kind, shape.block(&attribute.name.name)) {
            (ExprKind::Json(json), Some(block)) => {
                let mut unpack = Unpack { shape: block, ty: &attribute.name, labels: Vec::new() };
                unpack.labels(&json.node, &mut reshaped.blocks, &mut diags);
            }
            _ => reshaped.attributes.push(attribute.clone()),
        }
    }
    Some((reshaped, diags))
}

fn empty(node: &Node) -> Body {
    let missing_item = match node.kind {
        NodeKind::Object(_) => Span { start: node.span.end.saturating_sub(1), ..node.span },
        _ => node.start(),
    };
    Body { attributes: Vec::new(), blocks: Vec::new(), span: node.span, missing_item }
}

fn body(node: &Node, shape: &Shape<'_>, diags: &mut Diagnostics) -> Body {
    let mut body = empty(node);
    let properties = if shape.is_flat { flat(node, diags) } else { properties(node, None, diags) };
    for property in properties.into_iter().filter(|p| &*p.name.text != "//") {
        let name = Ident { name: property.name.text.clone(), span: property.name_span };
        match shape.block(&name.name) {
            Some(block) => {
                let mut unpack = Unpack { shape: block, ty: &name, labels: Vec::new() };
                unpack.labels(&property.value, &mut body.blocks, diags);
            }
            None if body.attribute(&name.name).is_some() => {
                let summary =
                    if shape.is_flat { "Duplicate attribute definition" } else { "Duplicate argument" };
                let detail = format!("The argument {:?} was already set.", name.name);
                diags.push(Diagnostic::error(summary, detail).at(name.span).within(property.span()));
            }
            None => {
                let (expr, span) = (property.value.to_expr().into(), property.span());
                body.attributes.push(Attribute { name, expr, span });
            }
        }
    }
    body
}

/// The properties of a body that is one object.
fn flat<'n>(node: &'n Node, diags: &mut Diagnostics) -> Vec<&'n Property> {
    if let NodeKind::Object(properties) = &node.kind {
        return properties.iter().collect();
    }
    diags.push(err!(node.start(), "Incorrect JSON value type", "The content of a block is an object."));
    Vec::new()
}

/// The properties of an object, or of all objects of an array; `label` is what they are the names of.
fn properties<'n>(node: &'n Node, label: Option<&str>, diags: &mut Diagnostics) -> Vec<&'n Property> {
    let purpose = match label {
        Some(label) => format!("to specify {label} labels for this block"),
        None => "to define arguments and child blocks".to_owned(),
    };
    let mut wrong = |at: &Node, required: &str| {
        diags.push(err!(at.start(), "Incorrect JSON value type", "{required} is required here, {purpose}."));
    };
    match &node.kind {
        NodeKind::Null => Vec::new(),
        NodeKind::Object(properties) => properties.iter().collect(),
        NodeKind::Array(items) => {
            let mut all = Vec::new();
            for item in items {
                match &item.kind {
                    NodeKind::Object(properties) => all.extend(properties),
                    _ => wrong(item, "A JSON object"),
                }
            }
            all
        }
        _ => {
            wrong(node, "Either a JSON object or JSON array of objects");
            Vec::new()
        }
    }
}

/// The blocks of one type that a value stands for.
struct Unpack<'u> {
    shape: &'u BlockShape<'u>,
    ty: &'u Ident,
    /// The labels so far.
    labels: Vec<Ident>,
}

impl Unpack<'_> {
    fn labels(&mut self, node: &Node, out: &mut Vec<Block>, diags: &mut Diagnostics) {
        let Some(label) = self.shape.labels.get(self.labels.len()) else {
            self.blocks(node, out, diags);
            return;
        };
        let named = properties(node, Some(label), diags);
        if named.is_empty() {
            diags.push(err!(
                node.start(),
                "Missing block label",
                "A block {} needs an object around it whose property is its {label}.",
                self.shape.ty
            ));
        }
        for property in named {
            self.labels.push(Ident { name: property.name.text.clone(), span: property.name_span });
            self.labels(&property.value, out, diags);
            self.labels.pop();
        }
    }

    fn blocks(&self, node: &Node, out: &mut Vec<Block>, diags: &mut Diagnostics) {
        match &node.kind {
            NodeKind::Null => {}
            NodeKind::Object(_) => out.push(self.block(node, node.start(), diags)),
            NodeKind::Array(items) => {
                out.extend(items.iter().map(|item| self.block(item, node.start(), diags)));
            }
            _ => diags.push(err!(
                node.start(),
                "Incorrect JSON value type",
                "Blocks {:?} are an object, or an array of objects.",
                self.shape.ty
            )),
        }
    }

    fn block(&self, node: &Node, header: Span, diags: &mut Diagnostics) -> Block {
        Block {
            ty: self.ty.clone(),
            labels: self.labels.clone(),
            body: body(node, self.shape.body, diags).into(),
            header,
            span: node.span,
        }
    }
}
