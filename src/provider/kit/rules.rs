//! Rules that can be checked on schemas and values alone.

use model::{Attribute, AttributeKind, Block, Kind, NestedBlock, Nesting, Path, Schema, Type, Value};

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

/// Where a value is not of a type; nothing where it is.
pub(super) fn departs_from(value: &Value, ty: &Type) -> Option<Path> {
    departs(value, ty, Path::root())
}

fn departs(value: &Value, ty: &Type, at: Path) -> Option<Path> {
    let same = |fits: bool| if fits { None } else { Some(at.clone()) };
    match (value.kind(), ty) {
        (_, Type::Dynamic) => None,
        (Kind::Null(is) | Kind::TypeLiteral(is), _) => same(is == ty),
        (Kind::Unknown(unknown), _) => same(unknown.ty == *ty),
        (Kind::Object(object), Type::Object(want)) => {
            if object.entries().len() != want.attributes.len() {
                return Some(at);
            }
            let mut pairs = object.entries().iter().zip(&want.attributes);
            pairs.find_map(|((name, v), (wanted, t))| {
                if name == wanted { departs(v, t, at.clone().attr(name.clone())) } else { Some(at.clone()) }
            })
        }
        (Kind::Tuple(items), Type::Tuple(types)) => {
            if items.items().len() != types.len() {
                return Some(at);
            }
            let mut pairs = items.items().iter().zip(types.iter()).enumerate();
            pairs.find_map(|(i, (v, t))| departs(v, t, at.clone().index(Value::number(i))))
        }
        (_, want) => same(value.ty() == *want),
    }
}

/// Where a value contradicts what was known of it before; nothing where it only fills in what was unknown.
pub(super) fn contradicts(was: &Value, is: &Value) -> Option<Path> {
    contradiction(was, is, Path::root())
}

fn contradiction(was: &Value, is: &Value, at: Path) -> Option<Path> {
    if was == is {
        return None;
    }
    match (was.kind(), is.kind()) {
        (Kind::Unknown(unknown), _) => {
            let nothing = is.is_null() && was.is_certainly_not_null();
            let refused = nothing || departs_from(is, &unknown.ty).is_some();
            if refused { Some(at) } else { None }
        }
        (Kind::Object(a), Kind::Object(b)) | (Kind::Map(a), Kind::Map(b)) => {
            if a.entries().len() != b.entries().len() {
                return Some(at);
            }
            a.entries().iter().find_map(|(name, was)| match b.get(name) {
                Some(is) => contradiction(was, is, at.clone().attr(name.clone())),
                None => Some(at.clone().attr(name.clone())),
            })
        }
        (Kind::List(a), Kind::List(b)) | (Kind::Tuple(a), Kind::Tuple(b)) => {
            if a.items().len() != b.items().len() {
                return Some(at);
            }
            let mut pairs = a.items().iter().zip(b.items()).enumerate();
            pairs.find_map(|(i, (was, is))| contradiction(was, is, at.clone().index(Value::number(i))))
        }
        (Kind::Set(a), Kind::Set(_)) if a.items().iter().any(|v| !v.is_wholly_known()) => None,
        _different => Some(at),
    }
}

/// Where a planned value departs from what the configuration gives; nothing where it keeps it.
pub(super) fn ignores(block: &Block, config: &Value, planned: &Value) -> Option<Path> {
    ignored(block, config, planned, Path::root())
}

fn ignored(block: &Block, config: &Value, planned: &Value, at: Path) -> Option<Path> {
    let attributes = block.attributes.iter().find_map(|(name, attribute)| {
        let at = at.clone().attr(name.clone());
        ignored_attribute(attribute, config.get(name)?, planned.get(name)?, at)
    });
    let mut blocks = block.blocks.iter();
    attributes.or_else(|| {
        blocks.find_map(|(name, nested)| {
            let at = at.clone().attr(name.clone());
            ignored_blocks(nested, config.get(name)?, planned.get(name)?, at)
        })
    })
}

fn ignored_attribute(attribute: &Attribute, given: &Value, planned: &Value, at: Path) -> Option<Path> {
    if attribute.write_only {
        return if planned.is_null() { None } else { Some(at) };
    }
    if given.is_null() {
        let invented = !attribute.is_computed() && !planned.is_null();
        return if invented { Some(at) } else { None };
    }
    match attribute.nested.as_deref() {
        // The provider fills in parts of a structural attribute.
        Some((nesting, block)) => {
            let nested = NestedBlock { nesting: *nesting, ..NestedBlock::list(block.clone()) };
            ignored_blocks(&nested, given, planned, at)
        }
        None => contradiction(given, planned, at),
    }
}

/// Elements of sets are not compared: what the provider fills in changes which element is which.
fn ignored_blocks(nested: &NestedBlock, given: &Value, planned: &Value, at: Path) -> Option<Path> {
    if !given.is_known() || given.is_null() {
        return None;
    }
    let block = &nested.block;
    match nested.nesting {
        Nesting::Single | Nesting::Group => ignored(block, given, planned, at),
        Nesting::Set => None,
        Nesting::List => {
            let (given, planned) = (given.as_items()?, planned.as_items().unwrap_or_default());
            if given.len() != planned.len() {
                return Some(at);
            }
            let mut pairs = given.iter().zip(planned).enumerate();
            pairs.find_map(|(i, (g, p))| ignored(block, g, p, at.clone().index(Value::number(i))))
        }
        Nesting::Map => given.as_entries()?.iter().find_map(|(key, given)| {
            let at = at.clone().index(Value::string(key));
            match planned.get(key) {
                Some(planned) => ignored(block, given, planned, at),
                None => Some(at),
            }
        }),
    }
}
