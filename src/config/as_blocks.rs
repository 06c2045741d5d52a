//! Attributes that a configuration may write as blocks, too: those that are a list or a set of objects. Which of both a body
//! does decides how it is read; the value is of the same type. In blocks, what is left out is null.

use std::borrow::Cow;

use lang::ast::{Body, ExprKind};
use lang::json::NodeKind;
use model::{Attribute, Block as SchemaBlock, NestedBlock, Type};

/// The schema as the body uses it: an attribute of which the body has blocks is a block in it.
pub(crate) fn as_used<'s>(body: &Body, schema: &'s SchemaBlock) -> Cow<'s, SchemaBlock> {
    let mut used = Cow::Borrowed(schema);
    for (name, attribute) in &schema.attributes {
        if let Some(nested) = blocks_of(attribute).filter(|_| has_blocks(body, name)) {
            let used = used.to_mut();
            used.attributes.remove(name);
            used.blocks.insert(name.clone(), nested);
        }
    }
    used
}

/// Whether a body writes something of this name as blocks, repeated ones too.
fn has_blocks(body: &Body, name: &str) -> bool {
    let is_named = |block: &lang::ast::Block| match &*block.ty.name {
        "dynamic" => block.labels.first().is_some_and(|label| &*label.name == name),
        ty => ty == name,
    };
    body.blocks.iter().any(is_named) || body.attribute(name).is_some_and(|a| is_objects(&a.expr.kind))
}

/// Whether a property of a JSON file is an object or objects as they are written, which is how blocks look there.
fn is_objects(kind: &ExprKind) -> bool {
    let ExprKind::Json(json) = kind else { return false };
    match &json.node.kind {
        NodeKind::Object(_) => true,
        NodeKind::Array(items) => {
            !items.is_empty() && items.iter().all(|item| matches!(item.kind, NodeKind::Object(_)))
        }
        _ => false,
    }
}

/// The blocks that an attribute may be written as.
fn blocks_of(attribute: &Attribute) -> Option<NestedBlock> {
    if !attribute.is_configurable() || attribute.nested.is_some() {
        return None;
    }
    match &attribute.ty {
        Type::List(element) => Some(NestedBlock::list(block_of(element)?)),
        Type::Set(element) => Some(NestedBlock::set(block_of(element)?)),
        _ => None,
    }
}

fn block_of(element: &Type) -> Option<SchemaBlock> {
    let Type::Object(object) = element else { return None };
    let members = object.attributes.iter();
    Some(members.fold(SchemaBlock::new(""), |block, (name, ty)| {
        block.attr(name, Attribute::optional(ty.clone(), ""))
    }))
}

#[cfg(test)]
mod tests {
    use model::FileId;

    use super::*;

    fn schema() -> SchemaBlock {
        let rule = Type::object([("port", Type::Number), ("hosts", Type::list(Type::String))]);
        SchemaBlock::new("A group.")
            .attr("rule", Attribute::optional_computed(Type::set(rule.clone()), "Its rules."))
            .attr("seen", Attribute::computed(Type::list(rule.clone()), "Seen."))
            .attr("one", Attribute::optional(rule, "One."))
    }

    fn blocks_in(body: &Body) -> Vec<String> {
        let schema = schema();
        let used = as_used(body, &schema);
        assert_eq!(used.ty(), schema.ty(), "the value is of the same type either way");
        used.blocks.keys().map(ToString::to_string).collect()
    }

    fn native(text: &str) -> Vec<String> {
        let (body, diags) = lang::parse::parse_body(FileId(0), text);
        assert!(!diags.has_errors());
        blocks_in(&body)
    }

    fn json(text: &str) -> Vec<String> {
        let (body, diags) = crate::json::parse_body(FileId(0), text);
        assert!(!diags.has_errors());
        blocks_in(&body)
    }

    #[test]
    fn objects_are_read_as_the_body_writes_them() {
        assert_eq!(native("rule {\n  port = 1\n}\n"), ["rule"]);
        assert_eq!(native("dynamic \"rule\" {\n  for_each = []\n  content {}\n}\n"), ["rule"]);
        assert!(native("rule = []\n").is_empty());
        assert!(native("").is_empty());
        assert!(native("seen {\n}\none {\n}\n").is_empty());
    }

    #[test]
    fn objects_in_json_are_blocks_where_they_are_written_out() {
        assert_eq!(json(r#"{"rule": [{"port": 1}]}"#), ["rule"]);
        assert_eq!(json(r#"{"rule": {"port": 1}}"#), ["rule"]);
        assert!(json(r#"{"rule": []}"#).is_empty());
        assert!(json(r#"{"rule": "${local.rules}"}"#).is_empty());
    }
}
