//! Rules that can be checked on schemas alone.

use model::{Attribute, AttributeKind, Block, Nesting, Schema, Type};

/// What is wrong with a schema; empty where nothing is.
pub fn check_schema(schema: &Schema) -> Vec<String> {
    let mut wrong = Vec::new();
    check_block(&schema.block, "", &mut wrong);
    wrong
}

fn check_block(block: &Block, at: &str, wrong: &mut Vec<String>) {
    if block.description.trim().is_empty() {
        wrong.push(format!("block {at:?} is not documented"));
    }
    for (name, attribute) in &block.attributes {
        check_attribute(attribute, &format!("{at}.{name}"), wrong);
        if block.blocks.contains_key(name) {
            wrong.push(format!("{at}.{name} is both an attribute and a block"));
        }
    }
    for (name, nested) in &block.blocks {
        let at = format!("{at}.{name}");
        if nested.max_items != 0 && nested.max_items < nested.min_items {
            wrong.push(format!("{at} demands more blocks than it permits"));
        }
        check_block(&nested.block, &at, wrong);
    }
}

fn check_attribute(attribute: &Attribute, at: &str, wrong: &mut Vec<String>) {
    let name = at.rsplit('.').next().unwrap_or(at);
    if attribute.description.trim().is_empty() {
        wrong.push(format!("{at} is not documented"));
    }
    if !name.starts_with(|c: char| c.is_ascii_lowercase())
        || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    {
        wrong.push(format!("{at} is not a good name"));
    }
    if attribute.write_only && attribute.is_computed() {
        wrong.push(format!("{at} is write-only, so the provider cannot give it a value"));
    }
    if attribute.deprecated.is_some() && attribute.kind == AttributeKind::Required {
        wrong.push(format!("{at} is deprecated and yet required"));
    }
    if let Some((nesting, block)) = attribute.nested.as_deref() {
        if nested_ty(*nesting, block) != attribute.ty {
            wrong.push(format!("{at} has another type than its nested attributes"));
        }
        if !block.blocks.is_empty() {
            wrong.push(format!("{at} is an attribute and yet holds blocks"));
        }
        check_block(block, at, wrong);
    }
}

fn nested_ty(nesting: Nesting, block: &Block) -> Type {
    match nesting {
        Nesting::Single | Nesting::Group => block.ty(),
        Nesting::List => Type::list(block.ty()),
        Nesting::Set => Type::set(block.ty()),
        Nesting::Map => Type::map(block.ty()),
    }
}
